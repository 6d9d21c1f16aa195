package diff_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/diff"
	"github.com/falgen/falgen/generator/ir"
)

// snippet models a document whose input or output has one property x, of a schema, among components.
func snippet(t *testing.T, side, schema string) *subject {
	t.Helper()
	ok := `{"type": "object", "properties": {"ok": {"type": "boolean"}}}`
	with := `{"type": "object", "properties": {"x": ` + schema + `}}`
	if schema == "" {
		with = ok
	}
	if required, found := strings.CutPrefix(schema, "required "); found {
		with = `{"type": "object", "required": ["x"], "properties": {"x": ` + required + `}}`
	}
	input, output := with, ok
	if side == "out" {
		input, output = ok, with
	}
	return parsed(t, input, output)
}

func parsed(t *testing.T, input, output string) *subject {
	t.Helper()
	text := fmt.Sprintf(`{
	"info": {"x-fal-metadata": {"endpointId": "fal-ai/snippet"}},
	"components": {"schemas": {
		"Cat": {"type": "object", "properties": {"kind": {"type": "string"}, "purrs": {"type": "boolean"}}},
		"Dog": {"type": "object", "properties": {"kind": {"type": "string"}, "barks": {"type": "boolean"}}},
		"Part": {"type": "object", "properties": {"n": {"type": "integer"}}},
		"Twin": {"type": "object", "properties": {"n": {"type": "integer"}}},
		"File": {"type": "object", "required": ["url"], "properties": {"url": {"type": "string"}}},
		"ImageSize": {"type": "object", "properties": {
			"width": {"type": "integer", "exclusiveMinimum": 0, "maximum": 14142, "default": 512}, "height": {"type": "integer", "exclusiveMinimum": 0, "maximum": 14142, "default": 512}
		}}
	}},
	"paths": {
		"/fal-ai/snippet": {"post": {"requestBody": {"content": {"application/json": {"schema": %s}}}}},
		"/fal-ai/snippet/requests/{request_id}": {"get": {"responses": {"200": {"content": {"application/json": {"schema": %s}}}}}}
	}}`, input, output)
	if !json.Valid([]byte(text)) {
		t.Fatalf("no JSON: %s", text)
	}
	s := parse("snippet.json", []byte(text))
	if s == nil {
		t.Fatalf("falgen refuses %s", text)
	}
	s.pins = s.assign(s.pins)
	return s
}

// frame is a size of a frame with more presets than the common ones, and more keywords.
func frame(presets, keywords string) string {
	return `{"anyOf": [{"$ref": "#/components/schemas/ImageSize"}, {"type": "string", "enum": ["square_hd", "square",
		"portrait_4_3", "portrait_16_9", "landscape_4_3", "landscape_16_9"` + presets + `]}]` + keywords + `}`
}

// pet is a union of two components that a discriminator tells apart, by values that it maps to them.
func pet(first, second string) string {
	return fmt.Sprintf(`{"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
		"discriminator": {"propertyName": "kind", "mapping": {%q: "#/components/schemas/Cat", %q: "#/components/schemas/Dog"}}}`, first, second)
}

