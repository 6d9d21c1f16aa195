package fal_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/falgen/falgen/fal"
)

// operations are the calls by what they may repeat (docs/protocol.md, section 9).
var operations = map[string]func(*fal.Endpoint[input, output]) error{
	"run":    func(e *fal.Endpoint[input, output]) error { _, err := e.Run(ctx, input{}); return err },
	"stream": func(e *fal.Endpoint[input, output]) error { return first(e.Stream(ctx, input{})) },
	"submit": func(e *fal.Endpoint[input, output]) error { _, err := e.Submit(ctx, input{}); return err },
	"status": func(e *fal.Endpoint[input, output]) error { _, err := e.Attach("r-1").Status(ctx); return err },
	"result": func(e *fal.Endpoint[input, output]) error { _, err := e.Attach("r-1").Result(ctx); return err },
	"cancel": func(e *fal.Endpoint[input, output]) error { return e.Attach("r-1").Cancel(ctx) },
}

func TestWhatIsRepeated(t *testing.T) {
	status := func(code int, header ...string) func() (*http.Response, error) {
		return func() (*http.Response, error) {
			r := answer(code, `{}`)
			for i := 0; i < len(header); i += 2 {
				r.Header.Set(header[i], header[i+1])
			}
			return r, nil
		}
	}
	fails := func(err error) func() (*http.Response, error) {
		return func() (*http.Response, error) { return nil, err }
	}
	tests := []struct {
		name    string
		first   func() (*http.Response, error)
		repeats string // the operations that try again
	}{
		{"400", status(400), ""},
		{"404", status(404), ""},
		{"408", status(408), "status result"},
		{"422", status(422), ""},
		{"429", status(429), "run stream submit status result cancel"},
		{"500", status(500), "status"},
		{"502", status(502), "status result cancel"},
		{"503", status(503), "status result cancel"},
		{"503 come back", status(503, "Retry-After", "1"), "run stream submit status result cancel"},
		{"504", status(504), "status result cancel"},
		{"504 of the user", status(504, "X-Fal-Request-Timeout-Type", "user"), ""},
		{"429 come back in an hour", status(429, "Retry-After", "3600"), ""},
		{"no connection", fails(&net.OpError{Op: "dial", Err: errors.New("refused")}), "run stream submit status result cancel"},
		{"no name", fails(&net.DNSError{Err: "no such host"}), "run stream submit status result cancel"},
		{"reset", fails(&net.OpError{Op: "read", Err: errors.New("reset")}), "status result cancel"},
		{"time-out of the http client", fails(context.DeadlineExceeded), "status result cancel"},
	}
	for _, test := range tests {
		for op, do := range operations {
			t.Run(test.name+"/"+op, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					n := 0
					c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
						if n++; n == 1 {
							return test.first()
						}
						again := answer(200, `{"request_id":"r-1","status":"IN_QUEUE"}`)
						again.Header.Set("Content-Type", "application/json")
						return again, nil
					}).option())
					err := do(fal.NewEndpoint[input, output](c, "fal-ai/flux"))
					if strings.Contains(test.repeats, op) {
						if n != 2 || err != nil {
							t.Errorf("%d attempts, %v", n, err)
						}
					} else if n != 1 || err == nil {
						t.Errorf("%d attempts, %v", n, err)
					}
				})
			})
		}
	}
}

