package support

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/falgen/falgen/fal/internal/input"
)

// MarshalNames encodes a struct that has fields whose names no struct tag can carry: the tags have stand-ins. names are
// pairs, a stand-in and the name that goes over the wire.
func MarshalNames(v any, names ...string) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return rename(data, func(name string) (string, bool) {
		for i := 0; i < len(names); i += 2 {
			if names[i] == name {
				return names[i+1], true
			}
		}
		return name, true
	})
}

// UnmarshalNames decodes what [MarshalNames] encodes. v is a pointer to the struct.
func UnmarshalNames(data []byte, v any, names ...string) error {
	if trimmed := bytes.TrimLeft(data, " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		return input.Unmarshal(data, v)
	}
	renamed, err := rename(data, func(name string) (string, bool) {
		for i := 0; i < len(names); i += 2 {
			if names[i+1] == name {
				return names[i], true
			}
		}
		for i := 0; i < len(names); i += 2 {
			if strings.EqualFold(names[i], name) { // encoding/json would take it for the field
				return "", false
			}
		}
		return name, true
	})
	if err != nil {
		return err
	}
	return input.Unmarshal(renamed, v)
}

// rename returns a JSON object with the names that name gives its members, without those that it does not keep.
func rename(object []byte, name func(string) (string, bool)) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(object))
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	out := []byte{'{'}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, err
		}
		key, keep := name(tok.(string)) // the token of a name always is one
		if !keep {
			continue
		}
		quoted, err := json.Marshal(key)
		if err != nil {
			return nil, err
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, quoted...), ':'), value...)
	}
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	return append(out, '}'), nil
}
