package corpus_test

import (
	"log"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// A judge says what a JSON Schema validator of somebody else makes of an endpoint's values.
type judge struct{ input, output *jsonschema.Schema }

// judge returns the document's own, which is made once.
func (d *document) judge() judge {
	d.compile.Do(func() {
		defs := object{"(input)": d.plain(d.input), "(output)": d.plain(d.output)}
		for name, s := range d.schemas {
			defs[name] = d.plain(s)
		}
		c := jsonschema.NewCompiler()
		if err := c.AddResource("mem:document", object{"$defs": defs}); err != nil {
			log.Panic(d.id, err)
		}
		d.judged = judge{c.MustCompile("mem:document#/$defs/(input)"), c.MustCompile("mem:document#/$defs/(output)")}
	})
	return d.judged
}

// plain spells a schema of OpenAPI as JSON Schema 2020-12.
func (d *document) plain(schema any) any {
	s, ok := schema.(object)
	if !ok {
		return object{}
	}
	out := object{}
	for keyword, v := range s {
		switch keyword {
		case "properties":
			props := object{}
			for name, p := range v.(object) {
				props[name] = d.plain(p)
			}
			out[keyword] = props
		case "items", "additionalProperties":
			out[keyword] = v
			if _, ok := v.(object); ok {
				out[keyword] = d.plain(v)
			}
		case "anyOf", "oneOf", "allOf", "prefixItems":
			var parts []any
			for _, part := range v.([]any) {
				parts = append(parts, d.plain(part))
			}
			out[keyword] = parts
		case "$ref":
			name := strings.TrimPrefix(v.(string), componentPrefix)
			if d.schemas[name] != nil { // else it allows everything
				out[keyword] = "#/$defs/" + name
			}
		case "exclusiveMinimum", "exclusiveMaximum":
			bound := strings.ToLower(strings.TrimPrefix(keyword, "exclusive"))
			if v == true {
				out[keyword] = s[bound]
			} else if v != false {
				out[keyword] = v
			}
		case "minimum", "maximum":
			if s["exclusive"+strings.ToUpper(keyword[:1])+keyword[1:]] != true {
				out[keyword] = v
			}
		case "pattern":
			if _, err := regexp.Compile(v.(string)); err == nil {
				out[keyword] = v
			}
		case "enum", "const":
			values, ok := v.([]any)
			if !ok {
				values = []any{v}
			}
			if s["anyOf"] != nil || s["oneOf"] != nil || s["nullable"] == true || nullAmong(s["type"]) {
				values = append(slices.Clip(values), nil) // what may be null stays so beside a list of values
			}
			out["enum"] = values
		case "type", "required", "multipleOf", "minLength", "maxLength", "minItems", "maxItems",
			"uniqueItems", "minProperties", "maxProperties":
			out[keyword] = v
		}
	}
	if s["nullable"] == true {
		return object{"anyOf": []any{out, object{"type": "null"}}}
	}
	return out
}

// nullAmong reports whether a list of types has null.
func nullAmong(types any) bool {
	list, _ := types.([]any)
	return slices.Contains(list, any("null"))
}

// A place is where a value breaks its schema: names and positions, joined by slashes.
type place struct {
	loc   string
	union bool // none of several alternatives fits, so that what is wrong may be anywhere below
}

// judged returns where a value breaks a schema; nothing where it fits.
func judged(s *jsonschema.Schema, value any) []place {
	err, _ := s.Validate(value).(*jsonschema.ValidationError)
	if err == nil {
		return nil
	}
	found := map[place]bool{}
	collect(err, found)
	return slices.SortedFunc(maps.Keys(found), func(a, b place) int { return strings.Compare(a.loc, b.loc) })
}

func collect(err *jsonschema.ValidationError, found map[place]bool) {
	loc := strings.Join(err.InstanceLocation, "/")
	causes := err.Causes
	switch k := err.ErrorKind.(type) {
	case *kind.Required:
		for _, name := range k.Missing {
			found[place{loc: strings.TrimPrefix(loc+"/"+name, "/")}] = true
		}
		return
	case *kind.AnyOf, *kind.OneOf:
		causes = slices.DeleteFunc(slices.Clone(causes), wantsNull)
		if len(causes) != 1 {
			found[place{loc, true}] = true
			return
		}
	}
	for _, cause := range causes {
		collect(cause, found)
	}
	if len(causes) == 0 {
		found[place{loc: loc}] = true
	}
}

// wantsNull tells the alternative of being null, which says nothing about what is wrong with a value.
func wantsNull(err *jsonschema.ValidationError) bool {
	k, ok := err.ErrorKind.(*kind.Type)
	return ok && slices.Equal(k.Want, []string{"null"})
}

// samePlaces reports whether two lists speak of the same places. What is wrong with a value of several alternatives
// is said of the value itself by one, and of a place inside of it by another.
func samePlaces(judged, found []place) bool {
	covered := func(p place, by []place) bool {
		return slices.ContainsFunc(by, func(q place) bool {
			return p.loc == q.loc || q.union && within(p.loc, q.loc) || p.union && within(q.loc, p.loc)
		})
	}
	for _, p := range judged {
		if !covered(p, found) {
			return false
		}
	}
	for _, p := range found {
		if !covered(p, judged) {
			return false
		}
	}
	return true
}

func within(inner, outer string) bool { return outer == "" || strings.HasPrefix(inner, outer+"/") }
