package fal_test

import (
	"iter"
	"maps"
	"net/http"
	"regexp"
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
		section string // of the protocol
		name    string
		id      string
		do      func(*endpoint) error
		want    string // method, host and path
		body    string
		header  map[string]string
		answer  string
	}{
		{
			section: "5", name: "run", id: "fal-ai/flux/dev",
			do:     func(e *endpoint) error { _, err := e.Run(ctx, in); return err },
			want:   "POST /fal.run/fal-ai/flux/dev",
			body:   body,
			header: map[string]string{"Content-Type": "application/json"},
		},
		{
			section: "4.1", name: "run with options", id: "fal-ai/flux",
			do: func(e *endpoint) error {
				_, err := e.Run(ctx, in, fal.WithStartTimeout(1500*time.Millisecond), fal.WithoutStorage(), fal.WithRunnerHint("me"),
					fal.WithHeader("x-app-fal-disable-fallback", "true"), fal.WithTimeout(time.Hour))
				return err
			},
			want: "POST /fal.run/fal-ai/flux",
			body: body,
			header: map[string]string{
				"X-Fal-Request-Timeout": "1.5", "X-Fal-Store-Io": "0", "X-Fal-Runner-Hint": "me", "X-App-Fal-Disable-Fallback": "true",
			},
		},
		{
			section: "4.2", name: "run with a lifecycle", id: "fal-ai/flux",
			do: func(e *endpoint) error {
				_, err := e.Run(ctx, in, fal.WithOutputLifecycle(fal.Lifecycle{Expires: 90 * time.Second, ACL: &fal.ACL{
					Default: fal.DecisionHide, Rules: []fal.ACLRule{{User: "<me>", Decision: fal.DecisionAllow}},
				}}))
				return err
			},
			want: "POST /fal.run/fal-ai/flux",
			body: body,
			header: map[string]string{"X-Fal-Object-Lifecycle-Preference": `{"expiration_duration_seconds":90,` +
				`"initial_acl":{"default":"hide","rules":[{"user":"<me>","decision":"allow"}]}}`},
		},
		{
			section: "4.2", name: "run with a lifecycle that says nothing", id: "fal-ai/flux",
			do: func(e *endpoint) error {
				_, err := e.Run(ctx, in, fal.WithOutputLifecycle(fal.Lifecycle{ACL: &fal.ACL{}}))
				return err
			},
			want:   "POST /fal.run/fal-ai/flux",
			body:   body,
			header: map[string]string{"X-Fal-Object-Lifecycle-Preference": ""},
		},
		{
			section: "6.1", name: "submit", id: "fal-ai/kling-video/v2/master/text-to-video",
			do:     func(e *endpoint) error { _, err := e.Submit(ctx, in); return err },
			want:   "POST /queue.fal.run/fal-ai/kling-video/v2/master/text-to-video",
			body:   body,
			header: map[string]string{"Content-Type": "application/json", "X-Fal-Queue-Priority": "", "X-Fal-Request-Timeout": ""},
			answer: queued,
		},
		{
			section: "4.1", name: "submit with options", id: "fal-ai/flux",
			do: func(e *endpoint) error {
				_, err := e.Submit(ctx, in, fal.WithWebhook("https://me.example/hook?a=b&c=d e"),
					fal.WithPriority(fal.PriorityLow), fal.WithStartTimeout(30*time.Second), fal.WithoutServerRetry(), fal.WithMaxQueueLength(7),
					fal.WithTags(map[string]string{"Team": "blue sky", "a.b-c_d": ""}), nil)
				return err
			},
			want: "POST /queue.fal.run/fal-ai/flux?fal_max_queue_length=7&fal_webhook=https%3A%2F%2Fme.example%2Fhook%3Fa%3Db%26c%3Dd+e",
			body: body,
			header: map[string]string{"X-Fal-Queue-Priority": "low", "X-Fal-Request-Timeout": "30", "X-Fal-No-Retry": "1",
				"X-Fal-Tags": "a.b-c_d=,team=blue sky"},
			answer: queued,
		},
		{
			section: "3.1", name: "old id", id: "12345-my-app",
			do:     func(e *endpoint) error { _, err := e.Submit(ctx, in); return err },
			want:   "POST /queue.fal.run/12345/my-app",
			body:   body,
			answer: queued,
		},
		{
			section: "6.2", name: "status drops the sub-path", id: "fal-ai/kling-video/v2/master/text-to-video",
			do:     func(e *endpoint) error { _, err := e.Attach("r-1").Status(ctx); return err },
			want:   "GET /queue.fal.run/fal-ai/kling-video/requests/r-1/status?logs=0",
			header: map[string]string{"Content-Type": ""},
			answer: `{"status":"IN_QUEUE"}`,
		},
		{
			section: "6.2", name: "status with logs, of a workflow", id: "workflows/me/flow/v2",
			do:     func(e *endpoint) error { _, err := e.Attach("r-1").Status(ctx, fal.WithLogs()); return err },
			want:   "GET /queue.fal.run/workflows/me/flow/requests/r-1/status?logs=1",
			answer: `{"status":"IN_QUEUE"}`,
		},
		{
			section: "6.4", name: "result, of comfy", id: "comfy/me/graph",
			do:   func(e *endpoint) error { _, err := e.Attach("r-1").Result(ctx); return err },
			want: "GET /queue.fal.run/comfy/me/graph/requests/r-1",
		},
		{
			section: "6.5", name: "cancel", id: "fal-ai/flux/dev",
			do:     func(e *endpoint) error { return e.Attach("r-1").Cancel(ctx) },
			want:   "PUT /queue.fal.run/fal-ai/flux/requests/r-1/cancel",
			header: map[string]string{"Content-Type": ""},
			answer: `{"status":"CANCELLATION_REQUESTED"}`,
		},
		{
			section: "10", name: "stream", id: "fal-ai/flux/dev",
			do:     func(e *endpoint) error { return first(e.Stream(ctx, in, fal.WithHeader("X-A", "b"))) },
			want:   "POST /fal.run/fal-ai/flux/dev/stream",
			body:   body,
			header: map[string]string{"Accept": "text/event-stream", "Content-Type": "application/json", "X-A": "b"},
		},
		{
			section: "10", name: "stream of an id that names the stream", id: "workflows/me/flow/stream",
			do:     func(e *endpoint) error { return first(e.Stream(ctx, in)) },
			want:   "POST /fal.run/workflows/me/flow/stream",
			body:   body,
			header: map[string]string{"Accept": "text/event-stream"},
		},
		{
			section: "6.3", name: "status stream", id: "fal-ai/flux/dev",
			do:     func(e *endpoint) error { return first(e.Attach("r-1").Events(ctx, fal.WithStatusStream())) },
			want:   "GET /queue.fal.run/fal-ai/flux/requests/r-1/status/stream?logs=1",
			header: map[string]string{"Accept": "text/event-stream", "Content-Type": ""},
			answer: `{"status":"COMPLETED"}`,
		},
	}
	for _, test := range tests {
		t.Run(test.section+" "+test.name, func(t *testing.T) {
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
				"Authorization": "Key " + testKey, "Accept": "application/json",
			}
			if agent := got.Header.Get("User-Agent"); !regexp.MustCompile(`^falgen/[0-9a-z.+-]+ \(go\)$`).MatchString(agent) {
				t.Errorf("User-Agent: %q", agent)
			}
			maps.Copy(always, test.header)
			for k, v := range always {
				if got.Header.Get(k) != v {
					t.Errorf("%s: %q, want %q", k, got.Header.Get(k), v)
				}
			}
		})
	}
}

