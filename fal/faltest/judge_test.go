package faltest_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/faltest"
)

// words is a document with each keyword that a value can break. Its fields have an order of their own.
const words = `{
	"openapi": "3.0.4",
	"info": {"title": "Words", "version": "1"},
	"components": {"schemas": {
		"Size": {"type": "object", "required": ["width"], "x-fal-order-properties": ["width", "height"], "properties": {
			"height": {"type": "integer", "maximum": 8}, "width": {"type": "integer", "exclusiveMinimum": 0}}},
		"Input": {
			"type": "object",
			"required": ["zero", "must"],
			"x-fal-order-properties": ["zero", "gt", "lt", "old_gt", "old_lt", "text", "list", "map", "unique", "size", "size2",
				"union", "const", "word", "number", "nullable", "nested", "any", "untyped", "closed", "must"],
			"properties": {
				"zero": {"type": "string"},
				"must": {"type": "boolean"},
				"gt": {"type": "number", "exclusiveMinimum": 0.5},
				"lt": {"type": "integer", "exclusiveMaximum": 9007199254740993},
				"old_gt": {"type": "number", "minimum": 1, "exclusiveMinimum": true},
				"old_lt": {"type": "number", "maximum": 1, "exclusiveMaximum": true},
				"text": {"type": "string", "minLength": 2, "maxLength": 4, "pattern": "^[a-z]*$"},
				"list": {"type": "array", "minItems": 2, "maxItems": 3, "items": {"type": "number", "multipleOf": 0.1}},
				"map": {"type": "object", "minProperties": 1, "maxProperties": 2, "additionalProperties": {"type": "string"}},
				"unique": {"type": "array", "uniqueItems": true, "items": {}},
				"size": {"allOf": [{"$ref": "#/components/schemas/Size"}], "description": "one"},
				"size2": {"$ref": "#/components/schemas/Size", "minProperties": 2},
				"union": {"anyOf": [{"$ref": "#/components/schemas/Size"}, {"type": "string", "enum": ["auto", "big"]}]},
				"const": {"oneOf": [{"const": "auto", "type": "string"}, {"type": "integer", "minimum": 1}]},
				"word": {"type": "string", "enum": ["a", "b"]},
				"number": {"type": "integer", "enum": [4, 8]},
				"nullable": {"nullable": true, "type": "integer", "minimum": 5},
				"nested": {"type": "array", "items": {"type": "array", "items": {"anyOf": [{"type": "boolean"}, {"type": "null"}]}}},
				"any": {},
				"untyped": {"$ref": "#/components/schemas/Gone"},
				"closed": {"type": "object", "properties": {"a": {}}, "additionalProperties": false}
			}
		}
	}},
	"paths": {
		"/me/words": {"post": {"requestBody": {"content": {"application/json":
			{"schema": {"$ref": "#/components/schemas/Input"}}}}, "responses": {}}},
		"/me/words/requests/{request_id}": {"get": {"responses": {"200": {"description": "d", "content": {"application/json":
			{"schema": {"type": "object"}}}}}}}
	}
}`

