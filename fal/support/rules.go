package support

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/falgen/falgen/fal"
)

// A rule is one demand of a schema on values of a type, and how fal refuses what breaks it.
type rule struct {
	of            Types
	arg           string
	fits          func(v value, arg string) bool
	typ, ctx, msg string
}

// all returns the rules of a schema; one whose argument is "" is none.
func (s *Schema) all() [11]rule {
	return [...]rule{
		{Number, s.Min, func(v value, arg string) bool { return compare(v.number, arg) >= 0 }, "greater_than_equal", "ge", "must be at least %s"},
		{Number, s.Max, func(v value, arg string) bool { return compare(v.number, arg) <= 0 }, "less_than_equal", "le", "must be at most %s"},
		{Number, s.Above, func(v value, arg string) bool { return compare(v.number, arg) > 0 }, "greater_than", "gt", "must be greater than %s"},
		{Number, s.Below, func(v value, arg string) bool { return compare(v.number, arg) < 0 }, "less_than", "lt", "must be less than %s"},
		{Number, s.MultipleOf, isMultiple, "multiple_of", "multiple_of", "must be a multiple of %s"},
		{String, s.MinLength, atLeast, tooShort, "min_length", "must have at least %s characters"},
		{String, s.MaxLength, atMost, tooLong, "max_length", "must have at most %s characters"},
		{Array, s.MinItems, atLeast, tooShort, "min_length", "must have at least %s elements"},
		{Array, s.MaxItems, atMost, tooLong, "max_length", "must have at most %s elements"},
		{Object, s.MinMembers, atLeast, tooShort, "min_length", "must have at least %s entries"},
		{Object, s.MaxMembers, atMost, tooLong, "max_length", "must have at most %s entries"},
	}
}

const (
	tooShort = "sequence_too_short"
	tooLong  = "sequence_too_long"
)

func isMultiple(v value, arg string) bool {
	n, by := rat(string(v.number)), rat(arg)
	return n == nil || by == nil || by.Sign() == 0 || new(big.Rat).Quo(n, by).IsInt()
}

func atLeast(v value, arg string) bool {
	return compare(json.Number(strconv.Itoa(v.length())), arg) >= 0
}

func atMost(v value, arg string) bool {
	return compare(json.Number(strconv.Itoa(v.length())), arg) <= 0
}

// length is that of a string in characters, of a list in elements, of an object in members.
func (v value) length() int {
	switch v.types {
	case String:
		return utf8.RuneCountInString(v.rv.String())
	case Object:
		return v.members()
	}
	return v.rv.Len()
}

// rules holds a value against the rules of its type, and against the enum.
func (c *checker) rules(s *Schema, v value, loc fal.Loc) {
	if s.Media != nil && v.types == String {
		c.found = append(c.found, s.Media.Check(loc, v.media.Info())...)
	}
	if v.local { // it has no text yet
		return
	}
	if s.Enum != nil && !listed(s.Enum, v) {
		c.add(loc, "one_of", "must be one of "+strings.Join(s.Enum, ", "), map[string]any{"expected": literals(s.Enum)})
		return
	}
	for _, r := range s.all() {
		if r.arg != "" && v.types&r.of != 0 && !r.fits(v, r.arg) {
			c.add(loc, r.typ, fmt.Sprintf(r.msg, r.arg), map[string]any{r.ctx: json.Number(r.arg)})
		}
	}
	if v.types == String {
		for _, p := range s.Patterns {
			if !compiled(p).MatchString(v.rv.String()) {
				c.add(loc, "string_pattern_mismatch", "must match "+p, map[string]any{"pattern": p})
			}
		}
	}
	if v.types == Array && s.Unique && !v.unique() {
		c.add(loc, "unique_items", "must not repeat an element", nil)
	}
}

// unique reports whether no two elements of a list are the same JSON.
func (v value) unique() bool {
	seen := map[string]bool{}
	for i := range v.rv.Len() {
		text := valueOf(v.rv.Index(i)).text()
		if seen[text] {
			return false
		}
		seen[text] = true
	}
	return true
}

func literals(enum []string) []json.RawMessage {
	list := make([]json.RawMessage, len(enum))
	for i, text := range enum {
		list[i] = json.RawMessage(text)
	}
	return list
}

// listed reports whether a value is in an enum.
func listed(enum []string, v value) bool {
	text := ""
	for _, literal := range enum {
		if v.types == String && literal == `"`+v.rv.String()+`"` {
			return true // as nearly all are
		}
	}
	for _, literal := range enum {
		if v.types == String && literal[0] != '"' {
			continue
		}
		if text == "" {
			text = v.text()
		}
		if rawValue(json.RawMessage(literal)).text() == text {
			return true
		}
	}
	return false
}

// compare compares two numbers as decimals; what is none is as any.
func compare(n json.Number, bound string) int {
	a, err := strconv.ParseInt(string(n), 10, 64)
	b, err2 := strconv.ParseInt(bound, 10, 64)
	switch {
	case err == nil && err2 == nil && a < b:
		return -1
	case err == nil && err2 == nil && a > b:
		return 1
	case err == nil && err2 == nil:
		return 0
	}
	x, y := rat(string(n)), rat(bound)
	if x == nil || y == nil {
		return 0
	}
	return x.Cmp(y)
}

var patterns sync.Map // of expression to *regexp.Regexp

func compiled(expr string) *regexp.Regexp {
	re, ok := patterns.Load(expr)
	if !ok {
		re, _ = patterns.LoadOrStore(expr, regexp.MustCompile(expr))
	}
	return re.(*regexp.Regexp)
}
