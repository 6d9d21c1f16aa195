// Package callers finds the places in Go code that a change of documents breaks or touches. It reads the code as it
// compiles against the packages that are there, so it is to be asked before they are generated anew.
package callers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/falgen/falgen/generator/diff"
)

// Find returns the uses in the packages that patterns name, as go list takes them, below dir. generated is the import
// path of the folder of generated packages. The uses are sorted by place.
//
// Code that does not compile is searched as far as it goes; the problems are returned beside the uses. An error means
// that nothing could be searched.
func Find(ctx context.Context, dir string, patterns []string, generated string, changes []diff.Change) (uses []diff.Use, problems []error, err error) {
	loaded, err := packages.Load(&packages.Config{
		Context: ctx, Dir: dir, Tests: true,
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedTypes | packages.NeedSyntax |
			packages.NeedTypesInfo | packages.NeedDeps | packages.NeedExportFile,
	}, patterns...)
	if err != nil {
		return nil, nil, fmt.Errorf("cannot read the code: %w", err)
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return nil, nil, err
	}
	s := &search{dir: dir, generated: generated, changes: changes, seen: map[string]bool{}}
	told := map[string]bool{}
	for _, p := range loaded {
		for _, e := range p.Errors {
			if !told[e.Error()] {
				told[e.Error()] = true
				problems = append(problems, errors.New(e.Error()))
			}
		}
		if p.PkgPath != generated && !strings.HasPrefix(p.PkgPath, generated+"/") {
			s.search(p)
		}
	}
	slices.SortFunc(s.uses, func(a, b diff.Use) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Text, b.Text))
	})
	return s.uses, problems, nil
}

// search is one call of Find.
type search struct {
	dir, generated string
	changes        []diff.Change
	uses           []diff.Use
	seen           map[string]bool // places and texts: a package is loaded again for its tests
}

// interest is why code in one package matters: what the changes say of the packages that it imports.
type interest struct {
	objects map[types.Object][]note    // uses of these
	values  map[types.Type][]value     // constants of these types
	unset   map[*types.TypeName][]note // literals that leave out a field
	imports map[string][]diff.Change   // imports of these
}

// note is what there is to say about a symbol.
type note struct {
	change diff.Change
	symbol diff.Symbol
}

// value is one that an enum no longer has.
type value struct {
	constant constant.Value
	change   diff.Change
}

// interests gathers what the changes say of what p imports.
func (s *search) interests(p *packages.Package) *interest {
	in := &interest{map[types.Object][]note{}, map[types.Type][]value{}, map[*types.TypeName][]note{}, map[string][]diff.Change{}}
	for _, c := range s.changes {
		imported := p.Imports[path.Join(s.generated, c.Package)]
		if imported == nil || imported.Types == nil {
			continue
		}
		switch c.Kind {
		case diff.EndpointRemoved, diff.PackageMoved:
			in.imports[imported.PkgPath] = append(in.imports[imported.PkgPath], c)
		}
		for _, symbol := range c.Go {
			n := note{c, symbol}
			owner, _, isMember := strings.Cut(symbol.Name, ".")
			object := lookUp(imported.Types, symbol.Name)
			if object != nil && symbol.Broken() {
				in.objects[object] = append(in.objects[object], n)
			}
			if of, ok := object.(*types.Const); ok && c.Kind == diff.ValueRemoved {
				in.values[of.Type()] = append(in.values[of.Type()], value{of.Val(), c})
			}
			if holder, ok := imported.Types.Scope().Lookup(owner).(*types.TypeName); ok && isMember && mattersUnset(c) {
				in.unset[holder] = append(in.unset[holder], n)
			}
		}
	}
	return in
}

// mattersUnset reports whether a change touches those who leave a field out.
func mattersUnset(c diff.Change) bool {
	switch c.Kind {
	case diff.RequiredFieldAdded, diff.BecameRequired, diff.DefaultAdded, diff.DefaultChanged, diff.DefaultRemoved:
		return c.Level > diff.Doc
	}
	return false
}

// lookUp finds a symbol such as "DefaultFPS", "Input" or "Input.FPS".
func lookUp(p *types.Package, name string) types.Object {
	owner, member, isMember := strings.Cut(name, ".")
	object := p.Scope().Lookup(owner)
	if !isMember || object == nil {
		return object
	}
	found, _, _ := types.LookupFieldOrMethod(types.NewPointer(object.Type()), true, p, member)
	return found
}

// search looks through the files of a package.
func (s *search) search(p *packages.Package) {
	in := s.interests(p)
	for _, file := range p.Syntax {
		var trail []ast.Node
		ast.Inspect(file, func(n ast.Node) bool {
			if n == nil {
				trail = trail[:len(trail)-1]
				return true
			}
			s.node(p, in, n, trail)
			trail = append(trail, n)
			return true
		})
	}
}

