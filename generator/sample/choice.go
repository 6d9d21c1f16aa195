package sample

import (
	"encoding/json"
	"maps"
	"slices"

	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/table"
)

// allows reports whether t allows v.
func allows(t *ir.Type, v any) bool {
	return table.Of(t, func(*ir.Object) map[string]string { return nil }).Check("", v) == nil
}

// variant returns v, or a value of a later arm of the union t where t does not allow v.
func variant(t *ir.Type, v any, name string, m maker, trail trail) any {
	for i := 0; i < len(t.Union.Arms) && !allows(t, v); i++ {
		arm := t.Union.Arms[i].Type
		if o := value(arm, name, m, append(slices.Clip(trail), t.Union)); allows(t, o) {
			return o
		}
	}
	return v
}

// chosen returns v, or where it is not what the i-th choice of t wants, a value made from one of the arms that is.
func chosen(t *ir.Type, i int, v any, name string, m maker, trail trail) any {
	only := *t
	only.Choices = t.Choices[:i+1]
	if allows(&only, v) {
		return v
	}
	for _, arm := range t.Choices[i].Arms {
		o := merged(arm, v, name, m, trail)
		if allows(&only, o) {
			return o
		}
	}
	return v
}

// merged returns a value of an arm of a choice; of an object v, it keeps the members that the arm allows.
func merged(arm *ir.Type, v any, name string, m maker, trail trail) any {
	o := value(arm, name, m, trail)
	own, ok := o.(map[string]any)
	given, also := v.(map[string]any)
	if !ok || !also || arm.Kind != ir.ObjectKind {
		return o
	}
	all := maps.Clone(given)
	for _, f := range arm.Object.Fields {
		had, there := all[f.Name]
		member, made := own[f.Name]
		switch {
		case there && allows(f.Type, had):
		case made:
			all[f.Name] = member
		case there:
			all[f.Name] = value(f.Type, f.Name, m, trail)
		}
	}
	return all
}

// members returns the members of an object of type t, and optional ones too where t asks for more of them than were made.
func members(t *ir.Type, name string, v any, m maker, trail trail) any {
	made, ok := v.(map[string]any)
	if !ok {
		return v
	}
	for _, f := range t.Object.Fields {
		if _, there := made[f.Name]; !there && len(made) < least(t.Rules) {
			made[f.Name] = field(f, m, append(slices.Clip(trail), t.Object))
		}
	}
	return made
}

// plainest returns null, an empty list or another value of an enum where t allows them, else v.
func plainest(t *ir.Type, v any) any {
	others := []any{nil, []any{}, map[string]any{}, "", json.Number("0")}
	if t.Kind == ir.EnumKind {
		others = nil
		for _, e := range t.Enum.Values {
			others = append(others, e.Value.JSON)
		}
		others = append(others, nil)
	}
	for _, o := range others {
		if allows(t, o) {
			return o
		}
	}
	return v
}
