package normalize

import (
	"reflect"
	"slices"
	"strings"

	"github.com/falgen/falgen/generator/ir"
)

// union models alternatives. Those that mean one thing become one: an enum beside any string is an enum that is open,
// a whole number beside any number is a number. Where one Go type stands for alternatives of different rules, these
// become a choice. With one, a value has to fit exactly one of them.
func (n *normalizer) union(f *folded, at place, arms []*ir.Type, one bool) *ir.Type {
	arms, unchecked := n.flat(arms)
	for _, arm := range arms {
		arm.Nullable = false // the whole says so
	}
	choice := []ir.Choice{{One: one}}
	for _, arm := range arms {
		choice[0].Arms = append(choice[0].Arms, plainValues(arm))
	}
	switch {
	case len(arms) == 0:
		return &ir.Type{Kind: ir.Any}
	case len(arms) == 1:
		return with(unchecked, arms[0])
	case at.check:
		return &ir.Type{Kind: ir.Any, Choices: choice, Unchecked: unchecked}
	case slices.ContainsFunc(arms, func(arm *ir.Type) bool { return arm.Kind == ir.Any }):
		if !one && slices.ContainsFunc(arms, anything) {
			return &ir.Type{Kind: ir.Any, Unchecked: append(unchecked, untold(arms, nil)...)}
		}
		return &ir.Type{Kind: ir.Any, Choices: choice, Unchecked: unchecked}
	}
	distinct, lossy := n.distinct(arms)
	unchecked = append(unchecked, untold(arms, distinct)...)
	one = one && overlap(arms)
	if len(distinct) == 1 {
		if lossy || one {
			t := bare(distinct[0])
			t.Choices, t.Unchecked = choice, unchecked
			return t
		}
		return with(unchecked, distinct[0])
	}
	u := &ir.Union{One: one, Root: at.root}
	if u.Schema = f.component; at.root {
		u.Schema = at.name
	} else if u.Schema == "" {
		u.Owner, u.Property, u.Item, u.Origin.Arm = at.owner, at.name, at.inItem, at.inArm
	}
	for _, t := range distinct {
		u.Arms = append(u.Arms, ir.Arm{Type: t})
	}
	n.tag(u, f.keywords["discriminator"])
	t := &ir.Type{Kind: ir.UnionKind, Union: u, Unchecked: unchecked}
	if lossy || one && len(distinct) < len(arms) {
		t.Choices, u.One = choice, false
	}
	if at.direct {
		return t // the whole takes its arms
	}
	for _, met := range n.out.Unions {
		if met.Schema == u.Schema && met.Property == u.Property && met.One == u.One && reflect.DeepEqual(met.Arms, u.Arms) {
			t.Union = met
			return t
		}
	}
	if u.Shared = ir.SharedUnion(u); u.Shared == "" {
		n.out.Unions = append(n.out.Unions, u)
	}
	return t
}

// flat returns alternatives with the arms of those that are alternatives themselves in their place. Those of which the
// arms do not say all are raw JSON. What only the server checks of the alternatives that were replaced is returned, too.
func (n *normalizer) flat(arms []*ir.Type) (all []*ir.Type, unchecked []ir.Unchecked) {
	for _, arm := range arms {
		switch {
		case arm.Kind != ir.UnionKind || slices.Contains(n.out.Unions, arm.Union):
			all = append(all, arm)
		case len(arm.Choices) > 0 || arm.Union.One:
			choice := ir.Choice{One: arm.Union.One}
			for _, a := range arm.Union.Arms {
				choice.Arms = append(choice.Arms, a.Type)
			}
			all = append(all, &ir.Type{
				Kind: ir.Any, Choices: append([]ir.Choice{choice}, arm.Choices...), Unchecked: arm.Unchecked,
			})
		default:
			for _, a := range arm.Union.Arms {
				all = append(all, a.Type)
			}
			if text := uncheckedText(arm); text != "" {
				unchecked = append(unchecked, ir.Unchecked{Keyword: "anyOf", Text: unionText(arm) + text})
			}
		}
	}
	return all, unchecked
}

// with returns a type of which the server checks more.
func with(unchecked []ir.Unchecked, t *ir.Type) *ir.Type {
	if len(unchecked) == 0 {
		return t
	}
	more := *t
	more.Unchecked = append(slices.Clip(t.Unchecked), unchecked...)
	return &more
}

// unionText lists the kinds of a union's alternatives.
func unionText(t *ir.Type) string {
	var kinds []string
	for _, arm := range t.Union.Arms {
		kinds = append(kinds, arm.Type.Kind.String())
	}
	return strings.Join(kinds, " or ")
}

