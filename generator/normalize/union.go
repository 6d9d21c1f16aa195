package normalize

import (
	"reflect"
	"slices"

	"github.com/falgen/falgen/generator/ir"
)

// union models alternatives. Those that mean one thing become one: an enum beside any string is an enum that is open,
// a whole number beside any number is a number.
func (n *normalizer) union(f *folded, at place, arms []*ir.Type) *ir.Type {
	var distinct []*ir.Type
	for _, arm := range arms {
		f.nullable = f.nullable || arm.Nullable
		arm.Nullable = false
		if arm.Kind == ir.Any { // whatever else there is, everything fits
			return &ir.Type{Kind: ir.Any}
		}
		switch i := slices.IndexFunc(distinct, func(d *ir.Type) bool { return sameGo(d, arm) }); {
		case i < 0:
			distinct = append(distinct, arm)
		case !distinct[i].Rules.Equal(arm.Rules): // either will do, so neither binds
			distinct[i].Rules = ir.Rules{}
		}
	}
	if i, j := find(distinct, ir.EnumKind), find(distinct, ir.String); i >= 0 && j >= 0 && !distinct[i].Enum.Integer && free(distinct[j]) {
		n.openEnum(distinct[i].Enum)
		distinct = slices.Delete(distinct, j, j+1)
	}
	if i, j := find(distinct, ir.Integer), find(distinct, ir.Float); i >= 0 && j >= 0 && (free(distinct[j]) || distinct[i].Rules.Equal(distinct[j].Rules)) {
		distinct = slices.Delete(distinct, i, i+1)
	}
	switch len(distinct) {
	case 0:
		return &ir.Type{Kind: ir.Any}
	case 1:
		return distinct[0]
	}
	if at.inArm {
		n.note(f.node, "union-of-unions", "alternatives inside of alternatives: kept as raw JSON")
		return &ir.Type{Kind: ir.Any}
	}
	u := &ir.Union{}
	if u.Schema = f.component; u.Schema == "" {
		u.Owner, u.Property, u.Item = at.owner, at.name, at.inItem
	}
	for _, t := range distinct {
		u.Arms = append(u.Arms, ir.Arm{Type: t})
	}
	for _, met := range n.out.Unions {
		if met.Schema == u.Schema && met.Property == u.Property && reflect.DeepEqual(met.Arms, u.Arms) {
			return &ir.Type{Kind: ir.UnionKind, Union: met}
		}
	}
	n.out.Unions = append(n.out.Unions, u)
	return &ir.Type{Kind: ir.UnionKind, Union: u}
}

// openEnum lets an enum take other values. It may be part of no other place, so it stops being shared.
func (n *normalizer) openEnum(e *ir.Enum) {
	e.Open, e.Arm = true, false
	for key, met := range n.enums {
		if met == e {
			delete(n.enums, key)
		}
	}
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

func free(t *ir.Type) bool { return t.Rules.IsZero() }
