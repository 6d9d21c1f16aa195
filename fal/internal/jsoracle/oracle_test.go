package jsoracle

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/internal/jsclient"
)

// TestOracle takes both clients through each scenario and compares what they sent and what they gave.
func TestOracle(t *testing.T) {
	folder := jsclient.Folder(t)
	var mu sync.Mutex
	used := map[int]bool{}
	compared := 0
	t.Cleanup(func() { // after all of them; a part of them need not use each row
		if compared < len(ours) {
			return
		}
		for n, row := range differences {
			if !used[n] {
				t.Errorf("row %q of the table, about %s, fits no request: drop it", row.where, row.field)
			}
		}
	})
	known := map[string]bool{}
	for _, s := range scenarios {
		known[s.name] = true
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			js, jsLeft := throughJS(t, folder, s)
			if ours[s.name] == nil {
				t.Fatal("our side of it is missing")
			}
			got, left := throughOurs(t, s)
			for _, line := range left {
				if slices.Contains(jsLeft, line) {
					t.Errorf("no client uses all answers to %s", line)
				}
			}
			mu.Lock()
			defer mu.Unlock()
			compared++
			for _, problem := range compare(s.name, js, got, differences, used) {
				t.Error(problem)
			}
		})
	}
	for name := range ours {
		if !known[name] {
			t.Errorf("%q is not a scenario", name)
		}
	}
}

// throughJS and throughOurs return what a client sent and gave, and the requests that it left answers to.
func throughJS(t *testing.T, folder string, s scenario) ([]exchange, []string) {
	rec := newRecorder(t, "the JavaScript client", s.answers)
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	out, err := jsclient.Run(ctx, nil, "driver.mjs", folder, rec.URL, s.name)
	if err != nil {
		t.Fatalf("the JavaScript client: %v", err)
	}
	return withOutcome(t, rec.got(), out), rec.left()
}

func throughOurs(t *testing.T, s scenario) ([]exchange, []string) {
	rec := newRecorder(t, "our client", s.answers)
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	client, err := fal.NewClient(
		fal.WithKey("key-id:key-secret"),
		fal.WithHTTPClient(&http.Client{Transport: bent{rec.URL, transport}}),
	)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	text, err := json.Marshal(outcome(ours[s.name](ctx, client)))
	if err != nil {
		t.Fatal(err)
	}
	return withOutcome(t, rec.got(), text), rec.left()
}

// withOutcome adds what the caller got to the requests.
func withOutcome(t *testing.T, requests []exchange, text []byte) []exchange {
	x := exchange{"outcome", map[string]string{}}
	if err := x.add("outcome", text); err != nil {
		t.Fatal(err)
	}
	return append(requests, x)
}

// bent takes requests for https://HOST/PATH to the recorder's /HOST/PATH, as the fetch of driver.mjs does.
type bent struct {
	base string
	next http.RoundTripper
}

func (b bent) RoundTrip(r *http.Request) (*http.Response, error) {
	at, ok := strings.CutPrefix(r.URL.String(), "https://")
	if !ok {
		at = "not-https/" + at
	}
	bent, err := http.NewRequestWithContext(r.Context(), r.Method, b.base+"/"+at, r.Body)
	if err != nil {
		return nil, err
	}
	bent.Header, bent.ContentLength, bent.GetBody = r.Header, r.ContentLength, r.GetBody
	return b.next.RoundTrip(bent)
}
