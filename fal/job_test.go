package fal_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/falgen/falgen/fal"
)

func TestJobJSON(t *testing.T) {
	f := newFake(t, script{"POST " + queue + "/dev": {{Body: `{"request_id":"r-1"}`}}})
	job, err := f.endpoint(t, "fal-ai/flux/dev").Submit(ctx, input{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(job)
	if want := `{"endpoint_id":"fal-ai/flux/dev","request_id":"r-1"}`; err != nil || string(text) != want {
		t.Errorf("%s, %v", text, err)
	}
	var again fal.Job[output]
	if err := json.Unmarshal(text, &again); err != nil || again.ID != "r-1" || again.EndpointID != "fal-ai/flux/dev" {
		t.Errorf("%+v, %v", again, err)
	}
	contains(t, again.Cancel(ctx), "fal-ai/flux/dev", "r-1", "Attach")
}

// TestServerURLs follows the URLs that fal gives to fal's own queue and to this job, and no others (docs/protocol.md,
// section 3.2).
func TestServerURLs(t *testing.T) {
	const own = "https://queue.fal.run/fal-ai/flux/requests/r-1/status"
	tests := []struct{ name, given, asked string }{
		{"as built", own, own},
		{"with the whole id", "https://queue.fal.run/fal-ai/flux/dev/requests/r-1/status", "https://queue.fal.run/fal-ai/flux/dev/requests/r-1/status"},
		{"none", "", own},
		{"another host", "https://thief.example/fal-ai/flux/requests/r-1/status", own},
		{"a look-alike", "https://queue.fal.run.thief.example/fal-ai/flux/requests/r-1/status", own},
		{"a user", "https://queue.fal.run@thief.example/fal-ai/flux/requests/r-1/status", own},
		{"plain http", "http://queue.fal.run/fal-ai/flux/requests/r-1/status", own},
		{"a port", "https://queue.fal.run:444/fal-ai/flux/requests/r-1/status", own},
		{"another of fal's hosts", "https://rest.fal.ai/fal-ai/flux/requests/r-1/status", own},
		{"another job", "https://queue.fal.run/fal-ai/flux/requests/r-10/status", own},
		{"another place", "https://queue.fal.run/billing?x=/requests/r-1/status", own},
		{"a way out", "https://queue.fal.run/fal-ai/flux/requests/r-1/../../../x", own},
		{"no URL", "::", own},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var asked []string
			c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
				asked = append(asked, r.URL.String())
				ticket, _ := json.Marshal(map[string]any{"request_id": "r-1", "status_url": test.given, "cancel_url": 5, "status": "IN_QUEUE"})
				return answer(200, string(ticket)), nil
			}).option())
			job, err := fal.NewEndpoint[input, output](c, "fal-ai/flux/dev").Submit(ctx, input{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := job.Status(ctx); err != nil {
				t.Fatal(err)
			}
			if got := asked[1]; got != test.asked+"?logs=0" {
				t.Errorf("asked %s", got)
			}
		})
	}
}

// TestServerURLsWithBaseURL takes them from a fake that names fal's hosts, or itself.
func TestServerURLsWithBaseURL(t *testing.T) {
	for _, itself := range []bool{true, false} {
		f := newFake(t, script{})
		base := "https:/"
		if itself {
			base = f.URL
		}
		f.script = script{
			"POST " + queue:                {{Body: `{"request_id":"r-1","gateway_request_id":"g-1","response_url":"` + base + request + `/response"}`}},
			"GET " + request + "/response": {{Body: `{"text":"hi"}`}},
		}
		job, err := f.endpoint(t, "fal-ai/flux").Submit(ctx, input{})
		if err != nil {
			t.Fatal(err)
		}
		if res, err := job.Result(ctx); err != nil || res.Data.Text != "hi" || job.GatewayID != "g-1" {
			t.Errorf("itself %v: %v, %v", itself, res, err)
		}
	}
}

