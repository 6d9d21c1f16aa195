package faltest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Op is the kind of a request.
type Op string

// The kinds of requests (docs/protocol.md, sections 5, 6, 8, 10, 11 and 12).
const (
	OpRun           Op = "run"            // POST fal.run/ID, or GET with the input as the query
	OpStream        Op = "stream"         // POST fal.run/ID/stream
	OpSubmit        Op = "submit"         // POST queue.fal.run/ID
	OpStatus        Op = "status"         // GET .../requests/ID/status
	OpStatusStream  Op = "status stream"  // GET .../requests/ID/status/stream
	OpResult        Op = "result"         // GET .../requests/ID
	OpCancel        Op = "cancel"         // PUT .../requests/ID/cancel
	OpInitiate      Op = "initiate"       // POST rest.fal.ai/storage/upload/initiate or initiate-multipart
	OpToken         Op = "token"          // POST rest.fal.ai/storage/auth/token
	OpUpload        Op = "upload"         // a file's content, at once: to an upload_url or to v3.fal.media
	OpPart          Op = "part"           // a part of a file's content
	OpComplete      Op = "complete"       // the end of an upload in parts
	OpDownload      Op = "download"       // GET of a file's URL
	OpKeys          Op = "keys"           // GET rest.fal.ai/.well-known/jwks.json
	OpConnect       Op = "connect"        // GET fal.run/ID/realtime, to open a socket
	OpRealtime      Op = "realtime"       // an input on a socket
	OpRealtimeToken Op = "realtime token" // POST rest.fal.ai/tokens/
)

// takesInput reports whether requests of that kind bring an input.
func (o Op) takesInput() bool { return o == OpRun || o == OpStream || o == OpSubmit || o == OpRealtime }

// Request is a request that the server received.
type Request struct {
	Op        Op     // "" if fal has no such request
	Endpoint  string // the id of the endpoint that it is about, as far as it is about one that is served
	RequestID string // of the input's run or job
	Method    string // "" of an input on a socket
	Path      string // with the host that it would have gone to, such as "queue.fal.run/fal-ai/rife/video"
	Query     url.Values
	Header    http.Header
	Body      []byte        // JSON also of a run by GET and of msgpack; none of uploads, which make files
	Status    int           // the HTTP status of the answer, or that it would have; 0 until there is one
	Duration  time.Duration // until the answer was complete, 0 until it is
}

// maxHistoryBytes bounds the bodies of the requests that are kept.
const maxHistoryBytes = 64 << 20

// history is the newest requests.
type history struct {
	kept  []*Request
	limit int
	bytes int
}

func (h *history) add(r *Request) {
	h.kept = append(h.kept, r)
	h.bytes += len(r.Body)
	for len(h.kept) > h.limit || h.bytes > maxHistoryBytes && len(h.kept) > 1 {
		h.bytes -= len(h.kept[0].Body)
		h.kept[0] = nil
		h.kept = h.kept[1:]
	}
}

func (s *Server) record(c *call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if j := s.jobs.byID[c.job]; j != nil && j.endpoint.app == c.app {
		c.endpoint = j.endpoint.id
	}
	c.entry = &Request{
		Op: c.op, RequestID: c.job, Method: c.Method, Path: strings.TrimPrefix(c.URL.Path, "/"),
		Query: c.URL.Query(), Header: c.Request.Header.Clone(), Body: c.body,
	}
	if _, known := s.endpoints.byID[c.endpoint]; known {
		c.entry.Endpoint = c.endpoint
	}
	s.history.add(c.entry)
}

// seen is a copy of what is recorded of the request.
func (s *Server) seen(c *call) Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return *c.entry
}

// answered notes the status of the answer.
func (s *Server) answered(c *call, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.entry.Status = status
}

// finish notes that the answer is complete, or broken off.
func (s *Server) finish(c *call) {
	s.mu.Lock()
	c.entry.Duration = max(time.Since(c.start), 1)
	seen := *c.entry
	s.mu.Unlock()
	if s.config.log != nil {
		s.config.log(seen)
	}
}

// Requests returns the requests received so far, in order, including rejected ones; see [WithHistory].
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Request, len(s.history.kept))
	for i, r := range s.history.kept {
		all[i] = *r
	}
	return all
}

// Inputs returns the inputs that an endpoint has received, by run, stream, submit or socket, in order, including
// rejected ones. If an input does not decode into I, it fails the test, or panics outside of a test.
func Inputs[I any](s *Server, endpointID string) []I {
	var all []I
	for i, r := range s.Requests() {
		if r.Endpoint != endpointID || !r.Op.takesInput() {
			continue
		}
		var in I
		if err := json.Unmarshal(r.Body, &in); err != nil {
			s.fatal(fmt.Errorf("faltest: request %d, a %s of %s, is no %T: %w", i, r.Op, endpointID, in, err))
		}
		all = append(all, in)
	}
	return all
}

// noteWriter notes what a request was answered with, before the client can know.
type noteWriter struct {
	http.ResponseWriter
	note  func(status int)
	wrote bool
}

func (n *noteWriter) WriteHeader(code int) {
	if !n.wrote {
		n.wrote = true
		n.note(code)
	}
	n.ResponseWriter.WriteHeader(code)
}

func (n *noteWriter) Write(p []byte) (int, error) {
	if !n.wrote {
		n.wrote = true
		n.note(http.StatusOK)
	}
	return n.ResponseWriter.Write(p)
}

func (n *noteWriter) Unwrap() http.ResponseWriter { return n.ResponseWriter }
