package faltest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/generator/ir"
)

// decode decodes one JSON value, its numbers as they are written.
func decode(body []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("there is more after the value")
	}
	return v, nil
}

// shortest returns a JSON value with its numbers in their shortest form: the validator takes 2.0 and 2 for two values.
func shortest(v any) any {
	switch v := v.(type) {
	case json.Number:
		if n, err := ir.ParseNumber(string(v)); err == nil {
			return json.Number(n)
		}
	case []any:
		list := make([]any, len(v))
		for i, e := range v {
			list[i] = shortest(e)
		}
		return list
	case map[string]any:
		members := make(map[string]any, len(v))
		for name, e := range v {
			members[name] = shortest(e)
		}
		return members
	}
	return v
}

func notJSON(err error) fal.FieldError {
	return fal.FieldError{
		Loc: fal.Loc{"body"}, Type: "json_invalid", Msg: "is not JSON", Ctx: map[string]any{"error": err.Error()},
	}
}

// validate returns all that is wrong with an input, in the order of the document's fields.
func (e *endpoint) validate(input any) []fal.FieldError {
	input = shortest(input)
	var found []fal.FieldError
	seen := map[string]bool{}
	explained := explain(e.input, input, fal.Loc{"body"}, nil)
	unlisted := map[string]bool{}
	for _, f := range explained {
		if f.Type == "one_of" {
			unlisted[f.Loc.String()] = true
		}
	}
	for _, f := range explained {
		if f.Type != "one_of" && unlisted[f.Loc.String()] {
			continue // that it is none of the values says it all
		}
		// Parts of an allOf may demand the same.
		if key := f.Loc.String() + " " + f.Type; !seen[key] {
			seen[key] = true
			found = append(found, f)
		}
	}
	slices.SortStableFunc(found, func(a, b fal.FieldError) int {
		return comparePlaces(e.model.Input, a.Loc[1:], b.Loc[1:])
	})
	return found
}

// explain returns what is wrong with a value that stands at loc. trail holds the schemas whose part schema is, since
// documents may refer in circles.
func explain(s *schema, value any, loc fal.Loc, trail []*schema) []fal.FieldError {
	if slices.Contains(trail, s) {
		return nil
	}
	trail = append(slices.Clip(trail), s)
	var found []fal.FieldError
	for _, e := range schemaErrors(s.VisitJSON(value, openapi3.MultiErrors())) {
		pointer := e.JSONPointer()
		at, v := descend(loc, value, pointer)
		parts := trail
		if len(pointer) > 0 {
			parts = nil
		}
		if alone := withoutAlternatives(e); alone != nil {
			found = append(found, explain(alone, v, at, parts)...)
		}
		switch e.SchemaField {
		case "allOf":
			for _, arm := range e.Schema.AllOf {
				found = append(found, explain(arm.Value, v, at, parts)...)
			}
		case "anyOf":
			found = append(found, nearest(e.Schema.AnyOf, v, at, parts)...)
		case "oneOf":
			wrong := nearest(e.Schema.OneOf, v, at, parts)
			if len(wrong) == 0 { // it fits several
				wrong = []fal.FieldError{{Loc: at, Type: "union_multiple", Msg: "must fit one of the alternatives, not several"}}
			}
			found = append(found, wrong...)
		default:
			found = append(found, violation(e, at, v))
		}
	}
	return found
}

// withoutAlternatives returns the schema of an object that fits none of its alternatives without them, or nil: the
// validator says no more of such a one.
func withoutAlternatives(e *openapi3.SchemaError) *schema {
	if e.SchemaField != "anyOf" && e.SchemaField != "oneOf" || e.Schema.Properties == nil {
		return nil
	}
	alone := *e.Schema
	alone.AnyOf, alone.OneOf = nil, nil
	return &alone
}

// nearest explains a value by the alternative that it comes nearest to: one of its JSON type, with the least wrong.
func nearest(arms openapi3.SchemaRefs, value any, loc fal.Loc, trail []*schema) []fal.FieldError {
	var best []fal.FieldError
	least := math.MaxInt
	for _, arm := range arms {
		if arm.Value.Type.Is(openapi3.TypeNull) {
			continue
		}
		found := explain(arm.Value, value, loc, trail)
		wrong := len(found)
		if slices.ContainsFunc(found, func(f fal.FieldError) bool { return len(f.Loc) == len(loc) && isWrongType(f.Type) }) {
			wrong += math.MaxInt / 2
		}
		if wrong < least {
			best, least = found, wrong
		}
	}
	return best
}

// schemaErrors returns the violations in what the validator returned. What else it may say is about the schema, not
// the value.
func schemaErrors(err error) []*openapi3.SchemaError {
	switch err := err.(type) {
	case openapi3.MultiError:
		var all []*openapi3.SchemaError
		for _, e := range err {
			all = append(all, schemaErrors(e)...)
		}
		return all
	case *openapi3.SchemaError:
		return []*openapi3.SchemaError{err}
	}
	return nil
}

// descend follows a pointer from a value at loc, to the place and the value there. The last name may be missing.
func descend(loc fal.Loc, value any, pointer []string) (fal.Loc, any) {
	loc = slices.Clip(loc)
	for _, part := range pointer {
		if list, ok := value.([]any); ok {
			i, _ := strconv.Atoi(part)
			loc, value = append(loc, i), list[i]
			continue
		}
		members, _ := value.(map[string]any)
		loc, value = append(loc, part), members[part]
	}
	return loc, value
}

// comparePlaces orders places below a value of type t: as its document orders the fields, and the rest by name.
func comparePlaces(t *ir.Type, a, b fal.Loc) int {
	for i := 0; i < len(a) && i < len(b); i++ {
		rankA, next := step(t, a[i])
		rankB, _ := step(t, b[i])
		if c := cmp.Or(cmp.Compare(rankA, rankB), cmp.Compare(fmt.Sprint(a[i]), fmt.Sprint(b[i]))); c != 0 {
			return c
		}
		t = next
	}
	return cmp.Compare(len(a), len(b))
}

// step returns where a part of a place stands among its like in a value of type t, and the type that it has there,
// nil where that is not known.
func step(t *ir.Type, part any) (rank int, next *ir.Type) {
	if i, ok := part.(int); ok {
		rank = i
	} else {
		rank = math.MaxInt
	}
	if t == nil {
		return rank, nil
	}
	if t.Object != nil {
		for i, f := range t.Object.Fields {
			if f.Name == part {
				return i, f.Type
			}
		}
	}
	if t.Shared != nil {
		for i, f := range t.Shared.Fields {
			if f.Name == part {
				return i, nil
			}
		}
	}
	if t.Union != nil {
		for _, arm := range t.Union.Arms {
			if r, next := step(arm.Type, part); r < rank || next != nil {
				return r, next
			}
		}
	}
	return rank, t.Elem
}
