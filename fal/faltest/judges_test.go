package faltest

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/naming"
	"github.com/falgen/falgen/generator/sample"
	"github.com/falgen/falgen/generator/spec"
	"github.com/falgen/falgen/generator/table"
)

var schemasTried = flag.Int("schemas", 200, "how many random schemas are tried")

type dict = map[string]any

// TestJudges makes documents at random, and values near what they allow: the fake's judge, the checks that generated
// packages have, and a validator of somebody else agree on which values fit; and all but a few samples fit.
func TestJudges(t *testing.T) {
	r := &random{rand.New(rand.NewPCG(8, 9))}
	fits, misfits, disagreements, unfit := 0, 0, 0, 0
	for range *schemasTried {
		properties := dict{}
		for i := range 1 + r.IntN(4) {
			properties[fmt.Sprint("p", i)] = r.schema(3)
		}
		components := dict{"Part": r.kind("object", 2), "Text": r.kind("string", 1), "Count": r.kind("integer", 1)}
		input := dict{"type": "object", "properties": properties}
		if r.IntN(3) == 0 {
			input["required"] = []any{"p0"}
		}
		text, err := json.Marshal(randomDocument(input, components))
		if err != nil {
			t.Fatal(err)
		}
		e := newEndpoint("fal-ai/random", func() (*spec.Document, []diag.Diagnostic) { return spec.Parse("random.json", text) })
		if err := e.load(); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		e.model.Package = ir.Package{Name: "random", Path: "falai/random"}
		naming.Assign(e.model, naming.Pins{})
		checks := table.Of(e.model.Input, func(*ir.Object) map[string]string { return nil })
		judge := compile(t, input, components)
		example := sample.Input(e.model)
		exampleFits, satisfiable := judge.Validate(example) == nil, false
		for range 60 {
			value := dict{}
			for _, name := range slices.Sorted(maps.Keys(properties)) { // the same values each time
				if r.IntN(4) > 0 {
					value[name] = r.value(properties[name], components, 5)
				}
			}
			theirs := judge.Validate(value) == nil
			fake, ours := e.judge(value), checks.Check("fal-ai/random", value)
			if theirs != (ours == nil) || theirs != (len(fake) == 0) && !hasNull(value) {
				shown, _ := json.Marshal(dict{"input": input, "components": components})
				sent, _ := json.Marshal(value)
				t.Errorf("%s\nfits: %v\nthe fake says: %v\nthe checks say: %v\nof %s\nby %s", judge.Validate(value), theirs, fake, ours, sent, shown)
				if disagreements++; disagreements > 5 {
					t.FailNow()
				}
				break
			}
			satisfiable = satisfiable || theirs
			if theirs {
				fits++
			} else {
				misfits++
			}
		}
		if satisfiable && !exampleFits {
			unfit++
			shown, _ := json.Marshal(dict{"input": input, "components": components})
			t.Logf("no sample of %s", shown)
		}
	}
	t.Logf("%d schemas of which no sample was found", unfit)
	if unfit > *schemasTried/100 {
		t.Error("too many")
	}
	t.Logf("%d values that fit and %d that do not", fits, misfits)
	if fits < *schemasTried || misfits < *schemasTried {
		t.Error("too few values tell anything")
	}
}

// randomDocument returns the document of an endpoint with an input.
func randomDocument(input any, components dict) dict {
	content := func(s any) dict { return dict{"content": dict{"application/json": dict{"schema": s}}} }
	return dict{
		"openapi": "3.1.0", "info": dict{"title": "Random", "version": "1", "x-fal-metadata": dict{"endpointId": "fal-ai/random"}},
		"components": dict{"schemas": components},
		"paths": dict{
			"/fal-ai/random": dict{"post": dict{"requestBody": content(input), "responses": dict{"200": dict{"description": ""}}}},
			"/fal-ai/random/requests/{request_id}": dict{"get": dict{"responses": dict{
				"200": dict{"description": "", "content": dict{"application/json": dict{"schema": dict{"type": "object"}}}}}}},
		},
	}
}

// hasNull reports whether null is somewhere in a value. kin-openapi has alternatives decide on null, whatever stands beside
// them.
func hasNull(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case dict:
		for _, e := range v {
			if hasNull(e) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, hasNull)
	}
	return false
}

