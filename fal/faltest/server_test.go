package faltest_test

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/faltest"
	"github.com/falgen/falgen/generated/falai/rife/video"
	_ "github.com/falgen/falgen/internal/testenv"
)

// TestHandler: a server can be served by the caller, anywhere.
func TestHandler(t *testing.T) {
	mux := http.NewServeMux()
	host := httptest.NewServer(mux)
	defer host.Close()
	s := faltest.New(t, faltest.WithURL(host.URL+"/fake/"))
	mux.Handle("/fake/", http.StripPrefix("/fake", s))
	if s.URL != host.URL+"/fake" {
		t.Errorf("it is at %s", s.URL)
	}
	client := video.New(s.Client())
	file := s.Store("in.mp4", []byte("video"))
	if _, err := client.Subscribe(t.Context(), video.Input{VideoURL: fal.URL(file)}, fast); err != nil {
		t.Fatal(err)
	}
	resp, err := http.Get(file)
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("%+v, %v", resp, err)
	}
	resp.Body.Close()
	s.Close()
	if _, err := client.Run(t.Context(), input); err == nil || !strings.Contains(err.Error(), "closed") {
		t.Errorf("once closed: %v", err)
	}
}

// TestStep: jobs move by themselves, whether someone looks or not, and a run takes as long.
func TestStep(t *testing.T) {
	const step = 20 * time.Millisecond
	s := faltest.New(t, faltest.WithStep(step))
	var states []fal.State
	start := time.Now()
	_, err := video.New(s.Client()).Subscribe(t.Context(), input, fast,
		fal.WithUpdateFunc(func(st fal.Status) { states = append(states, st.State) }))
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took < 5*step {
		t.Errorf("took %v", took)
	}
	if len(states) < 6 || states[len(states)-1] != fal.StateCompleted || !slices.Contains(states, fal.StateInQueue) {
		t.Errorf("went through %v", states)
	}
	start = time.Now()
	if got := ask(t, s, "POST", runRife, good); got.Body != usual || time.Since(start) < 5*step {
		t.Errorf("%+v after %v", got, time.Since(start))
	}
	start = time.Now()
	if data := events(t, ask(t, s, "POST", runRife+"/stream", good)); len(data) != 3 || time.Since(start) < 5*step {
		t.Errorf("%v after %v", data, time.Since(start))
	}
	id := submitted(t, s, "")
	var got []string
	for _, e := range events(t, ask(t, s, "GET", rife+"/requests/"+id+"/status/stream?logs=1", "")) {
		got = append(got, stand(t, e))
	}
	if got[0] != "q2" || got[len(got)-1][0] != 'c' || !slices.IsSorted(levels(got)) {
		t.Errorf("the stream told %v", got)
	}
}

// levels says of each state how far it is.
func levels(stands []string) (all []int) {
	for _, s := range stands {
		all = append(all, strings.IndexByte("qpc", s[0]))
	}
	return all
}

// TestHeaders: what fal checks of a request's head is checked.
func TestHeaders(t *testing.T) {
	s := faltest.New(t)
	for _, c := range []struct {
		query  string
		header []string
		code   int
	}{
		{"", []string{"X-Fal-Queue-Priority", "low"}, 200},
		{"", []string{"X-Fal-Queue-Priority", "high"}, 400},
		{"", []string{"X-Fal-Request-Timeout", "0.2"}, 200},
		{"", []string{"X-Fal-Request-Timeout", "0.1"}, 400},
		{"", []string{"X-Fal-Request-Timeout", "NaN"}, 400},
		{"", []string{"X-Fal-Request-Timeout", "soon"}, 400},
		{"", []string{"X-Fal-Object-Lifecycle-Preference", `{"expiration_duration_seconds":3600}`}, 200},
		{"", []string{"X-Fal-Object-Lifecycle-Preference", `{"expiration_duration_seconds":"1h"}`}, 400},
		{"?fal_max_queue_length=2", nil, 200},
		{"?fal_max_queue_length=1", nil, 429},
		{"?fal_max_queue_length=x", nil, 400},
	} {
		if got := ask(t, s, "POST", rife+"/video"+c.query, good, c.header...); got.Code != c.code {
			t.Errorf("%s%q: %+v", c.query, c.header, got)
		}
	}
}

