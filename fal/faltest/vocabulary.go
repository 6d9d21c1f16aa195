package faltest

import (
	"cmp"
	"encoding/json"
	"fmt"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/falgen/falgen/fal"
)

// wrongType is how a value is refused whose JSON type is not the one that a schema names.
var wrongType = map[string]struct{ typ, msg string }{
	openapi3.TypeString:  {"string_type", "must be a string"},
	openapi3.TypeInteger: {"int_type", "must be a whole number"},
	openapi3.TypeNumber:  {"float_type", "must be a number"},
	openapi3.TypeBoolean: {"bool_type", "must be true or false"},
	openapi3.TypeArray:   {"list_type", "must be a list"},
	openapi3.TypeObject:  {"dict_type", "must be an object"},
}

// isWrongType reports whether a violation of that type is one of the JSON type, null included.
func isWrongType(typ string) bool {
	for _, wrong := range wrongType {
		if wrong.typ == typ {
			return true
		}
	}
	return typ == "none_not_allowed"
}

type schema = openapi3.Schema

// word is fal's for a value that breaks a keyword of a schema: the type of violation, the message, and the limit that
// goes into it, with the name that it has in the ctx.
func word(keyword string, s *schema) (typ, msg, name string, limit any) {
	switch keyword {
	case "required":
		return "missing", "is required", "", nil
	case "nullable":
		return "none_not_allowed", "must not be null", "", nil
	case "uniqueItems":
		return "unique_items", "must not repeat an element", "", nil
	case "minimum":
		return "greater_than_equal", "must be at least %s", "ge", s.Min
	case "maximum":
		return "less_than_equal", "must be at most %s", "le", s.Max
	case "exclusiveMinimum":
		return "greater_than", "must be greater than %s", "gt", s.ExclusiveMin
	case "exclusiveMaximum":
		return "less_than", "must be less than %s", "lt", s.ExclusiveMax
	case "multipleOf":
		return "multiple_of", "must be a multiple of %s", "multiple_of", s.MultipleOf
	case "minLength":
		return "sequence_too_short", "must have at least %s characters", "min_length", s.MinLength
	case "maxLength":
		return "sequence_too_long", "must have at most %s characters", "max_length", s.MaxLength
	case "minItems":
		return "sequence_too_short", "must have at least %s elements", "min_length", s.MinItems
	case "maxItems":
		return "sequence_too_long", "must have at most %s elements", "max_length", s.MaxItems
	case "minProperties":
		return "sequence_too_short", "must have at least %s entries", "min_length", s.MinProps
	case "maxProperties":
		return "sequence_too_long", "must have at most %s entries", "max_length", s.MaxProps
	case "pattern":
		return "string_pattern_mismatch", "must match %s", "pattern", s.Pattern
	case "enum":
		return "one_of", "must be one of %s", "expected", s.Enum
	case "type":
		for _, name := range s.Type.Slice() {
			if wrong, ok := wrongType[name]; ok {
				return wrong.typ, wrong.msg, "", nil
			}
		}
	}
	return "", "", "", nil
}

// keyword is the one that a value breaks. The validator looks at an enum before the type, and the type says more.
func keyword(e *openapi3.SchemaError, value any) string {
	if e.SchemaField == "enum" {
		typeAlone := &schema{Type: e.Schema.Type}
		for _, e := range schemaErrors(typeAlone.VisitJSON(value)) {
			return e.SchemaField
		}
	}
	return e.SchemaField
}

// maxInput bounds the values that a refusal repeats.
const maxInput = 1000

// violation says in fal's words what the validator found at loc.
func violation(e *openapi3.SchemaError, loc fal.Loc, value any) fal.FieldError {
	f := fal.FieldError{Loc: loc}
	typ, msg, name, limit := word(keyword(e, value), e.Schema)
	f.Type, f.Msg = cmp.Or(typ, "value_error"), cmp.Or(msg, e.Reason, "does not fit "+e.SchemaField)
	if name != "" {
		text, _ := json.Marshal(limit) // it came out of JSON
		f.Ctx, f.Msg = map[string]any{name: json.RawMessage(text)}, fmt.Sprintf(msg, text)
	}
	if input, err := json.Marshal(value); err == nil && len(input) <= maxInput && typ != "missing" {
		f.Input = input
	}
	return f
}
