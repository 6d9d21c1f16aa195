package spec_test

import (
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/generator/spec"
)

// TestCanonical pins the one layout of a document: what is sorted, what keeps its order, what is escaped.
func TestCanonical(t *testing.T) {
	root, err := spec.ParseFile("a.json", []byte("\ufeff"+`{"required": ["b", "a"],
		"properties": {"required": {"enum": ["z", "a"], "default": {"required": ["b", "a"]}},
		"default": {"type": "object", "required": ["d", "c", 1], "items": {"required": ["d", "c"]}}},
		"examples": [{"required": ["b", "a"]}], "x-order": {"required": ["b", "a"]}, "n": [1.50, -0, 1e3, 9007199254740993],
		"s": "<a href=\"x\">\u00e9 \u2028 \/ \u0001\n&", "empty": [{}, [], "", null, true], "B": 1, "a": 2}`))
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "B": 1,
  "a": 2,
  "empty": [
    {},
    [],
    "",
    null,
    true
  ],
  "examples": [
    {
      "required": [
        "b",
        "a"
      ]
    }
  ],
  "n": [
    1.50,
    -0,
    1e3,
    9007199254740993
  ],
  "properties": {
    "default": {
      "items": {
        "required": [
          "c",
          "d"
        ]
      },
      "required": [
        "d",
        "c",
        1
      ],
      "type": "object"
    },
    "required": {
      "default": {
        "required": [
          "b",
          "a"
        ]
      },
      "enum": [
        "z",
        "a"
      ]
    }
  },
  "required": [
    "a",
    "b"
  ],
  "s": "<a href=\"x\">é \u2028 / \u0001\n&",
  "x-order": {
    "required": [
      "b",
      "a"
    ]
  }
}
`
	if diff := cmp.Diff(want, string(root.Canonical())); diff != "" {
		t.Error(diff)
	}
}

// FuzzCanonical holds that the canonical text says what the text says, but for the order of sets, and is its own.
func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{
		`{"b": [1, {"a": "\ud800 \u0000"}], "a": {}}`, `"x"`, `-1.0e+2`, `[[[]]]`, `{"a": {"b": {"c": null}}, "": true}`,
		`{"properties": {"properties": {"required": ["b", "a"]}}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		root, err := spec.ParseFile("a.json", []byte(text))
		if err != nil {
			t.Skip()
		}
		canonical := root.Canonical()
		again, err := spec.ParseFile("b.json", canonical)
		if err != nil {
			t.Fatalf("%v in %s", err, canonical)
		}
		if diff := cmp.Diff(string(canonical), string(again.Canonical())); diff != "" {
			t.Error(diff)
		}
		if !reflect.DeepEqual(unordered(root.Value()), unordered(again.Value())) {
			t.Errorf("%s became %s", text, canonical)
		}
	})
}

// unordered makes a count of each list of strings that is called "required".
func unordered(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = unordered(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = unordered(v[name])
			if list, ok := v[name].([]any); ok && name == "required" {
				counts := map[any]int{}
				for _, e := range list {
					if _, ok := e.(string); !ok {
						return v
					}
					counts[e]++
				}
				v[name] = counts
			}
		}
	}
	return v
}

