package faltest

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// routeQueue: requests about jobs are addressed by the endpoint's app, without a sub-path (docs/protocol.md, section
// 3.2).
func (s *Server) routeQueue(c *call, path string) {
	if c.Method == http.MethodPost {
		c.op, c.endpoint, c.answer = OpSubmit, path, s.submit
		return
	}
	app, rest, _ := strings.Cut(path, "/requests/")
	id, tail, _ := strings.Cut(rest, "/")
	if !strings.Contains(app, "/") || appOf(app) != app || id == "" {
		return
	}
	switch c.Method + " " + tail {
	case "GET ":
		c.op, c.answer = OpResult, s.result
	case "GET status":
		c.op, c.answer = OpStatus, s.status
	case "GET status/stream":
		c.op, c.answer = OpStatusStream, s.statusStream
	case "PUT cancel":
		c.op, c.answer = OpCancel, s.cancel
	default:
		return
	}
	c.app, c.job = app, id
}

// find finds the endpoint that a request is meant for, or returns the refusal.
func (s *Server) find(c *call) (e *endpoint, refusal *Answer) {
	var refused Answer
	if e = s.endpoints.byID[c.endpoint]; e == nil {
		refused = detail(http.StatusNotFound, "Application '%s' not found", c.endpoint)
		return nil, &refused
	}
	if err := e.load(); err != nil {
		refused = detail(http.StatusInternalServerError, "%v", err)
		return nil, &refused
	}
	return e, nil
}

// receive finds the endpoint that a request is meant for and decodes its input, or returns the refusal.
func (s *Server) receive(c *call) (e *endpoint, input any, refusal *Answer) {
	if e, refusal = s.find(c); refusal != nil {
		return nil, nil, refusal
	}
	input, err := decode(c.body)
	if err != nil {
		refused := refuse(notJSON(err))
		return nil, nil, &refused
	}
	return e, input, nil
}

// newJob makes a job of an input. What becomes of the input is settled by then, and only shows later.
func (s *Server) newJob(c *call, e *endpoint, input any) (*job, *plan) {
	id := s.newID(c)
	p := s.planFor(c)
	queue, delay := usualQueue, time.Duration(0)
	if p.queue != nil {
		queue = *p.queue
	}
	if p.delay != nil {
		delay = *p.delay
	}
	j := &job{
		id: id, endpoint: e, logs: usualLogs, submitted: time.Now(), held: delay, step: s.config.step,
		cancelled: make(chan struct{}),
	}
	if p.logs != nil {
		j.logs = *p.logs
	}
	j.stages = newStages(queue, len(j.logs))
	limit, _ := strconv.ParseFloat(c.Header.Get("X-Fal-Request-Timeout"), 64) // it was checked
	if limit > 0 && j.starts().Seconds() > limit {
		j.expired, j.held = true, 0
		j.stages = append(j.stages[:j.queued()], stage{state: completed})
		j.outcome = RequestError("request_timeout").with("X-Fal-Request-Timeout-Type", "user")
	} else {
		j.outcome = s.outcome(c, e, &p, input)
	}
	j.outcome = j.outcome.with("X-Fal-Request-Id", id)
	return j, &p
}

// outcome is what the endpoint makes of an input, sooner or later.
func (s *Server) outcome(c *call, e *endpoint, p *plan, input any) Answer {
	a := Answer{Code: http.StatusOK}
	if p.outcome != nil {
		if a = (*p.outcome)(s.seen(c)); a.failed() {
			return a
		}
	}
	if found := s.refused(e, input); len(found) > 0 {
		return refuse(found...)
	}
	if a.Body == nil {
		a.Body = s.makeOutput(e, input)
	}
	if output, ok := a.Body.(json.RawMessage); ok {
		a.Body = p.shape(e.model.Output, output)
	}
	return a
}

// run answers an input on the connection that it came on (docs/protocol.md, section 5).
func (s *Server) run(c *call) reply {
	e, input, refusal := s.receive(c)
	if refusal != nil {
		return *refusal
	}
	j, _ := s.newJob(c, e, input)
	if !j.expired && !s.sleep(c.Request, j.ends()) {
		return detail(http.StatusServiceUnavailable, "%v", errClosed)
	}
	return j.outcome
}

