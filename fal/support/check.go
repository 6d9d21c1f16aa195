package support

import (
	"math"
	"reflect"

	"github.com/falgen/falgen/fal"
)

// A Checker collects the violations at one place of an input.
type Checker struct {
	loc   fal.Loc
	found *[]fal.FieldError
}

// Validate runs check over the body of a request to endpointID and returns what it found as a *[fal.ValidationError],
// or nil.
func Validate(endpointID string, check func(Checker)) error {
	var found []fal.FieldError
	check(Checker{loc: fal.Loc{"body"}, found: &found})
	if len(found) == 0 {
		return nil
	}
	return &fal.ValidationError{EndpointID: endpointID, Detail: found}
}

// Required checks a field that must be sent.
func (c Checker) Required(name string, value any, rules ...Rule) {
	v, state := unwrap(value)
	c.at(name).judge(v, state, rules)
}

// Optional checks a field that may be left out.
func (c Checker) Optional(name string, value any, rules ...Rule) {
	v, state := unwrap(value)
	if state == absent || emptyString(value) {
		return
	}
	c.at(name).judge(v, state, rules)
}

// element checks a value inside a list or map, where an unset one is sent as null.
func (c Checker) element(part, value any, rules []Rule) {
	v, state := unwrap(value)
	if state == absent {
		state = null
	}
	c.at(part).judge(v, state, rules)
}

func (c Checker) at(part any) Checker {
	loc := append(c.loc[:len(c.loc):len(c.loc)], part)
	return Checker{loc: loc, found: c.found}
}

func (c Checker) add(typ, msg string, ctx map[string]any) {
	*c.found = append(*c.found, fal.FieldError{Loc: c.loc, Type: typ, Msg: msg, Ctx: ctx})
}

// judge holds v against the rules, after what every place demands: to be there, and not to be null.
func (c Checker) judge(v any, state state, rules []Rule) {
	switch state {
	case absent:
		c.add("missing", "is required", nil)
	case null:
		for _, r := range rules {
			if _, ok := r.(nullable); ok {
				return
			}
		}
		c.add("none_not_allowed", "must not be null", nil)
	case present:
		if f, ok := v.(float64); ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
			c.add("finite_number", "must be a finite number", nil)
			return
		}
		_, local := v.(fal.Media) // which has no text yet
		for _, r := range rules {
			if _, ofFile := r.(MediaLimits); ofFile || !local {
				r.check(c, v)
			}
		}
	}
}

type state int

const (
	absent state = iota
	null
	present
)

// unwrap takes the value out of an Opt, a Media, a Union or a pointer, and tells what of it the wire would show.
func unwrap(value any) (any, state) {
	switch v := value.(type) {
	case interface { // fal.Opt, fal.Media, Union
		IsZero() bool
		IsNull() bool
		Any() any
	}:
		switch {
		case v.IsNull():
			return nil, null
		case v.IsZero():
			return nil, absent
		}
		return v.Any(), present
	}
	v := reflect.ValueOf(value)
	switch v.Kind() {
	case reflect.Slice, reflect.Map:
		if v.IsNil() {
			return nil, absent
		}
	case reflect.Pointer:
		if v.IsNil() {
			return nil, absent
		}
		return v.Elem().Interface(), present
	}
	return value, present
}

// emptyString tells an enum that is left unset: its "" is none of its values.
func emptyString(value any) bool {
	v := reflect.ValueOf(value)
	return v.Kind() == reflect.String && v.Len() == 0
}
