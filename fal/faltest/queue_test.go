package faltest_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/faltest"
	"github.com/falgen/falgen/generated/falai/rife/video"
)

const rife = "/queue.fal.run/fal-ai/rife"

var (
	input = video.Input{VideoURL: fal.URL("https://example.com/in.mp4")}
	fast  = fal.WithPollInterval(time.Millisecond)
)

// reply is what a raw request got.
type reply struct {
	Code   int
	Body   string
	Header http.Header `json:"-"`
}

// ask sends a request with a key, unless another header says otherwise.
func ask(t *testing.T, s *faltest.Server, method, path, body string, header ...string) reply {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Key a:b")
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{resp.StatusCode, strings.ReplaceAll(string(text), s.URL, ""), resp.Header}
}

func expect(t *testing.T, got reply, code int, body string) {
	t.Helper()
	if diff := cmp.Diff(reply{Code: code, Body: body}, reply{Code: got.Code, Body: got.Body}); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestQueueOnTheWire(t *testing.T) {
	s := faltest.New(t)
	const (
		id   = "00000000-0000-4000-8000-000000000001"
		at   = rife + "/requests/" + id
		urls = `"cancel_url":"` + at + `/cancel",%s"request_id":"` + id + `","response_url":"` + at + `","status":"%s","status_url":"` + at + `/status"}`
		one  = `{"level":"INFO","message":"Loading the model","source":"USER","timestamp":"2026-01-01T00:00:00Z"}`
		two  = `{"labels":{"level":"STDERR","source":"USER"},"message":"Working","timestamp":"2026-01-01T00:00:01Z"}`
		last = `{"message":"Done","timestamp":"2026-01-01T00:00:02Z"}`
	)
	status := func(more, state string) string { return "{" + fmt.Sprintf(urls, more, state) }
	poll := func(code int, logs, body string) {
		t.Helper()
		expect(t, ask(t, s, "GET", at+"/status?logs="+logs, ""), code, body)
	}
	expect(t, ask(t, s, "POST", rife+"/video", `{"video_url":"u"}`), 200, status(`"queue_position":2,`, "IN_QUEUE"))
	poll(202, "1", status(`"queue_position":1,`, "IN_QUEUE"))
	expect(t, ask(t, s, "GET", at, ""), 400, `{"detail":"Request is still in progress"}`)
	poll(202, "0", status(`"queue_position":0,`, "IN_QUEUE"))
	poll(202, "1", status(`"logs":[`+one+`],`, "IN_PROGRESS"))
	poll(202, "true", status(`"logs":[`+one+`,`+two+`],`, "IN_PROGRESS"))
	expect(t, ask(t, s, "GET", at, ""), 400, `{"detail":"Request is still in progress"}`)
	poll(200, "1", status(`"logs":[`+one+`,`+two+`,`+last+`],"metrics":{"inference_time":2.5},`, "COMPLETED"))
	poll(200, "0", status(`"logs":null,"metrics":{"inference_time":2.5},`, "COMPLETED"))
	result := ask(t, s, "GET", at, "")
	expect(t, result, 200,
		`{"video":{"url":"https://storage.googleapis.com/falserverless/example_outputs/rife-video-output.mp4"}}`)
	if got := result.Header.Get("X-Fal-Request-Id"); got != id {
		t.Errorf("the result is of %q", got)
	}
	if got := ask(t, s, "POST", rife+"/video", `{}`).Body; !strings.Contains(got, "000000000002") {
		t.Errorf("the second job: %s", got)
	}
}

func TestRefusals(t *testing.T) {
	s := faltest.New(t)
	job, err := video.New(s.Client()).Submit(t.Context(), input)
	if err != nil {
		t.Fatal(err)
	}
	sub := rife + "/video/requests/" + job.ID
	nothing := func(what string) string { return `{"detail":"Nothing answers ` + what + `"}` }
	const (
		noKey    = `{"detail":"No valid key: Authorization is to be Key, a space and the key"}`
		unknown  = `{"status":"NOT_FOUND"}`
		notFound = `{"detail":"Application 'fal-ai/nothing' not found"}`
	)
	for _, c := range []struct {
		method, path, body string
		header             []string
		code               int
		want               string
	}{
		{"GET", sub + "/status", "", nil, 404, nothing("GET " + sub + "/status")},
		{"GET", sub, "", nil, 404, nothing("GET " + sub)},
		{"PUT", sub + "/cancel", "", nil, 404, nothing("PUT " + sub + "/cancel")},
		{"GET", "/elsewhere", "", nil, 404, nothing("GET /elsewhere")},
		{"GET", "/queue.fal.run/fal-ai/amt/requests/" + job.ID, "", nil, 404, unknown},
		{"GET", rife + "/requests/r-0/status", "", nil, 404, unknown},
		{"GET", rife + "/requests/r-0", "", nil, 404, unknown},
		{"PUT", rife + "/requests/r-0/cancel", "", nil, 404, unknown},
		{"POST", "/queue.fal.run/fal-ai/nothing", "{}", nil, 404, notFound},
		{"POST", "/fal.run/fal-ai/nothing", "{}", nil, 404, notFound},
		{"POST", rife + "/video", "{}", []string{"Authorization", ""}, 401, noKey},
		{"POST", rife + "/video", "{}", []string{"Authorization", "Bearer a"}, 401, noKey},
		{"POST", rife + "/video", "{}", []string{"Authorization", "Key "}, 401, noKey},
		{"GET", rife + "/requests/" + job.ID, "", []string{"Authorization", "Key a b"}, 401, noKey},
		{"POST", rife + "/video", `{"a":`, nil, 422,
			`{"detail":[{"loc":["body"],"msg":"is not JSON","type":"json_invalid","ctx":{"error":"unexpected EOF"}}]}`},
		{"POST", "/fal.run/fal-ai/rife/video", `{} {}`, nil, 422,
			`{"detail":[{"loc":["body"],"msg":"is not JSON","type":"json_invalid","ctx":{"error":"there is more after the value"}}]}`},
		{"POST", rife + "/video", strings.Repeat(" ", 32<<20) + "{}", nil, 413,
			`{"detail":"Request body is larger than 32 MiB"}`},
	} {
		t.Run(c.method+" "+c.path, func(t *testing.T) {
			expect(t, ask(t, s, c.method, c.path, c.body, c.header...), c.code, c.want)
		})
	}
}

// TestRefusedInput: the queue takes what the model then refuses, and every way to call ends in the same details.
func TestRefusedInput(t *testing.T) {
	s := faltest.New(t)
	client := video.New(s.Client())
	bad := video.Input{FPS: fal.Int(61)}
	want := []string{"body.video_url missing", "body.fps less_than_equal"}
	check := func(how string, err error) {
		t.Helper()
		var refused *fal.APIError
		if !errors.As(err, &refused) || !refused.IsValidation() {
			t.Fatalf("%s: got %v", how, err)
		}
		var got []string
		for _, f := range refused.Detail {
			got = append(got, f.Loc.String()+" "+f.Type)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", how, got, want)
		}
	}
	_, err := client.Subscribe(t.Context(), bad, fal.WithoutValidation(), fast)
	check("Subscribe", err)
	_, err = client.Run(t.Context(), bad, fal.WithoutValidation())
	check("Run", err)
	job, err := client.Submit(t.Context(), bad, fal.WithoutValidation())
	if err != nil {
		t.Fatal(err)
	}
	var last fal.Status
	for st, err := range job.Events(t.Context(), fast) {
		if err != nil {
			t.Fatal(err)
		}
		last = st
	}
	if !last.Failed() || last.Error != "Invalid status code: 422" {
		t.Errorf("the status says %+v", last)
	}
	_, err = job.Result(t.Context())
	check("Result", err)
}

func TestCancel(t *testing.T) {
	s := faltest.New(t)
	client := video.New(s.Client(fal.WithRetry(fal.RetryPolicy{})))
	for polls := range 6 {
		job, err := client.Submit(t.Context(), input)
		if err != nil {
			t.Fatal(err)
		}
		for range polls {
			if _, err := job.Status(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		err = job.Cancel(t.Context())
		_, failure := job.Wait(t.Context(), fast)
		if polls == 5 { // it is completed
			var late *fal.APIError
			if !errors.As(err, &late) || late.StatusCode != 400 || late.Message != "ALREADY_COMPLETED" || failure != nil {
				t.Errorf("after %d polls: %v; %v", polls, err, failure)
			}
			continue
		}
		var cancelled *fal.APIError
		if err != nil || !errors.As(failure, &cancelled) || cancelled.StatusCode != 499 || !cancelled.HasType("client_cancelled") {
			t.Errorf("after %d polls: %v; %v", polls, err, failure)
		}
		if err := job.Cancel(t.Context()); err == nil {
			t.Error("it was cancelled twice")
		}
	}
}
