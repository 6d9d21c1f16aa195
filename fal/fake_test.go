package fal_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/falgen/falgen/fal"
)

const testKey = "key-id-0001:key-secret-0002"

type input struct {
	Prompt string `json:"prompt"`
}

type output struct {
	Text string `json:"text"`
}

// call is a request that a fake has received.
type call struct {
	Method string
	URL    string // path and query
	Header http.Header
	Body   string
}

// reply is a fake's answer: a function, or a code (200 where it is 0), headers and a body.
type reply struct {
	Code   int
	Header map[string]string
	Body   string
	Do     http.HandlerFunc
}

// script maps "METHOD /path" to the answers in turn; the last is given for ever.
type script map[string][]reply

// fake is a server that records what it gets and answers by a script.
type fake struct {
	*httptest.Server
	mu     sync.Mutex
	script script
	calls  []call
}

func newFake(t *testing.T, s script) *fake {
	t.Helper()
	f := &fake{script: s}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		f.mu.Lock()
		f.calls = append(f.calls, call{r.Method, r.URL.RequestURI(), r.Header, string(body)})
		at := r.Method + " " + r.URL.Path
		replies := f.script[at]
		if len(replies) > 1 {
			f.script[at] = replies[1:]
		}
		f.mu.Unlock()
		if len(replies) == 0 {
			t.Errorf("unexpected %s", at)
			http.Error(w, "unexpected", http.StatusTeapot)
			return
		}
		replies[0].write(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

func (p reply) write(w http.ResponseWriter, r *http.Request) {
	if p.Do != nil {
		p.Do(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	for k, v := range p.Header {
		w.Header().Set(k, v)
	}
	if p.Code != 0 {
		w.WriteHeader(p.Code)
	}
	_, _ = io.WriteString(w, p.Body)
}

// seen returns what was received, as "METHOD URL" lines.
func (f *fake) seen() []string {
	var lines []string
	for _, c := range f.all() {
		lines = append(lines, c.Method+" "+c.URL)
	}
	return lines
}

func (f *fake) all() []call {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]call(nil), f.calls...)
}

// endpoint is an endpoint of a client of the fake.
func (f *fake) endpoint(t *testing.T, id string, opts ...fal.ClientOption) *fal.Endpoint[input, output] {
	t.Helper()
	return fal.NewEndpoint[input, output](newClient(t, append([]fal.ClientOption{fal.WithBaseURL(f.URL)}, opts...)...), id)
}

func newClient(t *testing.T, opts ...fal.ClientOption) *fal.Client {
	t.Helper()
	c, err := fal.NewClient(append([]fal.ClientOption{fal.WithKey(testKey)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// transport is an http.RoundTripper from a func, for what needs no socket.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func (f transport) option() fal.ClientOption { return fal.WithHTTPClient(&http.Client{Transport: f}) }

func answer(code int, body string) *http.Response {
	return &http.Response{StatusCode: code, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}
}

// hangUp closes the connection after writing raw bytes to it.
func hangUp(raw string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = io.WriteString(conn, raw)
		_ = conn.Close()
	}
}

func contains(t *testing.T, err error, parts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	for _, p := range parts {
		if !strings.Contains(err.Error(), p) {
			t.Errorf("%q\nis not in: %v", p, err)
		}
	}
	if strings.Contains(err.Error(), "key-secret") || strings.Contains(err.Error(), "key-id") {
		t.Errorf("the key is in: %v", err)
	}
}

const (
	queue   = "/queue.fal.run/fal-ai/flux"
	request = queue + "/requests/r-1"
)

// fast keeps the polls of a test from taking time.
func fast() fal.FollowOption { return fal.WithPollInterval(time.Millisecond) }

var ctx = context.Background()
