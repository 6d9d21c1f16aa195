// Package catalogue holds what documents mean: it reads them, gives each endpoint the path of its package and its Go names,
// and tells which documents cannot be used. Whatever works on documents starts from a [Catalogue].
package catalogue

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/naming"
	"github.com/falgen/falgen/generator/normalize"
	"github.com/falgen/falgen/generator/spec"
)

// Config says how documents are read.
type Config struct {
	Lock   naming.Lock // the names that were given before
	Strict bool        // refuse a document that has to be repaired
}

// A Catalogue is the endpoints of some documents. It can be read any number of times, and by several goroutines at once.
type Catalogue struct {
	Entries []*Entry // by id
	// Failed are the ids of documents that could not be read, or files where no id is known. What of the entries cannot
	// be used is told by their [Entry.Model].
	Failed      []string
	Diagnostics []diag.Diagnostic // of what is in Failed
	Whole       bool              // the documents are meant to be all of a project
	Incomplete  bool              // one of the failed files may hold any endpoint

	packages map[string]ir.Package // by id
}

// An Entry is one endpoint of a [Catalogue].
type Entry struct {
	ID       string
	Document *spec.Document
	Package  ir.Package

	config Config
	once   sync.Once
	model  Model
}

// A Model is what a document means, in Go's names.
type Model struct {
	Endpoint    *ir.Endpoint // nil where the document cannot be used
	Pins        naming.Pins  // the names that were given
	Diagnostics []diag.Diagnostic
}

// Load returns the catalogue of some documents. A document that cannot be used does not stop the others.
func Load(sources *spec.Sources, cfg Config) *Catalogue {
	set, diags := sources.Parse()
	c := &Catalogue{Diagnostics: diags, Whole: set.Whole}
	ids := set.IDs()
	for _, d := range diags {
		switch {
		case d.Severity != diag.Error:
		case spec.CheckID(d.Endpoint) == nil:
			c.Failed = append(c.Failed, d.Endpoint)
			ids = append(ids, d.Endpoint) // its package keeps its path
		default:
			c.Failed = append(c.Failed, d.Pos.File)
			c.Incomplete = true
		}
	}
	c.Failed = slices.Compact(slices.Sorted(slices.Values(c.Failed)))
	c.packages = naming.Packages(ids, cfg.Lock)
	for _, doc := range set.Documents {
		c.Entries = append(c.Entries, &Entry{ID: doc.ID, Document: doc, Package: c.packages[doc.ID], config: cfg})
	}
	return c
}

// Package returns the package of an endpoint, which may be one whose document could not be read.
func (c *Catalogue) Package(id string) ir.Package { return c.packages[id] }

// Documents returns the documents of the entries.
func (c *Catalogue) Documents() []*spec.Document {
	docs := make([]*spec.Document, len(c.Entries))
	for i, e := range c.Entries {
		docs[i] = e.Document
	}
	return docs
}

// Entry returns the entry of an id. The error says why there is none.
func (c *Catalogue) Entry(id string) (*Entry, error) {
	for _, e := range c.Entries {
		if e.ID == id {
			return e, nil
		}
	}
	for _, d := range c.Diagnostics {
		if d.Endpoint == id {
			return nil, fmt.Errorf("%s", d)
		}
	}
	return nil, fmt.Errorf("there is no document for %q: %s", id, spec.Nearest(id, c.Documents()))
}

// Select returns the entries of the ids, by id; of no ids, all.
func (c *Catalogue) Select(ids []string) ([]*Entry, error) {
	if len(ids) == 0 {
		return c.Entries, nil
	}
	var selected []*Entry
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		e, err := c.Entry(id)
		if err != nil {
			return nil, err
		}
		selected = append(selected, e)
	}
	return selected, nil
}

// Model returns what the document means. It is worked out when it is first asked for.
func (e *Entry) Model() Model {
	e.once.Do(func() {
		e.model.Endpoint, e.model.Diagnostics = read(e.Document, e.config)
		if e.model.Endpoint == nil {
			return
		}
		defer diag.Recover(e.Document.Pos(), e.ID, func(d diag.Diagnostic) {
			e.model = Model{Diagnostics: append(e.model.Diagnostics, d)}
		})
		e.model.Endpoint.Package = e.Package
		e.model.Pins = naming.Assign(e.model.Endpoint, e.config.Lock[e.ID])
	})
	return e.model
}

func read(doc *spec.Document, cfg Config) (endpoint *ir.Endpoint, diags []diag.Diagnostic) {
	defer diag.Recover(doc.Pos(), doc.ID, func(d diag.Diagnostic) { endpoint, diags = nil, append(diags, d) })
	endpoint, diags = normalize.Endpoint(doc)
	if !cfg.Strict {
		return endpoint, diags
	}
	for i := range diags {
		if diags[i].Severity == diag.Repair {
			diags[i].Severity, endpoint = diag.Error, nil
		}
	}
	return endpoint, diags
}

// Models works out the models of the entries, several at once. The error is that of the context.
func Models(ctx context.Context, entries []*Entry) error {
	return Each(ctx, entries, func(_ int, e *Entry) error {
		e.Model()
		return nil
	}, nil)
}

// Each calls do for each of the entries, several at once, and returns the first error, or that of the context. After each
// one it calls progress, where that is not nil, by one goroutine at a time.
func Each(ctx context.Context, entries []*Entry, do func(i int, e *Entry) error, progress func(done, total int)) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(workers())
	var mu sync.Mutex
	done := 0
	for i, e := range entries {
		group.Go(func() error {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := do(i, e); err != nil {
				return err
			}
			if progress != nil {
				mu.Lock()
				defer mu.Unlock()
				done++
				progress(done, len(entries))
			}
			return nil
		})
	}
	return group.Wait()
}

// workers is how many documents are worked on at once.
func workers() int { return runtime.GOMAXPROCS(0) }
