package fal

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// WithoutValidation sends an input that breaks the endpoint's document, for the day the document lags behind its server.
func WithoutValidation() InputOption {
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
// within d, which must be more than one second. It does not limit how long it then runs: [WithTimeout] does.
func WithStartTimeout(d time.Duration) InputOption {
	return option(func(c *config) error {
		if d <= time.Second {
			return fmt.Errorf("fal: WithStartTimeout was given %v; it must be more than 1s", d)
		}
		c.header.Set("X-Fal-Request-Timeout", strconv.FormatFloat(d.Seconds(), 'f', -1, 64))
		return nil
	})
}

// WithTimeout ends the call, uploads and waiting included, after d, as a context with that deadline would.
func WithTimeout(d time.Duration) TimeoutOption {
	return option(func(c *config) error {
		if d <= 0 {
			return fmt.Errorf("fal: WithTimeout was given %v; it must be more than 0", d)
		}
		c.timeout = d
		return nil
	})
}

// WithRunnerHint asks for the runner that served earlier requests with the same hint (docs/protocol.md, section 4.1).
func WithRunnerHint(hint string) InputOption { return setHeader("X-Fal-Runner-Hint", hint) }

// WithoutStorage asks fal not to keep the input and the output of the request (docs/protocol.md, section 4.1).
func WithoutStorage() InputOption { return setHeader("X-Fal-Store-Io", "0") }

// WithTags marks the request for fal's usage reports. It takes up to 10 pairs. A key is up to 64 letters, digits, '.',
// '_' and '-', is sent in lower case, and does not begin with "fal."; a value is up to 256 printable ASCII characters
// without a comma; together they are at most 1024 bytes (docs/protocol.md, section 4.1).
func WithTags(tags map[string]string) InputOption {
	return option(func(c *config) error {
		var pairs []string
		for key, value := range tags {
			key := strings.ToLower(key)
			switch {
			case len(key) > 64 || checkSegment(key) != "" || strings.HasPrefix(key, "fal."):
				return fmt.Errorf("fal: WithTags was given the key %q; it can have up to 64 letters, digits, '.', '_' and '-', "+
					"and cannot begin with \"fal.\"", key)
			case len(value) > 256 || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' || r == ',' }):
				return fmt.Errorf("fal: WithTags was given a value for %q that is longer than 256 bytes, or has a comma or "+
					"what is not printable ASCII in it", key)
			}
			pairs = append(pairs, key+"="+value)
		}
		slices.Sort(pairs)
		line := strings.Join(pairs, ",")
		if len(pairs) > 10 || len(line) > 1024 {
			return fmt.Errorf("fal: WithTags was given %d tags in %d bytes; the limits are 10 and 1024", len(pairs), len(line))
		}
		if line != "" {
			c.header.Set("X-Fal-Tags", line)
		}
		return nil
	})
}

// WithOutputLifecycle says how long fal keeps the files that the model makes, and who may see them.
func WithOutputLifecycle(l Lifecycle) InputOption {
	return option(func(c *config) error {
		value, err := l.header()
		if value != "" {
			c.header.Set("X-Fal-Object-Lifecycle-Preference", value)
		}
		return err
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
func WithPriority(p Priority) QueueOption { return setHeader("X-Fal-Queue-Priority", string(p)) }

// WithoutServerRetry keeps fal from trying the job again by itself, up to ten times, when a runner fails (docs/protocol.md,
// sections 4.1 and 6.7).
func WithoutServerRetry() QueueOption { return setHeader("X-Fal-No-Retry", "1") }

// WithMaxQueueLength refuses the input, with a 429 that is repeated as its [RetryPolicy] says, where more than n jobs
// are waiting already (docs/protocol.md, section 4.1).
func WithMaxQueueLength(n int) QueueOption {
	return option(func(c *config) error {
		if n < 0 {
			return fmt.Errorf("fal: WithMaxQueueLength was given %d", n)
		}
		c.query.Set("fal_max_queue_length", strconv.Itoa(n))
		return nil
	})
}

// WithWebhook has fal POST the result to u, an absolute http or https URL, once the job is finished. Package webhook
// receives it.
func WithWebhook(u string) SubmitOption {
	return option(func(c *config) error {
		if _, err := parseHTTPURL(u); err != nil {
			return fmt.Errorf("fal: the URL given to WithWebhook is %w", err)
		}
		c.query.Set("fal_webhook", u)
		return nil
	})
}
