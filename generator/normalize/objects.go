package normalize

import (
	"slices"
	"strings"

	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/spec"
)

// object models a schema of type object: as a type of package fal, as a map, or as an object with fields of its own.
func (n *normalizer) object(f *folded, at place) *ir.Type {
	props := f.keywords["properties"]
	if !props.Is(spec.Object) || len(props.Members) == 0 {
		elem := &ir.Type{Kind: ir.Any}
		if more := f.keywords["additionalProperties"]; more.Is(spec.Object) && len(more.Members) > 0 {
			elem, _ = n.typ(more, at.item())
		}
		if !at.root && !(at.check && elem.Kind == ir.Any) {
			return &ir.Type{Kind: ir.Map, Elem: elem}
		}
	}
	if at.check {
		return &ir.Type{Kind: ir.ObjectKind, Object: &ir.Object{Fields: n.checkedFields(f)}}
	}
	schema := f.component
	if at.root {
		schema = at.name
	} else if o := n.objects[schema]; o != nil {
		return &ir.Type{Kind: ir.ObjectKind, Object: o}
	}
	o := &ir.Object{Root: at.root, InInput: !n.inOutput, Description: f.self.Get("description").String()}
	o.Schema = schema
	for _, ex := range examplesOf(f.self.Get("examples"), f.self.Get("example")) {
		o.Examples = append(o.Examples, ir.Value{JSON: ex.Value()})
	}
	if schema == "" {
		o.Owner, o.Property, o.Item, o.Arm = at.owner, at.name, at.inItem, at.inArm
	} else if !at.root {
		n.objects[schema] = o
	}
	n.out.Places[o] = f.self.Pos()
	index := len(n.out.Objects)
	n.out.Objects = append(n.out.Objects, o)
	o.Fields = n.fields(o, f)
	if shared := n.shared(f.component, o); shared != nil && !at.root {
		// Its fields are scalars, so nothing else was met on the way.
		delete(n.objects, schema)
		n.out.Objects = n.out.Objects[:index]
		return &ir.Type{Kind: ir.SharedKind, Shared: shared}
	}
	return &ir.Type{Kind: ir.ObjectKind, Object: o}
}

// fields models the properties in the document's order: as x-fal-order-properties lists them, the rest by name.
func (n *normalizer) fields(o *ir.Object, f *folded) []*ir.Field {
	props := f.keywords["properties"]
	if props == nil {
		return nil
	}
	var names []string
	if order := f.keywords["x-fal-order-properties"]; order.Is(spec.Array) {
		for _, e := range order.Elems {
			if props.Get(e.String()) != nil && !slices.Contains(names, e.String()) {
				names = append(names, e.String())
			}
		}
	}
	var rest []string
	for _, m := range props.Members {
		if !slices.Contains(names, m.Name) {
			rest = append(rest, m.Name)
		}
	}
	slices.Sort(rest)
	required := map[string]bool{}
	if list := f.keywords["required"]; list.Is(spec.Array) {
		for _, e := range list.Elems {
			required[e.String()] = true
			if props.Get(e.String()) == nil {
				n.repair(e, "required-unknown", "left aside", "%q is required but is no property", e.String())
			}
		}
	}
	var fields []*ir.Field
	for _, name := range append(names, rest...) {
		field := n.field(o, name, props.Get(name))
		field.Required, field.Loose = required[name], f.loose[name]
		fields = append(fields, field)
	}
	return fields
}

// checkedFields returns what an object is checked for, by name: its properties, and what it requires besides.
func (n *normalizer) checkedFields(f *folded) (fields []*ir.Field) {
	if props := f.keywords["properties"]; props.Is(spec.Object) {
		for _, m := range props.Members {
			fields = append(fields, &ir.Field{Name: m.Name, Type: n.check(m.Value, nil)})
		}
	}
	if list := f.keywords["required"]; list.Is(spec.Array) {
		for _, e := range list.Elems {
			i := slices.IndexFunc(fields, func(field *ir.Field) bool { return field.Name == e.String() })
			if i < 0 {
				i, fields = len(fields), append(fields, &ir.Field{Name: e.String(), Type: &ir.Type{Kind: ir.Any}})
			}
			fields[i].Required = true
		}
	}
	slices.SortFunc(fields, func(a, b *ir.Field) int { return strings.Compare(a.Name, b.Name) })
	return fields
}

func (n *normalizer) field(o *ir.Object, name string, schema *spec.Node) *ir.Field {
	t, f := n.typ(schema, place{owner: o, name: name})
	field := &ir.Field{
		Name: name, Type: t, Description: text(f, name), Hints: hints(f, t),
		Deprecated: f.keywords["deprecated"].True(),
	}
	n.out.Places[field] = schema.Pos()
	for _, ex := range examplesOf(f.keywords["examples"], f.keywords["example"]) {
		field.Examples = append(field.Examples, ir.Value{JSON: ex.Value()})
	}
	if d := f.keywords["default"]; d != nil {
		field.Default = n.defaultValue(d, t)
	}
	return field
}

// markCircles marks the fields through which an object contains itself, which as plain Go structs would have no end.
func markCircles(objects []*ir.Object) {
	for _, o := range objects {
		for _, f := range o.Fields {
			f.Circular = f.Type.Kind == ir.ObjectKind && contains(f.Type.Object, o, map[*ir.Object]bool{})
		}
	}
}

func contains(in, o *ir.Object, seen map[*ir.Object]bool) bool {
	if in == o {
		return true
	}
	if seen[in] {
		return false
	}
	seen[in] = true
	for _, f := range in.Fields {
		if f.Type.Kind == ir.ObjectKind && contains(f.Type.Object, o, seen) {
			return true
		}
	}
	return false
}

func examplesOf(list, one *spec.Node) []*spec.Node {
	if list.Is(spec.Array) {
		return list.Elems
	}
	if one != nil {
		return []*spec.Node{one}
	}
	return nil
}

// shared returns the type of package fal that o fits, or nil. In an input, where values are checked before they are
// sent, it fits only if it demands the same; in an output it is enough that every value can be held.
func (n *normalizer) shared(component string, o *ir.Object) *ir.Shared {
	s := ir.SharedType(component)
	if s == nil {
		return nil
	}
	for _, f := range o.Fields {
		i := slices.IndexFunc(s.Fields, func(sf ir.SharedField) bool { return sf.Name == f.Name })
		if i < 0 {
			return nil
		}
		sf := s.Fields[i]
		kind := f.Type.Kind
		if kind == ir.Media {
			kind = ir.String
		}
		fits := kind == sf.Kind && !f.Type.Unsigned() && (!sf.Required || f.Required && !f.Type.Nullable)
		if o.InInput {
			fits = fits && f.Required == sf.Required && f.Type.Rules.Equal(sf.Rules) && sameDefault(f.Default, sf.Default) &&
				!(s.Checked() && f.Type.Nullable) && len(f.Type.Unchecked) == 0
		}
		if !fits {
			return nil
		}
	}
	return s
}
