package fetch_test

import (
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/generator"
	"github.com/falgen/falgen/generator/fetch"
	"github.com/falgen/falgen/generator/fetch/fetchtest"
	"github.com/falgen/falgen/generator/spec"
)

// fails runs what cannot be done.
func fails(t *testing.T, s *fetchtest.Server, folder string, want fetch.Want, message string) {
	t.Helper()
	_, err := fetch.Quick{}.Run(t.Context(), fetch.Config{Folder: folder, BaseURL: s.URL}, want)
	if err == nil || !strings.Contains(err.Error(), message) {
		t.Errorf("%+v: %v, want %q", want, err, message)
	}
}

// TestGlobs holds which endpoints of the catalogue a glob names.
func TestGlobs(t *testing.T) {
	s := serve(t, 0)
	for _, id := range []string{
		"fal-ai/flux", "fal-ai/flux/dev", "fal-ai/flux/dev/edit", "fal-ai/flux-pro", "bria/flux/dev", "bria/x", "fal-ai/flux/private",
	} {
		hidden := id == "fal-ai/flux/private"
		s.Add(fetchtest.Model{ID: id, Hidden: hidden, Document: fetchtest.Document(id, "x", false)})
	}
	s.Add(fetchtest.Model{ID: "../../etc/x", Document: "{}"})
	for globs, want := range map[string]string{
		"fal-ai/flux/**":           "fal-ai/flux fal-ai/flux/dev fal-ai/flux/dev/edit",
		"fal-ai/flux/*":            "fal-ai/flux/dev",
		"fal-ai/flux*":             "fal-ai/flux fal-ai/flux-pro",
		"**/dev":                   "bria/flux/dev fal-ai/flux/dev",
		"*/**/dev/**":              "bria/flux/dev fal-ai/flux/dev fal-ai/flux/dev/edit",
		"bria/? fal-ai/[a-f]lux":   "bria/x fal-ai/flux",
		"**/x fal-ai/flux/private": "bria/x fal-ai/flux/private",
	} {
		report := run(t, s, t.TempDir(), fetch.Want{Patterns: strings.Fields(globs)})
		var got []string
		for _, r := range report.Results {
			got = append(got, r.ID)
			if r.State != fetch.New {
				t.Errorf("%s: %v", r.ID, r.Err)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %q", globs, got)
		}
		if len(report.Notes) != 1 || report.Notes[0] != "names in fal's catalogue that are no endpoint ids: 1" {
			t.Error(report.Notes)
		}
	}
	folder := t.TempDir()
	fails(t, s, folder, fetch.Want{}, "there is no document in "+filepath.ToSlash(folder)+" yet")
	fails(t, s, folder, fetch.Want{Patterns: []string{"flux*"}}, `fal's catalogue: none of the 6 endpoints is "flux*"`)
	fails(t, s, folder, fetch.Want{Patterns: []string{"fal-ai/[x"}}, `"fal-ai/[x": syntax error in pattern`)
	fails(t, s, folder, fetch.Want{Patterns: []string{"flux"}}, `"flux" is no endpoint id`)
	fails(t, s, folder, fetch.Want{Patterns: []string{"a/b"}, All: true}, "exclude each other")
	fails(t, s, folder, fetch.Want{From: "x", All: true}, "exclude each other")
}

// TestAll fetches the whole catalogue: what it does not list any more is kept, and asked for by itself.
func TestAll(t *testing.T) {
	s := serve(t, 250)
	folder := t.TempDir()
	if got := states(run(t, s, folder, fetch.Want{All: true})); got != "250 new" {
		t.Error(got)
	}
	limits := map[string]int{}
	for _, c := range s.Calls() {
		u, err := url.Parse(c.URL)
		if err != nil {
			t.Fatal(err)
		}
		limits[fmt.Sprint(u.Path, " ", len(u.Query()["endpoint_id"]), " ", u.Query().Get("expand"))]++
	}
	want := map[string]int{"api.fal.ai/v1/models 0 ": 3, "api.fal.ai/v1/models 10 openapi-3.0": 25}
	if diff := cmp.Diff(want, limits); diff != "" {
		t.Errorf("requests: %s", diff)
	}
	m := model(7, 0)
	m.Hidden = true // deprecated, say
	s.Add(m)
	s.Remove(id(8))
	s.Add(model(250, 0))
	report := run(t, s, folder, fetch.Want{All: true})
	if got := states(report); got != "2 failed, 1 new, 248 unchanged" {
		t.Error(got)
	}
	if r := named(t, report, id(8)); !strings.Contains(r.Err.Error(), "the catalogue does not know it") {
		t.Error(r.Err)
	}
	if got := whole(t, folder); len(got) != 251 {
		t.Errorf("%d documents are there", len(got))
	}

	// A catalogue that cannot be read to its end is no reason to stop, but is said.
	for name, faults := range map[string][]fetchtest.Fault{
		"down": {pass, fetchtest.Status(500).Always()},
		"odd":  {pass, fetchtest.Body("application/json", model(0, 0).Document).Always()},
		"circle": {pass, fetchtest.Body("application/json", `{"models":[],"has_more":true,"next_cursor":"MQ=="}`),
			fetchtest.Body("application/json", `{"models":[],"has_more":true,"next_cursor":"MQ=="}`)},
	} {
		s.Mend()
		s.Break(fetchtest.Pages, faults...)
		report := run(t, s, t.TempDir(), fetch.Want{All: true})
		if states(report) != "100 new" || !strings.Contains(fmt.Sprint(report.Incomplete), "could not be read to its end") {
			t.Errorf("%s: %s, %v", name, states(report), report.Incomplete)
		}
	}
	s.Mend()
	s.Break(fetchtest.Pages, fetchtest.Status(500).Always())
	fails(t, s, t.TempDir(), fetch.Want{All: true}, "read to its end: https://api.fal.ai/v1/models?limit=100 answered 500")
}

var pass = fetchtest.Do(func() {})

// TestFrom takes documents from elsewhere: they say so, and are not asked of fal later.
func TestFrom(t *testing.T) {
	s := serve(t, 30)
	s.Add(fetchtest.Model{ID: "fal-ai/none", Title: "None"})
	mirror := s.URL + "/api.fal.ai/v1/models?expand=openapi-3.0&limit=10"
	dump := filepath.Join(t.TempDir(), "dump.json")
	write(t, filepath.Dir(dump), "dump.json", `{"models":[
		{"endpoint_id":"`+id(1)+`","metadata":{"description":"Words."},"openapi":`+model(1, 0).Document+`},
		{"endpoint_id":"`+id(2)+`","openapi":`+unavailable+`},
		{"endpoint_id":"../x","openapi":`+model(1, 0).Document+`},
		{"endpoint_id":"`+id(1)+`","openapi":`+model(1, 0).Document+`}]}`)
	single := filepath.Join(t.TempDir(), "one.json")
	write(t, filepath.Dir(single), "one.json", model(2, 0).Document)
	for name, tt := range map[string]struct {
		want   fetch.Want
		states string
		source string
	}{
		"file":         {fetch.Want{From: single}, "1 new", filepath.ToSlash(single)},
		"folder":       {fetch.Want{From: filepath.Dir(single)}, "1 new", filepath.ToSlash(filepath.Dir(single))},
		"dump":         {fetch.Want{From: dump}, "3 failed, 1 new", filepath.ToSlash(dump)},
		"part of it":   {fetch.Want{From: dump, Patterns: []string{id(1)}}, "1 new", filepath.ToSlash(dump)},
		"catalogue":    {fetch.Want{From: mirror}, "1 failed, 30 new", s.URL + "/api.fal.ai/v1/models"},
		"part of that": {fetch.Want{From: mirror, Patterns: []string{"**/v1"}}, "5 new", s.URL + "/api.fal.ai/v1/models"},
		"document's URL": {fetch.Want{From: s.URL + "/fal.ai/api/openapi/queue/openapi.json?endpoint_id=" + id(3)}, "1 new",
			s.URL + "/fal.ai/api/openapi/queue/openapi.json"},
	} {
		folder := t.TempDir()
		report := run(t, s, folder, tt.want)
		if states(report) != tt.states || report.Incomplete != nil {
			t.Errorf("%s: %s, %v", name, states(report), report.Results)
		}
		whole(t, folder)
		for id, e := range readLock(t, folder) {
			if e.Source != tt.source {
				t.Errorf("%s: %s is from %q", name, id, e.Source)
			}
		}
		s.Calls()
		report = run(t, s, folder, fetch.Want{})
		if diff := cmp.Diff([]string{tt.source}, report.Elsewhere); diff != "" || report.Total != 0 || len(s.Calls()) > 0 {
			t.Errorf("%s, again: %s %v", name, diff, report.Results)
		}
		report = run(t, s, folder, fetch.Want{All: true})
		if len(report.Elsewhere) != 1 || report.Count(fetch.New)+1 != report.Total {
			t.Errorf("%s, all: %s", name, states(report))
		}
		if report = run(t, s, folder, tt.want); report.Count(fetch.New)+report.Count(fetch.Changed) > 0 {
			t.Errorf("%s, from there again: %s", name, states(report))
		}
	}
	fails(t, s, t.TempDir(), fetch.Want{From: dump, Patterns: []string{"a/b"}}, `none of the 1 endpoints is "a/b"`)
	fails(t, s, t.TempDir(), fetch.Want{From: "nowhere"}, "cannot read the documents")
	fails(t, s, t.TempDir(), fetch.Want{From: s.URL + "/nothing"}, "answered 404")
}

// TestSources holds that a document stays with where it came from, and that one which is not there yet may come from
// either: a document that went back and forth would seem to change.
func TestSources(t *testing.T) {
	s := serve(t, 2)
	odd := model(0, 0)
	odd.Expanded = strings.Replace(odd.Document, `"version":"1.0.0"`, `"version":"3.0"`, 1)
	s.Add(odd)
	sources := func(folder string) (found []string) {
		for _, e := range readLock(t, folder) {
			u, err := url.Parse(e.Source)
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, u.Host)
		}
		slices.Sort(found)
		return found
	}
	for _, first := range []fetch.Want{{All: true}, {Patterns: []string{id(0), id(1)}}} {
		folder := t.TempDir()
		run(t, s, folder, first)
		before := sources(folder)
		for _, next := range []fetch.Want{{}, {All: true}, {Patterns: []string{id(0)}}} {
			if report := run(t, s, folder, next); report.Count(fetch.Unchanged) != report.Total {
				t.Errorf("%+v after %+v: %s", next, first, states(report))
			}
		}
		if diff := cmp.Diff(before, sources(folder)); diff != "" {
			t.Error(diff)
		}

		// The catalogue loses it: where it came from there, it is kept.
		gone := model(0, 0)
		gone.Expanded = unavailable
		s.Add(gone)
		report := run(t, s, folder, fetch.Want{All: true})
		want := "2 unchanged"
		if first.All {
			want = "1 failed, 1 unchanged"
		}
		if states(report) != want {
			t.Errorf("after %+v: %s", first, states(report))
		}
		if got := states(run(t, s, t.TempDir(), fetch.Want{All: true})); got != "2 new" {
			t.Error(got)
		}
		s.Add(odd)
	}
}

