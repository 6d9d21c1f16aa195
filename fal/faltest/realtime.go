package faltest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/internal/msgpackjson"
)

const (
	socketWrite = time.Minute // for a client to take a message
	socketClose = time.Second // for a client to answer a close
)

// routeSocket: the path of a socket is an endpoint's id, as a rule with /realtime behind it (docs/protocol.md, section
// 11).
func (s *Server) routeSocket(c *call, at string) {
	c.op, c.access, c.answer, c.endpoint = OpConnect, withKeyOrToken, s.connect, at
	for id := at; id != "."; id = path.Dir(id) {
		if _, known := s.endpoints.byID[id]; known {
			c.endpoint = id
			return
		}
	}
}

// connect answers a handshake.
func (s *Server) connect(c *call) reply {
	_, refusal := s.find(c)
	if refusal != nil {
		return *refusal
	}
	query := c.URL.Query()
	if query.Has("max_buffering") {
		given := query.Get("max_buffering")
		if n, err := strconv.Atoi(given); err != nil || n < 1 || n > 60 {
			return detail(http.StatusBadRequest, "max_buffering is %q, and goes from 1 to 60", given)
		}
	}
	token := query.Get("fal_jwt_token")
	return socket{server: s, call: c, stranger: token != "" && !s.tokens.allow(token, path.Base(appOf(c.endpoint)))}
}

// socket is a connection on which inputs come and outputs go.
type socket struct {
	server   *Server
	call     *call // the handshake
	stranger bool  // the token is not valid

	*websocket.Conn // once it is open
}

// write answers the handshake, and then one input after the other until the connection ends.
func (k socket) write(w http.ResponseWriter, r *http.Request) {
	var err error
	if k.Conn, err = websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true}); err != nil {
		return // it is answered
	}
	defer k.CloseNow()
	k.SetReadLimit(maxBody)
	defer context.AfterFunc(k.server.open, func() {
		_ = k.Close(websocket.StatusGoingAway, "the server is closed")
	})()
	if k.stranger {
		ctx, cancel := context.WithTimeout(context.Background(), socketClose)
		defer cancel()
		_ = k.Write(ctx, websocket.MessageText, []byte(`{"status":"error","error":"Unauthorized"}`))
		_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(socketClose))
		_ = k.Close(websocket.StatusPolicyViolation, "Unauthorized")
		return
	}
	for {
		kind, frame, err := k.Read(context.Background()) // the end of the server ends it, too
		if err != nil || k.take(kind, frame) != nil {
			return
		}
	}
}

// take answers an input in frames of the kind that it came in.
func (k socket) take(kind websocket.MessageType, frame []byte) error {
	s := k.server
	r := k.call.WithContext(k.call.Context())
	r.Method = ""
	c := &call{Request: r, start: time.Now(), op: OpRealtime, endpoint: k.call.endpoint, body: frame}
	var unreadable error
	if kind == websocket.MessageBinary {
		var text []byte
		if text, unreadable = msgpackjson.ToJSON(frame); unreadable == nil {
			c.body = text
		}
	}
	s.record(c)
	defer s.finish(c)
	fault := s.faultFor(c)
	var last Answer
	var partials []any
	switch instead, ok := fault.(Answer); {
	case ok:
		last, fault = instead, nil
	case unreadable != nil:
		last = refuse(notJSON(unreadable))
	default:
		last, partials = s.respond(c)
	}
	s.answered(c, last.Code)
	for _, v := range partials {
		if err := k.send(kind, Answer{Code: http.StatusOK, Body: v}, nil); err != nil {
			return err
		}
	}
	return k.send(kind, last, fault)
}

// respond returns what becomes of an input on a socket, where there is no queue, and what is sent before that.
func (s *Server) respond(c *call) (last Answer, partials []any) {
	e, input, refusal := s.receive(c)
	if refusal != nil {
		return *refusal, nil
	}
	j, p := s.newJob(c, e, input)
	if !j.expired && !s.sleep(c.Request, j.held+j.step) {
		return detail(http.StatusServiceUnavailable, "%v", errClosed), nil
	}
	if p.partials != nil && !j.outcome.failed() {
		partials = *p.partials
	}
	return j.outcome, partials
}

// send sends an answer as one message.
func (k socket) send(kind websocket.MessageType, a Answer, fault Fault) error {
	message, err := a.message()
	if err == nil && kind == websocket.MessageBinary {
		message, err = msgpackjson.FromJSON(message, nil)
	}
	if err != nil {
		return errors.Join(err, k.Close(websocket.StatusInternalError, "faltest: the answer is no message"))
	}
	ctx, cancel := context.WithTimeout(context.Background(), socketWrite)
	defer cancel()
	if fault == nil {
		return k.Write(ctx, kind, message)
	}
	w, err := k.Writer(ctx, kind)
	if err != nil {
		return err
	}
	fault.inject(k.server, messageWriter{w}, k.call.Request, func(w http.ResponseWriter) { _, err = w.Write(message) })
	return errors.Join(err, w.Close())
}

// messageWriter lets faults spoil a message as they do an HTTP answer.
type messageWriter struct{ io.Writer }

func (messageWriter) Header() http.Header { return http.Header{} }
func (messageWriter) WriteHeader(int)     {}

// message is an answer as JSON for a socket: an output as it is, and a failure as the server's own kind of message
// (docs/protocol.md, section 11).
func (a Answer) message() ([]byte, error) {
	if !a.failed() {
		return json.Marshal(a.Body)
	}
	reason, kind := a.explain()
	var body struct{ Detail []fal.FieldError }
	if text, err := json.Marshal(a.Body); err == nil && json.Unmarshal(text, &body) == nil {
		var all []string
		for _, f := range body.Detail {
			all = append(all, f.String())
		}
		reason = cmp.Or(reason, strings.Join(all, "; "))
	}
	return json.Marshal(map[string]string{
		"type": "x-fal-error", "error": cmp.Or(kind, a.generalKind()), "reason": cmp.Or(reason, http.StatusText(a.Code)),
	})
}
