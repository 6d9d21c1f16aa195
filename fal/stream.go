package fal

import (
	"context"
	"iter"
	"strings"
)

// Stream sends the input and yields partial outputs as the model produces them; the last one is usually complete.
// Endpoints that do not stream respond with 404, or yield their output once. Like [Endpoint.Run] it does not use the
// queue: if the connection breaks, the rest is lost.
//
// Events that do not match O decode as far as they do; Result.Raw holds each event unchanged, such as the step events of
// a workflow (docs/protocol.md, section 10). An error, as Run returns it, is yielded once and ends the stream. Each
// range over the stream sends the input again; breaking out of the loop closes the connection.
func (e *Endpoint[I, O]) Stream(ctx context.Context, in I, opts ...StreamOption) iter.Seq2[*Result[O], error] {
	return func(yield func(*Result[O], error) bool) {
		for resp, err := range e.plain().stream(ctx, &in, opts) {
			if res, err := newResult[O](resp, err); !yield(res, err) || err != nil {
				return
			}
		}
	}
}

func (e endpoint) stream(ctx context.Context, in any, opts []StreamOption) iter.Seq2[*response, error] {
	return func(yield func(*response, error) bool) {
		cfg, err := configure(opts)
		if err != nil {
			yield(nil, err)
			return
		}
		ctx, stop := cfg.bounded(ctx)
		defer stop()
		r, err := e.request(ctx, OpStream, runHost, in, cfg)
		if err != nil {
			yield(nil, err)
			return
		}
		if !strings.HasSuffix(r.url, "/stream") { // an id may name the stream itself
			r.url += "/stream"
		}
		r.header.Set("Accept", "text/event-stream")
		for resp, err := range e.client.events(ctx, r) {
			if !yield(resp, err) {
				return
			}
		}
	}
}
