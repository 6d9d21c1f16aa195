package diff

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/falgen/falgen/generator/ir"
)

// typeWords says what a value of type t is, in the words of the wire.
func typeWords(t *ir.Type) string {
	words := kindWords(t)
	if t.Nullable {
		words += " or null"
	}
	return words
}

func kindWords(t *ir.Type) string {
	switch t.Kind {
	case ir.String:
		return "a string"
	case ir.Integer:
		return "a whole number"
	case ir.Float:
		return "a number"
	case ir.Bool:
		return "a bool"
	case ir.Media:
		return "a URL of media"
	case ir.EnumKind:
		return enumWords(t.Enum)
	case ir.ObjectKind:
		if len(t.Object.Fields) == 0 {
			return "an object without fields"
		}
		return "an object of " + some(fieldNames(t.Object))
	case ir.SharedKind:
		return "fal's own " + t.Shared.Name
	case ir.NamedKind:
		if t.Named.Type.Kind == ir.Map {
			return "a map that contains itself"
		}
		return "a list that contains itself"
	case ir.UnionKind:
		return unionWords(t.Union)
	case ir.List:
		return "a list, each " + typeWords(t.Elem)
	case ir.Map:
		if t.Elem.Kind == ir.Any {
			return "any object"
		}
		return "a map, each value " + typeWords(t.Elem)
	}
	return "any JSON"
}

// innermost is what a list or map holds in the end.
func innermost(t *ir.Type) *ir.Type {
	for t.Elem != nil {
		t = t.Elem
	}
	return t
}

// maxNames bounds how many fields or values are listed to tell a type: many fields may have it.
const maxNames = 50

func some(names []string) string {
	if n := len(names) - maxNames; n > 0 {
		names = append(slices.Clone(names[:maxNames]), fmt.Sprintf("and %d more", n))
	}
	return strings.Join(names, ", ")
}

func enumWords(e *ir.Enum) string {
	words := "one of " + some(valueTexts(e))
	if e.Open {
		words += ", or any other text"
	}
	return words
}

func unionWords(u *ir.Union) string {
	arms := make([]string, len(u.Arms))
	for i, arm := range u.Arms {
		if innermost(arm.Type).Union != nil { // which may be this one
			arms[i] = arm.Type.Kind.String() + " of alternatives"
			continue
		}
		arms[i] = typeWords(arm.Type)
	}
	return "either " + strings.Join(arms, ", or ")
}

// valueText returns a value as JSON. Two spellings of one value give the same.
func valueText(v any) string { return ir.ValueText(plain(v)) }

// plain brings the numbers in a value into their shortest form.
func plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := ir.ParseNumber(string(v)); err == nil {
			return json.Number(n)
		}
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = plain(e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for name, m := range v {
			out[name] = plain(m)
		}
		return out
	}
	return v
}

func examplesText(examples []ir.Value) string {
	texts := make([]string, len(examples))
	for i, ex := range examples {
		texts[i] = valueText(ex.JSON)
	}
	return strings.Join(texts, ", ")
}

func hintsText(hints []ir.Hint) string {
	texts := make([]string, len(hints))
	for i, h := range hints {
		text := h.Text
		if n, err := ir.ParseNumber(text); err == nil {
			text = string(n)
		}
		texts[i] = strings.TrimSpace(fmt.Sprintf("%s %s", h.Name, text))
	}
	return strings.Join(texts, ", ")
}
