package realtime_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/realtime"
)

func TestHandshake(t *testing.T) {
	tests := []struct {
		name, id string
		opts     []realtime.Option
		client   []fal.ClientOption
		url      string
		keyless  bool
	}{
		{name: "plain", id: "fal-ai/lcm", url: "/fal.run/fal-ai/lcm/realtime?"},
		{name: "sub-path", id: "fal-ai/flux/dev", url: "/fal.run/fal-ai/flux/dev/realtime?"},
		{name: "workflow", id: "workflows/me/wf", url: "/fal.run/workflows/me/wf/realtime?"},
		{name: "comfy", id: "comfy/me/wf/a", url: "/fal.run/comfy/me/wf/a/realtime?"},
		{name: "old form", id: "12345-lcm", url: "/fal.run/12345/lcm/realtime?"},
		{name: "is realtime", id: "fal-ai/lcm/realtime", url: "/fal.run/fal-ai/lcm/realtime?"},
		{name: "named like it", id: "fal-ai/notrealtime", url: "/fal.run/fal-ai/notrealtime/realtime?"},
		{
			name: "path", id: "fal-ai/lcm", opts: []realtime.Option{nil, realtime.WithPath("/ws/v2")},
			url: "/fal.run/fal-ai/lcm/ws/v2?",
		},
		{
			name: "path after realtime", id: "fal-ai/lcm/realtime", opts: []realtime.Option{realtime.WithPath("raw")},
			url: "/fal.run/fal-ai/lcm/realtime/raw?",
		},
		{name: "no path", id: "fal-ai/lcm", opts: []realtime.Option{realtime.WithPath("")}, url: "/fal.run/fal-ai/lcm?"},
		{
			name: "buffering", id: "fal-ai/lcm", opts: []realtime.Option{realtime.WithMaxBuffering(60)},
			url: "/fal.run/fal-ai/lcm/realtime?max_buffering=60",
		},
		{
			name: "token, and no key", id: "fal-ai/lcm", keyless: true,
			opts: []realtime.Option{realtime.WithToken("a.b-c_d/+"), realtime.WithMaxBuffering(1)},
			url:  "/fal.run/fal-ai/lcm/realtime?fal_jwt_token=a.b-c_d%2F%2B&max_buffering=1",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t, socket(quiet))
			conn, err := realtime.Dial[any, any](t.Context(), f.client(t, test.client...), test.id, test.opts...)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			got := f.last(t)
			if strings.TrimSuffix(got.URL, "?") != strings.TrimSuffix(test.url, "?") {
				t.Errorf("asked for %s, want %s", got.URL, test.url)
			}
			auth, sent := got.Header["Authorization"]
			if test.keyless && sent || !test.keyless && strings.Join(auth, ",") != "Key "+testKey {
				t.Errorf("Authorization: %q", auth)
			}
			if ua := got.Header.Get("User-Agent"); !strings.HasPrefix(ua, "falgen/") {
				t.Errorf("User-Agent: %q", ua)
			}
		})
	}
}

// TestTLS: a client that speaks HTTP/2 asks for a socket in HTTP/1.1, and the end of the handshake's context, or the
// HTTP client's limit of time, does not end the socket.
func TestTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(socket(echo))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	h := server.Client()
	h.Timeout = 10 * time.Second
	client, err := fal.NewClient(fal.WithKey(testKey), fal.WithBaseURL(server.URL), fal.WithHTTPClient(h))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	conn, err := realtime.Dial[map[string]int, map[string]int](ctx, client, testID)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	cancel()
	if err := conn.Send(t.Context(), map[string]int{"a": 1}); err != nil {
		t.Fatal(err)
	}
	if msg, err := conn.Receive(t.Context()); err != nil || msg.Data["a"] != 1 {
		t.Errorf("got %+v, %v", msg, err)
	}
}

