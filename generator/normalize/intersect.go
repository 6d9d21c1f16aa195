package normalize

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/spec"
)

// merge makes f what both f and part allow. What is no constraint is that of f, or else of part.
func (n *normalizer) merge(f *folded, part folded) {
	f.null = f.null.and(part.null)
	f.broken = f.broken || part.broken
	f.choices = append(f.choices, part.choices...)
	f.also = append(f.also, part.also...)
	for _, d := range part.demands {
		if !slices.Contains(f.demands, d) {
			f.demands = append(f.demands, d)
		}
	}
	for _, p := range part.patterns {
		if !slices.ContainsFunc(f.patterns, func(q *spec.Node) bool { return q.String() == p.String() }) {
			f.patterns = append(f.patterns, p)
		}
	}
	if types, ok := commonTypes(f.types, part.types); ok {
		f.types = types
	} else {
		n.contradict(f, part.node, "type", strings.Join(f.types, " or "), strings.Join(part.types, " or "))
	}
	for _, name := range slices.Sorted(maps.Keys(part.keywords)) {
		value := part.keywords[name]
		if mine := f.keywords[name]; mine == nil {
			f.keywords[name] = value
		} else {
			f.keywords[name] = n.intersect(f, name, mine, value)
		}
	}
}

// contradict reports that no value fits two parts of a schema. The type is that of the first, and both are checked.
func (n *normalizer) contradict(f *folded, part *spec.Node, keyword, a, b string) {
	f.also = append(f.also, part)
	n.repair(part, "contradiction", "its Go type is that of the first part, and no value passes the check",
		"no value fits the %s of two parts of one schema, %s and %s", keyword, a, b)
}

// commonTypes returns the types that two schemas allow; not ok where there is none.
func commonTypes(a, b []string) (types []string, ok bool) {
	switch {
	case a == nil:
		return b, true
	case b == nil:
		return a, true
	}
	types = []string{}
	for _, t := range a {
		switch {
		case slices.Contains(b, t), t == "integer" && slices.Contains(b, "number"):
			types = append(types, t)
		case t == "number" && slices.Contains(b, "integer"):
			types = append(types, "integer")
		}
	}
	return types, len(types) > 0 || len(a) == 0 && len(b) == 0
}

// greater are the keywords of which the greater value allows less, and lesser those of which the lesser does.
var (
	greater = map[string]bool{
		"minimum": true, "exclusiveMinimum": true, "minLength": true, "minItems": true, "minProperties": true,
	}
	lesser = map[string]bool{
		"maximum": true, "exclusiveMaximum": true, "maxLength": true, "maxItems": true, "maxProperties": true,
	}
)

// intersect returns the value of a keyword that allows what both a and b do.
func (n *normalizer) intersect(f *folded, name string, a, b *spec.Node) *spec.Node {
	if same(a, b) {
		return a
	}
	switch {
	case greater[name], lesser[name], boundsMedia(name):
		x, y := decimal(a), decimal(b)
		if x == nil || y != nil && (y.Cmp(x) > 0) == (greater[name] || strings.HasPrefix(name, "min_")) {
			return b
		}
		return a
	case name == "x-fal":
		return n.joinLimits(f, a, b)
	case name == "multipleOf":
		return multiple(a, b)
	case name == "enum":
		return n.commonValues(f, a, b)
	case name == "required", name == "x-fal-order-properties":
		return joinLists(a, b)
	case name == "properties":
		return n.joinProperties(a, b)
	case name == "items", name == "additionalProperties":
		return n.both(a, b)
	case name == "uniqueItems":
		if b.True() {
			return b
		}
	case name == "prefixItems", keywords[name] == unchecked:
		n.note(b, "merged-keyword", "%q stands in several parts of one schema: only the server checks this one", name)
	}
	return a
}

// multiple returns the least common multiple of two numbers.
func multiple(a, b *spec.Node) *spec.Node {
	x, y := decimal(a), decimal(b)
	if x == nil || x.Sign() <= 0 {
		return b
	}
	if y == nil || y.Sign() <= 0 {
		return a
	}
	// In lowest terms, lcm(p/q, r/s) = lcm(p, r) / gcd(q, s).
	gcd := func(x, y *big.Int) *big.Int { return new(big.Int).GCD(nil, nil, x, y) }
	num := new(big.Int).Div(new(big.Int).Mul(x.Num(), y.Num()), gcd(x.Num(), y.Num()))
	r := new(big.Rat).SetFrac(num, gcd(x.Denom(), y.Denom()))
	out := *a
	if out.Text = r.Num().String(); !r.IsInt() {
		digits, _ := r.FloatPrec()
		out.Text = r.FloatString(digits)
	}
	return &out
}

