package fal

import (
	"context"
	"errors"
	"iter"
)

// follow yields the job's status until it is finished, and tells WithUpdateFunc.
func (j job) follow(ctx context.Context, cfg *config, logs bool) iter.Seq2[Status, error] {
	return func(yield func(Status, error) bool) {
		tell := func(s Status) bool {
			if cfg.onUpdate != nil {
				cfg.onUpdate(s)
			}
			return yield(s, nil) && !s.State.Done()
		}
		if cfg.byStream {
			on, err := j.listen(ctx, logs, tell)
			if err != nil {
				yield(Status{}, err)
			}
			if !on || err != nil {
				return
			}
		}
		if err := j.poll(ctx, cfg.pace, logs, tell); err != nil {
			yield(Status{}, err)
		}
	}
}

// poll asks for the status again and again until tell has enough.
func (j job) poll(ctx context.Context, p pace, logs bool, tell func(Status) bool) error {
	next := pacing{pace: p}
	for {
		s, err := j.status(ctx, logs)
		if err != nil || !tell(s) {
			return err
		}
		if err := sleep(ctx, next.next(s.State)); err != nil {
			return j.waiting(err)
		}
	}
}

// waiting is the error of a wait that ended between two requests.
func (j job) waiting(err error) error {
	return &CallError{Op: OpWait, EndpointID: j.endpoint, RequestID: j.ID, Err: err}
}

// listen hears the status on one connection until tell has enough. It reports whether the job is to be followed by
// other means: the connection broke, or ended too soon.
func (j job) listen(ctx context.Context, logs bool, tell func(Status) bool) (goOn bool, err error) {
	r := j.statusRequest(logs)
	if err := j.address(r, "/status"); err != nil {
		return false, err
	}
	r.url += "/stream"
	r.timeout = 0
	r.header = map[string][]string{"Accept": {"text/event-stream"}}
	var all []Log
	for resp, err := range j.client.events(ctx, r) {
		if err != nil {
			return canFallBack(ctx, err)
		}
		s, err := resp.status()
		if err != nil {
			return canFallBack(ctx, err)
		}
		// Each event brings what is new in the log; asking would bring it all (docs/protocol.md, section 6.3).
		all = append(all, s.Logs...)
		s.Logs = all[:len(all):len(all)]
		if !tell(s) {
			return false, nil
		}
	}
	return true, nil
}

// canFallBack tells a connection that broke, after which one can ask instead, from an answer and from the caller's end.
func canFallBack(ctx context.Context, err error) (bool, error) {
	if ctx.Err() != nil || errors.As(err, new(*APIError)) {
		return false, err
	}
	return true, nil
}