// TestKinds changes a property in each way, as part of the input and of the output.
func TestKinds(t *testing.T) {
	const (
		text   = `{"type": "string"}`
		number = `{"type": "integer"}`
		list   = `{"type": "array", "items": {"type": "string"}}`
		enum   = `{"type": "string", "enum": ["a", "b"]}`
		one    = `{"type": "string", "enum": ["a"]}`
		null   = `{"type": "string", "nullable": true}`
		union  = `{"anyOf": [{"type": "string"}, {"type": "boolean"}]}`
		three  = `{"anyOf": [{"type": "string"}, {"type": "boolean"}, {"type": "integer"}]}`
		file   = `{"$ref": "#/components/schemas/File"}`
		size   = `{"$ref": "#/components/schemas/ImageSize"}`
		part   = `{"$ref": "#/components/schemas/Part"}`
		twin   = `{"$ref": "#/components/schemas/Twin"}`
	)
	for _, tt := range []struct {
		old, new string
		in, out  string // the changes, each as "LEVEL kind"
	}{
		{text, text, "", ""},
		{"", text, "DOC field-added", "DOC field-added"},
		{"", "required " + text, "WIRE required-field-added", "DOC field-added"},
		{text, "", "GO field-removed", "GO field-removed"},
		{text, "required " + text, "GO became-required", "GO became-required"},
		{"required " + text, text, "GO became-optional", "GO became-optional"},
		{list, "required " + list, "WIRE became-required", "DOC became-required"},
		{"required " + list, list, "DOC became-optional", "BEHAVIOUR became-optional"},
		{enum, "required " + enum, "WIRE became-required", "DOC became-required"},
		{text, number, "GO type-changed", "GO type-changed"},
		{number, `{"type": "number"}`, "GO type-widened", "GO type-changed"},
		{number, `{}`, "GO type-widened", "GO type-changed"},
		{enum, text, "GO type-widened", "GO type-changed"},
		{text, enum, "GO type-changed", "GO type-changed"},
		{text, union, "GO type-widened", "GO type-changed"},
		{union, text, "GO type-changed", "GO type-changed"},
		{list, `{"type": "array", "items": {"type": "integer"}}`, "GO type-changed", "GO type-changed"},
		{part, `{"type": "object"}`, "GO type-widened", "GO type-changed"},
		{file, part, "GO type-changed", "GO type-changed"},
		{text, null, "DOC null-added", "BEHAVIOUR null-added"},
		{null, text, "WIRE null-removed", "DOC null-removed"},
		{"required " + text, "required " + null, "GO null-added", "GO null-added"},
		{"required " + null, "required " + text, "GO null-removed", "GO null-removed"},
		{list, `{"type": "array", "items": {"type": "string", "nullable": true}}`, "GO null-added", "GO null-added"},
		{number, `{"type": "integer", "default": 1}`, "BEHAVIOUR default-added", "DOC default-added"},
		{`{"type": "integer", "default": 1}`, `{"type": "integer", "default": 2}`,
			"BEHAVIOUR default-changed", "DOC default-changed"},
		{`{"type": "integer", "default": 1}`, `{"type": "integer", "default": 1.0}`, "", ""},
		{`{"default": {"a": 1}}`, `{"default": {"a": 1e0}}`, "", ""},
		{`{"type": "integer", "default": 1}`, number, "GO default-removed", "DOC default-removed"},
		{`{"type": "boolean", "nullable": true}`, `{"type": "boolean", "nullable": true, "default": true}`,
			"BEHAVIOUR default-added", "DOC default-added"},
		{`{"type": "array", "nullable": true}`, `{"type": "array", "nullable": true, "default": []}`,
			"GO default-added", "GO default-added"},
		{`{"type": "array"}`, `{"type": "array", "nullable": true, "default": []}`,
			"GO null-added, BEHAVIOUR default-added", "GO null-added, DOC default-added"},
		{one, enum, "DOC value-added", "DOC value-added"},
		{enum, one, "GO value-removed", "GO value-removed"},
		{one, `{"type": "string", "enum": ["a", ""]}`, "GO value-added", "GO value-added"},
		{`{"enum": [1, 2]}`, `{"enum": [1, 3]}`,
			"GO value-removed, DOC value-added", "GO value-removed, DOC value-added"},
		{`{"enum": ["1"]}`, `{"enum": [1]}`, "GO type-changed", "GO type-changed"},
		{enum, `{"type": "string", "enum": ["b", "a"]}`, "DOC order-changed", "DOC order-changed"},
		{enum, `{"anyOf": [` + enum + `, ` + text + `]}`, "GO enum-opened", "GO enum-opened"},
		{"required " + enum, `required {"anyOf": [` + enum + `, ` + text + `]}`, "DOC enum-opened", "DOC enum-opened"},
		{`required {"anyOf": [` + enum + `, ` + text + `]}`, "required " + enum, "WIRE enum-closed", "DOC enum-closed"},
		{union, three, "DOC alternative-added", "DOC alternative-added"},
		{three, union, "GO alternative-removed", "GO alternative-removed"},
		{union, `{"anyOf": [{"type": "boolean"}, {"type": "string"}]}`, "DOC order-changed", "DOC order-changed"},
		{`{"anyOf": [` + size + `, ` + one + `]}`, `{"anyOf": [{"properties": {"width": {"type": "integer", "maximum": 9}}}, ` + one + `]}`,
			"GO type-changed", "GO type-changed"},
		{`{"anyOf": [` + one + `, ` + number + `]}`, `{"anyOf": [` + enum + `, ` + number + `]}`,
			"DOC value-added", "DOC value-added"},
		{number, `{"type": "integer", "minimum": 1}`, "WIRE limit-tightened", "DOC limit-tightened"},
		{`{"type": "integer", "minimum": 1}`, `{"type": "integer", "minimum": 2}`,
			"WIRE limit-tightened", "DOC limit-tightened"},
		{`{"type": "integer", "minimum": 1}`, `{"type": "integer", "exclusiveMinimum": 0}`, "", ""},
		{`{"type": "number", "minimum": 1}`, `{"type": "number", "exclusiveMinimum": 1}`,
			"WIRE limit-tightened", "DOC limit-tightened"},
		{`{"type": "number", "maximum": 0.5}`, `{"type": "number", "maximum": 1e1}`,
			"BEHAVIOUR limit-loosened", "DOC limit-loosened"},
		{`{"type": "integer", "maximum": 1.5}`, `{"type": "integer", "exclusiveMaximum": 2}`, "", ""},
		{`{"type": "integer", "maximum": 9, "minimum": 0}`, number,
			"BEHAVIOUR limit-loosened, BEHAVIOUR limit-loosened", "DOC limit-loosened, DOC limit-loosened"},
		{`{"type": "integer", "multipleOf": 4}`, `{"type": "integer", "multipleOf": 8}`,
			"WIRE limit-tightened", "DOC limit-tightened"},
		{`{"type": "integer", "multipleOf": 8}`, `{"type": "integer", "multipleOf": 4}`,
			"BEHAVIOUR limit-loosened", "DOC limit-loosened"},
		{`{"type": "integer", "multipleOf": 4}`, `{"type": "integer", "multipleOf": 6}`,
			"WIRE limit-changed", "DOC limit-changed"},
		{`{"type": "string", "pattern": "^a"}`, `{"type": "string", "pattern": "^b"}`,
			"WIRE limit-changed", "DOC limit-changed"},
		{text, `{"type": "string", "minLength": 0}`, "", ""},
		{text, `{"type": "string", "minLength": 1, "maxLength": 9}`,
			"WIRE limit-tightened, WIRE limit-tightened", "DOC limit-tightened, DOC limit-tightened"},
		{`{"type": "array", "uniqueItems": true, "maxItems": 2}`, `{"type": "array", "maxItems": 3}`,
			"BEHAVIOUR limit-loosened, BEHAVIOUR limit-loosened", "DOC limit-loosened, DOC limit-loosened"},
		{`{"type": "integer", "maximum": 5}`, `{"type": "number", "maximum": 4}`,
			"GO type-widened, WIRE limit-tightened", "GO type-changed, DOC limit-tightened"},
		{text, `{"type": "string", "not": {"const": "a"}}`, "WIRE server-rule-added", "DOC server-rule-added"},
		{`{"type": "string", "not": {"const": "a"}}`, text, "BEHAVIOUR server-rule-removed", "DOC server-rule-removed"},
		{`{"type": "string", "not": {"const": "a"}}`, `{"type": "string", "not": {"const": "b"}}`,
			"WIRE server-rule-changed", "DOC server-rule-changed"},
		{`{"type": "string", "not": {"enum": ["a", "b"]}}`, `{"type": "string", "not": {"enum": ["b", "a"], "title": "T"}}`, "", ""},
		{`{"type": "object", "not": ` + part + `}`, `{"type": "object", "not": ` + twin + `}`, "", ""}, // they are the same
		{`{"type": "object", "not": ` + part + `}`, `{"type": "object", "not": ` + file + `}`,
			"WIRE server-rule-changed", "DOC server-rule-changed"},
		{text, `{"type": "string", "contains": {"const": 1}}`, "", ""}, // it binds lists alone
		{list, `{"type": "array", "items": {"type": "string"}, "contains": {"const": "a"}}`,
			"WIRE server-rule-added", "DOC server-rule-added"},
		{list, `{"type": "array", "items": {"type": "string"}, "minContains": 1}`, "", ""},
		{list, `{"type": "array", "items": {"type": "string", "not": {"const": ""}}}`,
			"WIRE server-rule-added", "DOC server-rule-added"},
		{`{"properties": {"a": {}}}`, `{"properties": {"a": {}}, "additionalProperties": false}`,
			"WIRE server-rule-added", "DOC server-rule-added"},
		{`{"properties": {"a": {}}, "additionalProperties": true}`, `{"properties": {"a": {}}, "additionalProperties": {}}`, "", ""},
		{`{"properties": {"a": {}}}`, `{"properties": {"a": {}}, "if": {"required": ["a"]}}`, "", ""},
		{`{"properties": {"a": {}}}`, `{"properties": {"a": {}}, "if": {"required": ["a"]}, "then": {"minProperties": 2}}`,
			"WIRE server-rule-added", "DOC server-rule-added"},
		{`{"properties": {"a": {}}}`, `{"properties": {"a": {}}, "dependentRequired": {"a": ["b"]}, "propertyNames": {"maxLength": 1}}`,
			"WIRE server-rule-added, WIRE server-rule-added", "DOC server-rule-added, DOC server-rule-added"},
		{`{"properties": {"a": {}}}`, `{"properties": {"a": {}}, "required": ["b"]}`,
			"WIRE server-rule-added", "DOC server-rule-added"},
		{text, `{"type": "string", "pattern": "(?=a)"}`, "WIRE server-rule-added", "DOC server-rule-added"},
		{`{"anyOf": [{"type": "string"}, {"type": "string", "not": {"const": "a"}}]}`, text,
			"BEHAVIOUR server-rule-removed", "DOC server-rule-removed"},
		{union, `{"anyOf": [{"type": "string", "not": {"const": "a"}}, {"type": "boolean"}]}`,
			"WIRE server-rule-added", "DOC server-rule-added"},
		{pet("cat", "dog"), pet("cat", "dog"), "", ""},
		{pet("cat", "dog"), pet("cat", "hound"), "WIRE discriminator-changed", "BEHAVIOUR discriminator-changed"},
		{`{"anyOf": [` + part + `, {"type": "string"}]}`, `{"oneOf": [` + part + `, {"type": "string"}]}`, "", ""}, // none fits both
		{`{"anyOf": [` + part + `, ` + twin + `]}`, `{"oneOf": [` + part + `, ` + twin + `]}`,
			"WIRE limit-tightened", "DOC limit-tightened"},
		{`{"oneOf": [{"type": "string", "maxLength": 2}, {"type": "string", "minLength": 1}]}`,
			`{"anyOf": [{"type": "string", "maxLength": 2}, {"type": "string", "minLength": 1}]}`,
			"WIRE limit-changed", "DOC limit-changed"},
		{text, `{"not": {"const": "a"}}`, "GO type-changed", "GO type-changed"},
		{part, twin, "", ""}, // it stands in the same place, and keeps its Go name
		{text, `{"type": "string", "deprecated": true}`, "DOC deprecation-changed", "DOC deprecation-changed"},
		{text, `{"type": "string", "description": "Words."}`, "DOC description-changed", "DOC description-changed"},
		{text, `{"type": "string", "title": "X"}`, "", ""},
		{`{"properties": {"a": {}}}`, `{"properties": {"a": {}}, "description": "Words."}`,
			"DOC description-changed", "DOC description-changed"},
		{part, `{"$ref": "#/components/schemas/Part", "description": "Words."}`, "DOC description-changed", "DOC description-changed"},
		{text, `{"type": "string", "examples": ["e"]}`, "DOC examples-changed", "DOC examples-changed"},
		{`{"examples": [1.0]}`, `{"example": 1}`, "", ""},
		{text, `{"type": "string", "format": "date"}`, "DOC hints-changed", "DOC hints-changed"},
		{`{"properties": {"a": {}, "b": {}}, "x-fal-order-properties": ["b", "a"]}`, `{"properties": {"a": {}, "b": {}}}`,
			"DOC order-changed", "DOC order-changed"},
		{`{"properties": {"a": {"type": "string"}}}`, `{"properties": {"a": {"type": "string"}, "b": {}}}`,
			"DOC field-added", "DOC field-added"},
		{`{"properties": {"a": {"type": "integer", "default": 3}}}`, `{"properties": {"a": {"type": "integer"}}}`,
			"GO default-removed", "DOC default-removed"},
		{frame("", ""), frame(`, "auto"`, ""), "DOC value-added", "DOC value-added"},
		{frame(`, "auto"`, ""), frame("", ""), "WIRE value-removed", "DOC value-removed"},
		{frame("", `, "default": "square"`), frame("", `, "default": "square_hd"`), "BEHAVIOUR default-changed", "DOC default-changed"},
		{frame("", ""), frame("", `, "nullable": true`), "DOC null-added", "BEHAVIOUR null-added"},
		{frame("", ""), frame(`, "panorama"`, ""), "GO go-changed, DOC value-added", "GO go-changed, DOC value-added"},
		{frame(`, "panorama"`, ""), frame("", ""), "GO go-changed, GO go-changed, GO value-removed",
			"GO go-changed, GO go-changed, GO value-removed"},
	} {
		for _, side := range []string{"in", "out"} {
			old := snippet(t, side, tt.old)
			new := snippet(t, side, tt.new)
			new.assign(old.pins)
			var got []string
			for _, c := range diff.Endpoint(old.endpoint, new.endpoint) {
				if c.Path == "Input.ok" || c.Path == "Output.ok" {
					continue // what stands there where x does not
				}
				got = append(got, fmt.Sprintf("%s %s", c.Level, c.Kind))
			}
			want := map[string]string{"in": tt.in, "out": tt.out}[side]
			if d := cmp.Diff(want, strings.Join(got, ", ")); d != "" {
				t.Errorf("%s: from %s to %s (-want +got):\n%s", side, tt.old, tt.new, d)
			}
		}
	}
}

