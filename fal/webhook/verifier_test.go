package webhook_test

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/falgen/falgen/fal/webhook"
)

// A delivery that was signed elsewhere, with the key of the seed 0, 1, 2 ... 31.
func TestRecordedDelivery(t *testing.T) {
	const key = `{"kty":"OKP","crv":"Ed25519","x":"A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg"}`
	header := http.Header{
		"X-Fal-Webhook-Request-Id": {"req-1"},
		"X-Fal-Webhook-User-Id":    {"user-1"},
		"X-Fal-Webhook-Timestamp":  {"1700000000"},
		"X-Fal-Webhook-Signature": {"d7ad069615e81252a5c5a5cf4fa44f361d57bf36f3cdb451a8b7fd197395faaf" +
			"73a6ed85662aa8f43cf84c318a6aa1f4e11ecf70e7dda3f2ca0c450316d3e406"},
	}
	at := func() time.Time { return time.Unix(1_700_000_000, 0) }
	v := newKeyServer(t, key).verifier(webhook.WithClock(at))
	if err := v.Verify(t.Context(), header, []byte(okBody)); err != nil {
		t.Error(err)
	}
	if err := v.Verify(t.Context(), header, []byte(okBody+" ")); !errors.Is(err, webhook.ErrSignature) {
		t.Errorf("a body that was changed: %v", err)
	}
}

