package normalize

import (
	"cmp"
	"maps"
	"regexp"
	"slices"

	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/spec"
)

// place is where a schema stands.
type place struct {
	owner  *ir.Object // the object whose property it is part of
	name   string     // the property's name, or Input or Output
	root   bool
	inItem bool     // it is what a list or map holds
	inArm  bool     // it is, or is part of, one of several alternatives
	direct bool     // it is one of them itself
	media  bool     // the form of the playground offers media for it
	check  bool     // it is checked, and gives no Go type
	kinds  []string // the types of what is checked, where the schema says none
}

// arm is the place of an alternative at p.
func (p place) arm() place {
	p.root, p.inArm, p.direct = false, true, true
	return p
}

// item is the place of what a list or map at p holds.
func (p place) item() place {
	return place{owner: p.owner, name: p.name, inItem: true, inArm: p.inArm, media: p.media, check: p.check}
}

// typ models a schema. The folded form is returned beside it, for what a field says on top of its type.
func (n *normalizer) typ(schema *spec.Node, at place) (*ir.Type, folded) {
	f := n.fold(schema, nil)
	if n.open[schema] && !n.met(f.component) {
		n.repair(schema, "circular-schema", "read as free-form JSON", "this schema contains itself without being a component")
		return &ir.Type{Kind: ir.Any}, f
	}
	if !n.open[schema] {
		n.open[schema] = true
		defer delete(n.open, schema)
	}
	at.media = at.media || mediaForms[cmp.Or(f.keywords["_fal_ui_field"].String(), f.keywords["ui"].Get("field").String())]
	t := n.kind(&f, at)
	t.Nullable = f.nullable() || at.check && f.null == unsaid // a part that does not say lets others decide
	for _, part := range f.also {
		t.Choices = append(t.Choices, ir.Choice{Arms: n.never(part)})
	}
	t.Unchecked = sortUnchecked(append(t.Unchecked, n.unchecked(&f, t, at)...))
	n.reportUnused(&f, t)
	return t, f
}

// met reports whether a component is being read, or was, so that a type refers to it.
func (n *normalizer) met(component string) bool {
	_, inside := n.inside[component]
	return n.objects[component] != nil || inside
}

// never returns the check of a schema that contradicts another: no arms for one that nothing fits.
func (n *normalizer) never(schema *spec.Node) []*ir.Type {
	if schema.Is(spec.Bool) {
		return nil
	}
	return []*ir.Type{n.check(schema, nil)}
}

func (n *normalizer) kind(f *folded, at place) *ir.Type {
	switch {
	case f.broken:
		return &ir.Type{Kind: ir.Any}
	case f.component != "" && at.check && n.checking[f.component]:
		n.note(f.node, "circular-check", "only the server checks what contains itself among alternatives")
		return &ir.Type{Kind: ir.Any, Unchecked: []ir.Unchecked{{Keyword: "$ref", Text: n.text("not", f.self)}}}
	case f.component != "" && at.check:
		n.checking[f.component] = true
		defer delete(n.checking, f.component)
	}
	if f.component != "" && !at.check && f.keywords["properties"] == nil {
		return n.recursive(f, at)
	}
	return n.model(f, at)
}

func (n *normalizer) model(f *folded, at place) *ir.Type {
	if len(f.choices) > 0 {
		return n.chosen(f, at)
	}
	return n.plain(f, at)
}

// recursive models a component that may contain itself. A list or map that does has a name of its own in Go.
func (n *normalizer) recursive(f *folded, at place) *ir.Type {
	if uses, open := n.inside[f.component]; open {
		use := &ir.Type{Kind: ir.Any} // until it is known
		n.inside[f.component] = append(uses, use)
		return use
	}
	n.inside[f.component] = nil
	t := n.model(f, at)
	uses := n.inside[f.component]
	delete(n.inside, f.component)
	if len(uses) == 0 {
		return t
	}
	if t.Kind == ir.List || t.Kind == ir.Map {
		named := &ir.Named{Origin: ir.Origin{Schema: f.component}, Type: t}
		n.out.Named = append(n.out.Named, named)
		t = &ir.Type{Kind: ir.NamedKind, Named: named}
	}
	for _, use := range uses {
		own := *use
		*use = *t
		use.Nullable, use.Unchecked = own.Nullable, own.Unchecked
	}
	return t
}

// plain models a schema without choices.
func (n *normalizer) plain(f *folded, at place) *ir.Type {
	values := n.scalars(f.keywords["enum"])
	names := n.typeNames(f, at, values)
	if len(names) == 0 {
		return n.untyped(f, at, values)
	}
	if len(names) == 1 {
		return n.named(names[0], f, at, values)
	}
	var arms []*ir.Type
	for _, name := range names {
		arms = append(arms, n.named(name, f, at.arm(), values))
	}
	return n.union(f, at, arms, false)
}