// TestChange holds all that one change says.
func TestChange(t *testing.T) {
	old := parsed(t, `{"type": "object", "properties": {
		"mode": {"type": "string", "enum": ["fast", "slow"], "default": "fast"}, "n": {"type": "integer", "default": 4}}}`,
		`{"type": "object"}`)
	new := parsed(t, `{"type": "object", "properties": {
		"n": {"type": "number", "default": 4.0}}}`, `{"type": "object"}`)
	new.assign(old.pins)
	changes := diff.Endpoint(old.endpoint, new.endpoint)
	want := []diff.Change{{
		Level: diff.Go, Kind: diff.FieldRemoved, Endpoint: "fal-ai/snippet", Package: "falai/snippet",
		Path: "Input.mode", Before: `one of "fast", "slow"`,
		Effects: []diff.Effect{
			{Level: diff.Go, Text: "Input.Mode is gone; DefaultMode is gone; Mode is gone; and 4 more."},
			{Level: diff.Behaviour, Text: "What requests say with it is ignored or refused."},
		},
		Go: []diff.Symbol{
			{Kind: "field", Name: "Input.Mode", Before: "Mode"}, {Kind: "const", Name: "DefaultMode", Before: "Mode"},
			{Kind: "type", Name: "Mode", Before: "string"}, {Kind: "const", Name: "ModeFast", Before: "Mode"},
			{Kind: "const", Name: "ModeSlow", Before: "Mode"}, {Kind: "func", Name: "ModeValues", Before: "func() []Mode"},
			{Kind: "method", Name: "Mode.Known", Before: "func() bool"},
		},
		Old: diag.Pos{File: "snippet.json", Line: 15, Col: 11}, New: diag.Pos{File: "snippet.json", Line: 14, Col: 91},
	}, {
		Level: diff.Go, Kind: diff.TypeWidened, Endpoint: "fal-ai/snippet", Package: "falai/snippet",
		Path: "Input.n", Before: "a whole number", After: "a number",
		Effects: []diff.Effect{
			{Level: diff.Go, Text: "Input.N was fal.Opt[int64] and is fal.Opt[float64]; DefaultN was int64 and is float64."},
			{Level: diff.Doc, Text: "All that was accepted is accepted still."},
		},
		Go: []diff.Symbol{
			{Kind: "field", Name: "Input.N", Before: "fal.Opt[int64]", After: "fal.Opt[float64]"},
			{Kind: "const", Name: "DefaultN", Before: "int64", After: "float64"},
		},
		Old: diag.Pos{File: "snippet.json", Line: 15, Col: 81}, New: diag.Pos{File: "snippet.json", Line: 15, Col: 8},
	}}
	if d := cmp.Diff(want, changes); d != "" {
		t.Error(d)
	}
}

