package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/generated/falai/rife/video"
)

// smooth is a program of a user's: it knows of the mock by its environment alone.
func smooth() {
	client, err := fal.NewClient()
	if err == nil {
		var res *fal.Result[video.Output]
		in := video.Input{VideoURL: fal.Bytes("video/mp4", []byte("a video"))}
		if res, err = video.New(client).Subscribe(context.Background(), in, fal.PollEvery(time.Millisecond)); err == nil {
			fmt.Println(res.Data.Video.URL)
			return
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// running is falgen mock in a process of its own.
type running struct {
	*exec.Cmd
	env []string // what it tells the shell to export
}

// startMock starts falgen mock and waits until it listens. log is its stderr.
func startMock(dir string, log *os.File, args ...string) (*running, error) {
	cmd := exec.Command("falgen", append([]string{"mock"}, args...)...)
	cmd.Dir, cmd.Stderr = dir, log
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, err
	}
	m := &running{Cmd: cmd}
	for _, name := range []string{"FAL_BASE_URL", "FAL_KEY"} {
		var line string
		if _, err := fmt.Fscanf(out, "export %s\n", &line); err != nil || !strings.HasPrefix(line, name+"=") {
			return nil, fmt.Errorf("told the shell %q: %v, %v", line, err, cmd.Wait())
		}
		m.env = append(m.env, line)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }() // until the process ends
	return m, nil
}

// stop asks it to stop, and returns how it ended.
func (m *running) stop(sig os.Signal) error {
	if err := m.Process.Signal(sig); err != nil {
		return err
	}
	return m.Wait()
}

// mockInScript starts a mock for a script, with its environment and with its stderr in mock.log, or stops it.
func mockInScript(ts *testscript.TestScript, neg bool, args []string) {
	usage := "usage: mock start [FLAG...] | mock stop INT|TERM"
	if neg || len(args) == 0 {
		ts.Fatalf("%s", usage)
	}
	the := ts.Value("mock").(*running)
	switch args[0] {
	case "start":
		log, err := os.Create(ts.MkAbs("mock.log"))
		ts.Check(err)
		defer log.Close()
		m, err := startMock(ts.MkAbs("."), log, args[1:]...)
		ts.Check(err)
		ts.Defer(func() { _ = m.Process.Kill() })
		for _, line := range m.env {
			name, value, _ := strings.Cut(line, "=")
			ts.Setenv(name, value)
		}
		*the = *m
	case "stop":
		ts.Check(the.stop(map[string]os.Signal{"INT": os.Interrupt, "TERM": syscall.SIGTERM}[args[1]]))
	default:
		ts.Fatalf("%s", usage)
	}
}

// TestMockStops: what is being answered is answered, unless it takes too long.
func TestMockStops(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		speed  string
		events int
	}{{"20", 6}, {"0.1", 1}} {
		t.Run(c.speed, func(t *testing.T) {
			t.Parallel()
			log, err := os.Create(t.TempDir() + "/log")
			if err != nil {
				t.Fatal(err)
			}
			defer log.Close()
			m, err := startMock(t.TempDir(), log, "--speed", c.speed)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = m.Process.Kill() })
			base := strings.TrimPrefix(m.env[0], "FAL_BASE_URL=")
			ask := func(method, path, body string) *http.Response {
				req, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				req.Header.Set("Authorization", "Key mock")
				resp, err := http.DefaultClient.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				return resp
			}
			ask("POST", "/queue.fal.run/fal-ai/rife/video", `{"video_url":"u"}`).Body.Close()
			const job = "/queue.fal.run/fal-ai/rife/requests/00000000-0000-4000-8000-000000000001"
			resp := ask("GET", job+"/status/stream", "")
			defer resp.Body.Close()
			if err := m.stop(syscall.SIGTERM); err != nil {
				t.Error(err)
			}
			events := 0
			for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
				if strings.HasPrefix(lines.Text(), "data: ") {
					events++
				}
			}
			if events != c.events {
				t.Errorf("%d events, want %d", events, c.events)
			}
			text, err := os.ReadFile(log.Name())
			if err != nil || !strings.HasSuffix(string(text), "falgen: stopped after 2 requests\n") {
				t.Errorf("the log is %q, %v", text, err)
			}
		})
	}
}
