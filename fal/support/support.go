// Package support is what falgen's generated packages call: checks, defaults and codecs. It is no API for people;
// what they need is in package fal.
package support

import "github.com/falgen/falgen/fal"

// V1 marks the contract between generated code and this package. Generated packages name it, so that code from
// another generation of falgen does not compile against a runtime that it does not fit. Regenerate it then.
const V1 = 1

// Default returns o, or def where o is unset. Null stays null: the caller asked for it.
func Default[T any](o fal.Opt[T], def T) fal.Opt[T] {
	if o.IsZero() {
		return fal.Some(def)
	}
	return o
}

// Each returns a copy of list with f applied to each element; nil stays nil.
func Each[T any](list []T, f func(T) T) []T {
	if list == nil {
		return nil
	}
	out := make([]T, len(list))
	for i, v := range list {
		out[i] = f(v)
	}
	return out
}

// EachValue returns a copy of m with f applied to each value; nil stays nil.
func EachValue[T any](m map[string]T, f func(T) T) map[string]T {
	if m == nil {
		return nil
	}
	out := make(map[string]T, len(m))
	for k, v := range m {
		out[k] = f(v)
	}
	return out
}

// Pointed returns a pointer to f of what p points to; nil stays nil.
func Pointed[T any](p *T, f func(T) T) *T {
	if p == nil {
		return nil
	}
	v := f(*p)
	return &v
}

// Set returns o with f applied to its value; unset and null stay as they are.
func Set[T any](o fal.Opt[T], f func(T) T) fal.Opt[T] {
	if v, ok := o.Get(); ok {
		return fal.Some(f(v))
	}
	return o
}
