package emit

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"go/types"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
)

// gate formats source and refuses it unless it declares just what was intended. Text of strangers went into the
// source, quoted; this is the proof that none of it came out as code.
func gate(src []byte, intended []string) ([]byte, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("generated code does not parse, which is a bug of falgen: %w", err)
	}
	for _, group := range f.Comments {
		for _, c := range group.List {
			if !strings.HasPrefix(c.Text, "// ") && c.Text != "//" {
				return nil, fmt.Errorf("generated code holds the comment %.40q, which is a bug of falgen", c.Text)
			}
		}
	}
	want := slices.Sorted(slices.Values(intended))
	if got := slices.Sorted(slices.Values(declared(f))); !slices.Equal(got, want) {
		return nil, fmt.Errorf("generated code declares other things than intended, which is a bug of falgen:\n%s", cmp.Diff(want, got))
	}
	var out bytes.Buffer
	if err := layout.Fprint(&out, fset, f); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// layout is that of gofmt. Package go/format would print, parse and print once more, to sort imports that are sorted.
var layout = printer.Config{Mode: printer.UseSpaces | printer.TabIndent, Tabwidth: 8}

// declared lists what a file declares on its top level.
func declared(f *ast.File) []string {
	var names []string
	for _, imp := range f.Imports {
		if p := imp.Path.Value; p == `"C"` || imp.Name != nil && (imp.Name.Name == "_" || imp.Name.Name == ".") {
			names = append(names, "import "+p)
		}
	}
	for _, decl := range f.Decls {
		switch d := decl.(type) {
		case *ast.FuncDecl:
			name := "func " + d.Name.Name
			if d.Recv != nil {
				name = fmt.Sprintf("method %s.%s", types.ExprString(d.Recv.List[0].Type), d.Name.Name)
			}
			names = append(names, name)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.TypeSpec:
					names = append(names, "type "+s.Name.Name)
				case *ast.ValueSpec:
					for _, id := range s.Names {
						names = append(names, d.Tok.String()+" "+id.Name)
					}
				}
			}
		}
	}
	return names
}
