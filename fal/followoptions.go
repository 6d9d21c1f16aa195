package fal

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// WithEnqueueFunc calls f with the request id once the input is in the queue.
func WithEnqueueFunc(f func(requestID string)) SubscribeOption {
	return option(func(c *config) error {
		c.onEnqueue = f
		return nil
	})
}

// WithUpdateFunc calls f with each status that fal sends, including logs, changed or not; the last call is before the
// result is fetched. The next request waits for f to return.
func WithUpdateFunc(f func(Status)) FollowOption {
	return option(func(c *config) error {
		c.onUpdate = f
		return nil
	})
}

// WithPollInterval sets the interval between two requests for a job's status, with a random jitter of 10 %. By default
// it starts at 0.5 seconds and grows to 5 seconds while the state does not change.
func WithPollInterval(d time.Duration) FollowOption {
	return option(func(c *config) error {
		if d <= 0 {
			return fmt.Errorf("fal: WithPollInterval was given %v; it must be more than 0", d)
		}
		c.pace = pace{first: d, last: d}
		return nil
	})
}

// WithStatusStream receives status changes over one streaming connection instead of polling. If the connection breaks,
// it polls. [WithUpdateFunc] and [Job.Events] get the same statuses, with all logs since the start of the job.
func WithStatusStream() FollowOption {
	return option(func(c *config) error {
		c.byStream = true
		return nil
	})
}

// WithoutCancel keeps the job running when the context or [WithTimeout] ends first. By default it is canceled.
func WithoutCancel() SubscribeOption {
	return option(func(c *config) error {
		c.keepOnCancel = true
		return nil
	})
}

// WithLogs requests the job's logs. [WithUpdateFunc] and [Job.Events] always do.
func WithLogs() StatusOption {
	return option(func(c *config) error {
		c.logs = true
		return nil
	})
}

// pace is how often to ask for a job's status: after first, and then less often, down to every last.
type pace struct{ first, last time.Duration }

var defaultPace = pace{500 * time.Millisecond, 5 * time.Second}

// pacing paces the pacing at one job.
type pacing struct {
	pace
	state State
	wait  time.Duration
}

// next is how long to wait after the job was seen in a state. A change is worth a closer look.
func (l *pacing) next(s State) time.Duration {
	if s != l.state || l.wait == 0 {
		l.state, l.wait = s, l.first
	} else {
		l.wait = min(l.wait+l.wait/4, l.last)
	}
	tenth := max(l.wait/10, 1)
	return l.wait - tenth + rand.N(2*tenth)
}
