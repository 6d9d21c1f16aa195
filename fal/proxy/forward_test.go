package proxy_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/proxy"
)

// TestStream holds that each event reaches the caller before the next is made.
func TestStream(t *testing.T) {
	next := make(chan struct{})
	u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.(http.Flusher).Flush()
		for _, event := range []string{"one", "two"} {
			select {
			case <-next:
			case <-r.Context().Done():
				return
			}
			_, _ = io.WriteString(w, "data: "+event+"\n\n")
			w.(http.Flusher).Flush()
		}
	})
	s := newSite(t, u.client(t), config())
	resp := s.send(t, "POST", "https://fal.run/fal-ai/flux/dev/stream", nil, strings.NewReader("{}"))
	if got := resp.Header.Get("Content-Type"); got != "text/event-stream" { // and not one event is there yet
		t.Errorf("the type is %s", got)
	}
	lines := bufio.NewReader(resp.Body)
	for _, want := range []string{"data: one\n", "data: two\n"} {
		next <- struct{}{}
		if got, err := lines.ReadString('\n'); got != want {
			t.Fatalf("%q, %v, want %q", got, err, want)
		}
		_, _ = lines.ReadString('\n')
	}
	if rest, err := io.ReadAll(lines); err != nil || len(rest) > 0 {
		t.Errorf("%q, %v", rest, err)
	}
}

// TestCallerGone holds that fal is let go of once the caller has gone, before the answer and in the middle of it.
func TestCallerGone(t *testing.T) {
	for _, answered := range []bool{false, true} {
		there, gone := make(chan struct{}), make(chan struct{})
		u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
			if answered {
				w.(http.Flusher).Flush()
			}
			close(there)
			<-r.Context().Done()
			close(gone)
		})
		s := newSite(t, u.client(t), config())
		ctx, leave := context.WithCancel(t.Context())
		r, _ := http.NewRequestWithContext(ctx, "POST", s.URL+"/api/fal/proxy", strings.NewReader("{}"))
		r.Header.Set("X-Fal-Target-Url", "https://fal.run/fal-ai/flux/dev")
		done := make(chan struct{})
		go func() {
			defer close(done)
			if resp, err := s.Client().Do(r); err == nil {
				_, _ = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
			}
		}()
		<-there
		leave()
		within(t, gone, "fal to be let go of")
		within(t, done, "the caller")
		if s.Close(); s.log.Len() > 0 { // it is no failure
			t.Errorf("the log has %s", &s.log)
		}
	}
}

func within(t *testing.T, done <-chan struct{}, what string) {
	t.Helper()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatalf("waited in vain for %s", what)
	}
}

// TestLongBody holds that a body without a length is cut off, and that fal gets no whole request of it.
func TestLongBody(t *testing.T) {
	u := newUpstream(t, ok)
	s := newSite(t, u.client(t), config())
	body := io.MultiReader(strings.NewReader(strings.Repeat("a", 65))) // net/http cannot tell how long this is
	refused(t, s.send(t, "POST", "https://fal.run/fal-ai/flux/dev", nil, body), http.StatusRequestEntityTooLarge)
	if calls := u.all(); len(calls) > 0 {
		t.Errorf("fal has seen %+v", calls)
	}
	body = io.MultiReader(strings.NewReader(strings.Repeat("a", 64)))
	resp := s.send(t, "POST", "https://fal.run/fal-ai/flux/dev", nil, body)
	if resp.StatusCode != 200 || len(u.all()) != 1 || len(u.all()[0].Body) != 64 {
		t.Errorf("%s, %+v", resp.Status, u.all())
	}
}

// TestElsewhere holds that an answer that leads elsewhere is followed by neither the proxy nor the caller.
func TestElsewhere(t *testing.T) {
	elsewhere := newUpstream(t, ok)
	for _, code := range []int{101, 300, 301, 302, 303, 304, 307, 308} {
		u := newUpstream(t, func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/stream") {
				return
			}
			to := elsewhere.URL
			if code == 307 { // on the same host
				to = r.URL.Path + "/stream"
			}
			w.Header().Set("Location", to)
			w.Header().Set("Set-Cookie", "a=b")
			w.WriteHeader(code)
		})
		s := newSite(t, u.client(t), config())
		resp := s.send(t, "POST", "https://fal.run/fal-ai/flux/dev", nil, strings.NewReader("{}"))
		refused(t, resp, http.StatusBadGateway)
		if resp.Header.Get("Location") != "" || resp.Header.Get("Set-Cookie") != "" {
			t.Errorf("%d: %v", code, resp.Header)
		}
		if len(u.all()) != 1 || len(elsewhere.all()) != 0 {
			t.Errorf("%d: %v, %v", code, u.all(), elsewhere.all())
		}
		if s.Close(); !strings.Contains(s.log.String(), http.StatusText(code)) {
			t.Errorf("%d: the log has %q", code, &s.log)
		}
	}
}

