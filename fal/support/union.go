package support

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/internal/input"
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

// An Alternative decodes JSON into one of the types of a union. known is how much of the JSON the type knows: how many
// members of an object, or whether a value is one of an enum's.
type Alternative func(data []byte) (v any, known int, ok bool)

// Decode sets u to the type that knows the most of the JSON, the first of those that know as much, and keeps the JSON. It
// returns no error for what fits none.
func (u *Union) Decode(data []byte, arms ...Alternative) error {
	*u = Union{raw: bytes.Clone(data)}
	if u.IsNull() {
		return nil
	}
	most := -1
	for _, arm := range arms {
		if v, known, ok := arm(data); ok && known > most {
			u.value, most = v, known
		}
	}
	return nil
}

// A Tagged is the alternative of the objects that have a value under the name of the union's tag.
type Tagged struct {
	Tag string
	Arm Alternative
}

// DecodeTagged is Decode for alternatives that are told apart by the member called name. JSON with a tag of none of them
// is kept as it is; without a tag, all of the alternatives may be meant.
func (u *Union) DecodeTagged(data []byte, name string, tagged []Tagged, others ...Alternative) error {
	var members map[string]json.RawMessage
	var tag string
	if json.Unmarshal(data, &members) != nil || members[name] == nil || json.Unmarshal(members[name], &tag) != nil {
		for _, t := range tagged {
			others = append(others, t.Arm)
		}
		return u.Decode(data, others...)
	}
	for _, t := range tagged {
		if t.Tag == tag {
			return u.Decode(data, t.Arm)
		}
	}
	return u.Decode(data, others...)
}

// Arm is the alternative of any T, and, where T is an object, with members of the required names.
func Arm[T any](required ...string) Alternative {
	return func(data []byte) (any, int, bool) {
		var v T
		if input.Unmarshal(data, &v) != nil {
			return nil, 0, false
		}
		known, ok := membersKnown(data, reflect.TypeFor[T](), required)
		return v, known, ok
	}
}

// membersKnown counts the members of an object that a struct has fields for. It is not ok where a required one is missing.
func membersKnown(data []byte, t reflect.Type, required []string) (known int, ok bool) {
	var members map[string]json.RawMessage
	if t.Kind() != reflect.Struct || json.Unmarshal(data, &members) != nil {
		return 0, true
	}
	for _, name := range required {
		if _, ok := members[name]; !ok {
			return 0, false
		}
	}
	fields := fieldsOf(t)
	for name := range members {
		if _, ok := fields.byName[name]; ok {
			known++
		}
	}
	return known, true
}

// EnumArm is the alternative of an enum.
func EnumArm[T comparable](values func() []T) Alternative {
	return func(data []byte) (any, int, bool) {
		var v T
		if json.Unmarshal(data, &v) != nil {
			return nil, 0, false
		}
		if slices.Contains(values(), v) {
			return v, 1, true
		}
		return v, 0, true
	}
}
