package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/generated/falai/rife/video"
)

var soakCalls = flag.Int("soak", 600, "`calls` of TestSoak")

const soakAtOnce = 200

// TestSoak: of many calls at a time, a tenth of which fail, each ends as the mock says that it ended, and neither side
// keeps anything of them. The long run, with figures: go test ./cmd/falgen -run Soak -soak 10000 -v
func TestSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds falgen and calls it hundreds of times")
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "falgen")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	m, err := startMock(program, dir, log, "--speed", "0", "--fail", "0.1", "--seed", "1")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Process.Kill() })
	files := m.openFiles()
	before := runtime.NumGoroutine()

	c := newCaller(t, strings.TrimPrefix(m.env[0], "FAL_BASE_URL="))
	start := time.Now()
	var memory [3]int // KiB, after each third
	for third := range memory {
		c.callAll(t.Context(), *soakCalls*third/3, *soakCalls*(third+1)/3)
		memory[third] = m.residentKiB()
	}
	took := time.Since(start)
	c.transport.CloseIdleConnections()
	for range 200 {
		if runtime.NumGoroutine() <= before && m.openFiles() <= files {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines in the client before, %d after", before, n)
	}
	if n := m.openFiles(); n > files {
		t.Errorf("%d files open in the mock before, %d after", files, n)
	}
	if grown := memory[2] - memory[0]; grown > 24<<10 {
		t.Errorf("the mock has grown by %d KiB since the first third", grown)
	}
	_ = m.stop(syscall.SIGQUIT) // which makes Go list the goroutines
	text, err := os.ReadFile(log.Name())
	if err != nil {
		t.Fatal(err)
	}
	lines, stacks, _ := strings.Cut(string(text), "SIGQUIT")
	goroutines := strings.Count(stacks, "\ncreated by ") - strings.Count(stacks, "\ncreated by runtime.")
	if goroutines < 1 || goroutines > 5 { // one listens, and a few wait for signals
		t.Errorf("%d goroutines in the mock:\n%s", goroutines, stacks)
	}
	requests, told := answersIn(lines)
	if diff := cmp.Diff(told, c.ended); diff != "" {
		t.Errorf("how the calls ended (-mock +client)\n%s", diff)
	}
	failed := 0
	for ending, n := range c.ended {
		if !strings.HasSuffix(ending, " 200") {
			failed += n
		}
	}
	if failed < *soakCalls/20 || failed > *soakCalls/5 {
		t.Errorf("%d of %d calls failed", failed, *soakCalls)
	}
	t.Logf("%d calls, %d at a time, %d failed; %d requests in %v; mock: %d KiB after each third, %d goroutines in the end",
		*soakCalls, soakAtOnce, failed, requests, took.Round(time.Millisecond), memory, goroutines)
}

// answersIn counts the requests of a log, and how those ended that end a call: by operation, id and status.
func answersIn(log string) (requests int, ended map[string]int) {
	ended = map[string]int{}
	line := regexp.MustCompile(`(?m)^(?:GET|POST|PUT)  +([a-z ]+?)  +\S+  +(\S+)  (\w+)  \S+$`)
	for _, m := range line.FindAllStringSubmatch(log, -1) {
		requests++
		switch op, id, status := m[1], m[2], m[3]; {
		case op == "run", op == "stream", op == "result", op == "download", op == "submit" && status != "200":
			ended[op+" "+id+" "+status]++
		}
	}
	return requests, ended
}

// caller calls the mock, and counts how that ends.
type caller struct {
	t         *testing.T
	client    *fal.Client
	transport *http.Transport
	rife      *video.Client

	mu    sync.Mutex
	ended map[string]int // as answersIn does
}

func newCaller(t *testing.T, base string) *caller {
	transport := &http.Transport{MaxIdleConnsPerHost: soakAtOnce}
	client, err := fal.NewClient(fal.WithBaseURL(base), fal.WithKey("mock"), fal.WithRetry(fal.RetryPolicy{}),
		fal.WithHTTPClient(&http.Client{Transport: transport}))
	if err != nil {
		t.Fatal(err)
	}
	return &caller{t: t, client: client, transport: transport, rife: video.New(client), ended: map[string]int{}}
}

// callAll makes the calls from number from up to number to.
func (c *caller) callAll(ctx context.Context, from, to int) {
	var group sync.WaitGroup
	turns := make(chan struct{}, soakAtOnce)
	for i := from; i < to; i++ {
		turns <- struct{}{}
		group.Go(func() {
			defer func() { <-turns }()
			c.call(ctx, i)
		})
	}
	group.Wait()
}

func (c *caller) call(ctx context.Context, i int) {
	in := video.Input{VideoURL: fal.URL("https://example.com/" + strconv.Itoa(i))}
	switch i % 4 {
	case 0:
		res, err := c.rife.Subscribe(ctx, in, fal.WithPollInterval(time.Millisecond))
		c.note("result", res, err)
	case 1:
		res, err := c.rife.Run(ctx, in)
		c.note("run", res, err)
	case 2:
		var last *fal.Result[video.Output]
		var err error
		for last, err = range c.rife.Stream(ctx, in) {
		}
		c.note("stream", last, err)
	case 3:
		content := bytes.Repeat([]byte(strconv.Itoa(i)), 1000)
		file, err := c.client.Upload(ctx, fal.Bytes("video/mp4", content))
		var back bytes.Buffer
		if err == nil {
			_, err = fal.Download(ctx, file.String(), &back, fal.WithClient(c.client))
		}
		if err != nil || !bytes.Equal(back.Bytes(), content) {
			c.t.Errorf("call %d: %d bytes came back of %d, %v", i, back.Len(), len(content), err)
		}
		c.count("download", "", 200)
	}
}

// note counts a call that ended in a result, or in an error of fal's.
func (c *caller) note(op string, res *fal.Result[video.Output], err error) {
	if err == nil && res != nil && res.Data.Video.URL != "" {
		c.count(op, res.RequestID, 200)
		return
	}
	var failed *fal.APIError
	if !errors.As(err, &failed) {
		c.t.Errorf("%s: %+v, %v", op, res, err)
		return
	}
	if op == "result" && failed.Method == "POST" {
		op = "submit"
	}
	c.count(op, failed.RequestID, failed.StatusCode)
}

func (c *caller) count(op, id string, status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended[fmt.Sprint(op, " ", shortID(id), " ", status)]++
}

// residentKiB is how much memory the mock has, or 0 where the system does not tell.
func (m *running) residentKiB() int {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", m.Process.Pid))
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	n := 0
	_, _ = fmt.Sscan(rest, &n)
	return n
}

// openFiles is how many files and connections the mock has open, or 0 where the system does not tell.
func (m *running) openFiles() int {
	files, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", m.Process.Pid))
	return len(files)
}
