package fal_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/falgen/falgen/fal"
)

func TestKeyFromTheEnvironment(t *testing.T) {
	tests := []struct {
		name, key, id, secret string
		opts                  []fal.ClientOption
		want                  string // the header; "error" for none
	}{
		{name: "none", want: "error"},
		{name: "key", key: "a:b", id: "i", secret: "s", want: "Key a:b"},
		{name: "white space", key: " a:b\n", want: "Key a:b"},
		{name: "empty key", key: " ", id: "i", secret: "s", want: "Key i:s"},
		{name: "pair", id: "i", secret: "s", want: "Key i:s"},
		{name: "half a pair", id: "i", want: "error"},
		{name: "option", key: "a:b", opts: []fal.ClientOption{fal.WithKey("c:d\n")}, want: "Key c:d"},
		{name: "empty option", key: "a:b", opts: []fal.ClientOption{fal.WithKey("")}, want: "error"},
		{name: "no func", key: "a:b", opts: []fal.ClientOption{fal.WithKeyFunc(nil)}, want: "error"},
		{name: "public", key: "a:b", opts: []fal.ClientOption{fal.WithoutKey()}, want: ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("FAL_KEY", test.key)
			t.Setenv("FAL_KEY_ID", test.id)
			t.Setenv("FAL_KEY_SECRET", test.secret)
			f := newFake(t, script{"POST /fal.run/fal-ai/flux": {{Body: `{}`}}})
			c, err := fal.NewClient(append(test.opts, fal.WithBaseURL(f.URL))...)
			if test.want == "error" {
				if !errors.Is(err, fal.ErrNoKey) {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if _, err := fal.NewEndpoint[input, output](c, "fal-ai/flux").Run(ctx, input{}); err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(f.all()[0].Header["Authorization"], ","); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestKeyFunc(t *testing.T) {
	refused := reply{Code: 429, Header: map[string]string{"Retry-After": "0"}}
	f := newFake(t, script{"POST /fal.run/fal-ai/flux": {refused, {Body: `{}`}}})
	failure := errors.New("the vault is shut")
	keys := []string{"k1", "k2", ""}
	next := func(context.Context) (string, error) {
		if len(keys) == 0 {
			return "", failure
		}
		k := keys[0]
		keys = keys[1:]
		return k, nil
	}
	e := f.endpoint(t, "fal-ai/flux", fal.WithKeyFunc(next))
	if _, err := e.Run(ctx, input{}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"Key k1", "Key k2"} { // it is asked before every attempt
		if got := f.all()[i].Header.Get("Authorization"); got != want {
			t.Errorf("attempt %d: %q", i, got)
		}
	}
	for _, want := range []error{fal.ErrNoKey, failure} {
		_, err := e.Run(ctx, input{})
		var lost *fal.CallError
		if !errors.As(err, &lost) || !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	if n := len(f.seen()); n != 2 {
		t.Errorf("%d requests", n)
	}
}

func TestPrintingAClientShowsNoKey(t *testing.T) {
	c := newClient(t)
	if s := fmt.Sprintf("%v %+v %#v", c, *c, c); strings.Contains(s, "secret") {
		t.Error(s)
	}
}

func TestBadClientOptions(t *testing.T) {
	for _, u := range []string{"", "127.0.0.1:9", "ftp://x", "http://", "http://u:" + testKey + "@x", "http://x?a=b", "http://x#f", "http://\x00"} {
		if _, err := fal.NewClient(fal.WithKey("k"), fal.WithBaseURL(u)); err == nil {
			t.Errorf("base URL %q: no error", u)
		} else {
			contains(t, err, "WithBaseURL")
		}
	}
	if _, err := fal.NewClient(fal.WithKey("k"), fal.WithHTTPClient(nil)); err == nil {
		t.Error("no HTTP client: no error")
	}
	if _, err := fal.NewClient(fal.WithKey("k"), fal.WithRetry(fal.RetryPolicy{Max: -1})); err == nil {
		t.Error("negative retries: no error")
	}
	if _, err := fal.NewClient(nil, fal.WithKey("k")); err != nil {
		t.Errorf("a nil option: %v", err)
	}
}

func TestBaseURLWithAPath(t *testing.T) {
	f := newFake(t, script{"POST /proxy/fal.run/fal-ai/flux": {{Body: `{}`}}})
	e := fal.NewEndpoint[input, output](newClient(t, fal.WithBaseURL(f.URL+"/proxy/")), "fal-ai/flux")
	if _, err := e.Run(ctx, input{}); err != nil {
		t.Error(err)
	}
}

func TestBaseURLFromTheEnvironment(t *testing.T) {
	f := newFake(t, script{"POST /fal.run/fal-ai/flux": {{Body: `{}`}}})
	t.Setenv("FAL_BASE_URL", f.URL)
	if _, err := fal.NewEndpoint[input, output](newClient(t), "fal-ai/flux").Run(ctx, input{}); err != nil {
		t.Error(err)
	}
	other := newFake(t, script{"POST /fal.run/fal-ai/flux": {{Body: `{}`}}})
	if _, err := other.endpoint(t, "fal-ai/flux").Run(ctx, input{}); err != nil || len(other.seen()) != 1 { // the option wins
		t.Errorf("%v after %q", err, other.seen())
	}
	t.Setenv("FAL_BASE_URL", "127.0.0.1:9")
	_, err := fal.NewClient(fal.WithKey("k"))
	contains(t, err, "FAL_BASE_URL")
}

func TestRedirects(t *testing.T) {
	thief := newFake(t, script{"GET /x": {{Body: `{}`}}, "POST /x": {{Body: `{}`}}})
	to := func(code int, u string) []reply {
		return []reply{{Code: code, Header: map[string]string{"Location": u}}}
	}
	f := newFake(t, script{
		"POST /fal.run/other/host": to(307, thief.URL+"/x?"+testKey),
		"POST /fal.run/to/get":     to(302, "/fal.run/elsewhere"),
		"POST /fal.run/same/host":  to(307, "/fal.run/elsewhere"),
		"POST /fal.run/elsewhere":  {{Body: `{"text":"hi"}`}},
		"POST /fal.run/for/ever":   to(307, "/fal.run/for/ever"),
		"GET " + request:           to(302, thief.URL+"/x"),
	})
	for _, id := range []string{"other/host", "to/get", "for/ever"} {
		_, err := f.endpoint(t, id).Run(ctx, input{})
		var lost *fal.CallError
		if !errors.As(err, &lost) {
			t.Errorf("%s: %v", id, err)
		}
		contains(t, err, id, "redirect")
	}
	_, err := f.endpoint(t, "fal-ai/flux").Attach("r-1").Result(ctx)
	contains(t, err, "r-1", "redirect", "fal.WithBaseURL")
	if n := len(f.seen()); n != 1+1+10+1 { // refusals are not repeated
		t.Errorf("%d requests: %q", n, f.seen())
	}
	if got := thief.seen(); len(got) != 0 {
		t.Errorf("the other host got %q", got)
	}
	if res, err := f.endpoint(t, "same/host").Run(ctx, input{"p"}); err != nil || res.Data.Text != "hi" {
		t.Errorf("%v, %v", res, err)
	}
	if last := f.all()[len(f.all())-1]; last.Body != `{"prompt":"p"}` || last.Header.Get("Authorization") == "" {
		t.Errorf("the redirected request: %+v", last)
	}
}

func TestRedirectPolicyOfTheCallerIsKept(t *testing.T) {
	f := newFake(t, script{"POST /fal.run/a/b": {{Code: 307, Header: map[string]string{"Location": "/x"}}}})
	mine := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	_, err := f.endpoint(t, "a/b", fal.WithHTTPClient(mine)).Run(ctx, input{})
	var failure *fal.APIError
	if !errors.As(err, &failure) || failure.StatusCode != 307 {
		t.Errorf("got %v", err)
	}
}
