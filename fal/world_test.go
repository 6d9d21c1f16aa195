package fal_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/falgen/falgen/fal"
)

// hosts are a fal, a storage, and a thief: a host that is to get nothing.
type hosts struct {
	fal, storage, thief *httptest.Server
	world               atomic.Pointer[world] // which they serve
}

func newHosts(t *testing.T) *hosts {
	h := &hosts{}
	serve := func(foreign bool) *httptest.Server {
		s := httptest.NewUnstartedServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
			h.world.Load().serve(out, r, foreign)
		}))
		s.Config.ErrorLog = log.New(io.Discard, "", 0) // of connections that the client gave up
		t.Cleanup(s.Close)
		return s
	}
	h.fal, h.storage, h.thief = serve(false), serve(true), serve(true)
	h.fal.Start()
	h.storage.StartTLS()
	h.thief.Start()
	return h
}

// world is what works on the hosts, but for a fault.
type world struct {
	*hosts
	client *fal.Client
	fault  fault
	at     []string // where it is, as "METHOD /path"

	over     chan struct{} // closed when the test is
	answered chan struct{} // gets one each time that the client has the beginning of an answer of the fault
	deadline *deadline

	mu      sync.Mutex
	sent    map[string]int // how often "METHOD /path" was
	foreign []visit        // all that came to the storage and the thief
}

// visit is a request that a foreign host has received.
type visit struct {
	host, at string
	all      string // of it but for the body
	head     string // of the body
}

const (
	announce = "POST /rest.fal.ai/storage/upload/initiate"
	again    = 2 // how often a request is repeated, where it may be
)

func newWorld(t *testing.T, h *hosts, f fault, at ...string) *world {
	w := &world{hosts: h, fault: f, at: at, sent: map[string]int{}, over: make(chan struct{}),
		answered: make(chan struct{}, 1), deadline: &deadline{Context: ctx, passed: make(chan struct{})}}
	w.client = newClient(t, fal.WithBaseURL(w.fal.URL), fal.WithHTTPClient(w.storage.Client()),
		fal.WithTransport(func(next http.RoundTripper) http.RoundTripper {
			return transport(func(r *http.Request) (*http.Response, error) { return w.carry(next, r) })
		}),
		fal.WithRetry(fal.RetryPolicy{Max: again, Backoff: time.Millisecond}))
	h.world.Store(w)
	t.Cleanup(func() { close(w.over) })
	return w
}

func (w *world) flux() *fal.Endpoint[input, output] {
	return fal.NewEndpoint[input, output](w.client, "fal-ai/flux")
}

func (w *world) job() *fal.Job[output] { return w.flux().Attach("r-1") }

func (w *world) hasFault(r *http.Request) bool { return slices.Contains(w.at, r.Method+" "+r.URL.Path) }

// carry is the client's side of the fault.
func (w *world) carry(next http.RoundTripper, r *http.Request) (*http.Response, error) {
	if !w.hasFault(r) {
		return next.RoundTrip(r)
	}
	if w.fault.answer == nil {
		r = r.Clone(r.Context())
		r.URL.Host = "127.0.0.1:1" // where nobody listens
	}
	resp, err := next.RoundTrip(r)
	if err == nil {
		if w.fault.ends {
			w.deadline.pass()
		}
		select {
		case w.answered <- struct{}{}:
		default:
		}
	}
	return resp, err
}

func (w *world) serve(out http.ResponseWriter, r *http.Request, foreign bool) {
	at := r.Method + " " + r.URL.Path
	var head strings.Builder
	if !w.hasFault(r) || !w.fault.unread {
		_, _ = io.CopyN(&head, r.Body, 1<<10)
		_, _ = io.Copy(io.Discard, r.Body)
	}
	w.mu.Lock()
	w.sent[at]++
	if foreign {
		w.foreign = append(w.foreign, visit{r.Host, at, fmt.Sprint(r.Method, r.URL, r.Header, r.Trailer), head.String()})
	}
	w.mu.Unlock()
	if w.hasFault(r) {
		w.fault.answer(w, out, r)
		return
	}
	switch at {
	case submit: // every URL is the thief's
		const ticket = `{"request_id":"r-1","status_url":"%[1]s/status","response_url":"%[1]s","cancel_url":"%[1]s/cancel"}`
		fmt.Fprintf(out, ticket, w.thief.URL+request)
	case status:
		fmt.Fprint(out, `{"status":"COMPLETED"}`)
	case "GET " + request:
		fmt.Fprint(out, `{"text":"hi"}`)
	case announce, announce + "-multipart":
		fmt.Fprintf(out, `{"upload_url":"%s/put?signature=s","file_url":"%s/file"}`, w.storage.URL, w.storage.URL)
	case "PUT " + request + "/cancel", "PUT /put", "POST /put/complete", "GET /elsewhere":
	default:
		if strings.HasPrefix(at, "PUT /put/") {
			out.Header().Set("ETag", "e")
			return
		}
		http.NotFound(out, r)
	}
}

// count returns how often what was sent.
func (w *world) count() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.sent)
}

var (
	eventStream = []string{"Content-Type", "text/event-stream"}
	html        = []string{"Content-Type", "text/html"}
)

