package diff_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/exp/apidiff"
	"golang.org/x/tools/go/packages"

	"github.com/falgen/falgen/generator/diff"
	"github.com/falgen/falgen/generator/emit"
)

// A compiler type-checks generated packages in memory.
type compiler struct {
	t        *testing.T
	imports  map[string]*types.Package
	compiled map[*subject]*types.Package
}

// newCompiler loads what generated packages import, from source: export data is for the Go that wrote it.
func newCompiler(t *testing.T) *compiler {
	t.Helper()
	loaded, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedDeps | packages.NeedTypes |
			packages.NeedSyntax | packages.NeedTypesInfo,
		Dir: "../..",
		Env: append(os.Environ(), "CGO_ENABLED=0"),
	}, "./fal", "./fal/support", "cmp", "encoding/json", "slices")
	if err != nil {
		t.Fatal(err)
	}
	c := &compiler{t, map[string]*types.Package{}, map[*subject]*types.Package{}}
	for _, p := range loaded {
		for _, e := range p.Errors {
			t.Fatal(e)
		}
		c.imports[p.PkgPath] = p.Types
	}
	return c
}

func (c *compiler) Import(name string) (*types.Package, error) {
	if p := c.imports[name]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("generated code imports %s", name)
}

// compile generates the package of a subject and checks its types.
func (c *compiler) compile(s *subject) *types.Package {
	c.t.Helper()
	if p := c.compiled[s]; p != nil {
		return p
	}
	files, err := emit.Package(s.endpoint, "example.com/x")
	if err != nil {
		c.t.Fatal(err)
	}
	pkg := s.endpoint.Package
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", files[path.Join(pkg.Path, pkg.Name+".go")], parser.SkipObjectResolution)
	if err != nil {
		c.t.Fatal(err)
	}
	config := types.Config{Importer: c, IgnoreFuncBodies: true}
	checked, err := config.Check("example.com/x", fset, []*ast.File{f}, nil)
	if err != nil {
		c.t.Fatalf("%s: %v", s.name, err)
	}
	c.compiled[s] = checked
	return checked
}

// A verdict is what is broken in a package, by symbol.
type verdict struct {
	symbols map[string]bool
	// confused are types of which apidiff says that they were changed into themselves: where one type has become two, it
	// may take the one with the other name for the heir. What it says of their symbols tells nothing.
	confused map[string]bool
}

var changedFrom = regexp.MustCompile(`^changed from (.*) to (.*)$`)

// incompatible returns what apidiff finds incompatible, but for two things that diff leaves out on purpose: that a
// constant has another value, which code compiles with, and that a struct can no longer be compared, since the contract
// of generated structs has neither comparison nor literals without field names.
//
// For apidiff all instances of a generic type of another package are one type; those are compared by their text.
func incompatible(old, new *types.Package) verdict {
	v := verdict{map[string]bool{}, map[string]bool{}}
	for _, c := range apidiff.Changes(old, new).Changes {
		symbol, what, _ := strings.Cut(c.Message, ": ")
		if c.Compatible || strings.HasPrefix(what, "value changed from ") || what == "old is comparable, new is not" {
			continue
		}
		symbol, _, _ = strings.Cut(symbol, ",") // "of which method set"
		name := strings.NewReplacer("(*", "", ")", "").Replace(symbol)
		if owner, part, _ := strings.Cut(name, "."); part == "Union" {
			name = owner // it was a union, and is an object
		}
		if m := changedFrom.FindStringSubmatch(what); m != nil && m[1] == m[2] {
			v.confused[name] = true
			continue
		}
		v.symbols[name] = true
	}
	after := members(new)
	for name, was := range members(old) {
		is := after[name]
		if is != was && strings.Contains(was, "fal.Opt[") && strings.Contains(is, "fal.Opt[") {
			v.symbols[name] = true
		}
	}
	return v
}

// members are the types of what a package declares, and of the fields and methods of its types.
func members(p *types.Package) map[string]string {
	list := map[string]string{}
	add := func(name string, o types.Object) {
		if o.Exported() {
			list[name] = types.TypeString(types.Unalias(o.Type()), (*types.Package).Name)
		}
	}
	for _, name := range p.Scope().Names() {
		o := p.Scope().Lookup(name)
		named, ok := o.Type().(*types.Named)
		if _, isType := o.(*types.TypeName); !isType || !ok {
			add(name, o)
			continue
		}
		for m := range named.Methods() {
			add(name+"."+m.Name(), m)
		}
		if st, ok := named.Underlying().(*types.Struct); ok {
			for f := range st.Fields() {
				add(name+"."+f.Name(), f)
			}
		}
	}
	return list
}

