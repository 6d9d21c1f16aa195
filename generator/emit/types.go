package emit

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/dave/jennifer/jen"

	"github.com/falgen/falgen/generator/ir"
)

// goType returns the Go type of t; from is the import path of its package, or "" inside it.
func goType(t *ir.Type, from string) *jen.Statement {
	own := literals{from}.id
	switch t.Kind {
	case ir.String:
		return jen.String()
	case ir.Integer:
		if t.Unsigned() {
			return jen.Uint64()
		}
		return jen.Int64()
	case ir.Float:
		return jen.Float64()
	case ir.Bool:
		return jen.Bool()
	case ir.Media:
		return jen.Qual(falPath, "Media")
	case ir.EnumKind:
		return own(t.Enum.Name)
	case ir.ObjectKind:
		return own(t.Object.Name)
	case ir.UnionKind:
		if t.Union.Shared != "" {
			return jen.Qual(falPath, t.Union.Shared)
		}
		return own(t.Union.Name)
	case ir.NamedKind:
		return own(t.Named.Name)
	case ir.SharedKind:
		return jen.Qual(falPath, t.Shared.Name)
	case ir.List:
		return jen.Index().Add(goElem(t.Elem, from))
	case ir.Map:
		if t.Elem.Kind == ir.Any {
			return jen.Qual(falPath, "Object")
		}
		return jen.Map(jen.String()).Add(goElem(t.Elem, from))
	}
	return jen.Qual("encoding/json", "RawMessage")
}

// goElem returns the Go type of what a list or map holds.
func goElem(t *ir.Type, from string) *jen.Statement {
	if isOptElem(t) {
		return jen.Qual(falPath, "Opt").Types(goType(t, from))
	}
	return goType(t, from)
}

// isOptElem reports whether an element may be null without its own type having room for it.
func isOptElem(t *ir.Type) bool { return t.Nullable && t.Kind != ir.Media && t.Kind != ir.Any }

func fieldType(field *ir.Field) (code jen.Code, omit bool) {
	t := goType(field.Type, "")
	switch field.Shape() {
	case ir.Optional:
		return jen.Qual(falPath, "Opt").Types(t), true
	case ir.NullWhenUnset:
		return jen.Qual(falPath, "Opt").Types(t), false
	case ir.Pointer:
		return jen.Op("*").Add(t), true
	case ir.OmitZero:
		return t, true
	}
	return t, false
}

// object declares the struct of an object, its methods and its defaults.
func (f *file) object(o *ir.Object) {
	var fields []jen.Code
	names := standIns(o)
	for i, field := range o.Fields {
		if i > 0 {
			fields = append(fields, jen.Line())
		}
		fields = append(fields, fieldDoc(field)...)
		t, omit := fieldType(field)
		tag := field.Name
		if name, ok := names[tag]; ok {
			tag = name
		}
		if omit {
			tag += ",omitzero"
		} else if tag == "-" {
			tag += ","
		}
		fields = append(fields, jen.Id(field.GoName).Add(t).Tag(map[string]string{"json": tag}))
	}
	f.declare("type "+o.Name, objectDoc(f.endpoint, o), jen.Type().Id(o.Name).Struct(fields...))
	f.wireNames(o, names)
	if o.Root && len(names) == 0 {
		unmarshal, doc := "Unmarshal", "UnmarshalJSON decodes v. Integers may be written as 1024.0."
		if !o.InInput {
			unmarshal, doc = "UnmarshalOutput", doc+" Numbers that an integer field cannot hold are rounded."
		}
		f.declare("method *"+o.Name+".UnmarshalJSON", []string{doc}, jen.Func().Params(jen.Id("v").Op("*").Id(o.Name)).Id("UnmarshalJSON").Params(jen.Id("data").Index().Byte()).Error().Block(
			jen.Type().Id("plain").Id(o.Name),
			jen.Return(supportName(unmarshal).Call(jen.Id("data"), jen.Parens(jen.Op("*").Id("plain")).Call(jen.Id("v")))),
		))
	}
	if o.InInput {
		f.withDefaults(o)
		f.defaultValues(o)
	}
}

