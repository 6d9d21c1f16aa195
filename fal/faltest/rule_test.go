package faltest_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/faltest"
	"github.com/falgen/falgen/generated/falai/rife/video"
	"github.com/falgen/falgen/generated/falai/wanvace14b"
)

const (
	runRife = "/fal.run/fal-ai/rife/video"
	good    = `{"video_url":"u"}`
	usual   = `{"video":{"url":"https://storage.googleapis.com/falserverless/example_outputs/rife-video-output.mp4"}}`
)

// TestOutputs: what rules say of outputs, in which order, how often, and for which requests.
func TestOutputs(t *testing.T) {
	runs := func(t *testing.T, s *faltest.Server, want ...string) {
		t.Helper()
		for i, w := range want {
			if got := ask(t, s, "POST", runRife, good); got.Body != w {
				t.Errorf("run %d got %s, want %s", i, got.Body, w)
			}
		}
	}
	t.Run("the newest that lasts", func(t *testing.T) {
		s := faltest.New(t)
		s.On("").Output(1)
		s.On(video.EndpointID).Output(2)
		s.On("").Output("3")
		s.On(wanvace14b.EndpointID).Output(4)
		runs(t, s, `"3"`, `"3"`)
	})
	t.Run("once, one after the other", func(t *testing.T) {
		s := faltest.New(t)
		s.On(video.EndpointID).Output(1).Times(1)
		s.On(video.EndpointID).Output(2).Times(2)
		s.On("").Output(nil).Times(1)
		s.On("").Output(9).Times(0)
		runs(t, s, `1`, `2`, `2`, `null`, usual)
	})
	t.Run("per request", func(t *testing.T) {
		s := faltest.New(t)
		s.On("").Output(1).When(func(r faltest.Request) bool { return r.Header.Get("X-Test") != "" })
		s.On("").Output(2).When(func(r faltest.Request) bool { return len(s.Requests()) == 3 }) // it may ask the server
		runs(t, s, usual)
		if got := ask(t, s, "POST", runRife, good, "X-Test", "y"); got.Body != `1` {
			t.Errorf("got %s", got.Body)
		}
		runs(t, s, `2`, usual)
	})
	t.Run("made of the request", func(t *testing.T) {
		s := faltest.New(t)
		s.On("").OutputFrom(func(r faltest.Request) any {
			return []any{r.Op, r.Endpoint, r.RequestID[32:], json.RawMessage(r.Body)}
		})
		runs(t, s, `["run","fal-ai/rife/video","0001",{"video_url":"u"}]`)
	})
	t.Run("matters add up", func(t *testing.T) {
		s := faltest.New(t)
		s.On("").Fail(faltest.Detail(503, "no")).Times(1)
		s.On("").Output(1)
		s.On("").Queue(7).Times(2) // acts on both, and on no more
		s.On("").Queue(5)
		for _, want := range []string{`"queue_position":7`, `"queue_position":7`, `"queue_position":5`} {
			if got := ask(t, s, "POST", rife+"/video", good).Body; !strings.Contains(got, want) {
				t.Errorf("got %s, want %s", got, want)
			}
		}
		runs(t, s, `1`)
	})
	t.Run("an input that breaks its document", func(t *testing.T) {
		s := faltest.New(t)
		s.On("").Output(1)
		if got := ask(t, s, "POST", runRife, "{}"); got.Code != 422 {
			t.Errorf("got %+v", got)
		}
		s.On("").Fail(faltest.RequestError("internal_error"))
		if got := ask(t, s, "POST", runRife, "{}"); got.Code != 500 {
			t.Errorf("a failure goes first: %+v", got)
		}
	})
}

// TestConcurrentRules: a rule acts exactly as often as it is to.
func TestConcurrentRules(t *testing.T) {
	s := faltest.New(t)
	s.On("").Output(1).Times(10)
	var once atomic.Int32
	var group sync.WaitGroup
	for range 40 {
		group.Go(func() {
			s.On(wanvace14b.EndpointID).Delay(time.Hour)
			if ask(t, s, "POST", runRife, good).Body == "1" {
				once.Add(1)
			}
		})
	}
	group.Wait()
	if once.Load() != 10 {
		t.Errorf("acted %d times", once.Load())
	}
}

// TestJobSteps: the positions, logs and failure of a job are what the rule says, whatever their number.
func TestJobSteps(t *testing.T) {
	for name, c := range map[string]struct {
		steer func(*faltest.Rule)
		want  string // a status each: position or number of logs
	}{
		"usual": {func(*faltest.Rule) {}, "q2 q1 q0 p1 p2 c3"},
		"given": {func(r *faltest.Rule) { r.Queue(5, 0).Logs("a", "b", "c", "d") }, "q5 q0 p1 p2 p3 c4"},
		"none":  {func(r *faltest.Rule) { r.Queue().Logs() }, "q0 p0 c0"},
		"one":   {func(r *faltest.Rule) { r.Queue(1).Logs("a") }, "q1 p1 c1"},
		"failing": {func(r *faltest.Rule) { r.Queue(1).Logs("a", "b").Fail(faltest.ModelError("one_of")) },
			"q1 p1 c2 failed"},
		"backwards":  {func(r *faltest.Rule) { r.Queue(0, 3, -1).Logs() }, "q0 q3 q-1 p0 c0"},
		"with limit": {func(r *faltest.Rule) { r.Queue(1, 0).Delay(time.Hour) }, "q1 q0 c0 failed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := faltest.New(t)
			c.steer(s.On(""))
			got := strings.Fields(stand(t, ask(t, s, "POST", rife+"/video", good, "X-Fal-Request-Timeout", "30").Body))
			for !strings.HasPrefix(got[len(got)-1], "c") {
				got = append(got, stand(t, ask(t, s, "GET", rife+"/requests/"+jobID+"/status?logs=1", "").Body))
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %s, want %s", strings.Join(got, " "), c.want)
			}
		})
	}
}