// TestWords holds who is believed about what an endpoint does: its document, if it says more than the platform writes
// into each.
func TestWords(t *testing.T) {
	const date = "2025-02-14T00:00:00.000Z"
	catalogue := spec.Meta{
		Title: "T", Description: "D one. Two.", Category: "C", Status: "active", License: "research", Date: date,
	}
	with := func(change func(m *spec.Meta)) spec.Meta {
		m := catalogue
		change(&m)
		return m
	}
	for _, tt := range []struct {
		info string
		want spec.Meta
		does string
	}{
		{`{}`, catalogue, "D one."},
		{`{"title":"Queue OpenAPI for a/b","description":"The OpenAPI schema for the a/b queue."}`, catalogue, "D one."},
		{`{"title":"Own","x-fal-metadata":{"category":"other"}}`,
			with(func(m *spec.Meta) { m.Title, m.Category = "Own", "other" }), "D one."},
		{`{"description":"Own  words\nhere"}`, with(func(m *spec.Meta) { m.Description = "Own  words\nhere" }), "Own words here"},
		{`{"license":{"name":"MIT"}}`, with(func(m *spec.Meta) { m.License = "MIT" }), "D one."},
	} {
		root, err := spec.ParseFile("a.json", []byte(`{"paths":{"/a/b":{"post":{}}},"info":`+tt.info+`}`))
		if err != nil {
			t.Fatal(err)
		}
		kept := spec.WithWords(spec.WithWords(root, spec.Meta{Title: "Old"}), catalogue)
		if spec.KeptWords(root) != (spec.Meta{}) || spec.KeptWords(kept) != catalogue {
			t.Errorf("%s: %+v is kept, and %+v before", tt.info, spec.KeptWords(kept), spec.KeptWords(root))
		}
		doc, diags := spec.Parse("b.json", kept.Canonical())
		if doc == nil {
			t.Fatal(diags)
		}
		if got := doc.Words(); got != tt.want || got.Summary() != tt.does {
			t.Errorf("%s: %+v, %q", tt.info, got, got.Summary())
		}
	}
	for words, want := range map[spec.Meta]string{
		{}: "", {Category: "C"}: "C", {Title: "T", Category: "C"}: "T", {Description: "D. ", Title: "T"}: "D.",
	} {
		if got := words.Summary(); got != want {
			t.Errorf("%+v: %q", words, got)
		}
	}
}

// TestDeprecation holds when an endpoint is deprecated, and what its description names in its place.
func TestDeprecation(t *testing.T) {
	for _, tt := range []struct{ post, status, description, want string }{
		{`{}`, "active", "Use fal-ai/b/v2 instead.", "stays"},
		{`{}`, "", "", "stays"},
		{`{}`, "deprecated", "", "goes "},
		{`{"deprecated":true}`, "", "", "goes "},
		{`{"deprecated":true}`, "active", "", "goes "},
		{`{"deprecated":false}`, "deprecated", "", "goes "},
		{`{}`, "deprecated", "Use fal-ai/b/v2 instead.", "goes fal-ai/b/v2"},
		{`{}`, "deprecated", "See `fal-ai/b/v2`, (fal-ai/b/v2).", "goes fal-ai/b/v2"},
		{`{}`, "deprecated", "Moved to https://fal.ai/models/bytedance/b.", "goes bytedance/b"},
		{`{}`, "deprecated", "Use a/c/d.", "goes a/c/d"},
		{`{}`, "deprecated", "Takes text and/or images, a/b too, and ../etc and fal-ai/../x.", "goes "},
		{`{}`, "deprecated", "fal-ai/c or fal-ai/d", "goes "},
	} {
		root, err := spec.ParseFile("a.json", []byte(`{"paths":{"/a/b":{"post":`+tt.post+`}},"info":{}}`))
		if err != nil {
			t.Fatal(err)
		}
		meta := spec.Meta{Status: tt.status, Description: tt.description}
		words := (&spec.Document{ID: "a/b", Root: root, Meta: meta}).Words()
		got := "stays"
		if words.Deprecated() {
			got = "goes " + words.Replacement("a/b")
		}
		if got != tt.want {
			t.Errorf("%+v: %s", tt, got)
		}
	}
	for date, want := range map[string]string{
		"": "", "2025-02-14T00:00:00.000Z": "2025-02-14", "2025-02-14": "2025-02-14", "2025-02-30T00:00:00Z": "", "soon": "",
	} {
		if got := (spec.Meta{Date: date}).Day(); got != want {
			t.Errorf("%q: %q, want %q", date, got, want)
		}
	}
}
