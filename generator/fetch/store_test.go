package fetch_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/generator/fetch"
	"github.com/falgen/falgen/generator/fetch/fetchtest"
)

func write(t *testing.T, folder, file, text string) {
	t.Helper()
	name := filepath.Join(folder, filepath.FromSlash(file))
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// named returns what became of an endpoint.
func named(t *testing.T, r *fetch.Report, id string) fetch.Result {
	t.Helper()
	i := slices.IndexFunc(r.Results, func(r fetch.Result) bool { return r.ID == id })
	if i < 0 {
		t.Fatalf("nothing is said of %s, only of %v", id, r.Results)
	}
	return r.Results[i]
}

// TestUnchanged fetches twice: the second time costs an answer without a body each, and touches no file.
func TestUnchanged(t *testing.T) {
	s := serve(t, 3)
	folder := t.TempDir()
	want := fetch.Want{Patterns: []string{id(0), id(1), id(2)}}
	if got := states(run(t, s, folder, want)); got != "3 new" {
		t.Error(got)
	}
	before := files(t, folder)
	lock, err := os.ReadFile(filepath.Join(folder, fetch.LockFile))
	if err != nil {
		t.Fatal(err)
	}
	then := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, file := range []string{id(0) + ".json", fetch.LockFile} {
		if err := os.Chtimes(filepath.Join(folder, file), then, then); err != nil {
			t.Fatal(err)
		}
	}
	s.Calls()
	if got := states(run(t, s, folder, fetch.Want{})); got != "3 unchanged" {
		t.Error(got)
	}
	conditional := 0
	for _, c := range s.Calls() {
		if c.Header.Get("If-None-Match") != "" {
			conditional++
		}
	}
	if conditional != 3 {
		t.Errorf("%d requests were conditional", conditional)
	}
	for _, file := range []string{id(0) + ".json", fetch.LockFile} {
		if info, err := os.Stat(filepath.Join(folder, file)); err != nil || !info.ModTime().Equal(then) {
			t.Errorf("%s was written again: %v", file, err)
		}
	}

	// The same document in another order, under another ETag, is no news.
	m := model(0, 0)
	m.Document = fetchtest.Document(id(0), "prompt0", true)
	s.Add(m)
	if got := states(run(t, s, folder, fetch.Want{})); got != "3 unchanged" {
		t.Error(got)
	}
	if diff := cmp.Diff(before, files(t, folder)); diff != "" {
		t.Error(diff)
	}
	if again, _ := os.ReadFile(filepath.Join(folder, fetch.LockFile)); string(again) != string(lock) {
		t.Errorf("the lock changed: %s", cmp.Diff(string(lock), string(again)))
	}

	// What the catalogue says is part of the document, which keeps it where the catalogue is out of reach.
	m = model(1, 0)
	m.Description = "Does something else."
	s.Add(m)
	if r := named(t, run(t, s, folder, fetch.Want{}), id(1)); r.State != fetch.Changed {
		t.Error(r)
	}
	if text := files(t, folder)[id(1)+".json"]; !strings.Contains(text, "Does something else.") {
		t.Error(text)
	}
	s.Break(fetchtest.Found+id(0), fetchtest.Status(401))
	report := run(t, s, folder, fetch.Want{})
	if states(report) != "3 unchanged" || len(report.Notes) != 1 || !strings.Contains(report.Notes[0], "answered 401") {
		t.Error(states(report), report.Notes)
	}
	whole(t, folder)
}

// TestEdited holds that what is somebody's own is not written over unless that is asked for.
func TestEdited(t *testing.T) {
	document := fetchtest.Document(id(0), "prompt0", false)
	for _, tt := range []struct {
		name   string
		edit   func(t *testing.T, folder string) // after the first fetch
		reason string                            // "" where the document is falgen's still
	}{
		{"edited", func(t *testing.T, folder string) {
			write(t, folder, id(0)+".json", strings.Replace(files(t, folder)[id(0)+".json"], "integer", "number", 1))
		}, "was edited"},
		{"reformatted", func(t *testing.T, folder string) {
			write(t, folder, id(0)+".json", strings.ReplaceAll(files(t, folder)[id(0)+".json"], "\n", "\r\n"))
		}, ""},
		{"broken", func(t *testing.T, folder string) { write(t, folder, id(0)+".json", "{") }, "cannot be read"},
		{"another file", func(t *testing.T, folder string) {
			if err := os.Rename(filepath.Join(folder, id(0)+".json"), filepath.Join(folder, "mine.JSON")); err != nil {
				t.Fatal(err)
			}
		}, ""},
		{"another's lock", func(t *testing.T, folder string) {
			write(t, folder, fetch.LockFile, "{}")
		}, "was not fetched by falgen"},
		{"own", func(t *testing.T, folder string) {
			if err := os.Remove(filepath.Join(folder, fetch.LockFile)); err != nil {
				t.Fatal(err)
			}
			write(t, folder, id(0)+".json", document)
		}, "was not fetched by falgen"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, 1)
			folder := t.TempDir()
			run(t, s, folder, fetch.Want{Patterns: []string{id(0)}})
			tt.edit(t, folder)
			before := files(t, folder)
			s.Add(model(0, 1))
			want := fetch.Want{Patterns: []string{id(0)}}
			r := named(t, run(t, s, folder, want), id(0))
			if tt.reason == "" {
				if r.State != fetch.Changed || len(files(t, folder)) != 1 {
					t.Error(r, files(t, folder))
				}
				return
			}
			var edited *fetch.EditedError
			if !errors.As(r.Err, &edited) || edited.Reason != tt.reason || !strings.HasSuffix(edited.File, id(0)+".json") {
				t.Errorf("%+v", r)
			}
			if diff := cmp.Diff(before, files(t, folder)); diff != "" {
				t.Error(diff)
			}
			cfg := fetch.Config{Folder: folder, BaseURL: s.URL, Force: true}
			if report, err := (fetch.Quick{}).Run(t.Context(), cfg, want); err != nil || states(report) != "1 changed" {
				t.Error(report, err)
			}
			whole(t, folder)
		})
	}
}

