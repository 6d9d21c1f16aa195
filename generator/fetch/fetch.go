// Package fetch brings the documents of endpoints into a folder, from fal or from elsewhere, and knows fal's catalogue.
//
// A document that cannot be had leaves the one that is there as it was, and none is ever removed.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/falgen/falgen/generator/spec"
)

// Config says where to fetch to, and how.
type Config struct {
	Folder  string // of the documents; it is made where there is none
	Key     string // of a fal account, or "": the catalogue alone gets it, and answers more often with it
	BaseURL string // where to ask in the place of fal's hosts: https://fal.ai/x is asked for at BaseURL/fal.ai/x
	Jobs    int    // requests at once; 0 for a few
	Force   bool   // write over documents that somebody edited

	// Progress, if it is set, is told how many of the documents are done, by one goroutine at a time.
	Progress func(done, total int)
	// Done, if it is set, is told of each document, by one goroutine at a time and in the order of the ids.
	Done func(Result)
}

const (
	defaultJobs = 4
	maxJobs     = 16
)

// Want says what to fetch.
type Want struct {
	// Patterns are ids, or globs such as "fal-ai/flux/**": * stands for what is between two slashes, or for a part of it,
	// and ** for any number of such. None means all that is in the folder already.
	Patterns []string
	All      bool   // the whole catalogue, and what is in the folder
	From     string // a file, folder or https URL, of a document, a dump or a catalogue; "" for fal
}

// State is what became of a document.
type State string

const (
	New       State = "new"       // there was none
	Changed   State = "changed"   // in what it says
	Unchanged State = "unchanged" // but perhaps for its layout
	Failed    State = "failed"    // the document that is there, if any, stays
)

// A Result is what became of one document.
type Result struct {
	ID    string // or the place of what could not be read, where the id is not known
	State State
	Err   error // of a failed one: [*StatusError], [*EditedError] or another
}

// A Report says how a run went.
type Report struct {
	Results []Result // by id; an interrupted run lacks some
	Total   int      // documents that were wanted
	// Incomplete says why there may be documents that the run does not know of; nil where there are none.
	Incomplete error
	Notes      []string // what is worth knowing, and is no failure
	// Elsewhere are the sources, other than fal, of documents in the folder that were left as they are.
	Elsewhere []string
}

// Count returns how many documents are in a state.
func (r *Report) Count(s State) int {
	n := 0
	for _, result := range r.Results {
		if result.State == s {
			n++
		}
	}
	return n
}

// Run fetches documents. What cannot be had is named in the report and stops nothing else; an error means that nothing
// could be done, or, with a report, that the run ended early, as when ctx ends: what was fetched by then is stored. Two
// runs at once must not share a folder.
func Run(ctx context.Context, cfg Config, want Want) (*Report, error) {
	if cfg.Jobs == 0 {
		cfg.Jobs = defaultJobs
	}
	if cfg.Jobs < 1 || cfg.Jobs > maxJobs {
		return nil, fmt.Errorf("%d requests at once are not polite, or none: give 1 to %d", cfg.Jobs, maxJobs)
	}
	client, err := newClient(cfg.BaseURL, cfg.Key)
	if err != nil {
		return nil, err
	}
	defer client.http.CloseIdleConnections()
	return client.run(ctx, cfg, want)
}

func (c *client) run(ctx context.Context, cfg Config, want Want) (*Report, error) {
	store, err := openStore(cfg.Folder, cfg.Force)
	if err != nil {
		return nil, err
	}
	defer store.close()
	r := &run{Config: cfg, client: c, store: store, words: map[string]spec.Meta{}, report: &Report{}}
	plan := r.planFal
	if want.From != "" {
		plan = r.planFrom
	}
	jobs, err := plan(ctx, want)
	if err != nil {
		return nil, err
	}
	err = r.do(ctx, jobs)
	return r.report, errors.Join(err, store.flush())
}

// run is one run.
type run struct {
	Config
	client *client
	store  *store
	words  map[string]spec.Meta // of the catalogue, by id
	report *Report

	mu      sync.Mutex
	results map[string]Result
	order   []string // the ids that are not reported yet
	done    int
}

