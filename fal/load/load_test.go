//go:build unix

package load_test

import (
	"context"
	"flag"
	"net/http"
	"runtime"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/generated/falai/rife/video"
)

var jobs = flag.Int("jobs", 200, "how many jobs are in flight")

// atOnce is how many requests are, and so how many connections.
const atOnce = 64

var in = video.Input{VideoURL: fal.URL("https://example.com/in.mp4")}

// loop submits jobs and brings them to their end.
type loop interface {
	// submit submits the job of that number. It is called for many at a time.
	submit(ctx context.Context, i int) error
	// finish follows all to their end. It calls first once, when one is there and the others are in flight.
	finish(ctx context.Context, first func()) error
}

// TestLoad keeps many jobs in flight in this process, and a bare net/http loop does the same before and after it.
//
//	go test ./fal/load -v -jobs 10000
//
// Both submit all jobs to a faltest server, a process of its own, then look at each until it is done, which is at the
// fifth look, and fetch its result: the same requests over as many connections, and the same JSON decoded. But fal.Wait
// looks again half a second after a change, and later where nothing has changed, while the bare loop looks as soon as
// it has looked at all others. With thousands of jobs there is always one that is due, and the pauses do not show; with
// few, the time is all pauses. The CPU time, of all threads of this process, is a measure with either.
func TestLoad(t *testing.T) {
	if *jobs < 1 {
		t.Fatalf("-jobs is %d", *jobs)
	}
	url := serve(t, 3**jobs)
	transport := func() *http.Transport {
		tr := http.DefaultTransport.(*http.Transport).Clone()
		tr.MaxIdleConnsPerHost = atOnce
		return tr
	}
	bare := func(rt http.RoundTripper) loop { return newBareLoop(url, rt, *jobs) }
	client := func(rt http.RoundTripper) loop { return newFalLoop(t, url, rt, *jobs) }
	before := measure(t, transport(), bare)
	ours := measure(t, transport(), client)
	after := measure(t, transport(), bare)

	t.Logf("%d jobs in flight, %d requests at a time, %d requests each", *jobs, atOnce, ours.requests)
	row := func(name string, m measurement) {
		t.Logf("%-16s %7.0f requests/s, %5.1f µs of CPU each; %5.0f bytes a job submitted, %5.0f a job followed",
			name, m.perSecond(), m.cpuEach(), m.held, m.followed)
	}
	row("net/http, before", before)
	row("fal", ours)
	row("net/http, after", after)
	t.Logf("fal takes %.2f times the CPU of net/http", 2*ours.cpu.Seconds()/(before.cpu+after.cpu).Seconds())
	if *jobs >= 10_000 {
		t.Logf("fal takes %.2f times the time of net/http", 2*ours.wall.Seconds()/(before.wall+after.wall).Seconds())
	}

	for _, m := range []measurement{before, ours, after} { // a submission, five looks and a result
		if want := int64(7 * *jobs); m.requests != want {
			t.Errorf("%d requests, want %d", m.requests, want)
		}
	}
}

// measurement is what a loop took.
type measurement struct {
	requests       int64
	wall, cpu      time.Duration
	held, followed float64 // bytes of heap and stacks for each job, once all are submitted, and while they are followed
}

func (m measurement) perSecond() float64 { return float64(m.requests) / m.wall.Seconds() }
func (m measurement) cpuEach() float64   { return float64(m.cpu.Microseconds()) / float64(m.requests) }

// counted counts requests.
type counted struct {
	http.RoundTripper
	n atomic.Int64
}

func (c *counted) RoundTrip(r *http.Request) (*http.Response, error) {
	c.n.Add(1)
	return c.RoundTripper.RoundTrip(r)
}

func measure(t *testing.T, tr *http.Transport, make func(http.RoundTripper) loop) measurement {
	t.Helper()
	defer tr.CloseIdleConnections()
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Minute)
	defer stop()
	count := &counted{RoundTripper: tr}
	var m measurement
	empty := memory()
	l := make(count)

	watch := newStopwatch()
	var (
		wg     sync.WaitGroup
		next   atomic.Int64
		failed error
		once   sync.Once
	)
	for range atOnce {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < *jobs; i = int(next.Add(1)) - 1 {
				if err := l.submit(ctx, i); err != nil {
					once.Do(func() { failed = err })
					return
				}
			}
		})
	}
	wg.Wait()
	if failed != nil {
		t.Fatal(failed)
	}
	watch.pause()
	m.held = each(memory() - empty)
	watch.resume()
	err := l.finish(ctx, func() {
		watch.pause()
		m.followed = each(memory() - empty)
		watch.resume()
	})
	watch.pause()
	if err != nil {
		t.Fatal(err)
	}
	m.requests, m.wall, m.cpu = count.n.Load(), watch.wall, watch.cpu
	return m
}

func each(bytes int64) float64 { return float64(bytes) / float64(*jobs) }

// memory is what is in use, in bytes.
func memory() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // pools are emptied by the second
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// stopwatch measures the time and the CPU time of this process, but for pauses.
type stopwatch struct {
	wall, cpu time.Duration
	start     time.Time
	startCPU  time.Duration
}

func newStopwatch() *stopwatch {
	w := &stopwatch{}
	w.resume()
	return w
}

func (w *stopwatch) resume() { w.start, w.startCPU = time.Now(), cpu() }

func (w *stopwatch) pause() {
	w.wall += time.Since(w.start)
	w.cpu += cpu() - w.startCPU
}

// cpu is how much CPU time this process has had.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
