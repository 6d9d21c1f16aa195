package generator_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/generator"
	"github.com/falgen/falgen/generator/naming"
)

// versions are two versions of a document of which the new one has a property that takes the name of one of the old.
func versions(t *testing.T, dir string) (old, new string) {
	t.Helper()
	text := `{"info": {"x-fal-metadata": {"endpointId": "fal-ai/x"}}, "paths": {
		"/fal-ai/x": {"post": {"requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {%s}}}}}}},
		"/fal-ai/x/requests/{request_id}": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {"type": "object"}}}}}}}
	}}`
	old, new = filepath.Join(dir, "old", "x.json"), filepath.Join(dir, "new", "x.json")
	write(t, old, fmt.Appendf(nil, text, `"b-b": {"type": "string"}`))
	write(t, new, fmt.Appendf(nil, text, `"a-b": {"type": "string"}, "bB": {"type": "string"}, "b-b": {"type": "string"}`))
	return old, new
}

// changes compares and returns a line for each change.
func changes(t *testing.T, old, new generator.Side) []string {
	t.Helper()
	r, err := generator.Diff(t.Context(), old, new)
	if err != nil {
		t.Fatal(err)
	}
	lines := []string{}
	for _, c := range r.Changes {
		line := fmt.Sprintf("%s %s %s", c.Level, c.Kind, c.Path)
		for _, s := range c.Go {
			line += " " + s.Name
		}
		lines = append(lines, line)
	}
	for _, f := range r.Failed {
		lines = append(lines, "failed "+filepath.Base(f))
	}
	return lines
}

func side(t *testing.T, path string, lock naming.Lock) generator.Side {
	return generator.Side{Name: path, Sources: read(t, path), Lock: lock}
}

// TestDiffNames holds that names are those which generating the new side gives: the old side's go first, and its lock
// over them.
func TestDiffNames(t *testing.T) {
	old, new := versions(t, t.TempDir())
	if d := cmp.Diff([]string{"DOC field-added Input.a-b Input.AB", "DOC field-added Input.bB Input.BB2"},
		changes(t, side(t, old, nil), side(t, new, nil))); d != "" {
		t.Errorf("without a lock: %s", d)
	}
	names := map[string]string{"field Input.b-b": "Kept", "field Input.bB": "BB"}
	lock := naming.Lock{"fal-ai/x": {Package: "falai/other", Names: names}}
	if d := cmp.Diff([]string{"DOC field-added Input.a-b Input.AB", "DOC field-added Input.bB Input.BB"},
		changes(t, side(t, old, lock), side(t, new, lock))); d != "" {
		t.Errorf("with a lock: %s", d)
	}
	if d := cmp.Diff([]string{
		"GO package-moved ", "BEHAVIOUR go-changed Input.b-b Input.BB",
		"DOC field-added Input.a-b Input.AB", "DOC field-added Input.bB Input.BB",
	}, changes(t, side(t, old, nil), side(t, new, lock))); d != "" {
		t.Errorf("with a lock that came later: %s", d)
	}
}

// TestDiffSets holds of which endpoints nothing is said: those that a side is not meant to have, and those that it may
// have in a document that cannot be used.
func TestDiffSets(t *testing.T) {
	dir := t.TempDir()
	old, new := versions(t, dir)
	rife := "../specs/fal-ai/rife/video.json"
	both := filepath.Join(dir, "both")
	copyFile(t, old, filepath.Join(both, "x.json"))
	copyFile(t, rife, filepath.Join(both, "rife.json"))
	bad := filepath.Join(dir, "bad")
	copyFile(t, old, filepath.Join(bad, "x.json"))
	hidden := filepath.Join(dir, "hidden")
	copyFile(t, old, filepath.Join(hidden, "x.json"))
	write(t, filepath.Join(hidden, "y.json"), []byte("{"))
	write(t, filepath.Join(bad, "rife.json"), []byte(strings.Replace(text(t, rife), `"post"`, `"patch"`, 1)))
	for _, tt := range []struct {
		name, old, new string
		want           []string
	}{
		{"a folder, and one that has less", both, filepath.Dir(old), []string{"GO endpoint-removed "}},
		{"a folder, and one that has more", filepath.Dir(old), both, []string{"DOC endpoint-added "}},
		{"a folder, and one document", both, old, []string{}},
		{"one document, and a folder", old, both, []string{}},
		{"one document, and another one", new, rife, []string{"DOC endpoint-added ", "GO endpoint-removed "}},
		{"a document that became unusable", both, bad, []string{"failed video"}},
		{"a document that became usable", bad, both, []string{"failed video"}},
		{"a document that is no JSON any more", both, hidden, []string{"failed y.json"}},
		{"a document that was no JSON", hidden, both, []string{"failed y.json"}},
	} {
		if d := cmp.Diff(tt.want, changes(t, side(t, tt.old, nil), side(t, tt.new, nil))); d != "" {
			t.Errorf("%s: %s", tt.name, d)
		}
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	write(t, to, []byte(text(t, from)))
}

func text(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
