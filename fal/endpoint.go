package fal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/falgen/falgen/fal/internal/input"
)

// cancelBudget is how long Subscribe, whose context has ended, tries to cancel its job.
const cancelBudget = 5 * time.Second

// Endpoint is one model of fal, with its input and output types. It is safe for concurrent use.
type Endpoint[I, O any] struct {
	client *Client
	id     string
}

// NewEndpoint returns the endpoint with the given id, such as "fal-ai/flux/dev". It never fails: calls return an
// [*InvalidIDError] for a malformed id.
//
// An input is encoded with encoding/json; if it has a method Validate() error, each call runs it first. An output is
// decoded with encoding/json, too; json.RawMessage accepts any.
func NewEndpoint[I, O any](c *Client, id string) *Endpoint[I, O] {
	return &Endpoint[I, O]{client: c, id: id}
}

// Untyped returns an endpoint without generated types. The input may be any value that encodes to a JSON object, such as
// a map[string]any; the output is raw JSON.
func Untyped(c *Client, id string) *Endpoint[any, json.RawMessage] {
	return NewEndpoint[any, json.RawMessage](c, id)
}

// ID returns the endpoint's id.
func (e *Endpoint[I, O]) ID() string { return e.id }

// Result is the output of a model.
type Result[O any] struct {
	Data      O
	Raw       json.RawMessage // the JSON of Data, with fields that O does not have
	RequestID string
	Header    http.Header
}

// Run sends the input and waits for the output on the same connection. Use it for models that respond within seconds: if
// the connection breaks, the output is lost. [Endpoint.Subscribe] has no such limit.
//
// It returns a [*ValidationError], [*InvalidIDError], [*APIError], [*DecodeError] or [*CallError].
func (e *Endpoint[I, O]) Run(ctx context.Context, in I, opts ...RunOption) (*Result[O], error) {
	return newResult[O](e.plain().run(ctx, &in, opts))
}

// Submit adds the input to the queue and returns its job.
//
// It returns the errors of [Endpoint.Run].
func (e *Endpoint[I, O]) Submit(ctx context.Context, in I, opts ...SubmitOption) (*Job[O], error) {
	j, err := e.plain().submitted(ctx, &in, opts)
	if err != nil {
		return nil, err
	}
	return &Job[O]{e.id, j.Ticket, j.client}, nil
}

// Subscribe adds the input to the queue, waits for the job to finish and returns its output.
//
// If ctx ends first, Subscribe cancels the job, which takes up to 5 seconds more, unless [WithoutCancel] is given; the
// error wraps ctx.Err(). After any other error while waiting, the job continues; the error holds its request id, for
// [Endpoint.Attach].
//
// It returns the errors of [Endpoint.Run].
func (e *Endpoint[I, O]) Subscribe(ctx context.Context, in I, opts ...SubscribeOption) (*Result[O], error) {
	return newResult[O](e.plain().subscribe(ctx, &in, opts))
}

// Resume returns the job that json.Marshal(job) encoded, in this process or another. It sends no request.
//
// It returns a [*DecodeError] if saved is not the JSON of a job, and an [*InvalidIDError] if the job belongs to another
// endpoint.
func (e *Endpoint[I, O]) Resume(saved []byte) (*Job[O], error) {
	j := e.Attach("")
	if err := json.Unmarshal(saved, j); err != nil {
		return nil, &DecodeError{Op: "resume", EndpointID: e.id, Raw: saved, Err: err}
	}
	if err := checkRequestID(j.ID); err != nil {
		return nil, err
	}
	if j.EndpointID != e.id {
		return nil, &InvalidIDError{Kind: "endpoint", ID: j.EndpointID, Reason: "the job belongs to it, and not to " + e.id}
	}
	return j, nil
}

// Attach returns the job with the given request id, which Submit returned before, possibly in another process. It sends
// no request: if the id is unknown, the job's methods return an [*APIError].
func (e *Endpoint[I, O]) Attach(requestID string) *Job[O] {
	return &Job[O]{EndpointID: e.id, Ticket: Ticket{ID: requestID}, client: e.client}
}

// endpoint is an Endpoint without its types. Whatever needs none is here: a generic function is compiled again in each
// package that makes an endpoint.
type endpoint struct {
	client *Client
	id     string
}

