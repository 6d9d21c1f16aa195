package support

import (
	"encoding/json"
	"fmt"
	"math/big"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// A Rule is one demand of a document on a value. Rules are plain values, not closures: what a closure does would be
// compiled again into each generated package.
type Rule interface{ check(c Checker, v any) }

// Nullable lets null pass.
var Nullable Rule = nullable{}

type nullable struct{}

func (nullable) check(Checker, any) {}

// Min demands v >= n.
func Min(n any) Rule { return bound{n, "greater_than_equal", "ge", "must be at least %v"} }

// Max demands v <= n.
func Max(n any) Rule { return bound{n, "less_than_equal", "le", "must be at most %v"} }

// Above demands v > n.
func Above(n any) Rule { return bound{n, "greater_than", "gt", "must be greater than %v"} }

// Below demands v < n.
func Below(n any) Rule { return bound{n, "less_than", "lt", "must be less than %v"} }

type bound struct {
	n             any // an int, int64 or float64
	typ, ctx, msg string
}

func (b bound) check(c Checker, v any) {
	r := rat(v)
	if r == nil {
		return
	}
	ok := false
	switch order := r.Cmp(rat(b.n)); b.ctx {
	case "ge":
		ok = order >= 0
	case "le":
		ok = order <= 0
	case "gt":
		ok = order > 0
	case "lt":
		ok = order < 0
	}
	if !ok {
		c.add(b.typ, fmt.Sprintf(b.msg, b.n), map[string]any{b.ctx: b.n})
	}
}

// MultipleOf demands that v is a whole multiple of n, as decimals: 0.3 is a multiple of 0.1.
func MultipleOf(n any) Rule { return multipleOf{n} }

type multipleOf struct{ n any }

func (m multipleOf) check(c Checker, v any) {
	r, by := rat(v), rat(m.n)
	if r != nil && by.Sign() != 0 && !new(big.Rat).Quo(r, by).IsInt() {
		c.add("multiple_of", fmt.Sprintf("must be a multiple of %v", m.n), map[string]any{"multiple_of": m.n})
	}
}

// rat returns a number as the decimal that JSON shows, exactly; nil for what is no finite number.
func rat(v any) *big.Rat {
	switch n := reflect.ValueOf(v); {
	case n.CanInt():
		return new(big.Rat).SetInt64(n.Int())
	case n.CanFloat():
		r, _ := new(big.Rat).SetString(strconv.FormatFloat(n.Float(), 'g', -1, 64))
		return r
	}
	return nil
}

// MinLen demands at least n characters of a string, elements of a list, or entries of a map.
func MinLen(n int) Rule { return minLen(n) }

type minLen int

func (n minLen) check(c Checker, v any) {
	if l, unit := length(v); l < int(n) {
		c.add("sequence_too_short", fmt.Sprintf("must have at least %d %s", n, unit), map[string]any{"min_length": int(n)})
	}
}

// MaxLen demands at most n characters of a string, elements of a list, or entries of a map.
func MaxLen(n int) Rule { return maxLen(n) }

type maxLen int

func (n maxLen) check(c Checker, v any) {
	if l, unit := length(v); l > int(n) {
		c.add("sequence_too_long", fmt.Sprintf("must have at most %d %s", n, unit), map[string]any{"max_length": int(n)})
	}
}

func length(v any) (int, string) {
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.String:
		return utf8.RuneCountInString(r.String()), "characters"
	case reflect.Map:
		return r.Len(), "entries"
	}
	return r.Len(), "elements"
}

var patterns sync.Map // of expression to *regexp.Regexp

// Pattern demands that a string matches the regular expression somewhere.
func Pattern(expr string) Rule { return pattern(expr) }

type pattern string

func (p pattern) check(c Checker, v any) {
	re, ok := patterns.Load(p)
	if !ok {
		re, _ = patterns.LoadOrStore(p, regexp.MustCompile(string(p)))
	}
	if !re.(*regexp.Regexp).MatchString(reflect.ValueOf(v).String()) {
		c.add("string_pattern_mismatch", "must match "+string(p), map[string]any{"pattern": string(p)})
	}
}

// OneOf demands one of the values of an enum.
func OneOf[T comparable](values func() []T) Rule { return oneOf[T](values) }

type oneOf[T comparable] func() []T

func (values oneOf[T]) check(c Checker, v any) {
	if e, ok := v.(T); ok && !slices.Contains(values(), e) {
		c.unlisted(values())
	}
}

// unlisted adds the violation of an enum.
func (c Checker) unlisted(values any) {
	list := reflect.ValueOf(values)
	words := make([]string, list.Len())
	for i := range words {
		words[i] = fmt.Sprintf("%#v", list.Index(i).Interface())
	}
	c.add("one_of", "must be one of "+strings.Join(words, ", "), map[string]any{"expected": values})
}

// Unique demands that no two elements of a list are the same JSON.
func Unique() Rule { return unique{} }

type unique struct{}

func (unique) check(c Checker, v any) {
	seen := map[string]bool{}
	for i, r := 0, reflect.ValueOf(v); i < r.Len(); i++ {
		b, err := json.Marshal(r.Index(i).Interface())
		if err == nil && seen[string(b)] {
			c.add("unique_items", fmt.Sprintf("must not repeat an element: %s is there twice", b), nil)
			return
		}
		seen[string(b)] = true
	}
}

// Items holds each element of a list against the rules.
func Items(rules ...Rule) Rule { return items(rules) }

type items []Rule

func (rules items) check(c Checker, v any) {
	for i, r := 0, reflect.ValueOf(v); i < r.Len(); i++ {
		c.element(i, r.Index(i).Interface(), rules)
	}
}

// Values holds each value of a map, by the order of their keys, against the rules.
func Values(rules ...Rule) Rule { return values(rules) }

type values []Rule

func (rules values) check(c Checker, v any) {
	m := reflect.ValueOf(v)
	keys := m.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	for _, k := range keys {
		c.element(k.String(), m.MapIndex(k).Interface(), rules)
	}
}

// Object holds an object against its own type's check.
func Object[T any](check func(T, Checker)) Rule { return object[T](check) }

type object[T any] func(T, Checker)

func (check object[T]) check(c Checker, v any) {
	if o, ok := v.(T); ok {
		check(o, c)
	}
}
