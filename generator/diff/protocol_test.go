package diff_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/generator/diff"
)

// operated models a document with more of the protocol: members of its root, of the path that inputs go to, of the
// operation there, and further paths.
func operated(t *testing.T, root, item, post, paths string) *subject {
	t.Helper()
	s := parse("operated.json", []byte(fmt.Sprintf(`{%s
	"info": {"x-fal-metadata": {"endpointId": "fal-ai/operated"}},
	"components": {"parameters": {"Team": {"in": "header", "name": "X-Team", "schema": {"type": "string"}}}},
	"paths": {
		"/fal-ai/operated": {%s "post": {%s "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}}}},
		%s
		"/fal-ai/operated/requests/{request_id}": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {"type": "object"}}}}}}}
	}}`, root, item, post, paths)))
	if s == nil {
		t.Fatal("falgen refuses the document")
	}
	return s
}

// TestProtocol changes what stands around the schemas.
func TestProtocol(t *testing.T) {
	const (
		post   = " POST /fal-ai/operated"
		stream = " POST /fal-ai/operated/stream"
		team   = `"parameters": [{"in": "header", "name": "X-Team", "schema": {"type": "string"}}],`
		must   = `"parameters": [{"in": "header", "name": "x-team", "required": true, "schema": {"type": "string"}}],`
		other  = `"parameters": [{"in": "header", "name": "x-team", "schema": {"type": "integer"}}],`
		path   = `"/fal-ai/operated/stream": {"post": {}},`
	)
	type document struct{ root, item, post, paths string }
	for _, tt := range []struct {
		old, new document
		want     string
	}{
		{document{}, document{}, ""},
		{document{}, document{post: team}, "DOC parameter-added" + post + " header x-team"},
		{document{}, document{item: team}, "DOC parameter-added" + post + " header x-team"},
		{document{item: team}, document{post: `"parameters": [{"$ref": "#/components/parameters/Team"}],`}, ""},
		{document{}, document{post: must}, "WIRE required-parameter-added" + post + " header x-team"},
		{document{post: team}, document{post: must}, "WIRE became-required" + post + " header x-team"},
		{document{post: must}, document{post: team}, "DOC became-optional" + post + " header x-team"},
		{document{post: team}, document{post: other}, "WIRE parameter-changed" + post + " header x-team"},
		{document{post: must}, document{}, "BEHAVIOUR parameter-removed" + post + " header x-team"},
		{document{}, document{post: `"parameters": [{"in": "header", "name": "Authorization", "required": true}],`}, ""},
		{document{}, document{post: `"parameters": [null, {}, {"in": 1, "name": []}, {"$ref": "#/no"}],`}, ""},
		{document{}, document{post: `"parameters": [{"in": "query", "name": "mode", "required": true}],`},
			"WIRE required-parameter-added" + post + " query mode"},
		{document{}, document{root: `"servers": [{"url": "https://queue.fal.run/"}],`}, ""},
		{document{}, document{root: `"servers": [{"url": "https://elsewhere.fal.run"}],`},
			"WIRE server-changed GET /fal-ai/operated/requests/{}"},
		{document{}, document{post: `"servers": [{"url": "https://elsewhere.fal.run"}],`}, "WIRE server-changed" + post},
		{document{}, document{root: `"servers": 1,`}, ""},
		{document{}, document{paths: path}, "DOC operation-added" + stream},
		{document{paths: path}, document{}, "WIRE operation-removed" + stream},
		{document{paths: path}, document{paths: `"/fal-ai/operated/stream": {"post": {"deprecated": true}},`},
			"DOC deprecation-changed" + stream},
		{document{paths: `"/fal-ai/operated/{a}/{b}": {"put": {}},`}, document{paths: `"/fal-ai/operated/{b}/{c}": {"put": {}},`}, ""},
		{document{}, document{post: `"deprecated": true,`}, "DOC endpoint-deprecated "},
		{document{}, document{post: `"x-sunset": "2026-05-01",`}, "DOC endpoint-deprecated "},
		{document{post: `"deprecated": true,`}, document{post: `"deprecated": true, "x-sunset": "2026-05-01T00:00:00Z",`},
			"DOC deprecation-changed "},
		{document{post: `"x-sunset": "soon",`}, document{}, ""},
	} {
		old := operated(t, tt.old.root, tt.old.item, tt.old.post, tt.old.paths)
		new := operated(t, tt.new.root, tt.new.item, tt.new.post, tt.new.paths)
		new.assign(old.pins)
		var got []string
		for _, c := range diff.Endpoint(old.endpoint, new.endpoint) {
			got = append(got, line(c.Kind, c.Level, c.Path))
			if c.Pos().File == "" {
				t.Errorf("%s: no place", c.Kind)
			}
		}
		if d := cmp.Diff(tt.want, strings.Join(got, ", ")); d != "" {
			t.Errorf("from %v to %v (-want +got):\n%s", tt.old, tt.new, d)
		}
	}
}
