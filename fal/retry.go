package fal

import (
	"context"
	"crypto/tls"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"time"
)

const (
	firstBackoff  = 500 * time.Millisecond
	maxBackoff    = 15 * time.Second
	maxRetryAfter = time.Minute // the longest that a server may keep us waiting
)

// permanent marks an error that trying again does not mend.
type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// retriable reports whether an attempt that failed with err may be made again.
//
// An input is a POST, and fal knows no idempotency key: sent twice, it can run twice and be billed twice. So it is only
// repeated where fal surely did not take it. A 502, a 504 or a broken connection may mean that it did, and so may a
// 503, unless its Retry-After says that it wants the input later.
func retriable(r *request, err error) bool {
	input := r.method == http.MethodPost
	var answer *APIError
	if errors.As(err, &answer) {
		switch answer.StatusCode {
		case http.StatusTooManyRequests:
			return true
		case http.StatusServiceUnavailable:
			_, asked := retryAfter(err)
			return !input || asked
		case http.StatusBadGateway:
			return !input
		case http.StatusGatewayTimeout:
			return !input && !answer.IsUserTimeout()
		case http.StatusRequestTimeout:
			return r.method == http.MethodGet
		case http.StatusInternalServerError:
			return r.op == "status" // elsewhere it may be the job's own failure
		}
		return false
	}
	if errors.As(err, new(permanent)) || errors.As(err, new(*tls.CertificateVerificationError)) {
		return false
	}
	return !input || neverSent(err)
}

// neverSent reports whether err kept a request from leaving at all: there was no connection to send it on.
func neverSent(err error) bool {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Op == "dial" || op.Op == "proxyconnect"
	}
	return errors.As(err, new(*net.DNSError)) || errors.As(err, new(*tls.CertificateVerificationError))
}

// retryAfter is how long the answer in err asks to wait, from its Retry-After header: seconds, or a date.
func retryAfter(err error) (time.Duration, bool) {
	var answer *APIError
	if !errors.As(err, &answer) {
		return 0, false
	}
	value := answer.Header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(value, 10, 32); err == nil {
		return time.Duration(seconds) * time.Second, true
	}
	if date, err := http.ParseTime(value); err == nil {
		return max(0, time.Until(date)), true
	}
	return 0, false
}

// backoff is how long to wait after attempt n, counted from 0: twice as long each time, less up to half at random, so
// that many clients do not come back at once.
func backoff(n int) time.Duration {
	d := min(firstBackoff<<min(n, 10), maxBackoff)
	return d - rand.N(d/2)
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
