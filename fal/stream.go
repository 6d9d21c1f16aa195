package fal

import (
	"context"
	"iter"
	"strings"
)

// Stream sends the input and yields the outputs that the model makes on the way, each as soon as it is there: more and
// more of a text or an image, as a rule, and the whole of it last. Endpoints that do not stream answer with a 404, or
// yield their output once. Like [Endpoint.Run] it has no queue behind it: what breaks off is lost.
//
// What is yielded fits O as far as fal makes it so; Result.Raw has each event as it came, such as those of a workflow,
// which tell of its steps (docs/protocol.md, section 10). An error, of those that Run returns, is yielded once, and ends
// it. The input is sent when the range over it begins, and again with each; leaving the loop closes the connection.
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
