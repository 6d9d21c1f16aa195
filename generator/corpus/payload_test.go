package corpus_test

import (
	"encoding/json"
	"hash/fnv"
	"math/big"
	"math/rand"
	randv2 "math/rand/v2"
	"slices"
	"strings"

	"github.com/falgen/falgen/generator/ir"
	samples "github.com/falgen/falgen/generator/sample"
)

// A maker makes random values that fit a document's schemas.
type maker struct {
	doc     *document
	rand    *rand.Rand
	longest int    // what is to be as long as allowed, or longer, is made where that is less
	whole   bool   // every optional property is there
	made    any    // the value that was made last
	sites   []site // where it can be changed
}

// newMaker returns a maker whose values are the same each time.
func newMaker(d *document) *maker {
	h := fnv.New64a()
	h.Write([]byte(d.id))
	return &maker{doc: d, rand: rand.New(rand.NewSource(*seed ^ int64(h.Sum64()))), longest: 12_000}
}

// root makes an input or an output.
func (m *maker) root(kind string) {
	schema, judge := m.doc.input, m.doc.judge().input
	if kind == "output" {
		schema, judge = m.doc.output, m.doc.judge().output
	}
	whole := m.whole
	defer func() { m.whole = whole }()
	for try := range 40 { // what alternatives leave to luck
		m.sites, m.whole = nil, whole && try < 20
		m.made = m.value(schema, 0, &site{set: func(v any) { m.made = v }})
		if len(judged(judge, m.made)) == 0 {
			return
		}
	}
}

// A site is a place in a value that was made.
type site struct {
	field  object // the flat schema
	schema object // the alternative of it that was made
	value  any
	set    func(any)
	remove func() // nil but for properties
	must   bool   // it is a required property
}

// maxDepth is where values stop taking what they do not have to.
const maxDepth = 6

// value makes a value of a schema; s is its place, nil where nobody shall know of it.
func (m *maker) value(schema any, depth int, s *site) any {
	field := m.doc.flat(schema)
	arms := m.doc.arms(field)
	arm := arms[m.rand.Intn(len(arms))]
	if m.whole || depth > maxDepth { // not null in the one case, and the shortest in the other
		arm = arms[slices.IndexFunc(arms, func(a object) bool {
			return (a["type"] == "null") == (depth > maxDepth && len(arms) > 1 && arms[len(arms)-1]["type"] == "null")
		})]
	}
	v := m.arm(arm, depth, s != nil)
	if s != nil {
		s.field, s.schema, s.value = field, arm, v
		m.sites = append(m.sites, *s)
	}
	return v
}

func (m *maker) arm(s object, depth int, sited bool) any {
	if values, ok := s["enum"].([]any); ok {
		return values[m.rand.Intn(len(values))]
	}
	if c, ok := s["const"]; ok {
		return c
	}
	switch typeOf(s) {
	case "null":
		return nil
	case "boolean":
		return m.rand.Intn(2) == 0
	case "integer", "number":
		return m.number(s)
	case "string":
		lo, hi := counts(s, "Length")
		return m.string(s, lo+m.rand.Intn(min(hi-lo, 12)+1))
	case "array":
		lo, hi := counts(s, "Items")
		n := lo
		if depth < maxDepth {
			n += m.rand.Intn(min(hi-lo, 3) + 1)
		}
		return m.list(s, n, depth, sited)
	case "object":
		return m.object(s, depth, sited)
	}
	return m.free(2)
}

// object makes the required properties, and of the others about half.
func (m *maker) object(s object, depth int, sited bool) any {
	if s["properties"] == nil {
		if s["additionalProperties"] == nil || s["additionalProperties"] == true {
			return object{"k": m.free(2), "n": json.Number("9007199254740993")}
		}
		o := object{}
		for range m.rand.Intn(3) {
			o[m.text(4)] = m.value(s["additionalProperties"], depth+1, nil)
		}
		return o
	}
	o := object{}
	for _, name := range names(s) {
		must := requires(s, name)
		if must || m.whole && depth < maxDepth || m.rand.Intn(2) == 0 && depth < maxDepth {
			var at *site
			if sited {
				at = &site{set: func(v any) { o[name] = v }, remove: func() { delete(o, name) }, must: must}
			}
			o[name] = m.value(s["properties"].(object)[name], depth+1, at)
		}
	}
	return o
}

func (m *maker) list(s object, n, depth int, sited bool) any {
	if m.whole {
		n = max(n, 1)
	}
	l := make([]any, 0, n)
	for i := range n {
		var at *site
		if sited {
			at = &site{set: func(v any) { l[i] = v }}
		}
		schema := s["items"]
		if places, _ := s["prefixItems"].([]any); i < len(places) {
			schema = places[i]
		}
		v := m.value(schema, depth+1, at)
		for try := 0; try < 20 && s["uniqueItems"] == true && slices.ContainsFunc(l, func(e any) bool { return equal(e, v) }); try++ {
			v = m.value(schema, depth+1, nil)
		}
		l = append(l, v)
	}
	return l
}

