package proxy_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/falgen/falgen/fal/proxy"
)

// TestRefused holds that fal sees nothing of what is refused.
func TestRefused(t *testing.T) {
	const run = "https://fal.run/fal-ai/flux/dev"
	type test struct {
		name, method, target string
		header               http.Header
		body                 string
		code                 int
	}
	tests := []test{
		{name: "no target", method: "POST", code: 400},
		{name: "two targets", method: "POST", header: http.Header{"X-Fal-Target-Url": {run, run}}, code: 400},
		{name: "a long target", method: "GET", target: run + "?x=" + strings.Repeat("a", 8<<10), code: 414},
		{name: "long headers", method: "POST", target: run, code: 431,
			header: http.Header{"X-Fal-A": {strings.Repeat("a", 8<<10)}, "X-Fal-B": {strings.Repeat("b", 8<<10)}}},
		{name: "a long body", method: "POST", target: run, body: strings.Repeat("a", 65), code: 413},
	}
	for _, method := range []string{"HEAD", "DELETE", "PATCH", "OPTIONS", "TRACE", "post", "FOO"} {
		tests = append(tests, test{name: method, method: method, target: run, code: 405})
	}
	for call, code := range map[string]int{
		"PUT " + run: 405,
		"GET https://queue.fal.run/fal-ai/flux/dev":                    405,
		"PUT https://queue.fal.run/fal-ai/flux/dev":                    405,
		"POST https://queue.fal.run/fal-ai/flux/requests/r":            405,
		"PUT https://queue.fal.run/fal-ai/flux/requests/r/status":      405,
		"POST https://queue.fal.run/fal-ai/flux/requests/r/cancel":     405,
		"GET https://queue.fal.run/fal-ai/flux/requests/r/cancel":      405,
		"GET https://rest.fal.ai/tokens/":                              405,
		"GET https://queue.fal.run/fal-ai/flux/requests/r/response":    403,
		"GET https://queue.fal.run/fal-ai/flux/dev/requests/r/status":  403,
		"GET https://queue.fal.run/fal-ai/flux/requests/r/status/more": 403,
		"PUT https://queue.fal.run/fal-ai/flux/requests/r/cancel/now":  403,

		"POST https://fal.run/fal-ai/flux":                         403,
		"GET https://fal.run/fal-ai/flux":                          403,
		"POST https://fal.run/fal-ai/flux/pro":                     403,
		"POST https://fal.run/fal-ai/flux/dev/more":                403,
		"POST https://fal.run/fal-ai/flux/dev/stream/stream":       403,
		"POST https://fal.run/fal-ai/flux/developer":               403,
		"POST https://fal.run/fal-ai/FLUX/dev":                     403,
		"POST https://fal.run/fal-ai/fast-sdxl-turbo":              403,
		"POST https://fal.run/workflows/me/other":                  403,
		"POST https://fal.run/me/wf":                               403,
		"POST https://queue.fal.run/fal-ai/flux/pro":               403,
		"POST https://queue.fal.run/fal-ai/flux/dev/stream":        403,
		"GET https://queue.fal.run/fal-ai/other/requests/r/status": 403,
		"GET https://queue.fal.run/fal-ai/other/requests/r":        403,
		"PUT https://queue.fal.run/fal-ai/other/requests/r/cancel": 403,
		"GET https://queue.fal.run/workflows/me/requests/r":        403,
		"GET https://queue.fal.run/me/wf/requests/r":               403,
		"GET https://queue.fal.run/comfy/you/any/requests/r":       403,
		"POST https://fal.run/execute":                             400,
		"POST https://fal.run/":                                    400,
		"POST https://fal.run":                                     400,
		"POST https://fal.run/comfy/me":                            400,

		"POST https://rest.fal.ai/storage/upload/initiate":                                            403,
		"POST https://rest.fal.ai/storage/upload/initiate?storage_type=gcs":                           403,
		"POST https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3&storage_type=gcs":   403,
		"POST https://rest.fal.ai/storage/upload/initiate/?storage_type=fal-cdn-v3":                   403,
		"POST https://rest.fal.ai/storage/auth/token?storage_type=fal-cdn-v3":                         403,
		"GET https://rest.fal.ai/users/current":                                                       403,
		"POST https://rest.fal.ai/tokens":                                                             403,
		"POST https://rest.fal.ai/tokens/?x=1":                                                        403,
		"POST https://rest.fal.ai/keys/":                                                              403,
		"POST https://rest.fal.ai/tokens/../keys/":                                                    403,
		"POST https://rest.fal.ai/":                                                                   403,
		"PUT https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3":                     405,
		"POST https://queue.fal.run/storage/upload/initiate?storage_type=fal-cdn-v3":                  403,
		"GET https://api.fal.ai/v1/models":                                                            400,
		"GET https://v3.fal.media/files/x":                                                            400,
		"POST https://rest.alpha.fal.ai/tokens/":                                                      400,
		"POST https://falrun.com/fal-ai/flux/dev":                                                     400,
		"POST http://fal.run/fal-ai/flux/dev":                                                         400,
		"POST HTTPS://fal.run/fal-ai/flux/dev":                                                        400,
		"POST ftp://fal.run/fal-ai/flux/dev":                                                          400,
		"POST //fal.run/fal-ai/flux/dev":                                                              400,
		"POST https:/fal.run/fal-ai/flux/dev":                                                         400,
		"POST https:///fal.run/fal-ai/flux/dev":                                                       400,
		"POST https:fal.run/fal-ai/flux/dev":                                                          400,
		"POST fal.run/fal-ai/flux/dev":                                                                400,
		"POST /fal-ai/flux/dev":                                                                       400,
		"POST https://fal.run:443/fal-ai/flux/dev":                                                    400,
		"POST https://fal.run:8443/fal-ai/flux/dev":                                                   400,
		"POST https://fal.run:/fal-ai/flux/dev":                                                       400,
		"POST https://me@fal.run/fal-ai/flux/dev":                                                     400,
		"POST https://fal.run@evil.example/fal-ai/flux/dev":                                           400,
		"POST https://fal.run:x@evil.example/fal-ai/flux/dev":                                         400,
		"POST https://fal.run%40evil.example/fal-ai/flux/dev":                                         400,
		"POST https://fal.run\\@evil.example/fal-ai/flux/dev":                                         400,
		"POST https://fal.run\\evil.example/fal-ai/flux/dev":                                          400,
		"POST https:\\\\fal.run\\fal-ai/flux/dev":                                                     400,
		"POST https://evil.example/fal-ai/flux/dev":                                                   400,
		"POST https://evil.example/https://fal.run/fal-ai/flux/dev":                                   400,
		"POST https://evil.example#https://fal.run/fal-ai/flux/dev":                                   400,
		"POST https://evil.example?https://fal.run/fal-ai/flux/dev":                                   400,
		"POST https://evilfal.run/fal-ai/flux/dev":                                                    400,
		"POST https://fal.run.evil.example/fal-ai/flux/dev":                                           400,
		"POST https://evil.fal.run/fal-ai/flux/dev":                                                   400,
		"POST https://fal.run./fal-ai/flux/dev":                                                       400,
		"POST https://fal.ai/fal-ai/flux/dev":                                                         400,
		"POST https://FAL.RUN/fal-ai/flux/dev":                                                        400,
		"POST https://f\u0430l.run/fal-ai/flux/dev":                                                   400, // a Cyrillic a
		"POST https://fal\u3002run/fal-ai/flux/dev":                                                   400, // a full stop
		"POST https://[::1]/fal-ai/flux/dev":                                                          400,
		"POST https://127.0.0.1/fal-ai/flux/dev":                                                      400,
		"POST https://169.254.169.254/latest/meta-data":                                               400,
		"POST https://fal.run#/fal-ai/flux/dev":                                                       400,
		"POST https://fal.run?/fal-ai/flux/dev":                                                       400,
		"POST https://fal.run//fal-ai/flux/dev":                                                       400,
		"POST https://fal.run/fal-ai//flux/dev":                                                       400,
		"POST https://fal.run/fal-ai/flux/dev/":                                                       400,
		"POST https://fal.run/fal-ai/flux/./dev":                                                      400,
		"POST https://fal.run/fal-ai/flux/../flux/dev":                                                400,
		"POST https://fal.run/fal-ai/fast-sdxl/../flux/pro":                                           400,
		"POST https://fal.run/fal-ai/fast-sdxl/..":                                                    400,
		"POST https://fal.run/fal-ai/fast-sdxl/.../flux":                                              400,
		"POST https://fal.run/fal-ai/fast-sdxl/%2e%2e/flux/pro":                                       400,
		"POST https://fal.run/fal-ai/fast-sdxl/.%2E/flux/pro":                                         400,
		"POST https://fal.run/fal-ai/fast-sdxl%2f..%2fflux/pro":                                       400,
		"POST https://fal.run/fal-ai/fast-sdxl%5c..%5cflux":                                           400,
		"POST https://fal.run/fal-ai/fast-sdxl\\..\\flux":                                             400,
		"POST https://fal.run/fal-ai/fast-sdxl/%00":                                                   400,
		"POST https://fal.run/fal-ai/fast-sdxl/%252e%252e":                                            400,
		"POST https://fal.run/fal-ai/fast-sdxl;x=1":                                                   400,
		"POST https://fal.run/fal-ai/fast-sdxl#x":                                                     400,
		"POST https://fal.run/fal-ai/flux/d\u00e9v":                                                   400,
		"POST https://fal.run/fal-ai/flux/dev?a=b#x":                                                  400,
		"POST https://fal.run/fal-ai/flux/dev?a=b HTTP/1.1":                                           400,
		"POST https://fal.run/fal-ai/flux/dev?a=%zz":                                                  400,
		"POST https://fal.run/fal-ai/flux/dev?a=b;c=d":                                                400,
		"POST https://fal.run/fal-ai/flux/dev?a=\\":                                                   400,
		"POST https://fal.run/fal-ai/flux/dev?a=\u00e9":                                               400,
		"POST https://fal.run/fal-ai/flux/dev, https://fal.run/fal-ai/flux/dev":                       400,
		"GET https://queue.fal.run/fal-ai/flux/requests/":                                             400,
		"GET https://queue.fal.run/fal-ai/flux/requests/../../../fal-ai/other/requests/r":             400,
		"GET https://queue.fal.run/fal-ai/flux/requests/..%2f..%2fother/requests/r":                   400,
		"PUT https://queue.fal.run/fal-ai/flux/requests/r/../../../../fal-ai/other/requests/r/cancel": 400,
	} {
		method, target, _ := strings.Cut(call, " ")
		tests = append(tests, test{name: call, method: method, target: target, code: code})
	}
	for body, code := range map[string]int{
		``:                               400,
		`null`:                           400,
		`[]`:                             400,
		`"token"`:                        400,
		`{`:                              400,
		`{"a":1} x`:                      400,
		`{"allowed_apps":["fast-sdxl"]}`: 400,
		`{"token_expiration":120}`:       400,
		`{"allowed_apps":["fast-sdxl"],"duration":120}`:                                       400,
		`{"allowed_apps":["fast-sdxl"],"token_expiration":120,"all":true}`:                    400,
		`{"Allowed_Apps":["fast-sdxl"],"token_expiration":120}`:                               400,
		`{"allowed_apps":"fast-sdxl","token_expiration":120}`:                                 400,
		`{"allowed_apps":["fast-sdxl"],"token_expiration":"120"}`:                             400,
		`{"allowed_apps":["fast-sdxl"],"token_expiration":1e99}`:                              400,
		`{"allowed_apps":["*"],"token_expiration":120}`:                                       400,
		`{"allowed_apps":[""],"token_expiration":120}`:                                        400,
		`{"allowed_apps":["fal-ai/fast-sdxl/../flux"],"token_expiration":120}`:                400,
		`{"allowed_apps":["workflows/me"],"token_expiration":120}`:                            400,
		`{"allowed_apps":null,"token_expiration":120}`:                                        403,
		`{"allowed_apps":[],"token_expiration":120}`:                                          403,
		`{"allowed_apps":["fast-sdxl"],"token_expiration":null}`:                              403,
		`{"allowed_apps":["fast-sdxl"],"token_expiration":0}`:                                 403,
		`{"allowed_apps":["fast-sdxl"],"token_expiration":-1}`:                                403,
		`{"allowed_apps":["fast-sdxl"],"token_expiration":301}`:                               403,
		`{"allowed_apps":["other"],"token_expiration":120}`:                                   403,
		`{"allowed_apps":["sdxl"],"token_expiration":120}`:                                    403,
		`{"allowed_apps":["fast-sdxl","other"],"token_expiration":120}`:                       403,
		`{"allowed_apps":["fal-ai"],"token_expiration":120}`:                                  403,
		`{"allowed_apps":["acme"],"token_expiration":120}`:                                    403,
		`{"allowed_apps":["flux"],"token_expiration":120}`:                                    403, // not all of it
		`{"allowed_apps":["fal-ai/flux/dev"],"token_expiration":120}`:                         403,
		`{"allowed_apps":["wf"],"token_expiration":120}`:                                      403,
		`{"allowed_apps":["other/fast-sdxl"],"token_expiration":120}`:                         403,
		`{"allowed_apps":["` + strings.Repeat("a", 16<<10) + `"],"token_expiration":120}`:     413,
		`{"allowed_apps":["other"],"allowed_apps":["fast-sdxl"],"token_expiration":9,"x":[]}`: 400,
	} {
		tests = append(tests, test{name: "token " + body[:min(len(body), 70)], method: "POST",
			target: "https://rest.fal.ai/tokens/", body: body, code: code})
	}

	u := newUpstream(t, ok)
	s := newSite(t, u.client(t), config())
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			resp := s.send(t, test.method, test.target, test.header, strings.NewReader(test.body))
			refused(t, resp, test.code)
			if resp.StatusCode == 405 && resp.Header.Get("Allow") == "" {
				t.Error("it does not say what to use instead")
			}
		})
	}
	calls := u.all()
	u.Close() // and so every request is over
	if len(calls) > 0 || u.cut > 0 {
		t.Errorf("fal has seen %+v, and %d that broke off", calls, u.cut)
	}
}

