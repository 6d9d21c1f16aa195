package proxy_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/falgen/falgen/fal/proxy"
)

// open is every call that config allows, as a method and a URL without its query.
var open = regexp.MustCompile(`^(` + strings.Join([]string{
	`(GET|POST) https://fal\.run/` + ids + `(/stream)?`,
	`POST https://queue\.fal\.run/` + ids,
	`GET https://queue\.fal\.run/` + apps + `/requests/[\w.-]+(/status(/stream)?)?`,
	`PUT https://queue\.fal\.run/` + apps + `/requests/[\w.-]+/cancel`,
	`POST https://rest\.fal\.ai/tokens/(realtime)?`,
	`POST https://rest\.fal\.ai/storage/upload/(initiate|initiate-multipart|complete-multipart)`,
}, `|`) + `)$`)

var dots = regexp.MustCompile(`/\.+(/|$)`)

const (
	ids = `(fal-ai/flux/dev|fal-ai/fast-sdxl(/[\w.-]+)*|workflows/me/wf|comfy/me(/[\w.-]+)+|acme(/[\w.-]+)+|12345/app|` +
		`me/app/stream)`
	apps = `(fal-ai/flux|fal-ai/fast-sdxl|workflows/me/wf|comfy/me/[\w.-]+|acme/[\w.-]+|12345/app|me/app)`
)

var tokenFor = regexp.MustCompile(`^(fast-sdxl|fal-ai/fast-sdxl(/[\w.-]+)*|comfy/me(/[\w.-]+)+|acme(/[\w.-]+)+)$`)

// FuzzTarget holds that whatever goes out is an allowed call to one of fal's hosts, and that the URL means the same to
// others who read it.
func FuzzTarget(f *testing.F) {
	for _, host := range []string{
		"fal.run", "queue.fal.run", "rest.fal.ai", "FAL.RUN", "fal.run:443", "a@fal.run", "fal.run.a", "fal.run\\a", "",
	} {
		for _, path := range []string{
			"/fal-ai/flux/dev", "/fal-ai/flux/dev/stream", "/fal-ai/flux/pro", "/fal-ai/fast-sdxl/x?a=b", "//fal-ai/flux/dev",
			"/fal-ai/fast-sdxl/../flux/pro", "/fal-ai/fast-sdxl/%2e%2e/flux", "/acme%2fany",
			"/acme/any#x", "/acme/any?x=#", "?/acme/any",
			"/fal-ai/flux/requests/r", "/fal-ai/flux/requests/r/status?logs=1", "/comfy/me/any/requests/r/status/stream",
			"/workflows/me/wf/requests/r/cancel", "/acme/any/requests/r/cancel", "/12345/app",
			"/tokens/", "/tokens/realtime", "/tokens", "/storage/upload/initiate?storage_type=fal-cdn-v3",
			"/storage/upload/initiate-multipart?storage_type=fal-cdn-v3", "/storage/upload/initiate?storage_type=gcs",
		} {
			for _, method := range []string{"GET", "POST", "PUT"} {
				f.Add(method, "https://"+host+path, `{"allowed_apps":["fast-sdxl"],"token_expiration":120}`)
			}
		}
	}
	f.Add("POST", "https://rest.fal.ai/tokens/", `{"allowed_apps":["acme/any","flux"],"token_expiration":120}`)
	f.Add("POST", "https://rest.fal.ai/tokens/realtime", `{"allowed_apps":["acme/any/realtime"],"duration":300}`)
	f.Add("POST", "https://rest.fal.ai/tokens/realtime", `{"allowed_apps":["acme/any"],"duration":301}`)

	var sent *http.Request
	var sentBody []byte
	cfg := config()
	cfg.MaxBody = 0
	h, err := proxy.New(withTransport(f, func(r *http.Request) (*http.Response, error) {
		sent, sentBody = r, nil
		if r.Body != nil {
			sentBody, _ = io.ReadAll(r.Body)
		}
		return &http.Response{StatusCode: 200, Header: http.Header{}, Body: http.NoBody}, nil
	}), cfg)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, method, target, body string) {
		sent = nil
		r := httptest.NewRequest("POST", "/api/fal/proxy", strings.NewReader(body))
		r.Method = method
		r.Header["X-Fal-Target-Url"] = []string{target}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if sent == nil {
			if w.Code < 400 {
				t.Errorf("nothing was sent, and the answer is %d", w.Code)
			}
			return
		}
		asked, err := url.Parse(target)
		if err != nil {
			t.Fatal(err)
		}
		if asked.Host != sent.URL.Host || asked.Path != sent.URL.Path || asked.RawQuery != sent.URL.RawQuery ||
			asked.Opaque != "" || asked.User != nil || asked.Fragment != "" || asked.RawPath != "" {
			t.Errorf("%q became %q", target, sent.URL)
		}
		if sent.Method != method || sent.Host != "" && sent.Host != sent.URL.Host {
			t.Errorf("%s to %s, for %s", sent.Method, sent.Host, method)
		}
		plain := *sent.URL
		plain.RawQuery = ""
		if call := method + " " + plain.String(); !open.MatchString(call) || dots.MatchString(call) {
			t.Errorf("passed on %s", call)
		}
		if strings.HasPrefix(sent.URL.Path, "/tokens/") && sent.URL.Host == "rest.fal.ai" {
			checkToken(t, sent.URL.Path, sentBody)
		}
	})
}

// checkToken holds that a token that is asked for is short-lived, and for allowed apps alone.
func checkToken(t *testing.T, path string, data []byte) {
	t.Helper()
	var asked struct {
		Apps       []string `json:"allowed_apps"`
		Expiration int      `json:"token_expiration"`
		Duration   int      `json:"duration"`
	}
	if err := json.Unmarshal(data, &asked); err != nil {
		t.Fatal(err)
	}
	seconds := asked.Expiration
	if path == "/tokens/realtime" {
		seconds = asked.Duration
	}
	if len(asked.Apps) == 0 || seconds < 1 || seconds > 300 ||
		slices.ContainsFunc(asked.Apps, func(app string) bool { return !tokenFor.MatchString(app) }) {
		t.Errorf("passed on %s", data)
	}
}
