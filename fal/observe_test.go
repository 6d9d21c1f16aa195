package fal_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/falgen/falgen/fal"
)

// TestLogger logs each attempt, and no secret.
func TestLogger(t *testing.T) {
	f := newFake(t, script{
		"POST " + queue:              {{Code: 429, Header: map[string]string{"Retry-After": "0"}, Body: `{}`}, {Body: `{"request_id":"r-1"}`}},
		"GET " + request + "/status": {{Do: hangUp("nonsense\r\n\r\n")}, {Body: `{"status":"COMPLETED"}`}},
		"GET " + request:             {{Body: `{}`}},
	})
	var out bytes.Buffer
	log := slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	e := f.endpoint(t, "fal-ai/flux", fal.WithLogger(log), fal.WithWaitLimits(1, 0))
	if _, err := e.Subscribe(ctx, input{"a secret prompt"}, fal.WithHeader("X-A", "a secret header")); err != nil {
		t.Fatal(err)
	}
	if s := out.String(); strings.Contains(s, "secret") {
		t.Errorf("a secret in %s", s)
	}
	var got []string
	for line := range strings.Lines(out.String()) {
		var entry struct {
			Level, Msg, Op, Endpoint, Method, URL, Error string
			RequestID                                    string `json:"request_id"`
			Attempt, Status                              int
			Took                                         *int64
		}
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatal(err)
		}
		if entry.Level != "DEBUG" || entry.Msg != "fal attempt" || entry.Endpoint != "fal-ai/flux" || entry.Took == nil ||
			!strings.HasPrefix(entry.URL, f.URL+queue) || (entry.Error == "") == (entry.Status == 0) {
			t.Errorf("got %s", line)
		}
		got = append(got, fmt.Sprint(entry.Op, " ", entry.RequestID, " ", entry.Attempt, " ", entry.Status))
	}
	want := []string{"submit  1 429", "submit  2 200", "status r-1 1 0", "status r-1 2 200", "result r-1 1 200"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// TestTransportSeesAttempts hands each attempt to the wrapper, the last one first.
func TestTransportSeesAttempts(t *testing.T) {
	f := newFake(t, script{"POST /fal.run/fal-ai/flux": {{Code: 429, Header: map[string]string{"Retry-After": "0"}}, {Body: `{}`}}})
	var seen []string
	wrap := func(name string) fal.ClientOption {
		return fal.WithTransport(func(next http.RoundTripper) http.RoundTripper {
			return transport(func(r *http.Request) (*http.Response, error) {
				a, ok := fal.AttemptFrom(r.Context())
				seen = append(seen, fmt.Sprint(name, " ", a.Op, " ", a.EndpointID, " ", a.Number, " ", ok))
				return next.RoundTrip(r)
			})
		})
	}
	if _, err := f.endpoint(t, "fal-ai/flux", wrap("inner"), wrap("outer")).Run(ctx, input{}); err != nil {
		t.Fatal(err)
	}
	want := []string{"outer run fal-ai/flux 1 true", "inner run fal-ai/flux 1 true", "outer run fal-ai/flux 2 true", "inner run fal-ai/flux 2 true"}
	if !slices.Equal(seen, want) {
		t.Errorf("got %q", seen)
	}
	if _, ok := fal.AttemptFrom(ctx); ok {
		t.Error("an attempt out of nothing")
	}
}
