package generator

import (
	"context"
	"maps"
	"slices"

	"github.com/falgen/falgen/generator/catalogue"
	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/diff"
	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/naming"
	"github.com/falgen/falgen/generator/spec"
)

// A Side is one of two sets of documents that are compared.
type Side struct {
	Name    string // what reports call it
	Sources *spec.Sources
	Lock    naming.Lock // the names that go with the documents
}

// A Comparison is what [Diff] found.
type Comparison struct {
	*diff.Report
	Diagnostics []diag.Diagnostic    // of both sides
	New         *catalogue.Catalogue // the new side, with the names that were compared
	Lock        naming.Lock          // the names that it was loaded with
}

// Diff compares two sets of documents by what they mean. The names of the new side are those of its lock, and for the rest
// those of the old side: so the report says what generating the new side does to callers of the old one. Of an endpoint
// whose document cannot be used on one of the sides, nothing is said.
func Diff(ctx context.Context, old, new Side) (*Comparison, error) {
	a, err := read(ctx, old.Sources, old.Lock)
	if err != nil {
		return nil, err
	}
	lock := pinned(a.lock, new.Lock)
	b, err := read(ctx, new.Sources, lock)
	if err != nil {
		return nil, err
	}
	r := &diff.Report{
		Old: old.Name, New: new.Name,
		Failed: slices.Compact(slices.Sorted(slices.Values(slices.Concat(a.failed, b.failed)))),
	}
	before, after := a.comparable(b), b.comparable(a)
	changes, faults := diff.Endpoints(before, after)
	r.Changes = changes
	for _, e := range before {
		if b.lock[e.ID].Names != nil {
			r.Compared++
		}
	}
	for _, d := range faults {
		r.Failed = append(r.Failed, d.Endpoint)
		r.Compared--
	}
	slices.Sort(r.Failed)
	return &Comparison{r, diag.Sort(slices.Concat(a.diags, b.diags, faults)), b.Catalogue, lock}, nil
}

// models are the endpoints of a catalogue that can be used.
type models struct {
	*catalogue.Catalogue
	endpoints []*ir.Endpoint
	lock      naming.Lock // their names
	failed    []string
	diags     []diag.Diagnostic
}

func read(ctx context.Context, sources *spec.Sources, lock naming.Lock) (*models, error) {
	c := catalogue.Load(sources, catalogue.Config{Lock: lock})
	m := &models{Catalogue: c, lock: naming.Lock{}, failed: slices.Clone(c.Failed), diags: slices.Clone(c.Diagnostics)}
	if err := catalogue.Models(ctx, c.Entries); err != nil {
		return nil, err
	}
	for _, e := range c.Entries {
		model := e.Model()
		m.diags = append(m.diags, model.Diagnostics...)
		if model.Endpoint == nil {
			m.failed = append(m.failed, e.ID)
			continue
		}
		m.endpoints, m.lock[e.ID] = append(m.endpoints, model.Endpoint), model.Pins
	}
	return m, nil
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
func (m *models) comparable(other *models) []*ir.Endpoint {
	return slices.DeleteFunc(slices.Clone(m.endpoints), func(e *ir.Endpoint) bool {
		if other.lock[e.ID].Names != nil {
			return false
		}
		return slices.Contains(other.failed, e.ID) || other.Incomplete || m.Whole && !other.Whole
	})
}
