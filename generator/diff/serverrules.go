package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/falgen/falgen/generator/ir"
)

// serverRules returns how what only the server checks of values of type b differs from that of a.
func serverRules(a, b *ir.Type) (found []limit) {
	old, new := uncheckedOf(a), uncheckedOf(b)
	gone := without(old, new)
	for _, u := range without(new, old) {
		l := limit{ServerRuleAdded, "", ruleWords(u)}
		if i := slices.IndexFunc(gone, func(o ir.Unchecked) bool { return o.Keyword == u.Keyword }); i >= 0 {
			l.kind, l.before = ServerRuleChanged, ruleWords(gone[i])
			gone = slices.Delete(gone, i, i+1)
		}
		found = append(found, l)
	}
	for _, u := range gone {
		found = append(found, limit{ServerRuleRemoved, ruleWords(u), ""})
	}
	return found
}

// uncheckedOf lists what only the server checks of a value, patterns that Go lacks among it.
func uncheckedOf(t *ir.Type) []ir.Unchecked {
	list := slices.Clone(t.Unchecked)
	for _, p := range t.Rules.Foreign {
		list = append(list, ir.Unchecked{Keyword: "pattern", Text: p})
	}
	return list
}

// without returns what is in one list and not in another.
func without(list, other []ir.Unchecked) []ir.Unchecked {
	return slices.DeleteFunc(slices.Clone(list), func(u ir.Unchecked) bool { return slices.Contains(other, u) })
}

func ruleWords(u ir.Unchecked) string { return u.Keyword + " " + u.Text }

// demandsMore reports whether type b demands something of values, whatever their kind, that a does not.
func demandsMore(a, b *ir.Type) bool {
	return len(without(uncheckedOf(b), uncheckedOf(a))) > 0 || len(b.Choices) > 0 && valuesAndChoices(a) != valuesAndChoices(b)
}

// valuesAndChoices is what a type demands by values and choices, in full: two that demand the same give the same.
func valuesAndChoices(t *ir.Type) string {
	w := &demandWriter{numbers: map[*ir.Object]int{}}
	w.valuesAndChoices(t)
	return w.String()
}

// demandWriter writes what types demand in one normal form. An object that is met again is a number.
type demandWriter struct {
	strings.Builder
	numbers map[*ir.Object]int
}

func (w *demandWriter) valuesAndChoices(t *ir.Type) {
	if t.Kind != ir.EnumKind && len(t.Rules.Values) > 0 {
		var texts []string
		for _, v := range t.Rules.Values {
			texts = append(texts, valueText(v.JSON))
		}
		slices.Sort(texts)
		fmt.Fprintf(w, "one of %s;", strings.Join(texts, ","))
	}
	for _, c := range t.Choices {
		fmt.Fprintf(w, "%s of {", map[bool]string{true: "exactly one", false: "one"}[c.One || len(c.Arms) == 1])
		for _, arm := range c.Arms {
			w.typ(arm)
			w.WriteString("|")
		}
		w.WriteString("};")
	}
}

func (w *demandWriter) typ(t *ir.Type) {
	kind := family(t)
	if t.Kind == ir.SharedKind {
		kind = ir.ObjectKind
	}
	fmt.Fprintf(w, "%v%s;", kind, map[bool]string{true: " or null"}[t.Nullable])
	if t.Kind == ir.Integer {
		w.WriteString("whole;")
	}
	r := t.Rules
	for _, text := range []string{
		lower(t).text("at least", "above"), upper(t).text("at most", "below"),
		countWords("at least", least(r.MinLength), "entry"), countWords("at most", r.MaxLength, "entry"),
		patterns(r.Patterns), ruleText(r.MultipleOf), map[bool]string{true: "unique"}[r.Unique],
	} {
		if text != "" {
			w.WriteString(text + ";")
		}
	}
	for _, l := range r.Media {
		w.WriteString(l.Of.Words(l.Min, l.Max) + ";")
	}
	for _, u := range uncheckedOf(t) {
		w.WriteString(ruleWords(u) + ";")
	}
	if t.Kind == ir.EnumKind {
		fmt.Fprintf(w, "%v %s;", t.Enum.Open, strings.Join(slices.Sorted(slices.Values(valueTexts(t.Enum))), ","))
	}
	w.valuesAndChoices(t)
	w.below(t)
}

// below writes what a type demands of what its values hold.
func (w *demandWriter) below(t *ir.Type) {
	switch t.Kind {
	case ir.List, ir.Map:
		w.WriteString("[")
		w.typ(t.Elem)
		w.WriteString("]")
	case ir.UnionKind:
		fmt.Fprintf(w, "%v{", t.Union.One)
		for _, arm := range t.Union.Arms {
			if innermost(arm.Type).Union != nil { // which may be this one
				w.WriteString("union")
				continue
			}
			w.typ(arm.Type)
			w.WriteString("|")
		}
		w.WriteString("}")
	case ir.ObjectKind:
		if n := w.numbers[t.Object]; n > 0 {
			fmt.Fprintf(w, "#%d", n)
			return
		}
		w.numbers[t.Object] = len(w.numbers) + 1
		fields := slices.SortedFunc(slices.Values(t.Object.Fields), func(a, b *ir.Field) int { return strings.Compare(a.Name, b.Name) })
		w.WriteString("{")
		for _, f := range fields {
			fmt.Fprintf(w, "%q %v ", f.Name, f.Required)
			w.typ(f.Type)
		}
		w.WriteString("}")
	}
}

func ruleText(n *ir.Number) string {
	if n == nil {
		return ""
	}
	return "a multiple of " + string(*n)
}
