package realtime_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/realtime"
)

// input has what inputs of generated packages have, and bytes in all places where they can be.
type input struct {
	frame    []byte            // which no JSON has
	Prompt   string            `json:"prompt"`
	Seed     fal.Opt[int64]    `json:"seed,omitzero"`
	Unset    fal.Opt[string]   `json:"unset,omitzero"`
	Null     fal.Opt[string]   `json:"null,omitzero"`
	Image    fal.Media         `json:"image_url,omitzero"`
	Scale    float64           `json:"scale"`
	Frame    []byte            `json:"frame,omitempty"`
	Frames   [][]byte          `json:"frames,omitempty"`
	Named    map[string][]byte `json:"named,omitempty"`
	Any      any               `json:"any,omitempty"`
	Verbatim json.RawMessage   `json:"verbatim,omitempty"`
	Hidden   []byte            `json:"-"`
	Untagged []byte
	*base
}

type base struct {
	Mask []byte `json:"mask"`
}

// These make JSON of themselves, and mean the base64 in it as text.
type (
	asJSON struct {
		Data []byte `json:"data"`
	}
	asText []byte
)

func (j asJSON) MarshalJSON() ([]byte, error) { return json.Marshal(map[string][]byte{"data": j.Data}) }

func (a asText) MarshalText() ([]byte, error) {
	return []byte(base64.StdEncoding.EncodeToString(a)), nil
}

// TestSend holds what a server gets: msgpack as the library itself would make it, or JSON.
func TestSend(t *testing.T) {
	type m = map[string]any
	tests := []struct {
		name string
		in   any
		json string
		pack any
	}{
		{
			name: "typed",
			in: input{
				Prompt: "a <b> & \u2028", Seed: fal.Int(int64(196619188014358660)), Null: fal.Null[string](),
				Image: fal.URL("https://x/y?a=1&b=2"), Scale: 0.1,
			},
			json: `{"prompt":"a <b> & \u2028","seed":196619188014358660,"null":null,"image_url":"https://x/y?a=1&b=2",` +
				`"scale":0.1,"Untagged":null}`,
			pack: m{
				"prompt": "a <b> & \u2028", "seed": 196619188014358660, "null": nil, "image_url": "https://x/y?a=1&b=2",
				"scale": 0.1, "Untagged": nil,
			},
		},
		{
			name: "bytes",
			in: &input{
				frame: []byte("x"), Frame: []byte("f"), Frames: [][]byte{[]byte("g"), {}},
				Named: map[string][]byte{"h": []byte("i")},
				Any:   []any{[]byte("j"), "ag=="}, Verbatim: json.RawMessage(`"aw=="`), Hidden: []byte("l"), Untagged: []byte("m"),
				base: &base{Mask: []byte("n")},
			},
			json: `{"prompt":"","scale":0,"frame":"Zg==","frames":["Zw==",""],"named":{"h":"aQ=="},"any":["ag==","ag=="],` +
				`"verbatim":"aw==","Untagged":"bQ==","mask":"bg=="}`,
			pack: m{
				"prompt": "", "scale": 0, "frame": []byte("f"), "frames": []any{[]byte("g"), []byte{}},
				"named": m{"h": []byte("i")}, "any": []any{[]byte("j"), "ag=="}, "verbatim": "aw==", "Untagged": []byte("m"),
				"mask": []byte("n"),
			},
		},
		{
			name: "numbers",
			in:   []any{0, -1, math.MaxInt64, math.MinInt64, uint64(math.MaxUint64), 1.5, 1e20, 1e300, float32(0.1)},
			json: `[0,-1,9223372036854775807,-9223372036854775808,18446744073709551615,1.5,100000000000000000000,1e+300,0.1]`,
			pack: []any{0, -1, math.MaxInt64, math.MinInt64, uint64(math.MaxUint64), 1.5, 1e20, 1e300, 0.1},
		},
		{
			name: "own JSON",
			in:   m{"a": []asText{asText("x")}, "b": &asJSON{[]byte("y")}, "t": time.Unix(0, 0).UTC(), "yes": true},
			json: `{"a":["eA=="],"b":{"data":"eQ=="},"t":"1970-01-01T00:00:00Z","yes":true}`,
			pack: m{"a": []any{"eA=="}, "b": m{"data": "eQ=="}, "t": "1970-01-01T00:00:00Z", "yes": true},
		},
		{name: "text alone", in: "hello", json: `"hello"`, pack: "hello"},
		{name: "long", in: m{"s": strings.Repeat("x", 1<<17)}, json: `{"s":"` + strings.Repeat("x", 1<<17) + `"}`,
			pack: m{"s": strings.Repeat("x", 1<<17)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := sent(t, test.in); got != binary(test.pack) {
				t.Errorf("msgpack: %s", cmp.Diff(show(binary(test.pack)), show(got)))
			}
			if got := sent(t, test.in, realtime.WithJSON()); got != text(test.json) {
				t.Errorf("JSON: %s", cmp.Diff(show(text(test.json)), show(got)))
			}
		})
	}
	t.Run("as it is", func(t *testing.T) {
		for _, opts := range [][]realtime.Option{nil, {realtime.WithJSON()}} {
			if got := sent(t, []byte("\x00\xff"), opts...); got != (frame{websocket.MessageBinary, "\x00\xff"}) {
				t.Errorf("got %+v", got)
			}
		}
	})
}

