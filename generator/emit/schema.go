package emit

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dave/jennifer/jen"

	"github.com/falgen/falgen/generator/ir"
)

// A part is one field of a schema's literal.
type part struct {
	name  string
	value jen.Code
	kind  string // of Types: which
}

// schemas are the tables of a package, of what the input consists of: of each *ir.Object, *ir.Union and *ir.Named.
type schemas struct {
	names     map[any]string
	recursive map[any]bool // those that contain themselves; others refer to them by name
}

// tables declares the schemas of the input, and its Validate.
func (f *file) tables() {
	f.schemas = schemas{names: map[any]string{}, recursive: map[any]bool{}}
	named := f.reached(f.endpoint.Input)
	for _, n := range named {
		name := "schemaOf" + n.name
		if first := n.name[0]; first < utf8.RuneSelf {
			name = strings.ToLower(string(first)) + n.name[1:] + "Schema"
		}
		f.schemas.names[n.key] = name
	}
	for _, n := range named {
		name := f.schemas.names[n.key]
		f.declare("var "+name, []string{name + " is what the document demands of " + ir.Article(n.name) + "."},
			jen.Var().Id(name).Op("=").Add(literal(n.parts())))
	}
	f.validate(named)
}

// validate declares the input's Validate, where it is a type of this package.
func (f *file) validate(named []table) {
	t := f.endpoint.Input
	if !ownRoot(t) {
		return
	}
	args := []jen.Code{jen.Id("EndpointID"), jen.Id("in"), f.schema(t)}
	for _, n := range named {
		if f.schemas.recursive[n.key] {
			args = append(args, support("Named").Add(values([]part{
				{name: "Name", value: jen.Lit(n.name)}, {name: "Schema", value: jen.Op("&").Id(f.schemas.names[n.key])},
			})))
		}
	}
	f.declare("method Input.Validate", []string{
		"Validate returns a [*fal.ValidationError] that lists every rule of the document that in breaks, or nil. " +
			"Run, Submit and Subscribe call it before they send anything.",
	}, jen.Func().Params(jen.Id("in").Id("Input")).Id("Validate").Params().Error().Block(jen.Return(support("Validate").Call(args...))))
}

// A table is a named type that has a schema.
type table struct {
	key   any
	name  string
	parts func() []part
}

// reached returns the named types that a value of type t may hold, and notes those that may hold themselves.
func (f *file) reached(t *ir.Type) (named []table) {
	const open, done = 1, 2
	state := map[any]int{}
	var trail []any
	var visit func(t *ir.Type)
	enter := func(key any, inside func(), n table) {
		switch state[key] {
		case open:
			for i := len(trail) - 1; i >= 0; i-- {
				f.schemas.recursive[trail[i]] = true
				if trail[i] == key {
					break
				}
			}
			return
		case done:
			return
		}
		state[key], trail = open, append(trail, key)
		named = append(named, n)
		inside()
		state[key], trail = done, trail[:len(trail)-1]
	}
	visit = func(t *ir.Type) {
		for _, c := range t.Choices {
			for _, arm := range c.Arms {
				visit(arm)
			}
		}
		switch t.Kind {
		case ir.List, ir.Map:
			visit(t.Elem)
		case ir.NamedKind:
			n := t.Named
			enter(n, func() { visit(n.Type) }, table{n, n.Name, func() []part { return f.parts(n.Type) }})
		case ir.UnionKind:
			u := t.Union
			enter(u, func() {
				for _, arm := range u.Arms {
					visit(arm.Type)
				}
			}, table{u, u.Name, func() []part { return f.unionParts(u) }})
		case ir.ObjectKind:
			o := t.Object
			inside := func() {
				for _, field := range o.Fields {
					visit(field.Type)
				}
			}
			if o.Name == "" { // it only checks
				inside()
				return
			}
			enter(o, inside, table{o, o.Name, func() []part { return f.objectParts(o) }})
		}
	}
	visit(t)
	return named
}

// schema returns a pointer to the schema of a type.
func (f *file) schema(t *ir.Type) *jen.Statement {
	parts := f.parts(t)
	if len(parts) == 1 && parts[0].name == "" {
		return jen.Add(parts[0].value)
	}
	return jen.Op("&").Add(literal(parts))
}

// parts returns the parts of a type's schema. A single part without a name is a pointer to another schema.
func (f *file) parts(t *ir.Type) []part {
	own := f.kindParts(t)
	null, choices := t.Nullable || t.Kind == ir.Any && allowsNull(t), f.choices(t.Choices)
	if len(own) == 1 && own[0].name == "" {
		if !null && len(choices) == 0 {
			return own
		}
		choices = append([]jen.Code{choice(false, []jen.Code{own[0].value})}, choices...)
		own = nil
	}
	if len(choices) > 0 {
		own = append(own, part{name: "Choices", value: choiceList(choices)})
	}
	if null {
		own = append([]part{{name: "Null", value: jen.True()}}, own...)
	}
	return plain(own)
}

