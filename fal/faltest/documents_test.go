package faltest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/generator/catalogue"
	"github.com/falgen/falgen/generator/sample"
	"github.com/falgen/falgen/generator/spec"
)

// TestPublishedDocuments serves what fal publishes.
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
	holdDocuments(t, dir)
}

func TestOwnDocuments(t *testing.T) {
	t.Parallel()
	holdDocuments(t, filepath.FromSlash("../../specs"))
}

// holdDocuments holds samples of inputs, and the outputs that are made of them, against the documents of a folder.
func holdDocuments(t *testing.T, dir string) {
	t.Helper()
	sources, err := spec.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	set, _ := sources.Parse()
	s, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, doc := range set.Documents {
		e := understood(doc)
		if e.err != nil {
			t.Error(e.err)
			continue
		}
		text, err := json.Marshal(sample.Input(e.model))
		if err != nil {
			t.Fatal(err)
		}
		input, err := decode(text)
		if err != nil {
			t.Fatal(err)
		}
		if found := e.validate(input); len(found) > 0 {
			t.Errorf("%s: the sample %s: %v", doc.ID, text, found)
		}
		_, output, err := schemas(doc)
		if err != nil {
			t.Fatal(err)
		}
		holdOutput(t, s, e, output, input)
	}
	t.Logf("%d documents can be served", len(set.Documents))
}

// understood is the endpoint that a document describes.
func understood(doc *spec.Document) *endpoint {
	e := &endpoint{id: doc.ID, app: appOf(doc.ID), entry: &catalogue.Entry{ID: doc.ID, Document: doc}}
	_ = e.load()
	return e
}

// holdOutput holds what is made for an input, with several seeds, against the schema of the output.
func holdOutput(t *testing.T, s *Server, e *endpoint, want *schema, input any) {
	t.Helper()
	for seed := range uint64(2) {
		s.config.seed = seed
		text := s.makeOutput(e, input)
		if again := s.makeOutput(e, input); string(again) != string(text) {
			t.Errorf("%s: once %s, once %s", e.id, text, again)
		}
		output, err := decode(text)
		if err != nil {
			t.Fatal(err)
		}
		if err := want.VisitJSON(output, openapi3.MultiErrors()); err != nil {
			t.Errorf("%s: the output %s: %v", e.id, text, err)
		}
		if found := s.missing(output, fal.Loc{"output"}); len(found) > 0 {
			t.Errorf("%s: the output %s: %v", e.id, text, found)
		}
	}
}

// TestMadeValues: what is made without an example fits the document, whatever its bounds, and is not always the same.
func TestMadeValues(t *testing.T) {
	const document = `{"info":{},"paths":{
		"/a/b":{"post":{"requestBody":{"content":{"application/json":{"schema":{}}}}}},
		"/a/b/requests/{request_id}":{"get":{"responses":{"200":{"content":{"application/json":{"schema":
			{"type":"object","required":["v"],"properties":{"v":%s}}}}}}}}}}`
	senseless := []string{`{"type":"integer","multipleOf":0}`, `{"type":"number","minimum":5,"maximum":1}`}
	s, err := Start()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for schema, varied := range map[string]bool{
		`{"type":"integer"}`:                                                          true,
		`{"type":"integer","minimum":3,"maximum":5}`:                                  true,
		`{"type":"integer","minimum":3,"maximum":3}`:                                  false,
		`{"type":"integer","exclusiveMinimum":3,"exclusiveMaximum":5}`:                false,
		`{"type":"integer","minimum":1,"maximum":100,"multipleOf":8}`:                 true,
		`{"type":"integer","maximum":-7}`:                                             false,
		`{"type":"integer","minimum":9007199254740993}`:                               false,
		`{"type":"integer","multipleOf":0}`:                                           true,
		`{"type":"number","minimum":0,"maximum":1}`:                                   true,
		`{"type":"number","exclusiveMinimum":0,"exclusiveMaximum":1}`:                 true,
		`{"type":"number","minimum":0,"maximum":9,"multipleOf":0.5}`:                  true,
		`{"type":"number","minimum":-1e308,"maximum":1e308}`:                          false,
		`{"type":"number","minimum":5,"maximum":1}`:                                   false,
		`{"type":"boolean"}`:                                                          true,
		`{"type":"string"}`:                                                           true,
		`{"type":"string","maxLength":3}`:                                             false,
		`{"type":"string","pattern":"^text$"}`:                                        false,
		`{"type":"string","enum":["a","b"]}`:                                          true,
		`{"type":"integer","enum":[4,8]}`:                                             true,
		`{"type":"string","examples":["given"]}`:                                      false,
		`{"type":"array","minItems":3,"items":{"type":"boolean"}}`:                    true,
		`{"anyOf":[{"type":"boolean"},{"type":"null"}]}`:                              true,
		`{"oneOf":[{"type":"integer"},{"type":"string"}]}`:                            true,
		`{"type":"object","properties":{"url":{"type":"string"}},"required":["url"]}`: true,
	} {
		doc, diags := spec.Parse("x.json", fmt.Appendf(nil, document, schema))
		if doc == nil {
			t.Fatal(diags)
		}
		_, output, err := schemas(doc)
		if err != nil {
			t.Fatal(err)
		}
		e, made := understood(doc), map[string]bool{}
		for seed := range uint64(30) {
			s.config.seed = seed
			text := s.makeOutput(e, nil)
			v, err := decode(text)
			if err != nil {
				t.Fatal(err)
			}
			made[string(text)] = true
			if err := output.VisitJSON(v); err != nil && !slices.Contains(senseless, schema) {
				t.Errorf("%s: %s: %v", schema, text, err)
			}
		}
		if varied != (len(made) > 1) {
			t.Errorf("%s: made %v", schema, made)
		}
	}
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
		{`{"oneOf":[{"type":"integer"},{"type":"number"}]}`, `{}`, 1},
	} {
		doc, diags := spec.Parse("x.json", fmt.Appendf(nil, document, c.in, c.b))
		if doc == nil {
			t.Fatal(diags)
		}
		e := understood(doc)
		if e.err != nil {
			if c.want >= 0 {
				t.Errorf("%s: %v", c.in, e.err)
			}
			continue
		}
		for _, text := range []string{`null`, `true`, `""`, `{"a":{"a":[1]}}`, `[null]`, `1e999`, `1`} {
			input, err := decode([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if found := e.validate(input); text == `1` && len(found) != c.want {
				t.Errorf("%s: found %v, want %d", c.in, found, c.want)
			}
		}
	}
}
