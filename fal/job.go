package fal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"time"
)

// attemptTimeout bounds each try of the calls that fal answers at once, so that a dead connection is noticed.
const attemptTimeout = time.Minute

// Job is an input in fal's queue. It is safe for concurrent use.
//
// To continue in another process, encode it as JSON and call [Endpoint.Resume], or pass the ID to [Endpoint.Attach]. A
// Job that was decoded with json.Unmarshal has no client; its methods return an error.
type Job[O any] struct {
	EndpointID string `json:"endpoint_id"`
	Ticket

	client *Client
}

// Ticket is what fal answers to a submission (docs/protocol.md, section 6.1). Its URLs are used where they lead to fal's
// own hosts and to this job; otherwise the client makes its own.
type Ticket struct {
	ID          string `json:"request_id"`                  // of the request, as fal calls it
	GatewayID   string `json:"gateway_request_id,omitzero"` // of fal's first try, where it tells that
	StatusURL   string `json:"status_url,omitzero"`
	ResponseURL string `json:"response_url,omitzero"`
	CancelURL   string `json:"cancel_url,omitzero"`
}

// Status returns the job's current status. It returns an [*APIError], [*InvalidIDError], [*DecodeError] or [*CallError];
// an unknown state is an APIError.
func (j *Job[O]) Status(ctx context.Context, opts ...StatusOption) (Status, error) {
	return j.plain().statusNow(ctx, opts)
}

// Events yields the job's status at once, and then as [WithPollInterval] or [WithStatusStream] say, until the job has
// completed. An error, as [Job.Status] returns it, is yielded once and ends the iteration, and so does the end of ctx.
// Each range starts over.
func (j *Job[O]) Events(ctx context.Context, opts ...WaitOption) iter.Seq2[Status, error] {
	return j.plain().events(ctx, opts)
}

// Wait waits for the job to finish and returns its output. If ctx ends first, the job continues.
//
// If the job failed, it returns an [*APIError]; other errors are those of [Job.Status].
func (j *Job[O]) Wait(ctx context.Context, opts ...WaitOption) (*Result[O], error) {
	return newResult[O](j.plain().waited(ctx, opts))
}

// Result fetches the output of a finished job without waiting. It returns an [*APIError] if the job is not finished, or
// has failed. The other errors are those of [Job.Status].
func (j *Job[O]) Result(ctx context.Context) (*Result[O], error) {
	return newResult[O](j.plain().fetch(ctx, false))
}

// Cancel removes the job from the queue or, if it is running, asks it to stop; it may complete all the same. For a
// finished job it returns an [*APIError] with the message ALREADY_COMPLETED. The other errors are those of [Job.Status].
func (j *Job[O]) Cancel(ctx context.Context) error { return j.plain().cancel(ctx) }

// job is a Job without its type; see endpoint.
type job struct {
	client   *Client
	endpoint string
	Ticket
}

func (j *Job[O]) plain() job {
	if j == nil {
		return job{} // which its methods refuse, since it has no id
	}
	return job{j.client, j.EndpointID, j.Ticket}
}

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
		ctx, stop := cfg.bounded(ctx)
		defer stop()
		j.follow(ctx, cfg, true)(yield)
	}
}

func (j job) waited(ctx context.Context, opts []WaitOption) (*response, error) {
	cfg, err := configure(opts)
	if err != nil {
		return nil, err
	}
	ctx, stop := cfg.bounded(ctx)
	defer stop()
	return j.wait(ctx, cfg)
}

func (j job) cancel(ctx context.Context) error {
	_, err := j.call(ctx, &request{op: OpCancel, method: http.MethodPut, url: j.CancelURL, timeout: attemptTimeout}, "/cancel")
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
	return j.outcome(ctx, last)
}

// outcome fetches the output of a job whose last status is given.
func (j job) outcome(ctx context.Context, last Status) (*response, error) {
	resp, err := j.fetch(ctx, last.Failed())
	if !last.Failed() {
		return resp, err
	}
	// The job failed, and its result is as a rule the failure in full (COMPLETED means finished, not
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

func (j job) status(ctx context.Context, logs bool) (Status, error) {
	resp, err := j.call(ctx, j.statusRequest(logs), "/status")
	if err != nil {
		return Status{}, err
	}
	return resp.status()
}

func (j job) statusRequest(logs bool) *request {
	r := &request{op: OpStatus, method: http.MethodGet, url: j.StatusURL, query: "logs=0", timeout: attemptTimeout}
	if logs {
		r.query = "logs=1"
	}
	return r
}

// status reads a job's status.
func (resp *response) status() (Status, error) {
	var s Status
	if err := s.read(resp.body); err != nil {
		return Status{}, resp.unreadable(err)
	}
	switch s.State {
	case StateInQueue, StateInProgress, StateCompleted:
	default: // waiting for it to change could take for ever
		return Status{}, resp.failure(fmt.Sprintf("the job's status is %q, which this version of falgen does not know", s.State))
	}
	s.RequestID = resp.request.id
	return s, nil
}

// fetch gets the job's output as it is. Of a job that has failed, the first answer is the final one.
func (j job) fetch(ctx context.Context, failed bool) (*response, error) {
	resp, err := j.call(ctx, &request{op: OpResult, method: http.MethodGet, url: j.ResponseURL, final: failed}, "")
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

// call sends a request about the job, to the URL that fal gave for it, or else to the job's own path and rest.
func (j job) call(ctx context.Context, r *request, rest string) (*response, error) {
	if err := j.address(r, rest); err != nil {
		return nil, err
	}
	return j.client.do(ctx, r)
}

func (j job) address(r *request, rest string) error {
	to, err := ParseEndpointID(j.endpoint)
	if err != nil {
		return err
	}
	if err := checkRequestID(j.ID); err != nil {
		return err
	}
	r.endpoint, r.id = j.endpoint, j.ID
	// The sub-path of an endpoint's id is no part of its jobs' URLs (docs/protocol.md, section 3.2).
	own := "https://" + queueHost + "/" + to.App + "/requests/" + j.ID + rest
	given, ok := "", false
	if j.client != nil && r.url != "" && r.url != j.client.based(own) {
		given, ok = j.client.atFal(r.url)
	}
	if r.url = own; ok && j.owns(given) {
		r.url = given
	}
	return nil
}

// owns reports whether a URL at fal is about this job: its path leads through the job's, and it asks for nothing else.
func (j job) owns(u string) bool {
	path, ok := strings.CutPrefix(u, "https://"+queueHost+"/")
	return ok && strings.Contains(path+"/", "/requests/"+j.ID+"/") && !strings.ContainsAny(path, "?#%") &&
		!strings.Contains(path, "..")
}
