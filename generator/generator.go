// Package generator turns a folder of endpoint documents into Go packages. It returns files and findings; what
// becomes of them is up to the caller.
//
// Each document passes the stages spec, normalize, naming and emit on its own, so that what is generated for one
// endpoint depends on nothing but its own document. Package output holds the result against a folder.
package generator

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/emit"
	"github.com/falgen/falgen/generator/explain"
	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/naming"
	"github.com/falgen/falgen/generator/normalize"
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
	set, diags := sources.Parse()
	wanted, err := selected(set.Documents, cfg.IDs)
	if err != nil {
		return nil, err
	}
	r := &Result{
		Report: Report{Diagnostics: diags}, Files: map[string][]byte{},
		whole: set.Whole && len(cfg.IDs) == 0, keep: map[string]bool{},
	}
	ids := set.IDs()
	for _, d := range diags {
		switch {
		case d.Severity != diag.Error:
		case spec.CheckID(d.Endpoint) == nil:
			r.Failed = append(r.Failed, d.Endpoint)
			ids = append(ids, d.Endpoint)
		default:
			r.Failed = append(r.Failed, d.Pos.File)
			r.whole = false // any of the packages in the output folder may be the one
		}
	}
	packages := naming.Packages(ids, cfg.Lock)
	works := make([]work, len(set.Documents))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(workers())
	var mu sync.Mutex
	done := 0
	for i, doc := range set.Documents {
		group.Go(func() error {
			works[i] = build(doc, packages[doc.ID], cfg, wanted[doc.ID])
			doc.Root = nil // catalogues are large
			if cfg.Progress != nil {
				mu.Lock()
				defer mu.Unlock()
				done++
				cfg.Progress(done, len(works))
			}
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	for i, doc := range set.Documents {
		w := works[i]
		switch {
		case !wanted[doc.ID]:
			continue
		case w.endpoint == nil:
			r.Failed = append(r.Failed, doc.ID)
		default:
			r.Endpoints++
			maps.Copy(r.Files, w.files)
		}
		r.Diagnostics = append(r.Diagnostics, w.diags...)
	}
	r.Diagnostics = diag.Sort(r.Diagnostics)
	r.Failed = slices.Compact(slices.Sorted(slices.Values(r.Failed)))
	for _, id := range r.Failed {
		r.keep[packages[id].Path] = true
	}
	lock := r.lock(cfg.Lock, works, wanted)
	if r.Files[naming.LockFile], err = lock.Encode(); err != nil {
		return nil, err
	}
	if set.Whole {
		var there []*ir.Endpoint
		for _, w := range works {
			if w.endpoint != nil && lock[w.endpoint.ID].Names != nil {
				there = append(there, w.endpoint)
			}
		}
		if r.Files[indexFile], err = index(there, cfg.Package); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// lock returns the lock after a run. What the run says nothing about keeps its names.
func (r *Result) lock(old naming.Lock, works []work, wanted map[string]bool) naming.Lock {
	lock := naming.Lock{}
	for _, w := range works {
		if w.endpoint != nil && wanted[w.endpoint.ID] {
			lock[w.endpoint.ID] = w.pins
		}
	}
	for id, pins := range old {
		if _, generated := lock[id]; !generated && (!r.whole || r.keep[pins.Package]) {
			lock[id] = pins
		}
	}
	return lock
}

// Explain writes in words what becomes of one endpoint's document, and why. The document may be one that is refused.
func Explain(w io.Writer, sources *spec.Sources, id string, cfg Config) (err error) {
	defer diag.Recover(diag.Pos{}, id, func(d diag.Diagnostic) { err = fmt.Errorf("%s: %s", id, d.Message) })
	set, diags := sources.Parse()
	wanted, err := selected(set.Documents, []string{id})
	if err != nil {
		for _, d := range diags {
			if d.Endpoint == id {
				return errors.New(d.String())
			}
		}
		return err
	}
	packages := naming.Packages(set.IDs(), cfg.Lock)
	for _, doc := range set.Documents {
		if wanted[doc.ID] {
			work := build(doc, packages[doc.ID], cfg, true)
			return explain.Endpoint(w, doc, work.endpoint, work.pins, work.diags)
		}
	}
	return nil
}

// selected returns which endpoints are to be generated.
func selected(docs []*spec.Document, ids []string) (map[string]bool, error) {
	wanted := map[string]bool{}
	for _, d := range docs {
		wanted[d.ID] = len(ids) == 0
	}
	for _, id := range ids {
		if _, ok := wanted[id]; !ok {
			return nil, fmt.Errorf("there is no document for %q: %s", id, spec.Nearest(id, docs))
		}
		wanted[id] = true
	}
	return wanted, nil
}

// work is what became of one document.
type work struct {
	endpoint *ir.Endpoint // nil where the document could not be used
	files    map[string][]byte
	pins     naming.Pins
	diags    []diag.Diagnostic
}

// build takes one document through the stages.
func build(doc *spec.Document, pkg ir.Package, cfg Config, wanted bool) (w work) {
	defer diag.Recover(doc.Pos(), doc.ID, w.fail)
	w = model(doc, pkg, cfg)
	if w.endpoint == nil || !wanted { // only the index needs it
		return w
	}
	var err error
	if w.files, err = emit.Package(w.endpoint, cfg.Package); err != nil {
		w.diags = append(w.diags, diag.Diagnostic{
			Pos: doc.Root.Pos(), Endpoint: doc.ID, Rule: "emit", Severity: diag.Error, Message: err.Error(),
		})
		w.endpoint = nil
	}
	return w
}

// fail makes d what became of a document: of a stage that panics, so that the other documents do not suffer.
func (w *work) fail(d diag.Diagnostic) { *w = work{diags: append(w.diags, d)} }

// model takes one document through the stages before emit.
func model(doc *spec.Document, pkg ir.Package, cfg Config) (w work) {
	defer diag.Recover(doc.Pos(), doc.ID, w.fail)
	w.endpoint, w.diags = normalize.Endpoint(doc)
	if cfg.Strict && slices.ContainsFunc(w.diags, func(d diag.Diagnostic) bool { return d.Severity == diag.Repair }) {
		w.endpoint = nil
		for i := range w.diags {
			if w.diags[i].Severity == diag.Repair {
				w.diags[i].Severity = diag.Error
			}
		}
	}
	if w.endpoint == nil {
		return w
	}
	w.endpoint.Package = pkg
	w.pins = naming.Assign(w.endpoint, cfg.Lock[doc.ID])
	return w
}

// Stale reports whether a file of an earlier run, which is not among Files, is there no more to a purpose. A file of
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
