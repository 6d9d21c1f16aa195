package faltest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Rule says how the server is to treat the requests that [Server.On] names, or those of them that [Rule.When] and
// [Rule.Times] leave. Its methods return it, so that they chain, and act at once. It is safe for concurrent use.
//
// Where several rules say something about the same matter, those with Times go first, in the order in which they were
// made, and of the others the newest: lasting behaviour can be replaced, and what is to happen once, or one after the
// other, can be put on top.
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

// On makes a rule for the requests about an endpoint, or, with "", for all requests. An id that is not served ends the
// test, or, where there is none, panics.
func (s *Server) On(endpointID string) *Rule {
	if s.t != nil {
		s.t.Helper()
	}
	if endpointID != "" {
		e := s.endpoints.byID[endpointID]
		if e == nil {
			s.misused(fmt.Errorf("faltest: On(%q): it is not served; Server.Endpoints lists what is", endpointID))
		} else if err := e.load(); err != nil {
			s.misused(err)
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

// misused ends the test as the server's does.
func (r *Rule) misused(format string, args ...any) *Rule {
	if r.server.t != nil {
		r.server.t.Helper()
	}
	r.server.misused(fmt.Errorf("faltest: On(%q)."+format, append([]any{r.endpoint}, args...)...))
	return r
}

// When narrows the rule to the requests that f returns true for. f may be called by many goroutines at a time.
func (r *Rule) When(f func(Request) bool) *Rule { return r.set(func() { r.when = f }) }

// Times ends the rule after it has acted on n requests. A rule that is to end is best about one matter.
func (r *Rule) Times(n int) *Rule { return r.set(func() { r.left = max(n, 0) }) }

// Output makes v, encoded as JSON, the output. It is not held against the document.
func (r *Rule) Output(v any) *Rule {
	text, err := json.Marshal(v)
	if err != nil {
		return r.misused("Output(%T) is no JSON: %w", v, err)
	}
	return r.answer(func(Request) Answer { return Answer{Code: http.StatusOK, Body: json.RawMessage(text)} })
}

// OutputFrom makes the output of what f returns for the request, encoded as JSON. f may be called by many goroutines at
// a time.
func (r *Rule) OutputFrom(f func(Request) any) *Rule {
	return r.answer(func(seen Request) Answer {
		text, err := json.Marshal(f(seen))
		if err != nil {
			return detail(http.StatusInternalServerError, "faltest: OutputFrom: %v", err)
		}
		return Answer{Code: http.StatusOK, Body: json.RawMessage(text)}
	})
}

// Fail makes a failure of what the endpoint makes of the input: a run or stream is answered with it, and a job ends in
// it. For failures of the queue itself there is [Rule.At].
func (r *Rule) Fail(a Answer) *Rule {
	if why := a.unusable(); why != "" {
		return r.misused("Fail: %s", why)
	}
	return r.answer(func(Request) Answer { return a })
}

func (r *Rule) answer(f func(Request) Answer) *Rule { return r.set(func() { r.plan.outcome = &f }) }

// Partials makes each of vs, encoded as JSON, an event of a model's stream, before the output. The default is the
// output, twice. On a socket they are messages, and the default is none.
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

// Delay keeps inputs waiting for a runner for d: a run or stream is not answered, and a job stays in queue. Where the
// caller's limit for that is shorter, the input fails with it at once (docs/protocol.md, section 4.1).
func (r *Rule) Delay(d time.Duration) *Rule { return r.set(func() { r.plan.delay = &d }) }

// Queue sets the positions that a job has in queue, the first one as it is submitted. The default is 2, 1, 0.
func (r *Rule) Queue(positions ...int) *Rule {
	positions = slices.Clone(positions)
	return r.set(func() { r.plan.queue = &positions })
}

// Logs sets the lines that a job logs, one a step. They have the three shapes that fal's have.
func (r *Rule) Logs(lines ...string) *Rule {
	logs := shapeLogs(lines)
	return r.set(func() { r.plan.logs = &logs })
}

// UnknownEnums puts into outputs, where the document lists the values that there are, one that it does not list.
func (r *Rule) UnknownEnums() *Rule {
	return r.set(func() { r.plan.enums = new(struct{}) })
}

// NullFields makes every field of outputs null that the document does not require, as fal does with some.
func (r *Rule) NullFields() *Rule {
	return r.set(func() { r.plan.nulls = new(struct{}) })
}

// At spoils the answers to requests of one kind. An [Answer] is a fault too: that request is then not acted on at all.
// Requests that are about no endpoint, such as uploads, are a matter of On("").
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
	if s.lots.Float64() >= s.config.failRate {
		return nil
	}
	if gateway := []Answer{RateLimited(time.Second), BadGateway()}; s.lots.IntN(4) == 0 {
		return gateway[s.lots.IntN(len(gateway))]
	}
	all := Failures()
	c.unlucky = &all[s.lots.IntN(len(all))]
	return nil
}