func compile(t *testing.T, input, components dict) *jsonschema.Schema {
	t.Helper()
	text, err := json.Marshal(dict{"$defs": withNull(components), "$ref": "#/$defs/(input)"})
	if err != nil {
		t.Fatal(err)
	}
	own, _ := json.Marshal(withNull(input))
	text = []byte(strings.ReplaceAll(string(text), "#/components/schemas/", "#/$defs/"))
	own = []byte(strings.ReplaceAll(string(own), "#/components/schemas/", "#/$defs/"))
	var root, in any
	if root, err = jsonschema.UnmarshalJSON(strings.NewReader(string(text))); err != nil {
		t.Fatal(err)
	}
	if in, err = jsonschema.UnmarshalJSON(strings.NewReader(string(own))); err != nil {
		t.Fatal(err)
	}
	root.(dict)["$defs"].(dict)["(input)"] = in
	c := jsonschema.NewCompiler()
	if err := c.AddResource("mem:document", root); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("mem:document")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// withNull returns a schema in which no enum takes null away from a type that has it. That is how falgen reads enums: what
// may be null stays so where a list of values stands beside it.
func withNull(v any) any {
	switch v := v.(type) {
	case dict:
		out := dict{}
		for k, e := range v {
			out[k] = withNull(e)
			if list, ok := e.([]any); ok && k == "enum" {
				out[k] = append(append([]any{}, list...), nil)
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

// random makes schemas and values.
type random struct{ *rand.Rand }

func pick[T any](r *random, list ...T) T { return list[r.IntN(len(list))] }

// schema makes a schema that says its type, or of which each alternative does.
func (r *random) schema(depth int) dict {
	kind := pick(r, "string", "integer", "number", "boolean", "array", "object")
	if depth == 0 {
		return r.kind(pick(r, "string", "integer", "number", "boolean"), 0)
	}
	switch r.IntN(12) {
	case 0:
		return dict{"allOf": []any{r.kind(kind, depth-1), r.kind(kind, depth-1)}}
	case 1: // what stands beside a list of alternatives holds for each
		s := r.rules(kind)
		s["anyOf"] = []any{r.kind(kind, depth-1), dict{"type": "null"}}
		return s
	case 2:
		return dict{"anyOf": []any{r.schema(depth - 1), r.schema(depth - 1), dict{"type": "null"}}}
	case 3: // of which one at most allows null: falgen takes null for fitting where any of them does
		return dict{"oneOf": []any{r.kind(kind, depth-1), r.kind(pick(r, "string", "integer", "number"), depth-1), dict{"type": "null"}}}
	case 4: // alternatives that only refine
		s := r.kind(kind, depth-1)
		s[pick(r, "anyOf", "oneOf")] = []any{r.rules(kind), r.rules(kind)}
		return s
	case 5:
		s := r.rules("string")
		s["$ref"] = "#/components/schemas/Text"
		return s
	case 6:
		return dict{"allOf": []any{dict{"$ref": "#/components/schemas/Count"}, r.rules("integer")}}
	case 7:
		return dict{"$ref": "#/components/schemas/Part"}
	case 9: // alternatives that have properties
		s := r.kind("object", depth-1)
		s[pick(r, "anyOf", "oneOf")] = []any{
			dict{"properties": dict{"a": r.rules("string"), "mode": dict{"const": "x"}}, "required": []any{"mode"}},
			dict{"properties": dict{"mode": dict{"const": "y"}, "more": dict{"type": "integer", "minimum": 2}}, "required": []any{"mode"}},
		}
		return s
	case 8:
		s := r.kind(kind, depth-1)
		s["type"] = []any{kind, "null"}
		return s
	}
	return r.kind(kind, depth-1)
}

// kind makes a schema of one type.
func (r *random) kind(kind string, depth int) dict {
	s := r.rules(kind)
	s["type"] = kind
	switch kind {
	case "array":
		s["items"] = r.schema(min(depth, 1))
	case "object":
		properties := dict{}
		for _, name := range []string{"a", "b", "c"} { // all that may be required
			properties[name] = r.schema(min(depth, 1))
		}
		s["properties"] = properties
	}
	return s
}

// rules makes a schema of some keywords for values of a type.
func (r *random) rules(kind string) dict {
	s := dict{}
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

// value makes a value that a schema may allow, or not quite.
func (r *random) value(schema any, components dict, depth int) any {
	s, _ := schema.(dict)
	if ref, ok := s["$ref"].(string); ok && r.IntN(8) > 0 {
		return r.value(components[strings.TrimPrefix(ref, "#/components/schemas/")], components, depth)
	}
	for _, keyword := range []string{"anyOf", "oneOf", "allOf"} {
		if arms, ok := s[keyword].([]any); ok && s["type"] == nil && r.IntN(8) > 0 {
			return r.value(pick(r, arms...), components, depth)
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
			list = append(list, r.value(s["items"], components, depth-1))
		}
		return list
	case "object":
		o := dict{}
		for _, name := range []string{"a", "b", "c"} {
			if r.IntN(2) == 0 {
				properties, _ := s["properties"].(dict)
				o[name] = r.value(properties[name], components, depth-1)
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
