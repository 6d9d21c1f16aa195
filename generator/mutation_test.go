package generator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// FuzzOthers changes a document at random and puts it among good ones, into a folder and, where it is JSON, into a dump:
// the good ones' bytes never change.
func FuzzOthers(f *testing.F) {
	for seed := range uint64(60) {
		f.Add(seed)
	}
	var texts [][]byte
	for _, name := range []string{"rife/video", "wan-vace-14b", "stable-video", "ltx-video-13b-distilled/multiconditioning"} {
		text, err := os.ReadFile("../specs/fal-ai/" + name + ".json")
		if err != nil {
			f.Fatal(err)
		}
		texts = append(texts, text)
	}
	dir := f.TempDir()
	put := func(tb testing.TB, name string, text []byte) string {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(name, text, 0o666); err != nil {
			tb.Fatal(err)
		}
		return name
	}
	for i, text := range texts[:3] {
		put(f, fmt.Sprintf("folder/%d.json", i), text)
	}
	entry := func(text []byte) string { return `{"openapi": ` + string(text) + `}` }
	want := map[string]string{}
	f.Fuzz(func(t *testing.T, seed uint64) {
		if len(want) == 0 {
			want = asText(generate(t, filepath.Join(dir, "folder"), "example.com/x").Files)
		}
		mutated := mutate(rand.New(rand.NewPCG(seed, 7)), texts)
		check := func(place string) {
			r := generate(t, place, "example.com/x")
			for _, d := range r.Diagnostics {
				if d.Rule == "internal" {
					t.Fatalf("%v\n%.3000s", d, mutated)
				}
			}
			got := asText(r.Files)
			for name, text := range want {
				if strings.HasSuffix(name, ".go") && got[name] != text {
					t.Fatalf("%s: %s is another one beside\n%.3000s", filepath.Base(place), name, mutated)
				}
			}
		}
		broken := put(t, "folder/z.json", mutated)
		check(filepath.Join(dir, "folder"))
		if err := os.Remove(broken); err != nil {
			t.Fatal(err)
		}
		if json.Valid(mutated) {
			dump := fmt.Sprintf(`{"models": [%s, %s, %s, %s]}`, entry(texts[0]), entry(mutated), entry(texts[1]), entry(texts[2]))
			check(put(t, "dump.json", []byte(dump)))
		}
	})
}

// mutate returns a document that has the id of none of the first three.
func mutate(r *rand.Rand, texts [][]byte) []byte {
	text := bytes.ReplaceAll(texts[3], []byte("fal-ai/ltx-video-13b-distilled/multiconditioning"), []byte("fal-ai/mutated/x"))
	if r.IntN(4) == 0 {
		for range 1 + r.IntN(4) {
			text[r.IntN(len(text))] = "{}[]\",:\\0\x00\xffe-"[r.IntN(13)]
		}
		return text
	}
	var doc any
	if err := json.Unmarshal(text, &doc); err != nil {
		panic(err) // our own documents are JSON
	}
	for range 1 + r.IntN(6) {
		doc = change(r, doc, 1+r.IntN(12))
	}
	out, err := json.Marshal(doc)
	if err != nil {
		panic(err)
	}
	return out
}

// strange are values that a document has where it should have others.
var strange = []string{
	`null`, `true`, `false`, `[]`, `{}`, `""`, `"string"`, `-1`, `1e400`, `18446744073709551616`, `0.1`, `[[]]`, `[null]`, `{"": {}}`, `"null"`,
	`{"$ref": "#"}`, `{"$ref": "#/components/schemas"}`, `{"$ref": "#/paths"}`, `{"$ref": "x"}`, `{"allOf": [false, true]}`, `{"anyOf": []}`,
	`{"anyOf": [{"required": ["a"]}, {"type": "string"}]}`, `{"oneOf": [{"type": "null"}]}`, `{"const": null}`, `{"enum": [[], {}, 1, "a", null]}`,
	`{"type": []}`, `{"type": ["string", "object", "array", "null"]}`, `{"type": "array"}`, `{"type": "array", "items": []}`, `{"pattern": "("}`,
	`{"type": "object", "properties": {"type": {"type": "object", "properties": {"type": {}}}}}`, `{"additionalProperties": {"$ref": "#/components/schemas/LoraWeight"}}`,
}

// change puts something strange somewhere into a value, or takes something out of it.
func change(r *rand.Rand, v any, depth int) any {
	var new any
	dec := json.NewDecoder(strings.NewReader(strange[r.IntN(len(strange))]))
	dec.UseNumber()
	if err := dec.Decode(&new); err != nil {
		panic(err)
	}
	switch at := v.(type) {
	case map[string]any:
		if len(at) == 0 || depth == 0 {
			return new
		}
		var names []string
		for name := range at {
			names = append(names, name)
		}
		slices.Sort(names)
		name := names[r.IntN(len(names))]
		switch r.IntN(12) {
		case 0:
			delete(at, name)
		case 1:
			at[[]string{"$ref", "allOf", "anyOf", "oneOf", "items", "properties", "enum", "default"}[r.IntN(8)]] = new
		case 2: // what stands elsewhere
			at[name] = at[names[r.IntN(len(names))]]
		default:
			at[name] = change(r, at[name], depth-1)
		}
		return at
	case []any:
		if len(at) == 0 || depth == 0 {
			return new
		}
		i := r.IntN(len(at))
		if r.IntN(8) == 0 {
			return append(at, at[i])
		}
		at[i] = change(r, at[i], depth-1)
		return at
	}
	return new
}
