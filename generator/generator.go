// Package generator turns a folder of endpoint documents into Go packages. It returns files and findings; what
// becomes of them is up to the caller.
//
// Each document passes the stages spec, normalize, naming and emit on its own, so that what is generated for one
// endpoint depends on nothing but its own document. Package output holds the result against a folder.
package generator

import (
	"context"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/falgen/falgen/generator/catalogue"
	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/emit"
	"github.com/falgen/falgen/generator/explain"
	"github.com/falgen/falgen/generator/naming"
	"github.com/falgen/falgen/generator/spec"
)

// Config says how to generate.
type Config struct {
	Package string      // the import path of the output folder
	IDs     []string    // the endpoints to generate; none means all
	Lock    naming.Lock // the names that were given before
	Strict  bool        // refuse a document that has to be repaired

	// Progress, if it is set, is told how many of the documents are done. It is called by one goroutine at a time.
	Progress func(done, total int) `json:"-"`
}

// A Report says how a run went.
type Report struct {
	Endpoints   int               // how many were generated
	Failed      []string          // ids, or files where no id is known, that were not generated
	Diagnostics []diag.Diagnostic // by place
}

// A Result is what was generated.
type Result struct {
	Report
	Files map[string][]byte // by path under the output folder, with slashes

	whole bool            // nothing but Files should be in the output folder
	keep  map[string]bool // packages that are not up to date and stay as they are, by path
}

// Generate generates the packages of the documents. A document that cannot be generated is named in the result and
// does not stop the others; an error means that nothing could be done.
func Generate(ctx context.Context, sources *spec.Sources, cfg Config) (*Result, error) {
	return Emit(ctx, catalogue.Load(sources, catalogue.Config{Lock: cfg.Lock, Strict: cfg.Strict}), cfg)
}

// Emit is [Generate] for a catalogue, which was loaded with the lock of cfg.
func Emit(ctx context.Context, c *catalogue.Catalogue, cfg Config) (*Result, error) {
	selected, err := c.Select(cfg.IDs)
	if err != nil {
		return nil, err
	}
	r := &Result{
		Report: Report{Diagnostics: slices.Clone(c.Diagnostics), Failed: slices.Clone(c.Failed)}, Files: map[string][]byte{},
		whole: c.Whole && !c.Incomplete && len(cfg.IDs) == 0, // else any of the packages in the output folder may be one of these
		keep:  map[string]bool{},
	}
	packages := make([]built, len(selected))
	err = catalogue.Each(ctx, selected, func(i int, e *catalogue.Entry) error {
		packages[i] = build(e, cfg)
		return nil
	}, cfg.Progress)
	if err != nil {
		return nil, err
	}
	lock := naming.Lock{}
	for i, e := range selected {
		r.Diagnostics = append(r.Diagnostics, packages[i].diags...)
		if packages[i].files == nil {
			r.Failed = append(r.Failed, e.ID)
			continue
		}
		r.Endpoints++
		maps.Copy(r.Files, packages[i].files)
		lock[e.ID] = e.Model().Pins
	}
	r.Diagnostics = diag.Sort(r.Diagnostics)
	r.Failed = slices.Compact(slices.Sorted(slices.Values(r.Failed)))
	for _, id := range r.Failed {
		r.keep[c.Package(id).Path] = true
	}
	for id, pins := range cfg.Lock { // what the run says nothing about keeps its names
		if _, generated := lock[id]; !generated && (!r.whole || r.keep[pins.Package]) {
			lock[id] = pins
		}
	}
	if r.Files[naming.LockFile], err = lock.Encode(); err != nil {
		return nil, err
	}
	if c.Whole {
		if r.Files[indexFile], err = index(ctx, c, lock, cfg.Package); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// built is the package of one endpoint.
type built struct {
	files map[string][]byte // nil where there is none
	diags []diag.Diagnostic
}

// build takes one document through all stages. One that panics is that document's diagnostic.
func build(e *catalogue.Entry, cfg Config) (b built) {
	m := e.Model()
	b.diags = m.Diagnostics
	defer diag.Recover(e.Document.Pos(), e.ID, func(d diag.Diagnostic) { b = built{diags: append(slices.Clip(m.Diagnostics), d)} })
	if m.Endpoint == nil {
		return b
	}
	var err error
	if b.files, err = emit.Package(m.Endpoint, cfg.Package); err != nil {
		return built{diags: append(slices.Clip(m.Diagnostics), diag.Diagnostic{
			Pos: e.Document.Pos(), Endpoint: e.ID, Rule: "emit", Severity: diag.Error, Message: err.Error(),
		})}
	}
	return b
}

// Explain writes in words what becomes of one endpoint's document, and why. The document may be one that is refused.
func Explain(w io.Writer, c *catalogue.Catalogue, id, importPath string) (err error) {
	defer diag.Recover(diag.Pos{}, id, func(d diag.Diagnostic) { err = fmt.Errorf("%s: %s", id, d.Message) })
	e, err := c.Entry(id)
	if err != nil {
		return err
	}
	m := e.Model()
	b := build(e, Config{Package: importPath})
	if b.files == nil {
		m.Endpoint = nil
	}
	return explain.Endpoint(w, e.Document, m.Endpoint, m.Pins, b.diags)
}

// Stale reports whether a file of an earlier run, which is not among Files, has no purpose any more. A file of
// an endpoint that failed this time is not stale.
func (r *Result) Stale(file string) bool {
	dir := path.Dir(file)
	if r.keep[dir] {
		return false
	}
	if r.whole {
		return true
	}
	for f := range r.Files {
		if path.Dir(f) == dir && strings.HasSuffix(f, ".go") {
			return true
		}
	}
	return false
}
