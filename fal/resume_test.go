package fal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/falgen/falgen/fal"
)

// The test binary runs itself with these in the environment, to be another process; see TestMain.
const (
	processVariable = "FALGEN_TEST_PROCESS"
	serverVariable  = "FALGEN_TEST_SERVER"
)

var processes = map[string]func(in io.Reader, out io.Writer) error{"submit": submitAndLeave, "resume": resumeAndFinish}

// otherEndpoint is that of a process of its own, with a client of its own.
func otherEndpoint() (*fal.Endpoint[input, output], error) {
	c, err := fal.NewClient(fal.WithKey(testKey), fal.WithBaseURL(os.Getenv(serverVariable)))
	return fal.NewEndpoint[input, output](c, "fal-ai/flux/dev"), err
}

// submitAndLeave writes down the job that it has submitted, and forgets it.
func submitAndLeave(_ io.Reader, out io.Writer) error {
	e, err := otherEndpoint()
	if err != nil {
		return err
	}
	job, err := e.Submit(ctx, input{"p"})
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(job)
}

// resumeAndFinish reads the job that another process has submitted and waits for its result.
func resumeAndFinish(in io.Reader, out io.Writer) error {
	e, err := otherEndpoint()
	if err != nil {
		return err
	}
	saved, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	job, err := e.Resume(saved)
	if err != nil {
		return err
	}
	res, err := job.Wait(ctx, fast())
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(res.Data)
}

// inAnotherProcess runs one of the processes to its end and returns what it has written.
func inAnotherProcess(t *testing.T, name string, f *fake, in string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self)
	cmd.Env = append(os.Environ(), processVariable+"="+name, serverVariable+"="+f.URL,
		"GORACE="+os.Getenv("GORACE")+" atexit_sleep_ms=0") // or the race detector stays a second
	cmd.Stdin = strings.NewReader(in)
	var failure bytes.Buffer
	cmd.Stderr = &failure
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("the process that is to %s: %v\n%s", name, err, failure.String())
	}
	return string(out)
}

// TestAJobGoesOnInAnotherProcess hands a job from one process to the next as JSON (docs/protocol.md, section 6.1).
func TestAJobGoesOnInAnotherProcess(t *testing.T) {
	const at = "/queue.fal.run/fal-ai/flux/requests/r-1"
	f := newFake(t, script{
		"POST " + queue + "/dev": {{Do: func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, `{"request_id":"r-1","response_url":"http://%s/response"}`, r.Host+at)
		}}},
		"GET " + at + "/status": {{Code: 202, Body: `{"status":"IN_QUEUE"}`}, {Code: 202, Body: `{"status":"IN_PROGRESS"}`},
			{Body: `{"status":"COMPLETED"}`}},
		"GET " + at + "/response": {{Body: `{"text":"hi"}`}}, // not what a client would make up: it is from the JSON
	})

	saved := inAnotherProcess(t, "submit", f, "")
	if got := f.seen(); !slices.Equal(got, []string{"POST " + queue + "/dev"}) {
		t.Errorf("the first process asked %q", got)
	}
	if strings.Contains(saved, "key-id") || strings.Contains(saved, "key-secret") {
		t.Errorf("the key is in the job: %s", saved)
	}
	if got := inAnotherProcess(t, "resume", f, saved); got != `{"text":"hi"}`+"\n" {
		t.Errorf("the second process got %s", got)
	}
	look := "GET " + at + "/status?logs=0"
	if got, want := f.seen()[1:], []string{look, look, look, "GET " + at + "/response"}; !slices.Equal(got, want) {
		t.Errorf("the second process asked %q, want %q", got, want)
	}
}

func TestResumeRefuses(t *testing.T) {
	e := fal.NewEndpoint[input, output](newClient(t), "fal-ai/flux")
	for _, saved := range []string{``, `{`, `[]`, `{"request_id":1}`, "<html>"} {
		_, err := e.Resume([]byte(saved))
		var unreadable *fal.DecodeError
		if !errors.As(err, &unreadable) || string(unreadable.Raw) != saved {
			t.Errorf("%q: %v", saved, err)
		}
	}
	for saved, kind := range map[string]string{
		`{}`:   "request",
		`null`: "request",
		`{"endpoint_id":"fal-ai/flux","request_id":"../x"}`: "request",
		`{"endpoint_id":"fal-ai/other","request_id":"r-1"}`: "endpoint",
	} {
		_, err := e.Resume([]byte(saved))
		var invalid *fal.InvalidIDError
		if !errors.As(err, &invalid) || invalid.Kind != kind {
			t.Errorf("%s: %v", saved, err)
		}
	}
}
