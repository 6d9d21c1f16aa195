package generator_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/go/packages"

	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/spec"
)

const (
	module    = "github.com/falgen/falgen"
	generated = module + "/generated"
)

// TestShuffledKeys generates from documents whose keys stand in another order each time: the bytes stay the same.
func TestShuffledKeys(t *testing.T) {
	want := asText(generate(t, "../specs", generated).Files)
	rng := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		dir := t.TempDir()
		for _, name := range documents(t, "../specs") {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			root, err := spec.ParseFile(name, text)
			if err != nil {
				t.Fatal(err)
			}
			rel, _ := filepath.Rel("../specs", name)
			write(t, filepath.Join(dir, rel), shuffled(root, rng))
		}
		if diff := cmp.Diff(want, asText(generate(t, dir, generated).Files)); diff != "" {
			t.Fatalf("the order of keys shows in the output:\n%s", diff)
		}
	}
}

// shuffled encodes n with the members of each object in a random order.
func shuffled(n *spec.Node, rng *rand.Rand) []byte {
	var out []byte
	switch n.Kind {
	case spec.Object:
		members := slices.Clone(n.Members)
		rng.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
		out = append(out, '{')
		for i, m := range members {
			if i > 0 {
				out = append(out, ',')
			}
			name, _ := json.Marshal(m.Name)
			out = append(append(append(out, name...), ':'), shuffled(m.Value, rng)...)
		}
		return append(out, '}')
	case spec.Array:
		out = append(out, '[')
		for i, e := range n.Elems {
			if i > 0 {
				out = append(out, ',')
			}
			out = append(out, shuffled(e, rng)...)
		}
		return append(out, ']')
	}
	out, _ = json.Marshal(n.Value())
	return out
}

// TestOtherEndpoints generates each document by itself: its package is the same to the byte as among the others.
func TestOtherEndpoints(t *testing.T) {
	all := generate(t, "../specs", generated).Files
	for _, name := range documents(t, "../specs") {
		for file, text := range generate(t, name, generated).Files {
			if diff := cmp.Diff(string(all[file]), string(text)); diff != "" {
				t.Errorf("%s depends on other documents:\n%s", file, diff)
			}
		}
	}
}

// TestBadDocument puts a broken document among good ones: the good ones are generated, and what was there of the bad
// one stays.
func TestBadDocument(t *testing.T) {
	dir := t.TempDir()
	good, err := os.ReadFile("../specs/fal-ai/rife/video.json")
	if err != nil {
		t.Fatal(err)
	}
	bad := strings.Replace(string(good), `"#/components/schemas/RifeVideoOutput"`, `"#/nowhere"`, 1)
	bad = strings.ReplaceAll(bad, "fal-ai/rife/video", "fal-ai/rife/broken")
	bad = strings.Replace(bad, `"post"`, `"patch"`, 1)
	write(t, filepath.Join(dir, "good.json"), good)
	write(t, filepath.Join(dir, "bad.json"), []byte(bad))
	r := generate(t, dir, "example.com/x")
	if diff := cmp.Diff([]string{"fal-ai/rife/broken"}, r.Failed); diff != "" {
		t.Errorf("failed endpoints: %s", diff)
	}
	if r.Files["falai/rife/video/video.go"] == nil {
		t.Error("the good document was not generated")
	}
	if !diag.HasError(r.Diagnostics) {
		t.Error("no finding says what is wrong")
	}
	for file, stale := range map[string]bool{"falai/rife/broken/broken.go": false, "falai/gone/gone.go": true} {
		if r.Stale(file) != stale {
			t.Errorf("Stale(%q) = %v", file, !stale)
		}
	}
	write(t, filepath.Join(dir, "worse.json"), []byte("{"))
	if r := generate(t, dir, "example.com/x"); r.Stale("falai/gone/gone.go") {
		t.Error("a file that may belong to an unreadable document is taken for stale")
	}
}

// TestImports holds the promise that whoever imports fal or a generated package gets the standard library with it and
// nothing else.
func TestImports(t *testing.T) {
	roots, err := packages.Load(&packages.Config{
		Dir: "..", Mode: packages.NeedName | packages.NeedImports | packages.NeedDeps | packages.NeedModule,
	}, "./fal", "./fal/support", "./fal/webhook", "./fal/proxy", "./generated/...")
	if err != nil {
		t.Fatal(err)
	}
	if len(roots) != 17 {
		t.Errorf("%d packages, want fal, three below it and the thirteen", len(roots))
	}
	packages.Visit(roots, nil, func(p *packages.Package) {
		for _, e := range p.Errors {
			t.Error(e)
		}
		if p.Module != nil && p.Module.Path != module {
			t.Errorf("%s is imported, of module %s", p.PkgPath, p.Module.Path)
		}
	})
}

// TestEnvironments holds that every test package that calls fal has an environment of its own: see package testenv.
func TestEnvironments(t *testing.T) {
	roots, err := packages.Load(&packages.Config{
		Dir: "..", Tests: true, Mode: packages.NeedName | packages.NeedImports | packages.NeedDeps | packages.NeedForTest,
	}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, root := range roots {
		if !strings.HasSuffix(root.PkgPath, ".test") || strings.HasPrefix(root.PkgPath, generated) || strings.HasSuffix(root.PkgPath, "/golden.test") {
			continue // packages whose tests only compile
		}
		imported := map[string]bool{}
		packages.Visit([]*packages.Package{root}, func(p *packages.Package) bool {
			imported[p.PkgPath] = true
			return p.PkgPath != module+"/generator/table" && p.PkgPath != module+"/generator/emit" // which have no more of fal than its data
		}, nil)
		if !imported[module+"/fal"] {
			continue
		}
		if found++; !imported[module+"/internal/testenv"] {
			t.Errorf("%s: its tests call fal and do not import %s/internal/testenv", root.PkgPath, module)
		}
	}
	if found < 10 {
		t.Errorf("only %d packages with tests that call fal were found", found)
	}
}

// TestDocComments holds that whatever generated code exports is documented.
func TestDocComments(t *testing.T) {
	for name, text := range generate(t, "../specs", generated).Files {
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if f.Doc.Text() == "" {
			t.Errorf("%s: the package has no comment", name)
		}
		for _, decl := range f.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && d.Doc.Text() == "" {
					t.Errorf("%s: %s has no comment", name, d.Name)
				}
			case *ast.GenDecl:
				if d.Tok != token.IMPORT && d.Doc.Text() == "" {
					t.Errorf("%s: a %s has no comment", name, d.Tok)
				}
			}
		}
	}
}

func documents(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if filepath.Ext(path) == ".json" {
			names = append(names, path)
		}
		return err
	})
	if err != nil || len(names) == 0 {
		t.Fatalf("no documents in %s: %v", dir, err)
	}
	return names
}

func write(t *testing.T, name string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, text, 0o666); err != nil {
		t.Fatal(err)
	}
}
