package support

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/falgen/falgen/fal"
)

// Union is a value of one of several types. Generated unions embed it and name the types.
type Union struct {
	value any
	raw   json.RawMessage // what value was decoded from, or JSON that fits no type
}

// UnionOf returns a Union that holds v.
func UnionOf(v any) Union { return Union{value: v} }

// As returns the value of u where it is a T.
func As[T any](u Union) (T, bool) {
	v, ok := u.value.(T)
	return v, ok
}

// IsZero reports whether u is unset. With it, encoding/json's omitzero leaves the field out.
func (u Union) IsZero() bool { return u.value == nil && u.raw == nil }

// IsNull reports whether u was decoded from JSON null.
func (u Union) IsNull() bool { return string(u.raw) == "null" }

// Any returns the value, or, where u was decoded from JSON that fits none of the types, that JSON.
func (u Union) Any() any {
	if u.value == nil && u.raw != nil {
		return u.raw
	}
	return u.value
}

// MarshalJSON encodes the value; what was decoded is encoded as it came.
func (u Union) MarshalJSON() ([]byte, error) {
	if u.raw != nil {
		return u.raw, nil
	}
	return fal.Some(u.value).MarshalJSON()
}

// An Alternative decodes JSON into one of the types of a union. A strict one takes only what fits without remainder.
type Alternative func(data []byte, strict bool) (any, bool)

// Decode sets u to the first of the types that the JSON fits well, else to the first that it fits at all, and keeps
// the JSON. It returns no error for what fits none.
func (u *Union) Decode(data []byte, arms ...Alternative) error {
	*u = Union{raw: bytes.Clone(data)}
	if u.IsNull() {
		return nil
	}
	for _, strict := range []bool{true, false} {
		for _, arm := range arms {
			if v, ok := arm(data, strict); ok {
				u.value = v
				return nil
			}
		}
	}
	return nil
}

// Arm is the alternative of any T, and, where T is an object, with members of the required names.
func Arm[T any](required ...string) Alternative {
	return func(data []byte, strict bool) (any, bool) {
		var v T
		dec := json.NewDecoder(bytes.NewReader(data))
		if strict {
			dec.DisallowUnknownFields()
		}
		if dec.Decode(&v) != nil {
			return nil, false
		}
		if len(required) > 0 {
			var members map[string]json.RawMessage
			if json.Unmarshal(data, &members) != nil {
				return nil, false
			}
			for _, name := range required {
				if _, ok := members[name]; !ok {
					return nil, false
				}
			}
		}
		return v, true
	}
}

// EnumArm is the alternative of an enum. A strict one takes only the values.
func EnumArm[T comparable](values func() []T) Alternative {
	return func(data []byte, strict bool) (any, bool) {
		var v T
		if json.Unmarshal(data, &v) != nil || strict && !slices.Contains(values(), v) {
			return nil, false
		}
		return v, true
	}
}
