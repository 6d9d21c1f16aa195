package faltest_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/falgen/falgen/fal/faltest"
)

const sse = "text/event-stream"

// events reads the data of a stream's events; more is what a line is that has none.
func events(t *testing.T, got reply) (data []string) {
	t.Helper()
	if got.Code != 200 || got.Header.Get("Content-Type") != sse {
		t.Fatalf("no stream: %+v", got)
	}
	for _, event := range strings.Split(strings.TrimSuffix(got.Body, "\n\n"), "\n\n") {
		text, ok := strings.CutPrefix(event, "data: ")
		if !ok {
			t.Errorf("no data: %q", event)
		}
		data = append(data, text)
	}
	return data
}

func TestStream(t *testing.T) {
	s := faltest.New(t)
	got := ask(t, s, "POST", runRife+"/stream", good, "Accept", sse)
	if data := events(t, got); !slices.Equal(data, []string{usual, usual, usual}) ||
		got.Header.Get("X-Fal-Request-Id") != jobID {
		t.Errorf("got %q of %v", data, got.Header)
	}
	s.On("").Output(3).Partials(1, nil)
	if data := events(t, ask(t, s, "POST", runRife+"/stream", good)); !slices.Equal(data, []string{"1", "null", "3"}) {
		t.Errorf("got %q", data)
	}
	s.On("").Partials()
	if data := events(t, ask(t, s, "POST", runRife+"/stream", good)); !slices.Equal(data, []string{"3"}) {
		t.Errorf("got %q", data)
	}
	if got := ask(t, s, "POST", runRife+"/stream", "{}"); got.Code != 422 || !strings.Contains(got.Body, "video_url") {
		t.Errorf("an input that breaks its document: %+v", got)
	}
	if got := ask(t, s, "POST", "/fal.run/fal-ai/nothing/stream", "{}"); got.Code != 404 {
		t.Errorf("an unknown endpoint: %+v", got)
	}
	s.On("").Fail(faltest.ModelError("content_policy_violation"))
	if got := ask(t, s, "POST", runRife+"/stream", good); got.Code != 422 ||
		!strings.Contains(got.Body, "content_policy") {
		t.Errorf("a failure: %+v", got)
	}
	seen := s.Requests()[0]
	if seen.Op != faltest.OpStream || seen.Endpoint != "fal-ai/rife/video" ||
		len(faltest.Inputs[any](s, "fal-ai/rife/video")) != 5 {
		t.Errorf("saw %+v", seen)
	}
}

// TestStreamNames: an id that ends in /stream itself is not extended, and is run as well.
func TestStreamNames(t *testing.T) {
	document := func(id string) string {
		return strings.ReplaceAll(`{"info":{},"paths":{
			"/ID":{"post":{"requestBody":{"content":{"application/json":{"schema":{"type":"object"}}}}}},
			"/ID/requests/{request_id}":{"get":{"responses":{"200":{"content":{"application/json":{"schema":
				{"type":"object","properties":{}}}}}}}}}}`, "ID", id)
	}
	s := faltest.New(t, faltest.WithSpecs(folder(t,
		"a.json", document("me/app"), "b.json", document("me/app/stream"), "c.json", document("me/other/stream"))))
	for _, id := range s.Endpoints() {
		s.On(id).Output(id).Partials()
	}
	for path, want := range map[string]string{
		"me/app": `"me/app"`, "me/app/stream": `"me/app/stream"`, "me/app/stream/stream": `data: "me/app/stream"`,
		"me/other/stream": `"me/other/stream"`, "SSE me/app/stream": `data: "me/app/stream"`,
		"SSE me/other/stream": `data: "me/other/stream"`,
	} {
		accept := "application/json"
		id, wantsStream := strings.CutPrefix(path, "SSE ")
		if wantsStream {
			accept += ", " + sse
		}
		if got := ask(t, s, "POST", "/fal.run/"+id, "{}", "Accept", accept).Body; strings.TrimSpace(got) != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

// TestStatusStream: an event a step, with the logs since the one before.
func TestStatusStream(t *testing.T) {
	s := faltest.New(t)
	s.On("").Logs("a", "b", "c", "d")
	stream := func(id, query string) (all []string) {
		for _, e := range events(t, ask(t, s, "GET", rife+"/requests/"+id+"/status/stream"+query, "", "Accept", sse)) {
			all = append(all, stand(t, e))
		}
		return all
	}
	id := submitted(t, s, "")
	if got := strings.Join(stream(id, "?logs=1"), " "); got != "q1 q0 p1 p1 p1 c1" {
		t.Errorf("got %s", got)
	}
	if got := strings.Join(stream(id, "?logs=1"), " "); got != "c4" {
		t.Errorf("once completed: %s", got)
	}
	if got := stream(submitted(t, s, ""), "?logs=0"); len(got) != 6 || got[4] != "p0" {
		t.Errorf("without logs: %v", got)
	}
	s.On("").Delay(20 * time.Millisecond)
	start := time.Now()
	if got := strings.Join(stream(submitted(t, s, ""), ""), " "); got != "q1 q0 p0 p0 p0 c0" ||
		time.Since(start) < 20*time.Millisecond {
		t.Errorf("with a delay: %s after %v", got, time.Since(start))
	}
	s.On("").Delay(0).Fail(faltest.RequestError("runner_disconnected"))
	all := events(t, ask(t, s, "GET", rife+"/requests/"+submitted(t, s, "")+"/status/stream", ""))
	last := all[len(all)-1]
	if !strings.Contains(last, `"error_type":"runner_disconnected"`) || !strings.Contains(last, "metrics") {
		t.Errorf("a failed job: %s", last)
	}
	expect(t, ask(t, s, "GET", rife+"/requests/none/status/stream", ""), 404, `{"status":"NOT_FOUND"}`)
}

// TestStreamEnds: a stream that waits ends with its client, and with the server.
func TestStreamEnds(t *testing.T) {
	s := faltest.New(t)
	s.On("").Delay(time.Hour).Queue(1, 0)
	open := func(ctx context.Context) *bufio.Reader {
		req, err := http.NewRequestWithContext(ctx, "GET", s.URL+rife+"/requests/"+submitted(t, s, "")+"/status/stream", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Key k")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { resp.Body.Close() })
		return bufio.NewReader(resp.Body)
	}
	ctx, cancel := context.WithCancel(t.Context())
	gone, left := open(ctx), open(t.Context())
	for _, r := range []*bufio.Reader{gone, left} { // an event comes at once, though the next is far away
		if line, err := r.ReadString('\n'); err != nil || !strings.Contains(line, "IN_QUEUE") {
			t.Fatalf("%q, %v", line, err)
		}
	}
	cancel()
	if _, err := io.ReadAll(gone); err == nil {
		t.Error("the client that went got an end")
	}
	s.Close()
	if rest, err := io.ReadAll(left); err != nil || strings.TrimSpace(string(rest)) != "" {
		t.Errorf("the server that closed said %q, %v", rest, err)
	}
}
