package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// Middleware returns a handler that calls next with verified requests, including the body. It rejects others: with 405
// for other methods than POST, 413 for a body larger than [WithMaxBody], 503 for a [*KeysError], 401 for [ErrStale] and
// [ErrSignature], 403 for [ErrUser], and 400 for [ErrHeader], [ErrMismatch] and an incomplete body.
//
// Use it with a handler that reads the body itself; else use [Handler].
func (v *Verifier) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := v.receive(w, r)
		if !ok {
			return
		}
		verified := *r // as it is the caller's
		verified.Body = io.NopCloser(bytes.NewReader(body))
		verified.ContentLength, verified.TransferEncoding = int64(len(body)), nil
		next.ServeHTTP(w, &verified)
	})
}

// Handler returns a handler that verifies and decodes deliveries and calls f. It responds with 204 after f returned nil,
// and with 500 after an error, so that fal retries. Invalid requests get the responses of [Verifier.Middleware].
//
// f also receives failed jobs: see [Delivery]. A signed body without a request id does not reach f: the response is 500.
//
// The context of f ends when fal closes the connection, as it does when a response is late. f may be called
// concurrently, and more than once for a delivery: see [Seen].
func Handler[O any](v *Verifier, f func(ctx context.Context, d *Delivery[O]) error) http.Handler {
	return v.handler(func(ctx context.Context, body []byte) error {
		d, err := Decode[O](body)
		if err != nil {
			return err
		}
		return f(ctx, d)
	})
}

// handler is a Handler without its type.
func (v *Verifier) handler(f func(ctx context.Context, body []byte) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := v.receive(w, r)
		if !ok {
			return
		}
		if err := f(r.Context(), body); err != nil {
			v.fail(w, r, http.StatusInternalServerError, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}

// receive returns the body of a delivery that fal has sent, or answers the request.
func (v *Verifier) receive(w http.ResponseWriter, r *http.Request) (body []byte, ok bool) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		v.fail(w, r, http.StatusMethodNotAllowed, fmt.Errorf("webhook: a %s; fal sends a POST", r.Method))
		return nil, false
	}
	body, err := v.read(w, r)
	if err != nil {
		v.fail(w, r, statusOf(err), err)
		return nil, false
	}
	return body, true
}

func (v *Verifier) read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	s, err := v.readHeader(r.Header)
	if err != nil {
		return nil, err
	}
	if r.ContentLength > v.maxBody {
		return nil, fmt.Errorf("webhook: %w", &http.MaxBytesError{Limit: v.maxBody})
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, v.maxBody))
	if err != nil {
		return nil, fmt.Errorf("webhook: cannot read the body of request %.100q: %w", s.requestID, err)
	}
	return body, v.verify(r.Context(), s, body)
}

// statusOf is how to answer a request that was rejected with err.
func statusOf(err error) int {
	switch {
	case errors.As(err, new(*KeysError)):
		return http.StatusServiceUnavailable
	case errors.As(err, new(*http.MaxBytesError)):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, ErrStale), errors.Is(err, ErrSignature):
		return http.StatusUnauthorized
	case errors.Is(err, ErrUser):
		return http.StatusForbidden
	}
	return http.StatusBadRequest
}

// fail answers with a failure, and keeps its cause on this side.
func (v *Verifier) fail(w http.ResponseWriter, r *http.Request, code int, err error) {
	v.onError(r, err)
	http.Error(w, http.StatusText(code), code)
}
