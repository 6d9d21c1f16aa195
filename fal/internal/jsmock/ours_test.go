package jsmock

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/realtime"
	"github.com/falgen/falgen/generated/falai/rife/video"
)

// side brings a scenario about with our client, and returns what mock.mjs returns.
type side func(context.Context, *fal.Client) (any, error)

// made is the output that the document gives as an example.
const made = `{"video":{"url":"https://storage.googleapis.com/falserverless/example_outputs/rife-video-output.mp4"}}`

var (
	input        = video.Input{VideoURL: fal.URL("https://example.com/in.mp4"), NumFrames: fal.Int(2)}
	badInput any = map[string]any{"video_url": "https://example.com/in.mp4", "num_frames": 9, "loop": "maybe"}
)

// scenarios are what both clients go through, with what must be in what they get: they might agree on a failure.
var scenarios = []struct {
	name     string
	promised string
	ours     side
}{
	{"run", `"data":` + made, func(ctx context.Context, c *fal.Client) (any, error) {
		return result(video.New(c).Run(ctx, input))
	}},
	{"run with a file", `"data":` + made, func(ctx context.Context, c *fal.Client) (any, error) {
		return result(video.New(c).Run(ctx, video.Input{VideoURL: fal.Bytes("video/mp4", content(1))}))
	}},
	{"run refused", `"status":422`, func(ctx context.Context, c *fal.Client) (any, error) {
		return result(untyped(c).Run(ctx, badInput))
	}},

	{"subscribe", followed, watched(fal.WithPollInterval(time.Millisecond))},
	{"subscribe by stream", followed, watched(fal.WithStatusStream())},
	{"subscribe refused", `"status":422`, func(ctx context.Context, c *fal.Client) (any, error) {
		return result(untyped(c).Subscribe(ctx, badInput, fal.WithPollInterval(time.Millisecond)))
	}},

	{"queue", `"data":` + made, func(ctx context.Context, c *fal.Client) (any, error) {
		job, err := video.New(c).Submit(ctx, input)
		if err != nil {
			return nil, err
		}
		statuses := []json.RawMessage{}
		for state := fal.State(""); state != fal.StateCompleted; {
			s, err := job.Status(ctx, fal.WithLogs())
			if err != nil {
				return nil, err
			}
			state, statuses = s.State, append(statuses, s.Raw)
		}
		res, err := result(job.Result(ctx))
		return map[string]any{"statuses": statuses, "result": res}, err
	}},
	{"cancel", `"status":499`, func(ctx context.Context, c *fal.Client) (any, error) {
		job, err := video.New(c).Submit(ctx, input)
		if err != nil {
			return nil, err
		}
		if err := job.Cancel(ctx); err != nil {
			return nil, err
		}
		return result(job.Result(ctx))
	}},

	{"stream", `[` + made + `,` + made + `,` + made + `]`, func(ctx context.Context, c *fal.Client) (any, error) {
		return streamed(ctx, video.New(c), input)
	}},
	{"stream refused", `"status":422`, func(ctx context.Context, c *fal.Client) (any, error) {
		return streamed(ctx, untyped(c), badInput)
	}},

	{"realtime", `[` + made + `,` + made + `]`, func(ctx context.Context, c *fal.Client) (any, error) {
		next := input
		next.NumFrames = fal.Int(4)
		return talked[video.Input, video.Output](ctx, c, input, next)
	}},
	{"realtime refused", `"x-fal-error"`, func(ctx context.Context, c *fal.Client) (any, error) {
		return talked[any, json.RawMessage](ctx, c, badInput)
	}},

	{"upload", `"type":"video/mp4"`, uploaded(1)},
	{"upload in parts", `"type":"video/mp4"`, uploaded(95)},
}

// followed is what the last update of a job tells that is followed with its logs.
const followed = `["COMPLETED",["Loading the model","Working","Done"]]`

