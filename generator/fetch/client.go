package fetch

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	maxDocument = 16 << 20 // bytes of a document
	maxPage     = 64 << 20 // bytes of a page of the catalogue, or of a dump

	maxTries   = 6 // of a request
	maxUnclear = 3 // of a request whose answer cannot be read, or for which there is no connection
	maxBackoff = 30 * time.Second
	maxPause   = 2 * time.Minute // that a server may ask for
	maxStrikes = 20              // requests in a row that a server may fail before it counts as down
)

// A StatusError is an answer that is no success.
type StatusError struct {
	URL     string
	Code    int
	Message string // what the server says about it, or ""

	after time.Duration // that the server asks to wait, or -1
	keyed bool          // the request had a key
}

func (e *StatusError) Error() string {
	text := fmt.Sprintf("%s answered %d %s", e.URL, e.Code, http.StatusText(e.Code))
	if e.Message != "" {
		text += fmt.Sprintf(": %q", e.Message)
	}
	if e.keyed && (e.Code == http.StatusUnauthorized || e.Code == http.StatusForbidden) {
		text += "; is FAL_KEY right? Without it the catalogue answers, too"
	}
	return text
}

// permanent marks an error that trying again does not mend.
type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// unclear marks an answer that came, but cannot be read.
type unclear struct{ error }

func (u unclear) Unwrap() error { return u.error }

// tries is how often a request is made that fails like this.
func tries(err error) int {
	var status *StatusError
	var op *net.OpError
	switch {
	case errors.As(err, new(permanent)), errors.As(err, new(*tls.CertificateVerificationError)):
		return 1
	case errors.As(err, new(unclear)), errors.As(err, &op) && op.Op == "dial":
		return maxUnclear
	case errors.As(err, &status) && status.Code < 500 && !slices.Contains([]int{408, 425, 429}, status.Code):
		return 1
	}
	return maxTries
}

// client asks servers for JSON, politely.
type client struct {
	http    *http.Client
	base    string // where to ask in the place of fal's hosts, or ""
	key     string
	backoff time.Duration // the first; it doubles

	mu    sync.Mutex
	gates map[string]*gate // by host
}

// gate is what keeps everybody from asking a host.
type gate struct {
	until   time.Time // asked for by the host
	strikes int       // since its last success
}

func newClient(base, key string) (*client, error) {
	if base != "" {
		if err := checkURL(base); err != nil {
			return nil, fmt.Errorf("the base URL: %w", err)
		}
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = maxJobs
	return &client{
		http: &http.Client{Transport: transport, Timeout: time.Minute, CheckRedirect: stay},
		base: strings.TrimSuffix(base, "/"), key: key, backoff: 500 * time.Millisecond, gates: map[string]*gate{},
	}, nil
}

// stay refuses redirects that lead to another host.
func stay(r *http.Request, via []*http.Request) error {
	if first := via[0].URL; r.URL.Host != first.Host || r.URL.Scheme != first.Scheme {
		return permanent{fmt.Errorf("the redirect to another host, %s, is not followed", r.URL.Host)}
	}
	if len(via) > 5 {
		return permanent{errors.New("too many redirects")}
	}
	return nil
}

// checkURL tells whether falgen asks for u: over https, or over http on this machine.
func checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil {
		return err
	}
	host := u.Hostname()
	loopback := host == "localhost" || net.ParseIP(host).IsLoopback()
	if host == "" || u.User != nil || u.Scheme != "https" && !(u.Scheme == "http" && loopback) {
		return fmt.Errorf("%q is not fetched: give an https URL without a password (http is for this machine alone)",
			u.Redacted())
	}
	return nil
}

// request is what to ask for.
type request struct {
	url   string // at fal's own host, or elsewhere
	fal   bool   // that it is fal's
	etag  string // of what is known already, or ""
	limit int64  // of the answer, in bytes
	// read takes the answer; an error of it is one that another try may mend. It is not called where nothing is new.
	read func(text []byte) error
}

// get asks until there is an answer that can be read, or until it is clear that there will be none, and returns the
// ETag of what is known then. Where the server answered otherwise, the error is a [*StatusError].
func (c *client) get(ctx context.Context, r request) (etag string, err error) {
	for n := 1; ; n++ {
		if err := c.wait(ctx, r.host()); err != nil {
			return "", err
		}
		etag, err = c.try(ctx, r)
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		if err == nil || n >= tries(err) {
			c.count(r.host(), err)
			return etag, err
		}
		wait := min(c.backoff<<(n-1), maxBackoff)
		wait -= rand.N(wait/2 + 1) // not all at once
		var status *StatusError
		switch {
		case errors.As(err, &status) && status.after >= 0:
			c.pause(r.host(), status.after)
		case errors.As(err, &status) && status.Code == http.StatusTooManyRequests:
			c.pause(r.host(), wait) // all of us are too many
		default:
			if err := sleep(ctx, wait); err != nil {
				return "", err
			}
		}
	}
}

