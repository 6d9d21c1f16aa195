package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/faltest"
	"github.com/falgen/falgen/generated/falai/rife/video"
)

// smooth is a program of a user's: it knows of the mock by its environment alone.
func smooth() {
	client, err := fal.NewClient()
	if err == nil {
		var res *fal.Result[video.Output]
		in := video.Input{VideoURL: fal.Bytes("video/mp4", []byte("a video"))}
		if res, err = video.New(client).Subscribe(context.Background(), in, fal.WithPollInterval(time.Millisecond)); err == nil {
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

// startMock starts program as falgen mock and waits until it listens. log is its stderr.
func startMock(program, dir string, log *os.File, args ...string) (*running, error) {
	cmd := exec.Command(program, append([]string{"mock"}, args...)...)
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
			_ = cmd.Process.Kill()
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
		m, err := startMock("falgen", ts.MkAbs("."), log, args[1:]...)
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
			m, err := startMock("falgen", t.TempDir(), log, "--speed", c.speed)
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

// TestMockAddress: the URL has the host that was named, and it can be reached by it.
func TestMockAddress(t *testing.T) {
	for given, host := range map[string]string{
		"127.0.0.1:0": "127.0.0.1", "localhost:0": "localhost", "0.0.0.0:0": "127.0.0.1", "[::1]:0": "::1",
	} {
		l, address, err := listen(given)
		if given == "[::1]:0" && err != nil {
			continue // a machine without IPv6
		}
		if err != nil {
			t.Errorf("%s: %v", given, err)
			continue
		}
		_, port, _ := net.SplitHostPort(l.Addr().String())
		if want := "http://" + net.JoinHostPort(host, port); address != want {
			t.Errorf("%s: %s, want %s", given, address, want)
		}
		if conn, err := net.Dial("tcp", strings.TrimPrefix(address, "http://")); err != nil {
			t.Errorf("%s: %v", given, err)
		} else {
			_ = conn.Close()
		}
		_ = l.Close()
	}
}

// TestMockLog: a line tells what was asked and answered, and nothing of a stranger's gets at the terminal.
func TestMockLog(t *testing.T) {
	const id = "00000000-0000-4000-8000-00000000002a"
	for want, r := range map[string]faltest.Request{
		"POST  submit          fal-ai/x      ...002a  \x1b[32m200\x1b[0m  1.2ms": {
			Method: "POST", Op: "submit", Endpoint: "fal-ai/x", RequestID: id, Status: 200, Duration: 1234567,
		},
		"-     realtime        fal-ai/x      ...002a  \x1b[33m422\x1b[0m  12µs": {
			Op: "realtime", Endpoint: "fal-ai/x", RequestID: id, Status: 422, Duration: 12345,
		},
		"GET   -               a?b?[31m?%?         -  \x1b[31mcut\x1b[0m  1.23s": {
			Method: "GET", Path: "a\nb\x1b[31m\u202e% ", Duration: 1234 * time.Millisecond,
		},
		"GET   result          queue           ...??  \x1b[31m500\x1b[0m  1µs": {
			Method: "GET", Op: "result", Path: "queue", RequestID: "\x07 ", Status: 500, Duration: 1000,
		},
		"GET   -               " + strings.Repeat("é", 97) + "...        -  \x1b[33m404\x1b[0m  1µs": {
			Method: "GET", Path: strings.Repeat("é", 1<<20), Status: 404, Duration: 1000,
		},
	} {
		var b strings.Builder
		(&mockLog{w: &b, colour: true, width: 12}).request(r)
		if b.String() != want+"\n" {
			t.Errorf("got  %q\nwant %q", b.String(), want+"\n")
		}
	}
}