// refused holds that an answer is a refusal in the form of fal's errors.
func refused(t *testing.T, resp *http.Response, code int) {
	t.Helper()
	body := read(t, resp)
	if resp.StatusCode != code || resp.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("%s, want %d: %v %s", resp.Status, code, resp.Header, body)
	}
	if resp.Request.Method == "HEAD" {
		return
	}
	var answer struct{ Detail, Message string }
	if err := json.Unmarshal([]byte(body), &answer); err != nil || answer.Detail == "" || answer.Message != answer.Detail {
		t.Errorf("%v in %s", err, body)
	}
	if got := resp.Header.Get("Content-Type"); got != "application/json" {
		t.Errorf("the type is %s", got)
	}
}

// TestRefusedRaw holds what net/http's client cannot say.
func TestRefusedRaw(t *testing.T) {
	u := newUpstream(t, ok)
	s := newSite(t, u.client(t), config())
	const target = "x-fal-target-url: https://fal.run/fal-ai/flux/dev"
	for request, code := range map[string]int{
		"CONNECT fal.run:443 HTTP/1.1\r\nHost: fal.run:443\r\n" + target:                   404, // of the mux
		"CONNECT /api/fal/proxy HTTP/1.1\r\nHost: a\r\n" + target:                          405,
		"POST /api/fal/proxy HTTP/1.1\r\nHost: a\r\n" + target + "\x00":                    400, // of net/http
		"POST /api/fal/proxy HTTP/1.1\r\nHost: a\r\n" + target + "\r\nX-FAL-TARGET-URL: x": 400,
		"POST /api/fal/proxy HTTP/1.1\r\nHost: a\r\nx_fal_target_url: https://fal.run/a/b": 400,
	} {
		conn, err := net.Dial("tcp", s.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(conn, request+"\r\nConnection: close\r\n\r\n")
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatalf("%q: %v", request, err)
		}
		if resp.StatusCode != code {
			t.Errorf("%q: %s, want %d", request, resp.Status, code)
		}
		_ = conn.Close()
	}
	if calls := u.all(); len(calls) > 0 {
		t.Errorf("fal has seen %+v", calls)
	}
}