func TestViolations(t *testing.T) {
	wordsServer := faltest.New(t, faltest.WithSpecs(folder(t, "words.json", words)))
	ours := faltest.New(t)
	const ltx, wan = "fal-ai/ltx-video-13b-distilled/multiconditioning", "fal-ai/wan-vace-14b"
	for _, c := range []struct {
		id, input string
		want      string // a line each: place, type, ctx
	}{
		{"", `{"zero": "", "must": true, "any": null, "untyped": [null], "more": 1}`, ""},
		{"", `{}`, "body.zero missing\nbody.must missing"},
		{"", `[]`, "body dict_type"},
		{"", `null`, "body none_not_allowed"},
		{"", `{"zero": null, "must": null}`, "body.zero none_not_allowed\nbody.must none_not_allowed"},
		{"", `{"zero": 1, "must": "true"}`, "body.zero string_type\nbody.must bool_type"},
		{"+", `"gt": 0.5, "lt": 9007199254740995, "old_gt": 1, "old_lt": 1`,
			`body.gt greater_than {"gt":0.5}
			body.lt less_than {"lt":9007199254740992}
			body.old_gt greater_than {"gt":1}
			body.old_lt less_than {"lt":1}`},
		{"+", `"old_gt": 0, "old_lt": 2`, "body.old_gt greater_than {\"gt\":1}\nbody.old_lt less_than {\"lt\":1}"},
		{"+", `"gt": "1", "lt": 1.5`, "body.gt float_type\nbody.lt int_type"},
		{"+", `"gt": 1, "lt": 1.0, "number": 4.0`, ""},
		{"+", `"text": "ä"`, "body.text sequence_too_short {\"min_length\":2}\n" +
			`body.text string_pattern_mismatch {"pattern":"^[a-z]*$"}`},
		{"+", `"text": "abcde"`, `body.text sequence_too_long {"max_length":4}`},
		{"+", `"list": [0.3]`, `body.list sequence_too_short {"min_length":2}`},
		{"+", `"list": [0.25, 1, null, "x"]`, `body.list sequence_too_long {"max_length":3}
			body.list[0] multiple_of {"multiple_of":0.1}
			body.list[2] none_not_allowed
			body.list[3] float_type`},
		{"+", `"list": {}, "map": [], "word": 1`, "body.list list_type\nbody.map dict_type\nbody.word string_type"},
		{"+", `"map": {}`, `body.map sequence_too_short {"min_length":1}`},
		{"+", `"map": {"c": 1, "b": "", "a": null}`, `body.map sequence_too_long {"max_length":2}
			body.map.a none_not_allowed
			body.map.c string_type`},
		{"+", `"unique": [1, "1", 1]`, `body.unique unique_items`},
		{"+", `"size": {"height": 9}, "size2": {"height": 9}`, `body.size.width missing
			body.size.height less_than_equal {"le":8}
			body.size2 sequence_too_short {"min_length":2}`},
		{"+", `"size2": {"height": 9, "width": 0}`,
			"body.size2.width greater_than {\"gt\":0}\nbody.size2.height less_than_equal {\"le\":8}"},
		{"+", `"union": "small", "const": "none"`,
			"body.union one_of {\"expected\":[\"auto\",\"big\"]}\nbody.const one_of {\"expected\":[\"auto\"]}"},
		{"+", `"union": {"width": 0}, "const": 0`,
			"body.union.width greater_than {\"gt\":0}\nbody.const greater_than_equal {\"ge\":1}"},
		{"+", `"union": {"height": 9, "width": 0}`,
			"body.union.width greater_than {\"gt\":0}\nbody.union.height less_than_equal {\"le\":8}"},
		{"+", `"union": null, "const": []`, "body.union none_not_allowed\nbody.const string_type"},
		{"+", `"word": "c", "number": 5`, "body.word one_of {\"expected\":[\"a\",\"b\"]}\nbody.number one_of {\"expected\":[4,8]}"},
		{"+", `"word": null, "number": []`, "body.word none_not_allowed\nbody.number int_type"},
		{"+", `"nullable": null`, ""},
		{"+", `"nullable": 4`, `body.nullable greater_than_equal {"ge":5}`},
		{"+", `"nested": [[true, null], [1]]`, `body.nested[1][0] bool_type`},
		{"+", `"closed": {"b": 1}`, `body.closed value_error`},
		{wan, `{"prompt": "", "frames_per_second": 99}`, `body.frames_per_second less_than_equal {"le":30}`},
		{wan, `{"prompt": "", "frames_per_second": "9"}`, `body.frames_per_second int_type`},
		{wan, `{"prompt": "", "frames_per_second": null, "seed": null, "video_url": null, "acceleration": null}`, ``},
		{wan, `{"prompt": "", "acceleration": "warp", "num_frames": null}`,
			"body.num_frames none_not_allowed\nbody.acceleration one_of {\"expected\":[\"none\",\"low\",\"regular\"]}"},
		{ltx, `{"videos": [{}], "prompt": "", "images": [{"image_url": "u"}, {"image_url": "u", "strength": 1.01}, {"start_frame_num": 7}]}`,
			`body.images[1].strength less_than_equal {"le":1}
			body.images[2].image_url missing
			body.images[2].start_frame_num multiple_of {"multiple_of":8}
			body.videos[0].video_url missing`},
		{"fal-ai/fast-animatediff/video-to-video", `{"video_url": "u", "prompt": "", "motions": ["zoom-in", "zoom-in"]}`,
			`body.motions unique_items`},
	} {
		t.Run(c.id+c.input, func(t *testing.T) {
			server, id, in := ours, c.id, c.input
			switch c.id {
			case "":
				server, id = wordsServer, "me/words"
			case "+": // beside what is required
				server, id, in = wordsServer, "me/words", `{"zero": "", "must": true, `+c.input+"}"
			}
			var want []string
			for line := range strings.Lines(c.want) {
				want = append(want, strings.TrimSpace(line))
			}
			_, err := fal.NewEndpoint[any, json.RawMessage](server.Client(), id).Run(t.Context(), wire(in))
			var refused *fal.APIError
			if !errors.As(err, &refused) {
				if err != nil || want != nil {
					t.Fatalf("got %v", err)
				}
				return
			}
			if diff := cmp.Diff(want, brief(t, refused.Detail)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			for _, f := range refused.Detail {
				if f.Msg == "" || strings.Contains(f.Msg, "%!") {
					t.Errorf("%v", f)
				}
			}
		})
	}
}

// wire is an input that goes out as it is, null included.
type wire string

func (w wire) MarshalJSON() ([]byte, error) { return []byte(w), nil }

// TestRepeatedInput: a refusal repeats the value that was refused, unless it is large or not there.
func TestRepeatedInput(t *testing.T) {
	s := faltest.New(t)
	body := `{"video_url":1,"fps":196619188014358660,"num_frames":"` + strings.Repeat("x", 1000) + `"}`
	got := ask(t, s, "POST", "/fal.run/fal-ai/rife/video", body)
	expect(t, got, 422, `{"detail":[`+
		`{"loc":["body","video_url"],"msg":"must be a string","type":"string_type","input":1},`+
		`{"loc":["body","num_frames"],"msg":"must be a whole number","type":"int_type"},`+
		`{"loc":["body","fps"],"msg":"must be at most 60","type":"less_than_equal","ctx":{"le":60},"input":196619188014358660}]}`)
}