// try asks once.
func (c *client) try(ctx context.Context, r request) (etag string, err error) {
	target := r.url
	if r.fal && c.base != "" {
		target = c.base + "/" + strings.TrimPrefix(r.url, "https://")
	}
	if err := checkURL(target); err != nil {
		return "", permanent{err}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return "", permanent{err}
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "falgen (+https://github.com/falgen/falgen)")
	if r.etag != "" {
		req.Header.Set("If-None-Match", r.etag)
	}
	if c.key != "" && req.URL.Scheme == "https" && req.URL.Host == catalogueHost {
		req.Header.Set("Authorization", "Key "+c.key)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNotModified && r.etag != "" {
		return r.etag, nil
	}
	if resp.StatusCode != http.StatusOK {
		return "", c.failure(r.url, resp)
	}
	if kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); !isJSON(kind) {
		return "", unclear{fmt.Errorf("%s answered with %q, not with JSON", r.url, kind)}
	}
	text, err := io.ReadAll(io.LimitReader(resp.Body, r.limit+1))
	if err != nil {
		return "", fmt.Errorf("the answer of %s broke off: %w", r.url, err)
	}
	if int64(len(text)) > r.limit {
		return "", permanent{fmt.Errorf("%s answered with more than %d MiB", r.url, r.limit>>20)}
	}
	if err := r.read(text); err != nil {
		return "", unclear{err}
	}
	if etag = resp.Header.Get("ETag"); len(etag) > 200 {
		etag = ""
	}
	return etag, nil
}

// isJSON takes text/plain, too, as which many hosts serve a file whose type they do not know.
func isJSON(kind string) bool {
	return kind == "application/json" || kind == "text/plain" || strings.HasSuffix(kind, "+json")
}

// failure makes an error of an answer that is no success.
func (c *client) failure(url string, resp *http.Response) error {
	e := &StatusError{URL: url, Code: resp.StatusCode, after: -1, keyed: resp.Request.Header.Get("Authorization") != ""}
	if seconds, err := strconv.ParseUint(resp.Header.Get("Retry-After"), 10, 31); err == nil {
		e.after = time.Duration(seconds) * time.Second
	} else if date, err := http.ParseTime(resp.Header.Get("Retry-After")); err == nil {
		e.after = max(0, time.Until(date))
	}
	var body struct {
		Error  json.RawMessage
		Detail json.RawMessage
	}
	text, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10)) // what there is of it
	if json.Unmarshal(text, &body) == nil {
		var named struct{ Message string }
		_ = json.Unmarshal(body.Error, &named) // or it has another form
		if e.Message = named.Message; e.Message == "" {
			_ = json.Unmarshal(body.Detail, &e.Message)
		}
	}
	if c.key != "" {
		e.Message = strings.ReplaceAll(e.Message, c.key, "[key]")
	}
	e.Message = e.Message[:min(len(e.Message), 200)]
	return e
}

// host names the server whose patience a request takes.
func (r request) host() string {
	u, err := url.Parse(r.url)
	if err != nil {
		return ""
	}
	return u.Host
}

// gate returns the gate of a host. c.mu is held.
func (c *client) gate(host string) *gate {
	if c.gates[host] == nil {
		c.gates[host] = &gate{}
	}
	return c.gates[host]
}

// pause keeps everybody from asking a host for a while.
func (c *client) pause(host string, d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if g := c.gate(host); g.until.Before(time.Now().Add(d)) {
		g.until = time.Now().Add(d)
	}
}

// count notes how a request ended: by an answer, whatever it says, or by a host that seems to be down.
func (c *client) count(host string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil || tries(err) == 1 || errors.As(err, new(unclear)) {
		c.gate(host).strikes = 0
	} else {
		c.gate(host).strikes++
	}
}

// wait returns when a host may be asked. It is an error where that is too far away.
func (c *client) wait(ctx context.Context, host string) error {
	for {
		c.mu.Lock()
		g := *c.gate(host)
		c.mu.Unlock()
		d := time.Until(g.until)
		switch {
		case g.strikes >= maxStrikes:
			return fmt.Errorf("%s has failed too often: run falgen fetch again later", host)
		case d > maxPause:
			return fmt.Errorf("%s asks to be left alone for %s: run falgen fetch again then", host, d.Round(time.Second))
		case d <= 0:
			return ctx.Err()
		}
		if err := sleep(ctx, d); err != nil {
			return err
		}
	}
}

// sleep waits for d, or returns the context's error as soon as it ends.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
