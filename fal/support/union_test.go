package support_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/support"
)

type circle struct {
	Radius float64 `json:"radius"`
}

type box struct {
	Width  float64          `json:"width"`
	Height fal.Opt[float64] `json:"height,omitzero"`
}

// choice is as generated unions are.
type choice struct{ support.Union }

func (u *choice) UnmarshalJSON(data []byte) error {
	return u.Decode(data, support.Arm[int64](), support.EnumArm(func() []mode { return []mode{"a", "b"} }), support.Arm[circle]("radius"), support.Arm[box]("width"))
}

// TestUnion decodes each kind of JSON: the arm that fits it is found, and it encodes as it came.
func TestUnion(t *testing.T) {
	for _, tt := range []struct{ json, want string }{
		{`5`, `5`},
		{`"a"`, `"a"`},
		{`"unknown"`, `"unknown"`},
		{`{"radius":1}`, `support_test.circle{Radius:1}`},
		{`{"width":1,"height":2}`, `support_test.box`},
		{`{"radius":1,"width":2,"height":3}`, `support_test.box`},
		{`{"width":1,"new":true}`, `support_test.box`},
		{`{"neither":1}`, `json.RawMessage`},
		{`9007199254740993`, `9007199254740993`},
		{`1.5`, `json.RawMessage`},
		{`[1,"<"]`, `json.RawMessage`},
		{`null`, `json.RawMessage`},
	} {
		var c choice
		if err := json.Unmarshal([]byte(tt.json), &c); err != nil {
			t.Errorf("%s: %v", tt.json, err)
			continue
		}
		got := fmt.Sprintf("%#v", c.Any())
		if _, raw := c.Any().(json.RawMessage); raw {
			got = "json.RawMessage" // whose name is another one in some versions of Go
		}
		if len(got) < len(tt.want) || got[:len(tt.want)] != tt.want {
			t.Errorf("%s decoded into %s, want %s", tt.json, got, tt.want)
		}
		if got, err := c.MarshalJSON(); err != nil || string(got) != tt.json {
			t.Errorf("%s encoded as %s, %v", tt.json, got, err)
		}
		if c.IsZero() || c.IsNull() != (tt.json == "null") {
			t.Errorf("%s: IsZero %v, IsNull %v", tt.json, c.IsZero(), c.IsNull())
		}
	}
	if _, ok := support.As[int64](support.UnionOf(int64(3))); !ok {
		t.Error("a value is not of its own type")
	}
	if _, ok := support.As[string](support.UnionOf(int64(3))); ok {
		t.Error("a value is of another type")
	}
	if !(choice{}).IsZero() {
		t.Error("an unset union is set")
	}
}

// TestUnionChecked holds that a union is held against the schemas of its alternatives, whichever it was made of.
func TestUnionChecked(t *testing.T) {
	raw := choice{}
	if err := json.Unmarshal([]byte(`[]`), &raw); err != nil {
		t.Fatal(err)
	}
	schema := support.Schema{Choices: []support.Choice{{Arms: []*support.Schema{
		{Types: support.Integer, Min: "1"}, {Types: support.String, Enum: []string{`"a"`, `"b"`}},
	}}}}
	for _, tt := range []struct {
		value any
		want  string
	}{
		{choice{support.UnionOf(int64(1))}, ""},
		{choice{support.UnionOf(int64(0))}, "body.u greater_than_equal"},
		{choice{support.UnionOf(mode("a"))}, ""},
		{choice{support.UnionOf(mode("z"))}, "body.u one_of"},
		{choice{support.UnionOf(fal.Bytes("", nil))}, ""},
		{fal.Some(choice{support.UnionOf(int64(0))}), "body.u greater_than_equal"},
		{raw, "body.u union"},
	} {
		object := support.Schema{Fields: []support.Field{{Name: "u", Required: true, Schema: &schema}}}
		if got := violations(t, support.Validate("fal-ai/x", map[string]any{"u": tt.value}, &object)); got != tt.want {
			t.Errorf("%#v: %q, want %q", tt.value, got, tt.want)
		}
	}
}

// tagged is as generated unions with a tag are.
type tagged struct{ support.Union }

func (u *tagged) UnmarshalJSON(data []byte) error {
	return u.DecodeTagged(data, "kind", []support.Tagged{
		{Tag: "c", Arm: support.Arm[circle]()}, {Tag: "b", Arm: support.Arm[box]()},
	}, support.Arm[string]())
}

// TestTagged holds that the tag decides, whatever else there is, and that an unknown one keeps the JSON.
func TestTagged(t *testing.T) {
	for _, tt := range []struct{ json, want string }{
		{`{"kind":"c","width":1,"height":2}`, "support_test.circle"},
		{`{"kind":"b","radius":1}`, "support_test.box"},
		{`{"kind":"new","radius":1}`, "json.RawMessage"},
		{`{"width":1,"height":2}`, "support_test.box"}, // without a tag, what knows the most of it
		{`{"kind":5,"radius":1}`, "support_test.circle"},
		{`"text"`, "string"},
	} {
		var u tagged
		if err := json.Unmarshal([]byte(tt.json), &u); err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprintf("%T", u.Any())
		if _, raw := u.Any().(json.RawMessage); raw {
			got = "json.RawMessage"
		}
		if out, err := json.Marshal(&u); got != tt.want || err != nil || string(out) != tt.json {
			t.Errorf("%s decoded into %s, want %s; encoded as %s, %v", tt.json, got, tt.want, out, err)
		}
	}
}
