package diff

import (
	"slices"

	"github.com/falgen/falgen/generator/ir"
)

// takes reports whether b has room for all that a allows, but for the limits on the value itself.
func takes(b, a *ir.Type) bool { return room{}.takes(b, a) }

// room holds what is known of pairs of objects, which may contain themselves: they fit unless something tells otherwise.
type room map[[2]*ir.Object]bool

func (r room) takes(b, a *ir.Type) bool {
	if b.Kind == ir.Any {
		return true
	}
	if a.Kind == ir.UnionKind {
		return !slices.ContainsFunc(a.Union.Arms, func(arm ir.Arm) bool { return !r.within(b, arm.Type) })
	}
	switch b.Kind {
	case ir.UnionKind:
		return slices.ContainsFunc(b.Union.Arms, func(arm ir.Arm) bool { return r.within(arm.Type, a) })
	case ir.String, ir.Media:
		return family(a) == ir.String || a.Kind == ir.EnumKind && !a.Enum.Integer
	case ir.Float:
		return family(a) == ir.Float || a.Kind == ir.EnumKind && a.Enum.Integer
	case ir.Integer:
		return a.Kind == ir.Integer || a.Kind == ir.EnumKind && a.Enum.Integer
	case ir.EnumKind:
		return a.Kind == ir.EnumKind && (b.Enum.Open || !a.Enum.Open && subset(valueTexts(a.Enum), valueTexts(b.Enum)))
	case ir.List:
		return a.Kind == ir.List && r.within(b.Elem, a.Elem)
	case ir.Map:
		return isObject(a) && b.Elem.Kind == ir.Any || a.Kind == ir.Map && r.within(b.Elem, a.Elem)
	case ir.ObjectKind, ir.SharedKind:
		return isObject(a) && r.takesFields(b, a)
	}
	return a.Kind == b.Kind
}

// within is takes with the limits and with null.
func (r room) within(b, a *ir.Type) bool {
	return r.takes(b, a) && (b.Nullable || !a.Nullable || b.Kind == ir.Any) &&
		!slices.ContainsFunc(limits(a, b), func(l limit) bool { return l.kind != LimitLoosened && l.kind != ServerRuleRemoved })
}

func subset(a, b []string) bool {
	in := setOf(b)
	return !slices.ContainsFunc(a, func(s string) bool { return !in[s] })
}

func setOf(list []string) map[string]bool {
	set := make(map[string]bool, len(list))
	for _, s := range list {
		set[s] = true
	}
	return set
}

func isObject(t *ir.Type) bool { return t.Kind == ir.ObjectKind || t.Kind == ir.SharedKind }

// takesFields is takes for objects, of which package fal may declare one.
func (r room) takesFields(b, a *ir.Type) (fits bool) {
	pair := [2]*ir.Object{b.Object, a.Object}
	if fits, met := r[pair]; met {
		return fits
	}
	if pair[0] != nil && pair[1] != nil {
		r[pair] = true
		defer func() { r[pair] = fits }()
	}
	oldFields, newFields := membersOf(a), membersOf(b)
	old, new := byName(oldFields), byName(newFields)
	for _, was := range oldFields {
		if new[was.Name] == nil && (a.Kind == ir.ObjectKind || was.Required) {
			return false // a type of package fal may have more than its document
		}
	}
	for _, f := range newFields {
		was := old[f.Name]
		if f.Required && (was == nil || !was.Required) || was != nil && !r.within(f.Type, was.Type) {
			return false
		}
	}
	return true
}

// membersOf are the fields of a type that is an object.
func membersOf(t *ir.Type) []*ir.Field {
	if t.Kind == ir.ObjectKind {
		return t.Object.Fields
	}
	var fields []*ir.Field
	for _, f := range t.Shared.Fields { // which says nothing of null
		t := &ir.Type{Kind: f.Kind, Rules: f.Rules}
		fields = append(fields, &ir.Field{Name: f.Name, Required: f.Required, Type: t})
	}
	return fields
}
