package faltest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/falgen/falgen/generator/ir"
)

const (
	maxBody = 32 << 20               // of a request that is no upload
	closing = 200 * time.Millisecond // that Close gives to the answers that are on their way
)

// call is a request on its way to its answer.
type call struct {
	*http.Request
	start    time.Time
	op       Op
	access   access
	proxied  bool              // it came as if to a proxy
	endpoint string            // its id, where it is known
	job      string            // the id of the job that it is about
	app      string            // of that job's endpoint
	place    string            // in the store, of what it is about
	part     int               // of an upload
	body     []byte            // nil where answer reads it
	entry    *Request          // in the history
	unlucky  *Answer           // drawn by WithFailRate
	answer   func(*call) reply // nil where nothing is like it
}

// reply is what a request is answered with.
type reply interface {
	write(http.ResponseWriter, *http.Request)
}

// access is what a request must show.
type access int

const (
	withKey        access = iota
	withToken             // that of the CDN
	withKeyOrToken        // of sockets, in the query
	presigned             // the URL is the permission, and the key is none of its host's business
	public
)

// ServeHTTP responds like fal. The first path element is the original host, as [fal.WithBaseURL] sends it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer context.AfterFunc(s.open, func() { // a client may neither send nor read on
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(closing))
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(closing))
	})()
	c, refusal := s.route(r)
	if refused := s.read(w, c); refusal == nil {
		refusal = refused
	}
	if c.op == OpConnect && s.enter() {
		defer s.talks.Done()
	}
	s.record(c)
	defer s.finish(c)
	note := &noteWriter{ResponseWriter: w, note: func(status int) { s.answered(c, status) }}
	if refusal == nil {
		refusal = s.admit(c)
	}
	var fault Fault
	if refusal != nil {
		fault = *refusal
	} else {
		fault = s.faultFor(c)
	}
	if _, instead := fault.(Answer); instead {
		// A client that is still sending might not see the answer.
		_, _ = io.Copy(io.Discard, io.LimitReader(c.Body, s.config.storage))
	}
	serve := func(w http.ResponseWriter) { c.answer(c).write(w, c.Request) }
	if fault == nil {
		serve(note)
		return
	}
	fault.inject(s, note, r, serve)
}

// enter counts a conversation that Close is to wait for, unless the server is closed.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open.Err() != nil {
		return false
	}
	s.talks.Add(1)
	return true
}

// route finds out what a request asks for.
func (s *Server) route(r *http.Request) (c *call, refusal *Answer) {
	c = &call{Request: r, start: time.Now()}
	if c.proxied = r.Header.Get("X-Fal-Target-Url") != ""; c.proxied {
		if c.Request, refusal = throughProxy(r); refusal != nil {
			return c, refusal
		}
	}
	host, path, _ := strings.Cut(strings.TrimPrefix(c.URL.Path, "/"), "/")
	switch host {
	case "fal.run":
		s.routeRun(c, path)
	case "queue.fal.run":
		s.routeQueue(c, path)
	case "rest.fal.ai":
		s.routeREST(c, path)
	case "v3.fal.media":
		s.routeMedia(c, path)
	}
	return c, nil
}

// routeRun: the sub-path of an endpoint's id is part of where inputs go. An id may end in /stream itself, and is then
// both what is run and what is streamed (docs/protocol.md, sections 5 and 10).
func (s *Server) routeRun(c *call, path string) {
	switch c.Method {
	case http.MethodPost:
		c.op, c.endpoint, c.answer = OpRun, path, s.run
		short, streamed := strings.CutSuffix(path, "/stream")
		if !streamed {
			return
		}
		_, whole := s.endpoints.byID[path]
		if _, known := s.endpoints.byID[short]; known && !whole {
			c.endpoint = short
		}
		if !whole || strings.Contains(strings.Join(c.Header.Values("Accept"), ","), "text/event-stream") {
			c.op, c.answer = OpStream, s.stream
		}
	case http.MethodGet:
		if c.Header.Get("Upgrade") != "" {
			s.routeSocket(c, path)
			return
		}
		c.op, c.endpoint, c.answer = OpRun, path, s.run
	}
}

// read reads the body of a request that is no upload.
func (s *Server) read(w http.ResponseWriter, c *call) (refusal *Answer) {
	if c.op == OpUpload || c.op == OpPart {
		return nil
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, c.Body, maxBody))
	c.body = body
	if c.op == OpRun && c.Method == http.MethodGet {
		c.body = queryInput(s.endpoints.byID[c.endpoint], c.URL.Query())
	}
	var refused Answer
	switch {
	case errors.As(err, new(*http.MaxBytesError)):
		refused = detail(http.StatusRequestEntityTooLarge, "Request body is larger than %d MiB", maxBody>>20)
	case err != nil:
		refused = detail(http.StatusBadRequest, "Request body broke off")
	default:
		return nil
	}
	return &refused
}

