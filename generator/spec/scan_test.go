package spec_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/falgen/falgen/generator/spec"
)

// FuzzScan holds the scanner against encoding/json: it takes the same texts for JSON, but for those that falgen refuses
// on top of that, and reads the same values from them.
func FuzzScan(f *testing.F) {
	for _, seed := range []string{
		`{"a": [1, -0.5e+10, true, false, null, "x\n\u00e9\ud83c\udfac\ud83c"], "b": {}}`, `[]`, `[1,]`, `{"a":1,"a":2}`, `"\u12"`,
		"\"\xff\"", ` 0 `, `01`, `-`, `1.`, `1e`, `{"a" 1}`, `{a:1}`, `[1 2]`, `nul`, `"\x"`, "\"\t\"", `{"models":[{"a":1,"a":2},{"b":3}]}`,
		strings.Repeat("[", 300) + strings.Repeat("]", 300), `"\ud800\u0041"`, `"\udc00"`, `{"":{"":[[[]]]}}`, `1 2`, "\ufeff{}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) { compare(t, text) })
}

// TestScanMutated is FuzzScan over one of our documents, changed in one place at random.
func TestScanMutated(t *testing.T) {
	text, err := os.ReadFile("../../specs/fal-ai/rife/video.json")
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	alphabet := []byte("{}[]\",:\\u0\x00 \n\xffe-1.t")
	for range 2000 {
		mutated := bytes.Clone(text[:1+r.IntN(len(text))])
		if r.IntN(2) == 0 {
			mutated = bytes.Clone(text)
		}
		for range r.IntN(3) {
			mutated[r.IntN(len(mutated))] = alphabet[r.IntN(len(alphabet))]
		}
		compare(t, mutated)
	}
}

func compare(t *testing.T, text []byte) {
	root, err := spec.ParseFile("f.json", text)
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var want any
	wrong := dec.Decode(&want)
	if _, more := dec.Token(); wrong == nil && more != io.EOF {
		wrong = more
		if wrong == nil {
			wrong = io.ErrUnexpectedEOF
		}
	}
	switch {
	case wrong != nil && err == nil:
		t.Fatalf("%q is read, but encoding/json says %v", text, wrong)
	case wrong == nil && err != nil:
		ours := strings.Contains(err.Error(), "given twice") || strings.Contains(err.Error(), "nest deeper") ||
			!utf8.Valid(text) && strings.Contains(err.Error(), "not UTF-8")
		if !ours && !strings.HasPrefix(err.Error(), "f.json:1:1: expected") { // a second byte order mark
			t.Fatalf("%q is refused: %v", text, err)
		}
	case err == nil && !faulty(root) && !reflect.DeepEqual(root.Value(), want):
		t.Fatalf("%q is read as %v, not as %v", text, root.Value(), want)
	}
}

// faulty reports whether a dump has an entry with a fault.
func faulty(root *spec.Node) bool {
	models := root.Get("models")
	if !models.Is(spec.Array) {
		return false
	}
	for _, m := range models.Elems {
		if m.Fault() != nil {
			return true
		}
	}
	return false
}

// BenchmarkScan reads our documents, beside encoding/json's reading of them into an any.
func BenchmarkScan(b *testing.B) {
	files, err := filepath.Glob("../../specs/fal-ai/*.json")
	if err != nil || len(files) == 0 {
		b.Fatal(err)
	}
	var texts [][]byte
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		texts = append(texts, text)
	}
	for name, read := range map[string]func([]byte) error{
		"falgen": func(text []byte) error { _, err := spec.ParseFile("f.json", text); return err },
		"json":   func(text []byte) error { var v any; return json.Unmarshal(text, &v) },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				for _, text := range texts {
					if err := read(text); err != nil {
						b.Fatal(err)
					}
				}
			}
		})
	}
}
