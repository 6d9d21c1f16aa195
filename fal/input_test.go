package fal_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/falgen/falgen/fal"
)

type checked struct{ Prompt string }

func (c *checked) Validate() error {
	if c.Prompt != "" {
		return nil
	}
	return &fal.ValidationError{EndpointID: "fal-ai/flux", Detail: []fal.FieldError{
		{Loc: fal.Loc{"body", "prompt"}, Msg: "is required", Type: "missing"},
		{Loc: fal.Loc{"body", "images", 2, "url"}, Msg: "is not a URL"},
	}}
}

func TestValidateBeforeSending(t *testing.T) {
	f := newFake(t, script{"POST /fal.run/fal-ai/flux": {{Body: `{}`}}})
	c := newClient(t, fal.WithBaseURL(f.URL))
	byValue := fal.NewEndpoint[checked, output](c, "fal-ai/flux")
	byPointer := fal.NewEndpoint[*checked, output](c, "fal-ai/flux")
	fails := map[string]func() error{
		"run":         func() error { _, err := byValue.Run(ctx, checked{}); return err },
		"submit":      func() error { _, err := byValue.Submit(ctx, checked{}); return err },
		"subscribe":   func() error { _, err := byValue.Subscribe(ctx, checked{}); return err },
		"run pointer": func() error { _, err := byPointer.Run(ctx, &checked{}); return err },
	}
	for name, do := range fails {
		t.Run(name, func(t *testing.T) {
			err := do()
			var invalid *fal.ValidationError
			if !errors.As(err, &invalid) || len(invalid.Detail) != 2 {
				t.Fatalf("got %v", err)
			}
			contains(t, err, "fal-ai/flux", "\n  body.prompt: is required (missing)\n", "\n  body.images[2].url: is not a URL\n",
				"fal.WithoutValidation()")
		})
	}
	if got := f.seen(); len(got) != 0 {
		t.Errorf("sent %q", got)
	}
	if _, err := byValue.Run(ctx, checked{}, fal.WithoutValidation()); err != nil {
		t.Error(err)
	}
	if _, err := byPointer.Run(ctx, nil); err == nil || len(f.seen()) != 1 {
		t.Errorf("a nil input: %v", err)
	}
}

func TestBadInputIsAnError(t *testing.T) {
	f := newFake(t, script{"POST /queue.fal.run/fal-ai/flux": {{Body: `{"request_id":"../../x"}`}, {Body: `{}`}}})
	e := f.endpoint(t, "fal-ai/flux")
	for _, id := range []string{"", "/", "a", "a/", "/a", "a//b", "a/b/", "a/..", "./b", "a/b/../c", "a/b?x=1", "a/b c", "a/ü", "a-b",
		"workflows/me", "comfy//x", "https://fal.run/a/b", "-x", "12-"} {
		_, err := f.endpoint(t, id).Run(ctx, input{})
		var invalid *fal.InvalidIDError
		if !errors.As(err, &invalid) || invalid.ID != id || invalid.Kind != "endpoint" {
			t.Errorf("endpoint id %q: %v", id, err)
		}
	}
	for _, id := range []string{"", "..", "a/b", "a?b", "a b"} {
		var invalid *fal.InvalidIDError
		if err := e.Attach(id).Cancel(ctx); !errors.As(err, &invalid) || invalid.Kind != "request" {
			t.Errorf("request id %q: %v", id, err)
		}
	}
	options := map[string][]fal.SubmitOption{
		"timeout":       {fal.WithStartTimeout(time.Second)},
		"authorization": {fal.WithHeader("authorization", "Key x")},
		"webhook":       {fal.WithWebhook("not a url, secret=" + testKey)},
		"header":        {fal.WithHeader("bad name\n", "v")},
		"header value":  {fal.WithHeader("X-Name", "v\n"+testKey)},
	}
	for name, opts := range options {
		if _, err := e.Submit(ctx, input{}, opts...); err == nil || strings.Contains(err.Error(), testKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := e.Subscribe(ctx, input{}, fal.WithPollInterval(0)); err == nil {
		t.Error("WithPollInterval(0): no error")
	}
	if _, err := fal.NewEndpoint[func(), output](newClient(t), "a/b").Run(ctx, func() {}); err == nil {
		t.Error("an input that is not JSON: no error")
	}
	if _, err := fal.NewEndpoint[input, output](nil, "a/b").Run(ctx, input{}); err == nil {
		t.Error("no client: no error")
	}
	if _, err := fal.NewEndpoint[input, output](new(fal.Client), "a/b").Run(ctx, input{}); err == nil {
		t.Error("the zero client: no error")
	}
	var none context.Context
	if _, err := e.Run(none, input{}); err == nil {
		t.Error("no context: no error")
	}
	if got := f.seen(); len(got) != 0 {
		t.Errorf("sent %q", got)
	}
	for range 2 { // a request id that would point elsewhere, and none
		var unreadable *fal.DecodeError
		if _, err := e.Submit(ctx, input{}); !errors.As(err, &unreadable) {
			t.Errorf("got %v", err)
		}
	}
}
