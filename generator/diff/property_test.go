package diff_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/generator/diff"
	"github.com/falgen/falgen/generator/ir"
)

// sample is how many of the published documents are taken, where it is not all of them.
const sample = 40

// mutate changes s in one way, and returns what was before and after; nil where s has no place for it.
func mutate(t *testing.T, s *subject, name string) (m *mutant, before, after *subject) {
	t.Helper()
	m = &mutant{subject: s, rand: rng(s.name + name), root: copyOf(s.root)}
	if !mutations[name](m) {
		return nil, nil, nil
	}
	if before = s; m.base != nil {
		before = newSubject(t, s.name, m.base)
	}
	if after = before.changed(t, m.root); after == nil {
		t.Errorf("%s: %s: falgen refuses what came out", s.name, name)
		return nil, nil, nil
	}
	return m, before, after
}

// TestSets takes endpoints out of a set, one at a time: just that is found, and that it joins the other way round.
func TestSets(t *testing.T) {
	var all []*ir.Endpoint
	for _, s := range subjects(t, sample) {
		all = append(all, s.endpoint)
	}
	for i := 0; i < len(all); i += 1 + len(all)/20 {
		e := all[i]
		less := slices.Delete(slices.Clone(all), i, i+1)
		for _, tt := range []struct {
			old, new []*ir.Endpoint
			want     string
		}{
			{all, less, line(diff.EndpointRemoved, diff.Go, "")},
			{less, all, line(diff.EndpointAdded, diff.Doc, "")},
		} {
			changes, faults := diff.Endpoints(tt.old, tt.new)
			if len(changes) != 1 || len(faults) > 0 {
				t.Fatalf("%s: %d changes, %v", e.ID, len(changes), faults)
			}
			if c := changes[0]; c.Endpoint != e.ID || line(c.Kind, c.Level, c.Path) != tt.want {
				t.Errorf("%s: %+v", e.ID, c)
			}
		}
	}
}

// scattered are golden cases that say one thing in several places, where one of them may change and the others still say
// the same, or two things in one place.
var scattered = map[string]bool{"all-of-parts": true, "choices-of-properties": true, "endpoint-deprecated": true, "endpoint-sunset": true,
	"recursion-choice": true}

// TestMutations changes each document in one way at a time: just that change is found, at its level.
func TestMutations(t *testing.T) {
	done := map[string]int{}
	for _, s := range subjects(t, sample) {
		if scattered[s.name] {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(mutations)) {
			m, before, after := mutate(t, s, name)
			if m == nil {
				continue
			}
			done[name]++
			var got []string
			for _, c := range diff.Endpoint(before.endpoint, after.endpoint) {
				split := m.splits
				if c.Kind == diff.GoChanged && split {
					continue // fields that had one enum have two now, or types are called after a type
				}
				got = append(got, line(c.Kind, c.Level, c.Path))
			}
			slices.Sort(got)
			slices.Sort(m.want)
			if d := cmp.Diff(m.want, got); d != "" {
				t.Errorf("%s: %s (-want +got):\n%s", s.name, name, d)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(mutations)) {
		t.Logf("%5d %s", done[name], strings.ReplaceAll(name, "\n", " "))
		if done[name] == 0 && *whole {
			t.Errorf("no document has a place for %q", name)
		}
	}
}
