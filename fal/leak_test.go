package fal_test

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	_ "github.com/falgen/falgen/internal/testenv"
)

func TestMain(m *testing.M) {
	if do := processes[os.Getenv(processVariable)]; do != nil {
		if err := do(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	if left := leftBehind(nil, http.DefaultClient.CloseIdleConnections); code == 0 && left != "" {
		fmt.Println("goroutines are left when all tests are done:\n" + left)
		code = 1
	}
	os.Exit(code)
}

// ours tells the goroutines of package fal, and of the connections that it made, from those of tests and servers.
var ours = regexp.MustCompile(`falgen/fal\.|net/http\.\(\*(persistConn|Transport)\)`)

// clientGoroutines returns the stacks of the client's goroutines, by their first line without the state.
func clientGoroutines() map[string]string {
	buf := make([]byte, 64<<10)
	n := runtime.Stack(buf, true)
	for n == len(buf) {
		buf = make([]byte, 2*len(buf))
		n = runtime.Stack(buf, true)
	}
	stacks := map[string]string{}
	for _, stack := range strings.Split(string(buf[:n]), "\n\n") {
		name, _, _ := strings.Cut(stack, " [")
		if ours.MatchString(stack) {
			stacks[name] = stack
		}
	}
	return stacks
}

// leftBehind returns the stacks of the client's goroutines that were not there before and do not end. It closes idle
// connections as they become idle, since theirs are no leak.
func leftBehind(before map[string]string, closeIdle func()) string {
	for giveUp := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
		closeIdle()
		var left []string
		for name, stack := range clientGoroutines() {
			if before[name] == "" {
				left = append(left, stack)
			}
		}
		if len(left) == 0 || time.Now().After(giveUp) {
			return strings.Join(left, "\n\n")
		}
	}
}