// plain returns a reference to what package support declares in the place of parts that say no more.
func plain(parts []part) []part {
	ref := func(name string) []part { return []part{{name: "", value: jen.Op("&").Add(support(name))}} }
	switch {
	case len(parts) == 0:
		return ref("NotNull")
	case len(parts) > 1:
		return parts
	case parts[0].name == "Null":
		return ref("Anything")
	case parts[0].name == "Types" && parts[0].kind != "":
		return ref("Any" + parts[0].kind)
	}
	return parts
}

// allowsNull reports whether raw JSON may be null.
func allowsNull(t *ir.Type) bool {
	if len(t.Choices) == 0 {
		return len(t.Rules.Values) == 0 || t.Rules.Values[0].JSON == nil
	}
	return !slices.ContainsFunc(t.Choices, func(c ir.Choice) bool {
		return !slices.ContainsFunc(c.Arms, func(arm *ir.Type) bool {
			return arm.Nullable || arm.Kind == ir.Any && allowsNull(arm)
		})
	})
}

// jsonTypes are the types of JSON, as package support calls them.
var jsonTypes = map[ir.Kind]string{
	ir.String: "String", ir.Media: "String", ir.Integer: "Integer", ir.Float: "Number", ir.Bool: "Boolean", ir.List: "Array",
	ir.Map: "Object", ir.ObjectKind: "Object",
}

func typesPart(name string) part { return part{name: "Types", value: support(name), kind: name} }

// kindParts returns what the kind of a type and its rules demand.
func (f *file) kindParts(t *ir.Type) (parts []part) {
	if key := namedBy(t); key != nil {
		if f.schemas.recursive[key] {
			return []part{{name: "", value: jen.Op("&").Add(support("Schema")).Add(values([]part{{name: "Ref", value: jen.Lit(nameOf(t))}}))}}
		}
		return []part{{name: "", value: jen.Op("&").Id(f.schemas.names[key])}}
	}
	if name := jsonTypes[t.Kind]; name != "" {
		parts = append(parts, typesPart(name))
	}
	switch t.Kind {
	case ir.EnumKind:
		parts = append(parts, typesPart(map[bool]string{true: "Integer", false: "String"}[t.Enum.Integer]))
		if !t.Enum.Open {
			var values []ir.Value
			for _, v := range t.Enum.Values {
				values = append(values, v.Value)
			}
			parts = append(parts, part{name: "Enum", value: enumList(values)})
		}
	case ir.SharedKind:
		return []part{{name: "", value: jen.Op("&").Add(support(t.Shared.Name))}}
	case ir.ObjectKind:
		parts = append(parts, f.fieldParts(t.Object)...)
	case ir.List, ir.Map:
		if t.Elem.Kind != ir.Any || len(t.Elem.Choices) > 0 || len(t.Elem.Rules.Values) > 0 {
			parts = append(parts, part{name: "Items", value: f.schema(t.Elem)})
		}
	case ir.UnionKind: // one that only checks
		parts = append(parts, f.unionParts(t.Union)...)
	}
	return append(parts, ruleParts(t)...)
}

// namedBy returns what a type's schema is declared for, or nil.
func namedBy(t *ir.Type) any {
	switch {
	case t.Kind == ir.ObjectKind && t.Object.Name != "":
		return t.Object
	case t.Kind == ir.UnionKind && t.Union.Name != "":
		return t.Union
	case t.Kind == ir.NamedKind:
		return t.Named
	}
	return nil
}

func nameOf(t *ir.Type) string {
	switch t.Kind {
	case ir.ObjectKind:
		return t.Object.Name
	case ir.UnionKind:
		return t.Union.Name
	}
	return t.Named.Name
}

// objectParts returns the schema of an object.
func (f *file) objectParts(o *ir.Object) []part {
	return append([]part{typesPart("Object")}, f.fieldParts(o)...)
}

func (f *file) fieldParts(o *ir.Object) []part {
	var fields []jen.Code
	names := standIns(o)
	for _, field := range o.Fields {
		parts := []part{{name: "Name", value: jen.Lit(field.Name)}}
		if tag := names[field.Name]; tag != "" {
			parts = append(parts, part{name: "Tag", value: jen.Lit(tag)})
		}
		if field.Required {
			parts = append(parts, part{name: "Required", value: jen.True()})
		}
		fields = append(fields, values(append(parts, part{name: "Schema", value: f.schema(field.Type)})))
	}
	if fields == nil {
		return nil
	}
	return []part{{name: "Fields", value: lineList(jen.Index().Add(support("Field")), fields)}}
}

