package realtime_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/realtime"
)

func TestToken(t *testing.T) {
	tests := []struct {
		name, id, answer, body string
		lifetime               time.Duration
	}{
		{
			name: "text", id: "fal-ai/lcm/v2", lifetime: 2 * time.Minute, answer: `"` + testToken + `"`,
			body: `{"allowed_apps":["lcm"],"token_expiration":120}`,
		},
		{
			name: "object", id: "workflows/me/wf", lifetime: time.Hour, answer: `{"token":"` + testToken + `"}`,
			body: `{"allowed_apps":["wf"],"token_expiration":3600}`,
		},
		{
			name: "comfy", id: "comfy/me/wf/a", lifetime: time.Second, answer: `{"token":"` + testToken + `","detail":"no"}`,
			body: `{"allowed_apps":["wf"],"token_expiration":1}`,
		},
		{
			name: "detail", id: "12345-lcm", lifetime: 1999 * time.Millisecond, answer: `{"detail":"` + testToken + `"}`,
			body: `{"allowed_apps":["lcm"],"token_expiration":1}`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method != http.MethodPost {
					t.Errorf("asked with %s", r.Method)
				}
				_, _ = io.WriteString(w, test.answer)
			})
			token, err := realtime.Token(t.Context(), f.client(t), test.id, test.lifetime)
			if err != nil || token != testToken {
				t.Errorf("got %q, %v", token, err)
			}
			got := f.last(t)
			if got.URL != "/rest.fal.ai/tokens/" || got.Body != test.body {
				t.Errorf("asked %s for %s", got.URL, got.Body)
			}
			if got.Header.Get("Authorization") != "Key "+testKey || got.Header.Get("Content-Type") != "application/json" {
				t.Errorf("sent %v", got.Header)
			}
		})
	}
}

func TestNoToken(t *testing.T) {
	tests := []struct {
		name   string
		code   int
		answer string
	}{
		{"an empty text", 200, `""`},
		{"an empty object", 201, `{}`},
		{"another object", 200, `{"jwt":"` + testToken + `"}`},
		{"a list", 200, `["` + testToken + `"]`},
		{"no JSON", 200, testToken},
		{"nothing", 204, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(test.code)
				_, _ = io.WriteString(w, test.answer)
			})
			_, err := realtime.Token(t.Context(), f.client(t), testID, time.Minute)
			if !errors.As(err, new(*fal.CallError)) {
				t.Errorf("got %v", err)
			}
			contains(t, err, "fal-ai/lcm: token: the answer holds no token")
		})
	}
	t.Run("refused", func(t *testing.T) {
		f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprintf(w, `{"detail":"%s is no key"}`, r.Header.Get("Authorization"))
		})
		_, err := realtime.Token(t.Context(), f.client(t), testID, time.Minute)
		var failure *fal.APIError
		if !errors.As(err, &failure) || failure.StatusCode != 401 || failure.Method != http.MethodPost {
			t.Errorf("got %v", err)
		}
		contains(t, err, "/rest.fal.ai/tokens/: 401", "Key [secret] is no key")
	})
	t.Run("breaks off", func(t *testing.T) {
		f := newFake(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, `"`+testToken)
		})
		_, err := realtime.Token(t.Context(), f.client(t), testID, time.Minute)
		if !errors.Is(err, io.ErrUnexpectedEOF) || !errors.As(err, new(*fal.CallError)) {
			t.Errorf("got %v", err)
		}
		contains(t, err)
	})
	for _, lifetime := range []time.Duration{0, -time.Minute, time.Hour + 1} {
		f := newFake(t, nil)
		_, err := realtime.Token(t.Context(), f.client(t), testID, lifetime)
		contains(t, err, "lifetime of "+lifetime.String())
	}
}
