package fal

// RGBColor is a colour of red, green and blue.
type RGBColor struct {
	// R is the red part: from 0 to 255. Default: 0.
	R Opt[int64] `json:"r,omitzero"`
	// G is the green part: from 0 to 255. Default: 0.
	G Opt[int64] `json:"g,omitzero"`
	// B is the blue part: from 0 to 255. Default: 0.
	B Opt[int64] `json:"b,omitzero"`
}
