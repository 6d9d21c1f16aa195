package emit

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/dave/jennifer/jen"

	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/naming"
)

// field returns a value as what a field takes.
func (w literals) field(f *ir.Field, v any) jen.Code {
	switch f.Shape() {
	case ir.Optional, ir.NullWhenUnset:
		return w.opt(f.Type, v)
	case ir.Pointer:
		return jen.Op("&").Add(w.value(f.Type, v))
	}
	return w.value(f.Type, v)
}

// literals writes values of an endpoint's types.
type literals struct {
	from string // the import path of the types, or "" inside their package
}

func (w literals) id(name string) *jen.Statement {
	if w.from == "" {
		return jen.Id(name)
	}
	return jen.Qual(w.from, name)
}

func (w literals) opt(t *ir.Type, v any) jen.Code {
	if v == nil {
		return jen.Qual(falPath, "Null").Types(goType(t, w.from)).Call()
	}
	if t.Unsigned() {
		return jen.Qual(falPath, "Some").Types(jen.Uint64()).Call(w.value(t, v))
	}
	constructor := map[ir.Kind]string{ir.String: "String", ir.Integer: "Int", ir.Float: "Float", ir.Bool: "Bool"}[t.Kind]
	if constructor == "" {
		constructor = "Some"
	}
	return jen.Qual(falPath, constructor).Call(w.value(t, v))
}

func (w literals) value(t *ir.Type, v any) *jen.Statement {
	switch t.Kind {
	case ir.Media:
		return jen.Qual(falPath, "URL").Call(jen.Lit(v))
	case ir.EnumKind:
		for _, e := range t.Enum.Values {
			if e.Value.JSON == v {
				return w.id(e.Name)
			}
		}
		if s, ok := v.(string); ok { // of an open enum
			return w.id(t.Enum.Name).Call(jen.Lit(s))
		}
	case ir.UnionKind:
		if t.Union.Shared != "" {
			return frameSize(v)
		}
		arm, err := t.Union.Arm(v)
		if err != nil {
			panic("a value of no arm passed Fit: " + err.Error())
		}
		return w.id(t.Union.Name + "From" + arm.Name).Call(w.value(arm.Type, v))
	case ir.List:
		if short(v.([]any)) {
			return goType(t, w.from).ValuesFunc(func(g *jen.Group) {
				for _, e := range v.([]any) {
					g.Add(w.element(t.Elem, e))
				}
			})
		}
		list := goType(t, w.from).Op("{")
		for _, e := range v.([]any) {
			list.Line().Add(w.element(t.Elem, e)).Op(",")
		}
		return closed(list, len(v.([]any)))
	case ir.Map:
		members := v.(map[string]any)
		list := goType(t, w.from).Op("{")
		for _, k := range slices.Sorted(maps.Keys(members)) {
			list.Line().Lit(k).Op(":").Add(w.element(t.Elem, members[k])).Op(",")
		}
		return closed(list, len(members))
	case ir.NamedKind:
		return w.id(t.Named.Name).Call(w.value(t.Named.Type, v))
	case ir.ObjectKind:
		return w.id(t.Object.Name).Add(w.members(t, v))
	case ir.SharedKind:
		return jen.Qual(falPath, t.Shared.Name).Add(w.members(t, v))
	case ir.Any:
		return jen.Qual("encoding/json", "RawMessage").Call(jen.Lit(ir.ValueText(v)))
	}
	return jen.Op(goLiteral(v))
}

// frameSize returns a fal.FrameSize.
func frameSize(v any) *jen.Statement {
	if _, ok := v.(string); ok {
		return jen.Qual(falPath, ir.PresetName(ir.Value{JSON: v}))
	}
	size := v.(map[string]any)
	width, wide := size["width"].(json.Number)
	height, high := size["height"].(json.Number)
	if len(size) == 2 && wide && high {
		return jen.Qual(falPath, "Size").Call(jen.Op(width.String()), jen.Op(height.String()))
	}
	return jen.Qual(falPath, ir.FrameSize).Call(jen.Lit(ir.ValueText(v)))
}

// element returns a value as what a list or map holds, where gofmt -s leaves the type of an object away.
func (w literals) element(t *ir.Type, v any) jen.Code {
	switch {
	case isOptElem(t):
		return w.opt(t, v)
	case t.Kind == ir.ObjectKind, t.Kind == ir.SharedKind:
		return w.members(t, v)
	}
	return w.value(t, v)
}

// members returns the fields of an object in braces, a line each.
func (w literals) members(t *ir.Type, v any) *jen.Statement {
	values := v.(map[string]any)
	var fields []*ir.Field
	if t.Kind == ir.ObjectKind {
		fields = t.Object.Fields
	} else {
		for _, f := range t.Shared.Fields {
			fields = append(fields, &ir.Field{
				Name: f.Name, GoName: naming.Pascal(f.Name), Required: f.Required, Type: &ir.Type{Kind: f.Kind},
			})
		}
	}
	list := jen.Op("{")
	n := 0
	for _, f := range fields {
		if m, ok := values[f.Name]; ok {
			list.Line().Id(f.GoName).Op(":").Add(w.field(f, m)).Op(",")
			n++
		}
	}
	return closed(list, n)
}

// short reports whether a list reads well on one line.
func short(list []any) bool {
	length := 0
	for _, e := range list {
		switch e.(type) {
		case []any, map[string]any:
			return false
		}
		length += len(ir.ValueText(e)) + len(", ")
	}
	return length < width
}

// closed ends a literal of n lines.
func closed(list *jen.Statement, n int) *jen.Statement {
	if n > 0 {
		list.Line()
	}
	return list.Op("}")
}

// goLiteral returns a string, number or bool as Go writes it.
func goLiteral(v any) string {
	switch v := v.(type) {
	case string:
		return strconv.Quote(v)
	case json.Number:
		return v.String()
	}
	return fmt.Sprint(v)
}
