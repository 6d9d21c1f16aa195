package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/falgen/falgen/fal/faltest"
	"github.com/falgen/falgen/generator/chars"
)

const maxColumn = 100 // characters

// mockLog writes a line a request. It is safe for concurrent use.
type mockLog struct {
	mu     sync.Mutex
	w      io.Writer
	colour bool
	width  int // of the column of endpoints
	count  int // of requests
}

func newMockLog(w io.Writer) *mockLog {
	f, ok := w.(*os.File)
	return &mockLog{w: w, colour: ok && term.IsTerminal(int(f.Fd())) && os.Getenv("NO_COLOR") == ""}
}

// begin tells what is served, and what is not.
func (l *mockLog) begin(fake *faltest.Server) {
	skipped := fake.Skipped()
	served := fake.Endpoints() // those that Skipped has found no fault with
	fmt.Fprintf(l.w, "falgen: serving %s", count(len(served), "endpoint"))
	if len(skipped) > 0 {
		fmt.Fprintf(l.w, "; %d skipped", len(skipped))
	}
	fmt.Fprintln(l.w)
	for _, why := range skipped {
		fmt.Fprintln(l.w, "falgen: skipped:", strings.TrimPrefix(why.Error(), "faltest: "))
	}
	for _, id := range served {
		l.width = max(l.width, min(len(id), 40))
	}
}

// request writes down a request that is answered.
func (l *mockLog) request(r faltest.Request) {
	status := "cut"
	if r.Status != 0 {
		status = strconv.Itoa(r.Status)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count++
	fmt.Fprintf(l.w, "%-4s  %-14s  %-*s  %7s  %s  %v\n", column(cmp.Or(r.Method, "-")), cmp.Or(string(r.Op), "-"),
		l.width, column(cmp.Or(r.Endpoint, r.Path, "/")), shortID(r.RequestID), l.paint(r.Status, status), brief(r.Duration))
}

// paint colours a status: green where all is well, yellow where the caller is at fault, red where the server is.
func (l *mockLog) paint(status int, text string) string {
	switch {
	case !l.colour:
		return text
	case status >= 500 || status == 0:
		return "\x1b[31m" + text + "\x1b[0m"
	case status >= 400:
		return "\x1b[33m" + text + "\x1b[0m"
	}
	return "\x1b[32m" + text + "\x1b[0m"
}

// Write writes what the HTTP server has to say.
func (l *mockLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range strings.Lines(string(p)) {
		fmt.Fprintln(l.w, plain(strings.TrimSuffix(line, "\n")))
	}
	return len(p), nil
}

func (l *mockLog) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(l.w, "falgen: stopped after %s\n", count(l.count, "request"))
}

// shortID is the end of a request's id: the ids of the mock count up.
func shortID(id string) string {
	if id == "" {
		return "-"
	}
	return "..." + column(id[max(len(id)-4, 0):])
}

// column is a stranger's text as one column of a line.
func column(text string) string {
	clean := []rune(strings.ReplaceAll(plain(text[:min(len(text), 4*maxColumn)]), " ", "?"))
	if len(clean) > maxColumn {
		return string(clean[:maxColumn-3]) + "..."
	}
	return string(clean)
}

// plain is a stranger's text, fit for a terminal.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if !chars.IsPrint(r) {
			return '?'
		}
		return r
	}, text)
}

// brief is a duration in as many digits as tell something.
func brief(d time.Duration) time.Duration {
	switch {
	case d >= time.Second:
		return d.Round(10 * time.Millisecond)
	case d >= time.Millisecond:
		return d.Round(100 * time.Microsecond)
	}
	return d.Round(time.Microsecond)
}