func TestNothingToDialWith(t *testing.T) {
	client := newFake(t, func(http.ResponseWriter, *http.Request) { t.Error("something was asked") }).client(t)
	open := func(id string, opts ...realtime.Option) error {
		_, err := realtime.Dial[any, any](t.Context(), client, id, opts...)
		return err
	}
	for _, id := range []string{"", "lcm", "fal-ai/", "fal-ai/../x", "fal-ai/a b", "workflows/me", "a/b?c=d", "a/b#c"} {
		var invalid *fal.InvalidIDError
		if err := open(id); !errors.As(err, &invalid) || invalid.ID != id {
			t.Errorf("%q: %v", id, err)
		}
		if _, err := realtime.Token(t.Context(), client, id, time.Minute); !errors.As(err, &invalid) {
			t.Errorf("a token for %q: %v", id, err)
		}
	}
	for _, path := range []string{"../x", "a//b", "a?b=c", "a/"} {
		if err := open(testID, realtime.WithPath(path)); !errors.As(err, new(*fal.InvalidIDError)) {
			t.Errorf("path %q: %v", path, err)
		}
	}
	contains(t, open(testID, realtime.WithMaxBuffering(0)), "WithMaxBuffering was given 0")
	contains(t, open(testID, realtime.WithMaxBuffering(61)), "WithMaxBuffering was given 61")
	contains(t, open(testID, realtime.WithMaxMessage(0)), "WithMaxMessage")
	contains(t, open(testID, realtime.WithToken("")), "WithToken")

	var lost *fal.CallError
	if _, err := realtime.Dial[any, any](t.Context(), nil, testID); !errors.As(err, &lost) {
		t.Errorf("without a client: %v", err)
	}
	if _, err := realtime.Token(t.Context(), nil, testID, time.Minute); !errors.As(err, &lost) {
		t.Errorf("a token without a client: %v", err)
	}
	//lint:ignore SA1012 that is the point
	if _, err := realtime.Dial[any, any](nil, client, testID); !errors.As(err, &lost) {
		t.Errorf("without a context: %v", err)
	}
}

func TestRefused(t *testing.T) {
	long := strings.Repeat("word ", 400)
	tests := []struct {
		name    string
		code    int
		header  map[string]string
		body    string
		message string
		check   func(*fal.APIError) bool
	}{
		{
			name: "detail", code: 401, header: map[string]string{"X-Fal-Request-Id": "r-1"}, body: `{"detail":"no such key"}`,
			message: "/fal.run/fal-ai/lcm/realtime: 401 Unauthorized: no such key",
			check:   func(e *fal.APIError) bool { return e.Header.Get("X-Fal-Request-Id") == "r-1" },
		},
		{name: "text", code: 404, body: "not here", message: "404 Not Found: not here"},
		{name: "nothing", code: 403, message: "403 Forbidden: the answer has no body; check the key"},
		{
			name: "fields", code: 422, body: `{"detail":[{"loc":["query","max_buffering"],"msg":"` + long + `","type":"int"}]}`,
			message: "query.max_buffering: word", check: (*fal.APIError).IsValidation,
		},
		{
			name: "infrastructure", code: 504, header: map[string]string{
				"X-Fal-Request-Timeout-Type": "user", "X-Fal-Error-Type": "request_timeout", "X-Fal-Needs-Retry": "1",
			},
			message: "request_timeout", check: func(e *fal.APIError) bool {
				return e.IsUserTimeout() && e.HasType("request_timeout") && *e.Retryable
			},
		},
		{name: "no socket", code: 200, body: `{"hello":"there"}`, message: `200 OK: {"hello":"there"}`},
		{
			name: "echo", code: 400, body: "echo",
			message: "got at /fal.run/fal-ai/lcm/realtime?fal_jwt_token=[secret]",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
				for k, v := range test.header {
					w.Header().Set(k, v)
				}
				w.WriteHeader(test.code)
				if test.body == "echo" {
					fmt.Fprintf(w, "got %s at %s", r.Header.Get("Authorization"), r.URL)
					return
				}
				_, _ = io.WriteString(w, test.body)
			})
			_, err := realtime.Dial[any, any](t.Context(), f.client(t), testID, realtime.WithToken(testToken))
			var failure *fal.APIError
			if !errors.As(err, &failure) || failure.StatusCode != test.code {
				t.Fatalf("got %v", err)
			}
			contains(t, err, test.message)
			if test.check != nil && !test.check(failure) {
				t.Errorf("got %+v", failure)
			}
		})
	}
}

