package specs_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/falgen/falgen/specs"
	"github.com/google/go-cmp/cmp"
)

// TestDocuments needs no corpus, so that it guards the embedded files
// everywhere: a document that is missing or misplaced would otherwise only be
// noticed by whoever asks for it by its endpoint id.
func TestDocuments(t *testing.T) {
	docs := documents(t)
	if got, want := len(docs), 13; got != want {
		t.Errorf("%d documents, want %d", got, want)
	}
	for id, raw := range docs {
		var doc struct {
			Info struct {
				Metadata struct {
					EndpointID string `json:"endpointId"`
				} `json:"x-fal-metadata"`
			} `json:"info"`
		}
		if err := json.Unmarshal(raw, &doc); err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		if got := doc.Info.Metadata.EndpointID; got != id {
			t.Errorf("%s.json describes the endpoint %q", id, got)
		}
	}
}

// TestFacts compares our documents with the published ones. What a generated
// client does follows from the facts, so these have to agree to the letter,
// down to the order of keys and the spelling of numbers.
func TestFacts(t *testing.T) {
	published := corpus(t)
	for id, raw := range documents(t) {
		t.Run(id, func(t *testing.T) {
			ours, theirs := split(t, raw), split(t, published[id])
			if diff := cmp.Diff(theirs.facts, ours.facts); diff != "" {
				t.Errorf("facts of %s differ from the published ones (-published +ours):\n%s", id, diff)
			}
		})
	}
}

// TestProse checks that no wording is taken over from the published documents.
func TestProse(t *testing.T) {
	const run = 8 // this many consecutive words in common are no coincidence
	published := corpus(t)
	for id, raw := range documents(t) {
		t.Run(id, func(t *testing.T) {
			ours, theirs := split(t, raw).prose, split(t, published[id]).prose
			for _, at := range slices.Sorted(maps.Keys(ours)) {
				got, original := words(ours[at]), words(theirs[at])
				// Joined without spaces, so that "VideoFile" is "Video file".
				switch g, o := strings.Join(got, ""), strings.Join(original, ""); {
				case g == "":
					t.Errorf("%s has no text", at)
				case g == o:
					t.Errorf("%s is the published text: %q", at, ours[at])
				}
				haystack := " " + strings.Join(original, " ") + " "
				for i := 0; i+run <= len(got); i++ {
					if shared := strings.Join(got[i:i+run], " "); strings.Contains(haystack, " "+shared+" ") {
						t.Errorf("%s shares %d words with the published text: %q", at, run, shared)
					}
				}
			}
		})
	}
}

// words returns the words of text in lower case, without punctuation.
func words(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_'
	})
}

// documents returns our documents by the endpoint id that their paths spell.
func documents(t *testing.T) map[string][]byte {
	t.Helper()
	docs := make(map[string][]byte)
	err := fs.WalkDir(specs.FS, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		id, isJSON := strings.CutSuffix(path, ".json")
		if !isJSON {
			return fmt.Errorf("%s is not a document", path)
		}
		docs[id], err = specs.FS.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return docs
}

// corpus returns the published documents, at least those that have one of ours
// beside them, by endpoint id. They are not ours to
// distribute, so a checkout without them skips the test. Where they are known
// to be present, FALGEN_REQUIRE_CORPUS turns a silent skip into a failure.
func corpus(t *testing.T) map[string][]byte {
	t.Helper()
	dir := os.Getenv("FALGEN_CORPUS")
	if dir == "" {
		dir = filepath.FromSlash("../../shared/corpus/2026-01")
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		giveUp := t.Skipf
		if os.Getenv("FALGEN_REQUIRE_CORPUS") != "" {
			giveUp = t.Fatalf
		}
		giveUp("no published documents in %s; set FALGEN_CORPUS to the folder that holds them", dir)
	}
	docs := make(map[string][]byte)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var page struct {
			Models []struct {
				EndpointID string          `json:"endpoint_id"`
				OpenAPI    json.RawMessage `json:"openapi"`
			} `json:"models"`
		}
		if err := json.Unmarshal(raw, &page); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, model := range page.Models {
			docs[model.EndpointID] = model.OpenAPI
		}
	}
	for id := range documents(t) {
		if docs[id] == nil {
			t.Fatalf("no published document for %s in %s", id, dir)
		}
	}
	return docs
}

