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

// WithToken connects with a token from [Token] instead of the client's key.
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
// [*fal.InvalidIDError] if path is malformed.
func WithPath(path string) Option {
	return option(func(c *config) error {
		c.path = &path
		return nil
	})
}

// WithMaxBuffering sets how many inputs the server buffers, from 1 to 60 (docs/protocol.md, section 11).
func WithMaxBuffering(n int) Option {
	return option(func(c *config) error {
		if n < 1 || n > 60 {
			return fmt.Errorf("realtime: WithMaxBuffering was given %d; it goes from 1 to 60", n)
		}
		c.maxBuffering = n
		return nil
	})
}

// WithMaxMessage sets the maximum size of a message from the server in bytes; the default is 64 MiB. A larger one ends
// the connection.
func WithMaxMessage(bytes int64) Option {
	return option(func(c *config) error {
		if bytes < 1 {
			return fmt.Errorf("realtime: WithMaxMessage was given %d bytes; it must be more than 0", bytes)
		}
		c.maxMessage = bytes
		return nil
	})
}

// WithJSON sends inputs as JSON text instead of msgpack. Outputs of both forms are received in any case.
func WithJSON() Option {
	return option(func(c *config) error {
		c.json = true
		return nil
	})
}

// WithoutValidation sends inputs without checking them, for when the document is older than the server.
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