func (e *Endpoint[I, O]) plain() endpoint { return endpoint{e.client, e.id} }

// run, submitted and subscribe take a pointer to the input.
func (e endpoint) run(ctx context.Context, in any, opts []RunOption) (*response, error) {
	cfg, err := configure(opts)
	if err != nil {
		return nil, err
	}
	ctx, stop := cfg.bounded(ctx)
	defer stop()
	r, err := e.request(ctx, OpRun, runHost, in, cfg)
	if err != nil {
		return nil, err
	}
	return e.client.do(ctx, r)
}

func (e endpoint) submitted(ctx context.Context, in any, opts []SubmitOption) (job, error) {
	cfg, err := configure(opts)
	if err != nil {
		return job{}, err
	}
	return e.submit(ctx, in, cfg)
}

func (e endpoint) subscribe(ctx context.Context, in any, opts []SubscribeOption) (*response, error) {
	cfg, err := configure(opts)
	if err != nil {
		return nil, err
	}
	ctx, stop := cfg.bounded(ctx)
	defer stop()
	j, err := e.submit(ctx, in, cfg)
	if err != nil {
		return nil, err
	}
	if cfg.onEnqueue != nil {
		cfg.onEnqueue(j.ID)
	}
	res, err := j.wait(ctx, cfg)
	if end := ctx.Err(); end != nil && errors.Is(err, end) && !cfg.keepOnCancel {
		budget, stop := context.WithTimeout(context.WithoutCancel(ctx), cancelBudget)
		defer stop()
		if failed := j.cancel(budget); failed != nil {
			err = fmt.Errorf("%w; the job may go on, since it could not be cancelled: %v", err, failed)
		}
	}
	return res, err
}

func (e endpoint) submit(ctx context.Context, in any, cfg *config) (job, error) {
	r, err := e.request(ctx, OpSubmit, queueHost, in, cfg)
	if err != nil {
		return job{}, err
	}
	resp, err := e.client.do(ctx, r)
	if err != nil {
		return job{}, err
	}
	j := job{client: e.client, endpoint: e.id}
	if err := lenient(resp.body, &j.Ticket); err != nil { // its URLs can be done without
		return job{}, resp.unreadable(err)
	}
	if err := checkRequestID(j.ID); err != nil {
		return job{}, resp.unreadable(err)
	}
	return j, nil
}

// request validates an input, uploads the files in it, and makes the request that posts it.
func (e endpoint) request(ctx context.Context, op Op, host string, ptr any, cfg *config) (*request, error) {
	to, err := ParseEndpointID(e.id)
	if err != nil {
		return nil, err
	}
	r := &request{
		op: op, endpoint: e.id, method: http.MethodPost, url: "https://" + host + "/" + to.Path,
		query: cfg.query.Encode(), header: cfg.header,
	}
	if err := e.client.ready(ctx, r); err != nil {
		return nil, err
	}
	in := reflect.ValueOf(ptr).Elem().Interface()
	if input.IsNil(in) {
		return nil, r.callError(errors.New("the input is nil; an empty one is for an endpoint that needs none"))
	}
	check := func() error {
		if cfg.skipValidation {
			return nil
		}
		return input.Validate(in, ptr)
	}
	if err := check(); err != nil {
		return nil, err
	}
	uploaded, err := e.client.uploadAll(ctx, e.id, localMedia(in), cfg.uploads, check)
	if err != nil {
		return nil, err
	}
	body, err := encodeUploaded(in, uploaded)
	if err != nil {
		return nil, r.callError(fmt.Errorf("cannot encode the input: %w", err))
	}
	r.body = jsonContent(body)
	return r, nil
}

// newResult decodes an output, unless there is an error instead.
func newResult[O any](resp *response, err error) (*Result[O], error) {
	if err != nil {
		return nil, err
	}
	res := new(Result[O])
	res.Raw, res.RequestID, res.Header, err = resp.open(&res.Data)
	if err != nil {
		return nil, err
	}
	return res, nil
}

func (r *response) open(v any) (json.RawMessage, string, http.Header, error) {
	return r.body, r.requestID(), r.header, r.decode(v)
}
