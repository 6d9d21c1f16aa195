package diff_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/generator/diff"
	"github.com/falgen/falgen/generator/ir"
)

// respellings write a schema in other words; each returns nil where it cannot. name is the property's.
var respellings = map[string]func(r *respeller, s object, name string) object{
	"nullable as anyOf": func(r *respeller, s object, name string) object {
		if s["nullable"] != true || !onTheSpot(s) {
			return nil
		}
		delete(s, "nullable")
		return object{"anyOf": []any{s, object{"type": "null"}}}
	},
	"anyOf as nullable": func(r *respeller, s object, name string) object {
		x := optional(s)
		if x == nil || !onTheSpot(x) {
			return nil
		}
		s["nullable"] = true
		delete(s, "anyOf")
		for k, v := range x {
			if s[k] != nil && k != "title" {
				return nil
			}
			s[k] = v
		}
		return s
	},
	"anyOf as type list": func(r *respeller, s object, name string) object {
		x := optional(s)
		if x["type"] == nil || !onTheSpot(x) || x["enum"] != nil || s["type"] != nil {
			return nil
		}
		delete(s, "anyOf")
		for k, v := range x {
			if s[k] != nil && k != "title" {
				return nil
			}
			s[k] = v
		}
		s["type"] = []any{"null", x["type"]}
		return s
	},
	"oneOf": func(r *respeller, s object, name string) object {
		if s["oneOf"] != nil || optional(s) == nil { // no value is both null and something else
			return nil
		}
		s["oneOf"] = s["anyOf"]
		delete(s, "anyOf")
		return s
	},
	"null first": func(r *respeller, s object, name string) object {
		arms, _ := s["anyOf"].([]any)
		if !slices.ContainsFunc(arms, isNull) {
			return nil
		}
		s["anyOf"] = append([]any{object{"type": "null"}}, slices.DeleteFunc(slices.Clone(arms), isNull)...)
		return s
	},
	"const": func(r *respeller, s object, name string) object {
		if list := values(s); len(list) == 1 && list[0] != nil {
			s["const"] = list[0]
			delete(s, "enum")
			return s
		}
		if s["const"] != nil && s["enum"] == nil {
			s["enum"] = []any{s["const"]}
			delete(s, "const")
			return s
		}
		return nil
	},
	"reference in allOf": func(r *respeller, s object, name string) object {
		if s["$ref"] == nil || s["allOf"] != nil {
			return nil
		}
		s["allOf"] = []any{object{"$ref": s["$ref"]}}
		delete(s, "$ref")
		return s
	},
	"allOf as reference": func(r *respeller, s object, name string) object {
		all, _ := s["allOf"].([]any)
		if len(all) != 1 || s["$ref"] != nil || len(all[0].(object)) != 1 || all[0].(object)["$ref"] == nil {
			return nil
		}
		s["$ref"] = all[0].(object)["$ref"]
		delete(s, "allOf")
		return s
	},
	"scalar as component": func(r *respeller, s object, name string) object {
		scalar := slices.Contains([]any{"integer", "number", "boolean", "string"}, s["type"])
		if !scalar || !onTheSpot(s) || has(s, "enum", "const") {
			return nil
		}
		component := fmt.Sprint("ZzScalar", len(r.added))
		r.added[component] = s
		return object{"$ref": "#/components/schemas/" + component}
	},
	"numbers": func(r *respeller, s object, name string) object {
		found := false
		for _, k := range strings.Fields("minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength default step") {
			if n, ok := s[k].(json.Number); ok && !has(s, "enum", "const") && !strings.ContainsAny(string(n), ".eE") {
				s[k] = n + ".0"
				if strings.HasSuffix(string(n), "0") && len(n) > 2 {
					s[k] = n[:len(n)-1] + "e1"
				}
				found = true
			}
		}
		if !found {
			return nil
		}
		return s
	},
	"limits beside x-fal": func(r *respeller, s object, name string) object {
		within, _ := s["x-fal"].(object)
		moved := false
		for keyword, v := range within {
			if ofFile[keyword] && s[keyword] == nil {
				s[keyword], moved = v, true
				delete(within, keyword)
			}
		}
		if !moved {
			return nil
		}
		return s
	},
	"exclusive with true": func(r *respeller, s object, name string) object {
		if n, ok := s["exclusiveMinimum"].(json.Number); ok && s["minimum"] == nil {
			s["minimum"], s["exclusiveMinimum"] = n, true
			return s
		}
		return nil
	},
	"whole bounds": func(r *respeller, s object, name string) object {
		if s["type"] != "integer" || values(s) != nil || has(s, "exclusiveMinimum", "exclusiveMaximum") {
			return nil
		}
		for old, exclusive := range map[string]string{"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"} {
			n, ok := s[old].(json.Number)
			if !ok || !isInt(n) {
				return nil
			}
			s[exclusive] = moved(n, map[string]int64{"minimum": -1, "maximum": 1}[old])
			delete(s, old)
		}
		return s
	},
	"what is so anyway": func(r *respeller, s object, name string) object {
		for _, k := range []string{"nullable", "deprecated"} {
			if s[k] == nil {
				s[k] = false
			}
		}
		for t, none := range map[string]object{
			"string": {"minLength": number(0)}, "array": {"minItems": number(0), "uniqueItems": false},
		} {
			for k, v := range none {
				if s["type"] == t && s[k] == nil && onTheSpot(s) && s["enum"] == nil && s["const"] == nil {
					s[k] = v
				}
			}
		}
		return s
	},
	"example": func(r *respeller, s object, name string) object {
		list, _ := s["examples"].([]any)
		if len(list) != 1 || s["example"] != nil {
			return nil
		}
		s["example"] = list[0]
		delete(s, "examples")
		return s
	},
	"no type": func(r *respeller, s object, name string) object {
		texts := slices.ContainsFunc(values(s), func(v any) bool { _, ok := v.(string); return ok })
		enum := s["type"] == "string" && texts && s["const"] == nil
		if enum || s["type"] == "object" && s["properties"] != nil && onTheSpot(s) {
			delete(s, "type")
			return s
		}
		return nil
	},
	"title": func(r *respeller, s object, name string) object {
		if s["title"] != nil || s["description"] == nil {
			return nil
		}
		s["title"] = "Zz"
		return s
	},
}

