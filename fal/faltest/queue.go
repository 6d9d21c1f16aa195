package faltest

import (
	"fmt"
	"net/http"
)

// job is a request in the queue.
type job struct {
	id      string
	app     string
	stage   int // the index in stages
	outcome answer
	failure string // why it failed, or ""
	kind    string // of the failure
}

// stage is where a job stands between two looks at its status.
type stage struct {
	state    string
	position int // in queue
	logs     int // how many of the job's logs are written
}

var stages = []stage{
	{state: "IN_QUEUE", position: 2}, // as submitted
	{state: "IN_QUEUE", position: 1},
	{state: "IN_QUEUE", position: 0},
	{state: "IN_PROGRESS", logs: 1},
	{state: "IN_PROGRESS", logs: 2},
	{state: "COMPLETED", logs: 3},
}

// logs are in the three shapes that fal's clients have met.
var logs = []any{
	map[string]any{"message": "Loading the model", "timestamp": "2026-01-01T00:00:00Z", "level": "INFO", "source": "USER"},
	map[string]any{"message": "Working", "timestamp": "2026-01-01T00:00:01Z",
		"labels": map[string]any{"level": "STDERR", "source": "USER"}},
	map[string]any{"message": "Done", "timestamp": "2026-01-01T00:00:02Z"},
}

func (j *job) done() bool { return j.stage == len(stages)-1 }

// cancel ends a job that is not done.
func (j *job) cancel() {
	j.stage = len(stages) - 1
	j.failure, j.kind = "The request was cancelled", "client_cancelled"
	j.outcome = answer{
		code:   499, // client closed request
		body:   map[string]string{"detail": j.failure, "error_type": j.kind},
		header: map[string]string{"X-Fal-Request-Id": j.id, "X-Fal-Error-Type": j.kind},
	}
}

// describe returns the members that each answer about a job's status has.
func (s *Server) describe(j *job) map[string]any {
	url := s.URL + "/queue.fal.run/" + j.app + "/requests/" + j.id
	at := stages[j.stage]
	status := map[string]any{
		"status": at.state, "request_id": j.id,
		"response_url": url, "status_url": url + "/status", "cancel_url": url + "/cancel",
	}
	if at.state == "IN_QUEUE" {
		status["queue_position"] = at.position
	}
	return status
}

func (s *Server) submit(r *http.Request, body []byte) answer {
	e, input, refusal := s.receive(r, body)
	if refusal != nil {
		return *refusal
	}
	j := &job{id: s.newID(), app: e.app}
	// It is the model that looks at the input, so the queue takes any, and a refusal is the job's result.
	if j.outcome = e.answer(j.id, input); j.outcome.code != http.StatusOK {
		j.failure, j.kind = fmt.Sprintf("Invalid status code: %d", j.outcome.code), "bad_request"
	}
	submitted := answer{code: http.StatusOK, body: s.describe(j)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.jobs[j.id] = j
	return submitted
}

// about answers a request about the job that it names, with f, which holds the server's lock.
func (s *Server) about(r *http.Request, f func(*job) answer) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	j := s.jobs[r.PathValue("request")]
	if j == nil || j.app != r.PathValue("owner")+"/"+r.PathValue("app") {
		return answer{code: http.StatusNotFound, body: map[string]string{"status": "NOT_FOUND"}}
	}
	return f(j)
}

func (s *Server) status(r *http.Request, _ []byte) answer {
	return s.about(r, func(j *job) answer {
		if !j.done() {
			j.stage++
		}
		at, status := stages[j.stage], s.describe(j)
		if at.state != "IN_QUEUE" {
			status["logs"] = nil
			if asked := r.URL.Query().Get("logs"); asked == "1" || asked == "true" {
				status["logs"] = logs[:at.logs]
			}
		}
		if !j.done() {
			return answer{code: http.StatusAccepted, body: status}
		}
		status["metrics"] = map[string]any{"inference_time": 2.5}
		if j.failure != "" {
			status["error"], status["error_type"] = j.failure, j.kind
		}
		return answer{code: http.StatusOK, body: status}
	})
}

func (s *Server) result(r *http.Request, _ []byte) answer {
	return s.about(r, func(j *job) answer {
		if !j.done() {
			return detail(http.StatusBadRequest, "Request is still in progress")
		}
		return j.outcome
	})
}

func (s *Server) cancel(r *http.Request, _ []byte) answer {
	return s.about(r, func(j *job) answer {
		if j.done() {
			return answer{code: http.StatusBadRequest, body: map[string]string{"status": "ALREADY_COMPLETED"}}
		}
		j.cancel()
		return answer{code: http.StatusAccepted, body: map[string]string{"status": "CANCELLATION_REQUESTED"}}
	})
}
