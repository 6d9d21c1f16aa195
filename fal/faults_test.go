package fal_test

import (
	"context"
	"fmt"
	"io"
	"iter"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/falgen/falgen/fal"
)

// fault is one thing that may go wrong, and the error that a caller is to get: "call", "decode", "api", or "" for none.
type fault struct {
	name   string
	answer func(*world, http.ResponseWriter, *http.Request) // nil for a port that is shut
	unread bool                                             // what is sent is not read
	err    string
	but    map[string]string // what some ways to call get; "-" where the fault is none to them
	only   []string          // the ways to call that meet it; nil for all
	is     error             // that errors.Is finds; nil for none
	ends   bool              // the context's deadline ends the call
	busy   bool              // fal says that it has not taken the input, so that it is sent again
}

var (
	looking = []string{"subscribe", "subscribe by stream", "wait", "status"}
	hearing = []string{"stream", "subscribe by stream"}
	// A part takes long to send, and most of what happens to it happens to a put, too.
	parts = []string{"connection refused", "reset in the body", "truncated JSON", "500", "10 GB",
		"redirect to another host", "no answer"}

	// Some ask for no more than a success, and a download asks for bytes.
	formless = map[string]string{"cancel": "", "put": "", "download": "-"}
	bytewise = map[string]string{"download": "call"}
	moved    = map[string]string{"download": ""}
	// Who repeats a 500 waits to do so when the deadline passes.
	repeated = map[string]string{"subscribe": "call", "subscribe by stream": "call", "status": "call", "wait": "call",
		"upload": "call", "put": "call", "upload in parts": "call", "download": "call"}
)

// wants is the error that a way to call gets, "-" where it does not meet the fault.
func (f fault) wants(way string) string {
	if want, ok := f.but[way]; ok {
		return want
	}
	if f.only != nil && !slices.Contains(f.only, way) || way == "part" && !slices.Contains(parts, f.name) {
		return "-"
	}
	return f.err
}

var faults = []fault{
	{name: "connection refused", err: "call"},
	{name: "reset before an answer", answer: reset(""), err: "call"},
	{name: "reset in the body", answer: reset("Content-Length: 99\r\n\r\n{"), err: "decode", but: bytewise},
	{name: "truncated JSON", answer: says(200, `{"text":"h`), err: "decode", but: formless},
	{name: "HTML", answer: says(200, "<html>Sign in, %s", html...), err: "decode", but: formless},
	{name: "HTML with a 502", answer: says(502, "<html>Bad gateway, %s", html...), err: "api"},
	{name: "429", answer: says(429, `{"detail":"too many of %s"}`), err: "api", busy: true},
	{name: "429, come back now", answer: says(429, `{}`, "Retry-After", "0"), err: "api", busy: true},
	{name: "429, come back in an hour", answer: says(429, `{}`, "Retry-After", "3600"), err: "api"},
	{name: "429, come back too late", answer: says(429, `{}`, "Retry-After", "30"), err: "call", ends: true},
	{name: "500", answer: says(500, `{"detail":"broken by %s"}`), err: "api"},
	{name: "500, silence in its body", answer: stalls(500, 99, "{"), err: "api", ends: true, but: repeated},
	{name: "101", answer: switches, err: "api"},
	{name: "10 GB", answer: stalls(200, 10<<30, "{"), err: "decode", but: bytewise, is: fal.ErrTooLarge},
	{name: "event cut off", answer: says(200, `data: {"te`, eventStream...), err: "decode", only: hearing},
	{name: "event stalled", answer: stalls(200, 9, `data: {"`, eventStream...), err: "decode", ends: true, only: hearing},
	{name: "unknown status", answer: says(200, `{"status":"PAUSED"}`), err: "api", only: looking},
	{name: "redirect to another host", answer: redirects, err: "call", but: moved},
	{name: "no answer", answer: never, err: "call", ends: true},
	{name: "nothing is read", answer: never, unread: true, err: "call", ends: true, only: []string{"put"}},
	{name: "silence in the body", answer: stalls(200, 99, "{"), err: "decode", ends: true, but: bytewise},
}

// way is one of the ways to call fal.
type way struct {
	name  string
	at    []string // where it meets the fault
	bills bool     // each request there may be billed
	do    func(context.Context, *world) error
}

// The places where they do.
const (
	run    = "POST /fal.run/fal-ai/flux"
	submit = "POST " + queue
	status = "GET " + request + "/status"
)

const (
	small = 8 << 20  // more than sockets hold
	large = 91 << 20 // sent in ten parts
)

