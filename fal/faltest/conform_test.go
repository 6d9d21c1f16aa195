package faltest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/faltest"
	"github.com/falgen/falgen/generated/falai/amtinterpolation"
	"github.com/falgen/falgen/generated/falai/fastanimatediff/turbovideotovideo"
	"github.com/falgen/falgen/generated/falai/fastanimatediff/videotovideo"
	"github.com/falgen/falgen/generated/falai/ffmpegapi/mergeaudiovideo"
	"github.com/falgen/falgen/generated/falai/ltxvideo13bdistilled/multiconditioning"
	"github.com/falgen/falgen/generated/falai/lumadreammachine/ray2modify"
	"github.com/falgen/falgen/generated/falai/magi/extendvideo"
	"github.com/falgen/falgen/generated/falai/pixverse/extendfast"
	"github.com/falgen/falgen/generated/falai/pixverse/lipsync"
	"github.com/falgen/falgen/generated/falai/rife/video"
	"github.com/falgen/falgen/generated/falai/stablevideo"
	"github.com/falgen/falgen/generated/falai/videoupscaler"
	"github.com/falgen/falgen/generated/falai/wanvace14b"
	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/normalize"
	"github.com/falgen/falgen/generator/sample"
	"github.com/falgen/falgen/generator/spec"
	"github.com/falgen/falgen/specs"
)

// TestConformance holds each generated client against its document, over the wire.
func TestConformance(t *testing.T) {
	conform(t, amtinterpolation.EndpointID, amtinterpolation.New)
	conform(t, turbovideotovideo.EndpointID, turbovideotovideo.New)
	conform(t, videotovideo.EndpointID, videotovideo.New)
	conform(t, mergeaudiovideo.EndpointID, mergeaudiovideo.New)
	conform(t, multiconditioning.EndpointID, multiconditioning.New)
	conform(t, ray2modify.EndpointID, ray2modify.New)
	conform(t, extendvideo.EndpointID, extendvideo.New)
	conform(t, extendfast.EndpointID, extendfast.New)
	conform(t, lipsync.EndpointID, lipsync.New)
	conform(t, video.EndpointID, video.New)
	conform(t, stablevideo.EndpointID, stablevideo.New)
	conform(t, videoupscaler.EndpointID, videoupscaler.New)
	conform(t, wanvace14b.EndpointID, wanvace14b.New)
}

func conform[I, O any](t *testing.T, id string, client func(*fal.Client) *fal.Endpoint[I, O]) {
	t.Run(id, func(t *testing.T) {
		t.Parallel()
		model := modelOf(t, id)
		example, _ := sample.Input(model).(map[string]any)
		t.Run("example", func(t *testing.T) {
			server := faltest.New(t)
			var updates []fal.Status
			res, err := client(server.Client()).Subscribe(t.Context(), typed[I](t, example), fast,
				fal.WithUpdateFunc(func(s fal.Status) { updates = append(updates, s) }))
			if err != nil {
				t.Fatal(err)
			}
			if reflect.ValueOf(res.Data).FieldByName("Video").FieldByName("URL").String() == "" {
				t.Errorf("the output has no media: %s", res.Raw)
			}
			again, err := client(server.Client()).Run(t.Context(), typed[I](t, example))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(res.Raw), string(again.Raw)); diff != "" {
				t.Errorf("the output (-job +run)\n%s", diff)
			}
			if diff := cmp.Diff(any(example), decoded(t, server.Requests()[0].Body)); diff != "" {
				t.Errorf("the input that arrived (-example +got)\n%s", diff)
			}
			var states []fal.State
			lines := 0
			for _, s := range updates {
				states = append(states, s.State)
				if len(s.Logs) < lines {
					t.Errorf("%d logs after %d", len(s.Logs), lines)
				}
				lines = len(s.Logs)
			}
			want := []fal.State{fal.StateInQueue, fal.StateInProgress, fal.StateCompleted}
			if !slices.Equal(slices.Compact(states), want) || lines != 3 {
				t.Errorf("went through %v to %d logs", states, lines)
			}
		})
		t.Run("strange output", func(t *testing.T) {
			server := faltest.New(t)
			server.On(id).UnknownEnums().NullFields()
			if _, err := client(server.Client()).Run(t.Context(), typed[I](t, example)); err != nil {
				t.Error(err)
			}
			var given O
			if err := json.Unmarshal([]byte(`{"video":{"url":"given"}}`), &given); err != nil {
				t.Fatal(err)
			}
			server = faltest.New(t)
			server.On(id).Output(given)
			res, err := client(server.Client()).Run(t.Context(), typed[I](t, example))
			if err != nil || !reflect.DeepEqual(res.Data, given) {
				t.Errorf("got %+v, %v; want %+v", res, err, given)
			}
			if inputs := faltest.Inputs[I](server, id); len(inputs) != 1 || !reflect.DeepEqual(inputs[0], typed[I](t, example)) {
				t.Errorf("the inputs are %+v", inputs)
			}
		})
		t.Run("violations", func(t *testing.T) {
			server := faltest.New(t)
			endpoint := client(server.Client())
			want := violate(model.Input, example)
			t.Logf("breaks %s", strings.Join(want, "; "))
			in := typed[I](t, example)
			_, err := endpoint.Subscribe(t.Context(), in)
			var found *fal.ValidationError
			if !errors.As(err, &found) || len(server.Requests()) != 0 {
				t.Fatalf("got %v after %d requests", err, len(server.Requests()))
			}
			if diff := cmp.Diff(want, brief(t, found.Detail)); diff != "" {
				t.Errorf("Validate (-want +got)\n%s", diff)
			}
			_, err = endpoint.Subscribe(t.Context(), in, fal.WithoutValidation(), fast)
			var refused *fal.APIError
			if !errors.As(err, &refused) {
				t.Fatalf("got %v", err)
			}
			if diff := cmp.Diff(want, brief(t, refused.Detail)); diff != "" || !refused.IsValidation() {
				t.Errorf("the server's %d (-want +got)\n%s", refused.StatusCode, diff)
			}
		})
	})
}

