package jsoracle

import "fmt"

// scenario is what the two clients go through: driver.mjs and ours_test.go say how.
type scenario struct {
	name    string
	answers script
}

const (
	runFlux    = "POST fal.run/fal-ai/flux/dev"
	submitFlux = "POST queue.fal.run/fal-ai/flux/dev"
	fluxJob    = "queue.fal.run/fal-ai/flux/requests/r-1"
)

var (
	made      = reply{body: `{"images":[{"url":"https://v3.fal.media/files/x.png"}],"seed":9007199254740991}`}
	queued    = status("IN_QUEUE", `"queue_position":2`)
	running   = status("IN_PROGRESS", `"logs":[{"message":"one","timestamp":"2026-01-01T00:00:00Z"}]`)
	completed = status("COMPLETED", `"logs":[{"message":"one","timestamp":"2026-01-01T00:00:00Z"},`+
		`{"message":"two","timestamp":"2026-01-01T00:00:01Z"}],"metrics":{"inference_time":1.5}`)
	cancelled = reply{code: 202, body: `{"status":"CANCELLATION_REQUESTED"}`}
	tooLate   = reply{code: 400, body: `{"status":"ALREADY_COMPLETED"}`}

	silent = status("IN_PROGRESS", `"logs":null`)
	done   = status("COMPLETED", `"logs":null,"metrics":{"inference_time":1.5}`)
)

// status is the queue's word about the job of fluxJob.
func status(state, rest string) reply {
	code := 202
	if state == "COMPLETED" {
		code = 200
	}
	return reply{code: code, body: about(fluxJob, state, rest)}
}

// ticket is the answer to a submission, about the job at a path.
func ticket(job string) reply { return reply{body: about(job, "IN_QUEUE", `"queue_position":0`)} }

func about(job, state, rest string) string {
	return fmt.Sprintf(`{"status":%q,"request_id":"r-1","response_url":"https://%s","status_url":"https://%[2]s/status",`+
		`"cancel_url":"https://%[2]s/cancel",%s}`, state, job, rest)
}

// failure is an infrastructure failure.
func failure(code int, header map[string]string) reply {
	return reply{code: code, header: header, body: `{"detail":"it did not work","error_type":"internal_error"}`}
}

var userTimeout = map[string]string{"X-Fal-Request-Timeout-Type": "user"}

// refused is what a model says of an input that does not fit.
var refused = reply{code: 422, body: `{"detail":[{"loc":["body","loras",0,"scale"],"msg":"must be less than 4",` +
	`"type":"less_than","ctx":{"lt":4},"input":9},{"loc":["body","prompt"],"msg":"field required","type":"missing"}]}`}

// events is an event stream.
func events(data ...string) reply {
	body := ": welcome\n\n"
	for _, d := range data {
		body += "event: message\ndata: " + d + "\n\n"
	}
	return reply{header: map[string]string{"Content-Type": "text/event-stream; charset=utf-8"}, body: body}
}

// queueCalls are the answers to each call of the queue about an endpoint.
func queueCalls(id, app string) script {
	job := "queue.fal.run/" + app + "/requests/r-1"
	return script{
		"POST queue.fal.run/" + id: {ticket(job)},
		"GET " + job + "/status":   {queued},
		"PUT " + job + "/cancel":   {cancelled},
		"GET " + job:               {made},
	}
}

// followed are the answers to a submission and what comes after it, up to the result.
func followed(at string, replies ...reply) script {
	return script{submitFlux: {ticket(fluxJob)}, "GET " + fluxJob + at: replies, "GET " + fluxJob: {made}}
}

func answers(line string, replies ...reply) script { return script{line: replies} }

var submitted = answers(submitFlux, ticket(fluxJob))

var scenarios = []scenario{
	{"run", answers(runFlux, made)},
	{"run with an empty input", answers(runFlux, made)},
	{"run with a start timeout", answers(runFlux, made)},
	{"run with an output lifecycle", answers(runFlux, made)},
	{"run a workflow", answers("POST fal.run/workflows/me/flow", made)},
	{"run an old id", answers("POST fal.run/12345/my-app", made)},
	{"run with blobs", answers(runFlux, made)},

	{"run refused with 422", answers(runFlux, refused)},
	{"run refused with 429", answers(runFlux, failure(429, nil), made)},
	{"run refused with 503", answers(runFlux, failure(503, nil), failure(400, nil))},
	{"run not started in time", answers(runFlux, failure(504, userTimeout))},
	{"submit refused with 502", answers(submitFlux, failure(502, nil), failure(400, nil))},
	{"status after 500", answers("GET "+fluxJob+"/status", failure(500, nil), queued)},
	{"status after 503", answers("GET "+fluxJob+"/status", failure(503, nil), queued)},
	{"result after 504", answers("GET "+fluxJob, failure(504, nil), made)},
	{"result of a failed job", answers("GET "+fluxJob, refused)},
	{"cancel after 502", answers("PUT "+fluxJob+"/cancel", failure(502, nil), cancelled)},
	{"cancel a finished job", answers("PUT "+fluxJob+"/cancel", tooLate)},

	{"submit", submitted},
	{"submit with options", submitted},
	{"submit with every option", submitted},
	{"submit with blobs", submitted},
	{"queue calls", queueCalls("fal-ai/flux", "fal-ai/flux")},
	{"queue calls with a path", queueCalls("fal-ai/kling-video/v2/master/text-to-video", "fal-ai/kling-video")},
	{"queue calls of a workflow", queueCalls("workflows/me/flow", "workflows/me/flow")},
	{"queue calls of a workflow with a path", queueCalls("workflows/me/flow/v2", "workflows/me/flow")},
	{"queue calls of comfy", queueCalls("comfy/me/graph", "comfy/me/graph")},
	{"queue calls of an old id", queueCalls("12345/my-app", "12345/my-app")},
	{"status with logs", answers("GET "+fluxJob+"/status", running)},

	{"subscribe", followed("/status", queued, silent, done)},
	{"subscribe with logs", followed("/status", queued, running, completed)},
	// The events of a stream bring the logs that are new; the answers to polls bring all.
	{"subscribe by stream", followed("/status/stream", events(queued.body, running.body,
		status("COMPLETED", `"logs":[{"message":"two","timestamp":"2026-01-01T00:00:01Z"}]`).body))},

	{"stream", answers(runFlux+"/stream", events(`{"n":1}`, `{"n":2,"text":"a\nb"}`, `{"n":3}`))},
	{"stream of an id that says so", answers("POST fal.run/fal-ai/any-llm/stream", events(`{"n":1}`))},
	{"stream of a workflow", answers("POST fal.run/workflows/me/flow/stream", events(`{"type":"output","output":{}}`))},
	{"stream with blobs", answers(runFlux+"/stream", events(`{"n":1}`))},
	{"stream refused with 422", answers(runFlux+"/stream", refused)},

	{"upload", nil},
	{"upload without a type", nil},
	{"upload of a named file", nil},
	{"upload of a reader", nil},
	{"upload with a lifecycle", nil},
	{"upload in parts", nil},
	{"upload in parts after 503", answers("PUT v3.fal.media/parts/mp4/3", failure(503, nil))},
	{"upload after 503", answers("PUT v3.fal.media/whole/png", failure(503, nil), failure(400, nil))},
}
