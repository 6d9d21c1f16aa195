package faltest

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"time"
)

// events is an answer in server-sent events: each value is the JSON of one.
type events struct {
	header http.Header
	values iter.Seq[any]
}

func (e events) write(w http.ResponseWriter, _ *http.Request) {
	maps.Copy(w.Header(), e.header)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	out := http.NewResponseController(w)
	_ = out.Flush() // the client may be waiting for the head
	for v := range e.values {
		text, err := json.Marshal(v)
		if err != nil {
			return
		}
		if _, err := fmt.Fprintf(w, "data: %s\n\n", text); err != nil {
			return
		}
		_ = out.Flush()
	}
}

// stream answers an input with partial outputs, and the output as the last of them (docs/protocol.md, section 10).
func (s *Server) stream(c *call) reply {
	e, input, refusal := s.receive(c)
	if refusal != nil {
		return *refusal
	}
	j, p := s.newJob(c, e, input)
	if !j.expired && !s.sleep(c.Request, j.starts()) {
		return detail(http.StatusServiceUnavailable, "%v", errClosed)
	}
	if j.outcome.failed() {
		return j.outcome
	}
	values := []any{j.outcome.Body, j.outcome.Body}
	if p.partials != nil {
		values = *p.partials
	}
	return events{j.outcome.Header, func(yield func(any) bool) {
		for _, v := range values {
			if !yield(v) || !s.sleep(c.Request, j.step) {
				return
			}
		}
		yield(j.outcome.Body)
	}}
}

// statusStream tells how a job moves on, a step an event, until it is completed. Unlike those of a status, the logs of
// an event are the new ones alone (docs/protocol.md, section 6.3).
func (s *Server) statusStream(c *call) reply {
	told, wait, done := 0, time.Duration(0), false
	look := func() Answer {
		return s.about(c, func(j *job) Answer {
			a := s.look(c, j, told)
			told, wait, done = j.at().logs, j.next(), j.done()
			return a
		})
	}
	first := look()
	if first.failed() {
		return first
	}
	return events{http.Header{"X-Fal-Request-Id": {c.job}}, func(yield func(any) bool) {
		for a := first; !a.failed(); a = look() {
			if !yield(a.Body) || done || !s.sleep(c.Request, wait) {
				return
			}
		}
	}}
}
