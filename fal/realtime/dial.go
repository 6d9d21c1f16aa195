package realtime

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/coder/websocket"

	"github.com/falgen/falgen/fal"
)

// Dial opens a connection to an endpoint, for inputs of type I and outputs of type O. It asks once, for at most 90
// seconds, through the client's HTTP client: with its key, and at the place that fal.WithBaseURL names. ctx is for the
// handshake alone and may end afterwards.
//
// Close the connection when done with it.
//
// It returns a [*fal.InvalidIDError], a [*fal.APIError] where the server refused, such as with 401, or a
// [*fal.CallError]. An invalid option is a plain error.
func Dial[I, O any](ctx context.Context, client *fal.Client, endpointID string, opts ...Option) (*Conn[I, O], error) {
	cfg, err := configure(opts)
	if err != nil {
		return nil, err
	}
	c := &Conn[I, O]{conn{config: cfg, turn: make(chan struct{}, 1)}}
	if c.endpoint, err = parseEndpoint(endpointID); err != nil {
		return nil, err
	}
	if err := c.dial(ctx, client); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *conn) dial(caller context.Context, client *fal.Client) error {
	failed := func(err error) error { return c.endpoint.failed("dial", err) }
	if caller == nil || client == nil {
		return failed(errNothingToCallWith)
	}
	path, err := c.endpoint.socketPath(c.config.path)
	if err != nil {
		return err
	}
	query := url.Values{}
	if c.config.token != "" {
		query.Set("fal_jwt_token", c.config.token)
	}
	if c.config.maxBuffering > 0 {
		query.Set("max_buffering", strconv.Itoa(c.config.maxBuffering))
	}
	target := "wss://fal.run/" + path

	ctx, cancel := context.WithTimeout(caller, openBudget)
	defer cancel()
	c.secrets.known = []string{c.config.token, url.QueryEscape(c.config.token)}
	httpClient := client.HTTPClient()
	tap := &tap{inner: httpClient.Transport}
	httpClient.Transport = tap
	options := &websocket.DialOptions{HTTPClient: httpClient}
	if c.config.token != "" {
		options.HTTPHeader = http.Header{"Authorization": nil} // the token stands for the key
	}
	ws, resp, err := websocket.Dial(c.secrets.watch(ctx), target+"?"+query.Encode(), options)
	switch {
	case err == nil:
		ws.SetReadLimit(c.config.maxMessage)
		c.ws, c.socket = ws, tap.socket
		return nil
	case resp != nil && resp.StatusCode != http.StatusSwitchingProtocols:
		return fal.NewAPIError(c.endpoint.id, resp, []byte(c.secrets.hide(string(tap.body))))
	}
	return failed(callError(caller, ctx, err))
}

// tap is a transport that keeps what the library does not hand out: the socket, and the whole of a refusal.
type tap struct {
	inner  http.RoundTripper
	socket io.Closer
	body   []byte
}

func (t *tap) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := t.inner.RoundTrip(r)
	if err != nil || resp == nil || resp.Body == nil {
		return resp, err
	}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		t.socket = resp.Body
		return resp, nil
	}
	t.body, _ = io.ReadAll(io.LimitReader(resp.Body, maxAnswer)) // the status says enough where it breaks off
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(t.body))
	return resp, nil
}
