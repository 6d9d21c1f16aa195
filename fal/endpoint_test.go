package fal_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/falgen/falgen/fal"
)

func TestRunResult(t *testing.T) {
	f := newFake(t, script{"POST /fal.run/fal-ai/flux": {{
		Header: map[string]string{"X-Fal-Request-Id": "r-9", "X-Fal-Billable-Units": "2"},
		Body:   `{"text":null,"new":[1]}`,
	}}})
	res, err := f.endpoint(t, "fal-ai/flux").Run(ctx, input{})
	if err != nil {
		t.Fatal(err)
	}
	if res.Data != (output{}) || res.RequestID != "r-9" || string(res.Raw) != `{"text":null,"new":[1]}` ||
		res.Header.Get("X-Fal-Billable-Units") != "2" {
		t.Errorf("got %+v", res)
	}
}

func TestSubscribe(t *testing.T) {
	f := newFake(t, script{
		"POST " + queue + "/dev": {{Body: `{"request_id":"r-1","status":"IN_QUEUE","queue_position":3}`}},
		"GET " + request + "/status": {
			{Code: 202, Body: `{"status":"IN_QUEUE","queue_position":2}`},
			{Code: 202, Body: `{"status":"IN_PROGRESS","logs":null}`},
			{Code: 202, Body: `{"status":"IN_QUEUE","queue_position":null,"logs":{}}`}, // fal may try again
			{Code: 202, Body: `{"status":"IN_PROGRESS","new":1,"logs":[
				{"message":"a","level":"INFO","source":"USER","timestamp":"t1"},
				{"message":"b","labels":{"level":"STDERR","source":"RUN"},"timestamp":"t2"},
				{"message":"c","timestamp":"t3"}]}`},
			{Body: `{"status":"COMPLETED","metrics":{"inference_time":1.5,"x":1}}`},
		},
		"GET " + request: {{Body: `{"text":"hi"}`}},
	})
	var ids []string
	var got []fal.Status
	res, err := f.endpoint(t, "fal-ai/flux/dev").Subscribe(ctx, input{"p"}, fast(),
		fal.WithEnqueueFunc(func(id string) { ids = append(ids, id) }),
		fal.WithUpdateFunc(func(s fal.Status) { got = append(got, s) }))
	if err != nil {
		t.Fatal(err)
	}
	if res.Data.Text != "hi" || res.RequestID != "r-1" || !slices.Equal(ids, []string{"r-1"}) {
		t.Errorf("got %+v, enqueued %q", res, ids)
	}
	for i := range got {
		if got[i].Raw == nil || got[i].RequestID != "r-1" {
			t.Errorf("status %d: %+v", i, got[i])
		}
		got[i].Raw = nil
	}
	want := []fal.Status{
		{State: fal.StateInQueue, RequestID: "r-1", QueuePosition: 2},
		{State: fal.StateInProgress, RequestID: "r-1"},
		{State: fal.StateInQueue, RequestID: "r-1"},
		{State: fal.StateInProgress, RequestID: "r-1", Logs: []fal.Log{
			{Message: "a", Level: "INFO", Source: "USER", Timestamp: "t1"},
			{Message: "b", Level: "STDERR", Source: "RUN", Timestamp: "t2"},
			{Message: "c", Timestamp: "t3"},
		}},
		{State: fal.StateCompleted, RequestID: "r-1",
			Metrics: fal.Metrics{InferenceTime: 1.5, Raw: json.RawMessage(`{"inference_time":1.5,"x":1}`)}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	for _, line := range f.seen() { // a callback is there to see the logs
		if strings.Contains(line, "/status") && !strings.HasSuffix(line, "?logs=1") {
			t.Error(line)
		}
	}
}

func TestSubscribeCancelsWhenTheContextEnds(t *testing.T) {
	pending := script{
		"POST " + queue:                {{Body: `{"request_id":"r-1"}`}},
		"GET " + request + "/status":   {{Code: 202, Body: `{"status":"IN_PROGRESS"}`}},
		"PUT " + request + "/cancel":   {{Code: 202, Body: `{"status":"CANCELLATION_REQUESTED"}`}},
		"POST /queue.fal.run/fal-ai/x": {{Body: `{"request_id":"r-1"}`}},
	}
	tests := []struct {
		name    string
		opts    []fal.SubscribeOption
		cancel  reply
		cancels int
		message string
	}{
		{name: "cancelled", cancels: 1},
		{name: "kept", opts: []fal.SubscribeOption{fal.WithoutCancel()}},
		{name: "too late", cancel: reply{Code: 400, Body: `{"status":"ALREADY_COMPLETED"}`}, cancels: 1, message: "ALREADY_COMPLETED"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t, script{})
			for k, v := range pending {
				f.script[k] = v
			}
			if test.cancel.Code != 0 {
				f.script["PUT "+request+"/cancel"] = []reply{test.cancel}
			}
			ctx, end := context.WithCancelCause(ctx)
			opts := append(test.opts, fal.WithUpdateFunc(func(fal.Status) { end(errors.New("my own reason")) }))
			_, err := f.endpoint(t, "fal-ai/flux").Subscribe(ctx, input{}, opts...)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("not context.Canceled: %v", err)
			}
			contains(t, err, "fal-ai/flux", "r-1", test.message)
			var lost *fal.CallError
			if !errors.As(err, &lost) || lost.RequestID != "r-1" || lost.EndpointID != "fal-ai/flux" {
				t.Errorf("%#v", lost)
			}
			n := 0
			for _, line := range f.seen() {
				if line == "PUT "+request+"/cancel" {
					n++
				}
			}
			if n != test.cancels {
				t.Errorf("%d cancels, want %d", n, test.cancels)
			}
		})
	}
}

