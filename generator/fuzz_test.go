package generator_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/falgen/falgen/generator/emit"
	"github.com/falgen/falgen/generator/naming"
	"github.com/falgen/falgen/generator/normalize"
	"github.com/falgen/falgen/generator/spec"
)

// stages takes a document through the generator. Whatever the document holds, either a finding refuses it or the
// result passes emit's gate.
func stages(t *testing.T, text []byte) {
	doc, diags := spec.Parse("document.json", text)
	if doc == nil {
		if len(diags) == 0 {
			t.Fatal("refused without a word")
		}
		return
	}
	e, diags := normalize.Endpoint(doc)
	if e == nil {
		if len(diags) == 0 {
			t.Fatal("refused without a word")
		}
		return
	}
	e.Package = naming.Packages([]string{e.ID}, nil)[e.ID]
	naming.Assign(e, naming.Pins{})
	files, err := emit.Package(e, "example.com/x")
	if err != nil {
		t.Fatal(err)
	}
	for name := range files {
		if !filepath.IsLocal(name) || strings.ContainsAny(name, "\\:") {
			t.Fatalf("the path %q", name)
		}
	}
}

// FuzzDocument gives the generator any bytes for a document.
func FuzzDocument(f *testing.F) {
	names, err := filepath.Glob(filepath.Join(goldenDir, "*", "*.json"))
	if err != nil || len(names) == 0 {
		f.Fatalf("no golden documents: %v", err)
	}
	for _, name := range append(names, "../specs/fal-ai/wan-vace-14b.json") {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		if !strings.Contains(name, "refused-bomb") { // bombs are slow by nature
			f.Add(text)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) { stages(t, text) })
}

// FuzzText puts any text into every place of a document that takes text.
func FuzzText(f *testing.F) {
	for _, text := range []string{
		"", " ", "\n*/ func init() {} /*", "//go:generate x", "+build ignore", "`", "\"", "\\", "\x00", "\u202e\u2066", "\xff",
		"type", "Input", "_", "é", "1", "-", "a,b", "\u2028", "Deprecated: x", "# x", "[x]: y", "\t\tcode", "- a\n- b",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		value := map[string]any{
			"type": "string", "title": text, "description": text, "default": text, "examples": []any{text},
			"limit_description": text, "pattern": text,
		}
		object := map[string]any{
			"type": "object", "title": text, "description": text,
			"properties": map[string]any{
				text: value, "value": value, "image_url": value, "component": map[string]any{"$ref": "#/components/schemas/" + text},
				"choice": map[string]any{"type": "string", "enum": []any{"a", text, text + text, "-" + text}, "default": text},
				"list":   map[string]any{"type": "array", "items": map[string]any{"enum": []any{text}}, "default": []any{text}},
				"object": map[string]any{"type": "object", "properties": map[string]any{"x": value, text: value}},
				"free":   map[string]any{"default": map[string]any{text: text}},
			},
			"x-fal-order-properties": []any{text, "value"},
			"required":               []any{text},
		}
		schema := map[string]any{"content": map[string]any{"application/json": map[string]any{"schema": object}}}
		for _, id := range []string{"fal-ai/fuzz", text} {
			doc := map[string]any{
				"openapi": text,
				"info": map[string]any{"title": text, "description": text, "x-fal-metadata": map[string]any{
					"endpointId": id, "category": text, "playgroundUrl": text, "documentationUrl": text}},
				"components": map[string]any{"schemas": map[string]any{text: object}},
				"paths": map[string]any{
					"/" + id:                            map[string]any{"post": map[string]any{"requestBody": schema}},
					"/" + id + "/requests/{request_id}": map[string]any{"get": map[string]any{"responses": map[string]any{"200": schema}}},
				},
			}
			out, err := json.Marshal(doc)
			if err != nil {
				t.Skip("no JSON")
			}
			stages(t, out)
		}
	})
}
