package fal_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/falgen/falgen/fal"
)

// crowd is a queue of many jobs, each of which is done after some looks. Those whose number divides by seven fail.
type crowd struct {
	mu      sync.Mutex
	looks   map[string]int
	results map[string]int
	open    atomic.Int32
	most    atomic.Int32
	starts  []time.Time
	done    int // looks until a job is done
}

func (c *crowd) RoundTrip(r *http.Request) (*http.Response, error) {
	if n := c.open.Add(1); n > c.most.Load() {
		c.most.Store(n)
	}
	defer c.open.Add(-1)
	time.Sleep(time.Millisecond) // of a bubble
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.starts = append(c.starts, time.Now())
	parts := strings.Split(r.URL.Path, "/")
	id := parts[4]
	if parts[len(parts)-1] == "status" {
		if c.looks[id]++; c.looks[id] < c.done {
			return answer(202, `{"status":"IN_PROGRESS"}`), nil
		}
		return answer(200, `{"status":"COMPLETED"}`), nil
	}
	c.results[id]++
	if strings.HasSuffix(id, "7") {
		return answer(422, `{"detail":"no"}`), nil
	}
	return answer(200, `{"text":"`+id+`"}`), nil
}

func (c *crowd) jobs(t *testing.T, n int, opts ...fal.ClientOption) []*fal.Job[output] {
	opts = append(opts, fal.WithHTTPClient(&http.Client{Transport: c}))
	e := fal.NewEndpoint[input, output](newClient(t, opts...), "fal-ai/flux")
	var jobs []*fal.Job[output]
	for i := range n {
		jobs = append(jobs, e.Attach(fmt.Sprint("r-", i)))
	}
	return jobs
}

func newCrowd(done int) *crowd {
	return &crowd{looks: map[string]int{}, results: map[string]int{}, done: done}
}

// TestWait follows many jobs within its limits, and yields each once.
func TestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(3)
		start := time.Now()
		seen := map[*fal.Job[output]]bool{}
		for out := range fal.Wait(ctx, c.jobs(t, 1000, fal.WithWaitLimits(8, 500))...) {
			if seen[out.Job] {
				t.Errorf("%s twice", out.Job.ID)
			}
			seen[out.Job] = true
			var failure *fal.APIError
			switch {
			case strings.HasSuffix(out.Job.ID, "7"):
				if !errors.As(out.Err, &failure) || failure.RequestID != out.Job.ID {
					t.Errorf("%s: %v", out.Job.ID, out.Err)
				}
			case out.Err != nil || out.Result.Data.Text != out.Job.ID || out.Result.RequestID != out.Job.ID:
				t.Errorf("%s: %v, %v", out.Job.ID, out.Result, out.Err)
			}
		}
		if len(seen) != 1000 || len(c.starts) != 4000 {
			t.Errorf("%d outcomes after %d requests", len(seen), len(c.starts))
		}
		if most := c.most.Load(); most > 8 {
			t.Errorf("%d requests at once", most)
		}
		if took := time.Since(start); took < 3999*2*time.Millisecond || took > 10*time.Second {
			t.Errorf("took %v: not 500 a second", took)
		}
	})
}

// TestWaitsShareTheirLimit holds that two of a client are not twice as fast.
func TestWaitsShareTheirLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(1)
		jobs := c.jobs(t, 100, fal.WithWaitLimits(0, 100))
		start := time.Now()
		var wg sync.WaitGroup
		for _, half := range [][]*fal.Job[output]{jobs[:50], jobs[50:]} {
			wg.Go(func() {
				n := 0
				for range fal.Wait(ctx, half...) {
					n++
				}
				if n != 50 {
					t.Errorf("%d outcomes", n)
				}
			})
		}
		wg.Wait()
		if took := time.Since(start); took < 1990*time.Millisecond {
			t.Errorf("took %v: not 100 a second", took)
		}
	})
}