const jobID = "00000000-0000-4000-8000-000000000001"

// stand says in short how a job stands by an answer about it.
func stand(t *testing.T, body string) string {
	t.Helper()
	var s struct {
		Status   string
		Position json.Number `json:"queue_position"`
		Logs     []any
		Error    string
	}
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	switch s.Status {
	case "IN_QUEUE":
		return "q" + s.Position.String()
	case "IN_PROGRESS":
		return "p" + string(rune('0'+len(s.Logs)))
	}
	if s.Error != "" {
		return "c" + string(rune('0'+len(s.Logs))) + " failed"
	}
	return "c" + string(rune('0'+len(s.Logs)))
}

// TestDelay: a job stays in queue until its delay is over, however often it is looked at, and a run is not answered.
func TestDelay(t *testing.T) {
	s := faltest.New(t)
	const delay = 50 * time.Millisecond
	s.On("").Delay(delay).Logs()
	start := time.Now()
	if got := ask(t, s, "POST", runRife, good); got.Body != usual || time.Since(start) < delay {
		t.Errorf("%+v after %v", got, time.Since(start))
	}
	start = time.Now()
	id := submitted(t, s, "")
	var last string
	for !strings.HasPrefix(last, "p") {
		last = stand(t, ask(t, s, "GET", rife+"/requests/"+id+"/status", "").Body)
		if strings.HasPrefix(last, "c") {
			t.Fatal("it was never in progress")
		}
	}
	if time.Since(start) < delay {
		t.Errorf("left the queue after %v", time.Since(start))
	}
}

// submitted submits an input that fits and returns the request id.
func submitted(t *testing.T, s *faltest.Server, query string) string {
	t.Helper()
	var ticket struct {
		ID string `json:"request_id"`
	}
	got := ask(t, s, "POST", rife+"/video"+query, good)
	if err := json.Unmarshal([]byte(got.Body), &ticket); err != nil || ticket.ID == "" {
		t.Fatalf("not taken: %+v", got)
	}
	return ticket.ID
}

// TestStartTimeout: what does not start within the caller's limit fails at once, in the way that tells it from others.
func TestStartTimeout(t *testing.T) {
	s := faltest.New(t)
	s.On("").Delay(time.Hour)
	client := video.New(s.Client())
	limit := fal.WithStartTimeout(2 * time.Second)
	check := func(how string, err error) {
		t.Helper()
		var late *fal.APIError
		if !errors.As(err, &late) || !late.IsUserTimeout() || !late.HasType("request_timeout") {
			t.Errorf("%s: got %v", how, err)
		}
	}
	_, err := client.Run(t.Context(), input, limit)
	check("Run", err)
	_, err = client.Subscribe(t.Context(), input, limit, fast)
	check("Subscribe", err)
	got := ask(t, s, "POST", runRife+"/stream", good, "X-Fal-Request-Timeout", "2.5")
	if got.Code != 504 || got.Header.Get("X-Fal-Request-Timeout-Type") != "user" {
		t.Errorf("stream: %+v", got)
	}
}

// TestFailures: every kind of failure arrives as what it is, by run and by job.
func TestFailures(t *testing.T) {
	seen := map[string]bool{}
	for _, failure := range faltest.Failures() {
		if seen[failure.String()] {
			t.Errorf("%s is there twice", failure)
		}
		seen[failure.String()] = true
		t.Run(failure.String(), func(t *testing.T) {
			t.Parallel()
			s := faltest.New(t)
			s.On("").Fail(failure)
			client := video.New(s.Client(fal.WithRetry(fal.RetryPolicy{})))
			_, kind, _ := strings.Cut(failure.String(), " ")
			text, _ := json.Marshal(failure.Body)
			for how, call := range map[string]func() error{
				"Run":       func() error { _, err := client.Run(t.Context(), input); return err },
				"Subscribe": func() error { _, err := client.Subscribe(t.Context(), input, fast); return err },
			} {
				var failed *fal.APIError
				if err := call(); !errors.As(err, &failed) || failed.StatusCode != failure.Code {
					t.Fatalf("%s: got %v", how, err)
				}
				if strings.Contains(string(text), `"type"`) && strings.Contains(string(text), "loc") && !failed.HasType(kind) {
					t.Errorf("%s: %v is of another type", how, failed)
				}
				if strings.Contains(string(text), "error_type") && failed.ErrorType != kind {
					t.Errorf("%s: %v is of another error type", how, failed)
				}
			}
		})
	}
	for _, want := range []string{"503 runner_disconnected", "422 content_policy_violation",
		"400 downstream_service_error", "500 internal_server_error", "499 client_cancelled", "429 concurrent_requests_limit", "502 Bad Gateway",
		"403 authorization_error", "422 The input makes no sense"} {
		if !seen[want] {
			t.Errorf("%s is not among %v", want, seen)
		}
	}
	expect(t, reply{422, compact(t, faltest.ModelError("image_too_small", "images", 0).Body), nil}, 422,
		`{"detail":[{"loc":["body","images",0],"msg":"the model refused it: image too small","type":"image_too_small",`+
			`"ctx":{"min_height":512,"min_width":512}}]}`)
	if got := faltest.RequestError("new_kind"); got.Code != 500 || got.Header.Get("X-Fal-Error-Type") != "new_kind" {
		t.Errorf("got %+v", got)
	}
	if got := faltest.ModelError("new_kind").Code; got != 422 {
		t.Errorf("got %d", got)
	}
}