// onTheSpot reports whether a schema says by itself what a value is.
func onTheSpot(s object) bool { return !has(s, "$ref", "allOf", "anyOf", "oneOf") }

// optional returns the one alternative that s has beside null, or nil.
func optional(s object) object {
	arms, _ := s["anyOf"].([]any)
	if len(arms) != 2 || has(s, "$ref", "allOf", "oneOf") {
		return nil
	}
	for i, arm := range arms {
		if arm.(object)["type"] == "null" && len(arm.(object)) == 1 {
			return arms[1-i].(object)
		}
	}
	return nil
}

type respeller struct {
	rand  *rand.Rand
	added object // components
	done  map[string]int
}

// schema respells each property in a schema, at any depth, in one way.
func (r *respeller) schema(s object) {
	props, _ := s["properties"].(object)
	for _, name := range sortedKeys(props) {
		p, ok := props[name].(object)
		if !ok {
			continue
		}
		r.schema(p)
		ways := sortedKeys(respellings)
		for _, i := range r.rand.Perm(len(ways)) {
			if q := respellings[ways[i]](r, copyOf(p), name); q != nil {
				props[name] = q
				r.done[ways[i]]++
				break
			}
		}
	}
	if list, ok := s["required"].([]any); ok {
		list = slices.Clone(list)
		r.rand.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
		s["required"] = list
	}
	if items, ok := s["items"].(object); ok {
		r.schema(items)
	}
}

func sortedKeys[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// shuffled encodes v with the members of objects in random order, and much space between.
func (r *respeller) shuffled(b *bytes.Buffer, v any) {
	switch v := v.(type) {
	case object:
		keys := sortedKeys(v)
		r.rand.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
		b.WriteString("{\n\t")
		for i, k := range keys {
			if i > 0 {
				b.WriteString(" ,\r\n")
			}
			name, _ := json.Marshal(k)
			b.Write(name)
			b.WriteString(" : ")
			r.shuffled(b, v[k])
		}
		b.WriteString("}")
	case []any:
		b.WriteString("[ ")
		for i, e := range v {
			if i > 0 {
				b.WriteString(", ")
			}
			r.shuffled(b, e)
		}
		b.WriteString(" ]")
	default:
		text, _ := json.Marshal(v)
		b.Write(text)
	}
}

// TestRespellings writes each document in other words: there is no change.
func TestRespellings(t *testing.T) {
	done := map[string]int{}
	for _, s := range subjects(t, 3*sample) {
		root := copyOf(s.root)
		r := &respeller{rand: rng(s.name), added: object{}, done: done}
		components, _ := root["components"].(object)
		schemas, _ := components["schemas"].(object)
		for _, name := range sortedKeys(schemas) {
			if c, ok := schemas[name].(object); ok && ir.SharedType(name) == nil { // those fit by the letter
				r.schema(c)
			}
		}
		for name, c := range r.added {
			schemas[name] = c
		}
		root["openapi"], root["servers"] = "3.1.0", []any{}
		var text bytes.Buffer
		r.shuffled(&text, root)
		after := parse(s.name, text.Bytes())
		if after == nil {
			t.Errorf("%s: falgen refuses the respelling", s.name)
			continue
		}
		after.assign(s.pins)
		changes := append(diff.Endpoint(s.endpoint, after.endpoint), diff.Endpoint(after.endpoint, s.endpoint)...)
		for _, c := range changes {
			t.Errorf("%s: %s %s %s: %q, %q", s.name, c.Level, c.Kind, c.Path, c.Before, c.After)
		}
	}
	for _, name := range sortedKeys(respellings) {
		t.Logf("%5d %s", done[name], name)
		if done[name] == 0 && *whole {
			t.Errorf("no document can be respelled with %q", name)
		}
	}
}

// TestGoldenSpellings compares the golden documents with the other spellings of their meaning.
func TestGoldenSpellings(t *testing.T) {
	others, err := filepath.Glob("../../testdata/golden/*/same-*.json")
	if err != nil || len(others) == 0 {
		t.Fatalf("no other spellings: %v", err)
	}
	for _, other := range others {
		a := newSubject(t, "document", decode(t, filepath.Join(filepath.Dir(other), "document.json")))
		text, err := os.ReadFile(other)
		if err != nil {
			t.Fatal(err)
		}
		b := parse("same", text)
		b.assign(a.pins)
		if d := cmp.Diff([]diff.Change{}, diff.Endpoint(a.endpoint, b.endpoint)); d != "" {
			t.Errorf("%s: %s", other, d)
		}
	}
}
