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
// any depth, one document, or a dump of the platform's catalogue. What cannot be served is left out: see
// [Server.Skipped]. Start returns an error where path cannot be read or nothing there can be served.
func WithSpecs(path string) Option { return option(func(c *config) { c.specs = path }) }

// WithURL makes a server that listens nowhere: the caller serves it, an http.Handler, at u, which is
// http(s)://host[:port] and perhaps a path that the caller strips.
func WithURL(u string) Option { return option(func(c *config) { c.url = u }) }

// WithSeed makes other values where a document has no example, and lets other inputs fail by [WithFailRate]. The
// default is 0. The same seed and the same requests always make the same values.
func WithSeed(seed uint64) Option { return option(func(c *config) { c.seed = seed }) }

// WithStep lets jobs move on by one step every d, by themselves, instead of each time someone looks. A run and the
// events of a stream then take as long as their job would, and an input on a socket takes a step. 0, the default, is for
// looks.
func WithStep(d time.Duration) Option { return option(func(c *config) { c.step = d }) }

// WithFailRate lets that part of the inputs fail, from 0 to 1, each in one of the ways of [Failures], or by a 429 or a
// gateway's 502 before it is taken. Which ones fail is a matter of [WithSeed] and their order. Rules go first.
func WithFailRate(rate float64) Option { return option(func(c *config) { c.failRate = rate }) }

// WithHistory sets how many requests, jobs, stored files and webhook deliveries the server remembers, of each the
// newest n; the default is 10,000. A job or file that is forgotten is not found, so n must be more than what is in
// flight. Whatever n is, no more than 64 MiB of request bodies are kept.
func WithHistory(n int) Option { return option(func(c *config) { c.history = n }) }

// WithStorage sets how many bytes of uploads are kept, in memory; the default is 1 GiB. Beyond that the oldest go.
func WithStorage(bytes int64) Option { return option(func(c *config) { c.storage = bytes }) }

// WithLog calls f with each request once it is answered. It is called by many goroutines at a time.
func WithLog(f func(Request)) Option { return option(func(c *config) { c.log = f }) }

// WithPublicWebhooks lets webhooks go to any address; the default is loopback addresses alone, so that no test talks to
// the world by mistake.
func WithPublicWebhooks() Option { return option(func(c *config) { c.anywhere = true }) }
