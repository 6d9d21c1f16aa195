package fetchtest

import (
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// A Fault is what goes wrong with an answer.
type Fault struct {
	always bool
	answer func(s *Server, w http.ResponseWriter, r *http.Request, body string)
}

// Always makes every answer from then on go wrong.
func (f Fault) Always() Fault {
	f.always = true
	return f
}

// Status answers with another status, and with headers: names and values in turn.
func Status(code int, header ...string) Fault {
	return Fault{answer: func(_ *Server, w http.ResponseWriter, _ *http.Request, _ string) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		refuse(w, code, "broken by the test")
	}}
}

// Body answers with something else.
func Body(contentType, body string) Fault {
	return Fault{answer: func(_ *Server, w http.ResponseWriter, _ *http.Request, _ string) {
		w.Header().Set("Content-Type", contentType)
		_, _ = io.WriteString(w, body) // the client may be gone
	}}
}

// Half answers with half of the body, and says that this is all.
func Half() Fault {
	return Fault{answer: func(_ *Server, w http.ResponseWriter, _ *http.Request, body string) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, body[:len(body)/2])
	}}
}

// Cut breaks the connection in the middle of the body.
func Cut() Fault {
	return Fault{answer: func(_ *Server, w http.ResponseWriter, _ *http.Request, body string) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		_, _ = io.WriteString(w, body[:len(body)/2])
		panic(http.ErrAbortHandler)
	}}
}

// Reset breaks the connection before there is an answer.
func Reset() Fault {
	return Fault{answer: func(*Server, http.ResponseWriter, *http.Request, string) { panic(http.ErrAbortHandler) }}
}

// Hang answers never.
func Hang() Fault {
	return Fault{answer: func(s *Server, _ http.ResponseWriter, r *http.Request, _ string) {
		select {
		case <-r.Context().Done():
		case <-s.gone:
		}
	}}
}

// Do calls a function and then answers as if nothing were wrong.
func Do(f func()) Fault {
	return Fault{answer: func(s *Server, w http.ResponseWriter, r *http.Request, body string) {
		f()
		s.answer(w, r, body, nil)
	}}
}

// answer gives a body, unless the client has it already.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, body string, fault *Fault) {
	if fault != nil {
		fault.answer(s, w, r, body)
		return
	}
	etag := fmt.Sprintf(`"%x"`, sha256.Sum256([]byte(body)))[:20] + `"`
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("ETag", etag)
	if strings.Contains(r.Header.Get("If-None-Match"), etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = io.WriteString(w, body)
}
