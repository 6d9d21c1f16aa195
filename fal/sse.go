package fal

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"mime"
	"net/http"
)

// events makes a request whose answer is a stream of server-sent events and yields the data of each: a response with the
// event as its body. Until the first answer it is repeated as its policy says; a stream that breaks is not.
//
// The error, of those that do returns, is yielded once, and ends it.
func (c *Client) events(ctx context.Context, r *request) iter.Seq2[*response, error] {
	return func(yield func(*response, error) bool) {
		if err := c.ready(ctx, r); err != nil {
			yield(nil, err)
			return
		}
		var resp *http.Response
		var key string
		err := c.repeat(ctx, r, func() (err error) {
			if resp, key, err = c.open(ctx, r); err != nil {
				return ended(ctx, err)
			}
			return nil
		})
		if err != nil {
			yield(nil, err)
			return
		}
		defer resp.Body.Close()
		answer := func(body []byte) *response {
			return &response{request: r, code: resp.StatusCode, header: resp.Header, body: body, key: key}
		}
		if kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); kind != "text/event-stream" {
			// An endpoint that does not stream may answer with its output at once.
			body, err := readBody(resp, maxBody)
			if err == nil && kind != "application/json" {
				err = errors.New("it is not a stream of events, but " + resp.Header.Get("Content-Type"))
			}
			if err != nil {
				yield(nil, answer(body).unreadable(ended(ctx, err)))
				return
			}
			yield(answer(body), nil)
			return
		}
		events := newEventReader(resp.Body, maxBody)
		for {
			data, err := events.next()
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(nil, answer(data).unreadable(ended(ctx, err)))
				return
			}
			if !yield(answer(data), nil) {
				return
			}
		}
	}
}

// eventReader reads server-sent events, as the HTML standard defines them, and of each only its data.
type eventReader struct {
	in    *bufio.Reader
	limit int // of an event, in bytes
	first bool
	cr    bool // the last line ended in CR, so that an LF belongs to it
}

func newEventReader(in io.Reader, limit int) *eventReader {
	return &eventReader{in: bufio.NewReader(in), limit: limit, first: true}
}

// next returns the data of the next event that has any, or io.EOF. An event that the end of the stream cuts off is
// io.ErrUnexpectedEOF, along with what there is of it.
func (e *eventReader) next() ([]byte, error) {
	var data []byte
	has := false
	size := 0
	for {
		line, err := e.line(e.limit - size)
		size += len(line) + 1
		if name, value, _ := bytes.Cut(line, []byte(":")); string(name) == "data" {
			if has {
				data = append(data, '\n')
			}
			data, has = append(data, bytes.TrimPrefix(value, []byte(" "))...), true
		}
		if err == io.EOF && has {
			if json.Valid(data) {
				return data, nil // it is whole: only the empty line after it is missing
			}
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return data, err
		}
		if len(line) > 0 {
			continue
		}
		if has {
			return data, nil
		}
		size = 0
	}
}

// line reads up to the end of a line, which is CR, LF, or both.
func (e *eventReader) line(limit int) ([]byte, error) {
	var line []byte
	for {
		c, err := e.in.ReadByte()
		if err != nil {
			return line, err
		}
		afterCR := e.cr
		e.cr = c == '\r'
		switch {
		case c == '\n' && afterCR:
			continue
		case c == '\n', c == '\r':
			if e.first {
				e.first = false
				line = bytes.TrimPrefix(line, []byte("\ufeff"))
			}
			return line, nil
		case len(line) >= limit:
			return line, permanent{ErrTooLarge}
		}
		line = append(line, c)
	}
}