// commonValues returns the values that are in both of two enums.
func (n *normalizer) commonValues(f *folded, a, b *spec.Node) *spec.Node {
	if !a.Is(spec.Array) || !b.Is(spec.Array) {
		return a
	}
	var common []*spec.Node
	for _, v := range a.Elems {
		if slices.ContainsFunc(b.Elems, func(w *spec.Node) bool { return same(v, w) }) {
			common = append(common, v)
		}
	}
	if len(common) == 0 {
		values := func(list *spec.Node) string { return fmt.Sprintf("%.60s", ir.ValueText(list.Value())) }
		n.contradict(f, enumOf(b), "enum", values(a), values(b))
		return a
	}
	return listOf(a, common...)
}

// enumOf returns a schema that allows the values of a list.
func enumOf(list *spec.Node) *spec.Node {
	return objectOf(list, spec.Member{Name: "enum", Value: list})
}

// objectOf returns an object that stands where at does.
func objectOf(at *spec.Node, members ...spec.Member) *spec.Node {
	object := *at
	object.Kind, object.Text, object.Elems, object.Members = spec.Object, "", nil, members
	return &object
}

// joinLists returns the values of two lists, each once.
func joinLists(a, b *spec.Node) *spec.Node {
	if !a.Is(spec.Array) || !b.Is(spec.Array) {
		return a
	}
	elems := slices.Clone(a.Elems)
	for _, v := range b.Elems {
		if !slices.ContainsFunc(elems, func(w *spec.Node) bool { return same(v, w) }) {
			elems = append(elems, v)
		}
	}
	return listOf(a, elems...)
}

// joinProperties returns the properties of two objects; one that is in both has to fit both.
func (n *normalizer) joinProperties(a, b *spec.Node) *spec.Node {
	if !a.Is(spec.Object) || !b.Is(spec.Object) {
		return a
	}
	members := slices.Clone(a.Members)
	for _, m := range b.Members {
		i := slices.IndexFunc(members, func(own spec.Member) bool { return own.Name == m.Name })
		if i < 0 {
			members = append(members, m)
		} else {
			members[i].Value = n.both(members[i].Value, m.Value)
		}
	}
	return objectOf(a, members...)
}

// both returns a schema that allows what two do: the same one for the same two, so that a schema that contains itself
// is known again.
func (n *normalizer) both(a, b *spec.Node) *spec.Node {
	switch {
	case same(a, b), b.Is(spec.Bool) && b.True():
		return a
	case a.Is(spec.Bool) && a.True():
		return b
	}
	return n.combined("allOf", a, b)
}

// combined returns a schema of one keyword over several schemas, the same one for the same schemas.
func (n *normalizer) combined(keyword string, schemas ...*spec.Node) *spec.Node {
	var parts []*spec.Node
	for _, s := range schemas {
		inner := n.parts[s] // of a schema that was made here before
		if inner.keyword != keyword {
			inner.schemas = []*spec.Node{s}
		}
		for _, p := range inner.schemas {
			if !slices.ContainsFunc(parts, func(q *spec.Node) bool { return same(p, q) }) {
				parts = append(parts, p)
			}
		}
	}
	if len(parts) == 1 {
		return parts[0]
	}
	key := keyword
	for _, p := range parts {
		key += fmt.Sprintf(" %p", p)
	}
	if made := n.made[key]; made != nil {
		return made
	}
	made := objectOf(parts[0], spec.Member{Name: keyword, Value: listOf(parts[0], parts...)})
	n.made[key], n.parts[made] = made, combination{keyword, parts}
	return made
}

// A combination is what a schema was made of.
type combination struct {
	keyword string
	schemas []*spec.Node
}

// same reports whether two values are the same JSON, numbers by their value.
func same(a, b *spec.Node) bool {
	if a == b {
		return true
	}
	if a == nil || b == nil || a.Kind != b.Kind {
		return false
	}
	switch a.Kind {
	case spec.Number:
		x, y := decimal(a), decimal(b)
		return a.Text == b.Text || x != nil && y != nil && x.Cmp(y) == 0
	case spec.Array:
		return slices.EqualFunc(a.Elems, b.Elems, same)
	case spec.Object:
		return len(a.Members) == len(b.Members) && !slices.ContainsFunc(a.Members, func(m spec.Member) bool {
			other := b.Get(m.Name)
			return other == nil || !same(m.Value, other)
		})
	}
	return a.Text == b.Text
}

// decimal returns a number exactly; nil for what is no number, or none that anybody means.
func decimal(at *spec.Node) *big.Rat {
	if !at.Is(spec.Number) {
		return nil
	}
	return decimalText(at.Text)
}

func decimalText(literal string) *big.Rat {
	if _, err := ir.ParseNumber(literal); err != nil {
		return nil
	}
	r, _ := new(big.Rat).SetString(literal)
	return r
}