var ways = []way{
	{"run", []string{run}, true, func(ctx context.Context, w *world) error {
		_, err := w.flux().Run(ctx, input{})
		return err
	}},
	{"stream", []string{run + "/stream"}, true, func(ctx context.Context, w *world) error {
		return last(w.flux().Stream(ctx, input{}))
	}},
	{"submit", []string{submit}, true, func(ctx context.Context, w *world) error {
		_, err := w.flux().Submit(ctx, input{})
		return err
	}},
	{"subscribe", []string{status}, false, subscribe()},
	{"subscribe by stream", []string{status, status + "/stream"}, false, subscribe(fal.WithStatusStream())},
	{"subscribe, its result", []string{"GET " + request}, false, subscribe()},
	{"status", []string{status}, false, func(ctx context.Context, w *world) error {
		_, err := w.job().Status(ctx)
		return err
	}},
	{"wait", []string{status}, false, func(ctx context.Context, w *world) error {
		var err error
		for end := range fal.Wait(ctx, w.job()) {
			err = end.Err
		}
		return err
	}},
	{"result", []string{"GET " + request}, false, func(ctx context.Context, w *world) error {
		_, err := w.job().Result(ctx)
		return err
	}},
	{"cancel", []string{"PUT " + request + "/cancel"}, false, func(ctx context.Context, w *world) error {
		return w.job().Cancel(ctx)
	}},
	{"upload", []string{announce}, false, upload(small)},
	{"put", []string{"PUT /put"}, false, upload(small)},
	{"upload in parts", []string{announce + "-multipart"}, false, upload(large)},
	{"part", []string{"PUT /put/3"}, false, upload(large)},
	{"download", []string{"GET /file"}, false, func(ctx context.Context, w *world) error {
		_, err := fal.Download(ctx, w.storage.URL+"/file", io.Discard, fal.WithClient(w.client), fal.WithMaxSize(1<<20))
		return err
	}},
}

func subscribe(opts ...fal.SubscribeOption) func(context.Context, *world) error {
	return func(ctx context.Context, w *world) error {
		_, err := w.flux().Subscribe(ctx, input{}, opts...)
		return err
	}
}

func upload(size int64, opts ...fal.UploadOption) func(context.Context, *world) error {
	return func(ctx context.Context, w *world) error {
		_, err := w.client.Upload(ctx, file(size), opts...)
		return err
	}
}

func last(results iter.Seq2[*fal.Result[output], error]) (err error) {
	for _, err = range results {
	}
	return err
}

// TestFaults lets every fault meet every way to call fal, over sockets. Each gives an error of the right type within
// the context's deadline, leaves no goroutine, and brings the key nowhere but to fal.
func TestFaults(t *testing.T) {
	h := newHosts(t)
	for _, f := range faults {
		for _, way := range ways {
			want := f.wants(way.name)
			if want == "-" {
				continue
			}
			t.Run(f.name+"/"+way.name, func(t *testing.T) {
				w := newWorld(t, h, f, way.at...)
				w.meets(t, way, want)
				inputs := 1
				if way.bills && f.busy {
					inputs += again
				}
				for _, at := range []string{run, run + "/stream", submit} {
					if n := w.count()[at]; n > inputs {
						t.Errorf("an input was sent %d times", n)
					}
				}
			})
		}
	}
}

// TestByStreamAsksWhereItCannotHear lets the faults meet the stream of a job's status alone.
func TestByStreamAsksWhereItCannotHear(t *testing.T) {
	h := newHosts(t)
	for _, f := range faults {
		want := f.wants("subscribe by stream")
		if want == "-" {
			continue
		}
		t.Run(f.name, func(t *testing.T) {
			if want != "api" && !f.ends { // not an answer, but a connection that is of no use
				want = ""
			}
			w := newWorld(t, h, f, status+"/stream")
			w.meets(t, way{do: subscribe(fal.WithStatusStream())}, want)
		})
	}
}

