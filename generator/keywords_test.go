package generator_test

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestKeywords puts each keyword of JSON Schema 2020-12, of OpenAPI 3.0 and 3.1, and of the vendors that documents
// quote, into a field: it changes the Go or is reported, and says which of the two. None is passed over in silence.
func TestKeywords(t *testing.T) {
	type m = map[string]any
	text, number, list, object := m{"type": "string"}, m{"type": "integer"}, m{"type": "array", "items": m{"type": "string"}}, m{"type": "object"}
	const here = "#/paths/~1fal-ai~1keyword/post/requestBody/content/application~1json/schema/properties/field/"
	tests := []struct {
		keyword string
		value   any
		in      m
		finding string // the rule that reports it; "" where it changes the Go
	}{
		// Core.
		{"$ref", "#/components/schemas/Part", m{}, ""},
		{"$schema", "https://json-schema.org/draft/2020-12/schema", text, "unknown-keyword"},
		{"$id", "x", text, "unknown-keyword"},
		{"$anchor", "x", text, "unknown-keyword"},
		{"$dynamicRef", "#x", text, "unknown-keyword"},
		{"$dynamicAnchor", "x", text, "unknown-keyword"},
		{"$vocabulary", m{}, text, "unknown-keyword"},
		{"$comment", "x", text, "unknown-keyword"},
		{"$defs", m{"x": text}, m{"$ref": here + "$defs/x"}, ""},
		// Applicators.
		{"allOf", []any{m{"maxLength": 3}}, text, ""},
		{"anyOf", []any{m{"type": "integer"}, m{"type": "boolean"}}, m{}, ""},
		{"oneOf", []any{m{"type": "integer"}, m{"type": "boolean"}}, m{}, ""},
		{"not", m{"const": "x"}, text, "unchecked-keyword"},
		{"if", m{}, text, "unchecked-keyword"},
		{"then", m{}, text, "unchecked-keyword"},
		{"else", m{}, text, "unchecked-keyword"},
		{"dependentSchemas", m{}, object, "unchecked-keyword"},
		{"prefixItems", []any{m{"type": "integer"}}, m{"type": "array"}, "tuple"},
		{"items", m{"type": "integer"}, m{"type": "array"}, ""},
		{"contains", m{}, list, "unchecked-keyword"},
		{"properties", m{"x": text}, object, ""},
		{"patternProperties", m{}, object, "unchecked-keyword"},
		{"additionalProperties", m{"type": "integer"}, object, ""},
		{"propertyNames", m{}, object, "unchecked-keyword"},
		{"unevaluatedItems", false, list, "unchecked-keyword"},
		{"unevaluatedProperties", false, object, "unchecked-keyword"},
		// Validation.
		{"type", "boolean", m{}, ""},
		{"enum", []any{"a", "b"}, text, ""},
		{"enum", []any{1.5, 2.5}, m{"type": "number"}, ""},
		{"const", "a", text, ""},
		{"const", true, m{"type": "boolean"}, ""},
		{"multipleOf", 8, number, ""},
		{"maximum", 8, number, ""},
		{"exclusiveMaximum", 8, number, ""},
		{"minimum", 8, number, ""},
		{"exclusiveMinimum", 8, number, ""},
		{"exclusiveMinimum", true, m{"type": "integer", "minimum": 8}, ""},
		{"maxLength", 8, text, ""},
		{"minLength", 8, text, ""},
		{"pattern", "^a", text, ""},
		{"pattern", "(?=a)", text, "pattern"},
		{"maxItems", 8, list, ""},
		{"minItems", 8, list, ""},
		{"uniqueItems", true, list, ""},
		{"maxContains", 8, list, "unchecked-keyword"},
		{"minContains", 8, list, "unchecked-keyword"},
		{"maxProperties", 8, object, ""},
		{"minProperties", 8, object, ""},
		{"required", []any{"x"}, m{"type": "object", "properties": m{"x": text}}, ""},
		{"dependentRequired", m{}, object, "unchecked-keyword"},
		{"minimum", 8, text, "idle-keyword"},
		{"minLength", 8, number, "idle-keyword"},
		{"minProperties", 8, m{"type": "object", "properties": m{"x": text}}, ""},
		{"additionalProperties", m{"type": "integer"}, m{"type": "object", "properties": m{"x": text}}, "open-object"},
		// Annotations.
		{"title", "Some other words", text, ""},
		{"description", "x", text, ""},
		{"default", "x", text, ""},
		{"deprecated", true, text, ""},
		{"readOnly", true, text, ""},
		{"writeOnly", true, text, ""},
		{"examples", []any{"x"}, text, ""},
		{"format", "uri", text, ""},
		{"contentEncoding", "base64", text, ""},
		{"contentMediaType", "image/png", text, ""},
		{"contentSchema", m{}, text, "unchecked-keyword"},
		// OpenAPI, and earlier drafts.
		{"nullable", true, m{"type": "integer", "default": 1}, ""},
		{"example", "x", text, ""},
		{"discriminator", m{"propertyName": "x"}, m{"oneOf": []any{m{"$ref": "#/components/schemas/Part"}, m{"type": "object", "properties": m{"x": text}}}}, "discriminator"},
		{"xml", m{}, text, "unknown-keyword"},
		{"externalDocs", m{"url": "https://example.com"}, text, "unknown-keyword"},
		{"definitions", m{"x": text}, m{"$ref": here + "definitions/x"}, ""},
		{"dependencies", m{}, object, "unchecked-keyword"},
		{"additionalItems", false, list, "unchecked-keyword"},
		// Vendors.
		{"x-fal-order-properties", []any{"y", "x"}, m{"type": "object", "properties": m{"x": text, "y": text}}, ""},
		{"x-fal", m{"max_file_size": 5}, text, ""},
		{"x-fal", m{"max_duration": 5}, m{"type": "string", "ui": m{"field": "video"}}, ""},
		{"max_width", 5, text, ""},
		{"min_fps", 5, text, ""},
		{"min_aspect_ratio", 5, m{"type": "array", "items": m{"type": "string", "ui": m{"field": "image"}}}, ""},
		{"limit_description", "x", text, ""},
		{"max_file_size", 5, text, ""},
		{"max_file_size", 5, m{"type": "array", "items": m{"type": "string"}}, ""},
		{"min", 5, number, ""},
		{"max", 5, number, ""},
		{"ge", 5, number, ""},
		{"le", 5, number, ""},
		{"gt", 5, number, ""},
		{"lt", 5, number, ""},
		{"step", 5, number, ""},
		{"min_pixels", 5, text, ""},
		{"max_pixels", 5, text, ""},
		{"ui", m{"field": "image"}, text, ""},
		{"_fal_ui_field", "video", text, ""},
		{"x-anything", 5, text, "unknown-keyword"},
		{"nonsense", 5, text, "unknown-keyword"},
	}
	dir := t.TempDir()
	build := func(schema m) (map[string]string, []string) {
		envelope := func(s m) m { return m{"content": m{"application/json": m{"schema": s}}} }
		doc := m{
			"info":       m{"x-fal-metadata": m{"endpointId": "fal-ai/keyword"}},
			"components": m{"schemas": m{"Part": m{"type": "object", "properties": m{"z": text}}}},
			"paths": m{
				"/fal-ai/keyword":                       m{"post": m{"requestBody": envelope(m{"type": "object", "properties": m{"field": schema}})}},
				"/fal-ai/keyword/requests/{request_id}": m{"get": m{"responses": m{"200": envelope(m{"type": "object"})}}},
			},
		}
		out, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, "document.json")
		write(t, name, out)
		r := generate(t, name, "example.com/x")
		var rules []string
		for _, d := range r.Diagnostics {
			rules = append(rules, d.Rule)
		}
		return asText(r.Files), rules
	}
	for _, tt := range tests {
		with := maps.Clone(tt.in)
		with[tt.keyword] = tt.value
		before, _ := build(tt.in)
		after, rules := build(with)
		changed := !cmp.Equal(before, after)
		switch {
		case tt.finding == "" && !changed:
			t.Errorf("%s: %v changes nothing in %v (findings %v)", tt.keyword, tt.value, tt.in, rules)
		case tt.finding != "" && (len(rules) != 1 || rules[0] != tt.finding):
			t.Errorf("%s: %v in %v is reported as %v, want %s", tt.keyword, tt.value, tt.in, rules, tt.finding)
		case tt.finding == "" && len(rules) > 0:
			t.Errorf("%s: %v in %v is reported as %v, too", tt.keyword, tt.value, tt.in, rules)
		}
	}
	for _, form := range []string{"ui", "_fal_ui_field"} { // for forms; set aside, as CONTRIBUTING.md says
		if _, rules := build(m{"type": "string", form: "x"}); len(rules) > 0 {
			t.Errorf("%s is reported: %v", form, rules)
		}
	}
}