var identifier = regexp.MustCompile(`[\pL_][\pL\pN_]*`)

// mentions reports whether a Go type is made of one of the types.
func mentions(typ string, types map[string]bool) bool {
	return slices.ContainsFunc(identifier.FindAllString(typ, -1), func(id string) bool { return types[id] })
}

// plain lists broken symbols, but for those of types that are broken themselves, which apidiff does not list, for what
// it says of types that others embed, and for symbols of types that it confuses.
func (v verdict) plain(symbols map[string]bool, typeOf map[string]string) []string {
	var list []string
	for name := range symbols {
		owner, _, part := strings.Cut(name, ".")
		confused := v.confused[name] || v.confused[owner] || mentions(typeOf[name], v.confused)
		if confused || part && symbols[owner] || strings.Contains(name, "/") {
			continue
		}
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// sameVerdict holds what diff says of two packages against what apidiff does: as a whole, and symbol by symbol.
func sameVerdict(t *testing.T, c *compiler, title string, old, new *subject) {
	t.Helper()
	changes := diff.Endpoint(old.endpoint, new.endpoint)
	oldPackage := c.compile(old)
	theirs := incompatible(oldPackage, c.compile(new))
	level := slices.ContainsFunc(changes, func(c diff.Change) bool { return c.Level == diff.Go })
	if level != (len(theirs.symbols)+len(theirs.confused) > 0) {
		t.Errorf("%s: the level is GO: %v, but apidiff finds %v", title, level, theirs)
	}
	ours := map[string]bool{}
	for _, c := range changes {
		for _, s := range c.Go {
			// Of symbols that have a type which has another name now, apidiff lists the type alone.
			renamed := !theirs.symbols[s.Name] && mentions(s.Before, theirs.symbols)
			if c.Level == diff.Go && s.Broken() && !renamed {
				ours[s.Name] = true
			}
		}
	}
	typeOf := members(oldPackage)
	if d := cmp.Diff(theirs.plain(theirs.symbols, typeOf), theirs.plain(ours, typeOf)); d != "" {
		t.Errorf("%s (-apidiff +diff):\n%s", title, d)
	}
}

// TestSymbols holds what diff takes for the symbols of a package against what the package declares.
func TestSymbols(t *testing.T) {
	c := newCompiler(t)
	for _, s := range subjects(t, sample) {
		p := c.compile(s)
		want := members(p)
		for name := range want {
			_, part, _ := strings.Cut(name, ".")
			owner, _, _ := strings.Cut(name, ".")
			_, object := want[owner+".MarshalJSON"]
			object = object && owner != "Input" && owner != "Output"
			if slices.Contains([]string{"EndpointID", "Client", "New"}, name) || part == "Union" || part == "UnmarshalJSON" && !object {
				delete(want, name) // whatever the document says
			}
		}
		got := map[string]string{}
		for _, symbol := range emit.API(s.endpoint) {
			if symbol.Kind != "type" {
				got[symbol.Name] = symbol.Type
			} else if _, alias := want[symbol.Name]; alias {
				got[symbol.Name] = strings.TrimPrefix(symbol.Type, "= ")
			}
		}
		own := strings.NewReplacer("(v ", "(", p.Name()+".", "", "jsontext.Value", "json.RawMessage") // which it is from Go 1.27 on
		for name, typ := range want {
			want[name] = own.Replace(typ)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-declared +listed):\n%s", s.name, d)
		}
	}
}

// TestAPIDiff generates the packages of each document and of what each mutation makes of it: diff says of just those
// symbols that they break callers of which apidiff says so. Without -whole, each document goes through some mutations.
func TestAPIDiff(t *testing.T) {
	c := newCompiler(t)
	compared := 0
	for i, s := range subjects(t, sample/2) {
		for j, name := range slices.Sorted(maps.Keys(mutations)) {
			if !*whole && (i+j)%4 != 0 {
				continue
			}
			if m, before, after := mutate(t, s, name); m != nil {
				sameVerdict(t, c, s.name+": "+name, before, after)
				sameVerdict(t, c, s.name+": "+name+", taken back", after, after.changed(t, before.root))
				compared += 2
			}
		}
		clear(c.compiled)
	}
	t.Logf("%d pairs of packages", compared)
}

// TestAPIDiffStrangers takes each document for the next version of the one before, which has nothing to do with it.
func TestAPIDiffStrangers(t *testing.T) {
	c := newCompiler(t)
	list := subjects(t, sample)
	for i, s := range list[1:] {
		sameVerdict(t, c, list[i].name+" and "+s.name, list[i], list[i].changed(t, s.root))
	}
}
