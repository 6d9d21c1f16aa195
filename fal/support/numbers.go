package support

import "github.com/falgen/falgen/fal/internal/input"

// Unmarshal decodes JSON into v as encoding/json does, and takes whole numbers however they are written: 1024.0 is one.
func Unmarshal(data []byte, v any) error { return input.Unmarshal(data, v) }

// UnmarshalOutput is Unmarshal for outputs: a number that an integer cannot hold becomes the nearest that it can.
func UnmarshalOutput(data []byte, v any) error { return input.UnmarshalOutput(data, v) }
