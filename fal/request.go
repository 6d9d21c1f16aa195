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

// request is one call to fal, as each of its attempts sends it.
type request struct {
	op         string // "run", "submit", "status", "result" or "cancel": what errors call it
	endpoint   string
	id         string // the job's request id, "" before there is one
	method     string
	host, path string // one of fal's hosts, and the path there without a leading slash
	query      url.Values
	header     http.Header
	body       []byte        // JSON; nil for none
	timeout    time.Duration // of each attempt; 0 for none
	url        string        // without the query; set by do
}

// response is a success, whatever it means.
type response struct {
	request *request
	code    int
	header  http.Header
	body    []byte
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
	return &DecodeError{Op: r.request.op, EndpointID: r.request.endpoint, RequestID: r.requestID(), Raw: r.body, Err: err}
}

// failure makes an *APIError of a success that tells of a failure.
func (r *response) failure(message string) *APIError {
	e := newAPIError(r.request, r.code, r.header, r.body)
	e.Message = message
	return e
}

// do makes a request, with the retries that suit it. It returns an *APIError, a *DecodeError or a *CallError, and where
// the context ended the call, errors.Is finds that.
func (c *Client) do(ctx context.Context, r *request) (*response, error) {
	if ctx == nil {
		return nil, r.lost(errors.New("the context is nil"))
	}
	if c == nil || c.http == nil {
		return nil, r.lost(errors.New("there is no client; make one with fal.NewClient, and a job with Endpoint.Attach"))
	}
	r.url = c.url(r.host, r.path)
	for n := 0; ; n++ {
		resp, err := c.attempt(ctx, r)
		if err == nil {
			return resp, nil
		}
		if n >= c.retries || errors.Is(err, ctx.Err()) || !retriable(r, err) {
			return nil, r.lost(err)
		}
		wait := backoff(n)
		if asked, ok := retryAfter(err); ok {
			wait = asked
		}
		if wait > maxRetryAfter {
			return nil, r.lost(err)
		}
		if end := sleep(ctx, wait); end != nil {
			return nil, r.lost(fmt.Errorf("%w, while waiting to try again after: %w", end, err))
		}
	}
}

// lost wraps what is not an answer of fal's into a *CallError.
func (r *request) lost(err error) error {
	switch err.(type) {
	case *APIError, *DecodeError:
		return err
	}
	return &CallError{Op: r.op, EndpointID: r.endpoint, RequestID: r.id, Err: err}
}

// attempt makes a request once.
func (c *Client) attempt(caller context.Context, r *request) (*response, error) {
	ctx := caller
	if r.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(caller, r.timeout)
		defer cancel()
	}
	target := r.url
	if len(r.query) > 0 {
		target += "?" + r.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, r.method, target, bytes.NewReader(r.body))
	if err != nil {
		return nil, permanent{err}
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", userAgent)
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	maps.Copy(req.Header, r.header.Clone())
	key, err := c.key(ctx)
	if err != nil {
		return nil, permanent{ended(caller, err)}
	}
	if key != "" {
		req.Header.Set("Authorization", "Key "+key)
	}

	resp, err := c.http.Do(req)
	if err != nil {
		var outer *url.Error
		if errors.As(err, &outer) {
			err = outer.Err // its text would add the whole URL, and with it the query
		}
		if ctx.Err() != nil && caller.Err() == nil {
			err = fmt.Errorf("no answer within %v: %w", r.timeout, err)
		}
		if r.method == http.MethodPost && !neverSent(err) && !errors.As(err, new(permanent)) {
			err = fmt.Errorf("%w (fal may have taken the input all the same; sending it again could be billed twice)", err)
		}
		return nil, ended(caller, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		body, _ := readBody(resp.Body, maxErrorBody) // the status says enough where the body breaks off
		if len(key) > 8 {
			body = bytes.ReplaceAll(body, []byte(key), []byte("[key]")) // a gateway may echo what it was sent
		}
		e := newAPIError(r, resp.StatusCode, resp.Header, body)
		e.parseBody()
		return nil, e
	}
	body, err := readBody(resp.Body, maxBody)
	answer := &response{request: r, code: resp.StatusCode, header: resp.Header, body: body}
	if err != nil {
		return nil, answer.unreadable(ended(caller, err))
	}
	return answer, nil
}

// ended makes sure that errors.Is finds the end of the caller's context in an error that it caused: the transport may
// have returned the context's cause, or a time-out of its own.
func ended(ctx context.Context, err error) error {
	if end := ctx.Err(); end != nil && !errors.Is(err, end) {
		return fmt.Errorf("%w: %w", end, err)
	}
	return err
}

// readBody reads up to limit bytes, and returns what it read along with an error.
func readBody(r io.Reader, limit int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, limit+1))
	if int64(len(body)) > limit {
		return body[:limit], permanent{fmt.Errorf("it is longer than %d MiB", limit>>20)}
	}
	return body, err
}
