package catalogue_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/falgen/falgen/generator"
	"github.com/falgen/falgen/generator/catalogue"
	"github.com/falgen/falgen/generator/naming"
	"github.com/falgen/falgen/generator/spec"
)

func document(id, schema string) spec.Text {
	return spec.Text{Name: "specs/" + id + ".json", Text: fmt.Appendf(nil, `{"info": {"x-fal-metadata": {"endpointId": %[1]q}}, "paths": {
		"/%[1]s": {"post": {"requestBody": {"content": {"application/json": {"schema": %[2]s}}}}},
		"/%[1]s/requests/{request_id}": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {"type": "object"}}}}}}}
	}}`, id, schema)}
}

const object = `{"type": "object", "properties": {"x": {"type": "string"}}}`

// TestOnePath holds that all who look at an endpoint see the package that is generated for it, also where the document of
// another one, which has the path that it would get, cannot be read this time.
func TestOnePath(t *testing.T) {
	lock := naming.Lock{"fal-ai/x-y": {Package: "falai/xy", Names: map[string]string{"type Input.x": "X"}}}
	entry := []byte(`{"models": [{"endpoint_id": "fal-ai/x-y", "openapi": {"paths": 1}}, {"endpoint_id": "fal-ai/xy", "openapi": `)
	dump := spec.Text{Name: "dump.json", Text: append(append(entry, document("fal-ai/xy", object).Text...), "}]}"...)}
	c := catalogue.Load(spec.Texts([]spec.Text{dump}, false), catalogue.Config{Lock: lock})
	r, err := generator.Emit(t.Context(), c, generator.Config{Package: "example.com/x", Lock: lock})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Failed) != 1 || r.Files["falai/xy2/xy2.go"] == nil {
		t.Fatalf("failed: %v, %v", r.Failed, r.Diagnostics)
	}
	var told strings.Builder
	if err := generator.Explain(&told, c, "fal-ai/xy", "example.com/x"); err != nil || !strings.Contains(told.String(), "falai/xy2") {
		t.Errorf("%v: %s", err, &told)
	}
	side := generator.Side{Sources: spec.Texts([]spec.Text{dump}, false), Lock: lock}
	compared, err := generator.Diff(t.Context(), generator.Side{Sources: spec.None(), Lock: lock}, side)
	if err != nil || len(compared.Changes) != 1 || compared.Changes[0].Package != "falai/xy2" {
		t.Errorf("%v: %+v", err, compared)
	}
}

// TestAgain holds that a catalogue, and the sources of one, can be read any number of times.
func TestAgain(t *testing.T) {
	sources := spec.Texts([]spec.Text{document("a/b", object), document("a/c", `{"type": 1}`)}, true)
	var before string
	for range 2 {
		c := catalogue.Load(sources, catalogue.Config{})
		for range 2 {
			r, err := generator.Emit(t.Context(), c, generator.Config{Package: "example.com/x"})
			if err != nil {
				t.Fatal(err)
			}
			now := fmt.Sprint(r.Failed, r.Diagnostics, r.Files)
			if before != "" && now != before {
				t.Errorf("once %s, once %s", before, now)
			}
			before = now
		}
	}
}
