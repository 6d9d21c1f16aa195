package realtime

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"time"
)

const (
	openBudget = 90 * time.Second // how long the server may take to answer (docs/protocol.md, section 11)
	maxAnswer  = 1 << 20          // of an HTTP answer, in bytes
)

var (
	errNoContext         = errors.New("the context is nil")
	errNothingToCallWith = errors.New("there is no context or no client; make one with fal.NewClient")
)

// callError tells of an exchange that got no answer, without the URL, whose query may hold a token.
func callError(caller, ctx context.Context, err error) error {
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err
	}
	if ctx.Err() != nil && caller.Err() == nil {
		err = fmt.Errorf("no answer within %v: %w", openBudget, err)
	}
	return ended(caller, err)
}

// ended makes sure that errors.Is finds the end of the context in an error that it caused.
func ended(ctx context.Context, err error) error {
	if end := ctx.Err(); end != nil && !errors.Is(err, end) {
		return fmt.Errorf("%w: %w", end, err)
	}
	return err
}

// secrets are what no error may show, should a server echo what it was sent.
type secrets struct {
	mu    sync.Mutex
	known []string
}

// watch takes note of the credentials that the requests of a context are sent with.
func (s *secrets) watch(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaderField: func(name string, values []string) {
		if http.CanonicalHeaderKey(name) != "Authorization" {
			return
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, v := range values {
			s.known = append(s.known, strings.TrimPrefix(v, "Key "))
		}
	}})
}

func (s *secrets) hide(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, secret := range s.known {
		if len(secret) > 8 { // a shorter one is no secret, and may be part of a word
			text = strings.ReplaceAll(text, secret, "[secret]")
		}
	}
	return text
}