// TestWaitEndsWithItsContext yields what is left, with the context's error. A bubble ends with its last goroutine.
func TestWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(1000)
		ctx, stop := context.WithTimeout(ctx, 3*time.Second)
		defer stop()
		n := 0
		for out := range fal.Wait(ctx, c.jobs(t, 100)...) {
			var lost *fal.CallError
			if !errors.Is(out.Err, context.DeadlineExceeded) || !errors.As(out.Err, &lost) || lost.RequestID != out.Job.ID {
				t.Errorf("%s: %v", out.Job.ID, out.Err)
			}
			n++
		}
		if n != 100 {
			t.Errorf("%d outcomes", n)
		}
		if n := len(c.results); n != 0 {
			t.Errorf("%d results", n)
		}
	})
}

// TestWaitCanBeLeft stops asking with the loop.
func TestWaitCanBeLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(1)
		for range fal.Wait(ctx, c.jobs(t, 100)...) {
			break
		}
		n := len(c.starts)
		time.Sleep(time.Minute)
		if len(c.starts) != n || n > 100 {
			t.Errorf("%d requests, and then %d", n, len(c.starts))
		}
	})
}

func TestWaitForStrangeJobs(t *testing.T) {
	c := newCrowd(1)
	fine := c.jobs(t, 1)[0]
	ended, stop := context.WithCancel(ctx)
	stop()
	tests := []struct {
		name string
		ctx  context.Context
		job  *fal.Job[output]
		err  error
	}{
		{"nil", ctx, nil, &fal.InvalidIDError{}},
		{"without a client", ctx, &fal.Job[output]{EndpointID: "a/b", Ticket: fal.Ticket{ID: "r"}}, &fal.CallError{}},
		{"without a context", nil, fine, &fal.CallError{}},
		{"after the end", ended, fine, &fal.CallError{}},
	}
	for _, test := range tests {
		n := 0
		for out := range fal.Wait(test.ctx, test.job) {
			n++
			if _, invalid := test.err.(*fal.InvalidIDError); invalid && !errors.As(out.Err, new(*fal.InvalidIDError)) ||
				!invalid && !sameType(out.Err, test.err) {
				t.Errorf("%s: %v", test.name, out.Err)
			}
		}
		if n != 1 {
			t.Errorf("%s: %d outcomes", test.name, n)
		}
	}
	for range fal.Wait[output](ctx) {
		t.Error("an outcome of nothing")
	}
}

// TestPolling asks less and less often while nothing happens, and closely again when it does.
func TestPolling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		start := time.Now()
		c := newClient(t, transport(func(*http.Request) (*http.Response, error) {
			at = append(at, time.Since(start))
			state := "IN_QUEUE"
			if time.Since(start) > 2*time.Minute {
				state = "IN_PROGRESS"
			}
			return answer(202, `{"status":"`+state+`"}`), nil
		}).option())
		ctx, stop := context.WithTimeout(ctx, 4*time.Minute)
		defer stop()
		_, _ = fal.NewEndpoint[input, output](c, "a/b").Attach("r-1").Wait(ctx)
		gap := func(i int) time.Duration { return at[i+1] - at[i] }
		if g := gap(0); g < 450*time.Millisecond || g > 550*time.Millisecond {
			t.Errorf("first gap %v", g)
		}
		last, changed := 0, 0
		for i := range at[:len(at)-1] {
			if at[i] < 2*time.Minute {
				last = i
			} else if changed == 0 {
				changed = i
			}
		}
		if g := gap(last - 1); g < 4500*time.Millisecond || g > 5500*time.Millisecond {
			t.Errorf("last gap in queue %v", g)
		}
		if g := gap(changed); g > 550*time.Millisecond {
			t.Errorf("gap after the change %v", g)
		}
		if len(at) > 80 {
			t.Errorf("%d looks in 4 minutes", len(at))
		}
	})
}