// TestHostileRequests: whatever comes is answered, and refused.
func TestHostileRequests(t *testing.T) {
	s := faltest.New(t)
	paths := []string{"/", "//", "/fal.run", "/fal.run/", "/fal.run//stream", "/fal.run/../x", "/queue.fal.run/",
		"/queue.fal.run/requests/", "/queue.fal.run/a/requests/b", "/queue.fal.run/a/b/requests/", "/queue.fal.run/a/b/requests//",
		"/queue.fal.run/workflows/b/requests/c", "/queue.fal.run/a/b/requests/c/requests/d", "/rest.fal.ai/storage/upload/",
		"/v3.fal.media/files", "/v3.fal.media/files//", "/v3.fal.media/files/a/b/multipart/a/complete", "/v3.fal.media/uploads//1",
		"/v3.fal.media/uploads/a/b/99999999999999999999", "/v3.fal.media/files/made/-000000000000001.png", "/%00", "/fal.run/%2e%2e"}
	bodies := []string{"", "null", `"x"`, "[[", strings.Repeat("[", 100_000), "\xff", `{"parts":[{"partNumber":-1}]}`}
	for _, method := range []string{"GET", "POST", "PUT", "DELETE", "HEAD"} {
		for i, path := range paths {
			if got := ask(t, s, method, path, bodies[i%len(bodies)]); got.Code/100 != 4 {
				t.Errorf("%s %s: %+v", method, path, got)
			}
		}
	}
	for _, body := range bodies {
		for _, path := range []string{runRife, runRife + "/stream", storage + "initiate?storage_type=fal-cdn-v3"} {
			if got := ask(t, s, "POST", path, body); got.Code != 422 {
				t.Errorf("%s %.20s: %+v", path, body, got)
			}
		}
	}
}

// TestCloseLeavesNothing: whatever is going on as a server closes ends with it.
func TestCloseLeavesNothing(t *testing.T) {
	hook, got := receiver(t, 500)
	before := runtime.NumGoroutine()
	s, err := faltest.Start(nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := video.New(s.Client()).Subscribe(t.Context(), input, fast); err != nil {
		t.Fatal(err)
	}
	submitted(t, s, "?fal_webhook="+url.QueryEscape(hook))
	receive(t, got)
	s.On("").Delay(time.Hour)
	s.On("").At(faltest.OpKeys, faltest.SlowBody(1))
	waiting := submitted(t, s, "?fal_webhook="+url.QueryEscape(hook))
	file := strings.TrimPrefix(s.Store("large.bin", make([]byte, 64<<20)), s.URL)
	upload := initiate(t, s, "initiate").Upload
	done := len(s.Requests())
	for _, head := range []string{
		"POST " + runRife + " HTTP/1.1\r\nAuthorization: Key k\r\nContent-Length: 17\r\n\r\n" + good,
		"GET " + rife + "/requests/" + waiting + "/status/stream HTTP/1.1\r\nAuthorization: Key k\r\n\r\n",
		"GET /rest.fal.ai/.well-known/jwks.json HTTP/1.1\r\n\r\n",
		"GET " + runRife + "/realtime HTTP/1.1\r\nAuthorization: Key k\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
		"GET " + file + " HTTP/1.1\r\n\r\n",                            // which nobody reads
		"PUT " + upload + " HTTP/1.1\r\nContent-Length: 9\r\n\r\nmore", // which does not come
	} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprint(conn, strings.Replace(head, "\r\n", "\r\nHost: fake\r\n", 1))
		for done++; len(s.Requests()) < done; {
			time.Sleep(time.Millisecond)
		}
	}
	s.Close()
	s.Close()
	http.DefaultClient.CloseIdleConnections()
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	stacks := make([]byte, 1<<20)
	t.Errorf("%d goroutines before, now:\n%s", before, stacks[:runtime.Stack(stacks, true)])
}
