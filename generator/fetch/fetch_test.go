package fetch_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/generator/fetch"
	"github.com/falgen/falgen/generator/fetch/fetchtest"
	"github.com/falgen/falgen/generator/spec"
)

// id is the id of the i-th of many endpoints.
func id(i int) string { return fmt.Sprintf("fal-ai/model-%04d/v%d", i, i%7) }

func model(i, version int) fetchtest.Model {
	return fetchtest.Model{
		ID: id(i), Title: fmt.Sprint("Model ", i), Description: fmt.Sprintf("Does number %d. And more.", i),
		Category: "text-to-image", Document: fetchtest.Document(id(i), fmt.Sprint("prompt", version), version%2 == 1),
	}
}

func serve(t *testing.T, n int) *fetchtest.Server {
	t.Helper()
	s := fetchtest.New()
	t.Cleanup(s.Close)
	for i := range n {
		s.Add(model(i, 0))
	}
	return s
}

func run(t *testing.T, s *fetchtest.Server, folder string, want fetch.Want) *fetch.Report {
	t.Helper()
	report, err := fetch.Quick{}.Run(t.Context(), fetch.Config{Folder: folder, BaseURL: s.URL}, want)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// states are the results in short.
func states(r *fetch.Report) string {
	counts := map[fetch.State]int{}
	for _, result := range r.Results {
		counts[result.State]++
	}
	var parts []string
	for _, s := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprint(counts[s], " ", s))
	}
	return strings.Join(parts, ", ")
}

// files returns the texts in a folder by path, but for the lock.
func files(t *testing.T, folder string) map[string]string {
	t.Helper()
	texts := map[string]string{}
	err := filepath.WalkDir(folder, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == fetch.LockFile {
			return err
		}
		text, err := os.ReadFile(p)
		rel, _ := filepath.Rel(folder, p)
		texts[filepath.ToSlash(rel)] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

type entry struct{ Source, SHA256, ETag string }

func readLock(t *testing.T, folder string) map[string]entry {
	t.Helper()
	lock := map[string]entry{}
	text, err := os.ReadFile(filepath.Join(folder, fetch.LockFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &lock); err != nil {
		t.Fatal(err)
	}
	return lock
}

// whole holds that a folder is whole: every file is a document, in the canonical form, and in the lock with its hash;
// the lock has nothing else. It returns the ids.
func whole(t *testing.T, folder string) []string {
	t.Helper()
	lock := readLock(t, folder)
	var ids []string
	for file, text := range files(t, folder) {
		doc, diags := spec.Parse(file, []byte(text))
		if doc == nil {
			t.Errorf("%s is no document: %v", file, diags)
			continue
		}
		if doc.ID+".json" != file {
			t.Errorf("%s holds %s", file, doc.ID)
		}
		if string(doc.Root.Canonical()) != text {
			t.Errorf("%s is not canonical", file)
		}
		sum := sha256.Sum256([]byte(text))
		if e := lock[doc.ID]; e.SHA256 != hex.EncodeToString(sum[:]) || e.Source == "" {
			t.Errorf("the lock says %+v of %s", e, file)
		}
		delete(lock, doc.ID)
		ids = append(ids, doc.ID)
	}
	if len(lock) > 0 {
		t.Errorf("%d entries of the lock have no document", len(lock))
	}
	slices.Sort(ids)
	return ids
}

var another = fetchtest.Body("application/json", fetchtest.Document("fal-ai/another", "x", false))

// passing are faults that another try mends.
var passing = []fetchtest.Fault{
	fetchtest.Status(429), fetchtest.Status(429, "Retry-After", "0"), fetchtest.Status(500), fetchtest.Status(502),
	fetchtest.Status(503, "Retry-After", "Fri, 31 Dec 1999 23:59:59 GMT"), fetchtest.Status(504), fetchtest.Status(408),
	fetchtest.Half(), fetchtest.Cut(), fetchtest.Reset(), fetchtest.Body("text/html", "<html>busy</html>"),
	fetchtest.Body("application/json", "{}"), fetchtest.Body("application/json", `{"models":[]}`),
	another, fetchtest.Body("application/json", ""),
}

// empty is the one of them that, from the catalogue, says that there is nothing: it cannot be told from the truth.
const empty = 12

// lasting are faults that stay.
var lasting = []fetchtest.Fault{
	fetchtest.Status(404), fetchtest.Status(500), fetchtest.Status(429, "Retry-After", "0"), fetchtest.Half(),
	fetchtest.Cut(), fetchtest.Body("text/html", "<html>"), another,
	fetchtest.Body("application/json", strings.Repeat("[", 1000)), fetchtest.Reset(),
	fetchtest.Status(302, "Location", "http://127.0.0.2:1/elsewhere"), fetchtest.Body("application/json", `{"a":1,"a":1}`),
}

// TestFaults fetches thousands of documents from a server with every fault there is: nothing is lost that can be had,
// nothing that was there is lost, and the lock is true.
func TestFaults(t *testing.T) {
	for name, many := range map[string]int{"all": 2000, "by id": 300} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var ids []string
			for i := range many {
				ids = append(ids, id(i))
			}
			want := fetch.Want{Patterns: ids}
			if name == "all" {
				want = fetch.Want{All: true}
			}
			s := serve(t, 0)
			folder := t.TempDir()
			attempt := func() *fetch.Report {
				quick := fetch.Quick{Timeout: time.Second}
				report, err := quick.Run(t.Context(), fetch.Config{Folder: folder, BaseURL: s.URL}, want)
				if err != nil {
					t.Fatal(err)
				}
				if report.Total != many || report.Incomplete != nil || len(report.Notes) > 0 {
					t.Errorf("%d documents wanted; %v, %q", report.Total, report.Incomplete, report.Notes)
				}
				return report
			}

			broken := fill(s, many, 0, true, want.All)
			check(t, attempt(), broken, fetch.New)
			sound := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return broken[id] })
			if diff := cmp.Diff(sound, whole(t, folder)); diff != "" {
				t.Errorf("the documents that can be had, and those that are there: %s", diff)
			}

			// All is well: what failed is fetched, and nothing else changes.
			fill(s, many, 0, false, want.All)
			report := attempt()
			if got := fmt.Sprintf("%d new, %d unchanged", len(broken), many-len(broken)); states(report) != got {
				t.Errorf("after mending: %s", states(report))
			}
			if diff := cmp.Diff(ids, whole(t, folder)); diff != "" {
				t.Errorf("documents after mending: %s", diff)
			}

			// Every document changes, and some cannot be had again: those stay as they were.
			before := files(t, folder)
			fill(s, many, 1, true, want.All)
			check(t, attempt(), broken, fetch.Changed)
			whole(t, folder)
			for file, text := range files(t, folder) {
				if same := text == before[file]; same != broken[strings.TrimSuffix(file, ".json")] {
					t.Errorf("%s: the same: %v", file, same)
				}
			}
		})
	}
}

