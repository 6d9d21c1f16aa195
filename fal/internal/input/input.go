// Package input is what every way to send an input to fal does with it: calls and sockets alike.
package input

import (
	"bytes"
	"encoding/json"
	"reflect"
)

// IsNil reports whether v is nil: JSON null, which no endpoint takes.
func IsNil(v any) bool {
	value := reflect.ValueOf(v)
	switch value.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Map, reflect.Slice:
		return value.IsNil()
	}
	return false
}

// Validate calls the Validate method of the first that has one: of an input, or else of the pointer to it.
func Validate(inputs ...any) error {
	for _, in := range inputs {
		if v, ok := in.(interface{ Validate() error }); ok {
			return v.Validate()
		}
	}
	return nil
}

// JSON encodes v as the official clients do: on one line, with <, > and & as they are.
func JSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
