package spec_test

import (
	"strings"
	"testing"

	"github.com/falgen/falgen/generator/spec"
)

// TestSearch holds that each word must be found, and that ids count most, then titles, categories and descriptions; what is deprecated comes
// after its equals.
func TestSearch(t *testing.T) {
	set := &spec.Set{}
	for _, m := range []struct {
		id    string
		words spec.Meta
	}{
		{"a/flux0", spec.Meta{Status: "deprecated"}},
		{"a/fluxus", spec.Meta{}},
		{"a/one", spec.Meta{Title: "Flux One", Description: "Edits an image."}},
		{"a/three", spec.Meta{Description: "Better than flux."}},
		{"a/two", spec.Meta{Category: "flux-to-image"}},
		{"b/flux/dev", spec.Meta{Category: "text-to-image"}},
		{"b/flux/edit", spec.Meta{Category: "image-to-image"}},
	} {
		root, err := spec.ParseFile("a.json", []byte(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		set.Documents = append(set.Documents, &spec.Document{ID: m.id, Root: root, Meta: m.words})
	}
	for words, want := range map[string]string{
		"FLUX":        "b/flux/dev b/flux/edit a/fluxus a/flux0 a/one a/two a/three",
		"flux image":  "b/flux/dev b/flux/edit a/one a/two",
		"flux edit":   "b/flux/edit a/one",
		"b/flux/edit": "b/flux/edit",
		"flux zebra":  "",
		"zebra":       "",
	} {
		var got []string
		for _, d := range spec.Search(set.Documents, strings.Fields(words)) {
			got = append(got, d.ID)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q, want %q", words, got, want)
		}
	}
}
