package fal

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"time"
)

const (
	maxBody      = 64 << 20 // of a success
	maxErrorBody = 1 << 20  // of a failure
)

// ErrTooLarge is returned when a response or a download exceeds its size limit.
var ErrTooLarge = errors.New("too large")

var errNoClient = errors.New("there is no client; make one with fal.NewClient, and a job with Endpoint.Attach or Resume")

// request is one call, as each of its attempts sends it.
type request struct {
	op       Op
	endpoint string // "" for what belongs to none
	id       string // the job's request id, "" before there is one
	method   string
	url      string // at fal's own hosts, without the query
	query    string // encoded
	header   http.Header
	body     content
	timeout  time.Duration // of each attempt; 0 for none
	foreign  bool          // url is not fal's: it gets no key
	final    bool          // no answer is worth another attempt
	attempt  int           // counted from 1
	asked    string        // where the client really asked, for messages
}

// content is a request's body, which each attempt reads from the start.
type content struct {
	open        func() io.Reader // nil for none
	size        int64
	contentType string
}

func jsonContent(body []byte) content {
	return content{func() io.Reader { return bytes.NewReader(body) }, int64(len(body)), "application/json"}
}

// response is a success, whatever it means.
type response struct {
	request *request
	code    int
	header  http.Header
	body    []byte
	key     string // that was sent, and that no message may show
}

// requestID is the id of the job, or the one that fal gave this exchange.
func (r *response) requestID() string {
	return cmp.Or(r.request.id, r.header.Get("X-Fal-Request-Id"))
}

// decode decodes the body into v, or returns a *DecodeError.
func (r *response) decode(v any) error {
	if err := json.Unmarshal(r.body, v); err != nil {
		return r.unreadable(err)
	}
	return nil
}

func (r *response) unreadable(err error) error {
	return &DecodeError{Op: r.request.op, EndpointID: r.request.endpoint, RequestID: r.requestID(),
		Raw: withoutKey(r.body, r.key), Err: err}
}

// failure makes an *APIError of a success that tells of a failure.
func (r *response) failure(message string) *APIError {
	e := r.request.apiError(r.code, r.header, withoutKey(r.body, r.key))
	e.Message = message
	return e
}

// withoutKey takes the key out of what a gateway may have echoed.
func withoutKey(text []byte, key string) []byte {
	if len(key) <= 8 {
		return text
	}
	return bytes.ReplaceAll(text, []byte(key), []byte("[key]"))
}

// do makes a request, with the retries that suit it. It returns an *APIError, a *DecodeError or a *CallError, and where
// the context ended the call, errors.Is finds that.
func (c *Client) do(ctx context.Context, r *request) (resp *response, err error) {
	if err := c.ready(ctx, r); err != nil {
		return nil, err
	}
	err = c.repeat(ctx, r, func() error {
		resp, err = c.exchange(ctx, r)
		return err
	})
	return resp, err
}

// ready says what keeps a request from being made at all.
func (c *Client) ready(ctx context.Context, r *request) error {
	if ctx == nil {
		return r.callError(errors.New("the context is nil"))
	}
	if c == nil || c.http == nil {
		return r.callError(errNoClient)
	}
	return nil
}

// apiError makes the error of an answer to the request.
func (r *request) apiError(code int, header http.Header, body []byte) *APIError {
	e := newAPIError(r.endpoint, code, header, body)
	e.Method, e.URL, e.RequestID = r.method, r.asked, cmp.Or(r.id, e.RequestID)
	return e
}

// callError wraps what is not an answer of fal's into a *CallError.
func (r *request) callError(err error) error {
	switch err.(type) {
	case *APIError, *DecodeError:
		return err
	}
	return &CallError{Op: r.op, EndpointID: r.endpoint, RequestID: r.id, Err: err}
}

