package fal

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"
)

// WithLogger logs every attempt at debug level: "fal attempt" with op, endpoint, request_id, method, url without the
// query, attempt, status, took, and error. Keys, inputs and outputs are never logged.
func WithLogger(l *slog.Logger) ClientOption {
	return clientOption(func(c *Client) error {
		if l == nil {
			return errors.New("fal: WithLogger was given nil; leave it out to log nothing")
		}
		c.log = l
		return nil
	})
}

// WithTransport wraps the client's transport, to trace, measure or change each attempt; [AttemptFrom] describes the
// attempt. For example, with OpenTelemetry:
//
//	fal.WithTransport(func(next http.RoundTripper) http.RoundTripper {
//		return otelhttp.NewTransport(next, otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string {
//			a, _ := fal.AttemptFrom(r.Context())
//			return "fal " + string(a.Op) + " " + a.EndpointID
//		}))
//	})
//
// The transport sees the key in the Authorization header.
func WithTransport(wrap func(next http.RoundTripper) http.RoundTripper) ClientOption {
	return clientOption(func(c *Client) error {
		if wrap == nil {
			return errors.New("fal: WithTransport was given nil")
		}
		c.wraps = append(c.wraps, wrap)
		return nil
	})
}

// Attempt describes one attempt of a request.
type Attempt struct {
	Op         Op
	EndpointID string // "" where no endpoint is meant, as for a download
	RequestID  string // of the job, "" where there is none yet
	Number     int    // 1 is the first try
}

type attemptKey struct{}

// AttemptFrom returns the attempt that a request belongs to, from the request's context.
func AttemptFrom(ctx context.Context) (Attempt, bool) {
	a, ok := ctx.Value(attemptKey{}).(Attempt)
	return a, ok
}

// observed makes the context in which a transport finds the attempt.
func (r *request) observed(ctx context.Context) context.Context {
	return context.WithValue(ctx, attemptKey{}, Attempt{r.op, r.endpoint, r.id, r.attempt})
}

// logAttempt logs how an attempt went: with resp, nil where there is no answer, or err.
func (c *Client) logAttempt(ctx context.Context, r *request, start time.Time, resp *http.Response, err error) {
	if c.log == nil || !c.log.Enabled(ctx, slog.LevelDebug) {
		return
	}
	attrs := []slog.Attr{
		slog.String("op", string(r.op)), slog.String("endpoint", r.endpoint), slog.String("request_id", r.id),
		slog.String("method", r.method), slog.String("url", r.asked), slog.Int("attempt", r.attempt),
		slog.Duration("took", time.Since(start)),
	}
	if resp != nil {
		attrs = append(attrs, slog.Int("status", resp.StatusCode))
	}
	if err != nil {
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	c.log.LogAttrs(ctx, slog.LevelDebug, "fal attempt", attrs...)
}