// TestOddTransport: what a transport of the caller's own answers does no harm.
func TestOddTransport(t *testing.T) {
	tests := []struct {
		name   string
		answer *http.Response
		want   any
	}{
		{"nothing", nil, new(*fal.CallError)},
		{"no body", &http.Response{StatusCode: http.StatusForbidden}, new(*fal.APIError)},
		{"a body", &http.Response{StatusCode: 403, Body: io.NopCloser(strings.NewReader("no"))}, new(*fal.APIError)},
		{"no socket", &http.Response{StatusCode: 101, Body: http.NoBody}, new(*fal.CallError)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := &http.Client{Transport: transport(func(*http.Request) (*http.Response, error) { return test.answer, nil })}
			client, err := fal.NewClient(fal.WithKey(testKey), fal.WithHTTPClient(h))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := realtime.Dial[any, any](t.Context(), client, testID); !errors.As(err, test.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// transport is an http.RoundTripper from a func, for what needs no socket.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestLostHandshake(t *testing.T) {
	tests := []struct {
		name    string
		answer  http.HandlerFunc
		message string
	}{
		{"hangs up", func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }, "dial: EOF"},
		{"leads away", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://evil.example/x", http.StatusFound)
		}, "refused a redirect"},
		{"no WebSocket", func(w http.ResponseWriter, _ *http.Request) {
			hijack(w, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n").Close()
		}, "Sec-WebSocket-Accept"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t, test.answer)
			_, err := realtime.Dial[any, any](t.Context(), f.client(t), testID, realtime.WithToken(testToken))
			var lost *fal.CallError
			if !errors.As(err, &lost) || lost.Op != "dial" || lost.EndpointID != testID {
				t.Fatalf("got %v", err)
			}
			contains(t, err, test.message)
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		f := newFake(t, nil)
		f.Close()
		_, err := realtime.Dial[any, any](t.Context(), f.client(t), testID, realtime.WithToken(testToken))
		if !errors.As(err, new(*fal.CallError)) {
			t.Fatalf("got %v", err)
		}
		contains(t, err, "dial", testID)
	})
	t.Run("no key", func(t *testing.T) {
		client := newFake(t, nil).client(t, fal.WithKeyFunc(func(context.Context) (string, error) { return "", nil }))
		if _, err := realtime.Dial[any, any](t.Context(), client, testID); !errors.Is(err, fal.ErrNoKey) {
			t.Errorf("got %v", err)
		}
		if _, err := realtime.Token(t.Context(), client, testID, time.Minute); !errors.Is(err, fal.ErrNoKey) {
			t.Errorf("a token: %v", err)
		}
	})
	t.Run("an odd word for the end of the context", func(t *testing.T) {
		h := &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, errors.New("odd")
		})}
		client := newFake(t, nil).client(t, fal.WithHTTPClient(h))
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if _, err := realtime.Dial[any, any](ctx, client, testID); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("no answer", func(t *testing.T) {
		f := newFake(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err := realtime.Dial[any, any](ctx, f.client(t), testID, realtime.WithToken(testToken))
		if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, new(*fal.CallError)) {
			t.Errorf("got %v", err)
		}
		contains(t, err)
		if _, err = realtime.Token(ctx, f.client(t), testID, time.Minute); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a token: %v", err)
		}
	})
}
