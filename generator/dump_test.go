package generator_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDump holds that an entry of a catalogue that cannot be used is named with its place, and its endpoint where that
// can be read, and that the others are generated as if it were not there.
func TestDump(t *testing.T) {
	document := func(id string) string {
		text, err := os.ReadFile("../specs/fal-ai/rife/video.json")
		if err != nil {
			t.Fatal(err)
		}
		return strings.ReplaceAll(string(text), "fal-ai/rife/video", id)
	}
	entry := func(id, openapi string) string { return fmt.Sprintf(`{"endpoint_id": %q, "openapi": %s}`, id, openapi) }
	good := []string{entry("a/first", document("a/first")), entry("b/last", document("b/last"))}
	deep := strings.Repeat("[", 300) + strings.Repeat("]", 300)
	dump := func(entries ...string) string {
		return `{"models": [` + strings.Join(entries, ",\n") + `], "has_more": false}`
	}
	name := filepath.Join(t.TempDir(), "dump.json")
	write(t, name, []byte(dump(good...)))
	want := asText(generate(t, name, "example.com/x").Files)
	for _, tt := range []struct{ name, entry, want, failed string }{
		{"too deep", entry("a/deep", deep), "values nest deeper than 256 levels", "a/deep"},
		{"a name twice", entry("a/twice", `{"paths": {}, "paths": {}}`), `the name "paths" is given twice in one object`, "a/twice"},
		{"no UTF-8", entry("a/bytes", "{\"paths\": \"\xff\"}"), "the text is not UTF-8", "a/bytes"},
		{"no object", "5", "expected an entry of the catalogue, an object, found a number", name},
		{"null", "null", "found a null", name},
		{"no document", `{"endpoint_id": "a/none"}`, `has no "openapi"`, "a/none"},
		{"too large", entry("a/large", `"`+strings.Repeat("x", 17<<20)+`"`), "more than 16 MiB", "a/large"},
		{"an id twice", entry("b/last", document("b/last")), "b/last is already described at", "b/last"},
		{"no id", entry("../x", document("../x")), "is no endpoint id", name},
		{"no schema", entry("a/empty", `{"paths": {"/a/empty": {"post": {}}}}`), "the document has no JSON schema", "a/empty"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			write(t, name, []byte(dump(good[0], tt.entry, good[1])))
			r := generate(t, name, "example.com/x")
			got := asText(r.Files)
			for file, text := range want {
				if strings.HasSuffix(file, ".go") && got[file] != text {
					t.Errorf("%s is missing or another one", file)
				}
			}
			if len(r.Diagnostics) == 0 || !strings.Contains(r.Diagnostics[0].String(), tt.want) || r.Diagnostics[0].Pos.Line == 0 {
				t.Errorf("found %v, want %q", r.Diagnostics, tt.want)
			}
			if len(r.Failed) != 1 || r.Failed[0] != tt.failed {
				t.Errorf("failed: %q, want %q", r.Failed, tt.failed)
			}
		})
	}
}
