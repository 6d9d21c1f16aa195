package ir

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Facts says in short sentences what a document demands of a field.
func (f *Field) Facts() []string {
	var facts []string
	if f.Required {
		facts = append(facts, "Required.")
	}
	if f.Default != nil {
		facts = append(facts, "Default: "+defaultText(f)+".")
	}
	facts = append(facts, f.Type.facts()...)
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

func (t *Type) facts() []string {
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
		facts = append(facts, "Either "+t.Union.Words(true)+".")
	case List:
		facts = append(facts, countFacts(r, "element")...)
		if r.Unique {
			facts = append(facts, "No element twice.")
		}
		for _, fact := range t.Elem.facts() {
			facts = append(facts, "Each: "+strings.ToLower(fact[:1])+fact[1:])
		}
	case Map:
		facts = append(facts, countFacts(r, "entry")...)
	}
	return facts
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

// Words lists the arms of a union, with the rules of each if asked to.
func (u *Union) Words(rules bool) string {
	var words []string
	for _, arm := range u.Arms {
		word := arm.Type.Words()
		if facts := arm.Type.facts(); rules && len(facts) > 0 && arm.Type.Kind != EnumKind {
			all := strings.TrimSuffix(strings.Join(facts, " "), ".")
			word += " (" + strings.ToLower(all[:1]) + all[1:] + ")"
		}
		words = append(words, word)
	}
	return strings.Join(words, " or ")
}

// Words says what a value of the type is.
func (t *Type) Words() string {
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
		return Article("[" + t.Object.Name + "]")
	case UnionKind:
		return Article("[" + t.Union.Name + "]")
	case SharedKind:
		return Article("[fal." + t.Shared.Name + "]")
	case List:
		return "a list, each " + t.Elem.Words()
	case Map:
		return "a map"
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
