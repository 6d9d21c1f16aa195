package corpus_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// object is a JSON object as encoding/json decodes it; numbers are json.Number.
type object = map[string]any

// A document is what these tests read of an endpoint's document: by themselves, so that what they find of it does not
// depend on what the generator finds.
type document struct {
	id            string
	schemas       object // the components by name
	input, output any    // the schemas of the body and of the result

	compile sync.Once
	judged  judge
}

// folder returns the folder of published documents, which is not part of the project.
func folder(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("FALGEN_CORPUS")
	if dir == "" {
		dir = "../../../shared/corpus/2026-01"
	}
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("FALGEN_REQUIRE_CORPUS") != "" {
			t.Fatalf("the corpus of published documents is required: %v", err)
		}
		t.Skipf("no corpus of published documents in $FALGEN_CORPUS or %s", dir)
	}
	return dir
}

// read returns the corpus's documents by id. Entries of the catalogue that say that there is none are left out.
func read(t *testing.T, dir string) []*document {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no dumps in %s: %v", dir, err)
	}
	var docs []*document
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		models, _ := at(decode(t, text), "models").([]any)
		for _, m := range models {
			id, _ := at(m, "endpoint_id").(string)
			api := at(m, "openapi")
			if at(api, "paths") == nil {
				continue
			}
			schemas, _ := at(api, "components", "schemas").(object)
			docs = append(docs, &document{
				id: id, schemas: schemas,
				input:  at(api, "paths", "/"+id, "post", "requestBody", "content", "application/json", "schema"),
				output: at(api, "paths", "/"+id+"/requests/{request_id}", "get", "responses", "200", "content", "application/json", "schema"),
			})
		}
	}
	slices.SortFunc(docs, func(a, b *document) int { return strings.Compare(a.id, b.id) })
	return docs
}

func decode(t *testing.T, text []byte) (v any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

// at follows names into a value; nil where one is not there.
func at(v any, names ...string) any {
	for _, name := range names {
		o, _ := v.(object)
		v = o[name]
	}
	return v
}

const componentPrefix = "#/components/schemas/"

// flat returns a schema with what it refers to and the parts of its allOf in one set of keywords.
func (d *document) flat(schema any) object {
	s, _ := schema.(object)
	out := maps.Clone(s)
	if out == nil {
		return object{}
	}
	parts, _ := s["allOf"].([]any)
	if ref, ok := s["$ref"].(string); ok {
		parts = append(parts, d.schemas[strings.TrimPrefix(ref, componentPrefix)])
	}
	delete(out, "allOf")
	delete(out, "$ref")
	for _, part := range parts {
		for keyword, v := range d.flat(part) {
			out[keyword] = d.both(keyword, out[keyword], v)
		}
	}
	return out
}

// both returns what a keyword says where it says two things.
func (d *document) both(keyword string, a, b any) any {
	if a == nil {
		return b
	}
	switch keyword {
	case "required":
		return append(slices.Clip(a.([]any)), b.([]any)...)
	case "properties":
		all := maps.Clone(a.(object))
		for name, p := range b.(object) {
			if all[name] != nil {
				p = object{"allOf": []any{all[name], p}}
			}
			all[name] = p
		}
		return all
	case "enum":
		return slices.DeleteFunc(slices.Clone(a.([]any)), func(v any) bool {
			return !slices.ContainsFunc(b.([]any), func(w any) bool { return equal(v, w) })
		})
	case "minimum", "minLength", "minItems", "maximum", "maxLength", "maxItems":
		if bound(a) != nil && bound(b) != nil && (bound(a).Cmp(bound(b)) < 0) == strings.HasPrefix(keyword, "min") {
			return b
		}
	case "type":
		if a == "number" {
			return b
		}
	}
	return a
}

// arms returns the alternatives of a flat schema, flat themselves, with what stands beside them; it is its own only one
// where it has none.
func (d *document) arms(s object) []object {
	var arms []object
	if s["nullable"] == true {
		arms = append(arms, object{"type": "null"})
	}
	alternatives, _ := s["anyOf"].([]any)
	more, _ := s["oneOf"].([]any)
	if alternatives == nil && more == nil {
		return append(arms, s)
	}
	beside := object{}
	for keyword, v := range s {
		switch keyword {
		case "anyOf", "oneOf", "nullable", "default", "example", "examples", "title", "description":
		default:
			beside[keyword] = v
		}
	}
	for _, alternative := range append(slices.Clip(alternatives), more...) {
		for _, arm := range d.arms(d.flat(alternative)) {
			if arm["type"] != "null" {
				arm = d.flat(object{"allOf": []any{arm, beside}})
			}
			arms = append(arms, arm)
		}
	}
	return arms
}

// typeOf returns the JSON type that a flat schema without alternatives allows, "" for any.
func typeOf(s object) string {
	name, _ := s["type"].(string)
	switch {
	case name != "":
	case s["properties"] != nil:
		name = "object"
	case s["items"] != nil:
		name = "array"
	case s["enum"] != nil:
		name = "string"
	}
	return name
}

// names lists a schema's properties, sorted, so that random choices are the same each time.
func names(s object) []string {
	props, _ := s["properties"].(object)
	return slices.Sorted(maps.Keys(props))
}

func requires(s object, name string) bool {
	required, _ := s["required"].([]any)
	return slices.Contains(required, any(name))
}
