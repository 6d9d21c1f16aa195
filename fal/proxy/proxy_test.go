package proxy_test

import (
	"bytes"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/proxy"
	_ "github.com/falgen/falgen/internal/testenv"
	"github.com/google/go-cmp/cmp"
)

const testKey = "key-id-0001:key-secret-0002"

// call is a request that the upstream has received.
type call struct {
	Method string
	URL    string // path and query
	Header http.Header
	Body   string
}

// upstream is fal: it records what it gets and then answers.
type upstream struct {
	*httptest.Server
	mu    sync.Mutex
	calls []call
	cut   int // how many requests broke off
}

func newUpstream(t *testing.T, answer http.HandlerFunc) *upstream {
	t.Helper()
	u := &upstream{}
	u.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		u.mu.Lock()
		if err != nil {
			u.cut++
			u.mu.Unlock()
			return
		}
		u.calls = append(u.calls, call{r.Method, r.URL.RequestURI(), r.Header, string(body)})
		u.mu.Unlock()
		answer(w, r)
	}))
	u.Config.ErrorLog = log.New(io.Discard, "", 0)
	u.Start()
	t.Cleanup(u.Close)
	return u
}

func (u *upstream) all() []call {
	u.mu.Lock()
	defer u.mu.Unlock()
	return append([]call(nil), u.calls...)
}

func (u *upstream) client(t *testing.T) *fal.Client {
	t.Helper()
	c, err := fal.NewClient(fal.WithKey(testKey), fal.WithBaseURL(u.URL))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// site is the app's server, with the proxy at /api/fal/proxy.
type site struct {
	*httptest.Server
	log bytes.Buffer // safe to read once the server is closed
}

func newSite(t *testing.T, client *fal.Client, cfg proxy.Config) *site {
	t.Helper()
	h, err := proxy.New(client, cfg)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/api/fal/proxy", h)
	s := &site{Server: httptest.NewUnstartedServer(mux)}
	s.Config.ErrorLog = log.New(&s.log, "", 0)
	s.Start()
	t.Cleanup(func() {
		s.Close()
		if strings.Contains(s.log.String(), "key-secret") {
			t.Errorf("the key is in the log: %s", &s.log)
		}
	})
	return s
}

// send makes a request as the JavaScript client does.
func (s *site) send(t *testing.T, method, target string, header http.Header, body io.Reader) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.URL+"/api/fal/proxy", body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "application/json")
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "a browser")
	if target != "" {
		r.Header.Set("X-Fal-Target-Url", target)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	resp, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return resp
}

// read returns the body, and holds that the key is nowhere in the answer.
func read(t *testing.T, resp *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	var whole strings.Builder
	_ = resp.Header.Write(&whole)
	whole.Write(body)
	if strings.Contains(whole.String(), "key-secret") {
		t.Errorf("the key is in the answer: %s", &whole)
	}
	return string(body)
}