const unavailable = `{"error":{"code":"expansion_failed","message":"not available"}}`

// fill gives the server its many endpoints, and breaks some. It returns those that are broken for good.
func fill(s *fetchtest.Server, many, version int, faults, catalogue bool) (broken map[string]bool) {
	s.Mend()
	broken = map[string]bool{}
	for i := range many {
		m := model(i, version)
		at := i % 50
		if at <= 21 {
			m.Expanded = unavailable // its own URL may have it
		}
		switch {
		case !faults:
		case at < len(passing):
			s.Break(id(i), passing[at])
		case at == 20:
			s.Break(id(i), lasting[i/50%len(lasting)].Always())
			broken[id(i)] = true
		case at == 21 && i < 100:
			s.Break(id(i), fetchtest.Hang())
		case at == 22 && catalogue:
			m.Expanded = fetchtest.Document("fal-ai/another", "x", false)
			broken[id(i)] = true
		}
		if k := i / 10; faults && i%10 == 0 {
			if fault := passing[k%len(passing)]; k%len(passing) != empty {
				s.Break(fetchtest.Expanded+id(i), fault)
			}
			s.Break(fetchtest.Found+id(i), passing[k%len(passing)])
		}
		s.Add(m)
	}
	if faults {
		s.Break(fetchtest.Pages, passing[7], passing[11], passing[2])
	}
	return broken
}

// check holds that the broken documents failed with a reason each, and the others are in a state.
func check(t *testing.T, report *fetch.Report, broken map[string]bool, state fetch.State) {
	t.Helper()
	if len(report.Results) != report.Total {
		t.Errorf("%d results of %d", len(report.Results), report.Total)
	}
	for i, r := range report.Results {
		want := state
		if broken[r.ID] {
			want = fetch.Failed
		}
		if r.State != want || (r.Err != nil) != broken[r.ID] {
			t.Errorf("%s: %s, %v", r.ID, r.State, r.Err)
		}
		if i > 0 && report.Results[i-1].ID >= r.ID {
			t.Errorf("%s comes after %s", r.ID, report.Results[i-1].ID)
		}
	}
}
