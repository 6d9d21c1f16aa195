package faltest_test

import (
	"net/http"
	"testing"

	"github.com/falgen/falgen/fal/faltest"
	"github.com/falgen/falgen/generated/falai/rife/video"
)

// TestProxied: a request that says where it is for is served as if it had come there, and needs no key.
func TestProxied(t *testing.T) {
	s := faltest.New(t)
	target := func(url string) []string { return append([]string{"X-Fal-Target-Url", url}, noKey...) }
	const rest = "https://queue.fal.run/fal-ai/rife"
	run := target("https://fal.run/fal-ai/rife/video")
	if got := ask(t, s, "POST", "/api/fal/proxy", good, run...); got.Body != usual {
		t.Errorf("run: %+v", got)
	}
	for _, c := range []struct {
		method, target string
		code           int
	}{
		{"POST", rest + "/video?fal_max_queue_length=5", 200},
		{"POST", rest + "/video?fal_max_queue_length=1", 429},
		{"GET", rest + "/requests/00000000-0000-4000-8000-000000000002/status?logs=1", 202},
		{"PUT", rest + "/requests/00000000-0000-4000-8000-000000000002/cancel", 202},
		{"POST", "https://fal.run/fal-ai/none", 404},
	} {
		if got := ask(t, s, c.method, "/", good, target(c.target)...); got.Code != c.code {
			t.Errorf("%s %s: %+v", c.method, c.target, got)
		}
	}
	seen := s.Requests()[1]
	if seen.Op != faltest.OpSubmit || seen.Endpoint != video.EndpointID ||
		seen.Path != "queue.fal.run/fal-ai/rife/video" || seen.Query.Get("fal_max_queue_length") != "5" {
		t.Errorf("received %+v", seen)
	}
	for _, url := range []string{"x", "http://fal.run/fal-ai/rife/video", "https://fal.run:443/fal-ai/rife/video",
		"https://u@fal.run/fal-ai/rife/video", "https://FAL.run/fal-ai/rife/video", "https://fal.run.example/a/b",
		"https://v3.fal.media/files/a/b", "https://fal.run/fal-ai/rife/video#x", "//fal.run/a/b", "https://%zz"} {
		if got := ask(t, s, "POST", runRife, good, target(url)...); got.Code != http.StatusBadRequest {
			t.Errorf("%s: %+v", url, got)
		}
	}
	wrong := []string{"X-Fal-Target-Url", "https://fal.run/fal-ai/rife/video", "Authorization", "Bearer x"}
	if got := ask(t, s, "POST", "/", good, wrong...); got.Code != http.StatusUnauthorized {
		t.Errorf("a key that is none: %+v", got)
	}
	if got := ask(t, s, "POST", runRife, good, noKey...); got.Code != http.StatusUnauthorized {
		t.Errorf("no proxy and no key: %+v", got)
	}
}
