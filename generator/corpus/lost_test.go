package corpus_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// What a generated type may make of a value that it cannot hold as it is. Anything else that differs is a fault.
const (
	nullOmitted    = "null is left out"           // a plain list, map, enum or object has no room for it beside unset
	nullZero       = "null becomes zero"          // nor has a plain required value
	missingZero    = "what is missing is sent"    // a plain required value is always sent
	emptyOmitted   = "an empty text is left out"  // of an optional enum, where it means unset
	unknownOmitted = "what is unknown is dropped" // a struct holds the fields that it has; Result.Raw has the others
	changed        = "changed"
)

// harmless are the differences that a value which fits its schema may show: the server takes an optional field that is
// null for one that is not there, unless it would then take a default instead.
var harmless = map[string]bool{unknownOmitted: true, nullOmitted: true}

// differences lists what a value lost on its way through a Go type: "place: what".
type differences struct {
	doc  *document
	list [][2]string
}

func (d *differences) add(loc []string, what string) {
	d.list = append(d.list, [2]string{strings.Join(loc, "/"), what})
}

// compare holds a value against the one that was encoded. views are the schemas of which one is the value's.
func (d *differences) compare(views []object, sent, encoded any, loc []string) {
	switch sent := sent.(type) {
	case object:
		if encoded, ok := encoded.(object); ok {
			d.members(views, sent, encoded, loc)
			return
		}
	case []any:
		if encoded, ok := encoded.([]any); ok && len(encoded) == len(sent) {
			var items []object
			for _, v := range views {
				if v["items"] != nil {
					items = append(items, d.doc.arms(d.doc.flat(v["items"]))...)
				}
			}
			for i := range sent {
				d.compare(items, sent[i], encoded[i], append(slices.Clip(loc), fmt.Sprint(i)))
			}
			return
		}
	}
	switch {
	case equal(sent, encoded):
	case sent == nil && isZero(encoded):
		d.add(loc, nullZero)
	default:
		d.add(loc, fmt.Sprintf("%s from %v to %v", changed, brief(sent), brief(encoded)))
	}
}

func (d *differences) members(views []object, sent, encoded object, loc []string) {
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		at := append(slices.Clip(loc), name)
		var known, inner []object
		for _, v := range views {
			if p := member(v, name); p != nil {
				known = append(known, d.doc.flat(p))
			}
		}
		for _, p := range known {
			inner = append(inner, d.doc.arms(p)...)
		}
		got, ok := encoded[name]
		switch {
		case ok:
			d.compare(inner, sent[name], got, at)
		case sent[name] == nil && !(slices.ContainsFunc(known, hasDefault) && slices.ContainsFunc(inner, isNull)):
			d.add(at, nullOmitted)
		case sent[name] == "" && slices.ContainsFunc(inner, isEnumWithoutEmpty):
			d.add(at, emptyOmitted)
		case len(known) == 0 && len(views) > 0:
			d.add(at, unknownOmitted)
		default:
			d.add(at, fmt.Sprintf("%s: %v is gone", changed, brief(sent[name])))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(encoded)) {
		if _, ok := sent[name]; ok {
			continue
		}
		at := append(slices.Clip(loc), name)
		if isZero(encoded[name]) && slices.ContainsFunc(views, func(s object) bool { return requires(s, name) }) {
			d.add(at, missingZero)
		} else {
			d.add(at, fmt.Sprintf("%s: %v is new", changed, brief(encoded[name])))
		}
	}
}

// member returns the schema of a member of an object of schema s.
func member(s object, name string) any {
	if p := at(s, "properties", name); p != nil {
		return p
	}
	if more, ok := s["additionalProperties"].(object); ok {
		return more
	}
	return nil
}

func hasDefault(s object) bool { return s["default"] != nil }

func isEnumWithoutEmpty(s object) bool {
	values, ok := s["enum"].([]any)
	return s["const"] != nil || ok && !slices.Contains(values, any(""))
}

func isNull(s object) bool { return s["type"] == "null" }

func isZero(v any) bool {
	switch v := v.(type) {
	case string:
		return v == ""
	case json.Number:
		return bound(v).Sign() == 0
	case bool:
		return !v
	case object: // a struct with all of its plain fields at zero
		return !slices.ContainsFunc(slices.Collect(maps.Values(v)), func(m any) bool { return !isZero(m) })
	}
	return v == nil
}

// equal compares JSON values, numbers as decimals.
func equal(a, b any) bool {
	switch a := a.(type) {
	case json.Number:
		b, ok := b.(json.Number)
		return ok && bound(a).Cmp(bound(b)) == 0
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, equal)
	case object:
		b, ok := b.(object)
		return ok && maps.EqualFunc(a, b, equal)
	}
	switch b.(type) {
	case []any, object:
		return false
	}
	return a == b
}

// text is a value as JSON.
func text(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Sprint(v) // what came from JSON always encodes
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// brief is a value as JSON for people.
func brief(v any) string { return fmt.Sprintf("%.300s", text(v)) }
