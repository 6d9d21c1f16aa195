package normalize

import (
	"maps"
	"slices"

	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/spec"
)

// chosen models a schema with choices. Where the schema says by itself what the value is, the choices only refine that;
// else they are the alternatives of a union.
func (n *normalizer) chosen(f *folded, at place) *ir.Type {
	if !at.check && !n.refines(f) {
		return n.alternatives(f, at)
	}
	base := *f
	base.choices, base.keywords = nil, maps.Clone(f.keywords)
	if !at.check {
		n.spread(&base, f.choices)
	}
	t := n.plain(&base, at)
	t.Choices = append(t.Choices, n.checks(f, f.choices)...)
	return t
}

// checks returns choices as they are checked.
func (n *normalizer) checks(f *folded, choices []choice) (list []ir.Choice) {
	for _, c := range choices {
		checked := ir.Choice{One: c.one}
		for _, arm := range c.arms {
			checked.Arms = append(checked.Arms, n.check(arm, f.kinds()))
		}
		list = append(list, checked)
	}
	return list
}

// check models a schema of which no Go type is made. kinds are the types of the value where the schema says none.
func (n *normalizer) check(schema *spec.Node, kinds []string) *ir.Type {
	t, _ := n.typ(schema, place{check: true, kinds: kinds})
	return t
}

// kinds returns the types that a schema allows, where it says so or has what only values of one type have.
func (f *folded) kinds() []string {
	has := func(names ...string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return f.keywords[name] != nil })
	}
	switch {
	case f.types != nil:
		return f.types
	case has("properties", "additionalProperties", "x-fal-order-properties"):
		return []string{"object"}
	case has("items", "prefixItems"):
		return []string{"array"}
	}
	return nil
}

// refines reports whether the choices of a schema leave its type as it is: a list, an object with properties, or an
// object of which the alternatives tell no more than what is required.
func (n *normalizer) refines(f *folded) bool {
	switch kinds := f.kinds(); {
	case len(kinds) != 1:
		return false
	case kinds[0] == "array":
		return true
	case kinds[0] != "object":
		return false
	}
	if f.keywords["properties"] != nil {
		return true
	}
	for _, c := range f.choices {
		for _, arm := range c.arms {
			if a := n.fold(arm, nil); a.keywords["properties"] != nil || len(a.choices) > 0 {
				return false
			}
		}
	}
	return true
}

// spread gives an object the properties of its alternatives. What all of them require is required; what is to be in
// each of them, the choices check.
func (n *normalizer) spread(f *folded, choices []choice) {
	for _, c := range choices {
		if n.spreading[c.node] {
			continue
		}
		n.spreading[c.node] = true
		var arms []folded
		for _, arm := range c.arms {
			a := n.fold(arm, nil)
			a.keywords = maps.Clone(a.keywords)
			n.spread(&a, a.choices)
			arms = append(arms, a)
		}
		delete(n.spreading, c.node)
		n.spreadProperties(f, c.node, arms)
		spreadLists(f, arms)
	}
}

// spreadProperties gives f the properties of its alternatives. One that every alternative has is what one of them says.
func (n *normalizer) spreadProperties(f *folded, at *spec.Node, arms []folded) {
	var members []spec.Member
	if own := f.keywords["properties"]; own.Is(spec.Object) {
		members = slices.Clone(own.Members)
	}
	for _, name := range propertyNames(arms) {
		var schemas []*spec.Node
		for _, a := range arms {
			if s := a.keywords["properties"].Get(name); s != nil {
				schemas = append(schemas, s)
			}
		}
		schema := n.combined("anyOf", schemas...)
		i := slices.IndexFunc(members, func(m spec.Member) bool { return m.Name == name })
		switch {
		case i < 0:
			members = append(members, spec.Member{Name: name, Value: schema})
			if f.loose == nil {
				f.loose = map[string]bool{}
			}
			f.loose[name] = len(schemas) < len(arms) || slices.ContainsFunc(arms, func(a folded) bool { return a.loose[name] })
		case len(schemas) == len(arms):
			members[i].Value = n.both(members[i].Value, schema)
		}
	}
	if len(members) > 0 {
		f.keywords["properties"] = objectOf(at, members...)
	}
}