// TestLeavingEarly leaves loops while fal has more to say, or will not say it.
func TestLeavingEarly(t *testing.T) {
	h := newHosts(t)
	event := stalls(200, 99, "data: {\"status\":\"IN_QUEUE\"}\n\n", eventStream...)
	var once sync.Once
	one := func(w *world, out http.ResponseWriter, r *http.Request) {
		answer := hold
		once.Do(func() { answer = func(w *world, r *http.Request) { says(200, `{"status":"COMPLETED"}`)(w, out, r) } })
		answer(w, r)
	}
	for _, test := range []struct {
		name, at string
		answer   func(*world, http.ResponseWriter, *http.Request)
		loop     func(context.Context, *world) error
	}{
		{"stream", run + "/stream", event, func(ctx context.Context, w *world) error {
			for _, err := range w.flux().Stream(ctx, input{}) {
				return err
			}
			return nil
		}},
		{"events", status, says(202, `{"status":"IN_QUEUE"}`), func(ctx context.Context, w *world) error {
			for _, err := range w.job().Events(ctx) {
				return err
			}
			return nil
		}},
		{"events by stream", status + "/stream", event, func(ctx context.Context, w *world) error {
			for _, err := range w.job().Events(ctx, fal.WithStatusStream()) {
				return err
			}
			return nil
		}},
		{"wait", status, one, func(ctx context.Context, w *world) error {
			for end := range fal.Wait(ctx, w.job(), w.job(), w.job()) {
				return end.Err
			}
			return nil
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, h, fault{answer: test.answer}, test.at)
			w.meets(t, way{do: test.loop}, "")
			if w.count()[test.at] == 0 {
				t.Error("nothing was asked")
			}
		})
	}
}

// TestAPartThatFails lets the third of ten parts fail for good while three others get no answer: these are given up,
// and the rest is not begun.
func TestAPartThatFails(t *testing.T) {
	fails := fault{err: "api", answer: func(w *world, out http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/put/3" {
			says(500, `{"detail":"the disk is full"}`)(w, out, r)
			return
		}
		hold(w, r)
	}}
	w := newWorld(t, newHosts(t), fails, "PUT /put/1", "PUT /put/2", "PUT /put/3", "PUT /put/4")
	w.meets(t, way{do: upload(large)}, "api")
	for at, n := range w.count() {
		want := 1 // at most: it may have been given up before it was begun
		switch at {
		case "PUT /put/3":
			want = 1 + again
		case announce + "-multipart", "PUT /put/1", "PUT /put/2", "PUT /put/4":
		default:
			want = 0
		}
		if n > want {
			t.Errorf("%s was sent %d times", at, n)
		}
	}
}

// TestAPartThatFailsOnce repeats that part alone, and counts its bytes once.
func TestAPartThatFailsOnce(t *testing.T) {
	var once sync.Once
	fails := fault{answer: func(w *world, out http.ResponseWriter, r *http.Request) {
		code := 200
		once.Do(func() { code = 500 })
		says(code, `{"partNumber":3,"etag":"of 3"}`)(w, out, r)
	}}
	w := newWorld(t, newHosts(t), fails, "PUT /put/3")
	var seen fal.Progress
	w.meets(t, way{do: upload(large, fal.WithUploadProgress(func(p fal.Progress) {
		if seen = p; p.Done > p.Total {
			t.Errorf("uploaded %d of %d bytes", p.Done, p.Total)
		}
	}))}, "")
	if seen.Done != large || seen.Total != large {
		t.Errorf("at last, %d of %d bytes were uploaded", seen.Done, seen.Total)
	}
	want := map[string]int{announce + "-multipart": 1, "POST /put/complete": 1}
	for i := 1; i <= 10; i++ {
		want[fmt.Sprintf("PUT /put/%d", i)] = 1
	}
	want["PUT /put/3"] = 2
	if got := w.count(); !maps.Equal(got, want) {
		t.Errorf("sent %v, want %v", got, want)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, got := range w.foreign {
		number, isPart := strings.CutPrefix(got.at, "PUT /put/")
		if isPart && (got.head == "" || strconv.Itoa(int(got.head[0])) != number) {
			t.Errorf("part %s is not that of the file", number)
		}
	}
	end := w.foreign[len(w.foreign)-1]
	list := `{"partNumber":2,"etag":"e"},{"partNumber":3,"etag":"of 3"},{"partNumber":4,`
	if end.at != "POST /put/complete" || !strings.Contains(end.head, list) {
		t.Errorf("the file was completed with %+v", end)
	}
}

// TestPasswordsStayOutOfErrors: not only the key is a secret.
func TestPasswordsStayOutOfErrors(t *testing.T) {
	f := newFake(t, script{"GET /file": {{Code: 404}}})
	_, err := fal.Download(ctx, "http://user:password@"+f.Listener.Addr().String()+"/file?signature=s", io.Discard)
	contains(t, err, "/file: 404")
	if text := fmt.Sprint(err); strings.Contains(text, "user") || strings.Contains(text, "signature") {
		t.Error(text)
	}
}
