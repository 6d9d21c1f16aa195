package ir

import (
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"slices"
	"strconv"
)

// Fit returns v as a value of type t, with numbers in their shortest form, or an error that says what is wrong with
// it in words that go on a sentence: "is a string, not a number".
func (t *Type) Fit(v any) (any, error) {
	fitted, err := t.fit(v)
	if err == nil && len(t.Rules.Values) > 0 && fitted != nil &&
		!slices.ContainsFunc(t.Rules.Values, func(e Value) bool { return e.equal(fitted) }) {
		return nil, fmt.Errorf("is %.80q, which is none of the values", fmt.Sprint(v))
	}
	return fitted, err
}

// equal reports whether v is the same JSON, numbers by their value.
func (e Value) equal(v any) bool {
	a, ok := e.JSON.(json.Number)
	b, also := v.(json.Number)
	if ok && also {
		x, err := ParseNumber(string(a))
		y, err2 := ParseNumber(string(b))
		return err == nil && err2 == nil && x == y
	}
	return reflect.DeepEqual(e.JSON, v)
}

func (t *Type) fit(v any) (any, error) {
	if v == nil {
		if t.Nullable || t.Kind == Any {
			return nil, nil
		}
		return nil, fmt.Errorf("is null")
	}
	wrong := func(want string) (any, error) { return nil, fmt.Errorf("is %s, not %s", describe(v), want) }
	switch t.Kind {
	case String, Media:
		if _, ok := v.(string); !ok {
			return wrong("a string")
		}
	case Bool:
		if _, ok := v.(bool); !ok {
			return wrong("a boolean")
		}
	case Integer, Float:
		literal, ok := v.(json.Number)
		if !ok {
			return wrong("a number")
		}
		n, err := ParseNumber(string(literal))
		if err != nil {
			return nil, err
		}
		if t.Kind == Integer && !n.whole(t.Unsigned()) {
			return wrong("a whole number of 64 bits")
		}
		return json.Number(n), nil
	case EnumKind:
		for _, e := range t.Enum.Values {
			if e.Value.equal(v) {
				return e.Value.JSON, nil
			}
		}
		if _, ok := v.(string); ok && t.Enum.Open {
			return v, nil
		}
		return nil, fmt.Errorf("is %.80q, which is none of the values", fmt.Sprint(v))
	case UnionKind:
		arm, err := t.Union.Arm(v)
		if err != nil {
			return nil, err
		}
		return arm.Type.Fit(v)
	case List:
		list, ok := v.([]any)
		if !ok {
			return wrong("a list")
		}
		out := make([]any, len(list))
		for i, e := range list {
			fitted, err := t.Elem.Fit(e)
			if err != nil {
				return nil, fmt.Errorf("has an element [%d] that %w", i, err)
			}
			out[i] = fitted
		}
		return out, nil
	case Map:
		return fitMembers(v, func(string) *Type { return t.Elem }, nil)
	case NamedKind:
		return t.Named.Type.Fit(v)
	case ObjectKind:
		return fitMembers(v, t.Object.fieldType, t.Object.required())
	case SharedKind:
		return fitMembers(v, t.Shared.fieldType, t.Shared.required())
	}
	return v, nil
}

// Arm returns the first arm that v fits.
func (u *Union) Arm(v any) (*Arm, error) {
	for i := range u.Arms {
		if _, err := u.Arms[i].Type.Fit(v); err == nil {
			return &u.Arms[i], nil
		}
	}
	return nil, fmt.Errorf("is %s, which fits none of the alternatives", describe(v))
}

// fitMembers fits each member of an object; a member of no known type stays as it is.
func fitMembers(v any, typeOf func(string) *Type, required []string) (any, error) {
	members, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("is %s, not an object", describe(v))
	}
	for _, name := range required {
		if _, ok := members[name]; !ok {
			return nil, fmt.Errorf("lacks %q", name)
		}
	}
	out := make(map[string]any, len(members))
	for name, m := range members {
		out[name] = m
		if t := typeOf(name); t != nil {
			fitted, err := t.Fit(m)
			if err != nil {
				return nil, fmt.Errorf("has a member %q that %w", name, err)
			}
			out[name] = fitted
		}
	}
	return out, nil
}

func (o *Object) fieldType(name string) *Type {
	for _, f := range o.Fields {
		if f.Name == name {
			return f.Type
		}
	}
	return nil
}

func (o *Object) required() (names []string) {
	for _, f := range o.Fields {
		if f.Required {
			names = append(names, f.Name)
		}
	}
	return names
}

func (s *Shared) fieldType(name string) *Type {
	for _, f := range s.Fields {
		if f.Name == name {
			return &Type{Kind: f.Kind, Nullable: !f.Required}
		}
	}
	return nil
}

func (s *Shared) required() (names []string) {
	for _, f := range s.Fields {
		if f.Required {
			names = append(names, f.Name)
		}
	}
	return names
}

func describe(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case json.Number:
		return "the number " + v.String()
	case bool:
		return "a boolean"
	case []any:
		return "a list"
	}
	return "an object"
}

// maxDigits bounds the literals that are worked out exactly.
const maxDigits = 400

// ParseNumber returns a JSON number in its shortest form. One that a float64 cannot hold is an error.
func ParseNumber(literal string) (Number, error) {
	f, err := json.Number(literal).Float64()
	if err != nil || len(literal) > maxDigits {
		return "", fmt.Errorf("is a number out of range: %.40s", literal)
	}
	if r, ok := new(big.Rat).SetString(literal); ok && r.IsInt() && (r.Num().IsInt64() || r.Num().IsUint64()) {
		return Number(r.Num().String()), nil
	}
	b, err := json.Marshal(f)
	return Number(b), err
}

// Rat returns n exactly.
func (n Number) Rat() *big.Rat {
	r, ok := new(big.Rat).SetString(string(n))
	if !ok {
		return new(big.Rat) // a Number always is one
	}
	return r
}

// Whole reports whether n is a whole number that an int64 holds.
func (n Number) Whole() bool { return n.whole(false) }

func (n Number) whole(unsigned bool) bool {
	_, err := strconv.ParseInt(string(n), 10, 64)
	if unsigned {
		_, err = strconv.ParseUint(string(n), 10, 64)
	}
	return err == nil
}

// greatestInt64 is the greatest int64 as documents have it whose writer knows no integers: 2^63-1 in the digits of a float64.
const greatestInt64 = Number("9223372036854776000")

// Unsigned reports whether t is an integer that an int64 does not hold and a uint64 does.
func (t *Type) Unsigned() bool {
	r := t.Rules
	return t.Kind == Integer && r.Max != nil && r.Max.Rat().Cmp(greatestInt64.Rat()) > 0 &&
		(r.Min != nil && r.Min.Rat().Sign() >= 0 || r.Above != nil && r.Above.Rat().Cmp(big.NewRat(-1, 1)) >= 0)
}