func TestVerify(t *testing.T) {
	const (
		id    = "X-Fal-Webhook-Request-Id"
		user  = "X-Fal-Webhook-User-Id"
		stamp = "X-Fal-Webhook-Timestamp"
		sig   = "X-Fal-Webhook-Signature"
	)
	in64 := base64.StdEncoding.EncodeToString(make([]byte, 64))
	signer, other := NewSigner(1), NewSigner(2)
	server := newKeyServer(t, signer.JWK())
	signed := func(requestID, userID, timestamp string) func(http.Header) {
		return func(h http.Header) {
			for name, values := range signer.HeaderOf(requestID, userID, timestamp, okBody) {
				h[name] = values
			}
		}
	}
	set := func(name string, values ...string) func(http.Header) {
		return func(h http.Header) { h[name] = values }
	}
	tests := []struct {
		name string
		edit func(http.Header)
		body string // okBody where it is ""
		opts []webhook.Option
		want error
	}{
		{name: "as signed"},
		{name: "upper case", edit: func(h http.Header) { h.Set(sig, strings.ToUpper(h.Get(sig))) }},
		{name: "other headers", edit: set("X-Fal-Other", "a", "b")},
		{name: "5 minutes ago", edit: signed("req-1", "user-1", "1699999700")},
		{name: "301 seconds ago", edit: signed("req-1", "user-1", "1699999699"), want: webhook.ErrStale},
		{name: "5 minutes ahead", edit: signed("req-1", "user-1", "1700000300")},
		{name: "301 seconds ahead", edit: signed("req-1", "user-1", "1700000301"), want: webhook.ErrStale},
		{name: "the first second", edit: signed("req-1", "user-1", "-9223372036854775808"), want: webhook.ErrStale},
		{name: "the last second", edit: signed("req-1", "user-1", "9223372036854775807"), want: webhook.ErrStale},
		{name: "the timestamp as received", edit: signed("req-1", "user-1", "01700000000")},
		{name: "the timestamp in another form", edit: set(stamp, "01700000000"), want: webhook.ErrSignature},
		{name: "beyond all seconds", edit: signed("req-1", "user-1", "17000000000000000000000"), want: webhook.ErrHeader},
		{name: "a timestamp with a fraction", edit: signed("req-1", "user-1", "1700000000.5"), want: webhook.ErrHeader},
		{name: "a date", edit: signed("req-1", "user-1", "2023-11-14T22:13:20Z"), want: webhook.ErrHeader},
		{name: "no request id", edit: set(id), want: webhook.ErrHeader},
		{name: "no user id", edit: set(user), want: webhook.ErrHeader},
		{name: "no timestamp", edit: set(stamp), want: webhook.ErrHeader},
		{name: "no signature", edit: set(sig), want: webhook.ErrHeader},
		{name: "two request ids", edit: set(id, "req-1", "req-1"), want: webhook.ErrHeader},
		{name: "two user ids", edit: set(user, "user-1", "user-1"), want: webhook.ErrHeader},
		{name: "two timestamps", edit: set(stamp, "1700000000", "1700000000"), want: webhook.ErrHeader},
		{name: "two signatures", edit: func(h http.Header) { h.Add(sig, h.Get(sig)) }, want: webhook.ErrHeader},
		{name: "an empty request id", edit: signed("", "user-1", "1700000000"), want: webhook.ErrHeader},
		{name: "an empty user id", edit: signed("req-1", "", "1700000000"), want: webhook.ErrHeader},
		{name: "a line feed", edit: func(h http.Header) {
			signed("req-1", "x\nuser-1", "1700000000")(h) // the same message, with x in the other header
			h.Set(id, "req-1\nx")
			h.Set(user, "user-1")
		}, want: webhook.ErrHeader},
		{name: "a short signature", edit: func(h http.Header) { h.Set(sig, h.Get(sig)[2:]) }, want: webhook.ErrHeader},
		{name: "a long signature", edit: func(h http.Header) { h.Set(sig, h.Get(sig)+"00") }, want: webhook.ErrHeader},
		{name: "half a byte", edit: func(h http.Header) { h.Set(sig, h.Get(sig)[1:]) }, want: webhook.ErrHeader},
		{name: "a signature in base64", edit: set(sig, in64), want: webhook.ErrHeader},
		{name: "zeros", edit: set(sig, strings.Repeat("00", 64)), want: webhook.ErrSignature},
		{name: "another request id", edit: set(id, "req-2"), want: webhook.ErrSignature},
		{name: "another user id", edit: set(user, "user-2"), want: webhook.ErrSignature},
		{name: "another timestamp", edit: set(stamp, "1700000001"), want: webhook.ErrSignature},
		{name: "another body", body: strings.Replace(okBody, "true", "false", 1), want: webhook.ErrSignature},
		{name: "another key", edit: func(h http.Header) {
			h.Set(sig, other.Header(time.Unix(1_700_000_000, 0), okBody).Get(sig))
		}, want: webhook.ErrSignature},
		{name: "a body about another request", edit: signed("req-2", "user-1", "1700000000"), want: webhook.ErrMismatch},
		{name: "our user", opts: []webhook.Option{webhook.WithUserID("user-1")}},
		{name: "another user", opts: []webhook.Option{webhook.WithUserID("user-2")}, want: webhook.ErrUser},
		{name: "no user", opts: []webhook.Option{webhook.WithUserID("")}, want: webhook.ErrUser},
		{name: "nil options", opts: []webhook.Option{nil, webhook.WithErrorFunc(nil)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := newClock()
			v := server.verifier(append(test.opts, c.option())...)
			header := signer.Header(c.now(), okBody)
			if test.edit != nil {
				test.edit(header)
			}
			body := okBody
			if test.body != "" {
				body = test.body
			}
			if err := v.Verify(t.Context(), header, []byte(body)); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

// What the body says of its request, and the header says req-1.
func TestVerifyComparesRequests(t *testing.T) {
	signer, c := NewSigner(1), newClock()
	v := newKeyServer(t, signer.JWK()).verifier(c.option())
	tests := map[string]error{
		`{"request_id":"req-1"}`:                                nil,
		`{"request_id":"req-0","gateway_request_id":"req-1"}`:   nil,
		`{"request_id":"req-1","gateway_request_id":"req-0"}`:   nil,
		`{"request_id":"req-0","gateway_request_id":"req-0"}`:   webhook.ErrMismatch,
		`{"request_id":"req-0"}`:                                webhook.ErrMismatch,
		`{"request_id":"REQ-1"}`:                                webhook.ErrMismatch,
		`{"gateway_request_id":"req-0"}`:                        nil, // it names no request: that is Decode's to refuse
		`{"request_id":7}`:                                      nil,
		`{"request_id":"req-0","gateway_request_id":["req-1"]}`: webhook.ErrMismatch,
		`[]`:                    nil,
		`{"request_id":"req-0"`: nil,
		"":                      nil,
	}
	for body, want := range tests {
		err := v.Verify(t.Context(), signer.Header(c.now(), body), []byte(body))
		if !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", body, err, want)
		}
	}
}

func TestVerifyRejectsWithoutFetching(t *testing.T) {
	signer, c := NewSigner(1), newClock()
	server := newKeyServer(t, signer.JWK())
	v := server.verifier(c.option())
	for _, at := range []time.Duration{-time.Hour, time.Hour} {
		header := signer.Header(c.now().Add(at), okBody)
		if err := v.Verify(t.Context(), header, []byte(okBody)); !errors.Is(err, webhook.ErrStale) {
			t.Errorf("got %v", err)
		}
	}
	if err := v.Verify(t.Context(), nil, nil); !errors.Is(err, webhook.ErrHeader) {
		t.Errorf("got %v", err)
	}
	if n := server.fetches.Load(); n != 0 {
		t.Errorf("%d fetches", n)
	}
}

// Errors quote what strangers sent, so it must stay on its line and be short.
func TestErrorsAreFitForALog(t *testing.T) {
	signer := NewSigner(1)
	v := newKeyServer(t, signer.JWK()).verifier()
	long := strings.Repeat("é\u2028\u009b\xff", 5000)
	now := time.Now()
	stale := signer.HeaderOf(long, "user-1", "5", okBody)
	forged := NewSigner(2).Header(now, okBody)
	forged.Set("X-Fal-Webhook-Request-Id", strings.Repeat("\u2028", 5000))
	for _, h := range []http.Header{stale, forged, signer.HeaderOf("a", "b", long, okBody)} {
		err := v.Verify(context.Background(), h, []byte(okBody))
		if err == nil || len(err.Error()) > 1000 || strings.ContainsAny(err.Error(), "\n\r\x1b\u2028\u009b") {
			t.Errorf("got %v", err)
		}
	}
}
