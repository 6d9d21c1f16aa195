package support

import "github.com/falgen/falgen/fal"

// ImageSize demands sides that an image can have.
func ImageSize() Rule {
	return Object(func(s fal.ImageSize, c Checker) {
		c.Optional("width", s.Width, Above(0), Max(14142))
		c.Optional("height", s.Height, Above(0), Max(14142))
	})
}

// ImageSizeDefaults returns s with the sides that fal takes for unset ones.
func ImageSizeDefaults(s fal.ImageSize) fal.ImageSize {
	s.Width = Default(s.Width, 512)
	s.Height = Default(s.Height, 512)
	return s
}