// named are the endpoints of subjects that have one of the ids.
func named(list []*subject, ids []string) (endpoints []*ir.Endpoint) {
	for _, s := range list {
		if slices.Contains(ids, s.endpoint.ID) {
			endpoints = append(endpoints, s.endpoint)
		}
	}
	return endpoints
}

// TestEndpoints compares sets of endpoints.
func TestEndpoints(t *testing.T) {
	list := subjects(t, 0)
	a, b, c := list[0].endpoint, list[1].endpoint, list[2].endpoint
	for _, tt := range []struct {
		old, new []string
		want     []string
	}{
		{nil, nil, nil},
		{[]string{a.ID}, []string{a.ID}, nil},
		{[]string{a.ID}, []string{a.ID, b.ID}, []string{"DOC endpoint-added " + b.ID}},
		{[]string{a.ID, b.ID}, []string{b.ID}, []string{"GO endpoint-removed " + a.ID}},
		{[]string{b.ID, a.ID}, []string{c.ID}, []string{
			"GO endpoint-removed " + a.ID, "GO endpoint-removed " + b.ID, "DOC endpoint-added " + c.ID,
		}},
	} {
		var got []string
		changes, faults := diff.Endpoints(named(list, tt.old), named(list, tt.new))
		if len(faults) > 0 {
			t.Error(faults)
		}
		for _, c := range changes {
			got = append(got, fmt.Sprintf("%s %s %s", c.Level, c.Kind, c.Endpoint))
		}
		slices.Sort(got)
		slices.Sort(tt.want)
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("from %v to %v: %s", tt.old, tt.new, d)
		}
	}
	moved := *a
	moved.Package.Path = "elsewhere/x"
	changes := diff.Endpoint(a, &moved)
	if len(changes) != 1 || changes[0].Kind != diff.PackageMoved || changes[0].Level != diff.Go {
		t.Errorf("another package: %v", changes)
	}
}