// exchange makes a request once, and reads the answer.
func (c *Client) exchange(caller context.Context, r *request) (*response, error) {
	ctx := caller
	if r.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(caller, r.timeout)
		defer cancel()
	}
	resp, key, err := c.open(ctx, r)
	if err != nil {
		if ctx.Err() != nil && caller.Err() == nil {
			err = fmt.Errorf("no answer within %v: %w", r.timeout, err)
		}
		return nil, ended(caller, err)
	}
	defer resp.Body.Close()
	answer := &response{request: r, code: resp.StatusCode, header: resp.Header, key: key}
	if answer.body, err = readBody(resp, maxBody); err != nil {
		return nil, answer.unreadable(ended(caller, err))
	}
	return answer, nil
}

// open sends a request once and returns an answer that is a success, with its body still to be read, and the key that
// was sent. A failure is an *APIError.
func (c *Client) open(ctx context.Context, r *request) (*http.Response, string, error) {
	target, key := r.url, ""
	if r.foreign {
		r.asked = withoutUser(target)
	} else {
		target = c.based(r.url)
		r.asked = target
		var err error
		if key, err = c.key(ctx); err != nil {
			return nil, "", permanent{err}
		}
	}
	resp, err := c.send(ctx, r, target, key)
	if backup, ok := c.backup(r); ok && err != nil && neverSent(err) {
		// A backup that cannot be reached either says nothing: the first failure is the one to mend.
		if other, failed := c.send(ctx, r, backup, key); failed == nil || !neverSent(failed) {
			resp, err = other, failed
		}
	}
	if err != nil {
		if r.op.bills() && !neverSent(err) && !errors.As(err, new(permanent)) {
			err = fmt.Errorf("%w (fal may have taken the input all the same; sending it again could be billed twice)", err)
		}
		return nil, "", err
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		defer resp.Body.Close()
		var body []byte
		if resp.StatusCode != http.StatusSwitchingProtocols { // whose body is the connection, which no context ends
			body, _ = readBody(resp, maxErrorBody) // the status says enough where the body breaks off
		}
		e := r.apiError(resp.StatusCode, resp.Header, withoutKey(body, key))
		e.ErrorType = string(withoutKey([]byte(e.ErrorType), key)) // a gateway may echo it anywhere
		e.RequestID = string(withoutKey([]byte(e.RequestID), key))
		e.parseBody()
		return nil, "", e
	}
	return resp, key, nil
}

// withoutUser takes the name and the password out of a URL.
func withoutUser(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return s
	}
	u.User = nil
	return u.String()
}

// send sends a request to target, once.
func (c *Client) send(ctx context.Context, r *request, target, key string) (*http.Response, error) {
	if r.query != "" {
		target += "?" + r.query
	}
	req, err := http.NewRequestWithContext(r.observed(ctx), r.method, target, nil)
	if err != nil {
		return nil, permanent{err}
	}
	if r.body.open != nil {
		req.ContentLength = r.body.size
		req.GetBody = func() (io.ReadCloser, error) {
			if r.body.size == 0 {
				return http.NoBody, nil
			}
			return io.NopCloser(r.body.open()), nil
		}
		req.Body, _ = req.GetBody()
		if r.body.contentType != "" {
			req.Header.Set("Content-Type", r.body.contentType)
		}
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", userAgent())
	maps.Copy(req.Header, r.header.Clone())
	authorize(req.Header, key)

	start := time.Now()
	resp, err := c.http.Do(req)
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err // its text would add the whole URL, and with it the query
	}
	c.logAttempt(ctx, r, start, resp, err)
	return resp, err
}

// ended makes sure that errors.Is finds the end of the caller's context in an error that it caused: the transport may
// have returned the context's cause, or a time-out of its own. An answer is no such error, whenever it came.
func ended(ctx context.Context, err error) error {
	if _, answer := err.(*APIError); answer {
		return err
	}
	if end := ctx.Err(); end != nil && !errors.Is(err, end) {
		return fmt.Errorf("%w: %w", end, err)
	}
	return err
}

// readBody reads up to limit bytes, and returns what it read along with an error.
func readBody(resp *http.Response, limit int64) ([]byte, error) {
	if resp.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	if int64(len(body)) > limit {
		return body[:limit], tooLarge(limit)
	}
	return body, err
}

func tooLarge(limit int64) error {
	return permanent{fmt.Errorf("%w: the limit is %d MiB", ErrTooLarge, limit>>20)}
}
