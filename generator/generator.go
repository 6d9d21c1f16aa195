// Package generator turns a folder of endpoint documents into Go packages. It returns files and findings; what
// becomes of them is up to the caller.
//
// Each document passes the stages spec, normalize, naming and emit on its own, so that what is generated for one
// endpoint depends on nothing but its own document. Package output holds the result against a folder.
package generator

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/emit"
	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/naming"
	"github.com/falgen/falgen/generator/normalize"
	"github.com/falgen/falgen/generator/spec"
)

// Config says what to generate from what.
type Config struct {
	Specs   string   // a folder of documents, one document, or a catalogue dump
	Package string   // the import path of the output folder
	IDs     []string // the endpoints to generate; none means all
}

// A Result is what was generated.
type Result struct {
	Files       map[string][]byte // by path under the output folder, with slashes
	Endpoints   []*ir.Endpoint    // by id
	Failed      []string          // ids, or files where no id is known, that were not generated
	Diagnostics []diag.Diagnostic // by place

	whole bool            // nothing but Files should be in the output folder
	keep  map[string]bool // packages that are not up to date and stay as they are
}

// Generate reads the documents and generates their packages. A document that cannot be generated is named in the
// result and does not stop the others; an error means that nothing could be done.
func Generate(ctx context.Context, cfg Config) (*Result, error) {
	set, diags, err := spec.Read(cfg.Specs)
	if err != nil {
		return nil, err
	}
	r := &Result{Files: map[string][]byte{}, whole: set.Whole, keep: map[string]bool{}, Diagnostics: diags}
	for _, d := range diags {
		if d.Severity != diag.Error {
			continue
		}
		r.fail(d.Endpoint, d.Pos.File)
	}
	wanted, err := selected(set.Documents, cfg.IDs)
	if err != nil {
		return nil, err
	}
	works := make([]work, len(set.Documents))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(workers())
	for i, doc := range set.Documents {
		group.Go(func() error {
			works[i] = build(doc, cfg.Package, wanted[doc.ID])
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	taken := map[string]string{}
	for i, doc := range set.Documents {
		w := works[i]
		if w.endpoint != nil {
			if other, ok := taken[w.endpoint.Package.Path]; ok {
				w = w.refuse(doc, "package-path", fmt.Sprintf(
					"%s gets the same package as %s, %s: leave one of the two out", doc.ID, other, w.endpoint.Package.Path))
			} else {
				taken[w.endpoint.Package.Path] = doc.ID
			}
		}
		if wanted[doc.ID] {
			r.Diagnostics = append(r.Diagnostics, w.diags...)
		}
		if w.endpoint == nil {
			r.fail(doc.ID, "")
			continue
		}
		r.Endpoints = append(r.Endpoints, w.endpoint)
		maps.Copy(r.Files, w.files)
	}
	r.Diagnostics = diag.Sort(r.Diagnostics)
	r.Failed = slices.Compact(slices.Sorted(slices.Values(r.Failed)))
	if len(cfg.IDs) > 0 {
		r.whole = false
	}
	if set.Whole {
		if r.Files[indexFile], err = index(r.Endpoints, cfg.Package); err != nil {
			return nil, err
		}
	}
	return r, nil
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
	diags    []diag.Diagnostic
}

func (w work) refuse(doc *spec.Document, rule, message string) work {
	d := diag.Diagnostic{Pos: doc.Root.Pos(), Endpoint: doc.ID, Rule: rule, Severity: diag.Error, Message: message}
	return work{diags: append(w.diags, d)}
}

// build takes one document through the stages.
func build(doc *spec.Document, root string, wanted bool) work {
	var w work
	if w.endpoint, w.diags = normalize.Endpoint(doc); w.endpoint == nil {
		return w
	}
	naming.Assign(w.endpoint)
	if !wanted {
		return w // only the index needs it
	}
	var err error
	if w.files, err = emit.Package(w.endpoint, root); err != nil {
		return w.refuse(doc, "emit", err.Error())
	}
	return w
}

func (r *Result) fail(id, file string) {
	if id == "" {
		r.Failed = append(r.Failed, file)
		r.whole = false // any of the packages in the output folder may be the one
		return
	}
	r.Failed = append(r.Failed, id)
	r.keep[naming.PackageOf(id).Path] = true
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
