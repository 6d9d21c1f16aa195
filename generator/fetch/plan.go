package fetch

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/spec"
)

// planFal finds out which of fal's documents are wanted, and from where.
func (r *run) planFal(ctx context.Context, want Want) ([]job, error) {
	ids, err := r.wanted(ctx, want)
	if err != nil {
		return nil, err
	}
	var single, batch []string
	for _, id := range ids {
		source := r.store.source(id)
		_, listed := r.words[id]
		switch {
		case source == catalogueSource(id), source == "" && listed:
			batch = append(batch, id)
		default:
			single = append(single, id)
		}
	}
	if err := r.describe(ctx, single); err != nil {
		return nil, err
	}
	var jobs []job
	for ids := range slices.Chunk(batch, perExpansion) {
		jobs = append(jobs, job{ids, func(ctx context.Context) { r.several(ctx, ids) }})
	}
	for _, id := range single {
		jobs = append(jobs, job{[]string{id}, func(ctx context.Context) {
			state, err := r.one(ctx, id)
			r.finish(ctx, id, state, err)
		}})
	}
	return jobs, nil
}

// wanted returns the ids that are wanted, sorted. Those that the catalogue lists have their words then.
func (r *run) wanted(ctx context.Context, want Want) ([]string, error) {
	patterns := want.Patterns
	if want.All {
		if len(patterns) > 0 {
			return nil, errors.New("--all and endpoints exclude each other")
		}
		patterns = []string{"**"}
	}
	var ids, globs []string
	for _, p := range patterns {
		if isGlob(p) {
			globs = append(globs, p)
		} else if err := spec.CheckID(p); err != nil {
			return nil, err
		} else {
			ids = append(ids, p)
		}
	}
	everything := len(patterns) == 0 || want.All
	if everything {
		if ids = r.store.ids(); len(ids) == 0 && !want.All {
			return nil, fmt.Errorf("there is no document in %s yet: name endpoints, globs such as 'fal-ai/flux/**', or --all",
				r.store.folder)
		}
	}
	if len(globs) > 0 {
		models, err := r.listed(ctx, globs)
		if err != nil {
			return nil, err
		}
		for _, m := range models {
			ids = append(ids, m.ID)
			r.words[m.ID] = m.Meta
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if everything {
		ids = slices.DeleteFunc(ids, r.elsewhere)
	}
	return ids, nil
}

// elsewhere notes whether a document came from elsewhere than fal.
func (r *run) elsewhere(id string) bool {
	source := r.store.source(id)
	if source == "" || fromFal(source) {
		return false
	}
	if !slices.Contains(r.report.Elsewhere, source) {
		r.report.Elsewhere = append(r.report.Elsewhere, source)
	}
	return true
}

// listed returns what the catalogue lists of globs.
func (r *run) listed(ctx context.Context, globs []string) ([]Model, error) {
	if err := checkGlobs(globs); err != nil {
		return nil, err
	}
	models, err := r.client.list(ctx, "")
	if len(models) == 0 && err != nil || ctx.Err() != nil {
		return nil, err
	}
	r.report.Incomplete = err
	all := len(models)
	models = slices.DeleteFunc(models, func(m Model) bool { return spec.CheckID(m.ID) != nil })
	if n := all - len(models); n > 0 {
		r.report.Notes = append(r.report.Notes, fmt.Sprintf("names in fal's catalogue that are no endpoint ids: %d", n))
	}
	if models, err = choose(models, globs); err != nil {
		return nil, fmt.Errorf("fal's catalogue: %w", err)
	}
	return models, nil
}

// describe asks the catalogue what it says of endpoints. Where it cannot be reached, the documents keep what it said
// when they were fetched.
func (r *run) describe(ctx context.Context, ids []string) error {
	chunks := slices.Collect(slices.Chunk(ids, perAnswer))
	found := make([]map[string]Model, len(chunks))
	errs := make([]error, len(chunks))
	var group errgroup.Group
	group.SetLimit(r.Jobs)
	for i, chunk := range chunks {
		group.Go(func() error {
			found[i], errs[i] = r.client.find(ctx, chunk, false)
			return nil
		})
	}
	_ = group.Wait() // what cannot be had is in errs
	for i := range chunks {
		for id, m := range found[i] {
			r.words[id] = m.Meta
		}
	}
	if err := errors.Join(errs...); err != nil {
		note, _, _ := strings.Cut(err.Error(), "\n")
		r.report.Notes = append(r.report.Notes, "the catalogue does not say what the endpoints do: "+note)
	}
	return ctx.Err()
}

// planFrom finds the documents of a file, a folder or a URL.
func (r *run) planFrom(ctx context.Context, want Want) ([]job, error) {
	if want.All {
		return nil, errors.New("--from and --all exclude each other: without endpoints, all that is there is fetched")
	}
	models, failed, err := r.source(ctx, want.From)
	if err != nil {
		return nil, err
	}
	if len(want.Patterns) > 0 {
		failed = nil
		if models, err = choose(models, want.Patterns); err != nil {
			return nil, fmt.Errorf("%s: %w", want.From, err)
		}
	}
	source := filepath.ToSlash(want.From)
	if isURL(want.From) {
		source, _, _ = strings.Cut(want.From, "?") // which may hold a secret
	}
	var jobs []job
	known := map[string]bool{}
	for _, m := range models {
		known[m.ID] = true
		jobs = append(jobs, job{[]string{m.ID}, func(ctx context.Context) {
			if m.document == nil {
				r.finish(ctx, m.ID, Failed, errors.New(m.problem))
				return
			}
			state, err := r.store.put(m.ID, m.document, m.Meta, entry{Source: source})
			r.finish(ctx, m.ID, state, err)
		}})
	}
	for _, d := range failed {
		name := d.Endpoint
		if spec.CheckID(name) != nil || known[name] {
			name = d.Pos.String()
		}
		jobs = append(jobs, job{[]string{name}, func(ctx context.Context) {
			r.finish(ctx, name, Failed, errors.New(d.Message))
		}})
	}
	return jobs, nil
}

// source reads what --from names.
func (r *run) source(ctx context.Context, from string) ([]Model, []diag.Diagnostic, error) {
	if isURL(from) {
		models, err := r.client.pages(ctx, from, false)
		if len(models) > 0 {
			r.report.Incomplete, err = err, nil
		}
		return models, nil, err
	}
	sources, err := spec.Read(from)
	if err != nil {
		return nil, nil, err
	}
	set, diags := sources.Parse()
	var models []Model
	for _, d := range set.Documents {
		models = append(models, Model{ID: d.ID, Meta: d.Meta, document: d.Root})
	}
	return models, slices.DeleteFunc(diags, func(d diag.Diagnostic) bool { return d.Severity != diag.Error }), nil
}

// choose returns the models that patterns match, each of which must match one.
func choose(models []Model, patterns []string) ([]Model, error) {
	if err := checkGlobs(patterns); err != nil {
		return nil, err
	}
	matched := map[string]bool{}
	chosen := slices.DeleteFunc(slices.Clone(models), func(m Model) bool {
		any := false
		for _, p := range patterns {
			if match(p, m.ID) {
				matched[p], any = true, true
			}
		}
		return !any
	})
	for _, p := range patterns {
		if !matched[p] {
			return nil, fmt.Errorf("none of the %d endpoints is %q", len(models), p)
		}
	}
	return chosen, nil
}

func isURL(from string) bool { return strings.Contains(from, "://") }

func isGlob(pattern string) bool { return strings.ContainsAny(pattern, "*?[") }

func checkGlobs(patterns []string) error {
	for _, p := range patterns {
		for segment := range strings.SplitSeq(p, "/") {
			if _, err := path.Match(segment, ""); err != nil {
				return fmt.Errorf("%q: %w", p, err)
			}
		}
	}
	return nil
}

// match tells whether an id matches a pattern, segment by segment; "**" stands for any number of segments.
func match(pattern, id string) bool {
	return matchSegments(strings.Split(pattern, "/"), strings.Split(id, "/"))
}

func matchSegments(pattern, id []string) bool {
	for i, p := range pattern {
		if p == "**" {
			for from := i; from <= len(id); from++ {
				if matchSegments(pattern[i+1:], id[from:]) {
					return true
				}
			}
			return false
		}
		if i >= len(id) {
			return false
		}
		if ok, _ := path.Match(p, id[i]); !ok { // the patterns were checked
			return false
		}
	}
	return len(pattern) == len(id)
}