func ok(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{}`) }

// config allows what the tests call.
func config() proxy.Config {
	return proxy.Config{
		Authenticate: proxy.Anyone,
		Endpoints: []string{
			"fal-ai/flux/dev", "fal-ai/fast-sdxl/**", "workflows/me/wf", "comfy/me/**", "acme/**", "12345/app",
			"me/app/stream",
		},
		Uploads: true,
		MaxBody: 64,
	}
}

// TestPassedOn holds exactly what fal gets of each call that is allowed.
func TestPassedOn(t *testing.T) {
	const input, tokens = `{"prompt":"hi"}`, `{"allowed_apps":["fast-sdxl"],"token_expiration":120}`
	tests := []struct {
		name, method, target string
		header               http.Header
		body                 string
		url                  string // that fal gets, if it is not the target's
		got                  http.Header
		sent                 string // that fal gets, if it is not the body
	}{
		{name: "run", method: "POST", target: "https://fal.run/fal-ai/flux/dev", body: input},
		{name: "run without an input", method: "POST", target: "https://fal.run/fal-ai/flux/dev"},
		{name: "run with GET", method: "GET", target: "https://fal.run/fal-ai/flux/dev?prompt=a+b&x=%2F%00"},
		{name: "below", method: "POST", target: "https://fal.run/fal-ai/fast-sdxl/image-to-image", body: input},
		{name: "itself", method: "POST", target: "https://fal.run/fal-ai/fast-sdxl", body: input},
		{name: "all of an owner", method: "POST", target: "https://fal.run/acme/any/thing", body: input},
		{name: "a workflow", method: "POST", target: "https://queue.fal.run/workflows/me/wf", body: input},
		{name: "an old id", method: "POST", target: "https://fal.run/12345/app", body: input},

		{name: "stream", method: "POST", target: "https://fal.run/fal-ai/flux/dev/stream", body: input,
			header: http.Header{"Accept": {"text/event-stream"}}, got: http.Header{"Accept": {"text/event-stream"}}},
		{name: "stream of what ends in stream", method: "POST", target: "https://fal.run/me/app/stream", body: input},
		{name: "stream with GET", method: "GET", target: "https://fal.run/fal-ai/flux/dev/stream"},

		{name: "submit", method: "POST",
			target: "https://queue.fal.run/fal-ai/flux/dev?fal_webhook=https%3A%2F%2Fa.example%2F",
			header: http.Header{"X-Fal-Queue-Priority": {"low"}, "X-Fal-Runner-Hint": {"h"}}, body: input,
			got: http.Header{"X-Fal-Queue-Priority": {"low"}, "X-Fal-Runner-Hint": {"h"}}},
		{name: "status", method: "GET", target: "https://queue.fal.run/fal-ai/flux/requests/r-1/status?logs=1"},
		{name: "status stream", method: "GET", target: "https://queue.fal.run/fal-ai/flux/requests/r-1/status/stream?logs=0"},
		{name: "result", method: "GET", target: "https://queue.fal.run/fal-ai/flux/requests/r-1"},
		{name: "cancel", method: "PUT", target: "https://queue.fal.run/fal-ai/flux/requests/r-1/cancel"},
		{name: "status of a workflow", method: "GET", target: "https://queue.fal.run/workflows/me/wf/requests/r-1/status"},
		{name: "result of comfy", method: "GET", target: "https://queue.fal.run/comfy/me/any/requests/r-1"},
		{name: "result of an owner's", method: "GET", target: "https://queue.fal.run/acme/any/requests/r-1"},

		{name: "upload", method: "POST", target: "https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3",
			header: http.Header{"X-Fal-Object-Lifecycle": {"{}"}}, body: input,
			got: http.Header{"X-Fal-Object-Lifecycle": {"{}"}}},
		{name: "large upload", method: "POST",
			target: "https://rest.fal.ai/storage/upload/initiate-multipart?storage_type=fal-cdn-v3", body: input},
		{name: "end of a large upload", method: "POST",
			target: "https://rest.fal.ai/storage/upload/complete-multipart?storage_type=fal-cdn-v3", body: input},

		{name: "token", method: "POST", target: "https://rest.fal.ai/tokens/", body: tokens},
		{name: "token written another way", method: "POST", target: "https://rest.fal.ai/tokens/",
			body: ` {"token_expiration" : 1, "allowed_apps":["fast-\u0073dxl", "fast-sdxl"]}`,
			sent: `{"allowed_apps":["fast-sdxl","fast-sdxl"],"token_expiration":1}`},
		{name: "token of the other kind", method: "POST", target: "https://rest.fal.ai/tokens/realtime",
			body: `{"allowed_apps":["fal-ai/fast-sdxl/realtime","acme/any"],"duration":300}`},

		{name: "a header that is the app's", method: "GET", target: "https://fal.run/fal-ai/flux/dev",
			header: http.Header{
				"Authorization": {"Bearer session"}, "Cookie": {"session=1"}, "Origin": {"https://app.example"},
				"Referer": {"https://app.example/"}, "X-Forwarded-For": {"10.0.0.1"}, "X-Csrf": {"1"}, "Idempotency-Key": {"1"},
				"X-Fal-Client-Proxy": {"forged"}, "Te": {"trailers"},
			}},
		{name: "a key of the caller's", method: "GET", target: "https://fal.run/fal-ai/flux/dev",
			header: http.Header{"Authorization": {"Key other"}}, got: http.Header{"Authorization": {"Key other"}}},
		{name: "two keys", method: "GET", target: "https://fal.run/fal-ai/flux/dev",
			header: http.Header{"Authorization": {"Key other", "Key third"}}},
		{name: "a header for this hop", method: "GET", target: "https://fal.run/fal-ai/flux/dev",
			header: http.Header{"Connection": {"X-Fal-Hop"}, "X-Fal-Hop": {"1"}}},
		{name: "an upgrade", method: "GET", target: "https://fal.run/fal-ai/flux/dev",
			header: http.Header{"Connection": {"Upgrade"}, "Upgrade": {"websocket"}}},
		{name: "a body where there is none", method: "PUT", target: "https://queue.fal.run/acme/any/requests/r/cancel",
			body: input, sent: "-"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			u := newUpstream(t, ok)
			s := newSite(t, u.client(t), config())
			resp := s.send(t, test.method, test.target, test.header, strings.NewReader(test.body))
			if body := read(t, resp); resp.StatusCode != 200 || body != "{}" {
				t.Fatalf("%s: %s", resp.Status, body)
			}
			want := call{
				Method: test.method,
				URL:    strings.TrimPrefix(test.target, "https:/"),
				Header: http.Header{
					"Accept": {"application/json"}, "Accept-Encoding": {"gzip"}, "Content-Type": {"application/json"},
					"Authorization": {"Key " + testKey}, "User-Agent": {"a browser"}, "X-Fal-Client-Proxy": {"falgen/proxy"},
				},
				Body: test.body,
			}
			for name, values := range test.got {
				want.Header[name] = values
			}
			switch test.sent {
			case "":
			case "-":
				want.Body = ""
			default:
				want.Body = test.sent
			}
			got := u.all()
			for _, c := range got {
				delete(c.Header, "Content-Length") // the bodies are compared
			}
			if diff := cmp.Diff([]call{want}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestAnswer holds what the caller gets of fal's answer.
func TestAnswer(t *testing.T) {
	u := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("X-Fal-Request-Id", "r-1")
		h.Set("X-Fal-Request-Timeout-Type", "user")
		h.Set("Retry-After", "7")
		h.Set("Date", "Thu, 01 Jan 2026 00:00:00 GMT")
		for _, name := range []string{"Set-Cookie", "Strict-Transport-Security", "Access-Control-Allow-Origin",
			"Access-Control-Expose-Headers", "Alt-Svc", "Www-Authenticate", "Proxy-Authenticate", "Keep-Alive"} {
			h.Set(name, "*")
		}
		h.Set("Cache-Control", "max-age=3600")
		w.WriteHeader(http.StatusGatewayTimeout)
		_, _ = io.WriteString(w, `{"detail":"late"}`)
	})
	s := newSite(t, u.client(t), config())
	resp := s.send(t, "POST", "https://fal.run/fal-ai/flux/dev", nil, nil)
	if body := read(t, resp); resp.StatusCode != http.StatusGatewayTimeout || body != `{"detail":"late"}` {
		t.Errorf("%s: %s", resp.Status, body)
	}
	want := http.Header{
		"Content-Type": {"application/json"}, "Content-Length": {"17"}, "X-Fal-Request-Id": {"r-1"},
		"X-Fal-Request-Timeout-Type": {"user"}, "Retry-After": {"7"}, "Date": {"Thu, 01 Jan 2026 00:00:00 GMT"},
		"Cache-Control": {"no-store"},
	}
	if diff := cmp.Diff(want, resp.Header); diff != "" {
		t.Error(diff)
	}
}

// TestPublicApps holds that a client without a key sends none.
func TestPublicApps(t *testing.T) {
	u := newUpstream(t, ok)
	client, err := fal.NewClient(fal.WithoutKey(), fal.WithBaseURL(u.URL))
	if err != nil {
		t.Fatal(err)
	}
	resp := newSite(t, client, config()).send(t, "GET", "https://fal.run/fal-ai/flux/dev", nil, nil)
	if read(t, resp); resp.StatusCode != 200 || u.all()[0].Header["Authorization"] != nil {
		t.Errorf("%s, %v", resp.Status, u.all())
	}
}

func TestNew(t *testing.T) {
	client, err := fal.NewClient(fal.WithKey(testKey))
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range []string{
		"", "/", "**", "/**", "*", "flux", "fal-ai/*", "fal-ai/**/x", "fal-ai/fl*", "/fal-ai/flux", "fal-ai//flux",
		"fal-ai/flux/", "fal-ai/../flux", "fal-ai/flux/**/**", "fal-ai/flux\\dev", "fal-ai/fl ux", "fal-ai/%2e",
		"workflows/me", "https://fal.run/a/b", "fal-ai/flux?x=1",
	} {
		_, err := proxy.New(client, proxy.Config{Endpoints: []string{"a/b", entry}})
		var invalid *fal.InvalidIDError
		if !errors.As(err, &invalid) || invalid.ID != entry || !strings.Contains(err.Error(), "Config.Endpoints") {
			t.Errorf("%q: %v", entry, err)
		}
	}
	if _, err := proxy.New(nil, proxy.Config{}); err == nil {
		t.Error("no client is no error")
	}
	if _, err := proxy.New(client, proxy.Config{MaxBody: -1}); err == nil {
		t.Error("a negative limit is no error")
	}
}
