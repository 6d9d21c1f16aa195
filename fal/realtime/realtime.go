package realtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/internal/input"
	"github.com/falgen/falgen/fal/internal/msgpackjson"
)

// closeBudget is how long Close waits for the server to close its side.
const closeBudget = 2 * time.Second

// Conn is an open connection to a realtime endpoint. Create one with [Dial]. It is safe for concurrent use; each message
// goes to one of the callers of Receive.
type Conn[I, O any] struct{ conn }

// Message is an output.
type Message[O any] struct {
	Data O
	Raw  json.RawMessage // Data as JSON, with what O has no field for; translated where it came as msgpack
}

// Send sends an input. A nil error does not mean that the server received it.
//
// An input is validated first where it has a method Validate() error. One of type []byte is sent as it is, in a binary
// frame (docs/protocol.md, section 11). If ctx ends before all of it is sent, the connection is closed.
//
// It returns a [*fal.ValidationError] or a [*fal.CallError].
func (c *Conn[I, O]) Send(ctx context.Context, in I) error {
	return c.send(ctx, in, &in)
}

// Receive returns the next output. If ctx ends first, the connection is closed.
//
// It returns [io.EOF] when there is no more to come: the server has closed the connection with code 1000, or Close was
// called. Otherwise it returns an [*Error], a [*fal.DecodeError], a [*CloseError] or a [*fal.CallError]; after the first
// two, the next message can be received. (docs/protocol.md, section 11)
func (c *Conn[I, O]) Receive(ctx context.Context) (*Message[O], error) {
	msg := new(Message[O])
	var err error
	if msg.Raw, err = c.receive(ctx, &msg.Data); err != nil {
		return nil, err
	}
	return msg, nil
}

// Close tells the server that the conversation is over, waits up to two seconds for it to say the same, and closes the
// connection in any case. What was not received is lost. A Receive that waits returns [io.EOF], a Send fails, and
// another Close does nothing.
//
// It returns a [*fal.CallError] if the close handshake failed; the connection is closed all the same.
func (c *Conn[I, O]) Close() error { return c.close() }

// conn is a Conn without its types.
type conn struct {
	endpoint endpoint
	config   config
	secrets  secrets
	ws       *websocket.Conn
	socket   io.Closer     // what ws reads from and writes to
	turn     chan struct{} // is held by the one that receives
	end      error         // why there is nothing more to receive, nil as long as there may be; for the holder of turn
	left     atomic.Bool   // whether Close was called
}

func (c *conn) send(ctx context.Context, in, ptr any) error {
	if ctx == nil {
		return c.endpoint.failed("send", errNoContext)
	}
	if input.IsNil(in) {
		return c.endpoint.failed("send", errors.New("the input is nil; an empty one is for an endpoint that needs none"))
	}
	if !c.config.skipValidation {
		if err := input.Validate(in, ptr); err != nil {
			return err
		}
	}
	kind, frame, err := c.config.frame(in)
	if err != nil {
		return c.endpoint.failed("send", fmt.Errorf("cannot encode the input: %w", err))
	}
	if err := c.ws.Write(ctx, kind, frame); err != nil {
		return c.endpoint.failed("send", ended(ctx, err))
	}
	return nil
}

// receive decodes the next output into data and returns it as JSON.
func (c *conn) receive(ctx context.Context, data any) (json.RawMessage, error) {
	if ctx == nil {
		return nil, c.endpoint.failed("receive", errNoContext)
	}
	select {
	case c.turn <- struct{}{}: // the library takes no two readers
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return nil, c.endpoint.failed("receive", ctx.Err())
	}
	for {
		if c.end != nil {
			return nil, c.end
		}
		kind, frame, err := c.ws.Read(ctx)
		if err != nil {
			return nil, c.broken(ctx, err)
		}
		text := frame
		if kind == websocket.MessageBinary {
			if text, err = msgpackjson.ToJSON(frame); err != nil {
				return nil, c.unreadable(frame, err)
			}
		}
		head, err := readHead(text)
		switch {
		case err != nil:
			return nil, c.unreadable(frame, err)
		case head.Type == "x-fal-message":
			continue
		case head.Type == "x-fal-error", head.Status == "error":
			return nil, &Error{
				EndpointID: c.endpoint.id, Code: c.secrets.hide(plain(head.Error)), Reason: c.secrets.hide(plain(head.Reason)),
				Raw: text,
			}
		}
		if err := json.Unmarshal(text, data); err != nil {
			return nil, c.unreadable(frame, err)
		}
		return text, nil
	}
}

// head is what tells the server's own messages from outputs, in frames of either kind (docs/protocol.md, section 11).
type head struct {
	Type   string          `json:"type"`
	Status string          `json:"status"`
	Error  json.RawMessage `json:"error"`
	Reason json.RawMessage `json:"reason"`
}

// readHead fails only on what is not JSON: an output may have fields of these names and of other types.
func readHead(text []byte) (head, error) {
	var h head
	err := json.Unmarshal(text, &h)
	if errors.As(err, new(*json.UnmarshalTypeError)) {
		err = nil
	}
	return h, err
}

// plain is the text that raw encodes, or raw itself where it is something else.
func plain(raw json.RawMessage) string {
	var s string
	if len(raw) > 0 && json.Unmarshal(raw, &s) != nil {
		return string(raw)
	}
	return s
}

func (c *conn) unreadable(frame []byte, err error) error {
	return &fal.DecodeError{Op: "receive", EndpointID: c.endpoint.id, Raw: frame, Err: err}
}

// broken closes the connection after a read has failed, and says why there is nothing more to come.
func (c *conn) broken(ctx context.Context, err error) error {
	if c.left.Load() {
		c.end = io.EOF
		return c.end
	}
	_ = c.ws.CloseNow()
	if ctx.Err() != nil {
		return c.endpoint.failed("receive", ctx.Err()) // not to be told to a later call, whose context goes on
	}
	var closed websocket.CloseError
	switch {
	case errors.As(err, &closed) && closed.Code == websocket.StatusNormalClosure:
		c.end = io.EOF
	case errors.As(err, &closed):
		c.end = &CloseError{EndpointID: c.endpoint.id, Code: int(closed.Code), Reason: c.secrets.hide(closed.Reason)}
	case errors.Is(err, websocket.ErrMessageTooBig):
		c.end = c.endpoint.failed("receive", fmt.Errorf("a message is longer than %d bytes, the limit of "+
			"realtime.WithMaxMessage: %w", c.config.maxMessage, err))
	case errors.Is(err, io.EOF):
		c.end = c.endpoint.failed("receive", fmt.Errorf("the server has gone without a word: %w", io.ErrUnexpectedEOF))
	default:
		c.end = c.endpoint.failed("receive", err)
	}
	return c.end
}

func (c *conn) close() error {
	if c.left.Swap(true) {
		return nil
	}
	// While it waits, the library may read the rest of a message, for which it knows no limit of time.
	timer := time.AfterFunc(closeBudget, func() { _ = c.socket.Close() })
	defer timer.Stop()
	err := c.ws.Close(websocket.StatusNormalClosure, "")
	if err != nil && !errors.Is(err, net.ErrClosed) {
		return c.endpoint.failed("close", err)
	}
	return nil
}