// propertyNames returns the names of the properties of several schemas, each once.
func propertyNames(schemas []folded) (names []string) {
	for _, s := range schemas {
		if props := s.keywords["properties"]; props.Is(spec.Object) {
			for _, m := range props.Members {
				if !slices.Contains(names, m.Name) {
					names = append(names, m.Name)
				}
			}
		}
	}
	return names
}

// spreadLists gives f the order of its alternatives' properties, and what all of them require.
func spreadLists(f *folded, arms []folded) {
	required := arms[0].keywords["required"]
	for _, a := range arms {
		if order := a.keywords["x-fal-order-properties"]; order.Is(spec.Array) {
			f.join("x-fal-order-properties", order)
		}
		if !required.Is(spec.Array) {
			continue
		}
		required = listOf(required, slices.DeleteFunc(slices.Clone(required.Elems), func(name *spec.Node) bool {
			list := a.keywords["required"]
			return !list.Is(spec.Array) || !listed(list.Elems, name)
		})...)
	}
	if required.Is(spec.Array) && len(required.Elems) > 0 {
		f.join("required", required)
	}
}

func (f *folded) join(keyword string, list *spec.Node) {
	if own := f.keywords[keyword]; own != nil {
		list = joinLists(own, list)
	}
	f.keywords[keyword] = list
}

// alternatives models a schema that is one of several. What stands beside them holds for each.
func (n *normalizer) alternatives(f *folded, at place) *ir.Type {
	base, first, others := n.beside(f), f.choices[0], f.choices[1:]
	arms, lossy := n.expand(first, nil)
	if lossy { // all of it is checked as it stands, then
		others = f.choices
	}
	structured := slices.ContainsFunc(arms, func(arm *spec.Node) bool {
		a := n.fold(arm, nil)
		kinds := a.kinds()
		return slices.Contains(kinds, "object") || slices.Contains(kinds, "array")
	})
	if base != nil && !structured {
		arms = n.narrow(f, base, arms)
	}
	if len(arms) == 0 {
		return n.impossible(f, at)
	}
	var types []*ir.Type
	arms = n.joinEnums(arms, first.one)
	each := at.arm()
	if len(arms) == 1 {
		each = at
	}
	for _, arm := range arms {
		t, _ := n.typ(arm, each)
		if file := fileOf(t); file != nil {
			file.Rules.Media = n.mediaLimits(f, file.Rules)
		}
		types = append(types, t)
	}
	t := n.union(f, at, types, first.one && !lossy)
	t.Choices = append(t.Choices, n.checks(f, others)...)
	if base != nil && structured {
		t.Choices = append(t.Choices, ir.Choice{Arms: []*ir.Type{n.check(base, nil)}})
	}
	return t
}

// impossible models a schema of whose alternatives none fits what stands beside them.
func (n *normalizer) impossible(f *folded, at place) *ir.Type {
	n.repair(f.choices[0].node, "contradiction", "its Go type is what stands beside them, and no value passes the check",
		"none of the alternatives fits what stands beside them")
	alone := *f
	alone.choices = nil
	t := n.plain(&alone, at)
	t.Choices = append(t.Choices, ir.Choice{})
	return t
}

// beside returns what a schema says beside its choices, as a schema; nil where that is no constraint.
func (n *normalizer) beside(f *folded) *spec.Node {
	var members []spec.Member
	add := func(name string, value *spec.Node) { members = append(members, spec.Member{Name: name, Value: value}) }
	if f.types != nil {
		names := make([]*spec.Node, len(f.types))
		for i, name := range f.types {
			text := *f.node
			text.Kind, text.Text, text.Elems, text.Members = spec.String, name, nil, nil
			names[i] = &text
		}
		add("type", listOf(f.node, names...))
	}
	for _, name := range slices.Sorted(maps.Keys(f.keywords)) {
		if byKind[name] != nil || name == "enum" {
			add(name, f.keywords[name])
		}
	}
	if len(f.patterns) > 0 {
		var parts []*spec.Node
		for _, p := range f.patterns {
			parts = append(parts, objectOf(p, spec.Member{Name: "pattern", Value: p}))
		}
		add("allOf", listOf(f.node, parts...))
	}
	if len(members) == 0 {
		return nil
	}
	return objectOf(f.node, members...)
}