// first ranges over what is yielded and returns the first error.
func first[T any](seq iter.Seq2[T, error]) error {
	for _, err := range seq {
		if err != nil {
			return err
		}
	}
	return nil
}

// TestOptionsThatCannotBe holds that nothing is sent with an option that means nothing.
func TestOptionsThatCannotBe(t *testing.T) {
	long := strings.Repeat("x", 65)
	options := map[string]fal.SubscribeOption{
		"Authorization":    fal.WithHeader("authorization", "Key other"),
		"StartTimeout":     fal.WithStartTimeout(time.Second),
		"WithTimeout":      fal.WithTimeout(0),
		"WithPollInterval": fal.WithPollInterval(0),
		"MaxQueueLength":   fal.WithMaxQueueLength(-1),
		"whole seconds":    fal.WithOutputLifecycle(fal.Lifecycle{Expires: time.Millisecond}),
		"after whole":      fal.WithUploadLifecycle(fal.Lifecycle{Expires: -time.Second}),
		"cannot begin":     fal.WithTags(map[string]string{"FAL.x": "y"}),
		"letters, digits":  fal.WithTags(map[string]string{long: "y"}),
		"a comma":          fal.WithTags(map[string]string{"a": "b,c"}),
		"1024":             fal.WithTags(map[string]string{"a": strings.Repeat("x", 256), "b": strings.Repeat("x", 256), "c": strings.Repeat("x", 256), "d": strings.Repeat("x", 256)}),
	}
	for name, option := range options {
		f := newFake(t, script{})
		_, err := f.endpoint(t, "fal-ai/flux").Subscribe(ctx, input{}, option)
		contains(t, err, name)
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