// says answers; %s in the text becomes the Authorization, as a gateway may echo it.
func says(code int, text string, header ...string) func(*world, http.ResponseWriter, *http.Request) {
	return func(_ *world, out http.ResponseWriter, r *http.Request) {
		out.Header().Set("Content-Type", "application/json")
		for pair := range slices.Chunk(header, 2) {
			out.Header().Set(pair[0], pair[1])
		}
		out.WriteHeader(code)
		_, _ = io.WriteString(out, strings.ReplaceAll(text, "%s", r.Header.Get("Authorization")))
	}
}

// stalls declares a body of some size and sends its beginning only.
func stalls(code, size int, text string, header ...string) func(*world, http.ResponseWriter, *http.Request) {
	return func(w *world, out http.ResponseWriter, r *http.Request) {
		says(code, text, append(slices.Clone(header), "Content-Length", strconv.Itoa(size))...)(w, out, r)
		_ = http.NewResponseController(out).Flush()
		hold(w, r)
	}
}

func never(w *world, _ http.ResponseWriter, r *http.Request) {
	w.deadline.pass()
	hold(w, r)
	panic(http.ErrAbortHandler) // an end that answers could be in time
}

func hold(w *world, r *http.Request) {
	select {
	case <-r.Context().Done():
	case <-w.over:
	}
}

func redirects(w *world, out http.ResponseWriter, r *http.Request) {
	http.Redirect(out, r, w.thief.URL+"/elsewhere", http.StatusTemporaryRedirect)
}

// reset writes the beginning of a success, if any and, once the client has it, resets the connection.
func reset(success string) func(*world, http.ResponseWriter, *http.Request) {
	return func(w *world, out http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(out).Hijack()
		if err != nil {
			panic(err)
		}
		if success != "" {
			_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n"+success)
			select {
			case <-w.answered:
			case <-w.over:
			}
		}
		if secure, ok := conn.(*tls.Conn); ok {
			conn = secure.NetConn()
		}
		_ = conn.(*net.TCPConn).SetLinger(0)
		_ = conn.Close()
	}
}

// switches agrees to speak another protocol, which no context ends.
func switches(w *world, out http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(out).Hijack()
	if err != nil {
		panic(err)
	}
	_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
	<-w.over
	_ = conn.Close()
}

// meets makes the call that meets the fault.
func (w *world) meets(t *testing.T, way way, want string) {
	t.Helper()
	err := w.outlive(t, way.do)
	if got := kind(err); got != want {
		t.Errorf("got the error %q, want %q: %v", got, want, err)
	}
	if ended := errors.Is(err, context.DeadlineExceeded); ended != (w.fault.ends && want != "api") {
		t.Errorf("the deadline ended it: %t; %v", ended, err)
	}
	if want != "" {
		contains(t, err) // and so it holds no key
		if w.fault.is != nil && !errors.Is(err, w.fault.is) {
			t.Errorf("%v is not in: %v", w.fault.is, err)
		}
	}
	w.keptKey(t, want == "")
}

// outlive makes a call, and makes sure that it returns once its context has ended, and leaves no goroutine.
func (w *world) outlive(t *testing.T, do func(context.Context, *world) error) error {
	t.Helper()
	ctx, stop := context.WithTimeout(ctx, 10*time.Second)
	defer stop()
	if w.fault.ends {
		ctx = w.deadline
	}
	before := clientGoroutines()
	result := make(chan error, 1)
	go func() { result <- do(ctx, w) }()
	select {
	case err := <-result:
		if left := leftBehind(before, w.storage.Client().CloseIdleConnections); left != "" {
			t.Errorf("goroutines are left:\n%s", left)
		}
		return err
	case <-time.After(20 * time.Second):
		t.Fatalf("it hangs:\n%v", clientGoroutines())
	}
	return nil
}

// keptKey makes sure that the key went to fal alone, and that the thief got nothing at all but what it may.
func (w *world) keptKey(t *testing.T, mayStray bool) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, got := range w.foreign {
		for _, secret := range []string{"Authorization", "key-id", "key-secret"} {
			if strings.Contains(got.all+got.head, secret) {
				t.Errorf("another host got the key: %+v", got)
			}
		}
		if !mayStray && "http://"+got.host == w.thief.URL {
			t.Errorf("the thief got: %+v", got)
		}
	}
}

// deadline is a context whose deadline passes when the test says.
type deadline struct {
	context.Context
	once   sync.Once
	passed chan struct{}
}

func (d *deadline) pass() { d.once.Do(func() { close(d.passed) }) }

func (d *deadline) Done() <-chan struct{} { return d.passed }

func (d *deadline) Err() error {
	select {
	case <-d.passed:
		return context.DeadlineExceeded
	default:
		return nil
	}
}

// kind is the type of an error that a call has returned, as its callers tell it.
func kind(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.As(err, new(*fal.CallError)): // it may wrap the answer after which it could not wait
		return "call"
	case errors.As(err, new(*fal.DecodeError)):
		return "decode"
	case errors.As(err, new(*fal.APIError)):
		return "api"
	}
	return "of no type"
}

// marked is a file of zeros, but for the first byte of each of its parts, which is the part's number.
type marked struct{}

func (marked) ReadAt(p []byte, at int64) (int, error) {
	const part = 10 << 20
	clear(p)
	if next := (at + part - 1) / part; next*part < at+int64(len(p)) {
		p[next*part-at] = byte(next + 1)
	}
	return len(p), nil
}

func file(size int64) fal.Media {
	return fal.Reader("video/mp4", io.NewSectionReader(marked{}, 0, size))
}