func TestWaitsBetweenAttempts(t *testing.T) {
	tests := []struct {
		name     string
		opts     []fal.ClientOption
		after    string
		attempts int
		min, max time.Duration // on the bubble's clock
	}{
		{name: "default", attempts: 4, min: 1750 * time.Millisecond, max: 3500 * time.Millisecond},
		{name: "seconds", after: "7", attempts: 4, min: 21 * time.Second, max: 21 * time.Second},
		{name: "at once", after: "0", attempts: 4},
		{name: "date", after: "Sat, 01 Jan 2000 00:00:09 GMT", attempts: 4, min: 9 * time.Second, max: 9 * time.Second},
		{name: "nonsense", after: "-3", attempts: 4, min: 1750 * time.Millisecond, max: 3500 * time.Millisecond},
		{name: "many", opts: []fal.ClientOption{fal.WithRetry(fal.RetryPolicy{Max: 100})}, attempts: 101, min: 12 * time.Minute, max: 25 * time.Minute},
		{name: "none", opts: []fal.ClientOption{fal.WithRetry(fal.RetryPolicy{})}, attempts: 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // a bubble's clock starts with the year 2000
				var bodies []string
				c := newClient(t, append(test.opts, transport(func(r *http.Request) (*http.Response, error) {
					b := make([]byte, 100)
					n, _ := r.Body.Read(b)
					bodies = append(bodies, string(b[:n]))
					resp := answer(429, `{"detail":"too many"}`)
					resp.Header.Set("Retry-After", test.after)
					return resp, nil
				}).option())...)
				start := time.Now()
				_, err := fal.NewEndpoint[input, output](c, "fal-ai/flux").Run(ctx, input{"p"})
				var failure *fal.APIError
				if !errors.As(err, &failure) || failure.StatusCode != 429 {
					t.Errorf("got %v", err)
				}
				if took := time.Since(start); took < test.min || took > test.max {
					t.Errorf("took %v", took)
				}
				if len(bodies) != test.attempts {
					t.Errorf("%d attempts", len(bodies))
				}
				for _, b := range bodies { // each attempt has the whole input
					if b != `{"prompt":"p"}` {
						t.Errorf("body %q", b)
					}
				}
			})
		})
	}
}

func TestContextEndsBetweenAttempts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(ctx, time.Second)
		defer stop()
		c := newClient(t, transport(func(*http.Request) (*http.Response, error) {
			resp := answer(429, `{"detail":"too many"}`)
			resp.Header.Set("Retry-After", "30")
			return resp, nil
		}).option())
		start := time.Now()
		_, err := fal.NewEndpoint[input, output](c, "fal-ai/flux").Run(ctx, input{})
		var failure *fal.APIError
		if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &failure) || time.Since(start) != time.Second {
			t.Errorf("got %v", err)
		}
		contains(t, err, "fal-ai/flux", "too many")
	})
}

// A poll on a dead connection is given up and made again, so that following a job does not hang.
func TestStatusOnADeadConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		c := newClient(t, transport(func(r *http.Request) (*http.Response, error) {
			if n++; n == 1 {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			return answer(200, `{"status":"IN_QUEUE"}`), nil
		}).option())
		if _, err := fal.NewEndpoint[input, output](c, "fal-ai/flux").Attach("r-1").Status(ctx); err != nil || n != 2 {
			t.Errorf("%d attempts, %v", n, err)
		}
	})
}

func TestRetriesOverSockets(t *testing.T) {
	f := newFake(t, script{
		"POST " + queue:              {{Code: 429, Header: map[string]string{"Retry-After": "0"}}, {Body: `{"request_id":"r-1"}`}},
		"GET " + request + "/status": {{Code: 500, Header: map[string]string{"Retry-After": "0"}}, {Body: `{"status":"COMPLETED"}`}},
		"GET " + request:             {{Do: hangUp("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{")}, {Body: `{"text":"hi"}`}},
	})
	res, err := f.endpoint(t, "fal-ai/flux").Subscribe(ctx, input{"p"})
	if err != nil || res.Data.Text != "hi" {
		t.Errorf("%v, %v", res, err)
	}
	if got := f.all(); len(got) != 6 || got[1].Body != `{"prompt":"p"}` {
		t.Errorf("got %q", f.seen())
	}
}

func TestAnInputIsNotRepeatedAfterAReset(t *testing.T) {
	for _, raw := range []string{"", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"} {
		f := newFake(t, script{"POST " + queue: {{Do: hangUp(raw)}}})
		if _, err := f.endpoint(t, "fal-ai/flux").Submit(ctx, input{}); err == nil {
			t.Error("no error")
		}
		if n := len(f.seen()); n != 1 {
			t.Errorf("after %q: %d submissions", raw, n)
		}
	}
}

