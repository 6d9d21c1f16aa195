package fal

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"time"
)

// WithWaitLimits limits the polling of [Wait]: at most atOnce concurrent requests in each Wait, and perSecond requests a
// second in all Waits of the client. 0 means no limit; the defaults are 32 and 100. NewClient returns an error if a
// number is negative.
func WithWaitLimits(atOnce int, perSecond float64) ClientOption {
	return clientOption(func(c *Client) error {
		if atOnce < 0 || !(perSecond >= 0) {
			return fmt.Errorf("fal: WithWaitLimits was given %d and %v; they cannot be negative", atOnce, perSecond)
		}
		c.waits = &waitLimits{atOnce: atOnce}
		if perSecond > 0 {
			c.waits.every = time.Duration(float64(time.Second) / perSecond)
		}
		return nil
	})
}

// Outcome is the outcome of a job, as [Wait] yields it.
type Outcome[O any] struct {
	Job    *Job[O]
	Result *Result[O] // nil where there is an error
	Err    error      // as [Job.Wait] returns it
}

// Wait waits for many jobs, thousands at a time, and yields the outcome of each job once, in the order in which they
// finish. A failed job does not stop the others. When ctx ends, the remaining jobs are yielded with its error; they
// continue at fal. Breaking out of the loop stops the polling.
//
// All jobs share the limits of [WithWaitLimits]. A job is polled less often while its state does not change.
func Wait[O any](ctx context.Context, jobs ...*Job[O]) iter.Seq[Outcome[O]] {
	return func(yield func(Outcome[O]) bool) {
		plain := make([]job, len(jobs))
		for i, j := range jobs {
			plain[i] = j.plain()
		}
		for i, end := range waitAll(ctx, plain) {
			out := Outcome[O]{Job: jobs[i]}
			out.Result, out.Err = newResult[O](end.resp, end.err)
			if !yield(out) {
				return
			}
		}
	}
}

// waitLimits are what WithWaitLimits says, and when the next request may start.
type waitLimits struct {
	atOnce int           // 0 for no limit
	every  time.Duration // from one request to the next; 0 for no limit

	mu   sync.Mutex
	free time.Time // when the next turn is
}

// acquire waits until one more request may start.
func (l *waitLimits) acquire(ctx context.Context) error {
	if l.every == 0 {
		return ctx.Err()
	}
	l.mu.Lock()
	now := time.Now()
	at := l.free
	if at.Before(now) {
		at = now
	}
	l.free = at.Add(l.every)
	l.mu.Unlock()
	return sleep(ctx, at.Sub(now))
}

// follower is one of many jobs that are waited for.
type follower struct {
	index  int // in the list of jobs
	due    time.Time
	pacing pacing
}

// schedule is a heap of followers, the one that is due first on top.
type schedule []*follower

func (q schedule) Len() int           { return len(q) }
func (q schedule) Less(i, j int) bool { return q[i].due.Before(q[j].due) }
func (q schedule) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *schedule) Push(x any)        { *q = append(*q, x.(*follower)) }
func (q *schedule) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}

// pollResult is what came of looking at a job: how it ended, or its state where it goes on.
type pollResult struct {
	*follower
	state State
	ended *ending
}

type ending struct {
	resp *response
	err  error
}

// pollOnce asks for a job's status and, if it has completed, for its result.
func (j job) pollOnce(ctx context.Context, f *follower) pollResult {
	end := func(resp *response, err error) pollResult { return pollResult{f, "", &ending{resp, err}} }
	if err := j.acquire(ctx); err != nil {
		return end(nil, err)
	}
	s, err := j.status(ctx, false)
	if err != nil {
		return end(nil, err)
	}
	if !s.State.Done() {
		return pollResult{f, s.State, nil}
	}
	if err := j.acquire(ctx); err != nil {
		return end(nil, err)
	}
	return end(j.outcome(ctx, s))
}

func (j job) acquire(ctx context.Context) error {
	if j.client == nil {
		return nil // which the request will tell
	}
	if err := j.client.waits.acquire(ctx); err != nil {
		return j.waiting(err)
	}
	return nil
}

// waitAll follows the jobs and yields how each ended, by its index. There are as many goroutines as concurrent polls.
func waitAll(ctx context.Context, jobs []job) iter.Seq2[int, ending] {
	return func(yield func(int, ending) bool) {
		if ctx == nil {
			for i, j := range jobs {
				if !yield(i, ending{err: j.waiting(errors.New("the context is nil"))}) {
					return
				}
			}
			return
		}
		ctx, stop := context.WithCancel(ctx)
		work, polled := make(chan *follower), make(chan pollResult)
		open, pollers := 0, 0 // a poller is kept, since its stack has grown to what a request needs
		defer func() {
			for stop(); open > 0; open-- {
				<-polled
			}
			close(work)
		}()
		due := make(schedule, len(jobs)) // all are due at once, and so it is a heap
		for i := range jobs {
			due[i] = &follower{index: i, pacing: pacing{pace: defaultPace}}
		}
		atOnce := atOnce(jobs)
		timer := time.NewTimer(0)
		defer timer.Stop()
		ended := ctx.Done()
		for left := len(jobs); left > 0; {
			for now := time.Now(); open < atOnce && len(due) > 0 && !due[0].due.After(now); open++ {
				if pollers == open {
					pollers++
					go func() {
						for f := range work {
							polled <- jobs[f.index].pollOnce(ctx, f)
						}
					}()
				}
				work <- heap.Pop(&due).(*follower)
			}
			var wake <-chan time.Time
			if open < atOnce && len(due) > 0 {
				timer.Reset(time.Until(due[0].due))
				wake = timer.C
			}
			select {
			case l := <-polled:
				open--
				if l.ended == nil {
					l.due = time.Now().Add(l.pacing.next(l.state))
					heap.Push(&due, l.follower)
					break
				}
				left--
				if !yield(l.index, *l.ended) {
					return
				}
			case <-wake:
			case <-ended: // polling each that is left finds the context's end
				ended = nil
				for _, f := range due {
					f.due = time.Time{}
				}
			}
		}
	}
}

// atOnce is how many jobs may be polled at a time, as the first one's client says; usually all have the same.
func atOnce(jobs []job) int {
	for _, j := range jobs {
		if j.client != nil && j.client.waits.atOnce > 0 {
			return j.client.waits.atOnce
		}
	}
	return len(jobs)
}
