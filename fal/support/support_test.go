package support_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/support"
	_ "github.com/falgen/falgen/internal/testenv"
)

type mode string

// TestChecks lists what each rule says of Go values that pass and that do not: "place type" for each violation.
func TestChecks(t *testing.T) {
	type s = support.Schema
	type in struct {
		Media    fal.Media          `json:"media,omitzero"`
		Strings  []string           `json:"strings,omitzero"`
		Mode     mode               `json:"mode,omitzero"`
		Must     mode               `json:"must"`
		Int      fal.Opt[int64]     `json:"int,omitzero"`
		Null     fal.Opt[int64]     `json:"null"`
		Float    fal.Opt[float64]   `json:"float,omitzero"`
		Text     string             `json:"text"`
		Opts     [][]fal.Opt[int64] `json:"opts,omitzero"`
		Medias   []fal.Media        `json:"medias,omitzero"`
		Map      map[string]float64 `json:"map,omitzero"`
		Size     *fal.ImageSize     `json:"size,omitzero"`
		Raw      json.RawMessage    `json:"raw,omitzero"`
		Standing fal.Opt[string]    `json:"a_b,omitzero"`
		Object   fal.Object         `json:"object,omitzero"`
		Frame    fal.FrameSize      `json:"frame,omitzero"`
		Frames   []fal.FrameSize    `json:"frames,omitzero"`
		LoRA     *fal.LoRA          `json:"lora,omitzero"`
		Color    *fal.RGBColor      `json:"color,omitzero"`
	}
	str, integer, number := support.String, support.Integer, support.Number
	modes := s{Types: str, Enum: []string{`"a"`, `"b"`}}
	tests := []struct {
		name  string
		field support.Field
		in    in
		want  string
	}{
		{"required media unset", support.Field{Name: "media", Required: true, Schema: &s{Types: str}}, in{}, "body.media missing"},
		{"required media set", support.Field{Name: "media", Required: true, Schema: &s{Types: str}}, in{Media: fal.URL("x")}, ""},
		{"media empty", support.Field{Name: "media", Schema: &s{Types: str, MinLength: "1"}}, in{Media: fal.URL("")}, "body.media sequence_too_short"},
		{"local media has no text", support.Field{Name: "media", Schema: &s{Types: str, MinLength: "1", Patterns: []string{"x"}, Enum: []string{`"y"`}}}, in{Media: fal.Bytes("a/b", nil)}, ""},
		{"required list nil", support.Field{Name: "strings", Required: true, Schema: &s{Types: support.Array}}, in{}, "body.strings missing"},
		{"required list empty", support.Field{Name: "strings", Required: true, Schema: &s{Types: support.Array}}, in{Strings: []string{}}, ""},
		{"required enum empty", support.Field{Name: "must", Required: true, Schema: &modes}, in{}, "body.must one_of"},
		{"optional enum empty", support.Field{Name: "mode", Schema: &modes}, in{}, ""},
		{"optional enum unknown", support.Field{Name: "mode", Schema: &modes}, in{Mode: "c"}, "body.mode one_of"},
		{"unset", support.Field{Name: "int", Schema: &s{Types: integer, Min: "1"}}, in{}, ""},
		{"unset is sent as null", support.Field{Name: "null", Required: true, Schema: &s{Types: integer}}, in{}, "body.null none_not_allowed"},
		{"unset may be null", support.Field{Name: "null", Required: true, Schema: &s{Types: integer, Null: true}}, in{}, ""},
		{"zero is a value", support.Field{Name: "int", Schema: &s{Types: integer, Min: "1"}}, in{Int: fal.Int(0)}, "body.int greater_than_equal"},
		{"null refused", support.Field{Name: "int", Schema: &s{Types: integer, Min: "1"}}, in{Int: fal.Null[int64]()}, "body.int none_not_allowed"},
		{"null allowed", support.Field{Name: "int", Schema: &s{Types: integer, Null: true, Min: "1"}}, in{Int: fal.Null[int64]()}, ""},
		{"bounds met", support.Field{Name: "int", Schema: &s{Types: integer, Min: "4", Max: "4"}}, in{Int: fal.Int(4)}, ""},
		{"too large", support.Field{Name: "float", Schema: &s{Types: number, Max: "1"}}, in{Float: fal.Float(1.5)}, "body.float less_than_equal"},
		{"exclusive", support.Field{Name: "float", Schema: &s{Above: "0", Below: "0"}}, in{Float: fal.Float(0)}, "body.float greater_than\nbody.float less_than"},
		{"beyond 2^53", support.Field{Name: "int", Schema: &s{Max: "9223372036854775806"}}, in{Int: fal.Int(int64(math.MaxInt64))}, "body.int less_than_equal"},
		{"multiple of a decimal", support.Field{Name: "float", Schema: &s{MultipleOf: "0.1"}}, in{Float: fal.Float(0.3)}, ""},
		{"no multiple", support.Field{Name: "int", Schema: &s{MultipleOf: "8"}}, in{Int: fal.Int(9)}, "body.int multiple_of"},
		{"not a number", support.Field{Name: "float", Schema: &s{Types: number, Min: "1"}}, in{Float: fal.Float(math.NaN())}, "body.float finite_number"},
		{"infinite", support.Field{Name: "float", Schema: &s{Types: number}}, in{Float: fal.Float(math.Inf(1))}, "body.float finite_number"},
		{"numbers of an enum", support.Field{Name: "float", Schema: &s{Types: number, Enum: []string{"23.976", "24.0"}}}, in{Float: fal.Float(24)}, ""},
		{"no number of an enum", support.Field{Name: "float", Schema: &s{Types: number, Enum: []string{"23.976", "24.0"}}}, in{Float: fal.Float(25)}, "body.float one_of"},
		{"characters, not bytes", support.Field{Name: "text", Schema: &s{MaxLength: "3"}}, in{Text: "äöü"}, ""},
		{"too long", support.Field{Name: "text", Schema: &s{MaxLength: "3"}}, in{Text: "abcd"}, "body.text sequence_too_long"},
		{"pattern", support.Field{Name: "text", Schema: &s{Patterns: []string{"a", "^[a-z]+$"}}}, in{Text: "ab1"}, "body.text string_pattern_mismatch"},
		{"repeated", support.Field{Name: "strings", Schema: &s{Unique: true}}, in{Strings: []string{"a", "b", "a"}}, "body.strings unique_items"},
		{"elements", support.Field{Name: "opts", Schema: &s{Items: &s{Items: &s{Types: integer, Min: "1"}}}}, in{Opts: [][]fal.Opt[int64]{{fal.Int(1)}, {fal.Int(2), fal.Int(0)}}}, "body.opts[1][1] greater_than_equal"},
		{"unset elements are null", support.Field{Name: "medias", Schema: &s{Items: &s{Types: str}}}, in{Medias: []fal.Media{fal.URL("x"), {}}}, "body.medias[1] none_not_allowed"},
		{"values of a map", support.Field{Name: "map", Schema: &s{Items: &s{Max: "1"}}}, in{Map: map[string]float64{"b": 3, "a": 2}}, "body.map.a less_than_equal\nbody.map.b less_than_equal"},
		{"members", support.Field{Name: "map", Schema: &s{Types: support.Object, MinMembers: "2"}}, in{Map: map[string]float64{"b": 3}}, "body.map sequence_too_short"},
		{"image size", support.Field{Name: "size", Schema: &support.ImageSize}, in{Size: &fal.ImageSize{Width: fal.Int(0), Height: fal.Int(14143)}}, "body.size.width greater_than\nbody.size.height less_than_equal"},
		{"frame size unset", support.Field{Name: "frame", Schema: &support.FrameSize}, in{}, ""},
		{"frame size required", support.Field{Name: "frame", Required: true, Schema: &support.FrameSize}, in{}, "body.frame missing"},
		{"frame size preset", support.Field{Name: "frame", Schema: &support.FrameSize}, in{Frame: fal.SquareHD}, ""},
		{"frame size auto", support.Field{Name: "frame", Schema: &support.FrameSize}, in{Frame: fal.AutoSize}, "body.frame one_of"},
		{"frame size auto allowed", support.Field{Name: "frame", Schema: &support.FrameSizeOrAuto}, in{Frame: fal.AutoSize}, ""},
		{"frame sizes", support.Field{Name: "frames", Schema: &s{Items: &support.FrameSize}}, in{Frames: []fal.FrameSize{fal.Square, fal.Size(1, 14142), fal.Size(3, 14143)}}, "body.frames[2].height less_than_equal"},
		{"frame size of a quoted text", support.Field{Name: "frame", Schema: &support.FrameSize}, in{Frame: `"12"`}, "body.frame one_of"},
		{"frame size of a number", support.Field{Name: "frame", Schema: &support.FrameSize}, in{Frame: "12"}, "body.frame union"},
		{"LoRA", support.Field{Name: "lora", Schema: &support.LoRA}, in{LoRA: &fal.LoRA{Path: "a", Scale: fal.Float(4.5), WeightName: fal.Null[string]()}}, "body.lora.scale less_than_equal\nbody.lora.weight_name none_not_allowed"},
		{"colour", support.Field{Name: "color", Schema: &support.RGBColor}, in{Color: &fal.RGBColor{R: fal.Int(-1), G: fal.Int(255), B: fal.Int(256)}}, "body.color.r greater_than_equal\nbody.color.b less_than_equal"},
		{"raw of another type", support.Field{Name: "raw", Schema: &s{Types: integer}}, in{Raw: json.RawMessage(`"x"`)}, "body.raw int_type"},
		{"raw with a point", support.Field{Name: "raw", Schema: &s{Types: integer, Max: "3"}}, in{Raw: json.RawMessage(`3.0`)}, ""},
		{"raw null", support.Field{Name: "raw", Schema: &support.Anything}, in{Raw: json.RawMessage(`null`)}, ""},
		{"a name that no tag carries", support.Field{Name: "a,b", Tag: "a_b", Schema: &s{MaxLength: "1"}}, in{Standing: fal.String("xy")}, "body.a,b sequence_too_long"},
		{"one of two required", support.Field{Name: "object", Schema: &s{Choices: []support.Choice{{Arms: []*s{
			{Fields: []support.Field{{Name: "a", Required: true, Schema: &support.Anything}}},
			{Fields: []support.Field{{Name: "b", Required: true, Schema: &support.Anything}}},
		}}}}}, in{Object: fal.Object{"c": 1}}, "body.object.a missing"},
		{"both of exactly one", support.Field{Name: "object", Schema: &s{Choices: []support.Choice{{One: true, Arms: []*s{
			{Fields: []support.Field{{Name: "a", Required: true, Schema: &support.Anything}}},
			{Fields: []support.Field{{Name: "b", Required: true, Schema: &support.Anything}}},
		}}}}}, in{Object: fal.Object{"a": 1, "b": nil}}, "body.object union_multiple"},
		{"the arm that comes nearest", support.Field{Name: "raw", Schema: &s{Choices: []support.Choice{{Arms: []*s{
			{Types: str, MinLength: "1", Patterns: []string{"x"}}, {Types: integer, Max: "3"},
		}}}}}, in{Raw: json.RawMessage(`7`)}, "body.raw less_than_equal"},
		{"no arm of the type", support.Field{Name: "raw", Schema: &s{Choices: []support.Choice{{Arms: []*s{
			{Types: str}, {Types: integer},
		}}}}}, in{Raw: json.RawMessage(`[]`)}, "body.raw union"},
		{"nothing fits", support.Field{Name: "text", Schema: &s{Choices: []support.Choice{{}}}}, in{}, "body.text union"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			schema := s{Types: support.Object, Fields: []support.Field{tt.field}}
			if diff := cmp.Diff(tt.want, violations(t, support.Validate("fal-ai/x", tt.in, &schema))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestNamed holds that a schema which contains itself is followed as deep as the value goes.
func TestNamed(t *testing.T) {
	tree := support.Schema{Types: support.Object, Items: &support.Schema{Ref: "Tree"}}
	var v any
	if err := json.Unmarshal([]byte(`{"a": {"b": {}, "c": {"d": 5}}}`), &v); err != nil {
		t.Fatal(err)
	}
	err := support.Validate("fal-ai/x", v, &tree, support.Named{Name: "Tree", Schema: &tree})
	if got := violations(t, err); got != "body.a.c.d dict_type" {
		t.Error(got)
	}
}

// violations lists what an error says: "place type", a line each.
func violations(t *testing.T, err error) string {
	t.Helper()
	var invalid *fal.ValidationError
	if !errors.As(err, &invalid) {
		if err != nil {
			t.Fatalf("got the error %v", err)
		}
		return ""
	}
	var got []string
	for _, f := range invalid.Detail {
		got = append(got, f.Loc.String()+" "+f.Type)
	}
	return strings.Join(got, "\n")
}

// TestDefaults holds that filling in changes what is unset and nothing else, least of all what the caller holds.
func TestDefaults(t *testing.T) {
	if got := support.Default(fal.Opt[int64]{}, 3); got != fal.Int(3) {
		t.Errorf("unset became %v", got)
	}
	if got := support.Default(fal.Int(0), 3); got != fal.Int(0) {
		t.Errorf("zero became %v", got)
	}
	if got := support.Default(fal.Null[int64](), 3); !got.IsNull() {
		t.Errorf("null became %v", got)
	}
	double := func(n int) int { return 2 * n }
	list, values, one := []int{1, 2}, map[string]int{"a": 1}, 1
	if diff := cmp.Diff([]int{2, 4}, support.Each(list, double)); diff != "" || list[0] != 1 {
		t.Errorf("Each: %s, and the caller's list is %v", diff, list)
	}
	if diff := cmp.Diff(map[string]int{"a": 2}, support.EachValue(values, double)); diff != "" || values["a"] != 1 {
		t.Errorf("EachValue: %s, and the caller's map is %v", diff, values)
	}
	if p := support.Pointed(&one, double); *p != 2 || one != 1 {
		t.Errorf("Pointed gave %d and left %d", *p, one)
	}
	if support.Each[int](nil, double) != nil || support.EachValue[int](nil, double) != nil || support.Pointed(nil, double) != nil {
		t.Error("nil did not stay nil")
	}
	if got := support.Set(fal.Some(2), double); got != fal.Some(4) {
		t.Errorf("Set gave %v", got)
	}
}
