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

// WithoutValidation sends the input without checking it, for when the document is older than the server.
func WithoutValidation() InputOption {
	return option(func(c *config) error {
		c.skipValidation = true
		return nil
	})
}

// WithHeader sets a request header. Authorization is refused: the client sets the key.
func WithHeader(name, value string) InputOption {
	return option(func(c *config) error {
		if http.CanonicalHeaderKey(name) == "Authorization" {
			return errors.New("fal: WithHeader cannot set Authorization; give the key to NewClient, with WithKey or WithKeyFunc")
		}
		c.header.Set(name, value)
		return nil
	})
}

// WithStartTimeout limits the time until a runner starts the request to d, which must be more than one second. After it,
// the call returns an [*APIError] whose IsUserTimeout is true. It does not limit the run itself: [WithTimeout] does.
func WithStartTimeout(d time.Duration) InputOption {
	return option(func(c *config) error {
		if d <= time.Second {
			return fmt.Errorf("fal: WithStartTimeout was given %v; it must be more than 1s", d)
		}
		c.header.Set("X-Fal-Request-Timeout", strconv.FormatFloat(d.Seconds(), 'f', -1, 64))
		return nil
	})
}

// WithTimeout limits the whole call to d, including uploads and waiting, like a context with that deadline.
func WithTimeout(d time.Duration) TimeoutOption {
	return option(func(c *config) error {
		if d <= 0 {
			return fmt.Errorf("fal: WithTimeout was given %v; it must be more than 0", d)
		}
		c.timeout = d
		return nil
	})
}

// WithRunnerHint asks fal to route the request to the runner of earlier requests with the same hint (docs/protocol.md,
// section 4.1).
func WithRunnerHint(hint string) InputOption { return setHeader("X-Fal-Runner-Hint", hint) }

// WithoutStorage asks fal not to store the input and output of the request (docs/protocol.md, section 4.1).
func WithoutStorage() InputOption { return setHeader("X-Fal-Store-Io", "0") }

// WithTags adds up to 10 key-value pairs to the request, for fal's usage reports. A key has at most 64 letters, digits,
// '.', '_' and '-', is sent in lower case, and must not start with "fal."; a value has at most 256 printable ASCII
// characters without a comma; all together at most 1024 bytes (docs/protocol.md, section 4.1).
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

// WithOutputLifecycle sets how long fal keeps the output files, and who may read them.
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

// WithoutServerRetry turns off fal's own retries, up to ten, when a runner fails (docs/protocol.md, sections 4.1 and
// 6.7).
func WithoutServerRetry() QueueOption { return setHeader("X-Fal-No-Retry", "1") }

// WithMaxQueueLength rejects the input with status 429 if more than n jobs are waiting; the request is retried according
// to its [RetryPolicy] (docs/protocol.md, section 4.1).
func WithMaxQueueLength(n int) QueueOption {
	return option(func(c *config) error {
		if n < 0 {
			return fmt.Errorf("fal: WithMaxQueueLength was given %d", n)
		}
		c.query.Set("fal_max_queue_length", strconv.Itoa(n))
		return nil
	})
}

// WithWebhook has fal POST the result to u, an absolute http or https URL, when the job has finished. See package
// webhook for the receiving side.
func WithWebhook(u string) SubmitOption {
	return option(func(c *config) error {
		if _, err := parseHTTPURL(u); err != nil {
			return fmt.Errorf("fal: the URL given to WithWebhook is %w", err)
		}
		c.query.Set("fal_webhook", u)
		return nil
	})
}
