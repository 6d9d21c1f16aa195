package fal

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// fal's hosts, by what they are for (docs/protocol.md, section 1).
const (
	runHost   = "fal.run"       // answers on the open connection, streams and sockets
	queueHost = "queue.fal.run" // takes jobs, and answers about them
	restHost  = "rest.fal.ai"   // takes files and gives tokens
)

// isFalHost reports whether a host is one that the key may go to: fal.run, fal.ai, and what is below them.
func isFalHost(host string) bool {
	host = strings.ToLower(host)
	for _, own := range []string{"fal.run", "fal.ai"} {
		if host == own || strings.HasSuffix(host, "."+own) {
			return true
		}
	}
	return false
}

// isFalURL reports whether the key may be sent with a request for u: https, one of fal's hosts, and no port of its own.
func isFalURL(u *url.URL) bool {
	return u.Scheme == "https" && u.User == nil && (u.Port() == "" || u.Port() == "443") && isFalHost(u.Hostname())
}

// atFal returns the URL at fal's own hosts that a URL which a server gave stands for: the client may have been sent
// elsewhere with WithBaseURL, and the server may name itself. Of any other host it is false, and so the key stays here.
func (c *Client) atFal(given string) (string, bool) {
	if rest, ok := strings.CutPrefix(given, c.base+"/"); ok && c.base != "" {
		given = "https://" + rest
	}
	u, err := url.Parse(given)
	if err != nil || !isFalURL(u) || u.Fragment != "" {
		return "", false
	}
	return u.String(), true
}

// based returns where the client really asks for a URL of fal's; see WithBaseURL.
func (c *Client) based(u string) string {
	if c.base == "" {
		return u
	}
	return c.base + "/" + strings.TrimPrefix(u, "https://")
}

// WithBackupHosts retries a request that cannot connect to fal.run or queue.fal.run once at falrun.com or
// queue.falrun.com, fal's backup hosts (docs/protocol.md, section 16). The key and the input are sent there. It has no
// effect together with [WithBaseURL].
func WithBackupHosts() ClientOption {
	return clientOption(func(c *Client) error {
		c.backups = true
		return nil
	})
}

// backup returns where a request can be made when its own host cannot be reached.
func (c *Client) backup(r *request) (string, bool) {
	if !c.backups || c.base != "" || r.foreign {
		return "", false
	}
	for _, host := range []string{runHost, queueHost} {
		if path, ok := strings.CutPrefix(r.url, "https://"+host+"/"); ok {
			return "https://" + strings.Replace(host, runHost, "falrun.com", 1) + "/" + path, true
		}
	}
	return "", false
}

// HTTPClient returns an HTTP client for requests that this package has no method for, such as those of fal's platform API.
// It adds the key to https requests to fal's hosts that have no Authorization header, applies [WithBaseURL], and leaves
// other requests alone. It refuses redirects to other hosts and does not retry.
//
// If the key cannot be obtained, the request fails with an error that wraps the cause.
func (c *Client) HTTPClient() *http.Client {
	if c == nil || c.http == nil {
		return &http.Client{Transport: noClient{}}
	}
	keyed := *c.http
	inner := keyed.Transport
	if inner == nil {
		inner = http.DefaultTransport
	}
	keyed.Transport = keyTransport{c, inner}
	return &keyed
}

// keyTransport sends requests for fal's hosts as a client's own.
type keyTransport struct {
	client *Client
	inner  http.RoundTripper
}

func (t keyTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	if !isFalURL(r.URL) {
		return t.inner.RoundTrip(r)
	}
	target, err := url.Parse(t.client.based(r.URL.String()))
	if err != nil {
		return nil, fmt.Errorf("the base URL: %w", err)
	}
	r = r.Clone(r.Context())
	r.URL, r.Host = target, ""
	if _, own := r.Header["Authorization"]; !own { // nil is an Authorization too: none
		key, err := t.client.key(r.Context())
		if err != nil {
			if r.Body != nil {
				_ = r.Body.Close()
			}
			return nil, err
		}
		authorize(r.Header, key)
	}
	if r.Header.Get("User-Agent") == "" {
		r.Header.Set("User-Agent", userAgent())
	}
	return t.inner.RoundTrip(r)
}

// noClient is the transport of a Client that NewClient has not made.
type noClient struct{}

func (noClient) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
	return nil, errNoClient
}

// authorize sets the key (docs/protocol.md, section 2); an empty one is for apps that are public.
func authorize(h http.Header, key string) {
	if key != "" {
		h.Set("Authorization", "Key "+key)
	}
}

// keyFunc finds the key for an attempt.
type keyFunc = func(context.Context) (string, error)

// isBase reports whether u is below the URL of WithBaseURL.
func (c *Client) isBase(u *url.URL) bool {
	return c.base != "" && strings.HasPrefix(u.String(), c.base+"/")
}
