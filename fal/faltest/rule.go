package faltest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Rule changes how the server handles the requests that [Server.On], [Rule.When] and [Rule.Times] select. Its methods
// take effect at once and return the Rule, for chaining. It is safe for concurrent use.
//
// If several rules set the same thing, those with Times apply first, in the order in which they were created, and then
// the newest of the others.
type Rule struct {
	server   *Server
	endpoint string // "" for any

	// What follows is under the server's lock.
	when   func(Request) bool
	left   int // how many requests it acts on still; negative for all
	plan   plan
	faults map[Op]Fault
}

// plan is how one input fares. What is nil is left to other rules, and in the end to the server.
type plan struct {
	outcome  *func(Request) Answer
	partials *[]any
	delay    *time.Duration
	queue    *[]int
	logs     *[]any
	enums    *struct{} // to be unknown
	nulls    *struct{} // to be everywhere
}

// On adds a rule for requests to an endpoint, or to all with "". If the endpoint is not served, it fails the test, or
// panics outside of a test.
func (s *Server) On(endpointID string) *Rule {
	if s.t != nil {
		s.t.Helper()
	}
	if endpointID != "" {
		e := s.endpoints.byID[endpointID]
		if e == nil {
			s.fatal(fmt.Errorf("faltest: On(%q): it is not served; Server.Endpoints lists what is", endpointID))
		} else if err := e.load(); err != nil {
			s.fatal(err)
		}
	}
	r := &Rule{server: s, endpoint: endpointID, left: -1, faults: map[Op]Fault{}}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rules = append(s.rules, r)
	return r
}

func (r *Rule) set(f func()) *Rule {
	r.server.mu.Lock()
	defer r.server.mu.Unlock()
	f()
	return r
}

// fatal ends the test as the server's does.
func (r *Rule) misused(format string, args ...any) *Rule {
	if r.server.t != nil {
		r.server.t.Helper()
	}
	r.server.fatal(fmt.Errorf("faltest: On(%q)."+format, append([]any{r.endpoint}, args...)...))
	return r
}

// When limits the rule to requests for which f returns true. f must be safe for concurrent use.
func (r *Rule) When(f func(Request) bool) *Rule { return r.set(func() { r.when = f }) }

// Times ends the rule after n requests. Such a rule should set one thing only.
func (r *Rule) Times(n int) *Rule { return r.set(func() { r.left = max(n, 0) }) }

// Output sets the output to v, encoded as JSON. It is not validated.
func (r *Rule) Output(v any) *Rule {
	text, err := json.Marshal(v)
	if err != nil {
		return r.misused("Output(%T) is no JSON: %w", v, err)
	}
	return r.answer(func(Request) Answer { return Answer{Code: http.StatusOK, Body: json.RawMessage(text)} })
}

// OutputFrom sets the output to the result of f, encoded as JSON. f must be safe for concurrent use.
func (r *Rule) OutputFrom(f func(Request) any) *Rule {
	return r.answer(func(seen Request) Answer {
		text, err := json.Marshal(f(seen))
		if err != nil {
			return detail(http.StatusInternalServerError, "faltest: OutputFrom: %v", err)
		}
		return Answer{Code: http.StatusOK, Body: json.RawMessage(text)}
	})
}

// Fail makes inputs fail: a run or stream responds with a, and a job ends with it. For failures of the queue itself, use
// [Rule.At].
func (r *Rule) Fail(a Answer) *Rule {
	if why := a.unusable(); why != "" {
		return r.misused("Fail: %s", why)
	}
	return r.answer(func(Request) Answer { return a })
}

func (r *Rule) answer(f func(Request) Answer) *Rule { return r.set(func() { r.plan.outcome = &f }) }

// Partials sets the events of a stream before the output, each encoded as JSON. The default is the output, twice. On a
// socket they are messages, and the default is none.
func (r *Rule) Partials(vs ...any) *Rule {
	events := make([]any, len(vs))
	for i, v := range vs {
		text, err := json.Marshal(v)
		if err != nil {
			return r.misused("Partials(%T) is no JSON: %w", v, err)
		}
		events[i] = json.RawMessage(text)
	}
	return r.set(func() { r.plan.partials = &events })
}

// Delay delays the start of inputs by d: a run or stream gets no response, and a job stays in queue. If the caller's
// start timeout is shorter, the input fails with it at once (docs/protocol.md, section 4.1).
func (r *Rule) Delay(d time.Duration) *Rule { return r.set(func() { r.plan.delay = &d }) }

