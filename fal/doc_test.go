package fal_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocComments holds that whatever the runtime exports is documented.
func TestDocComments(t *testing.T) {
	folders := map[string]map[string]*ast.File{}
	set := token.NewFileSet()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && d.Name() == "internal" {
			return fs.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(set, path, nil, parser.ParseComments)
		dir := filepath.Dir(path)
		if folders[dir] == nil {
			folders[dir] = map[string]*ast.File{}
		}
		folders[dir][path] = file
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir, files := range folders {
		var list []*ast.File
		for _, f := range files {
			list = append(list, f)
		}
		p, err := doc.NewFromFiles(set, list, dir)
		if err != nil {
			t.Fatal(err)
		}
		need := func(what, text string) {
			if text == "" {
				t.Errorf("%s: %s has no comment", dir, what)
			}
		}
		need("the package", p.Doc)
		values := func(all []*doc.Value) {
			for _, v := range all {
				for _, spec := range v.Decl.Specs {
					own := spec.(*ast.ValueSpec)
					if v.Doc == "" && own.Doc.Text() == "" && own.Comment.Text() == "" {
						t.Errorf("%s: %s has no comment", dir, own.Names[0])
					}
				}
			}
		}
		funcs := func(of string, all []*doc.Func) {
			for _, f := range all {
				switch f.Name {
				case "Error", "Unwrap", "String": // what these mean is the language's
				default:
					need(of+f.Name, f.Doc)
				}
			}
		}
		values(p.Consts)
		values(p.Vars)
		funcs("", p.Funcs)
		for _, typ := range p.Types {
			if group := typ.Decl.Lparen.IsValid(); !group {
				need(typ.Name, typ.Doc)
			}
			for _, spec := range typ.Decl.Specs {
				if own := spec.(*ast.TypeSpec); own.Name.Name == typ.Name && typ.Doc == "" {
					need(typ.Name, own.Doc.Text())
				}
			}
			values(typ.Consts)
			values(typ.Vars)
			funcs("", typ.Funcs)
			funcs(typ.Name+".", typ.Methods)
		}
	}
}