// job fetches some documents, and finishes each of them.
type job struct {
	ids []string
	do  func(ctx context.Context)
}

// do does the jobs, several at once.
func (r *run) do(ctx context.Context, jobs []job) error {
	for _, j := range jobs {
		r.order = append(r.order, j.ids...)
	}
	slices.Sort(r.order)
	r.order = slices.Compact(r.order)
	r.report.Total = len(r.order)
	r.results = map[string]Result{}
	r.store.place(r.order)
	var group errgroup.Group
	group.SetLimit(r.Jobs)
	for _, j := range jobs {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			j.do(ctx)
			return nil
		})
	}
	_ = group.Wait() // no job stops the others
	for _, id := range r.order {
		if result, ok := r.results[id]; ok { // behind one that was interrupted
			r.tell(result)
		}
	}
	return ctx.Err()
}

// finish notes what became of a document. Those of jobs that the end of ctx cut short are not noted.
func (r *run) finish(ctx context.Context, id string, state State, err error) {
	if err != nil {
		if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			return
		}
		state = Failed
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, twice := r.results[id]; twice {
		return
	}
	r.results[id] = Result{id, state, err}
	r.done++
	if r.Progress != nil {
		r.Progress(r.done, r.report.Total)
	}
	for len(r.order) > 0 {
		result, ok := r.results[r.order[0]]
		if !ok {
			return
		}
		r.order = r.order[1:]
		r.tell(result)
	}
}

func (r *run) tell(result Result) {
	r.report.Results = append(r.report.Results, result)
	if r.Done != nil {
		r.Done(result)
	}
}

// one fetches a document from its own URL, unless it is known to be up to date.
func (r *run) one(ctx context.Context, id string) (State, error) {
	have, err := r.store.read(id)
	if err != nil {
		return "", err
	}
	source := documentURL + "?endpoint_id=" + id // an id needs no escaping
	root := have.root
	etag, err := r.client.get(ctx, request{
		url: source, fal: true, limit: maxDocument, etag: r.store.etag(id, source, have),
		read: func(text []byte) (err error) {
			root, err = readDocument(source, id, text)
			return err
		},
	})
	if err != nil {
		return "", err
	}
	return r.store.put(id, root, r.words[id], entry{Source: source, ETag: etag})
}

// readDocument reads the document of an endpoint; name is what errors call it.
func readDocument(name, id string, text []byte) (*spec.Node, error) {
	doc, diags := spec.Parse(name, text)
	switch {
	case doc == nil && len(diags) == 0:
		return nil, fmt.Errorf("%s is a dump, not a document", name)
	case doc == nil:
		return nil, fmt.Errorf("%s: %s", diags[0].Pos, diags[0].Message)
	case doc.ID != id:
		return nil, fmt.Errorf("%s is the document of %q", name, doc.ID)
	}
	return doc.Root, nil
}

// several fetches documents from the catalogue. One that it has not is asked for at its own URL, unless there is one
// of the catalogue already: the two may differ in what means nothing, and the document would change back and forth.
func (r *run) several(ctx context.Context, ids []string) {
	found, err := r.client.find(ctx, ids, true)
	for _, id := range ids {
		m, ok := found[id]
		if m.document != nil {
			state, err := r.store.put(id, m.document, m.Meta, entry{Source: catalogueSource(id)})
			r.finish(ctx, id, state, err)
			continue
		}
		problem := err
		if ok {
			problem = errors.New(m.problem)
		} else if err == nil {
			problem = errors.New("the catalogue does not know it")
		}
		if r.store.source(id) != "" {
			r.finish(ctx, id, Failed, problem)
			continue
		}
		state, err := r.one(ctx, id)
		if err != nil {
			err = fmt.Errorf("%w; and before: %w", err, problem)
		}
		r.finish(ctx, id, state, err)
	}
}

// catalogueSource is the URL at which the catalogue has a document.
func catalogueSource(id string) string {
	return catalogueURL + "?endpoint_id=" + id + "&expand=openapi-3.0"
}

func fromFal(source string) bool {
	return strings.HasPrefix(source, documentURL+"?") || strings.HasPrefix(source, catalogueURL+"?")
}
