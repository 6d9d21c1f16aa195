package corpus_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"log"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/falgen/falgen/fal/support"
)

// A source is what the Go code of a package says.
type source struct {
	checks   map[fact]int      // what is checked
	defaults map[string]int    // the values of the constants, "func" for each func
	docs     map[string]string // the comments of the fields, by the name on the wire
	consts   map[string]ast.Expr
	shared   map[string]bool // the schemas of package support that are referred to
}

// checkOf is the name of each demand in a schema.
var checkOf = map[string]string{
	"Min": "minimum", "Max": "maximum", "Above": "above", "Below": "below", "MultipleOf": "multiple of", "Unique": "unique",
	"MinLength": "least length", "MaxLength": "greatest length", "MinItems": "least length", "MaxItems": "greatest length",
	"MinMembers": "least length", "MaxMembers": "greatest length", "Patterns": "pattern", "Enum": "enum",
}

// keywordOf is the keyword for each of the support package's words for what bounds a file.
var keywordOf = func() map[string]string {
	words := map[string]string{}
	for keyword, word := range ofFiles {
		words[word] = keyword
	}
	return words
}()

func parse(t *testing.T, name string, text any) *source {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	s := &source{
		checks: map[fact]int{}, defaults: map[string]int{}, docs: map[string]string{},
		consts: map[string]ast.Expr{}, shared: map[string]bool{},
	}
	for _, decl := range f.Decls {
		s.declaration(decl)
	}
	for name, e := range s.consts {
		if strings.HasPrefix(name, "Default") {
			s.defaults[value(s.literal(e))]++
		}
	}
	for _, e := range s.consts {
		if object, ok := e.(*ast.CompositeLit); ok && entry(object, "Fields") != nil {
			s.schema("", object, nil)
		}
	}
	s.setDefaults(f)
	return s
}

// setDefaults counts the values that code sets what is unset to.
func (s *source) setDefaults(code ast.Node) {
	ast.Inspect(code, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && called(call) == "Default" {
			if lit, ok := call.Args[1].(*ast.BasicLit); ok {
				s.defaults[value(s.literal(lit))]++
			}
		}
		return true
	})
}

// sharedSources reads what the schemas of the types of package fal demand, by their names.
func sharedSources(t *testing.T) map[string]*source {
	t.Helper()
	const name = "../../fal/support/shared.go"
	f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	consts := parse(t, name, nil).consts
	sources := map[string]*source{}
	for called, file := range map[string]string{"ImageSize": "file", "LoRA": "lora", "RGBColor": "rgbcolor"} {
		s := &source{checks: map[fact]int{}, defaults: map[string]int{}, consts: consts, shared: map[string]bool{}}
		s.docs = parse(t, "../../fal/"+file+".go", nil).docs
		s.schema("", consts[called], nil)
		for _, decl := range f.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Name.Name == called+"Defaults" {
				s.setDefaults(fn)
			}
		}
		sources[called] = s
	}
	return sources
}

func (s *source) declaration(decl ast.Decl) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil && strings.HasPrefix(d.Name.Name, "Default") && d.Name.Name != "Default" {
			s.defaults["func"]++
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.ValueSpec:
				for i, id := range spec.Names {
					s.consts[id.Name] = spec.Values[i]
				}
				if id, ok := spec.Type.(*ast.Ident); ok && ast.IsExported(id.Name) { // an enum's value that is called so
					s.consts["."+spec.Names[0].Name] = spec.Values[0]
					delete(s.consts, spec.Names[0].Name)
				}
			case *ast.TypeSpec:
				if st, ok := spec.Type.(*ast.StructType); ok {
					s.fields(st)
				}
			}
		}
	}
}

func (s *source) fields(st *ast.StructType) {
	for _, f := range st.Fields.List {
		if f.Tag == nil {
			continue
		}
		tag, _ := strconv.Unquote(f.Tag.Value)
		name, _, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
		s.docs[name] += f.Doc.Text()
	}
}

