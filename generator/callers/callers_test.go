package callers_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/generator"
	"github.com/falgen/falgen/generator/callers"
	"github.com/falgen/falgen/generator/naming"
	"github.com/falgen/falgen/generator/output"
	"github.com/falgen/falgen/generator/spec"
	"github.com/falgen/falgen/internal/scratch"
)

// code is a user's, and what each line of it is told, in a comment behind it.
const code = `package main

import (
	"github.com/falgen/falgen/fal"

	"example.com/you/generated/falai/golden/calls"
	gone "example.com/you/generated/falai/golden/gone" // GO: imports the package of fal-ai/golden/gone, which is gone
)

var all = []calls.Input{ // nothing: the literals matter
	{Prompt: "a", Mode: calls.ModeFast}, // GO: sets calls.Input.Mode to calls.ModeFast, a value that is gone | BEHAVIOUR: leaves out calls.Input.Steps, whose default was 20 and is 30 | WIRE: does not set calls.Input.Seed, which is required now
	{Prompt: "b", Mode: "fast", Steps: one}, // WIRE: sets calls.Input.Mode to "fast", a value that is gone | WIRE: does not set calls.Input.Seed, which is required now
	{Prompt: "c", Mode: calls.ModeSlow, Steps: one}, // WIRE: does not set calls.Input.Seed, which is required now
}

var one = fal.Int(1)

func main() {
	var in calls.Input
	in.Old = one // GO: uses calls.Input.Old, which is gone
	in.Mode = "fast" // WIRE: sets calls.Input.Mode to "fast", a value that is gone
	p := &in
	p.Mode = calls.ModeFast // GO: sets calls.Input.Mode to calls.ModeFast, a value that is gone
	switch in.Mode {
	case calls.ModeFast: // GO: uses calls.ModeFast, a value that is gone
	}
	_ = calls.DefaultSteps
	_ = in.Prompt
	_ = gone.EndpointID
}
`

func document(id string, properties string, required string) string {
	return strings.NewReplacer("ID", id, "PROPERTIES", properties, "REQUIRED", required).Replace(`{
		"openapi": "3.0.4", "info": {"title": "Case", "version": "1", "x-fal-metadata": {"endpointId": "ID"}},
		"components": {"schemas": {
			"CallsInput": {"type": "object", "properties": {PROPERTIES}, "required": [REQUIRED]},
			"CallsOutput": {"type": "object", "properties": {"ok": {"type": "boolean"}}}}},
		"paths": {
			"/ID": {"post": {"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/CallsInput"}}}}}},
			"/ID/requests/{request_id}": {"get": {"responses": {"200": {"content": {"application/json": {
				"schema": {"$ref": "#/components/schemas/CallsOutput"}}}}}}}}}`)
}

// TestFind holds each line of a user's code against what it should be told.
func TestFind(t *testing.T) {
	dir := t.TempDir()
	old, new := filepath.Join(dir, "old"), filepath.Join(dir, "new")
	const prompt, mode, steps = `"prompt": {"type": "string"}`, `"mode": {"type": "string", "enum": ["fast", "slow"]}`,
		`"steps": {"type": "integer", "default": 20}`
	write(t, filepath.Join(old, "calls.json"), document("fal-ai/golden/calls",
		prompt+", "+mode+", "+steps+`, "old": {"type": "integer"}, "seed": {"type": "integer"}`, `"prompt"`))
	write(t, filepath.Join(old, "gone.json"), document("fal-ai/golden/gone", prompt, ""))
	write(t, filepath.Join(new, "calls.json"), document("fal-ai/golden/calls",
		prompt+`, "mode": {"type": "string", "enum": ["slow"]}, "steps": {"type": "integer", "default": 30}, "seed": {"type": "integer"}`,
		`"prompt", "seed"`))

	you := filepath.Join(dir, "you")
	write(t, filepath.Join(you, "main.go"), code)
	scratch.Module(t, you, "example.com/you")
	for _, v := range scratch.Env() {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}

	const generated = "example.com/you/generated"
	before := read(t, old)
	result, err := generator.Generate(t.Context(), before, generator.Config{Package: generated})
	if err != nil {
		t.Fatal(err)
	}
	changes, err := output.Compare(filepath.Join(you, "generated"), result.Files, result.Stale)
	if err != nil {
		t.Fatal(err)
	}
	if err := output.Write(filepath.Join(you, "generated"), changes); err != nil {
		t.Fatal(err)
	}
	lock, err := output.ReadLock(filepath.Join(you, "generated"))
	if err != nil {
		t.Fatal(err)
	}
	compared, err := generator.Diff(t.Context(), generator.Side{Sources: read(t, old), Lock: lock}, generator.Side{Sources: read(t, new), Lock: naming.Lock{}})
	if err != nil {
		t.Fatal(err)
	}

	uses, problems, err := callers.Find(t.Context(), you, []string{"./..."}, generated, compared.Changes)
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	lines := strings.Split(code, "\n")
	got, want := make([][]string, len(lines)+1), make([][]string, len(lines)+1)
	for _, u := range uses {
		if u.File != "main.go" || u.Column == 0 {
			t.Errorf("got %v", u)
		}
		got[u.Line] = append(got[u.Line], u.Level.String()+": "+u.Text)
	}
	for i, line := range lines {
		if _, told, ok := strings.Cut(line, "// "); ok && !strings.HasPrefix(told, "nothing") {
			want[i+1] = strings.Split(told, " | ")
		}
	}
	for i := range got {
		slices.Sort(got[i])
		slices.Sort(want[i])
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatal(diff)
	}
	if text, err := json.Marshal(uses[0]); err != nil || !strings.Contains(string(text), `"file":"main.go"`) {
		t.Errorf("%s, %v", text, err)
	}
}

func read(t *testing.T, dir string) *spec.Sources {
	t.Helper()
	s, err := spec.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}