func objectDoc(e *ir.Endpoint, o *ir.Object) []string {
	doc := []string{o.Name + " is an object of the document."}
	switch {
	case o.Root && o.InInput:
		doc[0] = "Input is what " + e.ID + " takes."
	case o.Root:
		doc[0] = "Output is what " + e.ID + " returns."
	case o.Schema != "":
		doc[0] = fmt.Sprintf("%s is the document's %s.", o.Name, o.Schema)
	case o.Owner != nil && o.Item:
		doc[0] = fmt.Sprintf("%s is what %q of [%s] holds.", o.Name, o.Property, o.Owner.Name)
	case o.Owner != nil:
		doc[0] = fmt.Sprintf("%s is the %q of [%s].", o.Name, o.Property, o.Owner.Name)
	}
	doc = append(doc, o.Description)
	if o.Root && o.InInput {
		doc = append(doc, strings.Join(e.Input.ChoiceFacts(), " "))
	}
	return doc
}

// named declares a list or map that contains itself.
func (f *file) named(t *ir.Named) {
	f.declare("type "+t.Name, []string{fmt.Sprintf("%s is the document's %s: %s.", t.Name, t.Schema, t.Type.Phrase())},
		jen.Type().Id(t.Name).Add(goType(t.Type, "")))
}

// enum declares an enum's type, its constants, and the funcs that tell them.
func (f *file) enum(e *ir.Enum) {
	base := jen.String()
	if e.Integer {
		base = jen.Int64()
	}
	doc := fmt.Sprintf("%s is the type of %q: one of [%s].", e.Name, cmp.Or(e.Schema, e.Property), e.ValuesName)
	if e.Open {
		doc = fmt.Sprintf("%s is the type of %q: one of [%s], or any other text.", e.Name, cmp.Or(e.Schema, e.Property), e.ValuesName)
	}
	f.declare("type "+e.Name, []string{doc},
		jen.Type().Id(e.Name).Add(base))
	var consts, names []jen.Code
	for _, v := range e.Values {
		consts = append(consts, jen.Id(v.Name).Id(e.Name).Op("=").Op(goLiteral(v.Value.JSON)))
		names = append(names, jen.Id(v.Name))
		f.declared = append(f.declared, "const "+v.Name)
	}
	f.jen.Line()
	f.jen.Op("// Values of " + e.Name + ".")
	f.jen.Const().Defs(consts...)
	f.declare("func "+e.ValuesName, []string{e.ValuesName + " returns the values that the document lists, in its order."},
		jen.Func().Id(e.ValuesName).Params().Index().Id(e.Name).Block(
			jen.Return(jen.Index().Id(e.Name).Add(valueList(names))),
		))
	receiver := "v"
	if first := e.Name[0]; first < utf8.RuneSelf {
		receiver = strings.ToLower(string(first))
	}
	f.declare("method "+e.Name+".Known", []string{"Known reports whether " + receiver + " is one of [" + e.ValuesName + "]."},
		jen.Func().Params(jen.Id(receiver).Id(e.Name)).Id("Known").Params().Bool().Block(
			jen.Return(jen.Qual("slices", "Contains").Call(jen.Id(e.ValuesName).Call(), jen.Id(receiver))),
		))
}

// perLine is how many constants stand on one line of a list of them.
const perLine = 4

func valueList(names []jen.Code) *jen.Statement {
	if len(names) <= perLine {
		return jen.Values(names...)
	}
	s := jen.Op("{").Line()
	for i, n := range names {
		s.Add(n).Op(",")
		if i%perLine == perLine-1 || i == len(names)-1 {
			s.Line()
		}
	}
	return s.Op("}")
}