// schema counts what the literal of a schema demands of the property called name. The schemas of objects are counted for
// themselves, and those of unions wherever they are referred to.
func (s *source) schema(name string, e ast.Expr, trail []string) {
	switch e := e.(type) {
	case *ast.UnaryExpr:
		s.schema(name, e.X, trail)
	case *ast.SelectorExpr:
		s.shared[e.Sel.Name] = true
		if sizes, ok := map[string]support.Schema{"FrameSize": support.FrameSize, "FrameSizeOrAuto": support.FrameSizeOrAuto}[e.Sel.Name]; ok {
			s.shared["ImageSize"] = true
			s.checks[fact{name, "enum", "[" + strings.Join(sizes.Choices[0].Arms[1].Enum, ",") + "]"}]++
		}
	case *ast.Ident:
		named, ok := s.consts[e.Name].(*ast.CompositeLit)
		if ok && entry(named, "Fields") == nil && !slices.Contains(trail, e.Name) {
			s.schema(name, named, append(trail, e.Name))
		}
	case *ast.CompositeLit:
		if own, ok := s.literal(entry(e, "Name")).(string); ok {
			name = own
		}
		for _, elem := range e.Elts {
			kv, ok := elem.(*ast.KeyValueExpr)
			if !ok {
				s.schema(name, elem, trail)
				continue
			}
			key := kv.Key.(*ast.Ident).Name
			switch list, _ := kv.Value.(*ast.CompositeLit); {
			case keywordOf[key] != "" && s.literal(kv.Value) != nil:
				s.checks[fact{name, keywordOf[key], value(s.literal(kv.Value))}]++
			case checkOf[key] == "":
				s.schema(name, kv.Value, trail)
			case key == "Patterns":
				for _, p := range list.Elts {
					s.checks[fact{name, "pattern", text(s.literal(p))}]++
				}
			case key == "Enum":
				s.checks[fact{name, "enum", s.enum(list)}]++
			case key == "Unique":
				s.checks[fact{name, "unique", "true"}]++
			default:
				s.checks[fact{name, checkOf[key], value(json.Number(s.literal(kv.Value).(string)))}]++
			}
		}
	}
}

// enum returns the values of an enum, of which the schema has the JSON.
func (s *source) enum(list *ast.CompositeLit) string {
	var values []any
	for _, e := range list.Elts {
		dec := json.NewDecoder(strings.NewReader(s.literal(e).(string)))
		dec.UseNumber()
		var v any
		if err := dec.Decode(&v); err != nil {
			return err.Error()
		}
		values = append(values, v)
	}
	return text(values)
}

// entry returns the value that a literal has under a key, or nil.
func entry(literal *ast.CompositeLit, key string) ast.Expr {
	for _, e := range literal.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			if id, ok := kv.Key.(*ast.Ident); ok && id.Name == key {
				return kv.Value
			}
		}
	}
	return nil
}

// called returns the name of a call's func, without its package and types.
func called(call *ast.CallExpr) string {
	fun := call.Fun
	if index, ok := fun.(*ast.IndexExpr); ok {
		fun = index.X
	}
	switch fun := fun.(type) {
	case *ast.SelectorExpr:
		return fun.Sel.Name
	case *ast.Ident:
		return fun.Name
	}
	return ""
}

// literal returns the value of a constant.
func (s *source) literal(e ast.Expr) any {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			text, _ := strconv.Unquote(e.Value)
			return text
		}
		return json.Number(e.Value)
	case *ast.Ident:
		if e.Name == "true" || e.Name == "false" {
			return e.Name == "true"
		}
		return s.literal(s.consts["."+e.Name])
	case *ast.SelectorExpr: // of package fal
		if preset := presets()[e.Sel.Name]; preset != nil {
			return s.literal(preset)
		}
	case *ast.UnaryExpr:
		n, _ := s.literal(e.X).(json.Number)
		return json.Number("-" + string(n))
	case *ast.CallExpr: // a conversion
		return s.literal(e.Args[0])
	}
	return nil
}

// presets are the constants of package fal for the sizes of frames, by their names.
var presets = sync.OnceValue(func() map[string]ast.Expr {
	f, err := parser.ParseFile(token.NewFileSet(), "../../fal/framesize.go", nil, parser.SkipObjectResolution)
	if err != nil {
		log.Panic(err)
	}
	values := map[string]ast.Expr{}
	ast.Inspect(f, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == 1 {
			values[spec.Names[0].Name] = spec.Values[0]
		}
		return true
	})
	return values
})
