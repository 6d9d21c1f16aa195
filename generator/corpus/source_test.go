package corpus_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// A source is what the Go code of a package says.
type source struct {
	checks   map[fact]int      // what is checked
	defaults map[string]int    // the values of the constants, "func" for each func
	docs     map[string]string // the comments of the fields, by the name on the wire
	consts   map[string]ast.Expr
	lists    map[string][]ast.Expr // what the funcs that list an enum's values return
	calls    map[string]bool       // the funcs of other packages that are called
}

// checkOf is the support package's word for each demand.
var checkOf = map[string]string{
	"Min": "minimum", "Max": "maximum", "Above": "above", "Below": "below", "MultipleOf": "multiple of",
	"MinLen": "least length", "MaxLen": "greatest length", "Pattern": "pattern", "Unique": "unique", "OneOf": "enum",
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
		consts: map[string]ast.Expr{}, lists: map[string][]ast.Expr{}, calls: map[string]bool{},
	}
	for _, decl := range f.Decls {
		s.declaration(decl)
	}
	for name, e := range s.consts {
		if strings.HasPrefix(name, "Default") {
			s.defaults[value(s.literal(e))]++
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			s.call(call)
		}
		return true
	})
	return s
}

func (s *source) declaration(decl ast.Decl) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil && strings.HasPrefix(d.Name.Name, "Default") && d.Name.Name != "Default" {
			s.defaults["func"]++
		}
		if d.Recv == nil && len(d.Body.List) == 1 {
			if r, ok := d.Body.List[0].(*ast.ReturnStmt); ok {
				if list, ok := r.Results[0].(*ast.CompositeLit); ok {
					s.lists[d.Name.Name] = list.Elts
				}
			}
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

// call counts the rules that a field is checked by, and the defaults of the types of package fal.
func (s *source) call(call *ast.CallExpr) {
	switch callee := called(call); callee {
	case "Optional", "Required":
		name, _ := s.literal(call.Args[0]).(string)
		for _, rule := range call.Args[2:] {
			ast.Inspect(rule, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && checkOf[called(call)] != "" {
					s.checks[fact{name, checkOf[called(call)], s.limit(call.Args)}]++
				}
				if field, ok := n.(*ast.KeyValueExpr); ok {
					s.checks[fact{name, keywordOf[field.Key.(*ast.Ident).Name], value(s.literal(field.Value))}]++
				}
				return true
			})
		}
	case "Default":
		if lit, ok := call.Args[1].(*ast.BasicLit); ok {
			s.defaults[value(s.literal(lit))]++
		}
	default:
		s.calls[callee] = true
	}
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

// limit is what a rule is called with.
func (s *source) limit(args []ast.Expr) string {
	if len(args) == 0 {
		return "true"
	}
	if list, ok := args[0].(*ast.Ident); ok && s.lists[list.Name] != nil {
		var values []any
		for _, e := range s.lists[list.Name] {
			values = append(values, s.literal(e))
		}
		return text(values)
	}
	return value(s.literal(args[0]))
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
	case *ast.UnaryExpr:
		n, _ := s.literal(e.X).(json.Number)
		return json.Number("-" + string(n))
	case *ast.CallExpr: // a conversion
		return s.literal(e.Args[0])
	}
	return nil
}
