package ir

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ConstraintDoc says in short sentences what a document demands of a field.
func (f *Field) ConstraintDoc() []string {
	var facts []string
	if f.Required {
		facts = append(facts, "Required.")
	}
	if f.Default != nil {
		facts = append(facts, "Default: "+defaultText(f)+".")
	}
	if !f.Loose {
		facts = append(facts, f.Type.facts()...)
	}
	if shape := f.Shape(); f.Type.Nullable && (shape == Optional || shape == NullWhenUnset) {
		facts = append(facts, "May be null.") // elsewhere unset says the same
	}
	var hints []string
	for _, h := range f.Hints {
		hints = append(hints, strings.TrimSpace(strings.ReplaceAll(h.Name, "_", " ")+" "+h.Text))
	}
	if len(hints) > 0 {
		facts = append(facts, "Hints, not checked: "+strings.Join(hints, ", ")+".")
	}
	return facts
}

// maxDefaultText bounds the defaults that are spelled out in a field's comment.
const maxDefaultText = 60

func defaultText(f *Field) string {
	text := ValueText(f.Default.JSON)
	if len(text) > maxDefaultText && f.DefaultName != "" {
		return "[" + f.DefaultName + "]"
	}
	return text
}

func (t *Type) facts() []string { return t.factsIn(false, nil) }

// factsIn is facts for a type that is part of a union, or is not: a union in there, which may be the same, is named and no
// more. So are the objects of which it is part.
func (t *Type) factsIn(union bool, of []*Object) []string {
	var facts []string
	r := t.Rules
	switch t.Kind {
	case Integer, Float:
		facts = append(facts, rangeFacts(r)...)
		if r.MultipleOf != nil {
			facts = append(facts, "A multiple of "+string(*r.MultipleOf)+".")
		}
	case String, Media:
		facts = append(facts, countFacts(r, "character")...)
		for _, p := range r.Patterns {
			facts = append(facts, "Pattern: "+p)
		}
		for _, p := range r.Foreign {
			facts = append(facts, "Pattern, not checked here: "+p)
		}
		facts = append(facts, mediaFacts(r)...)
	case EnumKind:
		if t.Enum.Open {
			facts = append(facts, "Such as "+enumText(t.Enum)+".")
		} else if len(t.Enum.Values) == 1 {
			facts = append(facts, "Always "+enumText(t.Enum)+".")
		} else {
			facts = append(facts, "One of "+enumText(t.Enum)+".")
		}
	case UnionKind:
		switch {
		case t.Union.Shared != "":
			facts = append(facts, "One of "+t.Union.presets()+", or a [fal.Size].")
		case !union:
			facts = append(facts, "Either "+t.Union.Phrase(true)+".")
		}
	case List:
		facts = append(facts, countFacts(r, "element")...)
		if r.Unique {
			facts = append(facts, "No element twice.")
		}
		for _, fact := range t.Elem.factsIn(union, of) {
			facts = append(facts, "Each: "+lowerFirst(fact))
		}
	case Map:
		facts = append(facts, countFacts(r, "entry")...)
	case ObjectKind:
		facts = append(facts, countFacts(r, "member")...)
	}
	if t.Kind != EnumKind && len(r.Values) > 0 {
		facts = append(facts, r.ValuesWords())
	}
	return append(facts, t.choiceFacts(of)...)
}

// ValuesWords says which values the rules allow, in a short sentence.
func (r Rules) ValuesWords() string {
	if len(r.Values) == 1 {
		return "Always " + valuesText(r.Values) + "."
	}
	return "One of " + valuesText(r.Values) + "."
}

// ChoiceFacts says in short sentences what the choices of a type demand.
func (t *Type) ChoiceFacts() []string { return t.choiceFacts(nil) }

func (t *Type) choiceFacts(of []*Object) (facts []string) {
	for _, c := range t.Choices {
		if names := c.required(); names != nil {
			facts = append(facts, map[bool]string{true: "Exactly one of ", false: "At least one of "}[c.One]+
				strings.Join(names, ", ")+" is required.")
			continue
		}
		var arms []string
		for _, arm := range c.Arms {
			arms = append(arms, arm.demand(of))
		}
		switch {
		case len(arms) == 0:
			facts = append(facts, "No value fits.")
		case len(arms) == 1:
			facts = append(facts, "Also: "+arms[0]+".")
		case c.One:
			facts = append(facts, "Exactly one holds: "+strings.Join(arms, "; or ")+".")
		default:
			facts = append(facts, "One holds: "+strings.Join(arms, "; or ")+".")
		}
	}
	return facts
}

// required returns what a choice requires, if each of its arms requires one member and no more.
func (c Choice) required() (names []string) {
	for _, arm := range c.Arms {
		if arm.Kind != ObjectKind || !arm.Rules.IsZero() || len(arm.Choices) > 0 || len(arm.Object.Fields) != 1 {
			return nil
		}
		f := arm.Object.Fields[0]
		if !f.Required || f.Type.Kind != Any || !f.Type.Rules.IsZero() || len(f.Type.Choices) > 0 {
			return nil
		}
		names = append(names, strconv.Quote(f.Name))
	}
	return names
}

