package support

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/falgen/falgen/fal"
)

// MediaLimits demand of media that it is within bounds, where it is still here and tells. A bound of 0 is none.
type MediaLimits struct {
	MaxFileSize                    float64 // bytes
	MinWidth, MaxWidth             float64 // pixels
	MinHeight, MaxHeight           float64 // pixels
	MinPixels, MaxPixels           float64 // width times height
	MinAspectRatio, MaxAspectRatio float64 // width to height
	MinDuration, MaxDuration       float64 // seconds
}

// Check returns what is wrong with the media at loc, in fal's words.
func (l MediaLimits) Check(loc fal.Loc, info fal.MediaInfo) []fal.FieldError {
	found := l.size(info)
	if info.Width > 0 && info.Height > 0 {
		found = append(found, l.picture(info)...)
	}
	if info.Duration > 0 {
		found = append(found, l.duration(info)...)
	}
	for i := range found {
		found[i].Loc = loc
	}
	return found
}

func (l MediaLimits) size(info fal.MediaInfo) []fal.FieldError {
	if !over(float64(info.Size), l.MaxFileSize) {
		return nil
	}
	return []fal.FieldError{{
		Type: "file_too_large",
		Msg:  fmt.Sprintf("must be a file of at most %s bytes, not %d", decimal(l.MaxFileSize), info.Size),
		Ctx:  bounds{{"max_size", l.MaxFileSize}}.ctx(),
	}}
}

// picture checks the size of an image or of a video's frames, for which fal has the same words.
func (l MediaLimits) picture(info fal.MediaInfo) (found []fal.FieldError) {
	width, height := float64(info.Width), float64(info.Height)
	refuse := func(typ string, b bounds) {
		msg := fmt.Sprintf("must fit %s: it is %d by %d pixels", b, info.Width, info.Height)
		found = append(found, fal.FieldError{Type: typ, Msg: msg, Ctx: b.ctx()})
	}
	if under(width, l.MinWidth) || under(height, l.MinHeight) || under(width*height, l.MinPixels) {
		refuse("image_too_small", bounds{{"min_width", l.MinWidth}, {"min_height", l.MinHeight}, {"min_pixels", l.MinPixels}})
	}
	if over(width, l.MaxWidth) || over(height, l.MaxHeight) || over(width*height, l.MaxPixels) {
		refuse("image_too_large", bounds{{"max_width", l.MaxWidth}, {"max_height", l.MaxHeight}, {"max_pixels", l.MaxPixels}})
	}
	// Servers also take the longer side to the shorter one: what this refuses, they refuse either way.
	if ratio := width / height; under(ratio, l.MinAspectRatio) || over(ratio, l.MaxAspectRatio) {
		refuse("image_aspect_ratio_error", bounds{{"min_aspect_ratio", l.MinAspectRatio}, {"max_aspect_ratio", l.MaxAspectRatio}})
	}
	return found
}

// slack is how many seconds programs differ in when they say how long a file is: sound and pictures seldom end at once.
const slack = 0.1

func (l MediaLimits) duration(info fal.MediaInfo) []fal.FieldError {
	seconds := info.Duration.Seconds()
	refuse := func(how, words, name string, bound float64) []fal.FieldError {
		return []fal.FieldError{{
			Type: info.Kind + "_duration_too_" + how,
			Msg:  fmt.Sprintf("must last %s %s seconds, not %s", words, decimal(bound), decimal(seconds)),
			Ctx:  map[string]any{name: bound, "provided_duration": seconds},
		}}
	}
	switch {
	case under(seconds+slack, l.MinDuration):
		return refuse("short", "at least", "min_duration", l.MinDuration)
	case over(seconds-slack, l.MaxDuration):
		return refuse("long", "at most", "max_duration", l.MaxDuration)
	}
	return nil
}

func under(v, bound float64) bool { return bound > 0 && v < bound }

func over(v, bound float64) bool { return bound > 0 && v > bound }

// bounds are some of which those above 0 are there.
type bounds []struct {
	name string
	at   float64
}

// String lists them as in "min_width 300, min_height 200".
func (b bounds) String() string {
	var words []string
	for _, bound := range b {
		if bound.at > 0 {
			words = append(words, bound.name+" "+decimal(bound.at))
		}
	}
	return strings.Join(words, ", ")
}

func decimal(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func (b bounds) ctx() map[string]any {
	ctx := map[string]any{}
	for _, bound := range b {
		if bound.at > 0 {
			ctx[bound.name] = bound.at
		}
	}
	return ctx
}