func TestResume(t *testing.T) {
	f := newFake(t, script{"GET " + request: {{Body: `{"text":"hi"}`}}})
	e := f.endpoint(t, "fal-ai/flux")
	job := e.Attach("r-1")
	job.StatusURL = "https://queue.fal.run/fal-ai/flux/requests/r-1/status"
	saved, err := json.Marshal(job)
	if err != nil {
		t.Fatal(err)
	}
	again, err := e.Resume(saved)
	if err != nil || again.StatusURL != job.StatusURL {
		t.Fatalf("%+v, %v", again, err)
	}
	if res, err := again.Result(ctx); err != nil || res.Data.Text != "hi" {
		t.Errorf("%v, %v", res, err)
	}
	var unreadable *fal.DecodeError
	var invalid *fal.InvalidIDError
	for _, bad := range []string{``, `[]`, `{"endpoint_id":5}`} {
		if _, err := e.Resume([]byte(bad)); !errors.As(err, &unreadable) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	for _, bad := range []string{`{}`, `{"endpoint_id":"fal-ai/flux","request_id":"../x"}`, `{"endpoint_id":"fal-ai/other","request_id":"r-1"}`} {
		if _, err := e.Resume([]byte(bad)); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestWaitOnAnAttachedJob(t *testing.T) {
	f := newFake(t, script{
		"GET " + request + "/status": {{Body: `{"status":"IN_PROGRESS"}`}, {Body: `{"status":"COMPLETED"}`}},
		"GET " + request:             {{Body: `{"text":"hi"}`}},
	})
	res, err := f.endpoint(t, "fal-ai/flux/dev").Attach("r-1").Wait(ctx, fast())
	if err != nil || res.Data.Text != "hi" || res.RequestID != "r-1" {
		t.Fatalf("%+v, %v", res, err)
	}
	want := []string{"GET " + request + "/status?logs=0", "GET " + request + "/status?logs=0", "GET " + request}
	if got := f.seen(); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestWaitDoesNotCancel(t *testing.T) {
	f := newFake(t, script{"GET " + request + "/status": {{Body: `{"status":"IN_PROGRESS"}`}}})
	ctx, end := context.WithCancel(ctx)
	_, err := f.endpoint(t, "fal-ai/flux").Attach("r-1").Wait(ctx, fal.WithUpdateFunc(func(fal.Status) { end() }))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	contains(t, err, "fal-ai/flux", "r-1", "wait")
	if got := f.seen(); len(got) != 1 {
		t.Errorf("got %q", got)
	}
}

func TestEvents(t *testing.T) {
	f := newFake(t, script{"GET " + request + "/status": {
		{Body: `{"status":"IN_QUEUE"}`}, {Body: `{"status":"IN_PROGRESS"}`}, {Body: `{"status":"COMPLETED"}`},
		{Body: `{"status":"IN_QUEUE"}`}, {Code: 404, Body: `{"status":"NOT_FOUND"}`},
	}})
	job := f.endpoint(t, "fal-ai/flux").Attach("r-1")
	var got []fal.State
	for s, err := range job.Events(ctx, fast()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, s.State)
	}
	if want := []fal.State{fal.StateInQueue, fal.StateInProgress, fal.StateCompleted}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if f.seen()[0] != "GET "+request+"/status?logs=1" {
		t.Errorf("no logs: %q", f.seen())
	}
	var failures []error
	for _, err := range job.Events(ctx, fast()) { // a second range starts anew, and an error ends it
		failures = append(failures, err)
	}
	var gone *fal.APIError
	if len(failures) != 2 || failures[0] != nil || !errors.As(failures[1], &gone) || gone.StatusCode != 404 {
		t.Errorf("got %v", failures)
	}
	for range job.Events(ctx) { // stopping early asks no more
		break
	}
	if n := len(f.seen()); n != 6 {
		t.Errorf("%d requests", n)
	}
	for _, err := range job.Events(ctx, fal.WithPollInterval(-1)) {
		if err == nil {
			t.Error("WithPollInterval(-1): no error")
		}
	}
}

func TestCompletedMayBeAFailure(t *testing.T) {
	tests := []struct {
		name    string
		status  string
		result  reply
		code    int
		typ     string
		message string
	}{
		{"told by the result", `{"status":"COMPLETED","error":"e","error_type":"runner_disconnected"}`,
			reply{Code: 503, Header: map[string]string{"Retry-After": "0"}, Body: `{"detail":"gone"}`},
			503, "runner_disconnected", "gone"},
		{"the result has its own type", `{"status":"COMPLETED","error":"e","error_type":"other"}`,
			reply{Code: 422, Header: map[string]string{"X-Fal-Error-Type": "mine"},
				Body: `{"detail":[{"loc":["body","prompt"],"msg":"bad","type":"content_policy_violation"}]}`},
			422, "mine", "body.prompt: bad (content_policy_violation)"},
		{"told by the status alone", `{"status":"COMPLETED","error":"it broke","error_type":"internal_error"}`,
			reply{Body: `{"text":{}}`}, 200, "internal_error", "the job failed: it broke"},
		{"an error that is no text", `{"status":"COMPLETED","error":{"a":1}}`,
			reply{Body: `{}`}, 200, "", `the job failed: {"a":1}`},
		{"only a type", `{"status":"COMPLETED","error":null,"error_type":"internal_error"}`,
			reply{Body: `{}`}, 200, "internal_error", "the job failed: internal_error"},
		{"not told by the status", `{"status":"COMPLETED"}`, reply{Code: 500, Body: `{"detail":"oops"}`}, 500, "", "oops"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t, script{
				"POST " + queue:              {{Body: `{"request_id":"r-1"}`}},
				"GET " + request + "/status": {{Body: test.status}},
				"GET " + request:             {test.result},
			})
			e := f.endpoint(t, "fal-ai/flux")
			_, subscribed := e.Subscribe(ctx, input{})
			_, waited := e.Attach("r-1").Wait(ctx)
			for _, err := range []error{subscribed, waited} {
				var failure *fal.APIError
				if !errors.As(err, &failure) {
					t.Fatalf("got %v", err)
				}
				if failure.StatusCode != test.code || failure.ErrorType != test.typ || failure.Message != test.message {
					t.Errorf("got %d, %q, %q", failure.StatusCode, failure.ErrorType, failure.Message)
				}
				if string(failure.Body) != test.result.Body {
					t.Errorf("body %q", failure.Body)
				}
				contains(t, err, "fal-ai/flux", "r-1", test.message)
			}
		})
	}
}

func TestUnknownStatus(t *testing.T) {
	for _, body := range []string{`{"status":"PAUSED"}`, `{}`, `null`, `[]`, `{"status":{}}`} {
		f := newFake(t, script{"GET " + request + "/status": {{Body: body}}})
		_, err := f.endpoint(t, "fal-ai/flux").Attach("r-1").Wait(ctx)
		var failure *fal.APIError
		if !errors.As(err, &failure) || string(failure.Body) != body {
			t.Fatalf("%s: %v", body, err)
		}
		contains(t, err, "fal-ai/flux", "r-1", "status is")
		if n := len(f.seen()); n != 1 {
			t.Errorf("%s: %d requests", body, n)
		}
	}
}

func TestResultOfAnUnfinishedJob(t *testing.T) {
	for _, r := range []reply{
		{Code: 400, Body: `{"detail":"Request is still in progress"}`},
		{Code: 202, Body: `{"status":"IN_PROGRESS"}`},
	} {
		f := newFake(t, script{"GET " + request: {r}})
		_, err := f.endpoint(t, "fal-ai/flux").Attach("r-1").Result(ctx)
		var failure *fal.APIError
		if !errors.As(err, &failure) || failure.StatusCode != r.Code {
			t.Errorf("got %v", err)
		}
	}
}

func TestStatusTolerance(t *testing.T) {
	f := newFake(t, script{"GET " + request + "/status": {
		{Body: `{"status":"IN_QUEUE","queue_position":"soon","logs":[null,"bare",3,{"message":null,"labels":null}],"metrics":[]}`},
		{Body: `{"status":"COMPLETED","error":null,"error_type":null,"logs":"x","metrics":{"inference_time":null}}`},
	}})
	job := f.endpoint(t, "fal-ai/flux").Attach("r-1")
	s, err := job.Status(ctx)
	if err != nil || s.State != fal.StateInQueue || len(s.Logs) != 4 || s.Logs[1].Message != "bare" || s.State.Done() || s.Failed() {
		t.Errorf("%+v, %v", s, err)
	}
	s, err = job.Status(ctx)
	if err != nil || !s.State.Done() || s.Failed() || s.Logs != nil || s.Metrics.InferenceTime != 0 {
		t.Errorf("%+v, %v", s, err)
	}
}

// A bubble does not end before all of its goroutines have, and its clock is its own.
func TestSubscribeLeavesNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []string
		c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
			seen = append(seen, r.Method)
			switch {
			case r.Method == http.MethodPost:
				return answer(200, `{"request_id":"r-1"}`), nil
			case r.Method == http.MethodPut: // never answered: the budget ends it
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			return answer(202, `{"status":"IN_PROGRESS"}`), nil
		}).option())
		ctx, stop := context.WithTimeout(ctx, 1250*time.Millisecond)
		defer stop()
		start := time.Now()
		_, err := fal.NewEndpoint[input, output](c, "fal-ai/flux").Subscribe(ctx, input{})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		contains(t, err, "fal-ai/flux", "r-1", "could not be cancelled")
		if took := time.Since(start); took != 6250*time.Millisecond {
			t.Errorf("took %v", took)
		}
		if want := []string{"POST", "GET", "GET", "GET", "PUT"}; !slices.Equal(seen, want) {
			t.Errorf("got %q", seen)
		}
	})
}
