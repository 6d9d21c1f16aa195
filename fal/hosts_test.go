package fal_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/falgen/falgen/fal"
)

// TestHTTPClient holds that the key goes to fal's hosts over https, and nowhere else.
func TestHTTPClient(t *testing.T) {
	tests := []struct {
		name, url, own string // own is the caller's Authorization
		want           string // the Authorization that is sent
	}{
		{name: "run", url: "https://fal.run/a/b", want: "Key " + testKey},
		{name: "platform", url: "https://api.fal.ai/v1/models", want: "Key " + testKey},
		{name: "upper case", url: "https://QUEUE.FAL.RUN/a/b", want: "Key " + testKey},
		{name: "the caller's own", url: "https://fal.run/a/b", own: "Key other", want: "Key other"},
		{name: "none, on request", url: "https://fal.run/a/b", own: "nil", want: ""},
		{name: "plain http", url: "http://fal.run/a/b"},
		{name: "another port", url: "https://fal.run:8443/a/b"},
		{name: "a look-alike", url: "https://evilfal.run/a/b"},
		{name: "a look-alike below", url: "https://fal.run.evil.example/a/b"},
		{name: "storage", url: "https://v3.fal.media/files/x"},
		{name: "a user in the URL", url: "https://fal.run@evil.example/a/b", want: "Basic ZmFsLnJ1bjo="}, // net/http's own
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got string
			c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
				got = strings.Join(r.Header["Authorization"], ",")
				return answer(200, "{}"), nil
			}).option())
			r, err := http.NewRequest(http.MethodGet, test.url, nil)
			if err != nil {
				t.Fatal(err)
			}
			switch test.own {
			case "":
			case "nil":
				r.Header["Authorization"] = nil
			default:
				r.Header.Set("Authorization", test.own)
			}
			resp, err := c.HTTPClient().Do(r)
			if err != nil {
				t.Fatal(err)
			}
			_ = resp.Body.Close()
			if got != test.want {
				t.Errorf("sent %q, want %q", got, test.want)
			}
			if sent := strings.Join(r.Header["Authorization"], ","); sent != strings.TrimPrefix(test.own, "nil") {
				t.Errorf("the caller's request now has %q", sent)
			}
		})
	}
}

func TestHTTPClientWithBaseURL(t *testing.T) {
	f := newFake(t, script{"POST /rest.fal.ai/tokens/": {{Body: `"t"`}}})
	c := newClient(t, fal.WithBaseURL(f.URL))
	resp, err := c.HTTPClient().Post("https://rest.fal.ai/tokens/?a=b%20c", "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	got := f.all()[0]
	if string(body) != `"t"` || got.URL != "/rest.fal.ai/tokens/?a=b%20c" || got.Header.Get("Authorization") != "Key "+testKey || got.Body != "{}" {
		t.Errorf("%s, %+v", body, got)
	}
}

func TestHTTPClientWithoutAKeyToBeHad(t *testing.T) {
	c := newClient(t, fal.WithKeyFunc(func(context.Context) (string, error) { return "", nil }))
	_, err := c.HTTPClient().Get("https://fal.run/a/b")
	if !errors.Is(err, fal.ErrNoKey) {
		t.Errorf("got %v", err)
	}
}

func TestHTTPClientOfNoClient(t *testing.T) {
	_, err := new(fal.Client).HTTPClient().Post("https://fal.run/a/b", "", strings.NewReader("x"))
	contains(t, err, "fal.NewClient")
}
