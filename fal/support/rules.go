package support

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// A Rule is one demand of a document on a value.
type Rule struct {
	nullable bool
	check    func(Checker, any)
}

// Nullable lets null pass.
var Nullable = Rule{nullable: true}

// Min demands v >= n.
func Min(n any) Rule {
	return bound(n, "greater_than_equal", "ge", "must be at least %v", func(c int) bool { return c >= 0 })
}

// Max demands v <= n.
func Max(n any) Rule {
	return bound(n, "less_than_equal", "le", "must be at most %v", func(c int) bool { return c <= 0 })
}

// Above demands v > n.
func Above(n any) Rule {
	return bound(n, "greater_than", "gt", "must be greater than %v", func(c int) bool { return c > 0 })
}

// Below demands v < n.
func Below(n any) Rule {
	return bound(n, "less_than", "lt", "must be less than %v", func(c int) bool { return c < 0 })
}

func bound(n any, typ, ctx, msg string, ok func(int) bool) Rule {
	return Rule{check: func(c Checker, v any) {
		if r := rat(v); r != nil && !ok(r.Cmp(rat(n))) {
			c.add(typ, fmt.Sprintf(msg, n), map[string]any{ctx: n})
		}
	}}
}

// MultipleOf demands that v is a whole multiple of n, as decimals: 0.3 is a multiple of 0.1.
func MultipleOf(n any) Rule {
	return Rule{check: func(c Checker, v any) {
		r, by := rat(v), rat(n)
		if r != nil && by.Sign() != 0 && !new(big.Rat).Quo(r, by).IsInt() {
			c.add("multiple_of", fmt.Sprintf("must be a multiple of %v", n), map[string]any{"multiple_of": n})
		}
	}}
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
func MinLen(n int) Rule {
	return Rule{check: func(c Checker, v any) {
		if l, unit := length(v); l < n {
			c.add("sequence_too_short", fmt.Sprintf("must have at least %d %s", n, unit), map[string]any{"min_length": n})
		}
	}}
}

// MaxLen demands at most n characters of a string, elements of a list, or entries of a map.
func MaxLen(n int) Rule {
	return Rule{check: func(c Checker, v any) {
		if l, unit := length(v); l > n {
			c.add("sequence_too_long", fmt.Sprintf("must have at most %d %s", n, unit), map[string]any{"max_length": n})
		}
	}}
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
func Pattern(expr string) Rule {
	return Rule{check: func(c Checker, v any) {
		re, ok := patterns.Load(expr)
		if !ok {
			re, _ = patterns.LoadOrStore(expr, regexp.MustCompile(expr))
		}
		if !re.(*regexp.Regexp).MatchString(reflect.ValueOf(v).String()) {
			c.add("string_pattern_mismatch", "must match "+expr, map[string]any{"pattern": expr})
		}
	}}
}

// OneOf demands one of the values of an enum.
func OneOf[T comparable](values func() []T) Rule {
	return Rule{check: func(c Checker, v any) {
		if e, ok := v.(T); ok && !slices.Contains(values(), e) {
			c.add("one_of", "must be one of "+list(values()), map[string]any{"expected": values()})
		}
	}}
}

func list[T any](values []T) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = fmt.Sprintf("%#v", v)
	}
	return strings.Join(words, ", ")
}

// Unique demands that no two elements of a list are the same JSON.
func Unique() Rule {
	return Rule{check: func(c Checker, v any) {
		seen := map[string]bool{}
		for i, r := 0, reflect.ValueOf(v); i < r.Len(); i++ {
			b, err := json.Marshal(r.Index(i).Interface())
			if err == nil && seen[string(b)] {
				c.add("unique_items", fmt.Sprintf("must not repeat an element: %s is there twice", b), nil)
				return
			}
			seen[string(b)] = true
		}
	}}
}

// Items holds each element of a list against the rules.
func Items(rules ...Rule) Rule {
	return Rule{check: func(c Checker, v any) {
		for i, r := 0, reflect.ValueOf(v); i < r.Len(); i++ {
			c.element(i, r.Index(i).Interface(), rules)
		}
	}}
}

// Values holds each value of a map against the rules.
func Values[T any](rules ...Rule) Rule {
	return Rule{check: func(c Checker, v any) {
		m, _ := v.(map[string]T)
		for _, k := range slices.Sorted(maps.Keys(m)) {
			c.element(k, m[k], rules)
		}
	}}
}

// Object holds an object against its own type's check.
func Object[T any](check func(T, Checker)) Rule {
	return Rule{check: func(c Checker, v any) {
		if o, ok := v.(T); ok {
			check(o, c)
		}
	}}
}
