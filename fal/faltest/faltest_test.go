package faltest_test

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/faltest"
	"github.com/falgen/falgen/generated/falai/rife/video"
	"github.com/falgen/falgen/generated/falai/wanvace14b"
)

// TestWire: what a caller has set is what is sent, in the document's order, and nothing else.
func TestWire(t *testing.T) {
	s := faltest.New(t)
	_, err := wanvace14b.New(s.Client()).Run(t.Context(), wanvace14b.Input{
		RefImageURLs:          []fal.Media{},
		NumInterpolatedFrames: fal.Int(0),
		EnableSafetyChecker:   fal.Bool(false),
		NegativePrompt:        fal.String(""),
		FramesPerSecond:       fal.Null[int64](),
		Seed:                  fal.Int(196619188014358660),
		Acceleration:          fal.Null[wanvace14b.Acceleration](),
		GuidanceScale:         fal.Float(1.5),
		Prompt:                "a <b> & \u2028",
	}, fal.WithHeader("X-Test", "1"))
	if err != nil {
		t.Fatal(err)
	}
	want := `{"prompt":"a <b> & \u2028","negative_prompt":"","frames_per_second":null,"seed":196619188014358660,` +
		`"guidance_scale":1.5,"ref_image_urls":[],"enable_safety_checker":false,"acceleration":null,"num_interpolated_frames":0}`
	sent := s.Requests()
	if len(sent) != 1 || sent[0].Method != "POST" || sent[0].Path != "fal.run/fal-ai/wan-vace-14b" ||
		sent[0].Header.Get("X-Test") != "1" || sent[0].Header.Get("Authorization") != "Key faltest" {
		t.Errorf("received %+v", sent)
	}
	if diff := cmp.Diff(want, string(sent[0].Body)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestWebhookAndQuery(t *testing.T) {
	s := faltest.New(t)
	_, err := video.New(s.Client()).Submit(t.Context(), input, fal.WithWebhook("https://me.example/hook?a=b"))
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Requests()[0].Query.Get("fal_webhook"); got != "https://me.example/hook?a=b" {
		t.Errorf("got %q", got)
	}
}

func TestConcurrentUse(t *testing.T) {
	s := faltest.New(t)
	client := video.New(s.Client())
	ids := make([]string, 30)
	var group sync.WaitGroup
	for i := range ids {
		group.Go(func() {
			res, err := client.Subscribe(t.Context(), input, fast)
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = res.RequestID
			s.Requests()
		})
	}
	group.Wait()
	slices.Sort(ids)
	if len(slices.Compact(ids)) != 30 {
		t.Errorf("ids are not unique: %q", ids)
	}
	if n := len(s.Requests()); n != 30*7 {
		t.Errorf("received %d requests, want %d", n, 30*7)
	}
}

// folder makes a folder of files: a name and a content each.
func folder(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		name := filepath.Join(dir, filepath.FromSlash(files[i]))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(files[i+1]), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestSpecs(t *testing.T) {
	const minimal = `{"info":{},"paths":{
		"/me/app/deep":{"post":{"requestBody":{"content":{"application/json":{"schema":{"$ref":"#/gone"}}}}}},
		"/me/app/deep/requests/{request_id}":{"get":{"responses":{"200":{"content":{"application/json":{"schema":
			{"type":"object","properties":{"n":{"type":"integer","minimum":3,"maximum":3}},"required":["n"]}}}}}}}}}`
	named := func(id string) string { return strings.ReplaceAll(minimal, "me/app/deep", id) }
	dump := `{"models":[{"endpoint_id":"workflows/me/flow","openapi":` + named("workflows/me/flow") + `},
		{"endpoint_id":"me/gone","openapi":{"error":{"code":"expansion_failed","message":"no schema"}}}]}`
	s := faltest.New(t, faltest.WithSpecs(folder(t,
		"a/b.json", minimal,
		"note.txt", "none of ours",
		"c.json", "{",
		"d.json", minimal,
		"dump.json", dump,
		"e.json", `{"paths":{"/x/y":{"post":{}}}}`,
		"f.json", strings.Replace(named("me/list"), `{"$ref":"#/gone"}`, "[]", 1),
	)))
	client := s.Client()
	for _, id := range []string{"me/app/deep", "workflows/me/flow"} {
		res, err := fal.NewEndpoint[any, json.RawMessage](client, id).Subscribe(t.Context(), 1, fast)
		if err != nil || string(res.Data) != `{"n":3}` {
			t.Errorf("%s: got %+v, %v", id, res, err)
		}
	}
	if _, err := video.New(client).Run(t.Context(), input); err == nil {
		t.Error("it still knows our own documents")
	}
	if got := s.Endpoints(); !slices.Equal(got, []string{"me/app/deep", "me/list", "workflows/me/flow", "x/y"}) {
		t.Errorf("serves %q", got)
	}
	skipped := errors.Join(s.Skipped()...).Error()
	for _, part := range []string{"c.json:1:2:", "d.json:", "me/app/deep is already", "no schema", "e.json:1:10", "me/list"} {
		if !strings.Contains(skipped, part) {
			t.Errorf("%q is not in: %s", part, skipped)
		}
	}
	if got := s.Endpoints(); !slices.Equal(got, []string{"me/app/deep", "workflows/me/flow"}) {
		t.Errorf("with all of them read, it serves %q", got)
	}
	if got := ask(t, s, "POST", "/queue.fal.run/x/y", "{}"); got.Code != 500 ||
		!strings.Contains(got.Body, "cannot serve x/y") {
		t.Errorf("what cannot be served: %+v", got)
	}
}

func TestStartErrors(t *testing.T) {
	for want, opt := range map[string]faltest.Option{
		"cannot read":   faltest.WithSpecs("no such folder"),
		"can be served": faltest.WithSpecs(folder(t, "a.json", "{}")),
		"WithURL":       faltest.WithURL("127.0.0.1:80"),
		"WithStep":      faltest.WithStep(-1),
		"WithFailRate":  faltest.WithFailRate(math.NaN()),
		"WithHistory":   faltest.WithHistory(0),
		"WithStorage":   faltest.WithStorage(0),
	} {
		if s, err := faltest.Start(opt); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v", want, s, err)
		}
	}
}

func TestClientOptions(t *testing.T) {
	s, err := faltest.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := video.New(s.Client(fal.WithKey("mine"))).Run(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	if got := s.Requests()[0].Header.Get("Authorization"); got != "Key mine" {
		t.Errorf("got %q", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("an option that fal refuses is let pass")
		}
	}()
	s.Client(fal.WithRetry(fal.RetryPolicy{Max: -1}))
}
