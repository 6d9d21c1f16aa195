package faltest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/generated/falai/wanvace14b"
	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/normalize"
	"github.com/falgen/falgen/generator/sample"
	"github.com/falgen/falgen/generator/spec"
)

// TestOpenOutput: what a server adds to an output one day is no error, and nothing of it is lost.
func TestOpenOutput(t *testing.T) {
	const raw = `{"video":{"url":"u","shine":2},"resolution":"8K","more":[1]}`
	s := serve(map[string]*endpoint{"fal-ai/new": {app: "fal-ai/new", input: &schema{}, output: json.RawMessage(raw)}})
	t.Cleanup(s.Close)
	type output struct {
		Video      fal.Video             `json:"video"`
		Resolution wanvace14b.Resolution `json:"resolution"`
	}
	res, err := fal.NewEndpoint[any, output](s.Client(), "fal-ai/new").Run(t.Context(), struct{}{})
	if err != nil {
		t.Fatal(err)
	}
	if res.Data.Resolution != "8K" || res.Data.Resolution.Known() || res.Data.Video.URL != "u" || string(res.Raw) != raw {
		t.Errorf("got %+v; %s", res.Data, res.Raw)
	}
}

// TestPublishedDocuments serves what fal publishes, and holds the generator's samples against it.
func TestPublishedDocuments(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("FALGEN_CORPUS")
	if dir == "" {
		dir = filepath.FromSlash("../../../shared/corpus/2026-01")
	}
	if _, err := os.Stat(dir); err != nil {
		giveUp := t.Skipf
		if os.Getenv("FALGEN_REQUIRE_CORPUS") != "" {
			giveUp = t.Fatalf
		}
		giveUp("no published documents; set FALGEN_CORPUS to the folder that holds them: %v", err)
	}
	sources, err := spec.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	set, _ := sources.Parse()
	served := 0
	for _, doc := range set.Documents {
		e, err := newEndpoint(doc)
		if err != nil {
			t.Error(err)
			continue
		}
		served++
		model, _ := normalize.Endpoint(doc)
		text, err := json.Marshal(sample.Input(model))
		if err != nil {
			t.Fatal(err)
		}
		input, err := decode(text)
		if err != nil {
			t.Fatal(err)
		}
		if found := e.judge(input); len(found) > 0 {
			t.Errorf("%s: the sample %s: %v", doc.ID, text, found)
		}
	}
	t.Logf("%d of %d documents can be served", served, len(set.Documents))
}

// TestStrangeDocuments: a document may refer in circles or make no sense; it must not take the program down.
func TestStrangeDocuments(t *testing.T) {
	const document = `{"openapi":"3.0.4","info":{"title":"x","version":"1"},"components":{"schemas":{"In":%s,"B":%s}},"paths":{
		"/a/b":{"post":{"requestBody":{"content":{"application/json":{"schema":{"$ref":"#/components/schemas/In"}}}}}},
		"/a/b/requests/{request_id}":{"get":{"responses":{"200":{"content":{"application/json":{"schema":{}}}}}}}}}`
	const (
		self  = `{"$ref":"#/components/schemas/In"}`
		other = `{"$ref":"#/components/schemas/B"}`
	)
	for _, c := range []struct {
		in, b string
		want  int // violations of 1, or -1 where the document is refused
	}{
		{`{"properties":{"a":` + self + `}}`, `{}`, 0},
		{`{"anyOf":[` + self + `]}`, `{}`, 0},
		{`{"allOf":[` + other + `,{"type":"string"}]}`, `{"anyOf":[` + self + `,{"type":"boolean"}]}`, 1},
		{`{"anyOf":[` + self + `,{"type":"string"},{"type":"boolean"}]}`, `{}`, 0},
		{`{"type":"object","properties":{"a":` + other + `}}`, `{"anyOf":[` + other + `,{"type":"string"},{"type":"boolean"}]}`, 1},
		{self, `{}`, -1},
		{other, self, -1},
		{`true`, `{}`, 0},
		{`false`, `{}`, 1},
		{`[]`, `{}`, -1},
		{`{"type":"strange"}`, `{}`, 1},
		{`{"type":["null"]}`, `{}`, 1},
		{`{"type":"string","pattern":"(?=x)"}`, `{}`, 1},
		{`{"not":{"type":"integer"}}`, `{}`, 1},
		{`{"minimum":"x"}`, `{}`, -1},
		{`{"type":"integer","multipleOf":0}`, `{}`, 1},
		{`{"oneOf":[{"type":"integer"},{"type":"number"}]}`, `{}`, 0},
	} {
		doc, diags := spec.Parse("x.json", fmt.Appendf(nil, document, c.in, c.b))
		if doc == nil {
			t.Fatal(diags)
		}
		e, err := newEndpoint(doc)
		if err != nil {
			if c.want >= 0 {
				t.Errorf("%s: %v", c.in, err)
			}
			continue
		}
		for _, text := range []string{`null`, `true`, `""`, `{"a":{"a":[1]}}`, `[null]`, `1e999`, `1`} {
			input, err := decode([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if found := e.judge(input); text == `1` && len(found) != c.want {
				t.Errorf("%s: found %v, want %d", c.in, found, c.want)
			}
		}
	}
	if got := problem("x", []diag.Diagnostic{{Severity: diag.Note}}).Error(); got != "x: not the document of one endpoint" {
		t.Error(got)
	}
}
