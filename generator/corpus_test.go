package generator_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/generator"
	"github.com/falgen/falgen/generator/output"
	"github.com/falgen/falgen/internal/scratch"
)

// corpus returns the folder of published documents, which is not part of the project. It is looked for in
// $FALGEN_CORPUS and beside the checkout.
func corpus(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("FALGEN_CORPUS")
	if dir == "" {
		dir = "../../shared/corpus/2026-01"
	}
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("FALGEN_REQUIRE_CORPUS") != "" {
			t.Fatalf("the corpus of published documents is required: %v", err)
		}
		t.Skipf("no corpus of published documents in $FALGEN_CORPUS or %s", dir)
	}
	return dir
}

// TestPublishedDocuments generates from the published documents of the thirteen endpoints: it compiles and vets in a
// module of its own, and apart from the prose it is the code that our documents give.
func TestPublishedDocuments(t *testing.T) {
	ours := generate(t, "../specs", generated)
	wanted := map[string]bool{}
	set, _ := read(t, "../specs").Parse()
	for _, doc := range set.Documents {
		wanted[doc.ID] = true
	}
	specs := filepath.Join(t.TempDir(), "published.json")
	write(t, specs, cut(t, corpus(t), wanted))
	theirs := generate(t, specs, generated)
	if len(theirs.Failed) > 0 || theirs.Endpoints != ours.Endpoints {
		t.Errorf("generated %d of %d endpoints, failed: %v", theirs.Endpoints, ours.Endpoints, theirs.Failed)
	}
	for _, d := range theirs.Diagnostics {
		t.Errorf("unexpected finding: %s", d)
	}
	for name := range ours.Files {
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			if diff := cmp.Diff(code(t, name, theirs.Files[name]), code(t, name, ours.Files[name])); diff != "" {
				t.Errorf("%s differs (-published +ours):\n%s", name, diff)
			}
		}
	}
	compiles(t, generate(t, specs, "scratch/generated"))
}

// cut returns a catalogue dump of some of the corpus's endpoints.
func cut(t *testing.T, dir string, wanted map[string]bool) []byte {
	names, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no dumps in %s: %v", dir, err)
	}
	type dump struct {
		Models []json.RawMessage `json:"models"`
	}
	var all dump
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var d dump
		if err := json.Unmarshal(text, &d); err != nil {
			t.Fatal(err)
		}
		for _, model := range d.Models {
			var m struct {
				ID string `json:"endpoint_id"`
			}
			if err := json.Unmarshal(model, &m); err != nil {
				t.Fatal(err)
			}
			if wanted[m.ID] {
				all.Models = append(all.Models, model)
			}
		}
	}
	out, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// code prints source without its comments.
func code(t *testing.T, name string, src []byte) string {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	f.Comments = nil
	ast.Inspect(f, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok {
			lit.ValuePos = token.NoPos
		}
		return true
	})
	var b strings.Builder
	if err := printer.Fprint(&b, fset, f); err != nil {
		t.Fatal(err)
	}
	var lines []string // lengths of comments show in blank lines
	for line := range strings.Lines(b.String()) {
		if strings.TrimSpace(line) != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

// compiles writes a result into a scratch module and vets it, tests included.
func compiles(t *testing.T, r *generator.Result) {
	t.Helper()
	dir := t.TempDir()
	scratch.Module(t, dir, "scratch")
	changes, err := output.Compare(filepath.Join(dir, "generated"), r.Files, r.Stale)
	if err != nil {
		t.Fatal(err)
	}
	if err := output.Write(filepath.Join(dir, "generated"), changes); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "vet", "./...")
	cmd.Dir = dir
	cmd.Env = scratch.Env()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("what was generated does not vet: %v\n%s", err, out)
	}
}