// distinct returns one type for each Go type among several, and whether it allows more than these do.
func (n *normalizer) distinct(arms []*ir.Type) (types []*ir.Type, lossy bool) {
	for _, arm := range arms {
		i := slices.IndexFunc(types, func(d *ir.Type) bool { return sameGo(d, arm) })
		switch {
		case i < 0:
			types = append(types, arm)
		case !reflect.DeepEqual(checked(types[i]), checked(arm)):
			types[i] = bare(arm)
			lossy = lossy || !free(arms, arm)
		case !reflect.DeepEqual(types[i], arm):
			types[i] = checked(arm)
		}
	}
	if i, j := find(types, ir.EnumKind), find(types, ir.String); i >= 0 && j >= 0 && !types[i].Enum.Integer && anyOfKind(types[j]) {
		types[i] = n.openEnum(types[i].Enum)
		types = slices.Delete(types, j, j+1)
	}
	if i, j := find(types, ir.Integer), find(types, ir.Float); i >= 0 && j >= 0 {
		if !anyOfKind(types[j]) && !(types[i].Rules.Equal(types[j].Rules) && len(types[i].Choices)+len(types[j].Choices) == 0) {
			types[j], lossy = bare(types[j]), true
		}
		types = slices.Delete(types, i, i+1)
	}
	return types, lossy
}

// free reports whether one of the arms allows all values of the Go type that another has.
func free(arms []*ir.Type, of *ir.Type) bool {
	return slices.ContainsFunc(arms, func(arm *ir.Type) bool { return sameGo(arm, of) && reflect.DeepEqual(checked(arm), bare(of)) })
}

// bare returns a type that allows every value of the same Go type.
func bare(t *ir.Type) *ir.Type {
	b := *t
	b.Rules, b.Choices, b.Unchecked = ir.Rules{}, nil, nil
	if t.Elem != nil {
		b.Elem = bare(t.Elem)
		b.Elem.Nullable = t.Elem.Nullable
	}
	return &b
}

func anything(t *ir.Type) bool { return t.Kind == ir.Any && anyOfKind(t) }

// anyOfKind reports whether a type allows every value of its kind.
func anyOfKind(t *ir.Type) bool { return t.Rules.IsZero() && len(t.Choices) == 0 }

// plainValues returns a type whose enum is a list of values: an enum of Go may still be opened.
func plainValues(t *ir.Type) *ir.Type {
	if t.Kind != ir.EnumKind {
		return t
	}
	plain := &ir.Type{Kind: ir.String, Choices: t.Choices, Unchecked: t.Unchecked}
	if t.Enum.Integer {
		plain.Kind = ir.Integer
	}
	for _, v := range t.Enum.Values {
		plain.Rules.Values = append(plain.Rules.Values, v.Value)
	}
	return plain
}

// openEnum returns the type of an enum that takes other values, too. Where the enum is part of other places, it is one of
// its own; it is shared with none that come.
func (n *normalizer) openEnum(e *ir.Enum) *ir.Type {
	if n.uses[e] > 1 {
		own := *e
		own.Values = slices.Clone(e.Values)
		n.uses[e]--
		e = &own
		n.out.Enums = append(n.out.Enums, e)
	}
	e.Open, e.Arm = true, false
	for key, met := range n.enums {
		if met == e {
			delete(n.enums, key)
		}
	}
	return &ir.Type{Kind: ir.EnumKind, Enum: e}
}

// overlap reports whether a value may fit two of the alternatives: two of them are of one JSON type.
func overlap(arms []*ir.Type) bool {
	seen := map[string]bool{}
	for _, arm := range arms {
		kind := jsonType(arm)
		if seen[kind] || kind == "" {
			return true
		}
		seen[kind] = true
	}
	return false
}

// jsonType is the JSON type of the values of a type; "" for several.
func jsonType(t *ir.Type) string {
	switch t.Kind {
	case ir.String, ir.Media:
		return "string"
	case ir.Integer, ir.Float:
		return "number"
	case ir.EnumKind:
		if t.Enum.Integer {
			return "number"
		}
		return "string"
	case ir.Bool:
		return "boolean"
	case ir.ObjectKind, ir.SharedKind, ir.Map:
		return "object"
	case ir.List:
		return "array"
	}
	return ""
}

// sameGo reports whether two types are one in Go.
func sameGo(a, b *ir.Type) bool {
	if a.Kind != b.Kind || a.Object != b.Object || a.Enum != b.Enum || a.Union != b.Union || a.Shared != b.Shared {
		return false
	}
	return a.Elem == nil || a.Elem.Nullable == b.Elem.Nullable && sameGo(a.Elem, b.Elem)
}

func find(types []*ir.Type, kind ir.Kind) int {
	return slices.IndexFunc(types, func(t *ir.Type) bool { return t.Kind == kind })
}
