package faltest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

const maxBody = 32 << 20 // of a request

// answer is what a request gets.
type answer struct {
	code   int
	body   any // encoded as JSON
	header map[string]string
}

func detail(code int, format string, args ...any) answer {
	return answer{code: code, body: map[string]string{"detail": fmt.Sprintf(format, args...)}}
}

func (a answer) write(w http.ResponseWriter) {
	body, err := json.Marshal(a.body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	for name, value := range a.header {
		w.Header().Set(name, value)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(a.code)
	_, _ = w.Write(body) // the client may have gone
}

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, h func(*http.Request, []byte) answer) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
			s.record(r, body)
			switch {
			case errors.As(err, new(*http.MaxBytesError)):
				detail(http.StatusRequestEntityTooLarge, "Request body is larger than %d MiB", maxBody>>20).write(w)
			case err != nil:
				detail(http.StatusBadRequest, "Request body broke off").write(w)
			case !authorized(r):
				detail(http.StatusUnauthorized, "No valid key: Authorization is to be Key, a space and the key").write(w)
			default:
				h(r, body).write(w)
			}
		})
	}
	// The sub-path of an endpoint's id is part of where inputs go, and of nothing else.
	handle("POST /fal.run/{id...}", s.run)
	handle("POST /queue.fal.run/{id...}", s.submit)
	const request = "/queue.fal.run/{owner}/{app}/requests/{request}"
	handle("GET "+request+"/status", s.status)
	handle("GET "+request, s.result)
	handle("PUT "+request+"/cancel", s.cancel)
	handle("/", func(r *http.Request, _ []byte) answer {
		return detail(http.StatusNotFound, "Nothing answers %s %s", r.Method, r.URL.Path)
	})
	return mux
}

func (s *Server) record(r *http.Request, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, Request{
		Method: r.Method, Path: strings.TrimPrefix(r.URL.Path, "/"), Query: r.URL.Query(),
		Header: r.Header.Clone(), Body: body,
	})
}

func authorized(r *http.Request) bool {
	key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Key ")
	return ok && key != "" && !strings.ContainsAny(key, " \t")
}

// run answers an input on the connection that it came on.
func (s *Server) run(r *http.Request, body []byte) answer {
	e, input, refusal := s.receive(r, body)
	if refusal != nil {
		return *refusal
	}
	return e.answer(s.newID(), input)
}

// receive finds the endpoint that a request is meant for and decodes its input, or returns the refusal.
func (s *Server) receive(r *http.Request, body []byte) (e *endpoint, input any, refusal *answer) {
	e = s.endpoints[r.PathValue("id")]
	if e == nil {
		refused := detail(http.StatusNotFound, "Application '%s' not found", r.PathValue("id"))
		return nil, nil, &refused
	}
	input, err := decode(body)
	if err != nil {
		refused := refuse(notJSON(err))
		return nil, nil, &refused
	}
	return e, input, nil
}

// newID returns a request id.
func (s *Server) newID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.issued++
	return fmt.Sprintf("00000000-0000-4000-8000-%012x", s.issued)
}
