package webhook_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/webhook"
)

// receiver is a server with a handler under test, and fal's keys.
type receiver struct {
	*httptest.Server
	signer Signer
	keys   *keyServer

	mu     sync.Mutex
	errors []error
}

func newReceiver(t *testing.T, handler func(*webhook.Verifier) http.Handler, opts ...webhook.Option) *receiver {
	t.Helper()
	r := &receiver{signer: NewSigner(1)}
	r.keys = newKeyServer(t, r.signer.JWK())
	v := r.keys.verifier(append([]webhook.Option{webhook.WithErrorFunc(func(_ *http.Request, err error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.errors = append(r.errors, err)
	})}, opts...)...)
	r.Server = httptest.NewServer(handler(v))
	t.Cleanup(r.Close)
	return r
}

// reason takes the error that WithErrorFunc got since the last call.
func (r *receiver) reason(t *testing.T) error {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	errs := r.errors
	r.errors = nil
	switch len(errs) {
	case 0:
		return nil
	case 1:
		return errs[0]
	}
	t.Errorf("%d errors: %v", len(errs), errs)
	return errs[0]
}

// send sends a request and returns the code and the body of the answer.
func (r *receiver) send(t *testing.T, method string, header http.Header, body io.Reader) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, r.URL, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header
	resp, err := r.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Error(err)
	}
	return resp.StatusCode, string(text)
}

// deliver sends a delivery as fal does.
func (r *receiver) deliver(t *testing.T, body string) int {
	t.Helper()
	code, _ := r.send(t, http.MethodPost, r.signer.Header(time.Now(), body), strings.NewReader(body))
	return code
}

func TestMiddleware(t *testing.T) {
	var got []string
	next := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.ContentLength != int64(len(body)) || len(r.TransferEncoding) != 0 {
			t.Errorf("length %d of %d, coded %v, %v", r.ContentLength, len(body), r.TransferEncoding, err)
		}
		got = append(got, r.Header.Get("X-Fal-Webhook-Request-Id")+" "+string(body))
		w.WriteHeader(http.StatusTeapot)
	})
	r := newReceiver(t, func(v *webhook.Verifier) http.Handler { return v.Middleware(next) },
		webhook.WithMaxBody(int64(len(okBody))), webhook.WithUserID("user-1"))
	now := time.Now()
	header := r.signer.Header(now, okBody)
	stamp := header.Get("X-Fal-Webhook-Timestamp")
	forAnother := r.signer.HeaderOf("req-1", "user-2", stamp, okBody)
	aboutAnother := r.signer.HeaderOf("req-2", "user-1", stamp, okBody)
	long := okBody + " "
	chunked := func(body string) io.Reader { return io.MultiReader(strings.NewReader(body)) } // of unknown length
	tests := []struct {
		name   string
		method string
		header http.Header
		body   io.Reader
		code   int
		reason any // a sentinel, or where to put an error of a type
	}{
		{"a delivery", "POST", header, strings.NewReader(okBody), 418, nil},
		{"a delivery in chunks", "POST", header, chunked(okBody), 418, nil},
		{"GET", "GET", header, nil, 405, nil},
		{"PUT", "PUT", header, strings.NewReader(okBody), 405, nil},
		{"unsigned", "POST", http.Header{}, strings.NewReader(okBody), 400, webhook.ErrHeader},
		{"stale", "POST", r.signer.Header(now.Add(-time.Hour), okBody), strings.NewReader(okBody), 401, webhook.ErrStale},
		{"forged", "POST", NewSigner(2).Header(now, okBody), strings.NewReader(okBody), 401, webhook.ErrSignature},
		{"changed", "POST", header, strings.NewReader(okBody[:20]), 401, webhook.ErrSignature},
		{"for another", "POST", forAnother, strings.NewReader(okBody), 403, webhook.ErrUser},
		{"about another", "POST", aboutAnother, strings.NewReader(okBody), 400, webhook.ErrMismatch},
		{"too long", "POST", r.signer.Header(now, long), strings.NewReader(long), 413, new(*http.MaxBytesError)},
		{"too long, in chunks", "POST", r.signer.Header(now, long), chunked(long), 413, new(*http.MaxBytesError)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got = nil
			code, text := r.send(t, test.method, test.header, test.body)
			reason := r.reason(t)
			if code != test.code {
				t.Errorf("got %d, want %d", code, test.code)
			}
			if test.code == 418 {
				if want := []string{"req-1 " + okBody}; !slices.Equal(got, want) || reason != nil {
					t.Errorf("got %q, %v", got, reason)
				}
				return
			}
			if len(got) != 0 || reason == nil {
				t.Errorf("passed on %q, %v", got, reason)
			}
			if text != http.StatusText(test.code)+"\n" {
				t.Errorf("the answer says %q", text)
			}
			switch want := test.reason.(type) {
			case error:
				if !errors.Is(reason, want) {
					t.Errorf("got %v", reason)
				}
			case **http.MaxBytesError:
				if !errors.As(reason, want) || (*want).Limit != int64(len(okBody)) {
					t.Errorf("got %v", reason)
				}
			}
		})
	}
}

