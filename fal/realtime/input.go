package realtime

import (
	"errors"
	"fmt"

	"github.com/coder/websocket"

	"github.com/falgen/falgen/fal/internal/input"
	"github.com/falgen/falgen/fal/internal/msgpackjson"
)

// frame encodes an input as one message. A []byte is one already, whatever it holds.
func (c config) frame(in any) (websocket.MessageType, []byte, error) {
	if raw, ok := in.([]byte); ok {
		return websocket.MessageBinary, raw, nil
	}
	form, err := input.JSON(in)
	if err != nil {
		return 0, nil, err
	}
	if c.json {
		return websocket.MessageText, form, nil
	}
	packed, err := msgpackjson.FromJSON(form, in)
	if errors.Is(err, msgpackjson.ErrDigits) {
		err = fmt.Errorf("%w; realtime.WithJSON() sends them", err)
	}
	return websocket.MessageBinary, packed, err
}
