package realtime

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/coder/websocket"

	"github.com/falgen/falgen/fal/internal/msgpackjson"
)

// frame encodes an input as one message. A []byte is one already, whatever it holds.
func (c config) frame(in any) (websocket.MessageType, []byte, error) {
	if raw, ok := in.([]byte); ok {
		return websocket.MessageBinary, raw, nil
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(in); err != nil {
		return 0, nil, err
	}
	form := bytes.TrimSuffix(text.Bytes(), []byte("\n"))
	if c.json {
		return websocket.MessageText, form, nil
	}
	packed, err := msgpackjson.FromJSON(form, in)
	if errors.Is(err, msgpackjson.ErrDigits) {
		err = fmt.Errorf("%w; realtime.WithJSON() sends them", err)
	}
	return websocket.MessageBinary, packed, err
}

// isNil reports whether v is nil: JSON null, which no endpoint takes.
func isNil(v any) bool {
	value := reflect.ValueOf(v)
	switch value.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Map, reflect.Slice:
		return value.IsNil()
	}
	return false
}

// validate calls the Validate method of the first that has one: of an input, or else of the pointer to it.
func validate(inputs ...any) error {
	for _, in := range inputs {
		if v, ok := in.(interface{ Validate() error }); ok {
			return v.Validate()
		}
	}
	return nil
}
