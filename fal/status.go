package fal

import (
	"bytes"
	"cmp"
	"encoding/json"
)

// State is the state of a job. A job may go back from in progress to in queue when fal retries it.
type State string

// The states of a job.
const (
	StateInQueue    State = "IN_QUEUE"
	StateInProgress State = "IN_PROGRESS"
	StateCompleted  State = "COMPLETED"
)

// Done reports whether the job is finished, in success or in failure.
func (s State) Done() bool { return s == StateCompleted }

// Status is what fal's queue says about a job at one moment.
type Status struct {
	State         State
	RequestID     string
	QueuePosition int   // how many jobs are ahead, while in queue
	Logs          []Log // from the start of the job on, where they were asked for
	Metrics       Metrics
	Error         string          // what went wrong, once a job has failed: there is no state for that
	ErrorType     string          // fal's name for it, such as "runner_disconnected"
	Raw           json.RawMessage // the answer as it came
}

// Failed reports whether the job finished in failure.
func (s Status) Failed() bool { return s.State.Done() && (s.Error != "" || s.ErrorType != "") }

// Metrics holds measurements of a finished job.
type Metrics struct {
	InferenceTime float64         // in seconds; 0 where fal does not tell
	Raw           json.RawMessage // all of them
}

// Log is a log line of a job. Only Message is always set.
type Log struct {
	Message   string
	Level     string // such as "INFO" or "STDERR"
	Source    string
	Timestamp string // as it came: RFC 3339, as a rule
}

// UnmarshalJSON decodes fal's answer. Only the state matters to those who wait, so nothing else, missing, null or of
// another type than expected, is an error.
func (s *Status) UnmarshalJSON(data []byte) error { return s.read(bytes.Clone(data)) }

// read is UnmarshalJSON of data that nobody changes. Those who look at thousands of jobs call it themselves: going
// through json.Unmarshal reads all of it twice as often.
func (s *Status) read(data []byte) error {
	var wire struct {
		Status        State           `json:"status"`
		RequestID     string          `json:"request_id"`
		QueuePosition int             `json:"queue_position"`
		Logs          json.RawMessage `json:"logs"`
		Metrics       json.RawMessage `json:"metrics"`
		Error         json.RawMessage `json:"error"`
		ErrorType     string          `json:"error_type"`
	}
	var metrics struct {
		InferenceTime float64 `json:"inference_time"`
	}
	if err := lenient(data, &wire); err != nil {
		return err
	}
	*s = Status{
		State:         wire.Status,
		RequestID:     wire.RequestID,
		QueuePosition: wire.QueuePosition,
		Error:         textOf(wire.Error),
		ErrorType:     wire.ErrorType,
		Raw:           data,
	}
	if s.Error == "" && len(wire.Error) > 0 && !isNull(wire.Error) && string(wire.Error) != `""` {
		s.Error = excerpt(wire.Error, 1000)
	}
	if len(wire.Logs) > 0 {
		_ = lenient(wire.Logs, &s.Logs)
	}
	if len(wire.Metrics) > 0 && !isNull(wire.Metrics) {
		_ = lenient(wire.Metrics, &metrics)
		s.Metrics = Metrics{InferenceTime: metrics.InferenceTime, Raw: wire.Metrics}
	}
	return nil
}

// UnmarshalJSON decodes the shapes that logs have: level and source beside the message, under labels, or absent.
func (l *Log) UnmarshalJSON(data []byte) error {
	type place struct {
		Level  string `json:"level"`
		Source string `json:"source"`
	}
	var wire struct {
		Message   string `json:"message"`
		Timestamp string `json:"timestamp"`
		place
		Labels place `json:"labels"`
	}
	if err := lenient(data, &wire); err != nil {
		return err
	}
	*l = Log{
		Message:   cmp.Or(wire.Message, textOf(data)),
		Level:     cmp.Or(wire.Level, wire.Labels.Level),
		Source:    cmp.Or(wire.Source, wire.Labels.Source),
		Timestamp: wire.Timestamp,
	}
	return nil
}