func (f *file) unionParts(u *ir.Union) []part {
	var arms []jen.Code
	for _, arm := range u.Arms {
		arms = append(arms, f.arm(arm.Type))
	}
	return []part{{name: "Choices", value: choiceList([]jen.Code{choice(u.One, arms)})}}
}

// arm returns a schema as an element of a list of pointers, where gofmt -s leaves its type away.
func (f *file) arm(t *ir.Type) jen.Code {
	parts := f.parts(t)
	if len(parts) == 1 && parts[0].name == "" {
		return parts[0].value
	}
	return values(parts)
}

func (f *file) choices(choices []ir.Choice) (list []jen.Code) {
	for _, c := range choices {
		var arms []jen.Code
		for _, arm := range c.Arms {
			arms = append(arms, f.arm(arm))
		}
		list = append(list, choice(c.One, arms))
	}
	return list
}

func choice(one bool, arms []jen.Code) jen.Code {
	var parts []part
	if one {
		parts = append(parts, part{name: "One", value: jen.True()})
	}
	return values(append(parts, part{name: "Arms", value: lineList(jen.Index().Op("*").Add(support("Schema")), arms)}))
}

func choiceList(choices []jen.Code) jen.Code {
	return jen.Index().Add(support("Choice")).Values(choices...)
}

// ruleParts returns the rules of a type beyond its kind.
func ruleParts(t *ir.Type) (parts []part) {
	r := t.Rules
	for _, b := range []struct {
		name  string
		bound *ir.Number
	}{{"Min", r.Min}, {"Max", r.Max}, {"Above", r.Above}, {"Below", r.Below}, {"MultipleOf", r.MultipleOf}} {
		if b.bound != nil {
			parts = append(parts, part{name: b.name, value: jen.Lit(string(*b.bound))})
		}
	}
	unit := map[ir.Kind]string{ir.List: "Items", ir.Map: "Members", ir.ObjectKind: "Members"}[t.Kind]
	if unit == "" {
		unit = "Length"
	}
	if r.MinLength != nil && *r.MinLength > 0 {
		parts = append(parts, part{name: "Min" + unit, value: jen.Lit(strconv.Itoa(*r.MinLength))})
	}
	if r.MaxLength != nil {
		parts = append(parts, part{name: "Max" + unit, value: jen.Lit(strconv.Itoa(*r.MaxLength))})
	}
	if len(r.Patterns) > 0 {
		var list []jen.Code
		for _, p := range r.Patterns {
			list = append(list, jen.Lit(p))
		}
		parts = append(parts, part{name: "Patterns", value: jen.Index().String().Values(list...)})
	}
	if r.Unique {
		parts = append(parts, part{name: "Unique", value: jen.True()})
	}
	if limits := mediaLimits(r); limits != nil {
		parts = append(parts, part{name: "Media", value: jen.Op("&").Add(support("MediaLimits")).Values(limits...)})
	}
	if len(r.Values) > 0 && t.Kind != ir.EnumKind {
		parts = append(parts, part{name: "Enum", value: enumList(r.Values)})
	}
	return parts
}

// enumList returns values as a list of JSON texts.
func enumList(list []ir.Value) jen.Code {
	var texts []jen.Code
	for _, v := range list {
		text := jsonText(v.JSON)
		if strconv.CanBackquote(text) && strings.Trim(text, asciiGraphic) == "" {
			texts = append(texts, jen.Op("`"+text+"`"))
		} else {
			texts = append(texts, jen.Lit(text))
		}
	}
	if len(texts) <= perLine {
		return jen.Index().String().Values(texts...)
	}
	return jen.Index().String().Add(valueList(texts))
}

// jsonText returns a value as JSON.
func jsonText(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "null" // what came from JSON always encodes
	}
	return strings.TrimSuffix(b.String(), "\n")
}

const asciiGraphic = " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_abcdefghijklmnopqrstuvwxyz{|}~"

// literal returns a schema of parts.
func literal(parts []part) *jen.Statement {
	if len(parts) == 1 && parts[0].name == "" { // the schema of another name
		return support("Schema").Values(jen.Id("Choices").Op(":").Add(choiceList([]jen.Code{choice(false, []jen.Code{parts[0].value})})))
	}
	return support("Schema").Add(values(parts))
}

// values returns parts in braces.
func values(parts []part) *jen.Statement {
	list := make([]jen.Code, len(parts))
	for i, p := range parts {
		list[i] = jen.Id(p.name).Op(":").Add(p.value)
	}
	return jen.Values(list...)
}

// lineList returns a list with a line for each element.
func lineList(of *jen.Statement, elems []jen.Code) *jen.Statement {
	list := of.Op("{")
	for _, e := range elems {
		list.Line().Add(e).Op(",")
	}
	return list.Line().Op("}")
}
