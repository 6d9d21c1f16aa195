package webhook

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// JWKSURL is where fal publishes its public keys, as a JSON Web Key Set (docs/protocol.md, section 8).
const JWKSURL = "https://rest.fal.ai/.well-known/jwks.json"

const (
	keysLast     = 24 * time.Hour // before they are fetched anew (docs/protocol.md, section 8)
	fetchGap     = 30 * time.Second
	fetchTimeout = 10 * time.Second
	maxKeysBody  = 256 << 10
)

// KeysError is returned when fal's keys could not be fetched. Respond with 503, so that fal retries. It wraps the cause.
type KeysError struct {
	URL string // without the query
	Err error
}

func (e *KeysError) Error() string {
	return fmt.Sprintf("webhook: no keys to verify with: cannot fetch %s: %v; answer 503, so that fal delivers again",
		e.URL, e.Err)
}

func (e *KeysError) Unwrap() error { return e.Err }

// keySet is fal's public keys, fetched when needed: one fetch at a time, which all who wait share, and none within
// fetchGap of the last.
type keySet struct {
	url    string
	client *http.Client
	now    func() time.Time

	mu      sync.Mutex
	keys    []ed25519.PublicKey // of the last fetch that went well
	since   time.Time           // when that was
	tried   time.Time           // when the last fetch ended, one way or the other
	err     error               // how it failed
	running chan struct{}       // closed at the end of the fetch under way; nil where there is none
}

// verify reports whether the signature fits the message under any key, since a delivery does not say under which. Its
// error is a *KeysError.
func (s *keySet) verify(ctx context.Context, message, signature []byte) (bool, error) {
	for _, anew := range []bool{false, true} { // fal may have changed its keys since
		keys, err := s.get(ctx, anew)
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(keys, func(k ed25519.PublicKey) bool { return ed25519.Verify(k, message, signature) }) {
			return true, nil
		}
	}
	return false, nil
}

// get returns keys no older than a day or, where anew is set, no older than fetchGap. Where the last fetch was sooner
// ago than that, its outcome stands, failure or not.
func (s *keySet) get(ctx context.Context, anew bool) ([]ed25519.PublicKey, error) {
	s.mu.Lock()
	now := s.now()
	if s.keys != nil && !anew && now.Sub(s.since).Abs() < keysLast {
		defer s.mu.Unlock()
		return s.keys, nil
	}
	if s.running == nil {
		if now.Sub(s.tried).Abs() < fetchGap {
			defer s.mu.Unlock()
			return s.keys, s.err
		}
		s.running = make(chan struct{})
		// Apart from the caller, whose leaving must not fail the others.
		go s.renew(context.WithoutCancel(ctx), s.running)
	}
	running := s.running
	s.mu.Unlock()
	select {
	case <-running:
	case <-ctx.Done():
		return nil, s.failure(ctx.Err())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keys, s.err
}

// renew fetches the keys. Where that fails the old ones stay, until they are a day old.
func (s *keySet) renew(ctx context.Context, running chan struct{}) {
	ctx, stop := context.WithTimeout(ctx, fetchTimeout)
	defer stop()
	keys, err := s.fetch(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tried, s.err = s.now(), nil
	if err != nil {
		s.err = s.failure(err)
	} else {
		s.keys, s.since = keys, s.tried
	}
	s.running = nil
	close(running)
}

func (s *keySet) failure(err error) error {
	shown := "what is no URL"
	if u, err := url.Parse(s.url); err == nil {
		shown = (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
	}
	return &KeysError{URL: shown, Err: err}
}

func (s *keySet) fetch(ctx context.Context) ([]ed25519.PublicKey, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, nil)
	if err != nil || !isSecure(req.URL) {
		return nil, errors.New("it is not an https URL; see webhook.WithJWKSURL")
	}
	req.Header.Set("Accept", "application/json")
	resp, err := s.client.Do(req)
	if err != nil {
		var outer *url.Error
		if errors.As(err, &outer) {
			err = outer.Err // its text would add the whole URL, and with it the query
		}
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the answer is %d %s", resp.StatusCode, http.StatusText(resp.StatusCode))
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxKeysBody+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxKeysBody {
		return nil, fmt.Errorf("the answer is longer than %d KiB", maxKeysBody>>10)
	}
	return parseKeys(body)
}

// parseKeys reads the Ed25519 keys out of a JSON Web Key Set, and passes over all else that is in it.
func parseKeys(body []byte) ([]ed25519.PublicKey, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(body, &set); err != nil {
		return nil, fmt.Errorf("the answer is not a key set: %w", err)
	}
	var keys []ed25519.PublicKey
	for _, raw := range set.Keys {
		var key struct{ Kty, Crv, X string }
		if json.Unmarshal(raw, &key) != nil || key.Kty != "OKP" || key.Crv != "Ed25519" {
			continue
		}
		x, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(key.X, "="))
		if err == nil && len(x) == ed25519.PublicKeySize {
			keys = append(keys, x)
		}
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("none of its %d keys is an Ed25519 key", len(set.Keys))
	}
	return keys, nil
}

// isSecure reports whether what comes from u can be trusted to come from there: by https, or from this machine.
func isSecure(u *url.URL) bool {
	if u.Scheme == "https" {
		return u.Host != ""
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

// secured returns a copy of a client, or of the default one, that follows no redirect away from https.
func secured(h *http.Client) *http.Client {
	var c http.Client
	if h != nil {
		c = *h
	}
	next := c.CheckRedirect
	c.CheckRedirect = func(to *http.Request, via []*http.Request) error {
		if !isSecure(to.URL) || via[0].URL.Scheme == "https" && to.URL.Scheme != "https" {
			return fmt.Errorf("refused a redirect to %s://%s, which is not https", to.URL.Scheme, to.URL.Host)
		}
		if next != nil {
			return next(to, via)
		}
		if len(via) >= 5 {
			return errors.New("stopped after 5 redirects")
		}
		return nil
	}
	return &c
}
