package support

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"github.com/falgen/falgen/fal"
)

// Validate holds the body of a request to endpointID against its schema, and returns what it found as a
// *[fal.ValidationError], or nil. It looks at what would be sent of a Go value, without encoding it; JSON that was decoded
// into an any it takes as well. named are the schemas that others refer to by name.
func Validate(endpointID string, body any, schema *Schema, named ...Named) error {
	c := checker{named: named}
	c.value(schema, valueOf(reflect.ValueOf(body)), fal.Loc{"body"}, 0)
	if len(c.found) == 0 {
		return nil
	}
	return &fal.ValidationError{EndpointID: endpointID, Detail: c.found}
}

// maxDepth bounds how deep a value is looked into. encoding/json refuses a value that holds itself.
const maxDepth = 500

// A checker collects violations.
type checker struct {
	found []fal.FieldError
	named []Named
}

func (c *checker) add(loc fal.Loc, typ, msg string, ctx map[string]any) {
	c.found = append(c.found, fal.FieldError{Loc: slices.Clone(loc), Type: typ, Msg: msg, Ctx: ctx})
}

// value holds a value against a schema: its type first, and what the schema demands of that.
func (c *checker) value(s *Schema, v value, loc fal.Loc, depth int) {
	if s = c.resolve(s); s == nil || depth > maxDepth {
		return
	}
	switch {
	case v.isNull() && s.Null:
		return
	case v.isNull():
		c.add(loc, "none_not_allowed", "must not be null", nil)
		return
	case !v.finite():
		c.add(loc, "finite_number", "must be a finite number", nil)
		return
	case s.Types != 0 && s.Types&v.types == 0:
		wrong := wrongType(s.Types)
		c.add(loc, wrong[0], wrong[1], nil)
		return
	}
	before := len(c.found)
	c.rules(s, v, loc)
	if v.types == Object {
		c.members(s, v, loc, depth)
	}
	if v.types == Array && s.Items != nil {
		for i := range v.rv.Len() {
			elem := valueOf(v.rv.Index(i))
			elem.absent = false // sent as null
			c.value(s.Items, elem, append(loc, i), depth+1)
		}
	}
	for _, choice := range s.Choices {
		c.choice(choice, v, loc, depth, before)
	}
	if fields := s.fields(); len(s.Choices) > 0 && len(fields) > 0 && len(c.found) > before+1 {
		slices.SortStableFunc(c.found[before:], func(a, b fal.FieldError) int {
			return rank(fields, a.Loc, len(loc)) - rank(fields, b.Loc, len(loc))
		})
	}
}

// fields returns the fields of an object, which a schema of choices has in the only arm of its first.
func (s *Schema) fields() []Field {
	if s.Fields == nil && len(s.Choices) > 1 && len(s.Choices[0].Arms) == 1 {
		return s.Choices[0].Arms[0].Fields
	}
	return s.Fields
}

// rank orders places in an object as its schema does the fields; the object itself comes last.
func rank(fields []Field, loc fal.Loc, depth int) int {
	if len(loc) > depth {
		if i := slices.IndexFunc(fields, func(f Field) bool { return f.Name == loc[depth] }); i >= 0 {
			return i
		}
	}
	return len(fields)
}

func (c *checker) resolve(s *Schema) *Schema {
	if s == nil || s.Ref == "" {
		return s
	}
	for _, n := range c.named {
		if n.Name == s.Ref {
			return n.Schema
		}
	}
	return nil
}

// wrongTypes are how fal refuses a value that is of none of the types.
var wrongTypes = []struct {
	of      Types
	refused [2]string
}{
	{String, [2]string{"string_type", "must be a string"}},
	{Integer, [2]string{"int_type", "must be a whole number"}},
	{Number, [2]string{"float_type", "must be a number"}},
	{Boolean, [2]string{"bool_type", "must be true or false"}},
	{Array, [2]string{"list_type", "must be a list"}},
	{Object, [2]string{"dict_type", "must be an object"}},
}

func wrongType(wanted Types) [2]string {
	for _, w := range wrongTypes {
		if wanted&w.of != 0 {
			return w.refused
		}
	}
	return [2]string{"value_error", "does not fit"}
}

// members holds the members of an object against the fields of a schema, and what a map holds against its items.
func (c *checker) members(s *Schema, v value, loc fal.Loc, depth int) {
	for i := range s.Fields {
		c.field(&s.Fields[i], v.member(&s.Fields[i]), loc, depth)
	}
	if s.Items == nil || v.rv.Kind() != reflect.Map {
		return
	}
	for _, m := range v.sorted() {
		if !slices.ContainsFunc(s.Fields, func(f Field) bool { return f.Name == m.name }) {
			c.value(s.Items, m.value, append(loc, m.name), depth+1)
		}
	}
}

func (c *checker) field(f *Field, v value, loc fal.Loc, depth int) {
	switch {
	case v.absent && f.Required:
		c.add(append(loc, f.Name), "missing", "is required", nil)
	case !v.absent:
		c.value(f.Schema, v, append(loc, f.Name), depth+1)
	}
}

// choice holds a value against the arms of a choice. Where none fits, what is wrong is said by the one that comes
// nearest: of the value's type, and with the least to say.
func (c *checker) choice(choice Choice, v value, loc fal.Loc, depth, before int) {
	var nearest []fal.FieldError
	least, fits, typed := math.MaxInt, 0, false
	for _, arm := range choice.Arms {
		inner := checker{named: c.named}
		inner.value(arm, v, loc, depth+1)
		if len(inner.found) == 0 {
			if fits++; !choice.One {
				return
			}
			continue
		}
		wrong, own := len(inner.found), true
		for _, f := range inner.found {
			if len(f.Loc) == len(loc) && isWrongType(f.Type) {
				wrong, own = wrong+math.MaxInt/2, false
			}
		}
		typed = typed || own
		if wrong < least {
			nearest, least = inner.found, wrong
		}
	}
	switch {
	case fits == 1:
	case fits > 1:
		c.add(loc, "union_multiple", "must fit one of the alternatives, not several", nil)
	case !typed && len(choice.Arms) != 1:
		c.add(loc, "union", "is none of the alternatives", nil)
	default:
		for _, f := range nearest {
			known := func(g fal.FieldError) bool { return g.Type == f.Type && reflect.DeepEqual(g.Loc, f.Loc) }
			if !slices.ContainsFunc(c.found[before:], known) {
				c.found = append(c.found, f)
			}
		}
	}
}

func isWrongType(typ string) bool {
	for _, w := range wrongTypes {
		if w.refused[0] == typ {
			return true
		}
	}
	return typ == "none_not_allowed"
}

// member is one of an object's.
type member struct {
	name  string
	value value
}

// sorted returns the members of an object by name.
func (v value) sorted() (list []member) {
	if v.rv.Kind() == reflect.Map {
		for _, key := range v.rv.MapKeys() {
			m := valueOf(v.rv.MapIndex(key))
			m.absent = false // sent as null
			list = append(list, member{fmt.Sprint(key), m})
		}
	} else {
		for _, f := range fieldsOf(v.rv.Type()).list {
			if m := f.of(v.rv); !m.absent {
				list = append(list, member{f.name, m})
			}
		}
	}
	slices.SortFunc(list, func(a, b member) int { return strings.Compare(a.name, b.name) })
	return list
}