func show(f frame) string { return fmt.Sprintf("%v %q", f.kind, f.data) }

// sent returns the frame that an input goes out in.
func sent[I any](t *testing.T, in I, opts ...realtime.Option) (got frame) {
	t.Helper()
	arrived := make(chan frame, 1)
	conn := dial[I, any](t, func(ctx context.Context, ws *websocket.Conn) {
		ws.SetReadLimit(-1)
		if kind, data, err := ws.Read(ctx); err == nil {
			arrived <- frame{kind, string(data)}
		}
		quiet(ctx, ws)
	}, opts...)
	if err := conn.Send(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	return <-arrived
}

type strict struct {
	N int `json:"n"`
}

func (s *strict) Validate() error {
	if s.N < 1 {
		return &fal.ValidationError{EndpointID: testID}
	}
	return nil
}

func TestNotSent(t *testing.T) {
	t.Run("not valid", func(t *testing.T) {
		conn := dial[strict, strict](t, echo)
		if err := conn.Send(t.Context(), strict{}); !errors.As(err, new(*fal.ValidationError)) {
			t.Errorf("got %v", err)
		}
		if err := conn.Send(t.Context(), strict{N: 2}); err != nil {
			t.Error(err)
		}
		if msg, err := conn.Receive(t.Context()); err != nil || msg.Data.N != 2 {
			t.Errorf("got %+v, %v", msg, err)
		}
	})
	t.Run("not valid, and sent all the same", func(t *testing.T) {
		conn := dial[*strict, any](t, echo, realtime.WithoutValidation())
		if err := conn.Send(t.Context(), &strict{}); err != nil {
			t.Error(err)
		}
	})
	t.Run("cannot be encoded", func(t *testing.T) {
		conn := dial[any, any](t, echo)
		for _, in := range []any{nil, (*strict)(nil), []byte(nil), math.NaN(), func() {}, json.Number("1e999"),
			json.Number("18446744073709551616")} {
			err := conn.Send(t.Context(), in)
			var lost *fal.CallError
			if !errors.As(err, &lost) || lost.Op != "send" || lost.EndpointID != testID {
				t.Errorf("%v: %v", in, err)
			}
		}
		//lint:ignore SA1012 that is the point
		if err := conn.Send(nil, 1); !errors.As(err, new(*fal.CallError)) {
			t.Errorf("without a context: %v", err)
		}
	})
	t.Run("too many digits for msgpack alone", func(t *testing.T) {
		if got := sent(t, json.Number("18446744073709551616"), realtime.WithJSON()); got != text("18446744073709551616") {
			t.Errorf("got %+v", got)
		}
	})
}

type output struct {
	Images []image        `json:"images"`
	Seed   int64          `json:"seed"`
	Big    uint64         `json:"big"`
	Score  fal.Opt[int64] `json:"score"`
}

type image struct {
	Content []byte `json:"content"`
	Width   int    `json:"width"`
}

func TestReceive(t *testing.T) {
	type m = map[string]any
	full := output{
		Images: []image{{Content: []byte("\x00\xff\x10"), Width: 512}}, Seed: 196619188014358660, Big: math.MaxUint64,
	}
	tests := []struct {
		name  string
		frame frame
		raw   string
		data  output
	}{
		{
			name: "msgpack",
			frame: binary(m{
				"images": []any{m{"content": []byte("\x00\xff\x10"), "width": 512}}, "seed": 196619188014358660,
				"big": uint64(math.MaxUint64), "more": "<é>",
			}),
			raw: `{"big":18446744073709551615,"images":[{"content":"AP8Q","width":512}],"more":"<é>",` +
				`"seed":196619188014358660}`,
			data: full,
		},
		{
			name:  "JSON",
			frame: text(`{"images":[{"content":"AP8Q","width":512}], "seed":196619188014358660,"big":18446744073709551615}`),
			raw:   `{"images":[{"content":"AP8Q","width":512}], "seed":196619188014358660,"big":18446744073709551615}`,
			data:  full,
		},
		{
			name: "whole floats", frame: binary(m{"seed": 3.0, "big": float32(4)}), raw: `{"big":4,"seed":3}`,
			data: output{Seed: 3, Big: 4},
		},
		{
			name: "no number", frame: binary(m{"score": math.NaN(), "a": math.Inf(-1)}), raw: `{"a":null,"score":null}`,
			data: output{Score: fal.Null[int64]()},
		},
		{
			name: "timestamp", frame: binary(m{"at": time.Unix(1<<35, 5).UTC()}), raw: `{"at":"3058-10-26T03:46:08.000000005Z"}`,
		},
		{
			name: "odd keys", frame: binary(map[any]any{int8(-1): 1}), raw: `{"-1":1}`,
		},
		{name: "a type of its own", frame: text(`{"type":7,"status":{"error":1},"seed":1}`),
			raw: `{"type":7,"status":{"error":1},"seed":1}`, data: output{Seed: 1}},
		{name: "null", frame: binary(nil), raw: "null"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			conn := dial[any, output](t, sends(test.frame))
			msg, err := conn.Receive(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			same := cmp.Comparer(func(a, b fal.Opt[int64]) bool { return a == b })
			if diff := cmp.Diff(test.data, msg.Data, same); diff != "" {
				t.Errorf("data (-want +got)\n%s", diff)
			}
			if string(msg.Raw) != test.raw {
				t.Errorf("raw\n%s, want\n%s", msg.Raw, test.raw)
			}
		})
	}
}

// TestUnreadable: what cannot be read is kept in the error, and what comes after it is read.
func TestUnreadable(t *testing.T) {
	tests := []struct {
		name    string
		frame   frame
		message string
	}{
		{"empty msgpack", frame{websocket.MessageBinary, ""}, "byte 0 of 0: unexpected EOF"},
		{"msgpack cut off", frame{websocket.MessageBinary, "\x82\xa1a\x01\xa1"}, "unexpected EOF"},
		{"a long list that is not there", frame{websocket.MessageBinary, "\xdd\xff\xff\xff\xff"}, "unexpected EOF"},
		{"a long map that is not there", frame{websocket.MessageBinary, "\xdf\xff\xff\xff\xff"}, "unexpected EOF"},
		{"long bytes that are not there", frame{websocket.MessageBinary, "\xc6\xff\xff\xff\xff"}, "unexpected EOF"},
		{"a long text that is not there", frame{websocket.MessageBinary, "\xdb\xff\xff\xff\xff"}, "unexpected EOF"},
		{"a long extension that is not there", frame{websocket.MessageBinary, "\xc9\xff\xff\xff\xff\xff"}, "unexpected EOF"},
		{"deep", frame{websocket.MessageBinary, strings.Repeat("\x91", 1<<20)}, "more than 500 deep"},
		{"two values", frame{websocket.MessageBinary, "\x01\x02"}, "1 bytes follow the value"},
		{"no code", frame{websocket.MessageBinary, "\xc1"}, "c1"},
		{"an extension", frame{websocket.MessageBinary, "\xd4\x05x"}, "an extension of type 5"},
		{"a strange timestamp", frame{websocket.MessageBinary, "\xd4\xffx"}, "time"},
		{
			"a time beyond time",
			frame{websocket.MessageBinary, "\xc7\x0c\xff\x00\x00\x00\x00\x7f\xff\xff\xff\xff\xff\xff\xff"}, "year",
		},
		{"a list for a key", frame{websocket.MessageBinary, "\x81\x90\x01"}, "a key (code 0x90)"},
		{"no JSON", text("hello"), "invalid character"},
		{"half JSON", text(`{"seed":`), "unexpected end"},
		{"deep JSON", text(strings.Repeat("[", 1<<20)), "max depth"},
		{"of another type", text(`{"seed":"x"}`), "output.seed"},
		{"of another type in msgpack", binary(map[string]any{"seed": "x"}), "output.seed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			conn := dial[any, output](t, sends(test.frame, text(`{"seed":1}`)), realtime.WithMaxMessage(1<<20))
			_, err := conn.Receive(t.Context())
			var unreadable *fal.DecodeError
			if !errors.As(err, &unreadable) || string(unreadable.Raw) != test.frame.data || unreadable.Op != "receive" {
				t.Fatalf("got %v", err)
			}
			contains(t, err, test.message, testID)
			if msg, err := conn.Receive(t.Context()); err != nil || msg.Data.Seed != 1 {
				t.Errorf("after it: %+v, %v", msg, err)
			}
		})
	}
}

// TestThereAndBack sends all that JSON can hold, and gets it back.
func TestThereAndBack(t *testing.T) {
	const all = `{"":null,"a":[true,false,[],{}],"b":"\u0000\"<>é😀","c":-9223372036854775808,` +
		`"d":18446744073709551615,"e":0.30000000000000004,"f":1e-7,"g":1e+21,` +
		`"long key 0123456789012345678901234567890123456789":[[[[1]]]]}`
	for _, opts := range [][]realtime.Option{nil, {realtime.WithJSON()}} {
		conn := dial[json.RawMessage, json.RawMessage](t, echo, opts...)
		if err := conn.Send(t.Context(), json.RawMessage(all)); err != nil {
			t.Fatal(err)
		}
		msg, err := conn.Receive(t.Context())
		if err != nil || string(msg.Data) != all || string(msg.Raw) != all {
			t.Errorf("got %+v, %v", msg, err)
		}
	}
}
