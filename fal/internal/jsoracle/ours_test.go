package jsoracle

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"time"

	"github.com/falgen/falgen/fal"
)

// side brings a scenario about with our client, and returns what driver.mjs returns.
type side func(context.Context, *fal.Client) (any, error)

const flux = "fal-ai/flux/dev"

type endpoint = fal.Endpoint[map[string]any, json.RawMessage]

func at(c *fal.Client, id string) *endpoint {
	return fal.NewEndpoint[map[string]any, json.RawMessage](c, id)
}

func job(c *fal.Client) *fal.Job[json.RawMessage] { return at(c, flux).Attach("r-1") }

// input reads the input that both clients send. Its numbers become float64, to see how they are written.
func input() map[string]any {
	var in map[string]any
	text, err := os.ReadFile("input.json")
	if err == nil {
		err = json.Unmarshal(text, &in)
	}
	if err != nil {
		panic(err)
	}
	return in
}

// ours are all scenarios.
var ours = merged(plain, media)

// plain are the scenarios without files and streams.
var plain = map[string]side{
	"run":                      run(flux),
	"run with a start timeout": run(flux, fal.WithStartTimeout(2500*time.Millisecond)),
	"run a workflow":           run("workflows/me/flow"),
	"run an old id":            run("12345-my-app"),
	"run with an empty input": func(ctx context.Context, c *fal.Client) (any, error) {
		return result(at(c, flux).Run(ctx, map[string]any{}))
	},

	"run refused with 422":    run(flux),
	"run refused with 429":    run(flux),
	"run refused with 503":    run(flux),
	"run not started in time": run(flux, fal.WithStartTimeout(2*time.Second)),
	"submit refused with 502": submit(),
	"status after 500":        look(),
	"status after 503":        look(),
	"result after 504":        fetch,
	"result of a failed job":  fetch,
	"cancel after 502":        cancel,
	"cancel a finished job":   cancel,

	"submit": submit(),
	"submit with options": submit(
		fal.WithWebhook("https://me.example/hook?a=b&c=d e"),
		fal.WithPriority(fal.PriorityLow),
		fal.WithStartTimeout(30*time.Second),
		fal.WithHeader("X-Fal-Store-Io", "0"),
		fal.WithHeader("X-App-Fal-Disable-Fallback", "true"),
	),
	"queue calls":                           calls("fal-ai/flux"),
	"queue calls with a path":               calls("fal-ai/kling-video/v2/master/text-to-video"),
	"queue calls of a workflow":             calls("workflows/me/flow"),
	"queue calls of a workflow with a path": calls("workflows/me/flow/v2"),
	"queue calls of comfy":                  calls("comfy/me/graph"),
	"queue calls of an old id":              calls("12345-my-app"),
	"status with logs":                      look(fal.WithLogs()),

	"subscribe": func(ctx context.Context, c *fal.Client) (any, error) {
		return result(at(c, flux).Subscribe(ctx, input(), fal.WithPollInterval(time.Millisecond)))
	},
	"subscribe with logs": watched(fal.WithPollInterval(time.Millisecond)),
}

func run(id string, opts ...fal.RunOption) side {
	return func(ctx context.Context, c *fal.Client) (any, error) {
		return result(at(c, id).Run(ctx, input(), opts...))
	}
}

func submit(opts ...fal.SubmitOption) side {
	return func(ctx context.Context, c *fal.Client) (any, error) {
		j, err := at(c, flux).Submit(ctx, input(), opts...)
		if err != nil {
			return nil, err
		}
		return j.ID, nil
	}
}

func look(opts ...fal.StatusOption) side {
	return func(ctx context.Context, c *fal.Client) (any, error) {
		s, err := job(c).Status(ctx, opts...)
		return s.Raw, err
	}
}

func fetch(ctx context.Context, c *fal.Client) (any, error) { return result(job(c).Result(ctx)) }

func cancel(ctx context.Context, c *fal.Client) (any, error) { return nil, job(c).Cancel(ctx) }

// calls makes each call of the queue for an id.
func calls(id string) side {
	return func(ctx context.Context, c *fal.Client) (any, error) {
		submitted, err := at(c, id).Submit(ctx, input())
		if err != nil {
			return nil, err
		}
		j := at(c, id).Attach("r-1")
		status, err := j.Status(ctx)
		if err != nil {
			return nil, err
		}
		if err := j.Cancel(ctx); err != nil {
			return nil, err
		}
		res, err := result(j.Result(ctx))
		return map[string]any{"submitted": submitted.ID, "status": status.Raw, "cancelled": nil, "result": res}, err
	}
}

// watched follows a job with its logs, and returns what was seen on the way, too.
func watched(opts ...fal.SubscribeOption) side {
	return func(ctx context.Context, c *fal.Client) (any, error) {
		var seen []any
		opts := append(opts[:len(opts):len(opts)],
			fal.WithEnqueueFunc(func(id string) { seen = append(seen, id) }),
			fal.WithUpdateFunc(func(s fal.Status) {
				messages := []string{}
				for _, l := range s.Logs {
					messages = append(messages, l.Message)
				}
				seen = append(seen, []any{s.State, messages})
			}))
		res, err := at(c, flux).Subscribe(ctx, input(), opts...)
		if err != nil {
			return nil, err
		}
		return map[string]any{"seen": seen, "data": res.Data, "requestId": res.RequestID}, nil
	}
}

func result[O any](res *fal.Result[O], err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return map[string]any{"data": res.Data, "requestId": res.RequestID}, nil
}

// outcome is what our client gave, as driver.mjs prints it.
func outcome(value any, err error) any {
	if err == nil {
		return map[string]any{"value": value}
	}
	var answer *fal.APIError
	if !errors.As(err, &answer) {
		return map[string]any{"error": err.Error()}
	}
	fields := []any{}
	for _, f := range answer.Detail {
		fields = append(fields, []any{f.Loc, f.Msg, f.Type})
	}
	return map[string]any{"error": map[string]any{
		"status":       answer.StatusCode,
		"request":      answer.RequestID,
		"user_timeout": answer.IsUserTimeout(),
		"fields":       fields,
	}}
}

func merged(sides ...map[string]side) map[string]side {
	all := map[string]side{}
	for _, s := range sides {
		maps.Copy(all, s)
	}
	return all
}
