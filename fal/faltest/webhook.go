package faltest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"sync"
	"syscall"
	"time"
)

const (
	hookStep     = 5 * time.Millisecond // of jobs with a webhook that would move by looks
	hookTimeout  = 15 * time.Second     // for an answer
	hookAttempts = 5
	hookWait     = 20 * time.Millisecond // before the second attempt; it doubles
	hooksAtOnce  = 64
	hookUser     = "faltest-user"
)

// hooks delivers webhooks.
type hooks struct {
	client  *http.Client
	public  bool // whether they may leave the machine
	private ed25519.PrivateKey
	keys    []ed25519.PublicKey // served
	most    int
	slots   chan struct{}
	running sync.WaitGroup

	mu         sync.Mutex
	closed     bool
	pending    int
	deliveries []Delivery
}

// Delivery is an attempt to deliver a webhook.
type Delivery struct {
	RequestID string
	URL       string
	Attempt   int   // from 1
	Status    int   // of the receiver's answer; 0 where there was none
	Err       error // why the attempt failed; nil where the receiver answered with a 2xx
}

func newHooks(c *config) (*hooks, error) {
	h := &hooks{most: c.history, public: c.anywhere, slots: make(chan struct{}, hooksAtOnce)}
	// The key that signs is not the first: there may be several, and a signature does not say by which it is.
	for range 2 {
		public, private, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return nil, fmt.Errorf("faltest: cannot make a key: %w", err)
		}
		h.keys, h.private = append(h.keys, public), private
	}
	dialer := &net.Dialer{Timeout: hookTimeout}
	if !c.anywhere {
		dialer.Control = loopbackOnly
	}
	h.client = &http.Client{
		Transport:     &http.Transport{DialContext: dialer.DialContext, DisableKeepAlives: true},
		Timeout:       hookTimeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return h, nil
}

var errNotLoopback = errors.New("faltest: webhooks go to loopback addresses alone, unless WithPublicWebhooks is given")

func loopbackOnly(_, address string, _ syscall.RawConn) error {
	if host, _, err := net.SplitHostPort(address); err != nil || !isLoopback(host) {
		return fmt.Errorf("%w: %s is none", errNotLoopback, address)
	}
	return nil
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

func isHTTP(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}

// jwks serves the public keys (docs/protocol.md, section 8).
func (h *hooks) jwks(*call) reply {
	var keys []map[string]string
	for _, k := range h.keys {
		keys = append(keys, map[string]string{"kty": "OKP", "crv": "Ed25519", "x": base64.RawURLEncoding.EncodeToString(k)})
	}
	return Answer{Code: http.StatusOK, Body: map[string]any{"keys": keys}}
}

// begin has a webhook delivered once a job is completed. It reports false where too many wait for that already.
func (h *hooks) begin(s *Server, j *job, address string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || h.pending >= h.most {
		return false
	}
	h.pending++
	h.running.Go(func() {
		defer func() {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.pending--
		}()
		timer := time.NewTimer(j.ends())
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-j.cancelled:
		case <-s.open.Done():
			return
		}
		s.mu.Lock()
		body := j.notice()
		s.mu.Unlock()
		h.deliver(s.open, j.id, address, body)
	})
	return true
}

// notice is the body of a job's webhook.
func (j *job) notice() []byte {
	notice := map[string]any{
		"request_id": j.id, "gateway_request_id": j.id, "status": "OK", "payload": j.outcome.Body, "error": nil,
	}
	if j.outcome.failed() {
		notice["status"] = "ERROR"
		notice["error"], _ = j.failure()
	}
	body, _ := json.Marshal(notice) // what rules give is checked
	return body
}

// deliver sends a webhook until the receiver takes it, up to some attempts.
func (h *hooks) deliver(ctx context.Context, id, address string, body []byte) {
	for n, wait := 1, hookWait; n <= hookAttempts; n, wait = n+1, wait*2 {
		d := Delivery{RequestID: id, URL: address, Attempt: n}
		d.Status, d.Err = h.attempt(ctx, id, address, body)
		h.mu.Lock()
		h.deliveries = append(h.deliveries, d)
		if len(h.deliveries) > h.most {
			h.deliveries = h.deliveries[1:]
		}
		h.mu.Unlock()
		if d.Err == nil || errors.Is(d.Err, errNotLoopback) || d.Status >= 300 && d.Status <= 399 {
			return // docs/protocol.md, section 8 has a redirect and a private address fail for good
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
	}
}

func (h *hooks) attempt(ctx context.Context, id, address string, body []byte) (status int, err error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	if host := req.URL.Hostname(); !h.public && host != "localhost" && !isLoopback(host) { // asks no name server
		return 0, fmt.Errorf("%w: %s is none", errNotLoopback, host)
	}
	timestamp := strconv.FormatInt(time.Now().Unix(), 10)
	digest := sha256.Sum256(body)
	message := id + "\n" + hookUser + "\n" + timestamp + "\n" + hex.EncodeToString(digest[:])
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Fal-Webhook-Request-Id", id)
	req.Header.Set("X-Fal-Webhook-User-Id", hookUser)
	req.Header.Set("X-Fal-Webhook-Timestamp", timestamp)
	req.Header.Set("X-Fal-Webhook-Signature", hex.EncodeToString(ed25519.Sign(h.private, []byte(message))))
	resp, err := h.client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20))
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return resp.StatusCode, fmt.Errorf("faltest: the receiver answered %s", resp.Status)
	}
	return resp.StatusCode, nil
}

func (h *hooks) close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.running.Wait()
	h.client.CloseIdleConnections()
}

// Deliveries returns the webhook delivery attempts so far, in order; see [WithHistory].
func (s *Server) Deliveries() []Delivery {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	return append([]Delivery(nil), s.hooks.deliveries...)
}