// An object is a JSON object that, unlike a map, keeps the order of its keys.
type object []member

type member struct {
	Key   string
	Value any
}

// decode reads the next value of dec into objects, slices and scalars.
func decode(dec *json.Decoder) (any, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		obj := object{}
		for dec.More() {
			key, err := dec.Token()
			if err != nil {
				return nil, err
			}
			value, err := decode(dec)
			if err != nil {
				return nil, err
			}
			obj = append(obj, member{key.(string), value})
		}
		_, err = dec.Token()
		return obj, err
	case json.Delim('['):
		list := []any{}
		for dec.More() {
			value, err := decode(dec)
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		_, err = dec.Token()
		return list, err
	}
	return token, nil
}

// A document is an OpenAPI document taken apart into what is so and how it is
// worded.
type document struct {
	facts any               // the document, with a placeholder for each text
	prose map[string]string // the texts, by their place in the document
}

// split takes a document apart.
func split(t *testing.T, raw []byte) document {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	value, err := decode(dec)
	if err != nil {
		t.Fatalf("cannot read the document: %v", err)
	}
	doc := document{prose: make(map[string]string)}
	doc.facts = doc.strip(value, place{})
	return doc
}

// A place is where in a document a value is found.
type place struct {
	path  string // the keys and indexes that lead to it
	key   string // the last of them
	names bool   // whether its own keys are names rather than keywords
}

func (p place) at(key string, names bool) place {
	return place{p.path + "/" + key, key, names}
}

// nameMaps are the keywords whose objects have names for keys, so that a
// "title" in them is a property of that name and no title. The list has to
// cover what the documents use.
var nameMaps = []string{"properties", "schemas", "securitySchemes", "paths", "responses", "content"}

// promptNames are the properties whose examples are texts for a model to read.
// A negative prompt is not among them: its examples repeat its default, which
// is a fact.
var promptNames = []string{"prompt", "text"}

// placeholder stands in the facts for a text, so that the presence and the
// position of texts are compared as well.
const placeholder = "(text)"

// strip returns value with placeholders for its texts, which it collects.
func (d document) strip(value any, p place) any {
	switch value := value.(type) {
	case []any:
		list := []any{}
		for i, element := range value {
			list = append(list, d.strip(element, p.at(fmt.Sprint(i), false)))
		}
		return list
	case object:
		obj := object{}
		for _, m := range value {
			obj = append(obj, member{m.Key, d.stripMember(m, p)})
		}
		return obj
	}
	return value
}

// stripMember is strip for the member m of the object at p.
func (d document) stripMember(m member, p place) any {
	if p.names {
		return d.strip(m.Value, p.at(m.Key, false))
	}
	switch m.Key {
	case "title", "description":
		return d.take(m.Value, p.at(m.Key, false))
	case "examples":
		if list, ok := m.Value.([]any); ok && slices.Contains(promptNames, p.key) {
			texts := []any{}
			for i, example := range list {
				texts = append(texts, d.take(example, p.at(fmt.Sprintf("examples/%d", i), false)))
			}
			return texts
		}
		return m.Value
	case "default", "enum", "x-fal-metadata":
		return m.Value // data, not schemas
	}
	return d.strip(m.Value, p.at(m.Key, slices.Contains(nameMaps, m.Key)))
}

// take returns the placeholder for a text, which it collects. Any other value
// is a fact, and so is an empty text, which has no wording.
func (d document) take(value any, p place) any {
	text, ok := value.(string)
	if !ok || text == "" {
		return value
	}
	d.prose[p.path] = text
	return placeholder
}
