package fal

import (
	"encoding/json"
	"testing"

	"github.com/falgen/falgen/fal/internal/input"
)

// TestValuesOnTheWire pins that unset, null and zero are three things, both ways.
func TestValuesOnTheWire(t *testing.T) {
	type object struct {
		N Opt[int64]   `json:"n,omitzero"`
		S Opt[string]  `json:"s,omitzero"`
		F Opt[float64] `json:"f,omitzero"`
		B Opt[bool]    `json:"b,omitzero"`
		M Media        `json:"m,omitzero"`
		R Opt[int64]   `json:"r"`
	}
	tests := []struct {
		value object
		json  string
	}{
		{object{}, `{"r":null}`},
		{object{N: Int(0), S: String(""), F: Float(0), B: Bool(false), M: URL(""), R: Int(1)},
			`{"n":0,"s":"","f":0,"b":false,"m":"","r":1}`},
		{object{N: Null[int64](), S: Null[string](), R: Null[int64]()}, `{"n":null,"s":null,"r":null}`},
		{object{N: Int(uint8(200)), R: Int(int64(9223372036854775807))}, `{"n":200,"r":9223372036854775807}`},
		{object{S: String("<a&b>\u2028"), M: URL("https://example.com/?a=1&b=<2>"), R: Int(-1)},
			`{"s":"<a&b>\u2028","m":"https://example.com/?a=1&b=<2>","r":-1}`},
		{object{M: DataURI("image/png", []byte{0xfb, 0xff}), R: Int(0)}, `{"m":"data:image/png;base64,+/8=","r":0}`},
	}
	for _, tt := range tests {
		got, err := input.JSON(tt.value)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != tt.json {
			t.Errorf("encoded %s, want %s", got, tt.json)
		}
		var back object
		if err := json.Unmarshal([]byte(tt.json), &back); err != nil {
			t.Fatal(err)
		}
		again, err := input.JSON(back)
		if err != nil {
			t.Fatal(err)
		}
		if string(again) != tt.json {
			t.Errorf("after a round trip %s, want %s", again, tt.json)
		}
	}
}

// TestNullMedia pins that media that was null stays null.
func TestNullMedia(t *testing.T) {
	var m Media
	if err := json.Unmarshal([]byte("null"), &m); err != nil || !m.IsNull() || m.IsZero() {
		t.Fatalf("decoded %v, %v", m, err)
	}
	if b, err := json.Marshal(m); err != nil || string(b) != "null" {
		t.Fatalf("encoded %s, %v", b, err)
	}
	for _, bad := range []string{`1`, `{}`, `[]`} {
		if err := json.Unmarshal([]byte(bad), &m); err == nil {
			t.Errorf("%s decoded into media", bad)
		}
	}
}

// TestOpt pins what an Opt answers in each state.
func TestOpt(t *testing.T) {
	for _, tt := range []struct {
		o          Opt[int64]
		zero, null bool
		value      int64
		or         int64
		held       any
	}{
		{Opt[int64]{}, true, false, 0, 7, nil},
		{Null[int64](), false, true, 0, 7, nil},
		{Int(0), false, false, 0, 0, int64(0)},
		{Some[int64](5), false, false, 5, 5, int64(5)},
	} {
		v, ok := tt.o.Get()
		if v != tt.value || ok == (tt.zero || tt.null) || tt.o.IsZero() != tt.zero || tt.o.IsNull() != tt.null ||
			tt.o.Or(7) != tt.or || tt.o.Any() != tt.held {
			t.Errorf("%+v: Get %d %v, IsZero %v, IsNull %v, Or %d, Any %v",
				tt.o, v, ok, tt.o.IsZero(), tt.o.IsNull(), tt.o.Or(7), tt.o.Any())
		}
	}
	var o Opt[int64]
	if err := json.Unmarshal([]byte(`"x"`), &o); err == nil {
		t.Error("a string decoded into an integer")
	}
}

// TestObject pins that a free-form object keeps its numbers as they are, at any depth.
func TestObject(t *testing.T) {
	for _, text := range []string{`null`, `{}`, `{"a":[{"n":9007199254740993}],"b":null,"c":0.10,"d":1e400}`} {
		var o Object
		if err := json.Unmarshal([]byte(text), &o); err != nil {
			t.Fatal(err)
		}
		if got, err := input.JSON(o); err != nil || string(got) != text {
			t.Errorf("%s encoded as %s, %v", text, got, err)
		}
		if (o == nil) != (text == "null") {
			t.Errorf("%s decoded as %#v", text, o)
		}
	}
	var o Object
	if err := json.Unmarshal([]byte(`[]`), &o); err == nil {
		t.Error("a list passes as an object")
	}
}
