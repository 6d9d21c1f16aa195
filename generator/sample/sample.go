// Package sample makes values that fit an endpoint: the document's own examples where it has any, else values within
// its bounds. The same endpoint always gives the same values.
package sample

import (
	"encoding/json"
	"math/big"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/falgen/falgen/generator/ir"
)

// Input returns an input for e: whatever is required, and what its document gives an example of that differs from
// the default.
func Input(e *ir.Endpoint) any { return root(e.Input, inputFields) }

// Output returns an output of e: whatever is required, and what its document gives an example of.
func Output(e *ir.Endpoint) any { return root(e.Output, outputFields) }

// trail is the objects, unions and named types that a value is part of, since they may contain themselves.
type trail []any

func root(t *ir.Type, pick choose) any {
	v := value(t, "", maker{pick: pick}, nil)
	if allows(t, v) {
		return v
	}
	if careful := value(t, "", maker{pick, true}, nil); allows(t, careful) {
		return careful
	}
	return v
}

// A maker makes values.
type maker struct {
	pick    choose
	careful bool // each value is held against what its type allows, and the plainest one is taken where it does not fit
}

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

func object(o *ir.Object, m maker, trail trail) any {
	for _, ex := range o.Examples {
		if v, ok := Example(&ir.Type{Kind: ir.ObjectKind, Object: o}, ex); ok {
			return v
		}
	}
	members := map[string]any{}
	for _, f := range o.Fields {
		if v, ok := example(f); ok && (f.Required || m.pick(f, v)) {
			members[f.Name] = v
		} else if f.Required {
			members[f.Name] = field(f, m, trail)
		}
	}
	return members
}

func example(f *ir.Field) (any, bool) {
	for _, ex := range f.Examples {
		if v, ok := Example(f.Type, ex); ok {
			return v, true
		}
	}
	return nil, false
}

// Example returns a document's example of a value of type t, and reports whether t allows it. Null is no example.
func Example(t *ir.Type, ex ir.Value) (any, bool) {
	v, err := t.Fit(ex.JSON)
	return v, err == nil && v != nil && allows(t, v)
}

func field(f *ir.Field, m maker, trail trail) any {
	if f.Default != nil {
		return f.Default.JSON
	}
	return value(f.Type, f.Name, m, trail)
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

// value makes a value of type t for a property called name, and changes it until it is what the choices of t want.
func value(t *ir.Type, name string, m maker, trail trail) any {
	v := plain(t, name, m, trail)
	if t.Kind == ir.UnionKind && len(trail) < 8 {
		v = variant(t, v, name, m, trail)
	}
	for i := range t.Choices {
		v = chosen(t, i, v, name, m, trail)
	}
	if m.careful && !allows(t, v) {
		return plainest(t, v)
	}
	return v
}

func plain(t *ir.Type, name string, m maker, trail trail) any {
	if len(t.Rules.Values) > 0 {
		for _, v := range t.Rules.Values {
			if allows(t, v.JSON) {
				return v.JSON
			}
		}
	}
	switch t.Kind {
	case ir.String:
		return text(t.Rules, "text")
	case ir.Media:
		return text(t.Rules, mediaURL(name))
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
		return members(t, name, object(t.Object, m, append(slices.Clip(trail), t.Object)), m, trail)
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
				return value(arm.Type, name, m, append(slices.Clip(trail), t.Union))
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
		return value(t.Named.Type, name, m, append(slices.Clip(trail), t.Named))
	case ir.List:
		return list(t, name, m, trail)
	case ir.Map:
		members := map[string]any{}
		for i := range least(t.Rules) {
			members["key"+strconv.Itoa(i+1)] = value(t.Elem, name, m, trail)
		}
		return members
	}
	return map[string]any{}
}

// least is the least length that rules ask for; samples are no longer than 100 all the same.
func least(r ir.Rules) int {
	if r.MinLength == nil {
		return 0
	}
	return min(*r.MinLength, 100)
}

func list(t *ir.Type, name string, m maker, trail trail) any {
	n := max(1, least(t.Rules))
	if t.Elem.Object != nil && slices.Contains(trail, any(t.Elem.Object)) || t.Rules.MaxLength != nil && *t.Rules.MaxLength < n {
		return []any{}
	}
	elems := make([]any, n)
	for i := range elems {
		elems[i] = value(t.Elem, name, m, trail)
		if t.Elem.Kind == ir.EnumKind || t.Rules.Unique {
			elems[i] = other(t.Elem, elems[i], i)
		}
	}
	return elems
}

// other returns the i-th value of type t after v, where t is a plain type that has as many.
func other(t *ir.Type, v any, i int) any {
	o := v
	switch {
	case i == 0:
	case len(t.Rules.Values) > 0:
		o = t.Rules.Values[i%len(t.Rules.Values)].JSON
	case t.Kind == ir.EnumKind:
		return t.Enum.Values[i%len(t.Enum.Values)].Value.JSON
	case t.Kind == ir.Bool:
		return i%2 == 1
	case t.Kind == ir.Integer || t.Kind == ir.Float:
		if n, ok := v.(json.Number); ok {
			by := big.NewRat(1, 1)
			if t.Rules.MultipleOf != nil {
				by = t.Rules.MultipleOf.Rat()
			}
			step := by.Mul(by, big.NewRat(int64(i), 1))
			o = literal(step.Add(step, ir.Number(n).Rat()))
		}
	case t.Kind == ir.String || t.Kind == ir.Media:
		rng := rand.New(rand.NewPCG(2, uint64(i)))
		if s, ok := v.(string); ok && allows(t, s+strconv.Itoa(i)) {
			o = s + strconv.Itoa(i)
		} else if s, ok := Text(t.Rules, rng); ok {
			o = s
		}
	}
	if !allows(t, o) {
		return v
	}
	return o
}

// text returns s where the rules allow it, else a text that they do.
func text(r ir.Rules, s string) string {
	if r.IsZero() || allows(&ir.Type{Kind: ir.String, Rules: r}, s) {
		return s
	}
	made, ok := Text(r, rand.New(rand.NewPCG(1, 1)))
	if !ok {
		return s
	}
	return made
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
	case r.Above != nil && (r.Min == nil || rat(r.Min).Cmp(rat(r.Above)) <= 0):
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
	return literal(v)
}

func literal(v *big.Rat) json.Number {
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
	return n.Rat()
}