// TestShapes: a result may hold values and nulls that the document does not speak of.
func TestShapes(t *testing.T) {
	const document = `{"info":{},"components":{"schemas":{
		"File":{"type":"object","required":["url"],"properties":{"url":{"type":"string"},"file_name":{"type":"string"},
			"content_type":{"type":"string"},"file_size":{"type":"integer"}}},
		"Out":{"type":"object","required":["must","list","files"],"properties":{
			"must":{"type":"string","enum":["a","b"]},"number":{"type":"integer","enum":[1,2]},"note":{"type":"string"},
			"list":{"type":"array","items":{"anyOf":[{"type":"string","enum":["x"]},{"type":"integer"}]}},
			"files":{"type":"array","items":{"$ref":"#/components/schemas/File"}}}}}},
		"paths":{"/me/app":{"post":{"requestBody":{"content":{"application/json":{"schema":{"type":"object"}}}}}},
		"/me/app/requests/{request_id}":{"get":{"responses":{"200":{"content":{"application/json":{"schema":
			{"$ref":"#/components/schemas/Out"}}}}}}}}}`
	const given = `{"files":[{"url":"u","file_name":"n"}],"list":["x",7],"more":{"a":1},"must":"a","number":2}`
	s := faltest.New(t, faltest.WithSpecs(folder(t, "a.json", document)))
	got := func() string { return ask(t, s, "POST", "/fal.run/me/app", "{}").Body }
	s.On("me/app").Output(json.RawMessage(given))
	if got() != given {
		t.Errorf("it changed: %s", got())
	}
	s.On("me/app").UnknownEnums()
	const unknown = `{"files":[{"file_name":"n","url":"u"}],"list":["faltest-unknown",7],"more":{"a":1},` +
		`"must":"faltest-unknown","number":987654321}`
	if diff := cmp.Diff(unknown, got()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	s.On("me/app").NullFields()
	var v map[string]any
	if err := json.Unmarshal([]byte(got()), &v); err != nil {
		t.Fatal(err)
	}
	file := v["files"].([]any)[0].(map[string]any)
	for name, value := range map[string]any{"note": v["note"], "number": v["number"], "file_name": file["file_name"]} {
		if value != nil {
			t.Errorf("%s is %v", name, value)
		}
	}
	if _, there := v["note"]; !there || v["must"] == nil || file["url"] != "u" {
		t.Errorf("got %v", v)
	}
}

// TestMisuse: what a test does wrong ends it.
func TestMisuse(t *testing.T) {
	s, err := faltest.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := video.New(s.Client()).Run(t.Context(), input); err != nil {
		t.Fatal(err)
	}
	for want, misuse := range map[string]func(){
		"it is not served":        func() { s.On("fal-ai/rife/vide") },
		"Output(float64)":         func() { s.On("").Output(math.NaN()) },
		"Partials(func())":        func() { s.On("").Partials(1, func() {}) },
		"0 is no HTTP status":     func() { s.On("").Fail(faltest.Answer{}) },
		"At(status): 99 is no":    func() { s.On("").At(faltest.OpStatus, faltest.Answer{Code: 99}) },
		"the body is no JSON":     func() { s.On("").Fail(faltest.Answer{Code: 200, Body: func() {}}) },
		"request 0, a run of":     func() { faltest.Inputs[[]int](s, video.EndpointID) },
		"larger than the storage": func() { tiny(t).Store("a", make([]byte, 11)) },
		"WithRetry was given":     func() { s.Client(fal.WithRetry(fal.RetryPolicy{Max: -1})) },
	} {
		func() {
			defer func() {
				if err, _ := recover().(error); err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("want %q, got %v", want, err)
				}
			}()
			misuse()
		}()
	}
}

// tiny is a server with room for ten bytes.
func tiny(t *testing.T) *faltest.Server {
	t.Helper()
	s, err := faltest.Start(faltest.WithStorage(10))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}
