package faltest_test

import (
	"encoding/json"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

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

func TestCloseLeavesNothing(t *testing.T) {
	before := runtime.NumGoroutine()
	s, err := faltest.Start(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := video.New(s.Client()).Subscribe(t.Context(), input, fast); err != nil {
		t.Fatal(err)
	}
	ask(t, s, "POST", "/fal.run/fal-ai/rife/video", "{}")
	s.Close()
	s.Close()
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	stacks := make([]byte, 1<<20)
	t.Errorf("%d goroutines before, now:\n%s", before, stacks[:runtime.Stack(stacks, true)])
}

func TestDocuments(t *testing.T) {
	const minimal = `{"info":{},"paths":{
		"/me/app/deep":{"post":{"requestBody":{"content":{"application/json":{"schema":{"$ref":"#/gone"}}}}}},
		"/me/app/deep/requests/{request_id}":{"get":{"responses":{"200":{"content":{"application/json":{"schema":
			{"type":"object","properties":{"n":{"type":"integer","minimum":3}},"required":["n"]}}}}}}}}}`
	s := faltest.New(t, faltest.WithDocuments(fstest.MapFS{
		"a/b.json": {Data: []byte(minimal)},
		"note.txt": {Data: []byte("none of ours")},
	}))
	client := s.Client()
	res, err := fal.NewEndpoint[any, json.RawMessage](client, "me/app/deep").Subscribe(t.Context(), 1, fast)
	if err != nil || string(res.Data) != `{"n":3}` {
		t.Errorf("got %+v, %v", res, err)
	}
	if _, err := video.New(client).Run(t.Context(), input); err == nil {
		t.Error("it still knows our own documents")
	}
	_, err = faltest.Start(faltest.WithDocuments(fstest.MapFS{
		"a.json": {Data: []byte(minimal)},
		"b.json": {Data: []byte(minimal)},
		"c.json": {Data: []byte("{")},
		"d.json": {Data: []byte(`{"models":[]}`)},
		"e.json": {Data: []byte(`{"paths":{"/x/y":{"post":{}}}}`)},
		"f.json": {Data: []byte(strings.Replace(minimal, `{"$ref":"#/gone"}`, "[]", 1))},
	}))
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range []string{"b.json: me/app/deep is ", "c.json:1:2:", "d.json: ", "e.json:1:10", "f.json"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in: %v", part, err)
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
