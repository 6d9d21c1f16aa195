package realtime

import (
	"errors"
	"fmt"
)

// Option is an option of [Dial]. Options hold no state: they may be kept and shared.
type Option interface{ apply(*config) error }

type option func(*config) error

func (o option) apply(v *config) error { return o(v) }

type config struct {
	token          string
	path           *string // nil for the usual one
	maxBuffering   int     // 0 for the server's own
	maxMessage     int64   // bytes
	json           bool
	skipValidation bool
}

// WithToken shows the server a token, which [Token] has made, in place of the client's key.
func WithToken(token string) Option {
	return option(func(c *config) error {
		if token == "" {
			return errors.New("realtime: WithToken was given an empty token; make one with realtime.Token")
		}
		c.token = token
		return nil
	})
}

// WithPath connects to a path below the endpoint other than "realtime"; "" is the endpoint itself. Dial returns a
// [*fal.InvalidIDError] where no endpoint can have it.
func WithPath(path string) Option {
	return option(func(c *config) error {
		c.path = &path
		return nil
	})
}

// WithMaxBuffering sets how many inputs the server may hold in store, from 1 to 60 (docs/protocol.md, section 11).
func WithMaxBuffering(n int) Option {
	return option(func(c *config) error {
		if n < 1 || n > 60 {
			return fmt.Errorf("realtime: WithMaxBuffering was given %d; it goes from 1 to 60", n)
		}
		c.maxBuffering = n
		return nil
	})
}

// WithMaxMessage sets how long a message from the server may be, in bytes; the default is 64 MiB. A longer one ends the
// connection.
func WithMaxMessage(bytes int64) Option {
	return option(func(c *config) error {
		if bytes < 1 {
			return fmt.Errorf("realtime: WithMaxMessage was given %d bytes; it must be more than 0", bytes)
		}
		c.maxMessage = bytes
		return nil
	})
}

// WithJSON sends inputs as JSON text instead of msgpack. It makes no difference to what may be received.
func WithJSON() Option {
	return option(func(c *config) error {
		c.json = true
		return nil
	})
}

// WithoutValidation sends inputs that break the endpoint's document, for the day the document lags behind its server.
func WithoutValidation() Option {
	return option(func(c *config) error {
		c.skipValidation = true
		return nil
	})
}

func configure(opts []Option) (config, error) {
	c := config{maxMessage: 64 << 20}
	for _, o := range opts {
		if o == nil {
			continue
		}
		if err := o.apply(&c); err != nil {
			return config{}, err
		}
	}
	return c, nil
}