// TestEditedAlone edits a document that has not changed at its source: that is no reason to take the edit for fal's.
func TestEditedAlone(t *testing.T) {
	s := serve(t, 1)
	folder := t.TempDir()
	run(t, s, folder, fetch.Want{Patterns: []string{id(0)}})
	edit := strings.Replace(files(t, folder)[id(0)+".json"], "integer", "number", 1)
	write(t, folder, id(0)+".json", edit)
	for range 2 {
		r := named(t, run(t, s, folder, fetch.Want{}), id(0))
		if !errors.As(r.Err, new(*fetch.EditedError)) || files(t, folder)[id(0)+".json"] != edit {
			t.Error(r)
		}
	}
}

// TestAdopted fetches what is there already, by hand or by a run that was killed: it is falgen's from then on.
func TestAdopted(t *testing.T) {
	s := serve(t, 1)
	folder := t.TempDir()
	write(t, folder, "sub/curl.json", fetchtest.Document(id(0), "prompt0", true))
	m := model(0, 0)
	m.Hidden = true // the catalogue has no words for it
	s.Add(m)
	if got := states(run(t, s, folder, fetch.Want{})); got != "1 unchanged" {
		t.Error(got)
	}
	m = model(0, 1)
	m.Hidden = true
	s.Add(m)
	if got := states(run(t, s, folder, fetch.Want{})); got != "1 changed" {
		t.Error(got)
	}
	if got := files(t, folder); len(got) != 1 || got["sub/curl.json"] == "" {
		t.Errorf("%q", got)
	}
	for _, e := range readLock(t, folder) {
		if e.Source != "https://fal.ai/api/openapi/queue/openapi.json?endpoint_id="+id(0) || e.ETag == "" {
			t.Errorf("%+v", e)
		}
	}

	// A document that was removed is not fetched again unless it is asked for, and the lock forgets it.
	if err := os.Remove(filepath.Join(folder, "sub/curl.json")); err != nil {
		t.Fatal(err)
	}
	s.Add(model(1, 0))
	run(t, s, folder, fetch.Want{Patterns: []string{id(1)}})
	if diff := cmp.Diff([]string{id(1)}, whole(t, folder)); diff != "" {
		t.Error(diff)
	}
}

// TestPlaces holds that no two endpoints share a file, on any file system.
func TestPlaces(t *testing.T) {
	for id, want := range map[string]string{
		"fal-ai/flux/dev":     "fal-ai/flux/dev.json",
		"fal-ai/wan/v2.1":     "fal-ai/wan/v2.1.json",
		"a/b.json":            "a/b.json.json",
		"a/b.json/c":          "a/b.json~/c.json",
		"a/b.JSON/c":          "a/b.JSON~/c.json",
		"a/con":               "a/con~.json",
		"aux/Nul.x/com1.json": "aux~/Nul~.x/com1~.json.json",
		"a/con.json/b":        "a/con~.json~/b.json",
		"a./b.":               "a.~/b..json",
		"a/console":           "a/console.json",
	} {
		if got := fetch.DocumentPath(id, 1); got != want {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}

	s := serve(t, 0)
	ids := []string{"A/b", "a/B", "a/b", "a/b.json/c"}
	for _, id := range ids {
		s.Add(fetchtest.Model{ID: id, Document: fetchtest.Document(id, "x", false)})
	}
	folder := t.TempDir()
	for range 2 {
		run(t, s, folder, fetch.Want{Patterns: ids})
		var got []string
		for file := range files(t, folder) {
			got = append(got, file)
		}
		slices.Sort(got)
		if diff := cmp.Diff([]string{"A/b.json", "a/B~2.json", "a/b.json~/c.json", "a/b~3.json"}, got); diff != "" {
			t.Error(diff)
		}
	}
}

// TestInTheWay fetches into folders that do not let it.
func TestInTheWay(t *testing.T) {
	s := serve(t, 3)
	folder, outside := t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(folder, "fal-ai")); err != nil {
		t.Skip(err)
	}
	if r := named(t, run(t, s, folder, fetch.Want{Patterns: []string{id(0)}}), id(0)); r.State != fetch.Failed {
		t.Errorf("wrote through a link: %v", r)
	}
	if entries, _ := os.ReadDir(outside); len(entries) > 0 {
		t.Errorf("%v lie outside the folder", entries)
	}

	folder = t.TempDir()
	write(t, folder, "fal-ai/model-0000", "a file where a folder should be")
	write(t, folder, "dump.json", `{"models":[{"endpoint_id":"`+id(1)+`","openapi":`+model(1, 0).Document+`}]}`)
	report := run(t, s, folder, fetch.Want{Patterns: []string{id(0), id(1), id(2)}})
	r := named(t, report, id(1))
	if states(report) != "2 failed, 1 new" || !strings.Contains(r.Err.Error(), "dump.json is a dump") {
		t.Errorf("%+v", report.Results)
	}

	write(t, folder, fetch.LockFile, "{")
	quick := fetch.Quick{}
	for name, want := range map[string]string{
		folder: "is not a lock of falgen fetch", filepath.Join(folder, "dump.json"): "dump.json is a file",
	} {
		_, err := quick.Run(t.Context(), fetch.Config{Folder: name, BaseURL: s.URL}, fetch.Want{Patterns: []string{id(0)}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
