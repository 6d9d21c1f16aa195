package faltest_test

import (
	"runtime"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/faltest"
	"github.com/falgen/falgen/generated/falai/rife/video"
)

// TestLookingBack: each request is seen with what it asked for, what it was about, and how it was answered.
func TestLookingBack(t *testing.T) {
	var mu sync.Mutex
	var logged []faltest.Request
	s := faltest.New(t, faltest.WithLog(func(r faltest.Request) {
		mu.Lock()
		defer mu.Unlock()
		logged = append(logged, r)
	}))
	client := video.New(s.Client(fal.WithRetry(fal.RetryPolicy{})))
	if _, err := client.Subscribe(t.Context(), input, fast); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Run(t.Context(), video.Input{FPS: fal.Int(99)}, fal.WithoutValidation()); err == nil {
		t.Fatal("it is not refused")
	}
	ask(t, s, "POST", runRife, good, "Authorization", "")
	ask(t, s, "GET", runRife+"?video_url=u&num_frames=2&fps=x", "")
	ask(t, s, "GET", "/queue.fal.run/fal-ai/amt/requests/"+jobID, "")
	type line struct {
		Op       faltest.Op
		Endpoint string
		ID       string
		Status   int
	}
	var got []line
	for _, r := range s.Requests() {
		if len(r.RequestID) > 4 {
			r.RequestID = r.RequestID[len(r.RequestID)-4:]
		}
		if r.Duration == 0 && r.Op != "result" {
			t.Errorf("%+v has taken no time", r)
		}
		got = append(got, line{r.Op, r.Endpoint, r.RequestID, r.Status})
	}
	const id = video.EndpointID
	want := []line{
		{"submit", id, "0001", 200},
		{"status", id, "0001", 202}, {"status", id, "0001", 202}, {"status", id, "0001", 202}, {"status", id, "0001", 202},
		{"status", id, "0001", 200}, {"result", id, "0001", 200},
		{"run", id, "0002", 422}, {"run", id, "", 401}, {"run", id, "0003", 422}, {"result", "", "0001", 404},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	inputs := faltest.Inputs[map[string]any](s, id)
	if len(inputs) != 4 || inputs[0]["video_url"] == nil || inputs[1]["fps"] != 99.0 || inputs[3]["num_frames"] != 2.0 ||
		inputs[3]["fps"] != "x" {
		t.Errorf("the inputs are %v", inputs)
	}
	if typed := faltest.Inputs[video.Input](faltest.New(t), id); typed != nil {
		t.Errorf("nothing was sent, and %v arrived", typed)
	}
	s.Close() // the last line is written after its answer
	mu.Lock()
	defer mu.Unlock()
	if len(logged) != len(want) || logged[0].Status != 200 || logged[0].Duration == 0 {
		t.Errorf("logged %d requests, want %d: %+v", len(logged), len(want), logged)
	}
}

// TestSoak: many inputs at a time leave no more behind than is to be remembered.
func TestSoak(t *testing.T) {
	const inputs, atOnce, kept = 400, 40, 80
	s := faltest.New(t, faltest.WithHistory(kept))
	client := video.New(s.Client())
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	soak := func() {
		var group sync.WaitGroup
		turns := make(chan struct{}, atOnce)
		for range inputs / 2 {
			turns <- struct{}{}
			group.Go(func() {
				defer func() { <-turns }()
				if _, err := client.Subscribe(t.Context(), input, fast); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
	}
	soak()
	before := heap()
	soak()
	if after := heap(); after > before+(2<<20) {
		t.Errorf("%d bytes before, %d after", before, after)
	}
	if n := len(s.Requests()); n != kept {
		t.Errorf("%d requests are kept", n)
	}
	if got := ask(t, s, "GET", rife+"/requests/"+jobID, ""); got.Code != 404 {
		t.Errorf("the first job is kept: %+v", got)
	}
}
