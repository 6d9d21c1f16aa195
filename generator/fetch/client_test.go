package fetch_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/generator/fetch"
	"github.com/falgen/falgen/generator/fetch/fetchtest"
	_ "github.com/falgen/falgen/internal/testenv"
)

type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

func answer(r *http.Request, code int, body string, header ...string) *http.Response {
	resp := &http.Response{StatusCode: code, Request: r, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(body))}
	for i := 0; i < len(header); i += 2 {
		resp.Header.Set(header[i], header[i+1])
	}
	return resp
}

// TestWaits holds when a server is asked again, by a clock that only waits.
func TestWaits(t *testing.T) {
	down := &net.OpError{Op: "dial", Err: errors.New("refused")}
	for _, tt := range []struct {
		name      string
		documents []func(r *http.Request) (*http.Response, error) // in turn; the last one stays
		requests  int
		from, to  time.Duration // all of it takes
		err       string        // "" where the documents are had in the end
	}{
		{"429 with seconds", []func(r *http.Request) (*http.Response, error){
			func(r *http.Request) (*http.Response, error) { return answer(r, 429, "", "Retry-After", "70"), nil }, good,
		}, 3, 70 * time.Second, 70 * time.Second, ""},
		{"503 with a date", []func(r *http.Request) (*http.Response, error){
			func(r *http.Request) (*http.Response, error) {
				return answer(r, 503, "", "Retry-After", time.Now().Add(time.Minute).UTC().Format(http.TimeFormat)), nil
			}, good,
		}, 3, time.Minute, time.Minute, ""},
		{"429 for too long", []func(r *http.Request) (*http.Response, error){
			func(r *http.Request) (*http.Response, error) { return answer(r, 429, "", "Retry-After", "3600"), nil },
		}, 1, 0, 0, "fal.ai asks to be left alone for 1h0m0s"},
		{"500 for ever", []func(r *http.Request) (*http.Response, error){
			func(r *http.Request) (*http.Response, error) { return answer(r, 500, `{"detail":"oops"}`), nil },
		}, 12, 15 * time.Second, 31 * time.Second, `answered 500 Internal Server Error: "oops"`},
		{"404", []func(r *http.Request) (*http.Response, error){
			func(r *http.Request) (*http.Response, error) {
				return answer(r, 404, `{"error":{"message":"no"}}`), nil
			},
		}, 2, 0, 0, `answered 404 Not Found: "no"`},
		{"nobody there", []func(r *http.Request) (*http.Response, error){
			func(r *http.Request) (*http.Response, error) { return nil, down },
		}, 6, 1500 * time.Millisecond, 3 * time.Second, "refused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := 0
				quick := fetch.Quick{Transport: transport(func(r *http.Request) (*http.Response, error) {
					if r.URL.Host == "api.fal.ai" {
						return answer(r, 200, `{"models":[],"has_more":false}`), nil
					}
					n++
					return tt.documents[min(n, len(tt.documents))-1](r)
				})}
				start := time.Now()
				want := fetch.Want{Patterns: []string{id(0), id(1)}}
				report, err := quick.Run(t.Context(), fetch.Config{Folder: t.TempDir(), Jobs: 1}, want)
				if err != nil {
					t.Fatal(err)
				}
				if took := time.Since(start); n != tt.requests || took < tt.from || took > tt.to {
					t.Errorf("%d requests in %s, want %d in %s to %s", n, took, tt.requests, tt.from, tt.to)
				}
				for _, r := range report.Results {
					if tt.err == "" && r.Err != nil || tt.err != "" && (r.Err == nil || !strings.Contains(r.Err.Error(), tt.err)) {
						t.Errorf("%s: %v, want %q", r.ID, r.Err, tt.err)
					}
				}
			})
		})
	}
}

// good answers with the document that is asked for.
func good(r *http.Request) (*http.Response, error) {
	return answer(r, 200, fetchtest.Document(r.URL.Query().Get("endpoint_id"), "x", false)), nil
}

// TestDown asks a server that is down for thousands of documents: it is left alone after some.
func TestDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		quick := fetch.Quick{Transport: transport(func(r *http.Request) (*http.Response, error) {
			n++
			return answer(r, 502, ""), nil
		})}
		var want fetch.Want
		for i := range 3000 {
			want.Patterns = append(want.Patterns, id(i))
		}
		report, err := quick.Run(t.Context(), fetch.Config{Folder: t.TempDir(), Jobs: 1}, want)
		if err != nil || states(report) != "3000 failed" || n != 2*20*6 {
			t.Errorf("%d requests: %v, %v", n, states(report), err)
		}
		if err := report.Results[2999].Err; !strings.Contains(err.Error(), "fal.ai has failed too often") {
			t.Error(err)
		}
	})
}