// free makes JSON of any kind.
func (m *maker) free(depth int) any {
	choices := []any{nil, true, "x", json.Number("9007199254740993"), json.Number("0.1"), []any{}, object{}}
	if depth > 0 && m.rand.Intn(3) == 0 {
		return object{"a": m.free(depth - 1), "b": []any{m.free(depth - 1)}}
	}
	return choices[m.rand.Intn(len(choices))]
}

// text makes a text of so many characters, of which some take more than a byte and some mean something to HTML.
func (m *maker) text(n int) string {
	alphabet := []rune("abcXYZ 019-_äß字🎬<&>\"\\\n\u2028")
	var b strings.Builder
	for range n {
		b.WriteRune(alphabet[m.rand.Intn(len(alphabet))])
	}
	return b.String()
}

// string makes a text of a schema: of n characters, unless its pattern says otherwise.
func (m *maker) string(s object, n int) string {
	pattern, ok := s["pattern"].(string)
	if !ok {
		return m.text(n)
	}
	rules := ir.Rules{Patterns: []string{pattern}}
	if s["minLength"] != nil || s["maxLength"] != nil {
		lo, hi := counts(s, "Length")
		rules.MinLength, rules.MaxLength = &lo, &hi
	}
	if text, ok := samples.Text(rules, randv2.New(randv2.NewPCG(m.rand.Uint64(), 0))); ok {
		return text
	}
	return m.text(n)
}

// counts reads the least and the greatest length of what a keyword ends in: Length, Items.
func counts(s object, what string) (lo, hi int) {
	read := func(v any, otherwise int) int {
		if n, ok := v.(json.Number); ok {
			i, _ := n.Int64()
			return int(i)
		}
		return otherwise
	}
	lo = read(s["min"+what], 0)
	return lo, read(s["max"+what], lo+1_000_000)
}

// A scale is the numbers base + k*step that a schema allows: from k = lo to k = hi.
type scale struct {
	base, step *big.Rat
	lo, hi     *big.Int
}

func scaleOf(s object) scale {
	lo, hi := bound(s["minimum"]), bound(s["maximum"])
	above, below := bound(s["exclusiveMinimum"]), bound(s["exclusiveMaximum"])
	openLo, openHi := above != nil && (lo == nil || above.Cmp(lo) >= 0), below != nil && (hi == nil || below.Cmp(hi) <= 0)
	if openLo {
		lo = above
	}
	if openHi {
		hi = below
	}
	const wide = 1000
	switch {
	case lo == nil && hi == nil:
		lo, hi = big.NewRat(-wide, 1), big.NewRat(wide, 1)
	case lo == nil:
		lo = new(big.Rat).Sub(hi, big.NewRat(wide, 1))
	case hi == nil:
		hi = new(big.Rat).Add(lo, big.NewRat(wide, 1))
	}
	sc := scale{base: new(big.Rat), step: bound(s["multipleOf"])}
	switch {
	case sc.step != nil:
	case typeOf(s) == "integer":
		sc.step = big.NewRat(1, 1)
	default:
		sc.base, sc.step = lo, new(big.Rat).Quo(new(big.Rat).Sub(hi, lo), big.NewRat(wide, 1))
	}
	if sc.step.Sign() == 0 { // one number alone
		sc.step = big.NewRat(1, 1)
	}
	k := func(bound *big.Rat) *big.Rat { return new(big.Rat).Quo(new(big.Rat).Sub(bound, sc.base), sc.step) }
	one := big.NewInt(1)
	from, to := k(lo), k(hi)
	sc.lo = new(big.Int).Div(from.Num(), from.Denom()) // rounds down
	if !from.IsInt() || openLo {
		sc.lo.Add(sc.lo, one)
	}
	sc.hi = new(big.Int).Div(to.Num(), to.Denom())
	if to.IsInt() && openHi {
		sc.hi.Sub(sc.hi, one)
	}
	return sc
}

func bound(v any) *big.Rat {
	n, ok := v.(json.Number)
	if !ok {
		return nil
	}
	r, _ := new(big.Rat).SetString(string(n))
	return r
}

func (sc scale) at(k *big.Int) json.Number {
	r := new(big.Rat).Mul(new(big.Rat).SetInt(k), sc.step)
	r.Add(r, sc.base)
	if r.IsInt() {
		return json.Number(r.Num().String())
	}
	return json.Number(strings.TrimRight(r.FloatString(15), "0"))
}

func (m *maker) number(s object) any {
	if typeOf(s) == "integer" && s["maximum"] == nil && s["exclusiveMaximum"] == nil && s["multipleOf"] == nil && m.rand.Intn(8) == 0 {
		return json.Number("9007199254740993") // no float64 holds it
	}
	sc := scaleOf(s)
	k := new(big.Int).Sub(sc.hi, sc.lo)
	if k.Sign() < 0 {
		return sc.at(sc.lo)
	}
	k.Rand(m.rand, k.Add(k, big.NewInt(1)))
	return sc.at(k.Add(k, sc.lo))
}
