package generator_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/falgen/falgen/internal/scratch"
)

// echo decodes each input into the generated type and encodes it again.
const echo = `package main

import (
	"encoding/json"
	"os"

	"scratch/generated/falai/names"
)

func main() {
	in, out := json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)
	for in.More() {
		var v names.Input
		if err := in.Decode(&v); err != nil {
			panic(err)
		}
		if err := out.Encode(v); err != nil {
			panic(err)
		}
	}
}
`

// TestPropertyNames gives an object properties of all sorts of names. What the generated type decodes it encodes under the
// same names, on the level of the input and below.
func TestPropertyNames(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds a program")
	}
	r := rand.New(rand.NewPCG(5, 6))
	alphabet := []rune("abAB01-_.,:;!?\"'`\\/ \t\n\x00\x7f\u00a0\u0085\u200b\u202e\u2028éßÄǅ字名🎬\u0301\ufeff\ufffd\U00016d43ꟛ")
	names := []string{"", "-", "a", "A", "a_", "type", "Input", "MarshalJSON", "plain", "omitzero", "a,omitzero", "a,string", "größe", "GRÖSSE", "\u017f", "s", "K", "\u212a"}
	for len(names) < 150 {
		name := ""
		for range 1 + r.IntN(5) {
			name += string(alphabet[r.IntN(len(alphabet))])
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	properties := map[string]any{}
	for i, name := range names {
		properties[name] = map[string]any{"type": []string{"string", "integer", "boolean"}[i%3]}
	}
	part := map[string]any{"type": "object", "properties": properties}
	whole := map[string]any{"type": "object", "properties": map[string]any{}}
	for name, schema := range properties {
		whole["properties"].(map[string]any)[name] = schema
	}
	whole["properties"].(map[string]any)["parts"] = map[string]any{"type": "array", "items": part}
	dir := t.TempDir()
	document := filepath.Join(dir, "document.json")
	write(t, document, envelope(t, "fal-ai/names", whole))
	result := generate(t, document, "scratch/generated")
	if len(result.Failed) > 0 {
		t.Fatal(result.Diagnostics)
	}
	scratch.Module(t, dir, "scratch")
	for name, text := range result.Files {
		write(t, filepath.Join(dir, "generated", name), text)
	}
	write(t, filepath.Join(dir, "main.go"), []byte(echo))

	value := func() map[string]any {
		v := map[string]any{}
		for i, name := range names {
			if r.IntN(3) > 0 {
				v[name] = []any{"x", json.Number("7"), true}[i%3]
			}
		}
		return v
	}
	var sent []map[string]any
	var in bytes.Buffer
	for range 50 {
		v := value()
		v["parts"] = []any{value(), value()}
		sent = append(sent, v)
		if err := json.NewEncoder(&in).Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("go", "run", ".")
	cmd.Dir, cmd.Env, cmd.Stdin = dir, scratch.Env(), &in
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	dec := json.NewDecoder(bytes.NewReader(out))
	dec.UseNumber()
	for _, want := range sent {
		var got map[string]any
		if err := dec.Decode(&got); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("sent    %q\nencoded %q", want, got)
		}
	}
}

// envelope returns the document of an endpoint with an input.
func envelope(t *testing.T, id string, input any) []byte {
	t.Helper()
	type m = map[string]any
	content := func(s any) m { return m{"content": m{"application/json": m{"schema": s}}} }
	text, err := json.Marshal(m{
		"openapi": "3.0.4", "info": m{"x-fal-metadata": m{"endpointId": id}},
		"paths": m{
			"/" + id:                            m{"post": m{"requestBody": content(input)}},
			"/" + id + "/requests/{request_id}": m{"get": m{"responses": m{"200": content(m{"type": "object"})}}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}