// TestKey holds where the key goes: to the catalogue at fal, over https, and nowhere else.
func TestKey(t *testing.T) {
	const key = "key-id-0001:key-secret-0002"
	for _, base := range []string{"", "https://mirror.example", "http://127.0.0.1:9"} {
		seen := map[string]string{}
		quick := fetch.Quick{Transport: transport(func(r *http.Request) (*http.Response, error) {
			seen[r.URL.Scheme+"://"+r.URL.Host] = r.Header.Get("Authorization")
			if r.URL.Host == "api.fal.ai" {
				return answer(r, 403, `{"error":{"message":"`+key+` is no good"}}`), nil
			}
			return good(r)
		})}
		cfg := fetch.Config{Folder: t.TempDir(), BaseURL: base, Key: key}
		report, err := quick.Run(t.Context(), cfg, fetch.Want{Patterns: []string{id(0)}})
		want := map[string]string{base: ""}
		if base == "" {
			want = map[string]string{"https://api.fal.ai": "Key " + key, "https://fal.ai": ""}
			notes := strings.Join(report.Notes, "\n")
			if !strings.Contains(notes, "[key] is no good") || !strings.Contains(notes, "is FAL_KEY right?") {
				t.Error(notes)
			}
		}
		if diff := cmp.Diff(want, seen); diff != "" || err != nil {
			t.Error(base, diff, err)
		}
	}
}

// TestRefused holds what is not asked for, not followed and not read.
func TestRefused(t *testing.T) {
	s := serve(t, 1)
	for u, want := range map[string]string{
		"http://example.com/x.json":      "give an https URL",
		"ftp://127.0.0.1/x.json":         "give an https URL",
		"https://user:secret@fal.ai/x":   "give an https URL without a password",
		"http://[::1]:0/x.json":          "dial",
		"http://127.0.0.1.example.com/x": "give an https URL",
	} {
		_, err := fetch.Quick{}.Run(t.Context(), fetch.Config{Folder: t.TempDir()}, fetch.Want{From: u})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", u, err)
		}
	}
	elsewhere := serve(t, 1)
	for name, tt := range map[string]struct {
		fault fetchtest.Fault
		want  string
	}{
		"redirect":  {fetchtest.Status(302, "Location", elsewhere.URL), "is not followed"},
		"downgrade": {fetchtest.Status(301, "Location", "http://example.com/x"), "is not followed"},
		"circle":    {fetchtest.Status(302, "Location", "?endpoint_id="+id(0)), "too many redirects"},
		"too large": {fetchtest.Body("application/json", strings.Repeat(" ", 16<<20+1)), "more than 16 MiB"},
		"html":      {fetchtest.Body("text/html; charset=utf-8", "<html>"), `answered with "text/html", not with JSON`},
		"no type":   {fetchtest.Body(" ", "{}"), "not with JSON"},
		"no JSON":   {fetchtest.Body("text/plain", "nothing"), "endpoint_id=fal-ai/model-0000/v0:1:1: "},
		"wrong":     {another, `is the document of "fal-ai/another"`},
		"a dump":    {fetchtest.Body("application/json", `{"models":[]}`), "is a dump"},
		"an error":  {fetchtest.Body("application/json", `{"error":{"message":"gone"}}`), `the catalogue says: "gone"`},
	} {
		s.Mend()
		s.Break(id(0), tt.fault.Always())
		r := named(t, run(t, s, t.TempDir(), fetch.Want{Patterns: []string{id(0)}}), id(0))
		if r.State != fetch.Failed || !strings.Contains(fmt.Sprint(r.Err), tt.want) {
			t.Errorf("%s: %v", name, r.Err)
		}
	}
	if calls := elsewhere.Calls(); len(calls) > 0 {
		t.Errorf("the other host was asked: %v", calls)
	}
}

// TestInterrupted ends a run in its middle: what was fetched is stored, and the next run goes on from there.
func TestInterrupted(t *testing.T) {
	before := runtime.NumGoroutine()
	s := fetchtest.New()
	for i := range 200 {
		s.Add(model(i, 0))
	}
	ctx, cancel := context.WithCancel(t.Context())
	s.Break(id(100), fetchtest.Do(cancel))
	s.Break(id(50), fetchtest.Hang().Always())
	folder := t.TempDir()
	var told []string
	var ids []string
	for i := range 200 {
		ids = append(ids, id(i))
	}
	cfg := fetch.Config{Folder: folder, BaseURL: s.URL, Done: func(r fetch.Result) { told = append(told, r.ID) }}
	report, err := fetch.Quick{}.Run(ctx, cfg, fetch.Want{Patterns: ids})
	if !errors.Is(err, context.Canceled) || report == nil || report.Total != 200 {
		t.Fatal(report, err)
	}
	stored := whole(t, folder)
	n := len(stored)
	if diff := cmp.Diff(stored, told); diff != "" || n < 50 || n > 199 || report.Count(fetch.New) != n {
		t.Errorf("%d are stored, %d told, %s", n, len(told), states(report))
	}
	s.Mend()
	got := states(run(t, s, folder, fetch.Want{Patterns: ids}))
	if got != fmt.Sprintf("%d new, %d unchanged", 200-n, n) {
		t.Error(got)
	}
	whole(t, folder)

	s.Close()
	for range 100 { // connections take a moment to end
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	stacks := make([]byte, 1<<20)
	t.Errorf("goroutines are left:\n%s", stacks[:runtime.Stack(stacks, true)])
}