// TestRetryPolicy changes what is repeated, and how often (docs/protocol.md, section 9).
func TestRetryPolicy(t *testing.T) {
	unsure := fal.DefaultRetry(fal.OpSubmit)
	unsure.Unsure = true
	teapot := fal.RetryPolicy{Max: 2, Statuses: []int{418, 422}}
	reset := errors.New("connection reset")
	tests := []struct {
		name     string
		policy   fal.ClientOption
		op       string
		code     int // 0 for a connection that breaks
		attempts int
	}{
		{"submit, as it is", nil, "submit", 502, 1},
		{"submit, on request", fal.WithRetry(unsure, fal.OpSubmit), "submit", 502, 4},
		{"submit, on request, after a reset", fal.WithRetry(unsure, fal.OpSubmit), "submit", 0, 4},
		{"submit, on request of another", fal.WithRetry(unsure, fal.OpRun), "submit", 502, 1},
		{"status, as it is", nil, "status", 500, 6},
		{"status, more often", fal.WithRetry(fal.RetryPolicy{Max: 8}, fal.OpStatus), "status", 500, 9},
		{"nothing", fal.WithRetry(fal.RetryPolicy{}), "status", 500, 1},
		{"other statuses", fal.WithRetry(teapot), "result", 418, 3},
		{"other statuses, a usual one", fal.WithRetry(teapot), "result", 503, 1},
		{"never after a refusal", fal.WithRetry(teapot), "result", 422, 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := 0
				opts := []fal.ClientOption{test.policy, transport(func(*http.Request) (*http.Response, error) {
					n++
					if test.code == 0 {
						return nil, reset
					}
					return answer(test.code, `{}`), nil
				}).option()}
				if err := operations[test.op](fal.NewEndpoint[input, output](newClient(t, opts...), "fal-ai/flux")); err == nil {
					t.Error("no error")
				}
				if n != test.attempts {
					t.Errorf("%d attempts, want %d", n, test.attempts)
				}
			})
		})
	}
}

// TestBackupHosts holds that another host is asked only where there was no connection to the first (docs/protocol.md,
// section 16).
func TestBackupHosts(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: errors.New("refused by the first")}
	tests := []struct {
		name    string
		opts    []fal.ClientOption
		op      string
		first   error
		backup  error
		hosts   string
		failure string // "" for success
	}{
		{"not asked for", nil, "run", refused, nil, "fal.run", "refused by the first"},
		{"run", []fal.ClientOption{fal.WithBackupHosts()}, "run", refused, nil, "fal.run falrun.com", ""},
		{"status", []fal.ClientOption{fal.WithBackupHosts()}, "status", refused, nil, "queue.fal.run queue.falrun.com", ""},
		{"after a reset", []fal.ClientOption{fal.WithBackupHosts()}, "run", errors.New("reset"), nil, "fal.run", "reset"},
		{"neither", []fal.ClientOption{fal.WithBackupHosts()}, "run", refused,
			&net.OpError{Op: "dial", Err: errors.New("refused by the backup")}, "fal.run falrun.com", "refused by the first"},
		{"a backup that breaks", []fal.ClientOption{fal.WithBackupHosts()}, "run", refused, errors.New("reset by the backup"),
			"fal.run falrun.com", "reset by the backup"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var hosts []string
			opts := append(test.opts, fal.WithRetry(fal.RetryPolicy{}), transport(func(r *http.Request) (*http.Response, error) {
				hosts = append(hosts, r.URL.Host)
				err := test.first
				if len(hosts) > 1 {
					err = test.backup
				}
				if err != nil {
					return nil, err
				}
				return answer(200, `{"status":"COMPLETED"}`), nil
			}).option())
			err := operations[test.op](fal.NewEndpoint[input, output](newClient(t, opts...), "fal-ai/flux"))
			if test.failure == "" && err != nil {
				t.Error(err)
			} else if test.failure != "" {
				contains(t, err, test.failure)
			}
			if got := strings.Join(hosts, " "); got != test.hosts {
				t.Errorf("asked %s, want %s", got, test.hosts)
			}
		})
	}
}