func TestContextEndsDuringARequest(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	ctx, end := context.WithCancelCause(ctx)
	f := newFake(t, script{
		"POST " + queue: {{Body: `{"request_id":"r-1"}`}},
		"GET " + request + "/status": {{Do: func(http.ResponseWriter, *http.Request) {
			end(errors.New("my own reason"))
			<-release
		}}},
		"PUT " + request + "/cancel": {{Body: `{"status":"OK"}`}},
	})
	_, err := f.endpoint(t, "fal-ai/flux").Subscribe(ctx, input{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("not context.Canceled: %v", err)
	}
	contains(t, err, "fal-ai/flux", "r-1")
	if got := f.seen(); got[len(got)-1] != "PUT "+request+"/cancel" {
		t.Errorf("no cancel: %q", got)
	}
}

func TestContextEndsDuringARun(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	ctx, end := context.WithCancelCause(ctx)
	f := newFake(t, script{"POST /fal.run/fal-ai/flux": {{Do: func(http.ResponseWriter, *http.Request) {
		end(errors.New("my own reason"))
		<-release
	}}}})
	_, err := f.endpoint(t, "fal-ai/flux").Run(ctx, input{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("not context.Canceled: %v", err)
	}
	contains(t, err, "fal-ai/flux", "run", "my own reason")
}

// A job whose failure arrived is over, even where the context has ended meanwhile.
func TestAFailedJobIsNotCancelled(t *testing.T) {
	ctx, end := context.WithCancel(ctx)
	c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
		switch {
		case r.Method == http.MethodPost:
			return answer(200, `{"request_id":"r-1"}`), nil
		case r.Method == http.MethodPut:
			t.Error("cancelled")
		case strings.HasSuffix(r.URL.Path, "/status"):
			return answer(200, `{"status":"COMPLETED"}`), nil
		}
		end()
		return answer(422, `{"detail":"no"}`), nil
	}).option())
	_, err := fal.NewEndpoint[input, output](c, "fal-ai/flux").Subscribe(ctx, input{})
	var failure *fal.APIError
	if !errors.As(err, &failure) || failure.StatusCode != 422 {
		t.Errorf("got %v", err)
	}
}

func TestUnreadableSuccess(t *testing.T) {
	tests := []struct {
		name  string
		reply reply
		raw   string
		cause error
	}{
		{"not json", reply{Body: "<html>\n\x1b[31mhello"}, "<html>\n\x1b[31mhello", nil},
		{"empty", reply{}, "", nil},
		{"other type", reply{Body: `{"text":{"a":1}}`}, `{"text":{"a":1}}`, nil},
		{"cut", reply{Do: hangUp("HTTP/1.1 200 OK\r\nX-Fal-Request-Id: r-9\r\nContent-Length: 99\r\n\r\n{\"te")}, `{"te`, io.ErrUnexpectedEOF},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.reply.Do == nil {
				test.reply.Header = map[string]string{"X-Fal-Request-Id": "r-9"}
			}
			f := newFake(t, script{"POST /fal.run/fal-ai/flux": {test.reply}})
			_, err := f.endpoint(t, "fal-ai/flux").Run(ctx, input{})
			var unreadable *fal.DecodeError
			if !errors.As(err, &unreadable) {
				t.Fatalf("got %v", err)
			}
			if string(unreadable.Raw) != test.raw || unreadable.Op != "run" || (test.cause != nil && !errors.Is(err, test.cause)) {
				t.Errorf("got %#v", unreadable)
			}
			contains(t, err, "fal-ai/flux", "r-9")
			if strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Errorf("raw bytes in the message: %q", err)
			}
			if n := len(f.seen()); n != 1 {
				t.Errorf("sent %d times", n)
			}
		})
	}
}

func TestConcurrentUse(t *testing.T) {
	f := newFake(t, script{
		"POST " + queue:              {{Body: `{"request_id":"r-1"}`}},
		"GET " + request + "/status": {{Body: `{"status":"COMPLETED"}`}},
		"GET " + request:             {{Body: `{"text":"hi"}`}},
	})
	e := f.endpoint(t, "fal-ai/flux")
	shared := []fal.SubscribeOption{fal.WithHeader("X-A", "b"), fast()}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if res, err := e.Subscribe(ctx, input{}, shared...); err != nil || res.Data.Text != "hi" {
				t.Errorf("%v, %v", res, err)
			}
		})
	}
	wg.Wait()
}