// queryInput makes an input of a query: what is no text by the document, and reads as JSON, is what it reads as.
func queryInput(e *endpoint, query url.Values) []byte {
	members := map[string]any{}
	for name, values := range query {
		text := values[0]
		members[name] = text
		var isText bool
		if e != nil && e.load() == nil && e.model.Input.Object != nil {
			for _, f := range e.model.Input.Object.Fields {
				isText = isText || f.Name == name && (f.Type.Kind == ir.String || f.Type.Kind == ir.Media)
			}
		}
		if v, err := decode([]byte(text)); err == nil && !isText {
			members[name] = v
		}
	}
	body, _ := json.Marshal(members) // it is text, or came out of JSON
	return body
}

// admit refuses a request that shows what it should not, or not what it should, or that nothing answers.
func (s *Server) admit(c *call) (refusal *Answer) {
	var refused Answer
	scheme, secret, _ := strings.Cut(c.Header.Get("Authorization"), " ")
	hasKey := scheme == "Key" && secret != "" && !strings.ContainsAny(secret, " \t")
	hasToken := c.URL.Query().Get("fal_jwt_token") != ""        // which is judged once the socket is open
	byProxy := c.proxied && c.Header.Get("Authorization") == "" // which would add the key
	needsKey := (c.access == withKey || c.access == withKeyOrToken && !hasToken) && !byProxy
	switch {
	case s.open.Err() != nil:
		refused = detail(http.StatusServiceUnavailable, "%v", errClosed)
	case c.answer == nil:
		refused = detail(http.StatusNotFound, "Nothing answers %s %s", c.Method, c.URL.Path)
	case needsKey && !hasKey:
		refused = detail(http.StatusUnauthorized, "No valid key: Authorization is to be Key, a space and the key")
	case c.access == withToken && (scheme != cdnScheme || secret != s.store.token):
		refused = detail(http.StatusUnauthorized, "No valid token: storage/auth/token hands out those of %s", cdnScheme)
	case c.access == presigned && c.Header.Get("Authorization") != "":
		refused = detail(http.StatusBadRequest, "A presigned URL takes no Authorization: the key would leak to the storage")
	default:
		return checkHeaders(c.Request)
	}
	return &refused
}

// checkHeaders looks at the headers that fal knows (docs/protocol.md, section 4).
func checkHeaders(r *http.Request) (refusal *Answer) {
	bad := func(name, want string) *Answer {
		refused := detail(http.StatusBadRequest, "%s is %q, and should be %s", name, r.Header.Get(name), want)
		return &refused
	}
	if v := r.Header.Get("X-Fal-Queue-Priority"); v != "" && v != "normal" && v != "low" {
		return bad("X-Fal-Queue-Priority", "normal or low")
	}
	if v := r.Header.Get("X-Fal-Request-Timeout"); v != "" {
		if seconds, err := strconv.ParseFloat(v, 64); err != nil || !(seconds > 0.1) {
			return bad("X-Fal-Request-Timeout", "more than 0.1 seconds")
		}
	}
	for _, name := range []string{"X-Fal-Object-Lifecycle", "X-Fal-Object-Lifecycle-Preference"} {
		if v := r.Header.Get(name); v != "" && !isLifecycle(v) {
			return bad(name, `JSON of "expiration_duration_seconds" and "initial_acl"`)
		}
	}
	return nil
}

// isLifecycle reports whether a header says how long a file lives and who may see it (docs/protocol.md, section 4.2).
func isLifecycle(header string) bool {
	var l struct {
		Seconds *int64 `json:"expiration_duration_seconds"`
		ACL     *struct {
			Default string `json:"default"`
			Rules   []struct {
				User     string `json:"user"`
				Decision string `json:"decision"`
			} `json:"rules"`
		} `json:"initial_acl"`
	}
	d := json.NewDecoder(strings.NewReader(header))
	d.DisallowUnknownFields()
	if d.Decode(&l) != nil || d.More() || l.Seconds != nil && *l.Seconds <= 0 {
		return false
	}
	decides := func(v string) bool { return v == "hide" || v == "forbid" || v == "allow" }
	if l.ACL == nil {
		return true
	}
	for _, rule := range l.ACL.Rules {
		if rule.User == "" || !decides(rule.Decision) {
			return false
		}
	}
	return l.ACL.Default == "" || decides(l.ACL.Default)
}

// newID returns a request id, and records it as that of the call.
func (s *Server) newID(c *call) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.issued++
	id := fmt.Sprintf("00000000-0000-4000-8000-%012x", s.issued)
	c.entry.RequestID = id
	return id
}