func TestMiddlewareWithoutKeys(t *testing.T) {
	r := newReceiver(t, func(v *webhook.Verifier) http.Handler { return v.Middleware(http.NotFoundHandler()) })
	r.keys.publish("broken")
	code, text := r.send(t, http.MethodPost, r.signer.Header(time.Now(), okBody), strings.NewReader(okBody))
	if code != http.StatusServiceUnavailable || strings.Contains(text, r.keys.URL) {
		t.Errorf("got %d %q", code, text)
	}
	isKeysError(t, r.reason(t), "not a key set")
}

// The body of what cannot be fal's is not even read.
func TestMiddlewareReadsNoMoreThanItMust(t *testing.T) {
	r := newReceiver(t, func(v *webhook.Verifier) http.Handler { return v.Middleware(http.NotFoundHandler()) },
		webhook.WithMaxBody(10))
	send := func(at time.Time, length int64) int {
		req := httptest.NewRequest(http.MethodPost, "/", unread{t})
		req.Header, req.ContentLength = r.signer.Header(at, okBody), length
		w := httptest.NewRecorder()
		r.Config.Handler.ServeHTTP(w, req)
		return w.Code
	}
	code, err := send(time.Now().Add(-time.Hour), 10), r.reason(t)
	if code != 401 || !errors.Is(err, webhook.ErrStale) {
		t.Errorf("got %d, %v", code, err)
	}
	code, err = send(time.Now(), 11), r.reason(t)
	if code != 413 || !errors.As(err, new(*http.MaxBytesError)) {
		t.Errorf("got %d, %v", code, err)
	}
}

func TestMiddlewareSaysWhatItTakes(t *testing.T) {
	w := httptest.NewRecorder()
	webhook.New().Middleware(http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	if got := w.Header().Get("Allow"); w.Code != http.StatusMethodNotAllowed || got != "POST" {
		t.Errorf("got %d, allow %q", w.Code, got)
	}
}

type unread struct{ t *testing.T }

func (u unread) Read([]byte) (int, error) {
	u.t.Error("the body was read")
	return 0, io.EOF
}

func TestMiddlewareRefusesABodyThatBreaksOff(t *testing.T) {
	r := newReceiver(t, func(v *webhook.Verifier) http.Handler { return v.Middleware(http.NotFoundHandler()) })
	conn, err := net.Dial("tcp", r.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: here\r\nContent-Length: %d\r\n", len(okBody))
	_ = r.signer.Header(time.Now(), okBody).Write(conn)
	_, _ = io.WriteString(conn, "\r\n{")
	_ = conn.(*net.TCPConn).CloseWrite()
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := r.reason(t); resp.StatusCode != http.StatusBadRequest || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %d, %v", resp.StatusCode, err)
	}
}

func TestHandler(t *testing.T) {
	var got []*webhook.Delivery[output]
	var fail error
	r := newReceiver(t, func(v *webhook.Verifier) http.Handler {
		return webhook.Handler(v, func(ctx context.Context, d *webhook.Delivery[output]) error {
			if ctx.Err() != nil {
				t.Error(ctx.Err())
			}
			got = append(got, d)
			return fail
		})
	})
	take := func() *webhook.Delivery[output] {
		t.Helper()
		if len(got) != 1 {
			t.Fatalf("%d deliveries", len(got))
		}
		d := got[0]
		got = nil
		return d
	}

	if code := r.deliver(t, okBody); code != 204 || r.reason(t) != nil {
		t.Errorf("got %d", code)
	}
	if d := take(); d.RequestID != "req-1" || !d.Data.OK || d.Err != nil {
		t.Errorf("got %+v", d)
	}

	if code := r.deliver(t, failedBody); code != 204 || r.reason(t) != nil {
		t.Errorf("a job that failed: %d", code)
	}
	var failed *fal.APIError
	if d := take(); !errors.As(d.Err, &failed) || !failed.IsValidation() {
		t.Errorf("got %+v", d)
	}

	fail = errors.New("the database is away: s3cret")
	code, text := r.send(t, http.MethodPost, r.signer.Header(time.Now(), okBody), strings.NewReader(okBody))
	if code != 500 || strings.Contains(text, "s3cret") || r.reason(t) != fail {
		t.Errorf("got %d %q", code, text)
	}
	take()

	fail = nil
	for _, body := range []string{"", "null", "[]", `{"status":"OK","payload":{}}`, okBody[:20]} {
		if code := r.deliver(t, body); code != 500 {
			t.Errorf("%q: got %d", body, code)
		}
		var unreadable *fal.DecodeError
		if err := r.reason(t); !errors.As(err, &unreadable) || string(unreadable.Raw) != body {
			t.Errorf("%q: got %v", body, err)
		}
	}
	code, _ = r.send(t, http.MethodPost, NewSigner(2).Header(time.Now(), okBody), strings.NewReader(okBody))
	if code != 401 {
		t.Errorf("a forgery: %d", code)
	}
	if len(got) != 0 {
		t.Errorf("got %d deliveries that are none", len(got))
	}
}
