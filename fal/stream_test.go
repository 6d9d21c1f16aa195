package fal_test

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/falgen/falgen/fal"
)

// sse is an answer that is a stream of events with the given data.
func sse(data ...string) reply {
	var b strings.Builder
	for _, d := range data {
		b.WriteString("data: " + d + "\n\n")
	}
	return reply{Header: map[string]string{"Content-Type": "text/event-stream; charset=utf-8", "X-Fal-Request-Id": "r-9"}, Body: b.String()}
}

// cutOff is such an answer whose connection breaks in the middle of an event.
func cutOff(data ...string) reply {
	return reply{Do: func(w http.ResponseWriter, r *http.Request) {
		hangUp("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"+
			chunk(sse(data...).Body)+chunk(`data: {"text":`))(w, r)
	}}
}

func chunk(s string) string {
	const hex = "0123456789abcdef"
	return string([]byte{hex[len(s)>>8&15], hex[len(s)>>4&15], hex[len(s)&15]}) + "\r\n" + s + "\r\n"
}

// TestStream covers the outputs that are streamed (docs/protocol.md, section 10).
func TestStream(t *testing.T) {
	tests := []struct {
		name  string
		reply reply
		want  []string // the texts, in order
		err   error    // the type of the error that ends it, if any
	}{
		{"outputs", sse(`{"text":"a"}`, `{"text":"ab"}`, `{"text":"abc"}`), []string{"a", "ab", "abc"}, nil},
		{"none", sse(), nil, nil},
		{"an endpoint that does not stream", reply{Body: `{"text":"all"}`}, []string{"all"}, nil},
		{"not json", sse(`{"text":"a"}`, `oops`), []string{"a"}, &fal.DecodeError{}},
		{"cut", cutOff(`{"text":"a"}`), []string{"a"}, &fal.DecodeError{}},
		{"html", reply{Header: map[string]string{"Content-Type": "text/html"}, Body: "<html>"}, nil, &fal.DecodeError{}},
		{"refused", reply{Code: 422, Body: `{"detail":"no"}`}, nil, &fal.APIError{}},
		{"reset", reply{Do: hangUp("")}, nil, &fal.CallError{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t, script{"POST /fal.run/fal-ai/flux/stream": {test.reply}})
			var got []string
			var last error
			for res, err := range f.endpoint(t, "fal-ai/flux").Stream(ctx, input{}) {
				if last != nil {
					t.Fatal("it goes on after an error")
				}
				if last = err; err == nil {
					got = append(got, res.Data.Text)
					if len(res.Raw) == 0 {
						t.Error("no raw output")
					}
				}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q", got)
			}
			if !sameType(last, test.err) {
				t.Errorf("got the error %v", last)
			}
			if last != nil {
				contains(t, last, "fal-ai/flux", "stream")
			}
		})
	}
}

func sameType(err, want error) bool {
	switch want.(type) {
	case nil:
		return err == nil
	case *fal.APIError:
		return errors.As(err, new(*fal.APIError))
	case *fal.DecodeError:
		return errors.As(err, new(*fal.DecodeError))
	case *fal.CallError:
		return errors.As(err, new(*fal.CallError))
	}
	return false
}

// TestStreamCanBeLeft holds that leaving the loop hangs up.
func TestStreamCanBeLeft(t *testing.T) {
	gone := make(chan struct{})
	f := newFake(t, script{"POST /fal.run/fal-ai/flux/stream": {{Do: func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, "data: {}\n\n")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
		close(gone)
	}}}})
	for _, err := range f.endpoint(t, "fal-ai/flux").Stream(ctx, input{}) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
	<-gone
}

// TestStreamOfAWorkflow keeps events of any shape.
func TestStreamOfAWorkflow(t *testing.T) {
	f := newFake(t, script{"POST /fal.run/workflows/me/flow/stream": {sse(`{"type":"submit","node_id":"a"}`, `{"type":"output","output":{"x":12345678901234567890}}`)}})
	var got []string
	e := fal.Untyped(newClient(t, fal.WithBaseURL(f.URL)), "workflows/me/flow")
	for res, err := range e.Stream(ctx, map[string]any{"n": 1}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(res.Data))
		if res.RequestID != "r-9" {
			t.Errorf("request id %q", res.RequestID)
		}
	}
	if want := []string{`{"type":"submit","node_id":"a"}`, `{"type":"output","output":{"x":12345678901234567890}}`}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if body := f.all()[0].Body; body != `{"n":1}` {
		t.Errorf("sent %s", body)
	}
}

// TestStatusStream follows a job on one connection: logs come bit by bit and are shown as a whole (docs/protocol.md, section
// 6.3).
func TestStatusStream(t *testing.T) {
	const (
		queued  = `{"status":"IN_QUEUE","queue_position":1}`
		working = `{"status":"IN_PROGRESS","logs":[{"message":"a"},{"message":"b"}]}`
		more    = `{"status":"IN_PROGRESS","logs":[{"message":"c"}]}`
		done    = `{"status":"COMPLETED","logs":null}`
	)
	polled := `{"status":"COMPLETED","logs":[{"message":"a"},{"message":"b"},{"message":"c"}]}`
	stream, look := "GET "+request+"/status/stream?logs=1", "GET "+request+"/status?logs=1"
	tests := []struct {
		name   string
		stream reply
		want   string // the states with the number of their logs
		asked  []string
	}{
		{"to the end", sse(queued, working, more, done), "IN_QUEUE 0, IN_PROGRESS 2, IN_PROGRESS 3, COMPLETED 3", []string{stream}},
		{"it breaks", cutOff(queued, working), "IN_QUEUE 0, IN_PROGRESS 2, COMPLETED 3", []string{stream, look}},
		{"it ends too soon", sse(queued), "IN_QUEUE 0, COMPLETED 3", []string{stream, look}},
		{"no stream", reply{Header: map[string]string{"Content-Type": "text/html"}, Body: "<html>"}, "COMPLETED 3", []string{stream, look}},
		{"the status alone", reply{Body: done}, "COMPLETED 0", []string{stream}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t, script{
				"GET " + request + "/status/stream": {test.stream},
				"GET " + request + "/status":        {{Body: polled}},
				"GET " + request:                    {{Body: `{"text":"hi"}`}},
			})
			var got []string
			res, err := f.endpoint(t, "fal-ai/flux/dev").Attach("r-1").Wait(ctx, fal.WithStatusStream(), fal.WithUpdateFunc(func(s fal.Status) {
				got = append(got, string(s.State)+" "+string('0'+rune(len(s.Logs))))
				for i, l := range s.Logs {
					if l.Message != string('a'+rune(i)) {
						t.Errorf("log %d is %q", i, l.Message)
					}
				}
			}))
			if err != nil || res.Data.Text != "hi" {
				t.Fatalf("%v, %v", res, err)
			}
			if text := strings.Join(got, ", "); text != test.want {
				t.Errorf("got %s", text)
			}
			if seen := f.seen(); !slices.Equal(seen, append(test.asked, "GET "+request)) {
				t.Errorf("asked %q", seen)
			}
		})
	}
}

func TestStatusStreamOfAJobThatIsNotThere(t *testing.T) {
	f := newFake(t, script{"GET " + request + "/status/stream": {{Code: 404, Body: `{"status":"NOT_FOUND"}`}}})
	_, err := f.endpoint(t, "fal-ai/flux").Attach("r-1").Wait(ctx, fal.WithStatusStream())
	var failure *fal.APIError
	if !errors.As(err, &failure) || failure.StatusCode != 404 || len(f.seen()) != 1 {
		t.Errorf("%v after %q", err, f.seen())
	}
}