// demand says what a type demands of a value, in a clause. of are the objects of which it is part.
func (t *Type) demand(of []*Object) string {
	if t.Kind == ObjectKind {
		if slices.Contains(of, t.Object) {
			return t.Phrase()
		}
		of = append(slices.Clip(of), t.Object)
	}
	var parts []string
	for _, fact := range t.factsIn(false, of) {
		parts = append(parts, strings.TrimSuffix(lowerFirst(fact), "."))
	}
	if t.Kind == ObjectKind {
		for _, f := range t.Object.Fields {
			var own []string
			if f.Required {
				own = append(own, "required")
			}
			if d := f.Type.demand(of); d != "any JSON" {
				own = append(own, d)
			}
			if len(own) > 0 {
				parts = append(parts, strconv.Quote(f.Name)+": "+strings.Join(own, ", "))
			}
		}
	}
	if len(parts) == 0 {
		return t.Phrase()
	}
	return strings.Join(parts, ", ")
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// valuesText lists values as JSON.
func valuesText(values []Value) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = ValueText(v.JSON)
	}
	return strings.Join(texts, ", ")
}

func rangeFacts(r Rules) []string {
	var facts []string
	if r.Min != nil && r.Max != nil {
		facts = append(facts, fmt.Sprintf("Range: %s to %s.", *r.Min, *r.Max))
		r.Min, r.Max = nil, nil
	}
	for _, b := range []struct {
		name  string
		bound *Number
	}{{"At least", r.Min}, {"Above", r.Above}, {"At most", r.Max}, {"Below", r.Below}} {
		if b.bound != nil {
			facts = append(facts, fmt.Sprintf("%s %s.", b.name, *b.bound))
		}
	}
	return facts
}

func countFacts(r Rules, unit string) []string {
	units := func(n int) string {
		switch {
		case n == 1:
			return unit
		case unit == "entry":
			return "entries"
		}
		return unit + "s"
	}
	switch lo, hi := r.MinLength, r.MaxLength; {
	case lo != nil && hi != nil:
		return []string{fmt.Sprintf("%d to %d %s.", *lo, *hi, units(*hi))}
	case lo != nil && *lo > 0:
		return []string{fmt.Sprintf("At least %d %s.", *lo, units(*lo))}
	case hi != nil:
		return []string{fmt.Sprintf("At most %d %s.", *hi, units(*hi))}
	}
	return nil
}

// maxEnumText bounds how much of an enum a field's comment spells out.
const maxEnumText = 160

func enumText(e *Enum) string {
	var b strings.Builder
	for i, v := range e.Values {
		if b.Len() > maxEnumText {
			fmt.Fprintf(&b, " and %d more, see [%s]", len(e.Values)-i, e.ValuesName)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(ValueText(v.Value.JSON))
	}
	return b.String()
}

// Phrase lists the arms of a union, with the rules of each if asked to.
func (u *Union) Phrase(rules bool) string {
	var words []string
	for _, arm := range u.Arms {
		word := arm.Type.Phrase()
		if facts := arm.Type.factsIn(true, nil); rules && len(facts) > 0 && arm.Type.Kind != EnumKind {
			all := strings.TrimSuffix(strings.Join(facts, " "), ".")
			word += " (" + lowerFirst(all) + ")"
		}
		words = append(words, word)
	}
	return strings.Join(words, " or ")
}

// presets lists the presets of a union that package fal declares.
func (u *Union) presets() string {
	for _, arm := range u.Arms {
		if arm.Type.Kind == EnumKind {
			return enumText(arm.Type.Enum)
		}
	}
	return ""
}

// Phrase says what a value of the type is.
func (t *Type) Phrase() string {
	switch t.Kind {
	case String:
		return "a string"
	case Integer:
		return "a whole number"
	case Float:
		return "a number"
	case Bool:
		return "a bool"
	case Media:
		return "a URL of media"
	case EnumKind:
		return Article("[" + t.Enum.Name + "]")
	case ObjectKind:
		if t.Object.Name == "" {
			return "an object"
		}
		return Article("[" + t.Object.Name + "]")
	case UnionKind:
		return Article("[" + t.Union.Name + "]")
	case SharedKind:
		return Article("[fal." + t.Shared.Name + "]")
	case List:
		return "a list, each " + t.Elem.Phrase()
	case Map:
		return "a map"
	case NamedKind:
		return Article("[" + t.Named.Name + "]")
	}
	return "any JSON"
}

// Article puts a or an in front of a name.
func Article(name string) string {
	if strings.ContainsRune("AEIO", rune(strings.TrimLeft(name, "[")[0])) {
		return "an " + name
	}
	return "a " + name
}

// ValueText returns a value as JSON, with invisible characters escaped.
func ValueText(v any) string {
	if s, ok := v.(string); ok {
		return strconv.Quote(s)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Sprint(v) // what came from JSON always encodes
	}
	return string(bytes.TrimSpace(b.Bytes()))
}
