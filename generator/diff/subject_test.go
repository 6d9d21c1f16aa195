package diff_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/naming"
	"github.com/falgen/falgen/generator/normalize"
	"github.com/falgen/falgen/generator/spec"
)

var (
	whole = flag.Bool("whole", false, "take all published documents, not a sample")
	seed  = flag.Uint64("seed", 1, "what random choices start from")
)

type object = map[string]any

// A subject is a document to change.
type subject struct {
	name     string
	root     object
	endpoint *ir.Endpoint
	pins     naming.Pins
	pointers map[diag.Pos][]string // where each value of the document stands in root
}

// newSubject models a document; nil where falgen refuses it.
func newSubject(t *testing.T, name string, root object) *subject {
	t.Helper()
	text, err := json.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	s := parse(name, text)
	if s != nil {
		s.root = root
	}
	return s
}

func parse(name string, text []byte) *subject {
	doc, _ := spec.Parse(name, text)
	if doc == nil {
		return nil
	}
	s := &subject{name: name, pointers: map[diag.Pos][]string{}}
	s.locate(doc.Root, nil)
	s.endpoint, _ = normalize.Endpoint(doc)
	if s.endpoint == nil {
		return nil
	}
	s.pins = s.assign(naming.Pins{})
	return s
}

func (s *subject) assign(pins naming.Pins) naming.Pins {
	s.endpoint.Package = naming.Packages([]string{s.endpoint.ID}, nil)[s.endpoint.ID]
	return naming.Assign(s.endpoint, pins)
}

func (s *subject) locate(n *spec.Node, path []string) {
	s.pointers[n.Pos()] = path
	for _, m := range n.Members {
		s.locate(m.Value, append(slices.Clip(path), m.Name))
	}
	for i, e := range n.Elems {
		s.locate(e, append(slices.Clip(path), fmt.Sprint(i)))
	}
}

// changed models another document as what s has become.
func (s *subject) changed(t *testing.T, root object) *subject {
	t.Helper()
	c := newSubject(t, s.name, root)
	if c != nil {
		c.endpoint.ID = s.endpoint.ID
		c.pins = c.assign(s.pins)
	}
	return c
}

// follow returns the object at a path below v, or nil.
func follow(v any, path []string) object {
	for _, name := range path {
		switch in := v.(type) {
		case object:
			v = in[name]
		case []any:
			var i int
			if _, err := fmt.Sscan(name, &i); err != nil || i >= len(in) {
				return nil
			}
			v = in[i]
		default:
			return nil
		}
	}
	o, _ := v.(object)
	return o
}

func copyOf[T any](v T) T {
	switch v := any(v).(type) {
	case object:
		out := object{}
		for k, m := range v {
			out[k] = copyOf(m)
		}
		return any(out).(T)
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = copyOf(e)
		}
		return any(out).(T)
	}
	return v
}

// subjects returns the golden documents, and of the published ones n, or all where -whole is given. Those are no part
// of the project: they are looked for in $FALGEN_CORPUS and beside the checkout.
func subjects(t *testing.T, n int) (list []*subject) {
	t.Helper()
	names, err := filepath.Glob("../../testdata/golden/*/document.json")
	if err != nil || len(names) == 0 {
		t.Fatalf("no golden documents: %v", err)
	}
	for _, name := range names {
		if strings.Contains(name, "refused-") || strings.Contains(name, "default-repair") {
			continue // what is repaired may need no repair, once it is changed
		}
		if s := newSubject(t, filepath.Base(filepath.Dir(name)), decode(t, name)); s != nil {
			list = append(list, s)
		}
	}
	published := corpus(t)
	if n = min(n, len(published)); *whole {
		n = len(published)
	}
	for i := range n {
		doc := published[(i*len(published)/n+int(*seed))%len(published)]
		if s := newSubject(t, doc["info"].(object)["x-fal-metadata"].(object)["endpointId"].(string), doc); s != nil {
			list = append(list, s)
		}
	}
	return list
}

func decode(t *testing.T, name string) object {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var v object
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v
}

// corpus returns the published documents by id; none where they are not at hand.
func corpus(t *testing.T) []object {
	t.Helper()
	dir := os.Getenv("FALGEN_CORPUS")
	if dir == "" {
		dir = "../../../shared/corpus/2026-01"
	}
	names, _ := filepath.Glob(filepath.Join(dir, "*.json"))
	if len(names) == 0 && os.Getenv("FALGEN_REQUIRE_CORPUS") != "" {
		t.Fatalf("the corpus of published documents is required: none in %s", dir)
	}
	byID := map[string]object{}
	for _, name := range names {
		models, _ := decode(t, name)["models"].([]any)
		for _, m := range models {
			entry, _ := m.(object)
			if doc, _ := entry["openapi"].(object); doc["paths"] != nil {
				byID[entry["endpoint_id"].(string)] = doc
			}
		}
	}
	var docs []object
	for _, id := range slices.Sorted(maps.Keys(byID)) {
		docs = append(docs, byID[id])
	}
	return docs
}

// A target is a property of a document, with the fields that are made of it: more than one where objects are made of
// a component in more than one way.
type target struct {
	node   []string // where its schema stands
	fields []place
}

// A place is where a field stands.
type place struct {
	field *ir.Field
	owner *ir.Object
	path  string
}

// in reports whether the place is part of requests.
func (p place) in() bool { return p.owner.InInput }

// places lists the fields of s in the order in which they are met.
func (s *subject) places() (list []place) {
	met, unions := map[*ir.Object]bool{}, map[*ir.Union]bool{}
	var visit func(t *ir.Type, path string)
	visit = func(t *ir.Type, path string) {
		switch t.Kind {
		case ir.List:
			visit(t.Elem, path+"[]")
		case ir.Map:
			visit(t.Elem, path+"{}")
		case ir.UnionKind:
			if unions[t.Union] { // it may hold itself
				return
			}
			unions[t.Union] = true
			defer delete(unions, t.Union)
			for _, arm := range t.Union.Arms {
				visit(arm.Type, path)
			}
		case ir.ObjectKind:
			if met[t.Object] {
				return
			}
			met[t.Object] = true
			for _, f := range t.Object.Fields {
				list = append(list, place{f, t.Object, path + "." + f.Name})
				visit(f.Type, path+"."+f.Name)
			}
		}
	}
	visit(s.endpoint.Input, "Input")
	visit(s.endpoint.Output, "Output")
	return list
}

// targets groups the fields of s by what they are made of.
func (s *subject) targets() (list []*target) {
	by := map[string]*target{}
	for _, p := range s.places() {
		node := s.pointers[s.endpoint.Places[p.field]]
		key := strings.Join(node, "\x00")
		if by[key] == nil {
			by[key] = &target{node: node}
			list = append(list, by[key])
		}
		by[key].fields = append(by[key].fields, p)
	}
	return list
}

func rng(name string) *rand.Rand {
	h := uint64(14695981039346656037)
	for _, b := range []byte(name) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return rand.New(rand.NewPCG(*seed, h))
}
