package realtime_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/realtime"
	_ "github.com/falgen/falgen/internal/testenv"
)

// TestControl holds what becomes of what the server says about the connection, in both kinds of frames.
func TestControl(t *testing.T) {
	type m = map[string]any
	tests := []struct {
		name  string
		frame m
		want  *realtime.Error // nil where it is to be ignored
		idle  bool
		text  string
	}{
		{name: "notice", frame: m{"type": "x-fal-message", "status": "error"}},
		{
			name: "error", frame: m{"type": "x-fal-error", "error": "BAD_INPUT", "reason": "no \x1b[2Jprompt"},
			want: &realtime.Error{Code: "BAD_INPUT", Reason: "no \x1b[2Jprompt"},
			text: `fal: fal-ai/lcm: the server says "BAD_INPUT": "no \x1b[2Jprompt"`,
		},
		{
			name: "idle", frame: m{"type": "x-fal-error", "error": "TIMEOUT", "reason": "idle"}, idle: true,
			want: &realtime.Error{Code: "TIMEOUT", Reason: "idle"}, text: "no input for a while",
		},
		{
			name: "unauthorized", frame: m{"status": "error", "error": "Unauthorized"},
			want: &realtime.Error{Code: "Unauthorized"}, text: "check the key",
		},
		{
			name: "other status", frame: m{"status": "error", "error": m{"code": 7}, "reason": nil},
			want: &realtime.Error{Code: `{"code":7}`}, text: "7",
		},
		{name: "nothing more", frame: m{"status": "error"}, want: &realtime.Error{}, text: `says "error"`},
	}
	for _, test := range tests {
		for kind, sent := range map[string]frame{
			"msgpack": binary(test.frame), "JSON": text(compact(t, test.frame)),
		} {
			t.Run(test.name+"/"+kind, func(t *testing.T) {
				conn := dial[any, output](t, sends(sent, binary(m{"seed": 1})))
				if test.want != nil {
					_, err := conn.Receive(t.Context())
					var told *realtime.Error
					if !errors.As(err, &told) {
						t.Fatalf("got %v", err)
					}
					contains(t, err, test.text)
					if told.Code != test.want.Code || told.Reason != test.want.Reason || told.EndpointID != testID ||
						told.IsIdle() != test.idle || string(told.Raw) != compact(t, test.frame) {
						t.Errorf("got %+v, %s", told, told.Raw)
					}
				}
				if msg, err := conn.Receive(t.Context()); err != nil || msg.Data.Seed != 1 {
					t.Errorf("after it: %+v, %v", msg, err)
				}
			})
		}
	}
}

// TestEcho: a server that says what it was sent does not make errors tell it.
func TestEcho(t *testing.T) {
	t.Run("token", func(t *testing.T) { echoed(t, testToken, realtime.WithToken(testToken)) })
	t.Run("key", func(t *testing.T) { echoed(t, testKey) })
}

func echoed(t *testing.T, sent string, opts ...realtime.Option) {
	said := "cannot take " + sent
	conn := dial[any, any](t, func(ctx context.Context, ws *websocket.Conn) {
		_ = ws.Write(ctx, websocket.MessageText, []byte(`{"status":"error","error":"Unauthorized","reason":"`+said+`"}`))
		_ = ws.Close(websocket.StatusPolicyViolation, said)
	}, opts...)
	for range 2 {
		_, err := conn.Receive(t.Context())
		contains(t, err, "cannot take [secret]")
	}
}

