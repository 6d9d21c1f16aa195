package fal

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// The options of a call, by the call that takes them. Each constructor returns one that fits where it means something,
// so that an option in the wrong place does not compile. Options hold no state: they may be kept and shared.
type (
	// RunOption is an option of [Endpoint.Run].
	RunOption interface {
		applier
		forRun()
	}
	// StreamOption is an option of [Endpoint.Stream].
	StreamOption interface {
		applier
		forStream()
	}
	// SubmitOption is an option of [Endpoint.Submit].
	SubmitOption interface {
		applier
		forSubmit()
	}
	// SubscribeOption is an option of [Endpoint.Subscribe].
	SubscribeOption interface {
		applier
		forSubscribe()
	}
	// WaitOption is an option of [Job.Wait] and [Job.Events].
	WaitOption interface {
		applier
		forWait()
	}
	// StatusOption is an option of [Job.Status].
	StatusOption interface {
		applier
		forStatus()
	}
	// InputOption is an option of every call that sends an input.
	InputOption interface {
		RunOption
		StreamOption
		SubmitOption
		SubscribeOption
	}
	// UploadOption is an option of [Client.Upload], and of every call that sends an input, for the files in it.
	UploadOption interface {
		InputOption
		forUpload()
	}
	// QueueOption is an option of every call that adds an input to the queue.
	QueueOption interface {
		SubmitOption
		SubscribeOption
	}
	// FollowOption is an option of every call that polls a job.
	FollowOption interface {
		SubscribeOption
		WaitOption
	}
	// TimeoutOption is an option of every call that may take as long as a model does.
	TimeoutOption interface {
		RunOption
		StreamOption
		FollowOption
	}
)

// config is what the options of one call say.
type config struct {
	skipValidation bool
	header         http.Header
	query          url.Values
	uploads        uploads
	timeout        time.Duration // 0 for none
	onEnqueue      func(string)
	onUpdate       func(Status)
	pace           pace
	byStream       bool
	keepOnCancel   bool
	logs           bool
}

type applier interface{ apply(*config) error }

// option is every option there is; the interface that its constructor returns says where it fits.
type option func(*config) error

func (o option) apply(c *config) error { return o(c) }

func (option) forRun()       {}
func (option) forStream()    {}
func (option) forSubmit()    {}
func (option) forSubscribe() {}
func (option) forWait()      {}
func (option) forStatus()    {}
func (option) forUpload()    {}

// setHeader makes an option that sends a header along with the input.
func setHeader(name, value string) option {
	return func(c *config) error {
		c.header.Set(name, value)
		return nil
	}
}

// configure applies opts, later ones over earlier ones, to the defaults.
func configure[O applier](opts []O) (*config, error) {
	c := &config{header: http.Header{}, query: url.Values{}, pace: defaultPace}
	for _, o := range opts {
		if any(o) == nil {
			continue
		}
		if err := o.apply(c); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// bounded applies the limit of [WithTimeout] to the context of a call.
func (c *config) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if c.timeout == 0 || ctx == nil {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, c.timeout)
}
