package jsoracle

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// reply is an answer of the server: 200 where there is no code, and JSON where there is no type.
type reply struct {
	code   int
	header map[string]string
	body   string
}

// script maps "METHOD host/path" to the answers in turn.
type script map[string][]reply

// recorder is a server that plays a script, and takes uploads as fal's storage does. It records what it gets, and fails
// the test where it does not know what to answer.
type recorder struct {
	*httptest.Server
	t        *testing.T
	client   string // whose requests they are
	mu       sync.Mutex
	script   script
	requests []exchange
	parts    map[string]int // of an upload, by its path
}

func newRecorder(t *testing.T, client string, s script) *recorder {
	rec := &recorder{t: t, client: client, script: maps.Clone(s), parts: map[string]int{}}
	rec.Server = httptest.NewServer(rec)
	t.Cleanup(rec.Close)
	return rec
}

func (rec *recorder) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x, err := read(r)
	rec.mu.Lock()
	rec.requests = append(rec.requests, x)
	answer, ok := rec.answer(x)
	rec.mu.Unlock()
	if err != nil || !ok {
		rec.t.Errorf("the scenario has no answer to %s's %s: %v", rec.client, x.line, err)
		answer = reply{code: http.StatusTeapot}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Fal-Request-Id", "r-1")
	for name, value := range answer.header {
		w.Header().Set(name, value)
	}
	if answer.code != 0 {
		w.WriteHeader(answer.code)
	}
	_, _ = io.WriteString(w, answer.body)
}

// answer finds the answer to a request. The caller holds the lock.
func (rec *recorder) answer(x exchange) (reply, bool) {
	if replies := rec.script[x.line]; len(replies) > 0 {
		rec.script[x.line] = replies[1:]
		return replies[0], true
	}
	return rec.store(x)
}

// store answers as fal's storage does (docs/protocol.md, section 12.1). The URLs that it gives follow from the content
// type alone, so that they do not depend on which of two files comes first.
func (rec *recorder) store(x exchange) (reply, bool) {
	const initiate = "POST rest.fal.ai/storage/upload/initiate"
	folder := map[string]string{initiate: "whole", initiate + "-multipart": "parts"}[x.line]
	method, at, _ := strings.Cut(x.line, " ")
	upload, last := path.Split(at)
	switch {
	case folder != "":
		_, kind, _ := strings.Cut(strings.Trim(x.fields["body.content_type"], `"`), "/")
		return reply{body: fmt.Sprintf(`{"upload_url":"https://v3.fal.media/%s/%s?signature=a%%2Fb&expires=1",`+
			`"file_url":"https://v3.fal.media/files/%[2]s"}`, folder, kind)}, true
	case method == http.MethodPut && upload == "v3.fal.media/whole/":
		return reply{header: map[string]string{"Content-Type": "text/plain"}}, true // an empty text is no JSON
	case method == http.MethodPut && strings.HasPrefix(upload, "v3.fal.media/parts/"):
		part, err := strconv.Atoi(last)
		if err != nil {
			return reply{}, false
		}
		rec.parts[upload]++
		etag := fmt.Sprintf("etag-%d", part)
		body := fmt.Sprintf(`{"partNumber":%d,"etag":%q}`, part, etag)
		return reply{header: map[string]string{"Etag": etag}, body: body}, true
	case method == http.MethodPost && strings.HasPrefix(upload, "v3.fal.media/parts/") && last == "complete":
		named := 0
		for x.fields[fmt.Sprintf("body.parts[%d].etag", named)] != "" {
			named++
		}
		return reply{body: `{}`}, named == rec.parts[upload] // of all that have come
	}
	return reply{}, false
}

// got returns what was received.
func (rec *recorder) got() []exchange {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return settle(rec.requests)
}

// left lists the requests that the script has answers left to.
func (rec *recorder) left() []string {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	var lines []string
	for line, replies := range rec.script {
		if len(replies) > 0 {
			lines = append(lines, line)
		}
	}
	slices.Sort(lines)
	return lines
}