// TestServerCloses: each end is told of again and again, and Close after it has nothing to do.
func TestServerCloses(t *testing.T) {
	tests := []struct {
		name  string
		talk  func(context.Context, *websocket.Conn)
		check func(error) bool
	}{
		{"as it should", func(_ context.Context, ws *websocket.Conn) {
			_ = ws.Close(websocket.StatusNormalClosure, "bye")
		}, func(err error) bool { return err == io.EOF }},
		{"for a reason", func(_ context.Context, ws *websocket.Conn) {
			_ = ws.Close(websocket.StatusInternalError, "out of memory")
		}, func(err error) bool {
			var closed *realtime.CloseError
			return errors.As(err, &closed) && closed.Code == 1011 && closed.Reason == "out of memory" &&
				strings.Contains(err.Error(), `fal-ai/lcm: the server has closed the connection with code 1011: "out of memory"`)
		}},
		{"for no reason", func(_ context.Context, ws *websocket.Conn) {
			_ = ws.Close(websocket.StatusNoStatusRcvd, "")
		}, func(err error) bool {
			var closed *realtime.CloseError
			return errors.As(err, &closed) && closed.Code == 1005 && closed.Reason == ""
		}},
		{"without a word", func(_ context.Context, ws *websocket.Conn) {
			_ = ws.CloseNow()
		}, func(err error) bool {
			return errors.As(err, new(*fal.CallError)) && !errors.Is(err, io.EOF) && errors.Is(err, io.ErrUnexpectedEOF)
		}},
		{"after too long a message", sends(frame{websocket.MessageText, strings.Repeat("x", 101)}), func(err error) bool {
			return errors.As(err, new(*fal.CallError)) && strings.Contains(err.Error(), "longer than 100 bytes")
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			conn := dial[any, any](t, test.talk, realtime.WithMaxMessage(100))
			for range 3 {
				if msg, err := conn.Receive(t.Context()); !test.check(err) {
					t.Errorf("got %+v, %v", msg, err)
				}
			}
			if err := conn.Send(t.Context(), 1); !errors.As(err, new(*fal.CallError)) {
				t.Errorf("sent: %v", err)
			}
			if err := conn.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("not after a message of just that length", func(t *testing.T) {
		conn := dial[any, string](t, sends(text(`"`+strings.Repeat("x", 98)+`"`)), realtime.WithMaxMessage(100))
		if msg, err := conn.Receive(t.Context()); err != nil || len(msg.Data) != 98 {
			t.Errorf("got %+v, %v", msg, err)
		}
	})
}

func TestContextEnds(t *testing.T) {
	conn := dial[any, any](t, quiet)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	_, err := conn.Receive(ctx)
	if !errors.Is(err, context.Canceled) || !errors.As(err, new(*fal.CallError)) {
		t.Errorf("got %v", err)
	}
	_, err = conn.Receive(t.Context())
	if errors.Is(err, context.Canceled) || !errors.Is(err, net.ErrClosed) {
		t.Errorf("then %v", err)
	}
	if err := conn.Send(t.Context(), 1); !errors.Is(err, net.ErrClosed) {
		t.Errorf("sent: %v", err)
	}
	if err := conn.Send(ctx, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("sent when the context was over: %v", err)
	}
	//lint:ignore SA1012 that is the point
	if _, err := conn.Receive(nil); !errors.As(err, new(*fal.CallError)) {
		t.Errorf("without a context: %v", err)
	}
}

// TestSendContextEnds: a server that does not take what it is sent keeps nobody for longer than the context lives.
func TestSendContextEnds(t *testing.T) {
	conn := dial[[]byte, any](t, func(ctx context.Context, ws *websocket.Conn) { <-ctx.Done() })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := conn.Send(ctx, make([]byte, 64<<20)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestClose(t *testing.T) {
	closed := make(chan error, 1)
	conn := dial[any, any](t, func(ctx context.Context, ws *websocket.Conn) {
		_, _, err := ws.Read(ctx)
		closed <- err
	})
	waiting := make(chan error)
	go func() {
		_, err := conn.Receive(context.Background())
		waiting <- err
	}()
	for range 2 {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := <-closed; websocket.CloseStatus(err) != websocket.StatusNormalClosure {
		t.Errorf("the server got %v", err)
	}
	if err := <-waiting; err != io.EOF {
		t.Errorf("the one who waited got %v", err)
	}
	if _, err := conn.Receive(t.Context()); err != io.EOF {
		t.Errorf("received %v", err)
	}
	if err := conn.Send(t.Context(), 1); !errors.Is(err, net.ErrClosed) {
		t.Errorf("sent: %v", err)
	}
}

// TestCloseOfTheStubborn: a server that promises a message and sends none of it, or that never takes leave, holds
// Close up for two seconds and not for ever.
func TestCloseOfTheStubborn(t *testing.T) {
	const half = "\x82\x7f\x00\x00\x00\x00\x10\x00\x00\x00"
	for name, raw := range map[string]string{"half a message": half, "no leave": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
				conn := hijack(w, upgrade(r)+raw)
				_, _ = io.Copy(io.Discard, conn) // until the client goes
				_ = conn.Close()
			})
			conn, err := realtime.Dial[any, any](t.Context(), f.client(t), testID)
			if err != nil {
				t.Fatal(err)
			}
			_ = conn.Close()
			if _, err := conn.Receive(t.Context()); err != io.EOF {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestConcurrent sends and receives from several goroutines each: every message arrives once, and whole.
func TestConcurrent(t *testing.T) {
	const senders, each = 4, 20
	type message struct {
		N    int    `json:"n"`
		Data []byte `json:"data"`
	}
	conn := dial[message, message](t, echo)
	var wg sync.WaitGroup
	for s := range senders {
		wg.Go(func() {
			for i := range each {
				if err := conn.Send(t.Context(), message{s*each + i, make([]byte, 1<<14)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	var mu sync.Mutex
	seen := map[int]bool{}
	for range 2 {
		wg.Go(func() {
			for range senders * each / 2 {
				msg, err := conn.Receive(t.Context())
				if err != nil || len(msg.Data.Data) != 1<<14 {
					t.Errorf("got %v", err)
					return
				}
				mu.Lock()
				seen[msg.Data.N] = true
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(seen) != senders*each {
		t.Errorf("%d of %d messages came back", len(seen), senders*each)
	}
}

// TestReceiveInTurn: who waits behind another goroutine waits no longer than its own context, and harms nothing.
func TestReceiveInTurn(t *testing.T) {
	release := make(chan struct{})
	conn := dial[any, int](t, func(ctx context.Context, ws *websocket.Conn) {
		<-release
		sends(text("1"))(ctx, ws)
	})
	first := make(chan error)
	go func() {
		_, err := conn.Receive(context.Background())
		first <- err
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	second, err := conn.Receive(ctx)
	close(release)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %+v, %v", second, err)
	}
	if err := <-first; err != nil && !errors.Is(err, net.ErrClosed) { // where the second was the first, it closed
		t.Error(err)
	}
}

func TestNothingIsLeft(t *testing.T) {
	before := runtime.NumGoroutine()
	tests := []struct {
		talk func(context.Context, *websocket.Conn)
		end  func(*realtime.Conn[any, any])
	}{
		{quiet, func(conn *realtime.Conn[any, any]) { _ = conn.Close() }},
		{quiet, func(conn *realtime.Conn[any, any]) {
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
			defer cancel()
			_, _ = conn.Receive(ctx)
		}},
		{func(_ context.Context, ws *websocket.Conn) { _ = ws.CloseNow() }, func(conn *realtime.Conn[any, any]) {
			_, _ = conn.Receive(t.Context())
		}},
	}
	for _, test := range tests {
		f := newFake(t, socket(test.talk))
		h := &http.Client{Transport: &http.Transport{}}
		conn, err := realtime.Dial[any, any](t.Context(), f.client(t, fal.WithHTTPClient(h)), testID)
		if err != nil {
			t.Fatal(err)
		}
		test.end(conn)
		f.Close()
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	stacks := make([]byte, 1<<20)
	t.Errorf("%d goroutines before, now:\n%s", before, stacks[:runtime.Stack(stacks, true)])
}