// typeNames returns the types that a schema allows, without those that its enum has no value of; none means any.
func (n *normalizer) typeNames(f *folded, at place, values []*spec.Node) []string {
	names := f.kinds()
	if names == nil {
		names = at.kinds
	}
	if len(values) == 0 {
		return names
	}
	if names == nil {
		for _, v := range values {
			if name := typeOf(v); name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		return names
	}
	fit := slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return !slices.ContainsFunc(values, func(v *spec.Node) bool { return isOf(v, []string{name}) })
	})
	if len(fit) == 0 {
		return names // and no value fits
	}
	return fit
}

// typeOf returns the type of a value of an enum; "" for null.
func typeOf(v *spec.Node) string {
	switch {
	case v.Is(spec.Number) && isWhole(v):
		return "integer"
	case v.Is(spec.Null):
		return ""
	}
	return string(v.Kind)
}

// isOf reports whether a value is of one of the types.
func isOf(v *spec.Node, types []string) bool {
	name := typeOf(v)
	return slices.Contains(types, name) || name == "integer" && slices.Contains(types, "number")
}

func isWhole(v *spec.Node) bool {
	d := decimal(v)
	return d != nil && d.IsInt()
}

// untyped models a schema that allows any type: what it demands of values of one type is checked.
func (n *normalizer) untyped(f *folded, at place, values []*spec.Node) *ir.Type {
	t := &ir.Type{Kind: ir.Any}
	if f.onlyNull() {
		t.Rules.Values = []ir.Value{{}}
		return t
	}
	t.Rules.Values = valuesOf(values)
	if len(f.patterns) == 0 && !slices.ContainsFunc(slices.Collect(maps.Keys(f.keywords)), func(name string) bool { return byKind[name] != nil }) {
		return t
	}
	c := ir.Choice{}
	for _, name := range []string{"string", "number", "boolean", "array", "object"} {
		at := at
		at.check = true
		c.Arms = append(c.Arms, n.named(name, f, at, nil))
	}
	t.Choices = append(t.Choices, c)
	return t
}

// named models a schema of the type that has a name.
func (n *normalizer) named(typeName string, f *folded, at place, values []*spec.Node) *ir.Type {
	own := slices.DeleteFunc(slices.Clone(values), func(v *spec.Node) bool { return !isOf(v, []string{typeName}) })
	if len(own) == 0 {
		own = values // of which none fits
	}
	t := n.kindOf(typeName, f, at)
	n.rules(t, f)
	isEnum := len(own) > 0 && !at.check && (t.Kind == ir.String || t.Kind == ir.Media) && own[0].Is(spec.String)
	isEnum = isEnum || len(own) > 0 && !at.check && t.Kind == ir.Integer && !slices.ContainsFunc(own, func(v *spec.Node) bool {
		num, err := ir.ParseNumber(v.Text)
		return err != nil || !num.Whole()
	})
	if isEnum {
		return n.enum(f, at, t, own)
	}
	t.Rules.Values = valuesOf(own)
	return t
}

// kindOf returns the kind of a type by its name, without what its enum says.
func (n *normalizer) kindOf(typeName string, f *folded, at place) *ir.Type {
	switch typeName {
	case "string":
		if !n.inOutput && !at.check && (at.media || mediaName.MatchString(at.name)) {
			return &ir.Type{Kind: ir.Media}
		}
		return &ir.Type{Kind: ir.String}
	case "integer":
		return &ir.Type{Kind: ir.Integer}
	case "number":
		return &ir.Type{Kind: ir.Float}
	case "boolean":
		return &ir.Type{Kind: ir.Bool}
	case "array":
		return &ir.Type{Kind: ir.List, Elem: n.elem(f, at)}
	case "object":
		return n.object(f, at)
	}
	return &ir.Type{Kind: ir.Any}
}

// elem models what a list holds. Go has no tuples: a list with a schema for each place holds any of them.
func (n *normalizer) elem(f *folded, at place) *ir.Type {
	items, tuple := f.keywords["items"], f.keywords["prefixItems"]
	if !tuple.Is(spec.Array) || len(tuple.Elems) == 0 {
		if items == nil {
			return &ir.Type{Kind: ir.Any}
		}
		elem, _ := n.typ(items, at.item())
		return elem
	}
	n.note(tuple, "tuple", "which place of the list holds what, only the server checks")
	schemas := tuple.Elems
	if items.Is(spec.Object) {
		schemas = append(slices.Clone(schemas), items)
	}
	var arms []*ir.Type
	nullable := false
	for _, schema := range schemas {
		t, _ := n.typ(schema, at.item().arm())
		nullable = nullable || t.Nullable
		arms = append(arms, t)
	}
	elem := n.union(&folded{node: tuple}, at.item(), arms, false)
	elem.Nullable = nullable
	return elem
}

// mediaForms are the fields of fal's own forms that take media.
var mediaForms = map[string]bool{
	"image": true, "images": true, "video": true, "videos": true, "audio": true, "audios": true, "file": true, "files": true,
}

// mediaName tells a property that takes a URL of media.
var mediaName = regexp.MustCompile(`(^|_)urls?$`)