func (s *search) node(p *packages.Package, in *interest, n ast.Node, trail []ast.Node) {
	switch n := n.(type) {
	case *ast.ImportSpec:
		for _, c := range in.imports[strings.Trim(n.Path.Value, `"`)] {
			text := "imports the package of " + c.Endpoint + ", which is gone"
			if c.Kind == diff.PackageMoved {
				text = "imports the package of " + c.Endpoint + ", which is at " + path.Join(s.generated, c.After) + " now"
			}
			s.add(p.Fset, n.Pos(), diff.Go, text)
		}
	case *ast.Ident:
		for _, note := range in.objects[p.TypesInfo.Uses[n]] {
			s.add(p.Fset, n.Pos(), diff.Go, s.brokenText(p, n, trail, note))
		}
	case *ast.BasicLit:
		tv := p.TypesInfo.Types[n]
		for _, v := range in.values[tv.Type] {
			if tv.Value != nil && constant.Compare(tv.Value, token.EQL, v.constant) {
				s.add(p.Fset, n.Pos(), diff.Wire, setsText(p, trail, n.Value)+", a value that is gone")
			}
		}
	case *ast.CompositeLit:
		s.literal(p, in, n)
	}
}

// literal looks at what a struct literal leaves out.
func (s *search) literal(p *packages.Package, in *interest, lit *ast.CompositeLit) {
	named, ok := types.Unalias(p.TypesInfo.TypeOf(lit)).(*types.Named)
	if !ok {
		return
	}
	for _, n := range in.unset[named.Obj()] {
		_, field, _ := strings.Cut(n.symbol.Name, ".")
		if slices.ContainsFunc(lit.Elts, func(e ast.Expr) bool {
			pair, keyed := e.(*ast.KeyValueExpr)
			if !keyed {
				return true // a literal without names sets all that there is
			}
			key := asIdent(pair.Key)
			return key != nil && key.Name == field
		}) {
			continue
		}
		name := named.Obj().Pkg().Name() + "." + n.symbol.Name
		switch n.change.Kind {
		case diff.RequiredFieldAdded, diff.BecameRequired:
			s.add(p.Fset, lit.Pos(), diff.Wire, "does not set "+name+", which is required now")
		case diff.DefaultAdded:
			s.add(p.Fset, lit.Pos(), diff.Behaviour, "leaves out "+name+", which is "+n.change.After+" by default now")
		case diff.DefaultRemoved:
			s.add(p.Fset, lit.Pos(), diff.Behaviour, "leaves out "+name+", which was "+n.change.Before+" by default")
		default:
			s.add(p.Fset, lit.Pos(), diff.Behaviour,
				"leaves out "+name+", whose default was "+n.change.Before+" and is "+n.change.After)
		}
	}
}

// brokenText says what becomes of the use of a symbol.
func (s *search) brokenText(p *packages.Package, id *ast.Ident, trail []ast.Node, n note) string {
	name := p.TypesInfo.Uses[id].Pkg().Name() + "." + n.symbol.Name
	switch {
	case n.change.Kind == diff.ValueRemoved && n.symbol.Kind == "const":
		return setsText(p, trail, name) + ", a value that is gone"
	case n.symbol.Now != "":
		return "uses " + name + ", which is called " + n.symbol.Now + " now"
	case n.symbol.After == "":
		return "uses " + name + ", which is gone"
	}
	return "uses " + name + ", which was " + n.symbol.Before + " and is " + n.symbol.After
}

// setsText says what a value is used for: the field that it is set to, where it stands in a literal or an assignment.
func setsText(p *packages.Package, trail []ast.Node, what string) string {
	for i, n := range slices.Backward(trail) {
		var owner types.Type
		var field *ast.Ident
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			lit, _ := trail[i-1].(*ast.CompositeLit) // a pair stands in nothing else
			owner, field = p.TypesInfo.TypeOf(lit), asIdent(n.Key)
		case *ast.AssignStmt:
			if sel, ok := n.Lhs[0].(*ast.SelectorExpr); ok && len(n.Lhs) == 1 {
				owner, field = p.TypesInfo.TypeOf(sel.X), sel.Sel
			}
		}
		if pointer, ok := owner.(*types.Pointer); ok {
			owner = pointer.Elem()
		}
		if named, ok := types.Unalias(owner).(*types.Named); ok && field != nil {
			return "sets " + named.Obj().Pkg().Name() + "." + named.Obj().Name() + "." + field.Name + " to " + what
		}
		if _, ok := n.(ast.Stmt); ok {
			break
		}
	}
	return "uses " + what
}

func asIdent(e ast.Expr) *ast.Ident {
	id, _ := e.(*ast.Ident)
	return id
}

func (s *search) add(set *token.FileSet, at token.Pos, level diff.Level, text string) {
	pos := set.Position(at)
	file := pos.Filename
	if rel, err := filepath.Rel(s.dir, file); err == nil {
		file = rel
	}
	u := diff.Use{File: filepath.ToSlash(file), Line: pos.Line, Column: pos.Column, Level: level, Text: text}
	if key := u.String(); !s.seen[key] {
		s.seen[key] = true
		s.uses = append(s.uses, u)
	}
}
