// Package naming gives every Go identifier and path that generated code declares. One allocator hands the names of a
// package out in a fixed order, so that two things never get the same one.
package naming

import (
	"fmt"
	"go/token"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/falgen/falgen/generator/ir"
)

// Assign names everything in an endpoint.
func Assign(e *ir.Endpoint) {
	e.Package = PackageOf(e.ID)
	names := allocator{}
	for _, name := range []string{"Input", "Output", "Client", "New", "EndpointID"} {
		names[name] = true
	}
	for _, o := range e.Objects {
		if o.Root {
			o.Name = o.Schema
		} else {
			o.Name = names.take(originNames(o.Origin, "Object")...)
		}
	}
	for _, en := range e.Enums {
		en.Name = names.takeBoth("Values", originNames(en.Origin, "Preset")...)
		en.ValuesName = en.Name + "Values"
	}
	for _, u := range e.Unions {
		u.Name = names.take(originNames(u.Origin, "Union")...)
		nameArms(u, names)
	}
	for _, en := range e.Enums {
		for i := range en.Values {
			v := &en.Values[i]
			v.Name = names.take(en.Name + valueName(fmt.Sprint(v.Value.JSON)))
		}
	}
	for _, o := range e.Objects {
		fields := allocator{"Validate": true, "WithDefaults": true}
		for _, f := range o.Fields {
			f.GoName = fields.take(fieldName(f.Name))
			if f.Default != nil && o.InInput {
				prefix := "Default"
				if !o.Root {
					prefix += o.Name
				}
				f.DefaultName = names.take(prefix + f.GoName)
			}
		}
	}
}

// originNames are the names that a type may get, the best first.
func originNames(from ir.Origin, kind string) []string {
	if from.Schema != "" {
		name := exported(Pascal(from.Schema))
		return []string{name, name + kind}
	}
	property := from.Property
	if from.Item {
		property = Singular(property)
	}
	name := exported(Pascal(property))
	switch {
	case from.Arm:
		return []string{name + kind, from.Owner.Name + name + kind}
	case from.Owner == nil:
		return []string{name, name + kind}
	}
	return []string{name, from.Owner.Name + name, name + kind}
}

// nameArms names the accessors of a union, and with them its constructors.
func nameArms(u *ir.Union, names allocator) {
	methods := allocator{"Union": true, "Any": true, "Decode": true, "IsNull": true, "IsZero": true, "MarshalJSON": true, "UnmarshalJSON": true}
	for i := range u.Arms {
		arm := &u.Arms[i]
		label := armLabel(arm.Type)
		if label == u.Name {
			label = "Object"
		}
		arm.Name = methods.take(strings.TrimPrefix(label, u.Name))
		names[u.Name+"From"+arm.Name] = true
	}
}

func armLabel(t *ir.Type) string {
	switch t.Kind {
	case ir.String:
		return "Text"
	case ir.Integer:
		return "Int"
	case ir.Float:
		return "Float"
	case ir.Bool:
		return "Bool"
	case ir.Media:
		return "Media"
	case ir.EnumKind:
		return t.Enum.Name
	case ir.ObjectKind:
		return t.Object.Name
	case ir.SharedKind:
		return t.Shared.Name
	case ir.List:
		return armLabel(t.Elem) + "List"
	case ir.Map:
		return "Map"
	}
	return "JSON"
}

func fieldName(wire string) string {
	name := Pascal(wire)
	if name == "" {
		name = valueName(wire)
	}
	return exported(name)
}

// exported makes name one that Go exports: it may not start with a digit, or with a letter that has no upper case.
func exported(name string) string {
	if r, _ := utf8.DecodeRuneInString(name); unicode.IsUpper(r) {
		return name
	}
	return "X" + name
}

// An allocator holds the names that are taken.
type allocator map[string]bool

// take returns the first of the names that is free; where none is, the last one with the lowest number that makes it.
func (a allocator) take(names ...string) string { return a.takeBoth("", names...) }

// takeBoth is take for a name that is needed with and without a suffix.
func (a allocator) takeBoth(suffix string, names ...string) string {
	free := func(name string) bool {
		if a[name] || a[name+suffix] {
			return false
		}
		a[name], a[name+suffix] = true, true
		return true
	}
	for _, name := range names {
		if free(name) {
			return name
		}
	}
	last := names[len(names)-1]
	if unicode.IsDigit(rune(last[len(last)-1])) {
		last += "_"
	}
	for n := 2; ; n++ {
		if name := fmt.Sprint(last, n); free(name) {
			return name
		}
	}
}

// PackageOf returns the package of an endpoint: its owner, its app, and the rest of its id joined, as fal routes by
// owner and app.
func PackageOf(id string) ir.Package {
	segments := strings.Split(id, "/")
	for i, s := range segments {
		segments[i] = strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, strings.ToLower(s))
	}
	owner, app, rest := segments[0], segments[1], strings.Join(segments[2:], "")
	name := rest
	if len(segments) == 2 {
		name = app
	}
	if !usable(name) {
		name = app + rest
	}
	if !usable(name) {
		name = "api" + name
	}
	path := []string{folder(owner), folder(app)}
	if len(segments) > 2 {
		path = append(path, name)
	} else {
		path[1] = name
	}
	return ir.Package{Name: name, Path: strings.Join(path, "/")}
}

// usable reports whether name can name a package and a folder that others import.
func usable(name string) bool {
	switch name {
	case "", "main", "internal", "vendor", "testdata", "init", "fal", "support":
		return false
	}
	return !token.IsKeyword(name) && name[0] >= 'a'
}

// folder returns a folder name that the go command does not treat as special.
func folder(name string) string {
	switch name {
	case "", "internal", "vendor", "testdata":
		return "api" + name
	}
	return name
}