// Queue sets the queue positions of a job, starting with its submission. The default is 2, 1, 0.
func (r *Rule) Queue(positions ...int) *Rule {
	positions = slices.Clone(positions)
	return r.set(func() { r.plan.queue = &positions })
}

// Logs sets the log lines of a job, one for each step, in the three formats that fal uses.
func (r *Rule) Logs(lines ...string) *Rule {
	logs := shapeLogs(lines)
	return r.set(func() { r.plan.logs = &logs })
}

// UnknownEnums replaces enum values in outputs by one that the document does not list.
func (r *Rule) UnknownEnums() *Rule {
	return r.set(func() { r.plan.enums = new(struct{}) })
}

// NullFields sets every optional field of outputs to null, as fal does with some.
func (r *Rule) NullFields() *Rule {
	return r.set(func() { r.plan.nulls = new(struct{}) })
}

// At sets a fault for the responses to requests of one kind. If f is an [Answer], the request is not processed. For
// requests without an endpoint, such as uploads, use On("").
func (r *Rule) At(op Op, f Fault) *Rule {
	if a, ok := f.(Answer); ok && a.unusable() != "" {
		return r.misused("At(%s): %s", op, a.unusable())
	}
	return r.set(func() { r.faults[op] = f })
}

// unusable says why an answer cannot be given, or "".
func (a Answer) unusable() string {
	if a.Code < 200 || a.Code > 999 {
		return fmt.Sprintf("%d is no HTTP status of an answer", a.Code)
	}
	if _, err := json.Marshal(a.Body); err != nil {
		return fmt.Sprintf("the body is no JSON: %v", err)
	}
	return ""
}

// matching returns the rules for a request, those that go first first.
func (s *Server) matching(seen Request) []*Rule {
	type candidate struct {
		rule *Rule
		when func(Request) bool
	}
	var limited, lasting []candidate
	s.mu.Lock()
	for _, r := range s.rules {
		switch c := (candidate{r, r.when}); {
		case r.endpoint != "" && r.endpoint != seen.Endpoint:
		case r.left >= 0:
			limited = append(limited, c)
		default:
			lasting = append(lasting, c)
		}
	}
	s.mu.Unlock()
	slices.Reverse(lasting)
	var rules []*Rule
	for _, c := range append(limited, lasting...) {
		if c.when == nil || c.when(seen) { // without the lock: it may ask the server
			rules = append(rules, c.rule)
		}
	}
	return rules
}

// use lets f take from the rules what it needs: it reports whether it did.
func (s *Server) use(rules []*Rule, f func(*Rule) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range rules {
		if r.left != 0 && f(r) && r.left > 0 {
			r.left--
		}
	}
}

// planFor decides how the input of a call fares.
func (s *Server) planFor(c *call) plan {
	var p plan
	s.use(s.matching(s.seen(c)), func(r *Rule) bool { return p.add(&r.plan) })
	if p.outcome == nil && c.unlucky != nil {
		unlucky := func(Request) Answer { return *c.unlucky }
		p.outcome = &unlucky
	}
	return p
}

// add takes over what is not decided yet, and reports whether that was anything.
func (p *plan) add(more *plan) bool {
	used := adopt(&p.outcome, more.outcome)
	used = adopt(&p.partials, more.partials) || used
	used = adopt(&p.delay, more.delay) || used
	used = adopt(&p.queue, more.queue) || used
	used = adopt(&p.logs, more.logs) || used
	used = adopt(&p.enums, more.enums) || used
	return adopt(&p.nulls, more.nulls) || used
}

func adopt[T any](to **T, from *T) bool {
	if *to != nil || from == nil {
		return false
	}
	*to = from
	return true
}

// faultFor decides whether and how the answer to a call is spoiled.
func (s *Server) faultFor(c *call) (fault Fault) {
	s.use(s.matching(s.seen(c)), func(r *Rule) bool {
		if fault != nil || r.faults[c.op] == nil {
			return false
		}
		fault = r.faults[c.op]
		return true
	})
	if fault == nil && c.op.takesInput() && s.config.failRate > 0 {
		fault = s.draw(c)
	}
	return fault
}

// draw casts the lots of WithFailRate: a fault, or a failure for the input, or neither.
func (s *Server) draw(c *call) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rng.Float64() >= s.config.failRate {
		return nil
	}
	if gateway := []Answer{RateLimited(time.Second), BadGateway()}; s.rng.IntN(4) == 0 {
		return gateway[s.rng.IntN(len(gateway))]
	}
	all := Failures()
	c.unlucky = &all[s.rng.IntN(len(all))]
	return nil
}