// TestWords holds that what the catalogue says of an endpoint stays with its document.
func TestWords(t *testing.T) {
	s := serve(t, 0)
	old := model(0, 0)
	old.Status, old.License, old.Date = "deprecated", "research", "2025-02-14T00:00:00.000Z"
	s.Add(old)
	folder := t.TempDir()
	run(t, s, folder, fetch.Want{Patterns: []string{id(0)}})
	sources, err := spec.Read(folder)
	if err != nil {
		t.Fatal(err)
	}
	set, _ := sources.Parse()
	want := spec.Meta{Title: "Model 0", Description: "Does number 0. And more.", Category: "text-to-image", Status: "deprecated", License: "research", Date: "2025-02-14T00:00:00.000Z"}
	if got := set.Documents[0].Words(); got != want || got.Summary() != "Does number 0." {
		t.Errorf("%+v", got)
	}
	if sources, err = spec.Read(folder); err != nil {
		t.Fatal(err)
	}
	result, err := generator.Generate(t.Context(), sources, generator.Config{Package: "example.com/x"})
	if err != nil || len(result.Failed) > 0 {
		t.Fatal(result, err)
	}
	if text := string(result.Files["falai/model0000/v0/v0.go"]); !strings.Contains(text, "Does number 0. And more.") || !strings.Contains(text, "// Deprecated: ") {
		for file := range result.Files {
			t.Error(file)
		}
		t.Error(text)
	}
}
