package webhook_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/falgen/falgen/fal/webhook"
)

// Whatever arrives, only what was signed is let in, and nothing panics.
func FuzzDelivery(f *testing.F) {
	signer, c := NewSigner(1), newClock()
	v := webhook.New(c.option(), roundTripper(func(*http.Request) (*http.Response, error) {
		return answer(strings.NewReader(jwks(signer.JWK()))), nil
	}).option())
	goodSignature := signer.Header(c.now(), okBody).Get("X-Fal-Webhook-Signature")
	f.Add("req-1", "user-1", "1700000000", goodSignature, okBody)
	f.Add("req-1", "user-1", "1700000000", strings.ToUpper(goodSignature), failedBody)
	f.Add("req-1\n", "", "-1", "zz", `{"request_id":"req-1","status":"OK","payload":null,"payload_error":{"a":"\n"}}`)
	f.Add("\xff", "\x00", "9223372036854775808", strings.Repeat("0", 128),
		`{"request_id":"r","status":"ERROR","error":"status code: 999","payload":[]}`)
	f.Add("req-1", "user-1", "+1700000000", "", `{"request_id":"r","status":"ERROR","payload":{"detail":[{"loc":[[]]}]}}`)
	f.Fuzz(func(t *testing.T, requestID, userID, timestamp, signature, body string) {
		header := http.Header{
			"X-Fal-Webhook-Request-Id": {requestID},
			"X-Fal-Webhook-User-Id":    {userID},
			"X-Fal-Webhook-Timestamp":  {timestamp},
			"X-Fal-Webhook-Signature":  {signature},
		}
		err := v.Verify(t.Context(), header, []byte(body))
		original := requestID == "req-1" && userID == "user-1" && timestamp == "1700000000" && body == okBody &&
			strings.EqualFold(signature, goodSignature)
		if original != (err == nil) {
			t.Errorf("got %v", err)
		}
		// The same with a signature that fits is refused for no other reason than what it says.
		err = v.Verify(t.Context(), signer.HeaderOf(requestID, userID, timestamp, body), []byte(body))
		if errors.Is(err, webhook.ErrSignature) || errors.As(err, new(*webhook.KeysError)) {
			t.Errorf("got %v", err)
		}

		d, err := webhook.Decode[output]([]byte(body))
		if (d == nil) == (err == nil) {
			t.Fatalf("got %v, %v", d, err)
		}
		if err != nil {
			_ = err.Error()
			return
		}
		if d.RequestID == "" || d.Err != nil && (d.Err.Error() == "" || d.Data != output{}) {
			t.Errorf("got %+v", d)
		}
		if len(d.Raw) > 0 && !json.Valid(d.Raw) {
			t.Errorf("raw %s", d.Raw)
		}
	})
}

// Whatever is published, a signature of another key does not fit it.
func FuzzKeys(f *testing.F) {
	signer, other, c := NewSigner(1), NewSigner(2), newClock()
	f.Add(jwks(signer.JWK()))
	f.Add(jwks(`7`, `{"kty":"OKP","crv":"Ed25519","x":""}`))
	f.Add(`{"KEYS":[{"X":"="}]}`)
	f.Add(`{"keys":null}`)
	f.Add("<")
	f.Fuzz(func(t *testing.T, body string) {
		v := webhook.New(c.option(), roundTripper(func(*http.Request) (*http.Response, error) {
			return answer(strings.NewReader(body)), nil
		}).option())
		err := v.Verify(t.Context(), other.Header(c.now(), okBody), []byte(okBody))
		if !errors.Is(err, webhook.ErrSignature) && !errors.As(err, new(*webhook.KeysError)) {
			t.Errorf("got %v", err)
		}
	})
}
