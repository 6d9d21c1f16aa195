package faltest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/falgen/falgen/generator/catalogue"
	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/spec"
	"github.com/falgen/falgen/specs"
)

// endpoints are what there is to serve.
type endpoints struct {
	byID    map[string]*endpoint
	skipped []error
}

// ids returns the ids of the endpoints that are not known to be of no use, sorted.
func (e *endpoints) ids() []string {
	ids := slices.Sorted(maps.Keys(e.byID))
	return slices.DeleteFunc(ids, func(id string) bool { return e.byID[id].broken.Load() })
}

// endpoint is what the server knows about one of fal's endpoints. Its document is understood when it is first needed,
// since there may be hundreds.
type endpoint struct {
	id, app string // app is the id without the sub-path

	entry *catalogue.Entry
	once  sync.Once
	err   error
	model *ir.Endpoint
	input *schema // what an input is judged by

	broken atomic.Bool // err is set
}

// readEndpoints reads the documents at path, or our own where it is "".
func readEndpoints(path string) (*endpoints, error) {
	if path == "" {
		return builtin()
	}
	sources, err := spec.Read(path)
	if err != nil {
		return nil, fmt.Errorf("faltest: %w", err)
	}
	e := endpointsOf(sources)
	if len(e.byID) == 0 {
		return nil, fmt.Errorf("faltest: nothing of %s can be served: %w", path, errors.Join(e.skipped...))
	}
	return e, nil
}

func endpointsOf(sources *spec.Sources) *endpoints {
	documents := catalogue.Load(sources, catalogue.Config{})
	e := &endpoints{byID: map[string]*endpoint{}, skipped: problems(documents.Diagnostics)}
	for _, entry := range documents.Entries {
		e.byID[entry.ID] = &endpoint{id: entry.ID, app: appOf(entry.ID), entry: entry}
	}
	return e
}

// builtin reads our own documents, once: servers only look at them.
var builtin = sync.OnceValues(func() (*endpoints, error) {
	var texts []spec.Text
	err := fs.WalkDir(specs.FS, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := specs.FS.ReadFile(name)
		texts = append(texts, spec.Text{Name: name, Text: text})
		return err
	})
	return endpointsOf(spec.Texts(texts, true)), err
})

// appOf returns what requests about jobs are addressed by: an id without its sub-path (docs/protocol.md, section 3).
func appOf(id string) string {
	parts := strings.Split(id, "/")
	n := 2
	if parts[0] == "workflows" || parts[0] == "comfy" {
		n = 3
	}
	return strings.Join(parts[:min(n, len(parts))], "/")
}

// load understands the document. Its error says why that cannot be.
func (e *endpoint) load() error {
	e.once.Do(func() {
		defer func() { e.broken.Store(e.err != nil) }()
		defer diag.Recover(diag.Pos{}, e.id, func(d diag.Diagnostic) { e.err = cannotServe(e.id, errors.New(d.Message)) })
		m := e.entry.Model()
		if e.model = m.Endpoint; e.model == nil {
			e.err = cannotServe(e.id, errors.Join(problems(m.Diagnostics)...))
			return
		}
		var err error
		if e.input, _, err = schemas(e.entry.Document); err != nil {
			e.err = cannotServe(e.id, fmt.Errorf("%s: %w", e.entry.Document.Pos(), err))
		}
	})
	return e.err
}

func cannotServe(id string, why error) error {
	return fmt.Errorf("faltest: cannot serve %s: %w", id, why)
}

// problems makes errors of the diagnostics that are.
func problems(diags []diag.Diagnostic) (found []error) {
	for _, d := range diags {
		if d.Severity == diag.Error {
			found = append(found, errors.New(d.String()))
		}
	}
	return found
}

// schemas returns the schemas of the endpoint's input and output, their references resolved. The output's is nil where
// the document gives none.
func schemas(doc *spec.Document) (input, output *schema, err error) {
	root, _ := doc.Root.Value().(map[string]any)
	root["openapi"] = "3.1.0" // they say 3.0, which would make the loader drop what stands beside a $ref
	dropDangling(root, root)
	text, err := json.Marshal(root)
	if err != nil {
		return nil, nil, err
	}
	loaded, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, nil, err
	}
	if err := loaded.WalkSchemas(settle); err != nil {
		return nil, nil, err
	}
	item := loaded.Paths.Value("/" + doc.ID)
	if item == nil || item.Post == nil || item.Post.RequestBody == nil || item.Post.RequestBody.Value == nil {
		return nil, nil, errors.New("the POST of the endpoint takes no body")
	}
	if input = jsonSchema(item.Post.RequestBody.Value.Content); input == nil {
		return nil, nil, errors.New("the POST of the endpoint takes no JSON")
	}
	if item := loaded.Paths.Value("/" + doc.ID + "/requests/{request_id}"); item != nil && item.Get != nil {
		if ok := item.Get.Responses.Status(200); ok != nil && ok.Value != nil {
			output = jsonSchema(ok.Value.Content)
		}
	}
	return input, output, nil
}

func jsonSchema(content openapi3.Content) *schema {
	media := content.Get("application/json")
	if media == nil || media.Schema == nil {
		return nil
	}
	return media.Schema.Value
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
