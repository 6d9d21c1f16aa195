package jsoracle

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"time"

	"github.com/falgen/falgen/fal"
)

var lifecycle = fal.Lifecycle{
	Expires: 24 * time.Hour,
	ACL: &fal.ACL{
		Default: fal.DecisionForbid,
		Rules:   []fal.ACLRule{{User: "me", Decision: fal.DecisionAllow}},
	},
}

// media are the scenarios with files and streams in them.
var media = map[string]side{
	"run with an output lifecycle": run(flux, fal.WithOutputLifecycle(lifecycle)),
	"submit with every option": submit(
		fal.WithWebhook("https://me.example/hook?a=b&c=d e"),
		fal.WithPriority(fal.PriorityLow),
		fal.WithRunnerHint("session 7"),
		fal.WithStartTimeout(30*time.Second),
		fal.WithOutputLifecycle(lifecycle),
		fal.WithTags(map[string]string{"team": "a b", "project": "lighthouse"}),
		fal.WithoutStorage(),
		fal.WithoutServerRetry(),
		fal.WithMaxQueueLength(5),
	),
	"subscribe by stream": watched(fal.WithStatusStream()),

	"run with blobs": func(ctx context.Context, c *fal.Client) (any, error) {
		return result(fal.Untyped(c, flux).Run(ctx, inputWithMedia()))
	},
	"submit with blobs": func(ctx context.Context, c *fal.Client) (any, error) {
		j, err := fal.Untyped(c, flux).Submit(ctx, inputWithMedia())
		if err != nil {
			return nil, err
		}
		return j.ID, nil
	},

	"stream":                       streamed(flux, input),
	"stream of an id that says so": streamed("fal-ai/any-llm/stream", input),
	"stream of a workflow":         streamed("workflows/me/flow", input),
	"stream with blobs":            streamed(flux, inputWithMedia),
	"stream refused with 422":      streamed(flux, input),

	"upload":                uploaded(pngFile),
	"upload without a type": uploaded(func(string) (fal.Media, error) { return fal.Bytes("", []byte{0, 1, 2}), nil }),
	"upload of a named file": uploaded(func(folder string) (fal.Media, error) {
		name := filepath.Join(folder, "photo.png")
		return fal.Path(name), os.WriteFile(name, pngData, 0o600)
	}),
	"upload of a reader": uploaded(func(string) (fal.Media, error) {
		return fal.Reader("image/png", bytes.NewReader(pngData)), nil
	}),
	"upload with a lifecycle": uploaded(pngFile,
		fal.WithUploadLifecycle(lifecycle)),
	"upload in parts":           uploaded(largeFile),
	"upload in parts after 503": uploaded(largeFile),
	"upload after 503":          uploaded(pngFile),
}

var pngData = []byte("not really an image")

func png() fal.Media { return fal.Bytes("image/png", pngData) }

func pngFile(string) (fal.Media, error) { return png(), nil }

func largeFile(string) (fal.Media, error) { return fal.Bytes("video/mp4", large()), nil }

func inputWithMedia() map[string]any {
	wav := fal.Bytes("audio/wav", []byte("nor a sound"))
	return map[string]any{
		"image_url": png(),
		"nested":    map[string]any{"list": []any{map[string]any{"audio_url": wav}, "a text"}},
		"mask_url":  "data:image/png;base64,AAAA",
	}
}

// large is 95 MiB, each with a byte of its own: more than one request may carry, and no two parts alike.
func large() []byte {
	const mib = 1 << 20
	data := make([]byte, 0, 95*mib)
	for i := range 95 {
		data = append(data, bytes.Repeat([]byte{byte(i)}, mib)...)
	}
	return data
}

func uploaded(media func(folder string) (fal.Media, error), opts ...fal.UploadOption) side {
	return func(ctx context.Context, c *fal.Client) (any, error) {
		folder, err := os.MkdirTemp("", "jsoracle")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(folder)
		m, err := media(folder)
		if err != nil {
			return nil, err
		}
		m, err = c.Upload(ctx, m, opts...)
		return m.String(), err
	}
}

func streamed(id string, in func() map[string]any) side {
	return func(ctx context.Context, c *fal.Client) (any, error) {
		events := []any{}
		for res, err := range fal.Untyped(c, id).Stream(ctx, in()) {
			if err != nil {
				return nil, err
			}
			events = append(events, res.Data)
		}
		return events, nil
	}
}