// untyped lets inputs through that break the document.
func untyped(c *fal.Client) *fal.Endpoint[any, json.RawMessage] {
	return fal.Untyped(c, video.EndpointID)
}

func result[O any](res *fal.Result[O], err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return map[string]any{"data": res.Raw, "requestId": res.RequestID}, nil
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
		res, err := video.New(c).Subscribe(ctx, input, opts...)
		if err != nil {
			return nil, err
		}
		return map[string]any{"seen": seen, "data": res.Raw, "requestId": res.RequestID}, nil
	}
}

func streamed[I, O any](ctx context.Context, e *fal.Endpoint[I, O], in I) (any, error) {
	events := []json.RawMessage{}
	for res, err := range e.Stream(ctx, in) {
		if err != nil {
			return nil, err
		}
		events = append(events, res.Raw)
	}
	return events, nil
}

// talked sends each input once the one before it is answered.
func talked[I, O any](ctx context.Context, c *fal.Client, inputs ...I) (any, error) {
	conn, err := realtime.Dial[I, O](ctx, c, video.EndpointID)
	if err != nil {
		return nil, err
	}
	outputs := []json.RawMessage{}
	for _, in := range inputs {
		if err := conn.Send(ctx, in); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
		msg, err := conn.Receive(ctx)
		if err != nil {
			return nil, errors.Join(err, conn.Close())
		}
		outputs = append(outputs, msg.Raw)
	}
	return outputs, conn.Close()
}

// content is as many MiB, each filled with its number, so that no two parts of an upload are alike.
func content(size int) []byte {
	data := make([]byte, 0, size<<20)
	for i := range size {
		data = append(data, bytes.Repeat([]byte{byte(i)}, 1<<20)...)
	}
	return data
}

func uploaded(size int) side {
	return func(ctx context.Context, c *fal.Client) (any, error) {
		folder, err := os.MkdirTemp("", "jsmock")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(folder)
		name, data := filepath.Join(folder, "clip.mp4"), content(size)
		if err := os.WriteFile(name, data, 0o600); err != nil {
			return nil, err
		}
		m, err := c.Upload(ctx, fal.Path(name))
		if err != nil {
			return nil, err
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, m.String(), nil)
		if err != nil {
			return nil, err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return nil, err
		}
		defer resp.Body.Close()
		sum := sha256.New()
		if _, err := io.Copy(sum, resp.Body); err != nil {
			return nil, err
		}
		if want := sha256.Sum256(data); !bytes.Equal(sum.Sum(nil), want[:]) {
			return nil, errors.New("what is downloaded is not what was uploaded")
		}
		return map[string]any{
			"url": m.String(), "type": resp.Header.Get("Content-Type"), "sha256": fmt.Sprintf("%x", sum.Sum(nil)),
		}, nil
	}
}

// throughOurs returns what our client gets from a mock, as mock.mjs prints it.
func throughOurs(t *testing.T, m *mock, do side) []byte {
	t.Helper()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	c, err := fal.NewClient(
		fal.WithBaseURL(m.env["FAL_BASE_URL"]),
		fal.WithKey(m.env["FAL_KEY"]),
		fal.WithHTTPClient(&http.Client{Transport: transport}),
	)
	if err != nil {
		t.Fatal(err)
	}
	outcome := map[string]any{}
	value, err := do(t.Context(), c)
	var refused *fal.APIError
	var message *realtime.Error
	switch {
	case err == nil:
		outcome["value"] = value
	case errors.As(err, &message):
		outcome["error"] = message.Raw
	case errors.As(err, &refused):
		fields := []any{}
		for _, f := range refused.Detail {
			fields = append(fields, []any{f.Loc, f.Msg, f.Type})
		}
		outcome["error"] = map[string]any{"status": refused.StatusCode, "request": refused.RequestID, "fields": fields}
	default:
		t.Fatal(err)
	}
	text, err := json.Marshal(outcome)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
