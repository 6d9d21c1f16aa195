package faltest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/normalize"
	"github.com/falgen/falgen/generator/sample"
	"github.com/falgen/falgen/generator/spec"
)

// endpoint is what the server knows about one of fal's endpoints.
type endpoint struct {
	app    string   // its id without the sub-path
	input  *schema  // what an input is judged by
	order  *ir.Type // the order of the input's fields
	output json.RawMessage
}

// answer is what the model says to an input.
func (e *endpoint) answer(requestID string, input any) answer {
	a := answer{code: http.StatusOK, body: e.output}
	if found := e.judge(input); len(found) > 0 {
		a = refuse(found...)
	}
	a.header = map[string]string{"X-Fal-Request-Id": requestID}
	return a
}

func refuse(found ...fal.FieldError) answer {
	return answer{code: http.StatusUnprocessableEntity, body: map[string]any{"detail": found}}
}

// readDocuments reads the documents of fsys by endpoint id. All that is wrong with them is one error.
func readDocuments(fsys fs.FS) (map[string]*endpoint, error) {
	endpoints := map[string]*endpoint{}
	var problems []error
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.EqualFold(path.Ext(name), ".json") {
			return err
		}
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		doc, diags := spec.Parse(name, text)
		if doc == nil {
			problems = append(problems, problem(name, diags))
			return nil
		}
		if endpoints[doc.ID] != nil {
			problems = append(problems, fmt.Errorf("%s: %s is described by another file as well", name, doc.ID))
			return nil
		}
		e, err := newEndpoint(doc)
		if err != nil {
			problems = append(problems, err)
			return nil
		}
		endpoints[doc.ID] = e
		return nil
	})
	if err = errors.Join(append(problems, err)...); err != nil {
		return nil, fmt.Errorf("faltest: cannot serve the documents: %w", err)
	}
	return endpoints, nil
}

// problem makes an error of what keeps a document from being used.
func problem(name string, diags []diag.Diagnostic) error {
	var problems []error
	for _, d := range diags {
		if d.Severity == diag.Error {
			problems = append(problems, errors.New(d.String()))
		}
	}
	if len(problems) == 0 {
		return fmt.Errorf("%s: not the document of one endpoint", name)
	}
	return errors.Join(problems...)
}

func newEndpoint(doc *spec.Document) (*endpoint, error) {
	model, diags := normalize.Endpoint(doc)
	if model == nil {
		return nil, problem(doc.ID, diags)
	}
	input, err := inputSchema(doc)
	if err != nil {
		return nil, fmt.Errorf("%s: cannot check inputs: %w", doc.Root.Pos(), err)
	}
	output, err := json.Marshal(sample.Output(model))
	if err != nil {
		return nil, fmt.Errorf("%s: cannot make an output: %w", doc.Root.Pos(), err)
	}
	parts := strings.Split(doc.ID, "/")
	return &endpoint{app: strings.Join(parts[:2], "/"), input: input, order: model.Input, output: output}, nil
}

// inputSchema returns the schema of the body of the endpoint's POST, its references resolved.
func inputSchema(doc *spec.Document) (*schema, error) {
	root, _ := doc.Root.Value().(map[string]any)
	root["openapi"] = "3.1.0" // they say 3.0, which would make the loader drop what stands beside a $ref
	dropDangling(root, root)
	text, err := json.Marshal(root)
	if err != nil {
		return nil, err
	}
	loaded, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, err
	}
	if err := loaded.WalkSchemas(settle); err != nil {
		return nil, err
	}
	item := loaded.Paths.Value("/" + doc.ID)
	if item == nil || item.Post == nil || item.Post.RequestBody == nil || item.Post.RequestBody.Value == nil {
		return nil, errors.New("the POST of the endpoint takes no body")
	}
	media := item.Post.RequestBody.Value.Content.Get("application/json")
	if media == nil || media.Schema == nil || media.Schema.Value == nil {
		return nil, errors.New("the POST of the endpoint takes no JSON")
	}
	return media.Schema.Value, nil
}

// dropDangling takes out each $ref in v that leads nowhere in the document: what is left allows everything.
func dropDangling(v any, root map[string]any) {
	switch v := v.(type) {
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok && !leadsTo(root, ref) {
			delete(v, "$ref")
		}
		for _, member := range v {
			dropDangling(member, root)
		}
	case []any:
		for _, elem := range v {
			dropDangling(elem, root)
		}
	}
}

func leadsTo(v any, ref string) bool {
	pointer, ok := strings.CutPrefix(ref, "#/")
	if !ok {
		return false
	}
	for _, name := range strings.Split(pointer, "/") {
		members, _ := v.(map[string]any)
		if v, ok = members[strings.NewReplacer("~1", "/", "~0", "~").Replace(name)]; !ok {
			return false
		}
	}
	return true
}

// settle turns what the validator does not check, or would trip over, into what it checks.
func settle(_ string, ref *openapi3.SchemaRef) error {
	s := ref.Value
	// It makes IsEmpty, which does not end on a schema that contains itself, return at once; it means nothing else here.
	s.AllowEmptyValue = true
	if s.Const != nil && len(s.Enum) == 0 {
		s.Enum = []any{s.Const}
	}
	anything := s.Type == nil && s.Enum == nil && s.Properties == nil && s.Items == nil &&
		s.AllOf == nil && s.AnyOf == nil && s.OneOf == nil
	if anything || slices.Contains(s.Enum, nil) {
		s.Nullable = true
	}
	if x := &s.ExclusiveMin; x.Bool != nil && *x.Bool {
		x.Value, s.Min = s.Min, nil
	}
	if x := &s.ExclusiveMax; x.Bool != nil && *x.Bool {
		x.Value, s.Max = s.Max, nil
	}
	if _, err := regexp.Compile(s.Pattern); err != nil {
		s.Pattern = "" // Go cannot check it
	}
	return nil
}
