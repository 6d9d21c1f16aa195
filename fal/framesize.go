package fal

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/falgen/falgen/fal/internal/input"
)

// FrameSize is the size of an image or video to generate: a preset, such as [SquareHD], or a [Size]. The empty FrameSize
// is unset and is left out of the request.
//
// Other presets are written as FrameSize("panorama"). JSON that is not a string is kept as text.
type FrameSize string

// Presets. Not every endpoint accepts [AutoSize], which lets the model choose.
const (
	SquareHD      FrameSize = "square_hd"
	Square        FrameSize = "square"
	Portrait4x3   FrameSize = "portrait_4_3"
	Portrait16x9  FrameSize = "portrait_16_9"
	Landscape4x3  FrameSize = "landscape_4_3"
	Landscape16x9 FrameSize = "landscape_16_9"
	AutoSize      FrameSize = "auto"
)

// Size returns a custom size in pixels. Endpoints accept 1 to 14142.
func Size(width, height int) FrameSize {
	return FrameSize(fmt.Sprintf(`{"width":%d,"height":%d}`, width, height))
}

// Pixels returns the width and height, and reports whether s is a custom size.
func (s FrameSize) Pixels() (size ImageSize, ok bool) {
	text := []byte(s)
	return size, bytes.HasPrefix(text, []byte("{")) && json.Unmarshal(text, &size) == nil
}

// MarshalJSON encodes a preset as a string, and a size as an object.
func (s FrameSize) MarshalJSON() ([]byte, error) {
	if json.Valid([]byte(s)) {
		return []byte(s), nil
	}
	return input.JSON(string(s))
}

// UnmarshalJSON decodes any JSON; null is unset.
func (s *FrameSize) UnmarshalJSON(data []byte) error {
	*s = ""
	if isNull(data) {
		return nil
	}
	var preset string
	if json.Unmarshal(data, &preset) == nil && preset != "" && !json.Valid([]byte(preset)) {
		*s = FrameSize(preset)
		return nil
	}
	var text bytes.Buffer
	if err := json.Compact(&text, data); err != nil {
		return err
	}
	*s = FrameSize(text.String())
	return nil
}
