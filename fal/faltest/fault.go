package faltest

import (
	"net/http"
	"time"
)

// Fault is a fault in the response to a request. An [Answer] replaces the response; [Disconnect] and [SlowBody] affect
// it after the fake has processed the request. On a socket the response is a message.
type Fault interface {
	// inject answers r in place of serve, or calls it with a writer of its own.
	inject(s *Server, w http.ResponseWriter, r *http.Request, serve func(http.ResponseWriter))
}

func (a Answer) inject(_ *Server, w http.ResponseWriter, r *http.Request, _ func(http.ResponseWriter)) {
	a.write(w, r)
}

// Disconnect closes the connection after the given number of bytes of the response body; 0 or less closes it before the
// response. The request has been processed by then. Go's HTTP client may retry a GET without a response.
func Disconnect(bytes int) Fault { return disconnect(bytes) }

type disconnect int

func (d disconnect) inject(_ *Server, w http.ResponseWriter, _ *http.Request, serve func(http.ResponseWriter)) {
	c := &cutter{ResponseWriter: w, left: int(d)}
	if d <= 0 {
		c.left = -1
	}
	serve(c)
	c.cut()
}

// cutter ends the connection once enough is written.
type cutter struct {
	http.ResponseWriter
	left int // bytes of the body, or -1 to write nothing at all
}

func (c *cutter) cut() {
	if c.left >= 0 {
		_ = http.NewResponseController(c.ResponseWriter).Flush()
	}
	panic(http.ErrAbortHandler) // net/http's way to end a connection
}

func (c *cutter) WriteHeader(code int) {
	if c.left < 0 {
		c.cut()
	}
	c.ResponseWriter.WriteHeader(code)
}

func (c *cutter) Write(p []byte) (int, error) {
	if c.left < 0 {
		c.cut()
	}
	if len(p) >= c.left {
		_, _ = c.ResponseWriter.Write(p[:c.left])
		c.cut()
	}
	c.left -= len(p)
	return c.ResponseWriter.Write(p)
}

func (c *cutter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

// SlowBody sends the response body at the given rate, at least one byte a second.
func SlowBody(bytesPerSecond int) Fault { return slowBody(max(bytesPerSecond, 1)) }

type slowBody int

func (b slowBody) inject(s *Server, w http.ResponseWriter, r *http.Request, serve func(http.ResponseWriter)) {
	serve(&trickle{ResponseWriter: w, rate: int(b), wait: func(d time.Duration) bool { return s.sleep(r, d) }})
}

// trickle writes slowly.
type trickle struct {
	http.ResponseWriter
	rate int
	wait func(time.Duration) bool
}

func (t *trickle) Write(p []byte) (n int, err error) {
	for n < len(p) {
		piece := p[n:min(len(p), n+max(t.rate/20, 1))]
		m, err := t.ResponseWriter.Write(piece)
		if n += m; err != nil {
			return n, err
		}
		_ = http.NewResponseController(t.ResponseWriter).Flush()
		if !t.wait(time.Second * time.Duration(len(piece)) / time.Duration(t.rate)) {
			panic(http.ErrAbortHandler)
		}
	}
	return n, nil
}

func (t *trickle) Unwrap() http.ResponseWriter { return t.ResponseWriter }

// sleep waits, and reports whether it did so to the end: r's client may go, and the server may close.
func (s *Server) sleep(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
	case <-s.open.Done():
	}
	return false
}
