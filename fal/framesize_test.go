package fal_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/falgen/falgen/fal"
)

// TestFrameSize holds what a size is as JSON, both ways, and that any JSON comes back as what it was.
func TestFrameSize(t *testing.T) {
	for _, tt := range []struct {
		size fal.FrameSize
		text string
	}{
		{fal.SquareHD, `"square_hd"`},
		{fal.AutoSize, `"auto"`},
		{"panorama", `"panorama"`},
		{`a "b"`, `"a \"b\""`},
		{fal.Size(1024, 768), `{"width":1024,"height":768}`},
	} {
		text, err := json.Marshal(tt.size)
		if err != nil || string(text) != tt.text {
			t.Errorf("%s: %s, %v", tt.size, text, err)
		}
		var size fal.FrameSize
		if err := json.Unmarshal([]byte(tt.text), &size); err != nil || size != tt.size {
			t.Errorf("%s: %q, %v", tt.text, size, err)
		}
	}
	for _, text := range []string{
		`{}`, `{"width":1}`, `{"height":1.5,"more":[1,"a"]}`, `12`, `[1,2]`, `true`, `""`, `"12"`, `"null"`, `"{}"`, `"true"`, `"[1]"`,
		`"<&>"`, `{"a":"b"}`,
	} {
		var size fal.FrameSize
		if err := json.Unmarshal([]byte(text), &size); err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		var b strings.Builder
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(size); err != nil || strings.TrimSpace(b.String()) != text {
			t.Errorf("%s is %s now, %v", text, b.String(), err)
		}
	}
	in := struct {
		Size fal.FrameSize `json:"size,omitzero"`
	}{fal.Square}
	if err := json.Unmarshal([]byte(`{"size":null}`), &in); err != nil || in.Size != "" {
		t.Errorf("null: %q, %v", in.Size, err)
	}
	if text, err := json.Marshal(in); err != nil || string(text) != `{}` {
		t.Errorf("unset: %s, %v", text, err)
	}
	if size, ok := fal.Size(3, 4).Pixels(); !ok || size.Width.Or(0) != 3 || size.Height.Or(0) != 4 {
		t.Errorf("%+v, %v", size, ok)
	}
	for _, size := range []fal.FrameSize{"", fal.Square, "12", `"{}"`, `{"width":"a"}`} {
		if _, ok := size.Pixels(); ok {
			t.Errorf("%q has sides", size)
		}
	}
}
