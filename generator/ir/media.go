package ir

import (
	"fmt"
	"strings"
)

// A MediaLimit bounds one quantity of a file of media.
type MediaLimit struct {
	Of       Quantity
	Min, Max *Number // inclusive, above 0
}

// A Quantity is what of a file a document may bound.
type Quantity int

const (
	FileSize    Quantity = iota // bytes
	Width                       // pixels, as they are displayed
	Height                      // pixels, as they are displayed
	Pixels                      // of an image or a frame
	AspectRatio                 // of the width to the height
	Duration                    // seconds
	FrameRate                   // frames a second
	Frames                      // of all the video
)

// quantities say how documents spell a quantity's bounds, and how comments do: around the bounds.
var quantities = [...]struct {
	min, max      string // keywords; "" where documents have none
	before, after string
}{
	FileSize:    {"", "max_file_size", "", " bytes"},
	Width:       {"min_width", "max_width", "width ", " pixels"},
	Height:      {"min_height", "max_height", "height ", " pixels"},
	Pixels:      {"min_pixels", "max_pixels", "", " pixels in all"},
	AspectRatio: {"min_aspect_ratio", "max_aspect_ratio", "width to height ", ""},
	Duration:    {"min_duration", "max_duration", "duration ", " seconds"},
	FrameRate:   {"min_fps", "max_fps", "", " frames a second (not checked)"},
	Frames:      {"min_frames", "max_frames", "", " frames (not checked)"},
}

// Quantities lists what of a file a document may bound.
func Quantities() []Quantity {
	all := make([]Quantity, len(quantities))
	for i := range all {
		all[i] = Quantity(i)
	}
	return all
}

// Keywords returns those that bound q: the least, and the greatest. One that documents do not have is "".
func (q Quantity) Keywords() (least, greatest string) { return quantities[q].min, quantities[q].max }

// Checked reports whether a bound of q is checked before a file is sent. The others are only the server's to check: how
// they are counted differs from program to program.
func (q Quantity) Checked() bool { return q != FrameRate && q != Frames }

// Words says a range of q, of which one end may be open.
func (q Quantity) Words(least, greatest *Number) string {
	words := ""
	switch {
	case least != nil && greatest != nil && *least == *greatest:
		words = string(*least)
	case least != nil && greatest != nil:
		words = fmt.Sprintf("%s to %s", *least, *greatest)
	case least != nil:
		words = "at least " + string(*least)
	case greatest != nil:
		words = "at most " + string(*greatest)
	default:
		return ""
	}
	return quantities[q].before + words + quantities[q].after
}

// MediaLimit returns the limit of a quantity, the zero one where it has none.
func (r Rules) MediaLimit(q Quantity) MediaLimit {
	for _, l := range r.Media {
		if l.Of == q {
			return l
		}
	}
	return MediaLimit{Of: q}
}

func mediaFacts(r Rules) []string {
	var words []string
	for _, l := range r.Media {
		words = append(words, l.Of.Words(l.Min, l.Max))
	}
	if words == nil {
		return nil
	}
	return []string{"A file of " + strings.Join(words, ", ") + "."}
}
