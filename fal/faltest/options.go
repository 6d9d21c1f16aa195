package faltest

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Option is an option of [New] and [Start].
type Option interface{ apply(*config) }

type option func(*config)

func (o option) apply(v *config) { o(v) }

type config struct {
	specs    string // "" for our own
	url      string // "" to listen
	seed     uint64
	step     time.Duration // 0 where jobs move by looks
	failRate float64
	history  int
	storage  int64
	log      func(Request)
	anywhere bool // webhooks may leave the machine
}

const (
	defaultHistory = 10_000
	defaultStorage = 1 << 30
)

func newConfig(opts []Option) (*config, error) {
	c := &config{history: defaultHistory, storage: defaultStorage}
	for _, o := range opts {
		if o != nil {
			o.apply(c)
		}
	}
	u, err := url.Parse(c.url)
	switch {
	case err != nil || c.url != "" && (u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != ""):
		return nil, fmt.Errorf("faltest: WithURL was given %q, which is not http(s)://host[:port]", c.url)
	case c.step < 0:
		return nil, fmt.Errorf("faltest: WithStep was given %v; it must not be negative", c.step)
	case !(c.failRate >= 0 && c.failRate <= 1):
		return nil, fmt.Errorf("faltest: WithFailRate was given %v; it is to be from 0, never, to 1, always", c.failRate)
	case c.history < 1:
		return nil, fmt.Errorf("faltest: WithHistory was given %d; it must be at least 1", c.history)
	case c.storage < 1:
		return nil, errors.New("faltest: WithStorage must be given at least one byte")
	}
	c.url = strings.TrimRight(c.url, "/")
	return c, nil
}

// WithSpecs serves the endpoints that path describes, instead of those that come with falgen: a folder of documents, at
// any depth, one document, or a dump of the platform's catalogue. Documents that cannot be served are skipped: see
// [Server.Skipped]. Start returns an error if path cannot be read, or no endpoint can be served.
func WithSpecs(path string) Option { return option(func(c *config) { c.specs = path }) }

// WithURL returns a server that does not listen: the caller serves it as an http.Handler at u, http(s)://host[:port]
// with an optional path that the caller strips.
func WithURL(u string) Option { return option(func(c *config) { c.url = u }) }

// WithSeed sets the seed of generated values and of [WithFailRate]. The default is 0. The same seed and requests always
// give the same values.
func WithSeed(seed uint64) Option { return option(func(c *config) { c.seed = seed }) }

// WithStep advances jobs by one step every d, instead of with each status request. A run and the events of a stream then
// take as long as a job, and an input on a socket takes a step. 0, the default, advances them with status requests.
func WithStep(d time.Duration) Option { return option(func(c *config) { c.step = d }) }

// WithFailRate makes a fraction of the inputs fail, from 0 to 1, each with one of [Failures], or with a 429 or a
// gateway's 502 before it is accepted. Which inputs fail depends on [WithSeed] and their order. Rules take precedence.
func WithFailRate(rate float64) Option { return option(func(c *config) { c.failRate = rate }) }

// WithHistory sets how many of the latest requests, jobs, stored files and webhook deliveries the server keeps; the
// default is 10,000. Older jobs and files return 404, so n must exceed the number in flight. At most 64 MiB of request
// bodies are kept.
func WithHistory(n int) Option { return option(func(c *config) { c.history = n }) }

// WithStorage limits the uploads that are kept in memory to the given number of bytes; the default is 1 GiB. The oldest
// are dropped first.
func WithStorage(bytes int64) Option { return option(func(c *config) { c.storage = bytes }) }

// WithLog calls f with each request after its response. f must be safe for concurrent use.
func WithLog(f func(Request)) Option { return option(func(c *config) { c.log = f }) }

// WithPublicWebhooks allows webhooks to any address. By default they are sent to loopback addresses only.
func WithPublicWebhooks() Option { return option(func(c *config) { c.anywhere = true }) }