// TestDeniedByDefault holds that each thing has to be allowed.
func TestDeniedByDefault(t *testing.T) {
	const (
		run    = "https://fal.run/fal-ai/flux/dev"
		upload = "https://rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3"
	)
	signedIn := func(r *http.Request) bool { return r.Header.Get("Cookie") == "session=1" }
	tests := []struct {
		name, target string
		cfg          proxy.Config
		cookie       string
		code         int
	}{
		{"no hook", run, proxy.Config{Endpoints: []string{"fal-ai/**"}, Uploads: true}, "session=1", 401},
		{"no session", run, proxy.Config{Authenticate: signedIn, Endpoints: []string{"fal-ai/**"}}, "", 401},
		{"no session and no target", "", proxy.Config{Authenticate: signedIn}, "", 401},
		{"no endpoints", run, proxy.Config{Authenticate: signedIn}, "session=1", 403},
		{"no uploads", upload, proxy.Config{Authenticate: signedIn, Endpoints: []string{"fal-ai/**"}}, "session=1", 403},
		{"a session", run, proxy.Config{Authenticate: signedIn, Endpoints: []string{"fal-ai/**"}}, "session=1", 200},
		{"uploads", upload, proxy.Config{Authenticate: signedIn, Uploads: true}, "session=1", 200},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			u := newUpstream(t, ok)
			s := newSite(t, u.client(t), test.cfg)
			resp := s.send(t, "POST", test.target, http.Header{"Cookie": {test.cookie}}, nil)
			if test.code != 200 {
				refused(t, resp, test.code)
			}
			if seen := len(u.all()); resp.StatusCode != test.code || (seen > 0) != (test.code == 200) {
				t.Errorf("%s, and fal has seen %d", resp.Status, seen)
			}
		})
	}
}

// TestTokenNeedsAWholeApp holds that an entry for less than an app gives no tokens for it, and that one for a whole
// owner gives none for apps that are named without one.
func TestTokenNeedsAWholeApp(t *testing.T) {
	u := newUpstream(t, ok)
	cfg := config()
	cfg.Endpoints = []string{"acme/**", "workflows/me/wf/**", "fal-ai/flux", "fal-ai/veo/fast/**"}
	s := newSite(t, u.client(t), cfg)
	for app, code := range map[string]int{
		"any": 403, "acme/any": 200, "wf": 200, "me": 403, "workflows/me/wf/realtime": 200,
		"flux": 403, "fal-ai/flux": 403, "veo": 403, "fal-ai/veo": 403, "fal-ai/veo/fast": 403,
	} {
		body := fmt.Sprintf(`{"allowed_apps":[%q],"token_expiration":120}`, app)
		resp := s.send(t, "POST", "https://rest.fal.ai/tokens/", nil, strings.NewReader(body))
		if resp.StatusCode != code {
			t.Errorf("%s: %s, want %d", app, resp.Status, code)
		}
	}
}
