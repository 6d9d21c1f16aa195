// Package sample makes values that fit an endpoint: the document's own examples where it has any, else values within
// its bounds. The same endpoint always gives the same values.
package sample

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"

	"github.com/falgen/falgen/generator/ir"
)

// Input returns an input for e: whatever is required, and what its document gives an example of that differs from
// the default.
func Input(e *ir.Endpoint) any { return value(e.Input, "", inputFields, nil) }

// Output returns an output of e: whatever is required, and what its document gives an example of.
func Output(e *ir.Endpoint) any { return value(e.Output, "", outputFields, nil) }

// trail is the objects, unions and named types that a value is part of, since they may contain themselves.
type trail []any

// choose decides whether an optional field is part of a sample, given its example.
type choose func(f *ir.Field, example any) bool

func inputFields(f *ir.Field, example any) bool {
	return f.Default == nil || !equal(f.Default.JSON, example)
}

func outputFields(*ir.Field, any) bool { return true }

func equal(a, b any) bool {
	x, _ := json.Marshal(a)
	y, _ := json.Marshal(b)
	return string(x) == string(y)
}

func object(o *ir.Object, pick choose, trail trail) any {
	for _, ex := range o.Examples {
		if v, err := (&ir.Type{Kind: ir.ObjectKind, Object: o}).Fit(ex.JSON); err == nil {
			return v
		}
	}
	members := map[string]any{}
	for _, f := range o.Fields {
		if v, ok := example(f); ok && (f.Required || pick(f, v)) {
			members[f.Name] = v
		} else if f.Required {
			members[f.Name] = field(f, pick, trail)
		}
	}
	return members
}

func example(f *ir.Field) (any, bool) {
	for _, ex := range f.Examples {
		if v, err := f.Type.Fit(ex.JSON); err == nil && v != nil {
			return v, true
		}
	}
	return nil, false
}

func field(f *ir.Field, pick choose, trail trail) any {
	if f.Default != nil {
		return f.Default.JSON
	}
	return value(f.Type, f.Name, pick, trail)
}

// mediaURL is an address of the kind of media that a property's name speaks of.
func mediaURL(name string) string {
	for _, kind := range [][2]string{{"image", "png"}, {"frame", "png"}, {"audio", "mp3"}, {"video", "mp4"}} {
		if strings.Contains(name, kind[0]) {
			return "https://example.com/" + kind[0] + "." + kind[1]
		}
	}
	return "https://example.com/file"
}

// value makes a value of type t for a property called name.
func value(t *ir.Type, name string, pick choose, trail trail) any {
	switch t.Kind {
	case ir.String:
		return text(t.Rules)
	case ir.Media:
		return mediaURL(name)
	case ir.Integer, ir.Float:
		return number(t)
	case ir.Bool:
		return false
	case ir.EnumKind:
		return t.Enum.Values[0].Value.JSON
	case ir.ObjectKind:
		if slices.Contains(trail, any(t.Object)) {
			return map[string]any{} // no value has an end here
		}
		return object(t.Object, pick, append(slices.Clip(trail), t.Object))
	case ir.SharedKind:
		members := map[string]any{}
		for _, f := range t.Shared.Fields {
			if f.Required {
				members[f.Name] = mediaURL(name + strings.ToLower(t.Shared.Name))
			}
		}
		return members
	case ir.UnionKind:
		for _, arm := range t.Union.Arms {
			if arm.Type.Elem == nil || !slices.Contains(trail, any(t.Union)) {
				return value(arm.Type, name, pick, append(slices.Clip(trail), t.Union))
			}
		}
		return []any{}
	case ir.NamedKind:
		if t.Named.Type.Kind == ir.Map {
			return map[string]any{}
		}
		if slices.Contains(trail, any(t.Named)) {
			return []any{}
		}
		return value(t.Named.Type, name, pick, append(slices.Clip(trail), t.Named))
	case ir.List:
		return list(t, name, pick, trail)
	case ir.Map:
		return map[string]any{}
	}
	return map[string]any{}
}

func list(t *ir.Type, name string, pick choose, trail trail) any {
	n := 1
	if t.Rules.MinLength != nil {
		n = max(n, *t.Rules.MinLength)
	}
	if t.Elem.Object != nil && slices.Contains(trail, any(t.Elem.Object)) || t.Rules.MaxLength != nil && *t.Rules.MaxLength < n {
		return []any{}
	}
	elems := make([]any, min(n, 100))
	for i := range elems {
		elems[i] = value(t.Elem, name, pick, trail)
		if t.Elem.Kind == ir.EnumKind { // distinct, where elements must be
			elems[i] = t.Elem.Enum.Values[i%len(t.Elem.Enum.Values)].Value.JSON
		}
	}
	return elems
}

func text(r ir.Rules) string {
	s := "text"
	if r.MinLength != nil && len(s) < *r.MinLength {
		s += strings.Repeat(".", min(*r.MinLength, 10_000)-len(s))
	}
	if r.MaxLength != nil && len(s) > *r.MaxLength {
		s = s[:*r.MaxLength]
	}
	return s
}

// number returns the smallest number that the bounds allow, or the greatest where there is no lower one, or zero.
func number(t *ir.Type) json.Number {
	r := t.Rules
	step := big.NewRat(1, 1)
	if t.Kind == ir.Float {
		step = big.NewRat(1, 8)
		if lo, hi := rat(r.Above), rat(r.Below); lo != nil && hi != nil {
			step = step.Quo(step.Sub(hi, lo), big.NewRat(2, 1))
		}
	}
	v := new(big.Rat)
	switch {
	case r.Above != nil:
		v.Add(rat(r.Above), step)
	case r.Min != nil:
		v = rat(r.Min)
	case r.Below != nil && rat(r.Below).Sign() <= 0:
		v.Sub(rat(r.Below), step)
	case r.Max != nil && rat(r.Max).Sign() < 0:
		v = rat(r.Max)
	}
	if by := rat(r.MultipleOf); by != nil { // up to the next multiple
		q := new(big.Rat).Quo(v, by)
		if !q.IsInt() {
			n := new(big.Int).Div(q.Num(), q.Denom())
			v.Mul(new(big.Rat).SetInt(n.Add(n, big.NewInt(1))), by)
		}
	}
	if v.IsInt() {
		return json.Number(v.Num().String())
	}
	f, _ := v.Float64()
	b, _ := json.Marshal(f)
	return json.Number(b)
}

func rat(n *ir.Number) *big.Rat {
	if n == nil {
		return nil
	}
	r, _ := new(big.Rat).SetString(string(*n))
	return r
}