// TestNoAnswer holds that the caller learns nothing of the server's insides, and the server's log all.
func TestNoAnswer(t *testing.T) {
	down := newUpstream(t, ok)
	down.Close()
	noKey, err := fal.NewClient(fal.WithBaseURL(down.URL), fal.WithKeyFunc(func(context.Context) (string, error) {
		return "", errors.New("the vault is shut")
	}))
	if err != nil {
		t.Fatal(err)
	}
	cut := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) { hangUp(w, "") })
	for name, test := range map[string]struct {
		client *fal.Client
		log    string
	}{
		"down":     {down.client(t), "POST https://fal.run/fal-ai/flux/dev: dial tcp"},
		"no key":   {noKey, "the vault is shut"},
		"hangs up": {cut.client(t), "EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, test.client, config())
			resp := s.send(t, "POST", "https://fal.run/fal-ai/flux/dev?secret=input", nil, strings.NewReader("{}"))
			body := read(t, resp)
			if resp.StatusCode != http.StatusBadGateway || !strings.Contains(body, "There is no answer from fal") ||
				strings.Contains(body, "127.0.0.1") || strings.Contains(body, "vault") {
				t.Errorf("%s: %s", resp.Status, body)
			}
			if s.Close(); !strings.Contains(s.log.String(), test.log) || strings.Contains(s.log.String(), "secret=input") {
				t.Errorf("the log has %q", &s.log)
			}
		})
	}
}

// TestBrokenAnswer holds that an answer that breaks off does not look like a whole one.
func TestBrokenAnswer(t *testing.T) {
	u := newUpstream(t, func(w http.ResponseWriter, _ *http.Request) {
		hangUp(w, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
	})
	s := newSite(t, u.client(t), config())
	resp := s.send(t, "POST", "https://fal.run/fal-ai/flux/dev", nil, strings.NewReader("{}"))
	if body, err := io.ReadAll(resp.Body); string(body) != "abc" || err == nil {
		t.Errorf("%q, %v", body, err)
	}
}

// hangUp closes the connection after writing raw bytes to it.
func hangUp(w http.ResponseWriter, raw string) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	_, _ = io.WriteString(conn, raw)
	_ = conn.Close()
}

// transport is an http.RoundTripper from a func.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func withTransport(t testing.TB, f transport) *fal.Client {
	t.Helper()
	c, err := fal.NewClient(fal.WithKey(testKey), fal.WithHTTPClient(&http.Client{Transport: f}))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestPanic holds that a panic of the app's is a refusal, or a cut where it is too late for one.
func TestPanic(t *testing.T) {
	hook := config()
	hook.Authenticate = func(*http.Request) bool { panic("a hook") }
	broken := withTransport(t, func(*http.Request) (*http.Response, error) { panic("a transport") })
	for want, s := range map[string]*site{
		"a hook":      newSite(t, broken, hook),
		"a transport": newSite(t, broken, config()),
	} {
		refused(t, s.send(t, "GET", "https://fal.run/fal-ai/flux/dev", nil, nil), http.StatusInternalServerError)
		if s.Close(); !strings.Contains(s.log.String(), "fal/proxy: panic: "+want) {
			t.Errorf("the log has %q", &s.log)
		}
	}

	late := newSite(t, withTransport(t, func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(&lateBody{})}, nil
	}), config())
	resp := late.send(t, "GET", "https://fal.run/fal-ai/flux/dev", nil, nil)
	if body, err := io.ReadAll(resp.Body); string(body) != "abc" || err == nil {
		t.Errorf("%q, %v", body, err)
	}
	if late.Close(); !strings.Contains(late.log.String(), "fal/proxy: panic: late") {
		t.Errorf("the log has %q", &late.log)
	}
}

type lateBody struct{ begun bool }

func (b *lateBody) Read(p []byte) (int, error) {
	if b.begun {
		panic("late")
	}
	b.begun = true
	return copy(p, "abc"), nil
}

// TestCallersHeader holds that the request that the app's own middleware sees stays as it came.
func TestCallersHeader(t *testing.T) {
	h, err := proxy.New(withTransport(t, func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody}, nil
	}), config())
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest("GET", "/api/fal/proxy", nil)
	r.Header.Set("X-Fal-Target-Url", "https://fal.run/fal-ai/flux/dev")
	r.Header.Set("Cookie", "session=1")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 200 || r.URL.Path != "/api/fal/proxy" || r.Header.Get("Cookie") == "" || len(r.Header) != 2 {
		t.Errorf("%d, %s, %v", w.Code, r.URL, r.Header)
	}
}
