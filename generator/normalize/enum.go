package normalize

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/spec"
)

// scalars returns the values of an enum, each once, without null.
func (n *normalizer) scalars(enum *spec.Node) (values []*spec.Node) {
	if !enum.Is(spec.Array) {
		return nil
	}
	for _, v := range enum.Elems {
		if !isNull(v) && !listed(values, v) {
			values = append(values, v)
		}
	}
	return values
}

// valuesOf returns values as the model has them.
func valuesOf(nodes []*spec.Node) (values []ir.Value) {
	for _, v := range nodes {
		values = append(values, ir.Value{JSON: value(v)})
	}
	return values
}

// value returns a value as the model has it: numbers in their shortest form.
func value(v *spec.Node) any {
	if v.Is(spec.Number) {
		if num, err := ir.ParseNumber(v.Text); err == nil {
			return json.Number(num)
		}
	}
	return v.Value()
}

// enum models an enum of texts or whole numbers; base is its type without the enum. Two places with one name and the
// same values, in whatever order, share it.
func (n *normalizer) enum(f *folded, at place, base *ir.Type, nodes []*spec.Node) *ir.Type {
	fit := slices.DeleteFunc(slices.Clone(nodes), func(v *spec.Node) bool { return !keeps(v, base.Rules) })
	if len(fit) == 0 {
		return &ir.Type{Kind: base.Kind, Rules: withValues(base.Rules, valuesOf(nodes))} // which nothing fits
	}
	for _, v := range nodes {
		if !slices.Contains(fit, v) {
			n.note(v, "idle-value", "%s breaks the other rules of this schema", ir.ValueText(v.Value()))
		}
	}
	e := &ir.Enum{Origin: ir.Origin{Schema: f.component}, Integer: base.Kind == ir.Integer}
	for _, v := range fit {
		e.Values = append(e.Values, ir.EnumValue{Value: ir.Value{JSON: value(v)}})
	}
	if e.Schema == "" {
		e.Property, e.Item, e.Arm = at.name, at.inItem, at.inArm
	}
	sorted := slices.SortedFunc(slices.Values(e.Values), func(a, b ir.EnumValue) int {
		return strings.Compare(fmt.Sprint(a.Value.JSON), fmt.Sprint(b.Value.JSON))
	})
	key := fmt.Sprintf("%q %q %v %v %q", e.Schema, e.Property, e.Arm, e.Integer, sorted)
	if met := n.enums[key]; met != nil {
		e = met
	} else {
		e.Owner = at.owner
		n.enums[key] = e
		n.out.Enums = append(n.out.Enums, e)
	}
	n.uses[e]++
	return &ir.Type{Kind: ir.EnumKind, Enum: e}
}

func withValues(r ir.Rules, values []ir.Value) ir.Rules {
	r.Values = values
	return r
}

// keeps reports whether a value of an enum keeps the rules.
func keeps(v *spec.Node, r ir.Rules) bool {
	if v.Is(spec.String) {
		length := utf8.RuneCountInString(v.Text)
		return (r.MinLength == nil || length >= *r.MinLength) && (r.MaxLength == nil || length <= *r.MaxLength) &&
			!slices.ContainsFunc(r.Patterns, func(p string) bool { return !regexp.MustCompile(p).MatchString(v.Text) })
	}
	order := func(bound *ir.Number, otherwise int) int {
		if bound == nil {
			return otherwise
		}
		b, _ := new(big.Rat).SetString(string(*bound))
		return decimal(v).Cmp(b)
	}
	if r.MultipleOf != nil {
		by, _ := new(big.Rat).SetString(string(*r.MultipleOf))
		if !new(big.Rat).Quo(decimal(v), by).IsInt() {
			return false
		}
	}
	return order(r.Min, 0) >= 0 && order(r.Max, 0) <= 0 && order(r.Above, 1) > 0 && order(r.Below, -1) < 0
}
