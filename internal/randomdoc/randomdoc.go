// Package randomdoc makes documents at random, values near what they allow, and validators of somebody else for them. It
// is for tests.
package randomdoc

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Object is a JSON object as encoding/json decodes it.
type Object = map[string]any

// Document returns the document of the endpoint fal-ai/random with an input and an output.
func Document(input, output, components Object) Object {
	content := func(s any) Object { return Object{"content": Object{"application/json": Object{"schema": s}}} }
	return Object{
		"openapi": "3.1.0", "info": Object{"title": "Random", "version": "1", "x-fal-metadata": Object{"endpointId": "fal-ai/random"}},
		"components": Object{"schemas": components},
		"paths": Object{
			"/fal-ai/random": Object{"post": Object{"requestBody": content(input), "responses": Object{"200": Object{"description": ""}}}},
			"/fal-ai/random/requests/{request_id}": Object{"get": Object{"responses": Object{
				"200": Object{"description": "", "content": Object{"application/json": Object{"schema": output}}}}}},
		},
	}
}

// Compile returns the validator of a schema as falgen reads it: an enum takes no null away from a type that has it, and
// what a oneOf with null demands, it demands of anything else.
func Compile(schema, components Object) (*jsonschema.Schema, error) {
	return CompileLiterally(withNull(schema), withNull(components))
}

// CompileLiterally returns the validator of a schema as JSON Schema has it.
func CompileLiterally(schema, components any) (*jsonschema.Schema, error) {
	text, err := json.Marshal(Object{"$defs": components, "$ref": "#/$defs/(input)"})
	if err != nil {
		return nil, err
	}
	own, err := json.Marshal(schema)
	if err != nil {
		return nil, err
	}
	read := func(text []byte) (any, error) {
		return jsonschema.UnmarshalJSON(strings.NewReader(strings.ReplaceAll(string(text), "#/components/schemas/", "#/$defs/")))
	}
	root, err := read(text)
	if err != nil {
		return nil, err
	}
	if root.(Object)["$defs"].(Object)["(input)"], err = read(own); err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("mem:document", root); err != nil {
		return nil, err
	}
	return c.Compile("mem:document")
}

// withNull returns a schema in which no enum takes null away from a type that has it. That is how falgen reads enums: what
// may be null stays so where a list of values stands beside it.
func withNull(v any) any {
	switch v := v.(type) {
	case Object:
		out := Object{}
		for k, e := range v {
			out[k] = withNull(e)
			list, _ := e.([]any)
			null := slices.IndexFunc(list, isNullSchema)
			switch {
			case k == "enum":
				out[k] = append(append([]any{}, list...), nil)
			case k == "oneOf" && null >= 0 && v["anyOf"] == nil:
				delete(out, k)
				others := slices.Delete(slices.Clone(list), null, null+1)
				out["anyOf"] = []any{list[null], Object{k: withNull(others)}}
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = withNull(e)
		}
		return out
	}
	return v
}

// A Maker makes schemas and values: the same ones from the same source of chance.
type Maker struct{ *rand.Rand }

// New returns a Maker that starts from two seeds.
func New(a, b uint64) *Maker { return &Maker{rand.New(rand.NewPCG(a, b))} }

// Input makes the schema of an input, and the components that it may refer to.
func (r *Maker) Input() (input, components Object) {
	properties := Object{}
	for i := range 1 + r.IntN(4) {
		properties[fmt.Sprint("p", i)] = r.Schema(3)
	}
	components = Object{"Part": r.Kind("object", 2), "Text": r.Kind("string", 1), "Count": r.Kind("integer", 1)}
	input = Object{"type": "object", "properties": properties}
	if r.IntN(3) == 0 {
		input["required"] = []any{"p0"}
	}
	return input, components
}

// InputValue makes an input that a schema of [Maker.Input] may allow, or not quite.
func (r *Maker) InputValue(input, components Object) Object {
	value := Object{}
	properties, _ := input["properties"].(Object)
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if r.IntN(4) > 0 {
			value[name] = r.Value(properties[name], components, 5)
		}
	}
	return value
}

func isNullSchema(s any) bool {
	o, _ := s.(Object)
	return len(o) == 1 && o["type"] == "null"
}

func pick[T any](r *Maker, list ...T) T { return list[r.IntN(len(list))] }

