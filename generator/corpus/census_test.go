package corpus_test

import (
	"encoding/json"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A fact is one thing that a document demands of a property, or gives it.
type fact struct{ name, keyword, value string }

// A census is how often each fact is in a document's input.
type census struct {
	doc   *document
	facts map[fact]int
	idle  map[fact]bool    // what may be checked and need not
	moot  tally            // what is in the document and means nothing
	seen  map[uintptr]bool // the objects that were counted
}

// meaning is the keywords that demand something of a value of each type, under the name that tells both of one meaning.
var meaning = map[string]map[string]string{
	"integer": numeric, "number": numeric,
	"string": {"minLength": "least length", "maxLength": "greatest length", "pattern": "pattern"},
	"array":  {"minItems": "least length", "maxItems": "greatest length", "uniqueItems": "unique"},
	"object": {"minProperties": "least length", "maxProperties": "greatest length"},
}

var numeric = map[string]string{
	"minimum": "minimum", "maximum": "maximum", "exclusiveMinimum": "above", "exclusiveMaximum": "below", "multipleOf": "multiple of",
}

var allBounds = func() (all []string) {
	for _, of := range []string{"number", "string", "array", "object"} {
		all = append(all, slices.Collect(maps.Keys(meaning[of]))...)
	}
	slices.Sort(all)
	return all
}()

func countFacts(d *document, moot tally) *census {
	c := &census{doc: d, facts: map[fact]int{}, idle: map[fact]bool{}, moot: moot, seen: map[uintptr]bool{}}
	c.rules("", d.input)
	return c
}

// rules counts what a schema demands of the property called name, and what is inside of it.
func (c *census) rules(name string, schema any) {
	arms := c.doc.arms(c.doc.flat(schema))
	anyText := slices.ContainsFunc(arms, func(s object) bool {
		return typeOf(s) == "string" && s["enum"] == nil && s["const"] == nil && s["minLength"] == nil && s["maxLength"] == nil
	})
	for _, s := range arms {
		values, isEnum := s["enum"].([]any)
		if v, ok := s["const"]; ok {
			values, isEnum = []any{v}, true
		}
		switch {
		case isEnum && anyText && typeOf(s) == "string":
			c.moot.add("an enum beside any text", "%s: %s", c.doc.id, name)
			c.idle[fact{name, "enum", text(values)}] = true
		case isEnum:
			for _, alike := range byType(values) {
				c.facts[fact{name, "enum", text(alike)}]++
			}
		}
		for _, keyword := range allBounds {
			v, ok := s[keyword]
			means := meaning[typeOf(s)][keyword]
			switch {
			case !ok || v == nil || v == false:
			case means == "" || isEnum:
				c.moot.add(keyword+" of a value of another type, or of an enum", "%s: %s", c.doc.id, name)
				for _, words := range meaning {
					c.idle[fact{name, words[keyword], value(v)}] = true
				}
			case means == "least length" && text(v) == "0":
				c.moot.add("a least length of 0", "%s: %s", c.doc.id, name)
			default:
				c.facts[fact{name, means, value(v)}]++
			}
		}
		if !isEnum {
			c.files(name, s)
		}
		if items, ok := s["items"]; ok {
			c.rules(name, items)
		}
		if more, ok := s["additionalProperties"].(object); ok {
			c.rules(name, more)
		}
		c.properties(s)
	}
}

// byType parts the values of an enum by their JSON type, in the order in which the types are met. Null is none of them.
func byType(values []any) (parts [][]any) {
	for _, v := range values {
		i := slices.IndexFunc(parts, func(part []any) bool { return reflect.TypeOf(part[0]) == reflect.TypeOf(v) })
		switch {
		case v == nil:
		case i < 0:
			parts = append(parts, []any{v})
		default:
			parts[i] = append(parts[i], v)
		}
	}
	return parts
}

// ofFiles is the keywords that bound a file, with the words of the support package; "" where only the server checks.
var ofFiles = map[string]string{
	"max_file_size": "MaxFileSize", "min_width": "MinWidth", "max_width": "MaxWidth", "min_height": "MinHeight", "max_height": "MaxHeight",
	"min_pixels": "MinPixels", "max_pixels": "MaxPixels", "min_aspect_ratio": "MinAspectRatio", "max_aspect_ratio": "MaxAspectRatio",
	"min_duration": "MinDuration", "max_duration": "MaxDuration", "min_fps": "", "max_fps": "", "min_frames": "", "max_frames": "",
}

// files counts what bounds the files that a flat schema takes, by x-fal or beside it: one, or each of a list.
func (c *census) files(name string, s object) {
	within, _ := s["x-fal"].(object)
	for _, keyword := range slices.Sorted(maps.Keys(ofFiles)) {
		for _, v := range []any{s[keyword], within[keyword]} {
			switch {
			case v == nil:
			case typeOf(s) == "string" || typeOf(s) == "array":
				c.facts[fact{name, keyword, value(v)}]++
			default:
				c.moot.add(keyword+" of what is no file", "%s: %s", c.doc.id, name)
			}
		}
	}
}

// properties counts what is inside of an object, once for all the places that refer to it.
func (c *census) properties(s object) {
	props, _ := s["properties"].(object)
	at := reflect.ValueOf(props).Pointer()
	if props == nil || c.seen[at] {
		return
	}
	c.seen[at] = true
	for _, name := range names(s) {
		field := c.doc.flat(props[name])
		if v := c.doc.member(field, field["default"]); v != nil && c.doc.takes(field, v) {
			c.facts[fact{name, "default", value(v)}]++
		} else if v != nil {
			c.moot.add("a default that its property does not take", "%s: %s", c.doc.id, name)
		}
		c.rules(name, props[name])
	}
}

// takes reports whether a default is of one of the types of a property, and one of the values of an enum.
func (d *document) takes(field object, v any) bool {
	return slices.ContainsFunc(d.arms(field), func(s object) bool {
		if values, ok := s["enum"].([]any); ok {
			return slices.ContainsFunc(values, func(e any) bool { return equal(e, v) })
		}
		switch v.(type) {
		case string:
			return typeOf(s) == "string" || typeOf(s) == ""
		case object:
			return typeOf(s) == "object" || typeOf(s) == ""
		case []any:
			return typeOf(s) == "array" || typeOf(s) == ""
		case bool:
			return typeOf(s) == "boolean" || typeOf(s) == ""
		}
		return typeOf(s) == "number" || typeOf(s) == "integer" || typeOf(s) == ""
	})
}

// member returns the value of a property's enum that a default is another spelling of, as 5 is of "5"; else the default.
func (d *document) member(field object, v any) any {
	if v == nil || d.takes(field, v) {
		return v
	}
	spelled := func(v any) string {
		if s, ok := v.(string); ok {
			v = s
			if n := bound(json.Number(s)); n != nil {
				v = json.Number(s)
			}
		}
		if n, ok := v.(json.Number); ok {
			return value(n)
		}
		return strings.Trim(text(v), `"`)
	}
	for _, s := range d.arms(field) {
		values, _ := s["enum"].([]any)
		for _, e := range values {
			if spelled(e) == spelled(v) {
				return e
			}
		}
	}
	return v
}

// isForeign reports whether a fact is a pattern in a syntax that Go lacks.
func (f fact) isForeign() bool {
	pattern, _ := strconv.Unquote(f.value)
	_, err := regexp.Compile(pattern)
	return f.keyword == "pattern" && err != nil
}

// value is how a JSON value is compared: numbers by what they are, not by how they are written.
func value(v any) string {
	if n, ok := v.(json.Number); ok {
		return bound(n).RatString()
	}
	return text(v)
}

// filled returns v with each property that is not there set to its default, as the documents tell it.
func (d *document) filled(schema, v any) any {
	s := d.flat(schema)
	if typeOf(s) == "object" { // what its alternatives demand changes no default
		delete(s, "anyOf")
		delete(s, "oneOf")
	}
	arms := slices.DeleteFunc(d.arms(s), isNull)
	if len(arms) != 1 { // which of several alternatives it is, is for others to say
		return v
	}
	switch v := v.(type) {
	case object:
		out := maps.Clone(v)
		for _, name := range names(arms[0]) {
			p := at(arms[0], "properties", name)
			field := d.flat(p)
			def := d.member(field, field["default"])
			if _, set := v[name]; !set && def != nil && !isEmpty(def) && d.takes(field, def) && !requires(arms[0], name) {
				out[name] = def
			}
			if m, ok := out[name]; ok {
				out[name] = d.filled(p, m)
			}
		}
		return out
	case []any:
		out := slices.Clone(v)
		for i := range v {
			out[i] = d.filled(arms[0]["items"], v[i])
		}
		return out
	}
	return v
}

// isEmpty reports whether a default has nothing in it, so that it need not be set.
func isEmpty(v any) bool { return text(v) == "[]" || text(v) == "{}" }

// mentions reports whether a field's comment tells a fact.
func mentions(doc string, f fact) bool {
	doc = strings.ToLower(doc)
	numbers := func(doc, value string) bool {
		return slices.ContainsFunc(strings.Fields(doc), func(word string) bool {
			n := bound(json.Number(strings.Trim(word, ".,;:()")))
			return n != nil && n.RatString() == value
		})
	}
	switch f.keyword {
	case "default":
		_, told, ok := strings.Cut(doc, "default: ")
		return ok && (strings.Contains(told, strings.ToLower(f.value)) || strings.Contains(told, "[default") || numbers(told, f.value))
	case "enum":
		return strings.Contains(doc, "one of ") || strings.Contains(doc, "always ") || strings.Contains(doc, "either ")
	case "unique":
		return strings.Contains(doc, "no element twice")
	case "pattern":
		pattern, _ := strconv.Unquote(f.value)
		words := func(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }
		_, told, ok := strings.Cut(words(doc), "pattern")
		return ok && strings.Contains(told, words(pattern))
	}
	return numbers(doc, f.value)
}
