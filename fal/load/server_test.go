//go:build unix

package load_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/falgen/falgen/fal/faltest"
	_ "github.com/falgen/falgen/internal/testenv"
)

// historyVariable makes this program the server, in a process of its own, so that its CPU and memory do not count. Its
// value is how many jobs the server is to remember.
const historyVariable = "FALGEN_LOAD_HISTORY"

func TestMain(m *testing.M) {
	history, err := strconv.Atoi(os.Getenv(historyVariable))
	if err != nil {
		os.Exit(m.Run())
	}
	s, err := faltest.Start(faltest.WithHistory(history))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(s.URL)
	_, _ = io.Copy(io.Discard, os.Stdin) // until the parent ends
	s.Close()
}

// serve starts the server and returns its URL.
func serve(t *testing.T, history int) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), historyVariable+"="+strconv.Itoa(history),
		"GORACE="+os.Getenv("GORACE")+" atexit_sleep_ms=0") // or the race detector stays a second
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the server did not start: %v", err)
	}
	return strings.TrimSpace(url)
}
