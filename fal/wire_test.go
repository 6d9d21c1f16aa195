package fal_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/falgen/falgen/fal"
)

func TestRequestsOnTheWire(t *testing.T) {
	type endpoint = fal.Endpoint[input, output]
	in := input{Prompt: "<a> & b"}
	const body = `{"prompt":"<a> & b"}`
	queued := `{"request_id":"r-1"}`
	tests := []struct {
		name   string
		id     string
		do     func(*endpoint) error
		want   string // method, host and path
		body   string
		header map[string]string
		answer string
	}{
		{
			name: "run", id: "fal-ai/flux/dev",
			do:     func(e *endpoint) error { _, err := e.Run(ctx, in); return err },
			want:   "POST /fal.run/fal-ai/flux/dev",
			body:   body,
			header: map[string]string{"Content-Type": "application/json"},
		},
		{
			name: "run with options", id: "fal-ai/flux",
			do: func(e *endpoint) error {
				_, err := e.Run(ctx, in, fal.WithStartTimeout(1500*time.Millisecond), fal.WithHeader("x-fal-store-io", "0"))
				return err
			},
			want:   "POST /fal.run/fal-ai/flux",
			body:   body,
			header: map[string]string{"X-Fal-Request-Timeout": "1.5", "X-Fal-Store-Io": "0"},
		},
		{
			name: "submit", id: "fal-ai/kling-video/v2/master/text-to-video",
			do:     func(e *endpoint) error { _, err := e.Submit(ctx, in); return err },
			want:   "POST /queue.fal.run/fal-ai/kling-video/v2/master/text-to-video",
			body:   body,
			header: map[string]string{"Content-Type": "application/json", "X-Fal-Queue-Priority": "", "X-Fal-Request-Timeout": ""},
			answer: queued,
		},
		{
			name: "submit with options", id: "fal-ai/flux",
			do: func(e *endpoint) error {
				_, err := e.Submit(ctx, in, fal.WithWebhook("https://me.example/hook?a=b&c=d e"),
					fal.WithPriority(fal.PriorityLow), fal.WithStartTimeout(30*time.Second), nil)
				return err
			},
			want:   "POST /queue.fal.run/fal-ai/flux?fal_webhook=https%3A%2F%2Fme.example%2Fhook%3Fa%3Db%26c%3Dd+e",
			body:   body,
			header: map[string]string{"X-Fal-Queue-Priority": "low", "X-Fal-Request-Timeout": "30"},
			answer: queued,
		},
		{
			name: "old id", id: "12345-my-app",
			do:     func(e *endpoint) error { _, err := e.Submit(ctx, in); return err },
			want:   "POST /queue.fal.run/12345/my-app",
			body:   body,
			answer: queued,
		},
		{
			name: "status drops the sub-path", id: "fal-ai/kling-video/v2/master/text-to-video",
			do:     func(e *endpoint) error { _, err := e.Attach("r-1").Status(ctx); return err },
			want:   "GET /queue.fal.run/fal-ai/kling-video/requests/r-1/status?logs=0",
			header: map[string]string{"Content-Type": ""},
			answer: `{"status":"IN_QUEUE"}`,
		},
		{
			name: "status with logs, of a workflow", id: "workflows/me/flow/v2",
			do:     func(e *endpoint) error { _, err := e.Attach("r-1").Status(ctx, fal.WithLogs()); return err },
			want:   "GET /queue.fal.run/workflows/me/flow/requests/r-1/status?logs=1",
			answer: `{"status":"IN_QUEUE"}`,
		},
		{
			name: "result, of comfy", id: "comfy/me/graph",
			do:   func(e *endpoint) error { _, err := e.Attach("r-1").Result(ctx); return err },
			want: "GET /queue.fal.run/comfy/me/graph/requests/r-1",
		},
		{
			name: "cancel", id: "fal-ai/flux/dev",
			do:     func(e *endpoint) error { return e.Attach("r-1").Cancel(ctx) },
			want:   "PUT /queue.fal.run/fal-ai/flux/requests/r-1/cancel",
			header: map[string]string{"Content-Type": ""},
			answer: `{"status":"CANCELLATION_REQUESTED"}`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			answer := reply{Body: `{"text":"hi"}`}
			if test.answer != "" {
				answer = reply{Code: 202, Body: test.answer}
			}
			path, _, _ := strings.Cut(test.want, "?")
			f := newFake(t, script{path: {answer}})
			if err := test.do(f.endpoint(t, test.id)); err != nil {
				t.Fatal(err)
			}
			got := f.all()[0]
			if line := got.Method + " " + got.URL; line != test.want {
				t.Errorf("got  %s\nwant %s", line, test.want)
			}
			if got.Body != test.body {
				t.Errorf("body %s, want %s", got.Body, test.body)
			}
			always := map[string]string{
				"Authorization": "Key " + testKey, "Accept": "application/json", "User-Agent": "falgen/0.1.0 (go)",
			}
			for _, want := range []map[string]string{always, test.header} {
				for k, v := range want {
					if got.Header.Get(k) != v {
						t.Errorf("%s: %q, want %q", k, got.Header.Get(k), v)
					}
				}
			}
		})
	}
}

func TestHosts(t *testing.T) {
	var urls []string
	c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
		urls = append(urls, r.Method+" "+r.URL.String())
		return answer(200, `{"request_id":"r-1","status":"COMPLETED","text":"hi"}`), nil
	}).option())
	e := fal.NewEndpoint[input, output](c, "fal-ai/flux/dev")
	if _, err := e.Run(ctx, input{}); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Subscribe(ctx, input{}); err != nil {
		t.Fatal(err)
	}
	want := []string{
		"POST https://fal.run/fal-ai/flux/dev",
		"POST https://queue.fal.run/fal-ai/flux/dev",
		"GET https://queue.fal.run/fal-ai/flux/requests/r-1/status?logs=0",
		"GET https://queue.fal.run/fal-ai/flux/requests/r-1",
	}
	if !slices.Equal(urls, want) {
		t.Errorf("got %q", urls)
	}
}
