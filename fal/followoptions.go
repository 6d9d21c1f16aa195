package fal

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// WithEnqueueFunc calls f with the request id as soon as fal has taken the input.
func WithEnqueueFunc(f func(requestID string)) SubscribeOption {
	return option(func(c *config) error {
		c.onEnqueue = f
		return nil
	})
}

// WithUpdateFunc calls f with the status, logs included, each time that fal tells it, changed or not, and with the last one
// before the result is fetched. The next status waits for f to return.
func WithUpdateFunc(f func(Status)) FollowOption {
	return option(func(c *config) error {
		c.onUpdate = f
		return nil
	})
}

// WithPollInterval sets how long to wait between two looks at a job's status, give or take a tenth at random. By default it is
// half a second at first and grows to 5 seconds while the job's state stays the same.
func WithPollInterval(d time.Duration) FollowOption {
	return option(func(c *config) error {
		if d <= 0 {
			return fmt.Errorf("fal: WithPollInterval was given %v; it must be more than 0", d)
		}
		c.pace = pace{first: d, last: d}
		return nil
	})
}

// WithStatusStream follows the job on one connection on which fal tells every change at once, instead of asking again and again.
// Where that connection breaks, the job is followed by asking. What [WithUpdateFunc] and [Job.Events] see is the same, logs from
// the start of the job on included.
func WithStatusStream() FollowOption {
	return option(func(c *config) error {
		c.byStream = true
		return nil
	})
}

// WithoutCancel leaves the job running where the context, or [WithTimeout], ends before it does; the default is to cancel
// it.
func WithoutCancel() SubscribeOption {
	return option(func(c *config) error {
		c.keepOnCancel = true
		return nil
	})
}

// WithLogs asks for the job's logs. [WithUpdateFunc] and [Job.Events] do so by themselves.
func WithLogs() StatusOption {
	return option(func(c *config) error {
		c.logs = true
		return nil
	})
}

// pace is how often to ask for a job's status: after first, and then less often, down to every last.
type pace struct{ first, last time.Duration }

var defaultPace = pace{500 * time.Millisecond, 5 * time.Second}

// looks paces the looks at one job.
type looks struct {
	pace
	state State
	wait  time.Duration
}

// next is how long to wait after the job was seen in a state. A change is worth a closer look.
func (l *looks) next(s State) time.Duration {
	if s != l.state || l.wait == 0 {
		l.state, l.wait = s, l.first
	} else {
		l.wait = min(l.wait+l.wait/4, l.last)
	}
	tenth := max(l.wait/10, 1)
	return l.wait - tenth + rand.N(2*tenth)
}