// submit puts an input into the queue. It is the model that looks at the input, so the queue takes any, and a refusal is
// the job's result (docs/protocol.md, section 6.1).
func (s *Server) submit(c *call) reply {
	e, input, refusal := s.receive(c)
	if refusal != nil {
		return *refusal
	}
	query := c.URL.Query()
	hook := query.Get("fal_webhook")
	if hook != "" && !isHTTP(hook) {
		return detail(http.StatusBadRequest, "fal_webhook is %q, which is no http or https URL", hook)
	}
	j, _ := s.newJob(c, e, input)
	if query.Has("fal_max_queue_length") {
		given := query.Get("fal_max_queue_length")
		longest, err := strconv.Atoi(given)
		if err != nil || longest < 0 {
			return detail(http.StatusBadRequest, "fal_max_queue_length is %q, which is no length", given)
		}
		if n := j.stages[0].position; n > longest {
			return detail(http.StatusTooManyRequests, "There are %d requests in queue, more than %d", n, longest)
		}
	}
	if hook != "" {
		j.step = cmp.Or(j.step, hookStep) // nobody may ever look
		if !s.hooks.begin(s, j, hook) {
			return RateLimited(0)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.jobs.add(j)
	return Answer{Code: http.StatusOK, Body: s.describe(j)}
}

// describe returns the members that each answer about a job's status has.
func (s *Server) describe(j *job) map[string]any {
	url := s.URL + "/queue.fal.run/" + j.endpoint.app + "/requests/" + j.id
	status := map[string]any{
		"status": j.at().state, "request_id": j.id,
		"response_url": url, "status_url": url + "/status", "cancel_url": url + "/cancel",
	}
	if j.at().state == inQueue {
		status["queue_position"] = j.at().position
	}
	return status
}

var notFound = Answer{Code: http.StatusNotFound, Body: map[string]string{"status": "NOT_FOUND"}}

// about answers a request about the job that it names, with f, which holds the server's lock.
func (s *Server) about(c *call, f func(*job) Answer) Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	j := s.jobs.byID[c.job]
	if j == nil || j.endpoint.app != c.app {
		return notFound
	}
	j.move(false)
	return f(j)
}

func (s *Server) status(c *call) reply {
	return s.about(c, func(j *job) Answer { return s.look(c, j, 0) })
}

// look moves a job by one step and tells how it stands, with those of its logs that follow the first told.
func (s *Server) look(c *call, j *job, told int) Answer {
	j.move(true)
	status, code := s.describe(j), http.StatusAccepted
	if j.at().state != inQueue {
		status["logs"] = nil
		if asked := c.URL.Query().Get("logs"); asked == "1" || asked == "true" {
			written := j.logs[:j.at().logs]
			status["logs"] = written[min(told, len(written)):]
		}
	}
	if j.done() {
		code = http.StatusOK
		status["metrics"] = map[string]any{"inference_time": 2.5}
		if text, kind := j.failure(); text != "" {
			status["error"], status["error_type"] = text, kind
		}
	}
	return Answer{Code: code, Body: status}
}

func (s *Server) result(c *call) reply {
	return s.about(c, func(j *job) Answer {
		if !j.done() {
			return detail(http.StatusBadRequest, "Request is still in progress")
		}
		j.fetched = true
		return j.outcome
	})
}

// cancel ends a job: in queue or in progress, the fake can always do so (docs/protocol.md, section 6.5).
func (s *Server) cancel(c *call) reply {
	return s.about(c, func(j *job) Answer {
		if j.done() {
			return Answer{Code: http.StatusBadRequest, Body: map[string]string{"status": "ALREADY_COMPLETED"}}
		}
		j.cancel()
		return Answer{Code: http.StatusAccepted, Body: map[string]string{"status": "CANCELLATION_REQUESTED"}}
	})
}
