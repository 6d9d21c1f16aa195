package generator

import (
	"context"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/diff"
	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/naming"
	"github.com/falgen/falgen/generator/spec"
)

// A Model is what documents mean, with the Go names that generating from them gives.
type Model struct {
	Endpoints   []*ir.Endpoint // by id
	Lock        naming.Lock    // the names of the endpoints
	Failed      []string       // ids, or files where no id is known, of documents that cannot be used
	Diagnostics []diag.Diagnostic

	whole  bool // the documents are meant to be all of a project
	hidden bool // one of the failed files may hold any endpoint
}

// Read models documents as [Generate] does, and generates nothing. A document that cannot be used is named in the
// result and does not stop the others; an error means that nothing could be done.
func Read(ctx context.Context, sources *spec.Sources, cfg Config) (*Model, error) {
	set, diags := sources.Parse()
	wanted, err := selected(set.Documents, cfg.IDs)
	if err != nil {
		return nil, err
	}
	m := &Model{Lock: naming.Lock{}, Diagnostics: diags, whole: set.Whole && len(cfg.IDs) == 0}
	for _, d := range diags {
		if d.Severity == diag.Error {
			m.fail(d)
		}
	}
	packages := naming.Packages(set.IDs(), cfg.Lock)
	works := make([]work, len(set.Documents))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(workers())
	for i, doc := range set.Documents {
		if !wanted[doc.ID] {
			continue
		}
		group.Go(func() error {
			works[i] = model(doc, packages[doc.ID], cfg)
			doc.Root = nil // catalogues are large
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
			m.Failed = append(m.Failed, doc.ID)
		default:
			m.Endpoints = append(m.Endpoints, w.endpoint)
			m.Lock[doc.ID] = w.pins
		}
		m.Diagnostics = append(m.Diagnostics, w.diags...)
	}
	m.Diagnostics = diag.Sort(m.Diagnostics)
	m.Failed = slices.Compact(slices.Sorted(slices.Values(m.Failed)))
	return m, nil
}

// fail notes a document that could not be read.
func (m *Model) fail(d diag.Diagnostic) {
	if spec.CheckID(d.Endpoint) == nil {
		m.Failed = append(m.Failed, d.Endpoint)
		return
	}
	m.Failed = append(m.Failed, d.Pos.File)
	m.hidden = true
}

// A Side is one of two sets of documents that are compared.
type Side struct {
	Name    string // what reports call it
	Sources *spec.Sources
	Lock    naming.Lock // the names that go with the documents
}

// Diff compares two sets of documents by what they mean, and returns with it what was found of documents that cannot
// be used. The names of the new side are those of its lock, and for the rest those of the old side: so the report says
// what generating the new side does to callers of the old one. Of an endpoint whose document cannot be used on one of
// the sides, nothing is said.
func Diff(ctx context.Context, old, new Side) (*diff.Report, []diag.Diagnostic, error) {
	a, err := Read(ctx, old.Sources, Config{Lock: old.Lock})
	if err != nil {
		return nil, nil, err
	}
	b, err := Read(ctx, new.Sources, Config{Lock: pinned(a.Lock, new.Lock)})
	if err != nil {
		return nil, nil, err
	}
	r := &diff.Report{
		Old: old.Name, New: new.Name,
		Failed: slices.Compact(slices.Sorted(slices.Values(slices.Concat(a.Failed, b.Failed)))),
	}
	before, after := a.comparable(b), b.comparable(a)
	changes, faults := diff.Endpoints(before, after)
	r.Changes = changes
	for _, e := range before {
		if b.Lock[e.ID].Names != nil {
			r.Compared++
		}
	}
	for _, d := range faults {
		r.Failed = append(r.Failed, d.Endpoint)
		r.Compared--
	}
	slices.Sort(r.Failed)
	return r, diag.Sort(slices.Concat(a.Diagnostics, b.Diagnostics, faults)), nil
}

// pinned returns the names of a lock over those of another one.
func pinned(base, over naming.Lock) naming.Lock {
	lock := maps.Clone(base)
	for id, pins := range over {
		names := maps.Clone(lock[id].Names)
		if names == nil {
			names = map[string]string{}
		}
		maps.Copy(names, pins.Names)
		lock[id] = naming.Pins{Package: pins.Package, Names: names}
	}
	return lock
}

// comparable returns the endpoints of which something can be said: those that the other side has, too, and those that
// it surely has not.
func (m *Model) comparable(other *Model) []*ir.Endpoint {
	return slices.DeleteFunc(slices.Clone(m.Endpoints), func(e *ir.Endpoint) bool {
		if other.Lock[e.ID].Names != nil {
			return false
		}
		return slices.Contains(other.Failed, e.ID) || other.hidden || m.whole && !other.whole
	})
}
