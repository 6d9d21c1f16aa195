package fal

import (
	"bytes"
	"encoding/json"
)

// Object is a free-form JSON object. A map[string]any can be assigned to it. Numbers decode as [json.Number], which keeps
// every digit. Like any map, it must not be modified concurrently.
type Object map[string]any

// UnmarshalJSON decodes an object, and null as nil.
func (o *Object) UnmarshalJSON(data []byte) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var members map[string]any // an Object would call this method again
	if err := dec.Decode(&members); err != nil {
		return err
	}
	*o = members
	return nil
}
