package fal

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

// Client sends requests to fal. Create one with [NewClient] and share it: it is safe for concurrent use.
type Client struct {
	http    *http.Client
	wraps   []func(http.RoundTripper) http.RoundTripper // around http's transport
	base    string                                      // without a trailing slash; "" for fal's own hosts
	key     keyFunc
	retry   map[Op]RetryPolicy // where it is not the default
	backups bool
	log     *slog.Logger // nil for none
	waits   *waitLimits
}

// ClientOption is an option of [NewClient].
type ClientOption interface{ applyClient(*Client) error }

type clientOption func(*Client) error

func (o clientOption) applyClient(c *Client) error { return o(c) }

// NewClient returns a client. Unless an option gives the key, it is read from the environment, once: FAL_KEY, or
// FAL_KEY_ID and FAL_KEY_SECRET. Without any it returns an error that wraps [ErrNoKey].
//
// The key is sent to fal's own hosts over https, or to the host of [WithBaseURL], and nowhere else: a redirect that
// leads to another host is refused.
func NewClient(opts ...ClientOption) (*Client, error) {
	c := &Client{http: &http.Client{}, retry: map[Op]RetryPolicy{}, waits: &waitLimits{atOnce: 32, every: time.Second / 100}}
	for _, o := range opts {
		if o == nil {
			continue
		}
		if err := o.applyClient(c); err != nil {
			return nil, err
		}
	}
	if c.key == nil {
		if err := WithKey(envKey()).applyClient(c); err != nil {
			return nil, err
		}
	}
	if u := os.Getenv("FAL_BASE_URL"); u != "" && c.base == "" {
		if err := WithBaseURL(u).applyClient(c); err != nil {
			return nil, fmt.Errorf("%w; it is from FAL_BASE_URL in the environment", err)
		}
	}
	guarded := *c.http // a copy: the caller's client stays as it is
	guarded.CheckRedirect = stayOnHost(guarded.CheckRedirect)
	for _, wrap := range c.wraps {
		if guarded.Transport == nil {
			guarded.Transport = http.DefaultTransport
		}
		guarded.Transport = wrap(guarded.Transport)
	}
	c.http = &guarded
	return c, nil
}

// WithHTTPClient uses a copy of h for requests, to set a transport, a proxy or a cookie jar. The default client has no
// timeout, since a model may take minutes to respond; use the context of each call.
func WithHTTPClient(h *http.Client) ClientOption {
	return clientOption(func(c *Client) error {
		if h == nil {
			return errors.New("fal: WithHTTPClient was given nil; leave it out to use the default")
		}
		c.http = h
		return nil
	})
}

// WithBaseURL sends every request to u instead of fal's hosts, with the original host as the first path element: with
// "http://127.0.0.1:9" a request for https://queue.fal.run/fal-ai/x goes to http://127.0.0.1:9/queue.fal.run/fal-ai/x.
// Use it for fakes, gateways and recorders; they receive the key. The environment variable FAL_BASE_URL does the same if
// this option is not given. NewClient returns an error if u is not an http or https URL.
func WithBaseURL(u string) ClientOption {
	return clientOption(func(c *Client) error {
		p, err := parseHTTPURL(u)
		if err != nil || p.User != nil || strings.ContainsAny(u, "?#") {
			return errors.New("fal: the URL given to WithBaseURL is not http(s)://host[:port][/path]")
		}
		c.base = strings.TrimRight(u, "/")
		return nil
	})
}

// parseHTTPURL parses an absolute http or https URL. Its error does not repeat the URL, which may hold a secret.
func parseHTTPURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, errors.New("not an http or https URL")
	}
	return u, nil
}

// stayOnHost makes a redirect policy that never carries the key, or the input, to where the caller did not send it, and
// otherwise does what next says. It also refuses a redirect that would turn a POST into a GET: that drops the input.
func stayOnHost(next func(*http.Request, []*http.Request) error) func(*http.Request, []*http.Request) error {
	return func(req *http.Request, via []*http.Request) error {
		from, to := via[0], req
		if to.URL.Scheme != from.URL.Scheme || to.URL.Host != from.URL.Host || to.Method != from.Method {
			return permanent{fmt.Errorf("refused a redirect from %s %s://%s to %s %s://%s: the key stays with the host it "+
				"was meant for; if that host is yours, name it with fal.WithBaseURL",
				from.Method, from.URL.Scheme, from.URL.Host, to.Method, to.URL.Scheme, to.URL.Host)}
		}
		if next != nil {
			return next(req, via)
		}
		if len(via) >= 10 {
			return permanent{errors.New("stopped after 10 redirects")}
		}
		return nil
	}
}
