package faltest

import (
	"fmt"
	"slices"
	"time"
)

// job is an input on its way to what becomes of it. Those in the queue are under the server's lock.
type job struct {
	id       string
	endpoint *endpoint
	stages   []stage
	logs     []any
	outcome  Answer
	expired  bool // nobody started it within the caller's limit

	stage     int // the index in stages
	submitted time.Time
	held      time.Duration // how long no runner takes it
	step      time.Duration // how long a stage lasts; 0 where jobs move by looks
	cancelled chan struct{} // closed by cancel
	fetched   bool          // someone has seen the outcome
}

// stage is where a job stands between two steps.
type stage struct {
	state    string
	position int // in queue
	logs     int // how many of the job's logs are written
}

const (
	inQueue    = "IN_QUEUE"
	inProgress = "IN_PROGRESS"
	completed  = "COMPLETED"
)

// newStages returns the stages of a job: one for each position in queue, at least one, and one for each line of its
// logs, at least one in progress and the last one completed.
func newStages(positions []int, logs int) []stage {
	var stages []stage
	if len(positions) == 0 {
		positions = []int{0}
	}
	for _, p := range positions {
		stages = append(stages, stage{state: inQueue, position: p})
	}
	stages = append(stages, stage{state: inProgress, logs: min(logs, 1)})
	for n := 2; n < logs; n++ {
		stages = append(stages, stage{state: inProgress, logs: n})
	}
	return append(stages, stage{state: completed, logs: logs})
}

var (
	usualQueue = []int{2, 1, 0}
	usualLogs  = shapeLogs([]string{"Loading the model", "Working", "Done"})
)

// shapeLogs makes log entries in the three shapes that fal's clients have met (docs/protocol.md, section 6.2).
func shapeLogs(lines []string) []any {
	logs := []any{}
	for i, line := range lines {
		entry := map[string]any{
			"message": line, "timestamp": time.Date(2026, 1, 1, 0, 0, i, 0, time.UTC).Format(time.RFC3339),
		}
		switch i % 3 {
		case 0:
			entry["level"], entry["source"] = "INFO", "USER"
		case 1:
			entry["labels"] = map[string]any{"level": "STDERR", "source": "USER"}
		}
		logs = append(logs, entry)
	}
	return logs
}

func (j *job) at() stage  { return j.stages[j.stage] }
func (j *job) done() bool { return j.at().state == completed }

// queued returns how many of the stages are in queue.
func (j *job) queued() int {
	n := 0
	for j.stages[n].state == inQueue {
		n++
	}
	return n
}

// leaves returns how long after its submission a job leaves a stage, as far as that is a matter of time.
func (j *job) leaves(stage int) time.Duration {
	last := j.queued() - 1
	if stage < last {
		return time.Duration(stage+1) * j.step
	}
	return max(time.Duration(last+1)*j.step, j.held) + time.Duration(stage-last)*j.step
}

// starts and ends are how long after its submission a job leaves the queue, and is completed.
func (j *job) starts() time.Duration { return j.leaves(j.queued() - 1) }
func (j *job) ends() time.Duration   { return j.leaves(len(j.stages) - 2) }

// move brings the job to where it is by now. Someone has looked at it, which moves it by one step unless time does.
func (j *job) move(looked bool) {
	since := time.Since(j.submitted)
	for !j.done() && since >= j.leaves(j.stage) && (j.step > 0 || looked) {
		j.stage++
		looked = false
	}
}

// next returns how long it takes until the job leaves its stage, at least.
func (j *job) next() time.Duration { return j.leaves(j.stage) - time.Since(j.submitted) }

// cancel ends a job that is not done.
func (j *job) cancel() {
	j.stage = len(j.stages) - 1
	j.outcome = Answer{Code: 499, Body: map[string]string{ // client closed request
		"detail": "The request was cancelled", "error_type": "client_cancelled",
	}}.with("X-Fal-Error-Type", "client_cancelled").with("X-Fal-Request-Id", j.id)
	close(j.cancelled)
}

// failure returns what the job's status says went wrong, and fal's word for it, or "".
func (j *job) failure() (text, kind string) {
	if !j.outcome.failed() {
		return "", ""
	}
	if text, kind = j.outcome.explain(); text != "" && kind != "" {
		return text, kind
	}
	return fmt.Sprintf("Invalid status code: %d", j.outcome.Code), j.outcome.generalKind()
}

// jobs is the newest jobs.
type jobs struct {
	byID  map[string]*job
	order []*job
	limit int
}

func newJobs(limit int) jobs { return jobs{byID: map[string]*job{}, limit: limit} }

// add remembers a job, at the cost of one whose result was fetched, if there is any: nobody should miss that.
func (all *jobs) add(j *job) {
	all.byID[j.id] = j
	all.order = append(all.order, j)
	if len(all.order) <= all.limit {
		return
	}
	i := max(slices.IndexFunc(all.order, func(j *job) bool { return j.fetched }), 0)
	delete(all.byID, all.order[i].id)
	all.order = slices.Delete(all.order, i, i+1)
}
