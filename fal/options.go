package fal

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
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
		SubmitOption
		SubscribeOption
	}
	// QueueOption is an option of every call that puts an input into the queue.
	QueueOption interface {
		SubmitOption
		SubscribeOption
	}
	// FollowOption is an option of every call that follows a job.
	FollowOption interface {
		SubscribeOption
		WaitOption
	}
)

// SkipValidation sends an input that breaks the endpoint's document, for the day the document lags behind its server.
func SkipValidation() InputOption {
	return option(func(c *config) error {
		c.skipValidation = true
		return nil
	})
}

// WithHeader sends a header along with the input. Authorization is refused: the key is the client's to set.
func WithHeader(name, value string) InputOption {
	return option(func(c *config) error {
		if http.CanonicalHeaderKey(name) == "Authorization" {
			return errors.New("fal: WithHeader cannot set Authorization; give the key to NewClient, with WithKey or WithKeyFunc")
		}
		c.header.Set(name, value)
		return nil
	})
}

// WithStartTimeout gives the request up, with an [*APIError] whose IsUserTimeout is true, where no runner has started it
// within d, which must be more than one second. It does not limit how long it then runs: the context does.
func WithStartTimeout(d time.Duration) InputOption {
	return option(func(c *config) error {
		if d <= time.Second {
			return fmt.Errorf("fal: WithStartTimeout was given %v; it must be more than 1s", d)
		}
		c.header.Set("X-Fal-Request-Timeout", strconv.FormatFloat(d.Seconds(), 'f', -1, 64))
		return nil
	})
}

// Priority is a job's place in its endpoint's queue.
type Priority string

// The priorities that fal knows.
const (
	PriorityNormal Priority = "normal" // the default
	PriorityLow    Priority = "low"    // after all that are normal
)

// WithPriority sets the job's priority.
func WithPriority(p Priority) QueueOption {
	return option(func(c *config) error {
		c.header.Set("X-Fal-Queue-Priority", string(p))
		return nil
	})
}

// WithWebhook has fal POST the result to u, an absolute http or https URL, once the job is finished.
func WithWebhook(u string) SubmitOption {
	return option(func(c *config) error {
		if _, err := parseHTTPURL(u); err != nil {
			return fmt.Errorf("fal: the URL given to WithWebhook is %w", err)
		}
		c.query.Set("fal_webhook", u)
		return nil
	})
}

// OnEnqueue calls f with the request id as soon as fal has taken the input.
func OnEnqueue(f func(requestID string)) SubscribeOption {
	return option(func(c *config) error {
		c.onEnqueue = f
		return nil
	})
}

// OnUpdate calls f with the status, logs included, each time it was asked for, changed or not, and with the last one
// before the result is fetched. The next status waits for f to return.
func OnUpdate(f func(Status)) FollowOption {
	return option(func(c *config) error {
		c.onUpdate = f
		return nil
	})
}

// PollEvery sets how long to wait between two looks at a job's status; the default is 500 milliseconds.
func PollEvery(d time.Duration) FollowOption {
	return option(func(c *config) error {
		if d <= 0 {
			return fmt.Errorf("fal: PollEvery was given %v; it must be more than 0", d)
		}
		c.pollEvery = d
		return nil
	})
}

// KeepOnCancel leaves the job running where the context ends before it does; the default is to cancel it.
func KeepOnCancel() SubscribeOption {
	return option(func(c *config) error {
		c.keepOnCancel = true
		return nil
	})
}

// WithLogs asks for the job's logs. [OnUpdate] and [Job.Events] do so by themselves.
func WithLogs() StatusOption {
	return option(func(c *config) error {
		c.logs = true
		return nil
	})
}

// config is what the options of one call say.
type config struct {
	skipValidation bool
	header         http.Header
	query          url.Values
	onEnqueue      func(string)
	onUpdate       func(Status)
	pollEvery      time.Duration
	keepOnCancel   bool
	logs           bool
}

type applier interface{ apply(*config) error }

// option is every option there is; the interface that its constructor returns says where it fits.
type option func(*config) error

func (o option) apply(c *config) error { return o(c) }

func (option) forRun()       {}
func (option) forSubmit()    {}
func (option) forSubscribe() {}
func (option) forWait()      {}
func (option) forStatus()    {}

// configure applies opts, later ones over earlier ones, to the defaults.
func configure[O applier](opts []O) (*config, error) {
	c := &config{header: http.Header{}, query: url.Values{}, pollEvery: 500 * time.Millisecond}
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