// narrow returns the alternatives with what stands beside them, without those that it leaves no value.
func (n *normalizer) narrow(f *folded, base *spec.Node, arms []*spec.Node) (narrowed []*spec.Node) {
	for _, arm := range arms {
		a := n.fold(arm, nil)
		_, fits := commonTypes(f.types, a.types)
		values, own := n.scalars(f.keywords["enum"]), n.scalars(a.keywords["enum"])
		if values != nil && a.types != nil {
			fits = fits && slices.ContainsFunc(values, func(v *spec.Node) bool { return isOf(v, a.types) })
		}
		if values != nil && own != nil {
			fits = fits && slices.ContainsFunc(values, func(v *spec.Node) bool { return listed(own, v) })
		}
		if !fits {
			n.note(arm, "idle-alternative", "no value fits both this alternative and what stands beside the list")
			continue
		}
		narrowed = append(narrowed, n.both(arm, base))
	}
	return narrowed
}

// maxNested bounds how deep alternatives are that consist of alternatives.
const maxNested = 8

// expand returns the arms of a choice with those that are nothing but a choice themselves replaced by their arms, and
// whether one of these demands exactly one, which the arms no longer say.
func (n *normalizer) expand(c choice, trail []*spec.Node) (arms []*spec.Node, lossy bool) {
	for _, arm := range c.arms {
		a := n.fold(arm, nil)
		pure := len(a.choices) == 1 && n.beside(&a) == nil && len(a.also)+len(a.demands) == 0 && !a.broken
		if !pure || len(trail) > maxNested || slices.Contains(trail, a.choices[0].node) {
			arms = append(arms, arm)
			continue
		}
		inner, deeper := n.expand(a.choices[0], append(slices.Clip(trail), c.node))
		arms, lossy = append(arms, inner...), lossy || deeper || a.choices[0].one || c.one
	}
	return arms, lossy
}

// joinEnums returns the arms with those that are no more than a list of texts made one list.
func (n *normalizer) joinEnums(arms []*spec.Node, one bool) []*spec.Node {
	var joined, rest []*spec.Node
	var values *spec.Node
	for _, arm := range arms {
		a := n.fold(arm, nil)
		enum := a.keywords["enum"]
		plain := a.component == "" && len(a.choices) == 0 && len(a.patterns) == 0 && len(a.also) == 0 && !a.bound() &&
			(a.types == nil || slices.Equal(a.types, []string{"string"}))
		if !plain || !enum.Is(spec.Array) || slices.ContainsFunc(enum.Elems, func(v *spec.Node) bool { return !v.Is(spec.String) }) ||
			one && values != nil && slices.ContainsFunc(enum.Elems, func(v *spec.Node) bool { return listed(values.Elems, v) }) {
			rest = append(rest, arm)
			continue
		}
		if joined = append(joined, arm); values == nil {
			values = enum
		} else {
			values = joinLists(values, enum)
		}
	}
	if len(joined) < 2 {
		return arms
	}
	return append([]*spec.Node{enumOf(values)}, rest...)
}

// bound reports whether a schema has rules for values of some type.
func (f *folded) bound() bool {
	for name := range f.keywords {
		if byKind[name] != nil {
			return true
		}
	}
	return false
}

// listed reports whether a value is in a list.
func listed(list []*spec.Node, v *spec.Node) bool {
	return slices.ContainsFunc(list, func(w *spec.Node) bool { return same(v, w) })
}