func modelOf(t *testing.T, id string) *ir.Endpoint {
	t.Helper()
	name := id + ".json"
	text, err := specs.FS.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	doc, diags := spec.Parse(name, text)
	if doc == nil {
		t.Fatal(diags)
	}
	model, diags := normalize.Endpoint(doc)
	if model == nil {
		t.Fatal(diags)
	}
	return model
}

// typed decodes an input into the generated type.
func typed[I any](t *testing.T, input any) (in I) {
	t.Helper()
	if err := json.Unmarshal([]byte(compact(t, input)), &in); err != nil {
		t.Fatal(err)
	}
	return in
}

func compact(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func decoded(t *testing.T, text []byte) (v any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// brief is what two lists of violations have to agree on.
func brief(t *testing.T, detail []fal.FieldError) (lines []string) {
	t.Helper()
	for _, f := range detail {
		line := f.Loc.String() + " " + f.Type
		if f.Ctx != nil {
			line += " " + compact(t, f.Ctx)
		}
		lines = append(lines, line)
	}
	return lines
}

// violate breaks what it can of an input: it takes out the required media, puts numbers beyond a bound and gives enums
// a value that they do not have, at the fields that are left out as well. It returns the violations that this makes,
// in the document's order.
func violate(t *ir.Type, input any) (made []string) {
	walk(t, input, fal.Loc{"body"}, func(object map[string]any, f *ir.Field, loc fal.Loc) {
		for _, breaks := range violators {
			if violation := breaks(object, f, loc); violation != "" {
				made = append(made, violation)
			}
		}
	})
	return made
}

// walk visits the fields of the objects in a value, those that are left out included, before what they hold.
func walk(t *ir.Type, v any, loc fal.Loc, visit func(map[string]any, *ir.Field, fal.Loc)) {
	switch v := v.(type) {
	case map[string]any:
		if t.Object == nil {
			return
		}
		for _, f := range t.Object.Fields {
			at := append(slices.Clip(loc), f.Name)
			visit(v, f, at)
			walk(f.Type, v[f.Name], at, visit)
		}
	case []any:
		for i, elem := range v {
			walk(t.Elem, elem, append(slices.Clip(loc), i), visit)
		}
	}
}

// violators break a field of one kind, and say what of it fal would say; "" for fields of other kinds.
var violators = []func(object map[string]any, f *ir.Field, loc fal.Loc) string{
	func(object map[string]any, f *ir.Field, loc fal.Loc) string {
		if f.Type.Kind != ir.Media || !f.Required {
			return ""
		}
		delete(object, f.Name)
		return loc.String() + " missing"
	},
	func(object map[string]any, f *ir.Field, loc fal.Loc) string {
		r := f.Type.Rules
		switch {
		case f.Type.Kind != ir.Integer && f.Type.Kind != ir.Float:
			return ""
		case r.Max != nil:
			object[f.Name] = json.Number("1000000000")
			return fmt.Sprintf(`%v less_than_equal {"le":%s}`, loc, *r.Max)
		case r.Min != nil:
			object[f.Name] = json.Number("-1000000000")
			return fmt.Sprintf(`%v greater_than_equal {"ge":%s}`, loc, *r.Min)
		}
		return ""
	},
	func(object map[string]any, f *ir.Field, loc fal.Loc) string {
		t, list := f.Type, f.Type.Kind == ir.List
		if list {
			t, loc = t.Elem, append(loc, 0)
		}
		if t.Kind != ir.EnumKind {
			return ""
		}
		var unknown any = "none-of-them"
		if t.Enum.Integer {
			unknown = json.Number("987654321")
		}
		if object[f.Name] = unknown; list {
			object[f.Name] = []any{unknown}
		}
		var values []any
		for _, v := range t.Enum.Values {
			values = append(values, v.Value.JSON)
		}
		text, _ := json.Marshal(values)
		return fmt.Sprintf(`%v one_of {"expected":%s}`, loc, text)
	},
}
