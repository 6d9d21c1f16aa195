package emit

import (
	"fmt"

	"github.com/falgen/falgen/generator/ir"
)

// A Symbol is what users of a generated package can name, as far as it depends on the document.
type Symbol struct {
	Kind  string // type, field, method, const or func
	Name  string // such as "Input", "Input.FPS" or "DefaultFPS"
	Type  string // as Go source in the package; of a struct "struct"
	Owner string // the type that it is part of, or itself
}

// API lists what the package of a named model declares, in the order of the source, without writing the source.
func API(e *ir.Endpoint) []Symbol {
	f := &file{endpoint: e}
	f.defaults = f.needed(hasDefault)
	var api []Symbol
	add := func(owner, kind, name, typ string) { api = append(api, Symbol{kind, name, typ, owner}) }
	for _, root := range []struct {
		name string
		t    *ir.Type
	}{{"Input", e.Input}, {"Output", e.Output}} {
		if !ownRoot(root.t) {
			add(root.name, "type", root.name, "= "+typeText(root.t))
		}
	}
	for _, o := range e.Objects {
		add(o.Name, "type", o.Name, "struct")
		for _, field := range o.Fields {
			add(o.Name, "field", o.Name+"."+field.GoName, fieldText(field))
		}
		if len(standIns(o)) > 0 {
			add(o.Name, "method", o.Name+".MarshalJSON", "func() ([]byte, error)")
			if !o.Root { // which always has it
				add(o.Name, "method", o.Name+".UnmarshalJSON", "func(data []byte) error")
			}
		}
		if !o.InInput {
			continue
		}
		if o.Root || f.defaults[o] {
			add(o.Name, "method", o.Name+".WithDefaults", "func() "+o.Name)
		}
		for _, field := range o.Fields {
			switch t := typeText(field.Type); {
			case field.DefaultName == "":
			case isConst(field):
				add(o.Name, "const", field.DefaultName, t)
			default:
				add(o.Name, "func", field.DefaultName, "func() "+t)
			}
		}
	}
	for _, u := range e.Unions {
		add(u.Name, "type", u.Name, "struct{ support.Union }")
		for _, arm := range u.Arms {
			t := typeText(arm.Type)
			add(u.Name, "func", u.Name+"From"+arm.Name, fmt.Sprintf("func(%s) %s", t, u.Name))
			add(u.Name, "method", u.Name+"."+arm.Name, fmt.Sprintf("func() (%s, bool)", t))
		}
	}
	if ownRoot(e.Input) {
		add("Input", "method", "Input.Validate", "func() error")
	}
	for _, t := range e.Named {
		add(t.Name, "type", t.Name, typeText(t.Type))
	}
	for _, en := range e.Enums {
		base := "string"
		if en.Integer {
			base = "int64"
		}
		add(en.Name, "type", en.Name, base)
		for _, v := range en.Values {
			add(en.Name, "const", v.Name, en.Name)
		}
		add(en.Name, "func", en.ValuesName, "func() []"+en.Name)
		add(en.Name, "method", en.Name+".Known", "func() bool")
	}
	return api
}

// fieldText is [fieldType] as text.
func fieldText(field *ir.Field) string {
	t := typeText(field.Type)
	switch field.Shape() {
	case ir.Optional, ir.NullWhenUnset:
		return "fal.Opt[" + t + "]"
	case ir.Pointer:
		return "*" + t
	}
	return t
}

// typeText returns the Go type of t as its package writes it.
func typeText(t *ir.Type) string {
	switch t.Kind {
	case ir.String:
		return "string"
	case ir.Integer:
		if t.Unsigned() {
			return "uint64"
		}
		return "int64"
	case ir.Float:
		return "float64"
	case ir.Bool:
		return "bool"
	case ir.Media:
		return "fal.Media"
	case ir.EnumKind:
		return t.Enum.Name
	case ir.ObjectKind:
		return t.Object.Name
	case ir.UnionKind:
		return t.Union.Name
	case ir.NamedKind:
		return t.Named.Name
	case ir.SharedKind:
		return "fal." + t.Shared.Name
	case ir.List:
		return "[]" + elemText(t.Elem)
	case ir.Map:
		if t.Elem.Kind == ir.Any {
			return "fal.Object"
		}
		return "map[string]" + elemText(t.Elem)
	}
	return "json.RawMessage"
}

func elemText(t *ir.Type) string {
	if isOptElem(t) {
		return "fal.Opt[" + typeText(t) + "]"
	}
	return typeText(t)
}
