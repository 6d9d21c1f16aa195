package webhook_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/falgen/falgen/fal/webhook"
)

// Signer signs deliveries as fal does, with a key of its own.
type Signer struct{ key ed25519.PrivateKey }

// NewSigner returns a signer whose key is made from a seed.
func NewSigner(seed byte) Signer {
	return Signer{ed25519.NewKeyFromSeed([]byte(strings.Repeat(string(rune(seed)), ed25519.SeedSize)))}
}

// JWK is the public key, as an element of a key set.
func (s Signer) JWK() string {
	x := base64.RawURLEncoding.EncodeToString(s.key.Public().(ed25519.PublicKey))
	return fmt.Sprintf(`{"kty":"OKP","crv":"Ed25519","x":%q}`, x)
}

// Header returns the headers of a delivery. The request is "req-1" and the user "user-1".
func (s Signer) Header(at time.Time, body string) http.Header {
	return s.HeaderOf("req-1", "user-1", strconv.FormatInt(at.Unix(), 10), body)
}

// HeaderOf is Header for any values.
func (s Signer) HeaderOf(requestID, userID, timestamp, body string) http.Header {
	sum := sha256.Sum256([]byte(body))
	message := strings.Join([]string{requestID, userID, timestamp, hex.EncodeToString(sum[:])}, "\n")
	h := http.Header{}
	h.Set("X-Fal-Webhook-Request-Id", requestID)
	h.Set("X-Fal-Webhook-User-Id", userID)
	h.Set("X-Fal-Webhook-Timestamp", timestamp)
	h.Set("X-Fal-Webhook-Signature", hex.EncodeToString(ed25519.Sign(s.key, []byte(message))))
	return h
}

// jwks is the body of a key set.
func jwks(keys ...string) string { return `{"keys":[` + strings.Join(keys, ",") + `]}` }

// keyServer publishes a key set.
type keyServer struct {
	*httptest.Server
	fetches atomic.Int32
	answer  atomic.Pointer[http.HandlerFunc]
}

func newKeyServer(t testing.TB, keys ...string) *keyServer {
	s := new(keyServer)
	s.publish(jwks(keys...))
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.fetches.Add(1)
		(*s.answer.Load())(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *keyServer) publish(body string) {
	s.do(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
}

func (s *keyServer) do(h http.HandlerFunc) { s.answer.Store(&h) }

// verifier returns a verifier that takes the server's keys.
func (s *keyServer) verifier(opts ...webhook.Option) *webhook.Verifier {
	own := []webhook.Option{webhook.WithJWKSURL(s.URL), webhook.WithHTTPClient(s.Client())}
	return webhook.New(append(own, opts...)...)
}

// clock is a time that stands still.
type clock struct{ seconds atomic.Int64 }

func newClock() *clock {
	c := new(clock)
	c.seconds.Store(1_700_000_000)
	return c
}

func (c *clock) now() time.Time         { return time.Unix(c.seconds.Load(), 0) }
func (c *clock) pass(d time.Duration)   { c.seconds.Add(int64(d / time.Second)) }
func (c *clock) option() webhook.Option { return webhook.WithClock(c.now) }

// roundTripper is an http.RoundTripper from a func, for what needs no socket.
type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func (f roundTripper) option() webhook.Option {
	return webhook.WithHTTPClient(&http.Client{Transport: f})
}

func answer(body io.Reader) *http.Response {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(body)}
}

const okBody = `{"request_id":"req-1","gateway_request_id":"req-1","status":"OK","payload":{"ok":true}}`
