package generator_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/falgen/falgen/generator"
	"github.com/falgen/falgen/internal/randomdoc"
)

var randomSchemas = flag.Int("schemas", 150, "how many random schemas are generated from")

// TestRandomSchemas generates from documents made at random: each gives a package that passes the gate, and the same one
// each time.
func TestRandomSchemas(t *testing.T) {
	m := randomdoc.New(5, 6)
	var models []any
	for i := range *randomSchemas {
		input, components := m.Input()
		text, err := json.Marshal(randomdoc.Document(input, randomdoc.Object{"type": "object"}, components))
		if err != nil {
			t.Fatal(err)
		}
		id := fmt.Sprint("fal-ai/random", i)
		models = append(models, map[string]any{
			"endpoint_id": id, "openapi": json.RawMessage(strings.ReplaceAll(string(text), "fal-ai/random", id)),
		})
	}
	dump, err := json.Marshal(map[string]any{"models": models})
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "dump.json")
	write(t, name, dump)
	var first *generator.Result
	for range 2 {
		result, err := generator.Generate(t.Context(), read(t, name), generator.Config{Package: "example.com/x"})
		if err != nil {
			t.Fatal(err)
		}
		if len(result.Failed) > 0 {
			t.Fatalf("failed: %v, %v", result.Failed, result.Diagnostics)
		}
		if first == nil {
			first = result
		}
		for name, text := range first.Files {
			if string(result.Files[name]) != string(text) {
				t.Errorf("%s differs the second time", name)
			}
		}
	}
}