// Schema makes a schema that says its type, or of which each alternative does.
func (r *Maker) Schema(depth int) Object {
	kind := pick(r, "string", "integer", "number", "boolean", "array", "object")
	if depth == 0 {
		return r.Kind(pick(r, "string", "integer", "number", "boolean"), 0)
	}
	switch r.IntN(12) {
	case 0:
		return Object{"allOf": []any{r.Kind(kind, depth-1), r.Kind(kind, depth-1)}}
	case 1: // what stands beside a list of alternatives holds for each
		s := r.Rules(kind)
		s["anyOf"] = []any{r.Kind(kind, depth-1), Object{"type": "null"}}
		return s
	case 2:
		return Object{"anyOf": []any{r.Schema(depth - 1), r.Schema(depth - 1), Object{"type": "null"}}}
	case 3: // of which one at most allows null: falgen takes null for fitting where any of them does
		return Object{"oneOf": []any{r.Kind(kind, depth-1), r.Kind(pick(r, "string", "integer", "number"), depth-1), Object{"type": "null"}}}
	case 4: // alternatives that only refine
		s := r.Kind(kind, depth-1)
		s[pick(r, "anyOf", "oneOf")] = []any{r.Rules(kind), r.Rules(kind)}
		return s
	case 5:
		s := r.Rules("string")
		s["$ref"] = "#/components/schemas/Text"
		return s
	case 6:
		return Object{"allOf": []any{Object{"$ref": "#/components/schemas/Count"}, r.Rules("integer")}}
	case 7:
		return Object{"$ref": "#/components/schemas/Part"}
	case 9: // alternatives that have properties
		s := r.Kind("object", depth-1)
		s[pick(r, "anyOf", "oneOf")] = []any{
			Object{"properties": Object{"a": r.Rules("string"), "mode": Object{"const": "x"}}, "required": []any{"mode"}},
			Object{"properties": Object{"mode": Object{"const": "y"}, "more": Object{"type": "integer", "minimum": 2}}, "required": []any{"mode"}},
		}
		return s
	case 8:
		s := r.Kind(kind, depth-1)
		s["type"] = []any{kind, "null"}
		return s
	}
	return r.Kind(kind, depth-1)
}

// Kind makes a schema of one type.
func (r *Maker) Kind(kind string, depth int) Object {
	s := r.Rules(kind)
	s["type"] = kind
	switch kind {
	case "array":
		s["items"] = r.Schema(min(depth, 1))
	case "object":
		properties := Object{}
		for _, name := range []string{"a", "b", "c"} { // all that may be required
			properties[name] = r.Schema(min(depth, 1))
		}
		s["properties"] = properties
	}
	return s
}

// Rules makes a schema of some keywords for values of a type.
func (r *Maker) Rules(kind string) Object {
	s := Object{}
	some := func(keyword string, v any) {
		if r.IntN(4) == 0 {
			s[keyword] = v
		}
	}
	switch kind {
	case "string":
		some("minLength", r.IntN(3))
		some("maxLength", 1+r.IntN(4))
		some("pattern", pick(r, "^a", "b", "^[ab]*$"))
		some("enum", pick(r, []any{"a", "ab"}, []any{"b", "abc", ""}, []any{"a"}))
	case "integer", "number":
		some("minimum", r.IntN(4)-1)
		some("maximum", 2+r.IntN(4))
		some("exclusiveMinimum", r.IntN(3)-1)
		some("exclusiveMaximum", 4+r.IntN(3))
		some("multipleOf", pick[any](r, 2, 3, 0.5))
		some("enum", pick(r, []any{1, 2, 4}, []any{2, 3}))
	case "array":
		some("minItems", r.IntN(2))
		some("maxItems", 1+r.IntN(2))
		some("uniqueItems", true)
	case "object":
		some("required", pick(r, []any{"a"}, []any{"b"}, []any{"a", "b"}))
		some("minProperties", 1)
		some("maxProperties", 1+r.IntN(2))
	}
	return s
}

// Value makes a value that a schema may allow, or not quite.
func (r *Maker) Value(schema any, components Object, depth int) any {
	s, _ := schema.(Object)
	if ref, ok := s["$ref"].(string); ok && r.IntN(8) > 0 {
		return r.Value(components[strings.TrimPrefix(ref, "#/components/schemas/")], components, depth)
	}
	for _, keyword := range []string{"anyOf", "oneOf", "allOf"} {
		if arms, ok := s[keyword].([]any); ok && s["type"] == nil && r.IntN(8) > 0 {
			return r.Value(pick(r, arms...), components, depth)
		}
	}
	kind, _ := s["type"].(string)
	if list, ok := s["type"].([]any); ok {
		kind = pick(r, list...).(string)
	}
	if depth == 0 || r.IntN(12) == 0 {
		kind = pick(r, "string", "integer", "number", "boolean", "null")
	}
	switch kind {
	case "string":
		return pick(r, "", "a", "b", "ab", "abc", "ba", "aaaaa", "c")
	case "integer":
		return json.Number(fmt.Sprint(r.IntN(9) - 2))
	case "number":
		return json.Number(pick(r, "0.5", "1", "2", "3.5", "-1", "4", "6", "2.0"))
	case "boolean":
		return r.IntN(2) == 0
	case "array":
		list := []any{}
		for range r.IntN(4) {
			list = append(list, r.Value(s["items"], components, depth-1))
		}
		return list
	case "object":
		o := Object{}
		for _, name := range []string{"a", "b", "c"} {
			if r.IntN(2) == 0 {
				properties, _ := s["properties"].(Object)
				o[name] = r.Value(properties[name], components, depth-1)
			}
		}
		if s["anyOf"] != nil || s["oneOf"] != nil {
			o["mode"] = pick(r, "x", "y", "z")
			if r.IntN(2) == 0 {
				o["more"] = json.Number(fmt.Sprint(r.IntN(5)))
			}
		}
		return o
	}
	return nil
}
