package faltest_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/faltest"
	"github.com/falgen/falgen/fal/realtime"
	"github.com/falgen/falgen/generated/falai/rife/video"
)

type talk = realtime.Conn[any, json.RawMessage]

// dial opens a socket of rife's.
func dial(t *testing.T, s *faltest.Server, opts ...realtime.Option) *talk {
	t.Helper()
	conn, err := realtime.Dial[any, json.RawMessage](t.Context(), s.Client(), video.EndpointID, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// say sends an input and returns what comes back.
func say(t *testing.T, conn *talk, in any) (string, error) {
	t.Helper()
	if err := conn.Send(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	return hear(t, conn)
}

func hear(t *testing.T, conn *talk) (string, error) {
	t.Helper()
	msg, err := conn.Receive(t.Context())
	if err != nil {
		return "", err
	}
	return string(msg.Raw), nil
}

var smooth = map[string]string{"video_url": "u"}

// TestRealtime: a typed client talks to the fake in either kind of frame, and it can be looked back at.
func TestRealtime(t *testing.T) {
	for name, opts := range map[string][]realtime.Option{
		"msgpack": nil, "JSON": {realtime.WithJSON()}, "at the endpoint itself": {realtime.WithPath("")},
	} {
		t.Run(name, func(t *testing.T) {
			s := faltest.New(t)
			conn, err := realtime.Dial[video.Input, video.Output](t.Context(), s.Client(), video.EndpointID, opts...)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := conn.Send(t.Context(), video.Input{VideoURL: fal.URL("u"), NumFrames: fal.Int(2)}); err != nil {
					t.Fatal(err)
				}
				msg, err := conn.Receive(t.Context())
				if err != nil || !strings.HasSuffix(msg.Data.Video.URL, ".mp4") {
					t.Fatalf("%+v, %v", msg, err)
				}
			}
			if err := conn.Close(); err != nil {
				t.Error(err)
			}
			s.Close()
			got := s.Requests()
			if len(got) != 3 || got[0].Op != faltest.OpConnect || got[0].Status != 101 || got[0].Duration == 0 {
				t.Fatalf("received %+v", got)
			}
			for _, r := range got[1:] {
				if r.Op != faltest.OpRealtime || r.Method != "" || r.Endpoint != video.EndpointID || r.RequestID == "" ||
					r.Status != 200 || r.Duration == 0 {
					t.Errorf("received %+v", r)
				}
			}
			in := faltest.Inputs[video.Input](s, video.EndpointID)
			if frames, ok := in[1].NumFrames.Get(); len(in) != 2 || !ok || frames != 2 {
				t.Errorf("the inputs are %+v", in)
			}
		})
	}
}

// TestFrames: an answer comes in a frame of the kind that the input came in.
func TestFrames(t *testing.T) {
	s := faltest.New(t)
	s.On("").Output(map[string]any{"n": []any{1, 1.5, nil}})
	ws, _, err := websocket.Dial(t.Context(), s.URL+runRife+"/realtime", &websocket.DialOptions{
		HTTPHeader: http.Header{"Authorization": {"Key a"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer ws.CloseNow()
	const notJSON = `{"error":"json_invalid","reason":"body: is not JSON (json_invalid)","type":"x-fal-error"}`
	for _, c := range []struct {
		kind     websocket.MessageType
		in, want string
	}{
		{websocket.MessageText, good, `{"n":[1,1.5,null]}`},
		{websocket.MessageBinary, "\x81\xa9video_url\xa1u", "\x81\xa1n\x93\x01\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00\xc0"},
		{websocket.MessageText, "{", notJSON},
		{websocket.MessageBinary, good, "\x83\xa5error\xacjson_invalid"},
	} {
		if err := ws.Write(t.Context(), c.kind, []byte(c.in)); err != nil {
			t.Fatal(err)
		}
		kind, frame, err := ws.Read(t.Context())
		if err != nil || kind != c.kind || !strings.HasPrefix(string(frame), c.want) {
			t.Errorf("%q: got %v %q, %v", c.in, kind, frame, err)
		}
	}
}

// TestSocketRefusals: an input that breaks its document is refused, and the next one is not.
func TestSocketRefusals(t *testing.T) {
	s := faltest.New(t)
	for _, opts := range [][]realtime.Option{nil, {realtime.WithJSON()}} {
		conn := dial(t, s, opts...)
		var refused *realtime.Error
		if got, err := say(t, conn, map[string]any{"fps": 99}); !errors.As(err, &refused) ||
			refused.Code != "missing" || !strings.HasPrefix(refused.Reason, "body.video_url: is required") ||
			!strings.Contains(refused.Reason, "; body.fps: must be at most 60") {
			t.Errorf("got %s, %#v", got, err)
		}
		if got, err := say(t, conn, smooth); err != nil || got != usual {
			t.Errorf("after that: %s, %v", got, err)
		}
	}
	last := s.Requests()[1]
	if string(last.Body) != `{"fps":99}` || last.Status != 422 {
		t.Errorf("received %+v", last)
	}
}

// TestSteeredSockets: rules are for inputs on sockets, too.
func TestSteeredSockets(t *testing.T) {
	s := faltest.New(t)
	conn := dial(t, s)
	expect := func(code, reason string) {
		t.Helper()
		var told *realtime.Error
		if got, err := say(t, conn, smooth); !errors.As(err, &told) || told.Code != code || told.Reason != reason {
			t.Errorf("got %s, %#v", got, err)
		}
	}
	s.On("").Fail(faltest.ModelError("no_media_generated")).Times(1)
	expect("no_media_generated", "body: the model refused it: no media generated (no_media_generated)")
	s.On("").Fail(faltest.BadGateway()).Times(1)
	expect("internal_error", "Bad Gateway")
	s.On("").At(faltest.OpRealtime, faltest.RateLimited(0)).Times(1)
	expect("concurrent_requests_limit", "Too many requests")
	s.On("").At(faltest.OpRealtime, faltest.SlowBody(10_000)).Times(1)
	if got, err := say(t, conn, smooth); err != nil || got != usual {
		t.Errorf("slow: %s, %v", got, err)
	}
	s.On(video.EndpointID).Output("last").Partials(1, nil).Times(1)
	first, _ := say(t, conn, smooth)
	second, _ := hear(t, conn)
	if third, err := hear(t, conn); first != "1" || second != "null" || third != `"last"` || err != nil {
		t.Errorf("got %s, %s, %s, %v", first, second, third, err)
	}
	for _, bytes := range []int{0, 5, 1 << 20} {
		s.On("").At(faltest.OpRealtime, faltest.Disconnect(bytes)).Times(1)
		conn := dial(t, s)
		got, err := say(t, conn, smooth)
		if err == nil && bytes > 1000 {
			got, err = hear(t, conn)
		}
		if !errors.As(err, new(*fal.CallError)) {
			t.Errorf("cut after %d bytes: %s, %v", bytes, got, err)
		}
	}
	s.On("").At(faltest.OpConnect, faltest.RateLimited(0))
	_, err := realtime.Dial[any, any](t.Context(), s.Client(), video.EndpointID)
	if refused := new(fal.APIError); !errors.As(err, &refused) || refused.StatusCode != 429 {
		t.Errorf("got %v", err)
	}
}

// TestHandshakes: what is not to be connected is told so before it is.
func TestHandshakes(t *testing.T) {
	s := faltest.New(t)
	upgrade := []string{"Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13",
		"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}
	for _, c := range []struct {
		path   string
		header []string
		code   int
	}{
		{"/fal.run/fal-ai/none/realtime", upgrade, 404},
		{runRife + "/realtime", append(slices.Clip(upgrade), "Authorization", ""), 401},
		{runRife + "/realtime", append(slices.Clip(upgrade), "Authorization", "Bearer k"), 401},
		{runRife + "/realtime?max_buffering=0", upgrade, 400},
		{runRife + "/realtime?max_buffering=61", upgrade, 400},
		{runRife + "/realtime", upgrade[:6], 400},
		{runRife + "/realtime", []string{"Upgrade", "h2c"}, 426},
		{"/queue.fal.run/fal-ai/rife/video/realtime", upgrade, 404},
	} {
		if got := ask(t, s, "GET", c.path, "", c.header...); got.Code != c.code {
			t.Errorf("%s: %+v, want %d", c.path, got, c.code)
		}
	}
}

// TestTokens: a token opens the sockets of its app, as long as it lives, and no others.
func TestTokens(t *testing.T) {
	s := faltest.New(t)
	token := func(id string, lifetime time.Duration) string {
		t.Helper()
		token, err := realtime.Token(t.Context(), s.Client(), id, lifetime)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	rifes := token(video.EndpointID, time.Minute)
	if got, err := say(t, dial(t, s, realtime.WithToken(rifes)), smooth); err != nil || got != usual {
		t.Errorf("got %s, %v", got, err)
	}
	if shown := s.Requests()[1]; shown.Header.Get("Authorization") != "" || shown.Query.Get("fal_jwt_token") != rifes {
		t.Errorf("received %+v", shown)
	}
	other := "A"
	if strings.HasSuffix(rifes, other) {
		other = "B"
	}
	for _, wrong := range []string{"x", "..", token("fal-ai/amt-interpolation", time.Minute),
		"." + rifes, rifes + ".", rifes[:len(rifes)-1] + other, strings.Replace(rifes, ".", ".x", 1)} {
		conn := dial(t, s, realtime.WithToken(wrong))
		var told *realtime.Error
		if got, err := hear(t, conn); !errors.As(err, &told) || told.Code != "Unauthorized" {
			t.Errorf("%s: got %s, %v", wrong, got, err)
		}
		var closed *realtime.CloseError
		if got, err := hear(t, conn); !errors.As(err, &closed) || closed.Code != 1008 {
			t.Errorf("%s: then %s, %v", wrong, got, err)
		}
	}
	short := token(video.EndpointID, time.Second)
	outlives := dial(t, s, realtime.WithToken(short))
	for expired := false; !expired; {
		conn := dial(t, s, realtime.WithToken(short))
		_ = conn.Send(t.Context(), smooth)
		_, err := hear(t, conn)
		expired = errors.As(err, new(*realtime.Error))
		_ = conn.Close()
	}
	if got, err := say(t, outlives, smooth); err != nil || got != usual {
		t.Errorf("a socket that is open: %s, %v", got, err)
	}
}

func TestTokenRefusals(t *testing.T) {
	s := faltest.New(t)
	for body, code := range map[string]int{
		`{"allowed_apps":["rife"],"token_expiration":1}`:    200,
		`{"allowed_apps":["rife"],"token_expiration":0}`:    422,
		`{"allowed_apps":["rife"],"token_expiration":1e99}`: 422,
		`{"allowed_apps":["rife"]}`:                         422,
		`{"allowed_apps":[],"token_expiration":1}`:          422,
		`{"allowed_apps":"rife","token_expiration":1}`:      422,
		`{"allowed_apps":["rife"],"token_expiration":"1"}`:  422,
		`["rife"]`: 422,
		`{`:        422,
	} {
		if got := ask(t, s, "POST", "/rest.fal.ai/tokens/", body); got.Code != code {
			t.Errorf("%s: %+v", body, got)
		}
	}
	good := `{"allowed_apps":["rife"],"token_expiration":1}`
	if got := ask(t, s, "POST", "/rest.fal.ai/tokens/", good, noKey...); got.Code != 401 {
		t.Errorf("without a key: %+v", got)
	}
	if got := ask(t, s, "POST", "/rest.fal.ai/tokens", good); got.Code != 404 {
		t.Errorf("without the last slash: %+v", got)
	}
	if got := s.Requests()[0].Op; got != faltest.OpRealtimeToken {
		t.Errorf("it was a %s", got)
	}
}

// TestSocketsClose: a server that closes says so to those that are connected, waiting or idle.
func TestSocketsClose(t *testing.T) {
	s := faltest.New(t)
	s.On("").Delay(time.Hour).Times(1)
	waiting, idle := dial(t, s), dial(t, s)
	if err := waiting.Send(t.Context(), smooth); err != nil {
		t.Fatal(err)
	}
	for len(s.Requests()) < 3 {
		time.Sleep(time.Millisecond)
	}
	heard := make(chan error, 2)
	for _, conn := range []*talk{waiting, idle} {
		go func() {
			_, err := conn.Receive(context.Background())
			heard <- err
		}()
	}
	s.Close()
	for range 2 {
		var closed *realtime.CloseError
		if err := <-heard; err == nil || errors.Is(err, io.EOF) || errors.As(err, &closed) && closed.Code != 1001 {
			t.Errorf("got %v", err)
		}
	}
	if r := s.Requests(); r[0].Duration == 0 || r[1].Duration == 0 || r[2].Duration == 0 {
		t.Errorf("not all ended: %s", cmp.Diff(nil, r))
	}
}
