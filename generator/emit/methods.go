package emit

import (
	"slices"

	"github.com/dave/jennifer/jen"

	"github.com/falgen/falgen/generator/ir"
)

// needed returns the input's objects of which own holds, or which hold such an object.
func (f *file) needed(own func(*ir.Field) bool) map[*ir.Object]bool {
	need := map[*ir.Object]bool{}
	for grown := true; grown; {
		grown = false
		for _, o := range f.endpoint.Objects {
			for _, field := range o.Fields {
				if o.InInput && !need[o] && (own(field) || holds(need, field.Type)) {
					need[o], grown = true, true
				}
			}
		}
	}
	return need
}

// holds reports whether a value of type t is or holds one of the objects.
func holds(objects map[*ir.Object]bool, t *ir.Type) bool {
	seen := map[*ir.Union]bool{} // which may contain themselves
	var in func(t *ir.Type) bool
	in = func(t *ir.Type) bool {
		switch t.Kind {
		case ir.List, ir.Map:
			return in(t.Elem)
		case ir.UnionKind:
			if seen[t.Union] {
				return false
			}
			seen[t.Union] = true
			return slices.ContainsFunc(t.Union.Arms, func(arm ir.Arm) bool { return in(arm.Type) })
		}
		return objects[t.Object]
	}
	return in(t)
}

func supportName(name string) *jen.Statement { return jen.Qual(supportPath, name) }

func hasDefault(field *ir.Field) bool {
	if field.DefaultName != "" {
		return true
	}
	t := field.Type
	for t.Elem != nil {
		t = t.Elem
	}
	return t.Kind == ir.SharedKind && t.Shared.HasDefaults()
}

// withDefaults declares an object's WithDefaults.
func (f *file) withDefaults(o *ir.Object) {
	if !f.defaults[o] && !o.Root {
		return
	}
	var body []jen.Code
	for _, field := range o.Fields {
		at := jen.Id("in").Dot(field.GoName)
		if field.DefaultName != "" {
			body = append(body, f.setDefault(field, at)...)
		}
		if inner := f.innerDefaults(field.Type); inner != nil {
			body = append(body, at.Clone().Op("=").Add(f.mapped(field, at, inner)))
		}
	}
	body = append(body, jen.Return(jen.Id("in")))
	f.declare("method "+o.Name+".WithDefaults", []string{
		"WithDefaults returns in with the server's defaults in its unset fields.",
	}, jen.Func().Params(jen.Id("in").Id(o.Name)).Id("WithDefaults").Params().Id(o.Name).Block(body...))
}

func (f *file) setDefault(field *ir.Field, at *jen.Statement) []jen.Code {
	def := jen.Id(field.DefaultName)
	if !isConst(field) {
		def = def.Call()
	}
	switch shape := field.Shape(); {
	case shape == ir.Optional, shape == ir.NullWhenUnset:
		return []jen.Code{at.Clone().Op("=").Add(supportName("Default")).Call(at.Clone(), def)}
	case shape == ir.Pointer:
		return []jen.Code{jen.If(at.Clone().Op("==").Nil()).Block(
			jen.Id("d").Op(":=").Add(def), at.Clone().Op("=").Op("&").Id("d"),
		)}
	case shape == ir.OmitZero && (field.Type.Kind == ir.EnumKind || isShared(field.Type)):
		return []jen.Code{at.Clone().Op("=").Qual("cmp", "Or").Call(at.Clone(), def)}
	case shape == ir.OmitZero && (field.Type.Kind == ir.Media || field.Type.Kind == ir.UnionKind):
		return []jen.Code{jen.If(at.Clone().Dot("IsZero").Call()).Block(at.Clone().Op("=").Add(def))}
	case shape == ir.OmitZero:
		return []jen.Code{jen.If(at.Clone().Op("==").Nil()).Block(at.Clone().Op("=").Add(def))}
	}
	return nil // a required field is never unset
}

// innerDefaults returns the func that fills in the defaults inside a value of type t, or nil.
func (f *file) innerDefaults(t *ir.Type) *jen.Statement {
	switch t.Kind {
	case ir.ObjectKind:
		if f.defaults[t.Object] {
			return jen.Id(t.Object.Name).Dot("WithDefaults")
		}
	case ir.SharedKind:
		if t.Shared.HasDefaults() {
			return supportName(t.Shared.Name + "Defaults")
		}
	case ir.List, ir.Map:
		inner := f.innerDefaults(t.Elem)
		if inner == nil || isOptElem(t.Elem) {
			return nil
		}
		each := "Each"
		if t.Kind == ir.Map {
			each = "EachValue"
		}
		return jen.Func().Params(jen.Id("v").Add(goType(t, ""))).Add(goType(t, "")).Block(
			jen.Return(supportName(each).Call(jen.Id("v"), inner)),
		)
	}
	return nil
}

// mapped returns field's value with inner applied to what it holds.
func (f *file) mapped(field *ir.Field, at, inner *jen.Statement) *jen.Statement {
	switch field.Shape() {
	case ir.Pointer:
		return supportName("Pointed").Call(at.Clone(), inner)
	case ir.Optional, ir.NullWhenUnset:
		return supportName("Set").Call(at.Clone(), inner)
	}
	switch t := field.Type; t.Kind {
	case ir.ObjectKind:
		return at.Clone().Dot("WithDefaults").Call()
	case ir.List:
		return supportName("Each").Call(at.Clone(), f.innerDefaults(t.Elem))
	case ir.Map:
		return supportName("EachValue").Call(at.Clone(), f.innerDefaults(t.Elem))
	}
	return jen.Add(inner).Call(at.Clone())
}

// isShared reports whether t is a union that package fal declares, as a text.
func isShared(t *ir.Type) bool { return t.Kind == ir.UnionKind && t.Union.Shared != "" }

// isConst reports whether the default of a field is a constant in Go.
func isConst(field *ir.Field) bool {
	t := field.Type
	if isShared(t) {
		_, preset := field.Default.JSON.(string)
		return preset
	}
	switch t.Kind {
	case ir.String, ir.Integer, ir.Float, ir.Bool, ir.EnumKind:
		return true
	}
	return false
}

// defaultValues declares the defaults of an object's fields: constants together, then a func for each of the others.
func (f *file) defaultValues(o *ir.Object) {
	var consts []jen.Code
	for _, field := range o.Fields {
		if field.DefaultName == "" || !isConst(field) {
			continue
		}
		f.declared = append(f.declared, "const "+field.DefaultName)
		value := jen.Op("=").Add(literals{}.value(field.Type, field.Default.JSON))
		if field.Type.Kind != ir.EnumKind && !isShared(field.Type) {
			value = goType(field.Type, "").Add(value)
		}
		consts = append(consts, jen.Id(field.DefaultName).Add(value))
	}
	if len(consts) > 0 {
		f.jen.Line()
		f.jen.Op("// Server defaults for " + o.Name + ".")
		f.jen.Const().Defs(consts...)
	}
	for _, field := range o.Fields {
		if field.DefaultName == "" || isConst(field) {
			continue
		}
		f.declare("func "+field.DefaultName,
			[]string{field.DefaultName + " returns the server's default for " + o.Name + "." + field.GoName + "."},
			jen.Func().Id(field.DefaultName).Params().Add(goType(field.Type, "")).Block(
				jen.Return(literals{}.value(field.Type, field.Default.JSON)),
			))
	}
}
