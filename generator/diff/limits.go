package diff

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/falgen/falgen/generator/ir"
)

// A limit is one that differs.
type limit struct {
	kind          Kind
	before, after string
}

// limits notes the limits that differ.
func (d *differ) limits(a, b *ir.Type, at spot) {
	for _, l := range limits(a, b) {
		d.find(l.kind, at, l.before, l.after).concerns = at.holders[:1]
	}
}

// family makes one kind of those that have limits of the same kind.
func family(t *ir.Type) ir.Kind {
	switch t.Kind {
	case ir.Integer:
		return ir.Float
	case ir.Media:
		return ir.String
	}
	return t.Kind
}

// limits returns how the limits on values of type b differ from those of a, of the same family.
func limits(a, b *ir.Type) []limit {
	if family(a) != family(b) {
		return nil
	}
	var found []limit
	// tighter is positive where the new limit allows less than the old one.
	add := func(before, after string, tighter int) {
		switch {
		case before == "" && after == "" || tighter == 0:
		case before == "" || after != "" && tighter > 0:
			found = append(found, limit{LimitTightened, before, after})
		default:
			found = append(found, limit{LimitLoosened, before, after})
		}
	}
	lo, lo2, hi, hi2 := lower(a), lower(b), upper(a), upper(b)
	add(lo.text("at least", "above"), lo2.text("at least", "above"), lo2.tighter(lo))
	add(hi.text("at most", "below"), hi2.text("at most", "below"), hi2.tighter(hi))
	r, s := a.Rules, b.Rules
	count := func(words string, old, new *int, unit string, sign int) {
		add(countWords(words, old, unit), countWords(words, new, unit), sign*more(new, old))
	}
	unit := map[ir.Kind]string{ir.String: "character", ir.List: "element", ir.Map: "member"}[family(a)]
	count("at least", least(r.MinLength), least(s.MinLength), unit, 1)
	count("at most", r.MaxLength, s.MaxLength, unit, -1)
	for _, q := range ir.Quantities() {
		old, new := r.MediaLimit(q), s.MediaLimit(q)
		lo, lo2, hi, hi2 := end(old.Min, false), end(new.Min, false), end(old.Max, true), end(new.Max, true)
		add(q.Words(old.Min, nil), q.Words(new.Min, nil), lo2.tighter(lo))
		add(q.Words(nil, old.Max), q.Words(nil, new.Max), hi2.tighter(hi))
	}
	if r.Unique != s.Unique {
		words := map[bool]string{true: "no element twice"}
		add(words[r.Unique], words[s.Unique], 1)
	}
	if x, y := patterns(r.Patterns), patterns(s.Patterns); x != y {
		found = append(found, changed("the pattern ", x, y))
	}
	if valuesAndChoices(a) != valuesAndChoices(b) {
		x, y := demands(a), demands(b)
		if x == y { // words leave out what is far down or long
			x, y = valuesAndChoices(a), valuesAndChoices(b)
		}
		found = append(found, changed("", x, y))
	}
	found = append(found, serverRules(a, b)...)
	if l, ok := multiples(r.MultipleOf, s.MultipleOf); ok {
		found = append(found, l)
	}
	return found
}

func patterns(list []string) string {
	return strings.Join(slices.Sorted(slices.Values(list)), " and ")
}

// demands says what a type demands by values and choices, in the words of comments.
func demands(t *ir.Type) string {
	facts := t.ChoiceFacts()
	if t.Kind != ir.EnumKind && len(t.Rules.Values) > 0 {
		facts = append([]string{t.Rules.ValuesWords()}, facts...)
	}
	return strings.Join(facts, " ")
}

// changed is a limit that is neither tighter nor looser, unless one of the two is none.
func changed(prefix, before, after string) limit {
	l := limit{LimitChanged, prefix + before, prefix + after}
	switch {
	case before == "":
		l.kind, l.before = LimitTightened, ""
	case after == "":
		l.kind, l.after = LimitLoosened, ""
	}
	return l
}

// multiples compares what values have to be multiples of.
func multiples(a, b *ir.Number) (l limit, differ bool) {
	text := func(n *ir.Number) string {
		if n == nil {
			return ""
		}
		return string(*n)
	}
	l = changed("a multiple of ", text(a), text(b))
	if l.kind != LimitChanged {
		return l, a != nil || b != nil
	}
	x, y := a.Rat(), b.Rat()
	switch {
	case x.Cmp(y) == 0:
		return l, false
	case new(big.Rat).Quo(y, x).IsInt():
		l.kind = LimitTightened
	case new(big.Rat).Quo(x, y).IsInt():
		l.kind = LimitLoosened
	}
	return l, true
}

// A bound is the lowest or highest number that is allowed, or the one next to it.
type bound struct {
	n         *big.Rat // nil where there is no bound
	literal   ir.Number
	exclusive bool
	upper     bool
}

func lower(t *ir.Type) bound { return boundOf(t, t.Rules.Min, t.Rules.Above, false) }

func upper(t *ir.Type) bound { return boundOf(t, t.Rules.Max, t.Rules.Below, true) }

// boundOf returns whichever bound allows less.
func boundOf(t *ir.Type, inclusive, exclusive *ir.Number, upper bool) bound {
	var b bound
	if inclusive != nil {
		b = bound{inclusive.Rat(), *inclusive, false, upper}
	}
	if exclusive != nil {
		e := bound{exclusive.Rat(), *exclusive, true, upper}
		if b.n == nil || e.tighter(b) > 0 {
			b = e
		}
	}
	if b.n == nil || t.Kind != ir.Integer {
		return b
	}
	return b.whole()
}

// end is an inclusive bound, none where n is nil.
func end(n *ir.Number, upper bool) bound {
	if n == nil {
		return bound{upper: upper}
	}
	return bound{n.Rat(), *n, false, upper}
}

// whole is the bound as the last whole number that it allows: above 0 is at least 1.
func (b bound) whole() bound {
	n := new(big.Int).Div(b.n.Num(), b.n.Denom()) // the floor
	switch isInt := b.n.IsInt(); {
	case b.upper && isInt && b.exclusive:
		n.Sub(n, big.NewInt(1))
	case !b.upper && (!isInt || b.exclusive):
		n.Add(n, big.NewInt(1))
	}
	return bound{new(big.Rat).SetInt(n), ir.Number(n.String()), false, b.upper}
}

// tighter compares how much two bounds allow: it is positive where b allows less.
func (b bound) tighter(than bound) int {
	switch {
	case b.n == nil && than.n == nil:
		return 0
	case than.n == nil:
		return 1
	case b.n == nil:
		return -1
	}
	order := b.n.Cmp(than.n)
	if b.upper {
		order = -order
	}
	switch {
	case order != 0 || b.exclusive == than.exclusive:
		return order
	case b.exclusive:
		return 1
	}
	return -1
}

func (b bound) text(inclusive, exclusive string) string {
	switch {
	case b.n == nil:
		return ""
	case b.exclusive:
		return exclusive + " " + string(b.literal)
	}
	return inclusive + " " + string(b.literal)
}

// least is a least length; none at all is the same as 0.
func least(n *int) *int {
	if n != nil && *n == 0 {
		return nil
	}
	return n
}

func countWords(words string, n *int, unit string) string {
	if n == nil {
		return ""
	}
	if *n != 1 {
		unit += "s"
	}
	return strings.TrimSpace(fmt.Sprintf("%s %d %s", words, *n, unit))
}

// more returns how much more a is than b; it is not zero where one of them is none.
func more(a, b *int) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil || b == nil:
		return 1
	}
	return *a - *b
}
