package webhook

import (
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
)

const (
	maxSkew        = 5 * time.Minute // between fal's clock and ours, either way (docs/protocol.md, section 8)
	defaultMaxBody = 64 << 20
)

// Reasons to reject a delivery. Use errors.Is. [*KeysError] is the other one.
var (
	// ErrHeader means that a webhook header is missing, duplicated or malformed.
	ErrHeader = errors.New("webhook: not as fal sends it")
	// ErrStale means that the timestamp is more than five minutes off.
	ErrStale = errors.New("webhook: signed at another time")
	// ErrSignature means that the signature is invalid: the delivery is not from fal, or its body was changed.
	ErrSignature = errors.New("webhook: the signature does not fit")
	// ErrMismatch means that the signed headers name another request than the body.
	ErrMismatch = errors.New("webhook: the headers and the body are about different requests")
	// ErrUser means that the delivery is for another account than that of [WithUserID].
	ErrUser = errors.New("webhook: meant for another user of fal")
)

// Verifier verifies that webhooks are from fal. Create one with [New] and share it, since it caches fal's keys: it is
// safe for concurrent use.
type Verifier struct {
	keys    keySet
	now     func() time.Time
	userID  *string // nil for any
	maxBody int64
	onError func(*http.Request, error)
}

// Option is an option of [New].
type Option interface{ apply(*Verifier) }

type option func(*Verifier)

func (o option) apply(v *Verifier) { o(v) }

// New returns a verifier. It needs no options, and sends no request before the first delivery.
func New(opts ...Option) *Verifier {
	v := &Verifier{maxBody: defaultMaxBody, onError: func(*http.Request, error) {}}
	for _, o := range opts {
		if o != nil {
			o.apply(v)
		}
	}
	if v.now == nil {
		v.now = time.Now
	}
	v.keys.url = cmp.Or(v.keys.url, JWKSURL)
	v.keys.client = secured(v.keys.client)
	v.keys.now = v.now
	return v
}

// WithJWKSURL fetches the keys from u instead of [JWKSURL]. It must be an https URL, or an http URL of a loopback
// address; with any other, each verification returns a [*KeysError].
func WithJWKSURL(u string) Option {
	return option(func(v *Verifier) { v.keys.url = u })
}

// WithHTTPClient fetches the keys with a copy of h.
func WithHTTPClient(h *http.Client) Option {
	return option(func(v *Verifier) { v.keys.client = h })
}

// WithUserID rejects deliveries for other accounts with [ErrUser]; "" rejects all. Your id is in the header
// X-Fal-Webhook-User-Id of your own deliveries.
func WithUserID(id string) Option {
	return option(func(v *Verifier) { v.userID = &id })
}

// WithMaxBody sets the maximum size of a body in bytes for [Verifier.Middleware] and [Handler], which hold it in memory.
// The default is 64 MiB, also if n is 0 or less.
func WithMaxBody(n int64) Option {
	return option(func(v *Verifier) {
		if n > 0 {
			v.maxBody = n
		}
	})
}

// WithErrorFunc calls f with each request that [Verifier.Middleware] or [Handler] rejects, and the reason, for logging.
// f must be safe for concurrent use.
func WithErrorFunc(f func(r *http.Request, err error)) Option {
	return option(func(v *Verifier) {
		if f != nil {
			v.onError = f
		}
	})
}

// WithClock uses now instead of [time.Now], for tests with a recorded delivery. now must be safe for concurrent use. The
// key cache uses it, too.
func WithClock(now func() time.Time) Option {
	return option(func(v *Verifier) { v.now = now })
}

// Verify returns nil if fal sent these headers with this raw body within the last five minutes. Otherwise it returns
// [ErrHeader], [ErrStale], [ErrSignature], [ErrMismatch] or [ErrUser]; or a [*KeysError] if the keys could not be
// fetched, for example because ctx ended.
func (v *Verifier) Verify(ctx context.Context, header http.Header, body []byte) error {
	s, err := v.readHeader(header)
	if err != nil {
		return err
	}
	return v.verify(ctx, s, body)
}

// signed is what the headers of a delivery say (docs/protocol.md, section 8).
type signed struct {
	requestID, userID, timestamp string // as received
	signature                    []byte
}

// readHeader does what can be done without the body, so that most of what is not fal's need not be read.
func (v *Verifier) readHeader(header http.Header) (s signed, err error) {
	var signature string
	for _, h := range []struct {
		name string
		to   *string
	}{
		{"X-Fal-Webhook-Request-Id", &s.requestID},
		{"X-Fal-Webhook-User-Id", &s.userID},
		{"X-Fal-Webhook-Timestamp", &s.timestamp},
		{"X-Fal-Webhook-Signature", &signature},
	} {
		switch values := header.Values(h.name); {
		case len(values) != 1:
			return s, fmt.Errorf("%w: %s is there %d times; want it once", ErrHeader, h.name, len(values))
		case values[0] == "":
			return s, fmt.Errorf("%w: %s is empty", ErrHeader, h.name)
		case strings.ContainsFunc(values[0], unicode.IsControl):
			// A line feed could move text from one header to the next without changing what is signed.
			return s, fmt.Errorf("%w: %s has a control character", ErrHeader, h.name)
		default:
			*h.to = values[0]
		}
	}
	at, err := strconv.ParseInt(s.timestamp, 10, 64)
	if err != nil {
		return s, fmt.Errorf("%w: the timestamp %.40q of request %.100q is not in seconds since 1970",
			ErrHeader, s.timestamp, s.requestID)
	}
	s.signature, err = hex.DecodeString(signature)
	if err != nil || len(s.signature) != ed25519.SignatureSize {
		return s, fmt.Errorf("%w: the signature of request %.100q is not %d bytes in hex",
			ErrHeader, s.requestID, ed25519.SignatureSize)
	}
	now, skew := v.now().Unix(), int64(maxSkew/time.Second)
	if at < now-skew || at > now+skew {
		return s, fmt.Errorf("%w: request %.100q at %d, and here it is %d; check this machine's clock",
			ErrStale, s.requestID, at, now)
	}
	return s, nil
}

// verify does the rest.
func (v *Verifier) verify(ctx context.Context, s signed, body []byte) error {
	sum := sha256.Sum256(body)
	message := []byte(s.requestID + "\n" + s.userID + "\n" + s.timestamp + "\n" + hex.EncodeToString(sum[:]))
	fits, err := v.keys.verify(ctx, message, s.signature)
	if err != nil {
		return err
	}
	if !fits {
		return fmt.Errorf("%w: request %.100q; it is not fal's, or something on the way changed its body",
			ErrSignature, s.requestID)
	}
	if v.userID != nil && s.userID != *v.userID {
		return fmt.Errorf("%w: request %.100q is for %.100q", ErrUser, s.requestID, s.userID)
	}
	var named struct {
		RequestID        string `json:"request_id"`
		GatewayRequestID string `json:"gateway_request_id"`
	}
	_ = json.Unmarshal(body, &named) // a body that names no request has nothing to compare
	// Nothing says which of the two ids the header has where fal ran a job again and they differ.
	if named.RequestID != "" && named.RequestID != s.requestID && named.GatewayRequestID != s.requestID {
		return fmt.Errorf("%w: %.100q in the headers, %.100q in the body", ErrMismatch, s.requestID, named.RequestID)
	}
	return nil
}
