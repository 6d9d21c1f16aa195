package fetch

import (
	"context"
	"net/http"
	"time"
)

var DocumentPath = documentPath

// Quick are the waits of tests over sockets.
type Quick struct {
	Timeout   time.Duration // of a request; 0 for a long one
	Transport http.RoundTripper
}

// Run is [Run] with other waits.
func (q Quick) Run(ctx context.Context, cfg Config, want Want) (*Report, error) {
	if cfg.Jobs == 0 {
		cfg.Jobs = maxJobs
	}
	c, err := newClient(cfg.BaseURL, cfg.Key)
	if err != nil {
		return nil, err
	}
	defer c.http.CloseIdleConnections()
	c.backoff = time.Millisecond
	if q.Timeout > 0 {
		c.http.Timeout = q.Timeout
	}
	if q.Transport != nil {
		c.http.Transport = q.Transport
		c.backoff = 500 * time.Millisecond
	}
	return c.run(ctx, cfg, want)
}
