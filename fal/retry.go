package fal

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Op is the kind of a request. Errors, logs and traces name it, and each Op has a [RetryPolicy].
type Op string

// The operations.
const (
	OpRun      Op = "run"
	OpStream   Op = "stream"
	OpSubmit   Op = "submit"
	OpStatus   Op = "status"
	OpResult   Op = "result"
	OpCancel   Op = "cancel"
	OpUpload   Op = "upload"
	OpDownload Op = "download"
	OpWait     Op = "wait" // between two requests; it has no policy
)

// bills reports whether each request of this kind may be billed: fal knows no idempotency key, so an input that is sent
// twice can run twice.
func (op Op) bills() bool { return op == OpRun || op == OpStream || op == OpSubmit }

// RetryPolicy controls when and how often a failed request is retried.
//
// A request is never retried after status 422, after the limit of [WithStartTimeout], after a permanent error such as an
// invalid certificate, or after the context has ended.
type RetryPolicy struct {
	// Max is the maximum number of retries; 0 means none.
	Max int
	// Statuses are the HTTP status codes that are retried; nil means those of [DefaultRetry].
	Statuses []int
	// Unsure also retries an input that fal may have accepted: after a broken connection, and after any of Statuses. The
	// input may then run twice and be charged twice. Without it, run, stream and submit are retried only if no
	// connection was made, after 429, and after 503 with a Retry-After header.
	Unsure bool
	// Backoff is the delay before the first retry. It doubles with each retry up to MaxBackoff, and is reduced by up to
	// half at random. 0 means that of DefaultRetry. A Retry-After header of up to a minute takes its place; after a
	// longer one the request is not retried.
	Backoff, MaxBackoff time.Duration
}

// DefaultRetry returns the default policy of an operation.
func DefaultRetry(op Op) RetryPolicy {
	p := RetryPolicy{Max: 3, Backoff: 500 * time.Millisecond, MaxBackoff: 15 * time.Second,
		Statuses: []int{429, 502, 503, 504}}
	switch op {
	case OpStatus: // a 500 is the queue's, not the job's
		p.Max = 5
		p.Statuses = append(p.Statuses, 408, 500)
	case OpResult: // a 500 may be the job's own failure
		p.Statuses = append(p.Statuses, 408)
	case OpUpload, OpDownload:
		p.Statuses = append(p.Statuses, 408, 500)
	}
	return p
}

// WithRetry sets the retry policy of the given operations, or of all operations if none is given. NewClient returns an
// error if a number is negative.
//
//	fal.WithRetry(fal.RetryPolicy{})                        // never repeat anything
//	fal.WithRetry(fal.RetryPolicy{Max: 10}, fal.OpStatus)   // be patient with the queue
func WithRetry(p RetryPolicy, ops ...Op) ClientOption {
	return clientOption(func(c *Client) error {
		if p.Max < 0 || p.Backoff < 0 || p.MaxBackoff < 0 {
			return errors.New("fal: WithRetry was given a negative number; RetryPolicy{} turns retries off")
		}
		if len(ops) == 0 {
			ops = []Op{OpRun, OpStream, OpSubmit, OpStatus, OpResult, OpCancel, OpUpload, OpDownload}
		}
		for _, op := range ops {
			own := p
			usual := DefaultRetry(op)
			if own.Statuses == nil {
				own.Statuses = usual.Statuses
			}
			if own.Backoff == 0 {
				own.Backoff = usual.Backoff
			}
			if own.MaxBackoff == 0 {
				own.MaxBackoff = max(usual.MaxBackoff, own.Backoff)
			}
			c.retry[op] = own
		}
		return nil
	})
}

func (c *Client) policy(op Op) RetryPolicy {
	if p, ok := c.retry[op]; ok {
		return p
	}
	return DefaultRetry(op)
}

const maxRetryAfter = time.Minute // the longest that a server may keep us waiting

// permanent marks an error that trying again does not mend.
type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// repeat makes attempts until one succeeds or the policy of r ends it. Its error is one that the caller of a call gets.
func (c *Client) repeat(ctx context.Context, r *request, attempt func() error) error {
	policy := c.policy(r.op)
	if r.final {
		policy.Statuses = nil
	}
	for n := 0; ; n++ {
		r.attempt = n + 1
		err := attempt()
		if err == nil {
			return nil
		}
		if n >= policy.Max || errors.Is(err, ctx.Err()) || !policy.repeats(r, err) {
			return r.callError(err)
		}
		wait, asked := retryAfter(err)
		if !asked {
			wait = policy.backoff(n)
		}
		if wait > maxRetryAfter {
			return r.callError(err)
		}
		if end := sleep(ctx, wait); end != nil {
			return r.callError(fmt.Errorf("%w, while waiting to try again after: %w", end, err))
		}
	}
}

// repeats reports whether a request that failed with err may be made again.
func (p RetryPolicy) repeats(r *request, err error) bool {
	sure := p.Unsure || !r.op.bills()
	var answer *APIError
	if errors.As(err, &answer) {
		code := answer.StatusCode
		if code == http.StatusUnprocessableEntity || answer.IsUserTimeout() || !slices.Contains(p.Statuses, code) {
			return false
		}
		_, asked := retryAfter(err)
		return sure || code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable && asked
	}
	if errors.As(err, new(permanent)) || errors.As(err, new(*tls.CertificateVerificationError)) {
		return false
	}
	return sure || neverSent(err)
}

// backoff is how long to wait after attempt n, counted from 0. Chance keeps many clients from coming back at once.
func (p RetryPolicy) backoff(n int) time.Duration {
	d := p.MaxBackoff
	if n < 32 && p.Backoff < p.MaxBackoff>>n {
		d = p.Backoff << n
	}
	return d - rand.N(max(d/2, 1))
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
