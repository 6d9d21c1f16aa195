package realtime_test

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/coder/websocket"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/realtime"
)

const (
	testKey   = "key-id-0001:key-secret-0002"
	testToken = "eyJ0b2tlbg.secret-0003"
	testID    = "fal-ai/lcm"
)

// call is a request that a fake has received.
type call struct {
	URL    string // path and query
	Header http.Header
	Body   string
}

// fake is a server that records what it is asked and answers all of it in one way.
type fake struct {
	*httptest.Server
	mu    sync.Mutex
	calls []call
}

func newFake(t *testing.T, answer http.HandlerFunc) *fake {
	t.Helper()
	f := &fake{}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		f.mu.Lock()
		f.calls = append(f.calls, call{r.URL.RequestURI(), r.Header, string(body)})
		f.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(f.Close)
	return f
}

func (f *fake) last(t *testing.T) call {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.calls) == 0 {
		t.Fatal("nothing was asked")
	}
	return f.calls[len(f.calls)-1]
}

func (f *fake) client(t *testing.T, opts ...fal.ClientOption) *fal.Client {
	t.Helper()
	c, err := fal.NewClient(append([]fal.ClientOption{fal.WithKey(testKey), fal.WithBaseURL(f.URL)}, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// socket answers a handshake and has talk do the rest.
func socket(talk func(context.Context, *websocket.Conn)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer ws.CloseNow()
		talk(r.Context(), ws)
	}
}

// quiet takes what comes and says nothing.
func quiet(ctx context.Context, ws *websocket.Conn) {
	for {
		if _, _, err := ws.Read(ctx); err != nil {
			return
		}
	}
}

// echo sends back what comes, in frames of the same kind.
func echo(ctx context.Context, ws *websocket.Conn) {
	ws.SetReadLimit(-1)
	for {
		kind, frame, err := ws.Read(ctx)
		if err != nil || ws.Write(ctx, kind, frame) != nil {
			return
		}
	}
}

// hijack takes over the connection and writes raw bytes to it.
func hijack(w http.ResponseWriter, raw string) net.Conn {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	_, _ = io.WriteString(conn, raw)
	return conn
}

// upgrade is the raw answer to a handshake.
func upgrade(r *http.Request) string {
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	return "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
		"Sec-WebSocket-Accept: " + base64.StdEncoding.EncodeToString(sum[:]) + "\r\n\r\n"
}

// frame is a message as it is on the wire.
type frame struct {
	kind websocket.MessageType
	data string
}

func text(s string) frame { return frame{websocket.MessageText, s} }

func binary(v any) frame { return frame{websocket.MessageBinary, pack(v)} }

// pack is the library's own msgpack for a value of Go.
func pack(v any) string {
	var b bytes.Buffer
	enc := msgpack.NewEncoder(&b)
	enc.SetSortMapKeys(true)
	enc.UseCompactInts(true)
	if err := enc.Encode(v); err != nil {
		panic(err)
	}
	return b.String()
}

// sends sends frames, and then listens.
func sends(frames ...frame) func(context.Context, *websocket.Conn) {
	return func(ctx context.Context, ws *websocket.Conn) {
		for _, f := range frames {
			if ws.Write(ctx, f.kind, []byte(f.data)) != nil {
				return
			}
		}
		quiet(ctx, ws)
	}
}

// dial connects to a server that goes on like talk.
func dial[I, O any](
	t *testing.T, talk func(context.Context, *websocket.Conn), opts ...realtime.Option,
) *realtime.Conn[I, O] {
	t.Helper()
	f := newFake(t, socket(talk))
	conn, err := realtime.Dial[I, O](t.Context(), f.client(t), testID, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// contains holds that an error has those parts, and no secret.
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
	for _, secret := range []string{"key-secret", "key-id", "secret-0003"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("a secret is in: %v", err)
		}
	}
}

func compact(t *testing.T, v any) string {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
