package faltest_test

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/faltest"
	"github.com/falgen/falgen/generated/falai/rife/video"
)

// send sends a request on a connection of its own, so that nothing repeats it.
func send(t *testing.T, s *faltest.Server, method, path, body string) (resp *http.Response, text string, err error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Key k")
	req.Close = true
	if resp, err = http.DefaultClient.Do(req); err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	return resp, string(all), err
}

// TestFaultsEverywhere: each kind of request can be spoiled in each way, once, and works after that.
func TestFaultsEverywhere(t *testing.T) {
	for _, c := range []struct {
		op           faltest.Op
		method, path string
		body         string
		complete     string // what the answer has to hold in the end
	}{
		{op: faltest.OpRun, method: "POST", path: runRife, body: good, complete: usual},
		{op: faltest.OpStream, method: "POST", path: runRife + "/stream", body: good, complete: usual},
		{op: faltest.OpSubmit, method: "POST", path: rife + "/video", body: good, complete: "queue_position"},
		{op: faltest.OpStatus, method: "GET", path: rife + "/requests/" + jobID + "/status", complete: "queue_position"},
		{op: faltest.OpStatusStream, method: "GET", path: rife + "/requests/" + jobID + "/status/stream",
			complete: "metrics"},
		{op: faltest.OpResult, method: "GET", path: rife + "/requests/" + jobID, complete: "in progress"},
		{op: faltest.OpCancel, method: "PUT", path: rife + "/requests/" + jobID + "/cancel", complete: "ALREADY_COMPLETED"},
		{op: faltest.OpInitiate, method: "POST", path: "/rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3",
			body: `{"content_type":"a/b","file_name":"c"}`, complete: "upload_url"},
		{op: faltest.OpToken, method: "POST", path: "/rest.fal.ai/storage/auth/token", body: `{}`, complete: "token_type"},
		{op: faltest.OpKeys, method: "GET", path: "/rest.fal.ai/.well-known/jwks.json", complete: "Ed25519"},
		{op: faltest.OpDownload, method: "GET", path: "/v3.fal.media/files/00000001/a.txt", complete: "the content"},
	} {
		t.Run(string(c.op), func(t *testing.T) {
			t.Parallel()
			s := faltest.New(t)
			s.Store("a.txt", []byte("the content of a"))
			if c.op != faltest.OpSubmit && strings.HasPrefix(c.path, "/queue") {
				submitted(t, s, "")
			}
			s.On("").At(c.op, faltest.RateLimited(1500*time.Millisecond)).Times(2)
			s.On("").At(c.op, faltest.BadGateway()).Times(1)
			s.On("").At(c.op, faltest.Disconnect(0)).Times(1)
			s.On("").At(c.op, faltest.Disconnect(5)).Times(1)
			s.On("").At(c.op, faltest.Disconnect(1<<20)).Times(1)
			s.On("").At(c.op, faltest.SlowBody(50_000)).Times(1)
			for range 2 {
				resp, text, err := send(t, s, c.method, c.path, c.body)
				if err != nil || resp.StatusCode != 429 || resp.Header.Get("Retry-After") != "2" ||
					!strings.Contains(text, "Too many") {
					t.Fatalf("limited: %+v, %s, %v", resp, text, err)
				}
			}
			resp, text, err := send(t, s, c.method, c.path, c.body)
			if err != nil || resp.StatusCode != 502 || !strings.HasPrefix(text, "<html>") ||
				resp.Header.Get("Content-Type") != "text/html" {
				t.Fatalf("bad gateway: %+v, %s, %v", resp, text, err)
			}
			if resp, _, err := send(t, s, c.method, c.path, c.body); err == nil || resp != nil {
				t.Fatalf("cut before the answer: %+v, %v", resp, err)
			}
			if resp, text, err := send(t, s, c.method, c.path, c.body); !errors.Is(err, io.ErrUnexpectedEOF) || len(text) != 5 {
				t.Fatalf("cut within the answer: %+v, %q, %v", resp, text, err)
			}
			if resp, text, err := send(t, s, c.method, c.path, c.body); !errors.Is(err, io.ErrUnexpectedEOF) && len(text) < 5 {
				t.Fatalf("cut after the answer: %+v, %q, %v", resp, text, err)
			}
			if _, text, err := send(t, s, c.method, c.path, c.body); err != nil || len(text) < 10 {
				t.Fatalf("slow: %s, %v", text, err)
			}
			_, text, err = send(t, s, c.method, c.path, c.body)
			if want := c.complete; err != nil || !strings.Contains(text, want) && c.op != faltest.OpStatus {
				t.Errorf("in the end: %s, %v; want %s", text, err, want)
			}
			if got := s.Requests(); got[len(got)-1].Op != c.op {
				t.Errorf("it was a %s", got[len(got)-1].Op)
			}
		})
	}
}

// TestFaultsOfOne: a fault is for an endpoint's requests, those about its jobs included, and no others.
func TestFaultsOfOne(t *testing.T) {
	s := faltest.New(t)
	s.On(video.EndpointID).At(faltest.OpStatus, faltest.RateLimited(0)).Times(2)
	s.On("fal-ai/wan-vace-14b").At(faltest.OpStatus, faltest.Disconnect(0))
	client := video.New(s.Client(fal.WithRetry(fal.RetryPolicy{})))
	job, err := client.Submit(t.Context(), input)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		var limited *fal.APIError
		if _, err := job.Status(t.Context()); !errors.As(err, &limited) || limited.StatusCode != 429 {
			t.Errorf("got %v", err)
		}
	}
	if st, err := job.Status(t.Context()); err != nil || st.QueuePosition != 1 {
		t.Errorf("a look that failed moved the job: %+v, %v", st, err)
	}
	s.On(video.EndpointID).At(faltest.OpSubmit, faltest.Disconnect(3))
	if _, err := client.Submit(t.Context(), input); err == nil {
		t.Error("the answer came through")
	}
	if got := s.Requests(); got[len(got)-1].RequestID == "" {
		t.Error("an answer that was lost is of an input that was not taken")
	}
}

// TestFailRate: as many inputs fail as are to, the same each time, and each failure is one of fal's.
func TestFailRate(t *testing.T) {
	codes := func(seed uint64) (all []int) {
		s := faltest.New(t, faltest.WithFailRate(0.5), faltest.WithSeed(seed))
		for range 60 {
			all = append(all, ask(t, s, "POST", runRife, good).Code)
		}
		return all
	}
	first := codes(7)
	if again := codes(7); !slices.Equal(first, again) {
		t.Errorf("once %v, once %v", first, again)
	}
	if other := codes(8); slices.Equal(first, other) {
		t.Error("the seed changes nothing")
	}
	failed, early := 0, 0
	for _, code := range first {
		if code != 200 {
			failed++
		}
		if code == 429 || code == 502 {
			early++
		}
	}
	if failed < 20 || failed > 40 || early == 0 {
		t.Errorf("%d of 60 failed, %d by the gateway: %v", failed, early, first)
	}
	s := faltest.New(t, faltest.WithFailRate(1))
	if got := ask(t, s, "GET", rife+"/requests/x", ""); got.Code != 404 {
		t.Errorf("what brings no input failed: %+v", got)
	}
}
