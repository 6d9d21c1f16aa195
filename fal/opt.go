package fal

import (
	"bytes"

	"github.com/falgen/falgen/fal/internal/input"
)

// Opt is an optional value: unset, null or set.
//
// The three differ on the wire: an unset field is absent, so the server's default applies; null is sent as null;
// a set value is sent as it is, zero included. The zero Opt is unset. An Opt is a plain value: copies are
// independent, and it is safe to read concurrently.
type Opt[T any] struct {
	value T
	state optState
}

// The methods of these are compiled here, once, instead of in each package that has such a field.
var _ = []any{Opt[string]{}, Opt[int64]{}, Opt[float64]{}, Opt[bool]{}}

type optState uint8

const (
	optUnset optState = iota
	optNull
	optSet
)

// Some returns an Opt set to v. For strings, integers, floats and bools, [String], [Int], [Float] and [Bool] read better.
func Some[T any](v T) Opt[T] { return Opt[T]{value: v, state: optSet} }

// Null returns an Opt that is sent as JSON null.
func Null[T any]() Opt[T] { return Opt[T]{state: optNull} }

// String returns an Opt set to s.
func String(s string) Opt[string] { return Some(s) }

// Int returns an Opt set to n, which may be of any integer type that int64 holds.
func Int[N ~int | ~int8 | ~int16 | ~int32 | ~int64 | ~uint8 | ~uint16 | ~uint32](n N) Opt[int64] {
	return Some(int64(n))
}

// Float returns an Opt set to f.
func Float(f float64) Opt[float64] { return Some(f) }

// Bool returns an Opt set to b.
func Bool(b bool) Opt[bool] { return Some(b) }

// Get returns the value and true, or the zero T and false where o is unset or null.
func (o Opt[T]) Get() (T, bool) { return o.value, o.state == optSet }

// Or returns the value, or def where o is unset or null.
func (o Opt[T]) Or(def T) T {
	if o.state == optSet {
		return o.value
	}
	return def
}

// Any returns the value as an any, or nil where o is unset or null.
func (o Opt[T]) Any() any {
	if o.state == optSet {
		return o.value
	}
	return nil
}

// IsZero reports whether o is unset. With it, encoding/json's omitzero leaves the field out.
func (o Opt[T]) IsZero() bool { return o.state == optUnset }

// IsNull reports whether o is JSON null.
func (o Opt[T]) IsNull() bool { return o.state == optNull }

// MarshalJSON encodes the value; null, and unset where a field has no omitzero, are null.
func (o Opt[T]) MarshalJSON() ([]byte, error) {
	if o.state != optSet {
		return []byte("null"), nil
	}
	return input.JSON(o.value)
}

// UnmarshalJSON decodes null to null and anything else to a value. A whole number decodes into an integer however it is
// written: 1024.0 is 1024.
func (o *Opt[T]) UnmarshalJSON(data []byte) error {
	var v T
	null, err := decodeOpt(data, &v)
	switch {
	case err != nil:
		return err
	case null:
		*o = Opt[T]{state: optNull}
	default:
		*o = Opt[T]{value: v, state: optSet}
	}
	return nil
}

func decodeOpt(data []byte, v any) (null bool, err error) {
	if isNull(data) {
		return true, nil
	}
	return false, input.Unmarshal(data, v)
}

func isNull(data []byte) bool { return bytes.Equal(bytes.TrimSpace(data), []byte("null")) }
