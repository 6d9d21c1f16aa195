package fal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"net/url"
	"time"
)

// attemptTimeout bounds each try of the calls that fal answers at once, so that a dead connection is noticed.
const attemptTimeout = time.Minute

// Job is an input in fal's queue. It is safe for concurrent use.
//
// Its JSON is {"endpoint_id": ..., "request_id": ...}: write it down, and go on elsewhere with [Endpoint.Attach]. A Job
// that was decoded from JSON has no client; its methods return an error that says so.
type Job[O any] struct {
	EndpointID string `json:"endpoint_id"`
	ID         string `json:"request_id"` // of the request, as fal calls it

	client *Client
}

// Status asks how far the job has come. A state that this package does not know is an [*APIError], like every failure
// that fal answers with; besides, there are [*InvalidIDError], [*DecodeError] and [*CallError].
func (j *Job[O]) Status(ctx context.Context, opts ...StatusOption) (Status, error) {
	return j.plain().statusNow(ctx, opts)
}

// Events follows the job: it yields the status at once and then after every [PollEvery], the one that says completed
// last. An error, of those that [Job.Status] returns, is yielded once and ends it, and so does the end of ctx. Each
// range over it starts anew.
func (j *Job[O]) Events(ctx context.Context, opts ...WaitOption) iter.Seq2[Status, error] {
	return j.plain().events(ctx, opts)
}

// Wait follows the job until it is finished and returns its output. Where ctx ends first the job goes on.
//
// A job that failed is an [*APIError]; the other errors are those of [Job.Status].
func (j *Job[O]) Wait(ctx context.Context, opts ...WaitOption) (*Result[O], error) {
	return newResult[O](j.plain().waited(ctx, opts))
}

// Result fetches the output of a finished job, without waiting: of a job that is not finished, or that failed, it is an
// [*APIError]. The other errors are those of [Job.Status].
func (j *Job[O]) Result(ctx context.Context) (*Result[O], error) {
	return newResult[O](j.plain().fetch(ctx))
}

// Cancel takes the job out of the queue or, where it runs already, asks it to stop, which it may not do. A job that is
// finished is an [*APIError] with the message ALREADY_COMPLETED. The other errors are those of [Job.Status].
func (j *Job[O]) Cancel(ctx context.Context) error { return j.plain().cancel(ctx) }

// job is a Job without its type; see endpoint.
type job struct {
	client       *Client
	endpoint, id string
}

func (j *Job[O]) plain() job { return job{j.client, j.EndpointID, j.ID} }

func (j job) statusNow(ctx context.Context, opts []StatusOption) (Status, error) {
	cfg, err := configure(opts)
	if err != nil {
		return Status{}, err
	}
	return j.status(ctx, cfg.logs)
}

func (j job) events(ctx context.Context, opts []WaitOption) iter.Seq2[Status, error] {
	return func(yield func(Status, error) bool) {
		cfg, err := configure(opts)
		if err != nil {
			yield(Status{}, err)
			return
		}
		j.follow(ctx, cfg, true)(yield)
	}
}

func (j job) waited(ctx context.Context, opts []WaitOption) (*response, error) {
	cfg, err := configure(opts)
	if err != nil {
		return nil, err
	}
	return j.wait(ctx, cfg)
}

func (j job) cancel(ctx context.Context) error {
	_, err := j.call(ctx, &request{op: "cancel", method: http.MethodPut, path: "/cancel", timeout: attemptTimeout})
	return err
}

// wait follows the job and fetches its output.
func (j job) wait(ctx context.Context, cfg *config) (*response, error) {
	var last Status
	for s, err := range j.follow(ctx, cfg, cfg.onUpdate != nil) {
		if err != nil {
			return nil, err
		}
		last = s
	}
	resp, err := j.fetch(ctx)
	if !last.Failed() {
		return resp, err
	}
	// The job failed, and its result is as a rule the failure in full (protocol: completed means finished, not
	// succeeded).
	var failure *APIError
	switch {
	case err == nil:
		failure = resp.failure("the job failed: " + excerpt([]byte(cmp.Or(last.Error, last.ErrorType)), 1000))
		failure.ErrorType = last.ErrorType
	case errors.As(err, &failure):
		failure.ErrorType = cmp.Or(failure.ErrorType, last.ErrorType)
	default:
		return nil, err
	}
	return nil, failure
}

// follow yields the job's status until it is finished.
func (j job) follow(ctx context.Context, cfg *config, logs bool) iter.Seq2[Status, error] {
	return func(yield func(Status, error) bool) {
		for {
			s, err := j.status(ctx, logs)
			if err != nil {
				yield(Status{}, err)
				return
			}
			if cfg.onUpdate != nil {
				cfg.onUpdate(s)
			}
			if !yield(s, nil) || s.State.Done() {
				return
			}
			if err := sleep(ctx, cfg.pollEvery); err != nil {
				yield(Status{}, &CallError{Op: "wait", EndpointID: j.endpoint, RequestID: j.id, Err: err})
				return
			}
		}
	}
}

func (j job) status(ctx context.Context, logs bool) (Status, error) {
	query := url.Values{"logs": {"0"}}
	if logs {
		query.Set("logs", "1")
	}
	resp, err := j.call(ctx, &request{
		op: "status", method: http.MethodGet, path: "/status", query: query, timeout: attemptTimeout,
	})
	if err != nil {
		return Status{}, err
	}
	var s Status
	if err := resp.decode(&s); err != nil {
		return Status{}, err
	}
	switch s.State {
	case StateInQueue, StateInProgress, StateCompleted:
	default: // waiting for it to change could take for ever
		return Status{}, resp.failure(fmt.Sprintf("the job's status is %q, which this version of falgen does not know", s.State))
	}
	s.RequestID = j.id
	return s, nil
}

// fetch gets the job's output as it is.
func (j job) fetch(ctx context.Context) (*response, error) {
	resp, err := j.call(ctx, &request{op: "result", method: http.MethodGet})
	if err != nil {
		return nil, err
	}
	if resp.code == http.StatusAccepted { // of a job that is not finished, fal may send the status instead
		var s Status
		if resp.decode(&s) == nil && (s.State == StateInQueue || s.State == StateInProgress) {
			return nil, resp.failure("the job is not finished: " + string(s.State))
		}
	}
	return resp, nil
}

// call sends a request about the job: r, whose path is what follows the job's own.
func (j job) call(ctx context.Context, r *request) (*response, error) {
	to, err := parseEndpointID(j.endpoint)
	if err != nil {
		return nil, err
	}
	if err := checkRequestID(j.id); err != nil {
		return nil, err
	}
	r.endpoint, r.id = j.endpoint, j.id
	r.host, r.path = queueHost, to.app+"/requests/"+j.id+r.path
	return j.client.do(ctx, r)
}
