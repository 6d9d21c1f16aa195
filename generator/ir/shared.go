package ir

import (
	"slices"
	"strings"
)

// A Shared is a type that many documents describe and package fal declares once.
type Shared struct {
	Name   string // in package fal
	Fields []SharedField
}

// A SharedField is one field of a [Shared] type.
type SharedField struct {
	Name     string
	Kind     Kind
	Required bool
	Rules    Rules
	Default  string // a literal, or ""
}

var fileFields = []SharedField{
	{Name: "url", Kind: String, Required: true},
	{Name: "content_type", Kind: String},
	{Name: "file_name", Kind: String},
	{Name: "file_size", Kind: Integer},
	{Name: "file_data", Kind: String},
}

func file(name string, more ...SharedField) *Shared {
	return &Shared{Name: name, Fields: append(fileFields[:len(fileFields):len(fileFields)], more...)}
}

var (
	sharedFile  = file("File")
	sharedImage = file("Image", SharedField{Name: "width", Kind: Integer}, SharedField{Name: "height", Kind: Integer})
	sharedVideo = file("Video",
		SharedField{Name: "width", Kind: Integer}, SharedField{Name: "height", Kind: Integer},
		SharedField{Name: "fps", Kind: Float}, SharedField{Name: "duration", Kind: Float},
		SharedField{Name: "num_frames", Kind: Integer})
	sharedAudio = file("Audio",
		SharedField{Name: "duration", Kind: Float}, SharedField{Name: "sample_rate", Kind: Integer},
		SharedField{Name: "channels", Kind: Integer}, SharedField{Name: "bitrate", Kind: String})
	sharedImageSize = &Shared{Name: "ImageSize", Fields: []SharedField{
		{Name: "width", Kind: Integer, Rules: imageSide, Default: "512"},
		{Name: "height", Kind: Integer, Rules: imageSide, Default: "512"},
	}}
	imageSide  = Rules{Above: number("0"), Max: number("14142")}
	sharedLoRA = &Shared{Name: "LoRA", Fields: []SharedField{
		{Name: "path", Kind: String, Required: true},
		{Name: "scale", Kind: Float, Rules: Rules{Min: number("0"), Max: number("4")}, Default: "1"},
		{Name: "weight_name", Kind: String},
	}}
	sharedRGBColor = &Shared{Name: "RGBColor", Fields: []SharedField{
		{Name: "r", Kind: Integer, Rules: colorPart, Default: "0"},
		{Name: "g", Kind: Integer, Rules: colorPart, Default: "0"},
		{Name: "b", Kind: Integer, Rules: colorPart, Default: "0"},
	}}
	colorPart = Rules{Min: number("0"), Max: number("255")}
)

func number(n Number) *Number { return &n }

// SharedType returns the shared type that documents describe under the name of a component, or nil. The name may have
// the path of a module in front of it: "registry__models__Image".
func SharedType(component string) *Shared {
	return sharedTypes[component[strings.LastIndex(component, "_")+1:]]
}

var sharedTypes = map[string]*Shared{
	"File": sharedFile, "Image": sharedImage, "ImageFile": sharedImage, "Video": sharedVideo, "VideoFile": sharedVideo,
	"Audio": sharedAudio, "AudioFile": sharedAudio, "ImageSize": sharedImageSize,
	"LoraWeight": sharedLoRA, "LoRAWeight": sharedLoRA, "LoraInput": sharedLoRA, "LoRAInput": sharedLoRA, "Lora": sharedLoRA,
	"LoRA": sharedLoRA, "RGBColor": sharedRGBColor,
}

// FrameSize is the name in package fal of the union of its ImageSize and presets.
const FrameSize = "FrameSize"

// FramePresets are the presets by their constants in package fal. A document may list the last one or not.
var FramePresets = []EnumValue{
	preset("square_hd", "SquareHD"), preset("square", "Square"), preset("portrait_4_3", "Portrait4x3"),
	preset("portrait_16_9", "Portrait16x9"), preset("landscape_4_3", "Landscape4x3"),
	preset("landscape_16_9", "Landscape16x9"), preset("auto", "AutoSize"),
}

func preset(value, name string) EnumValue { return EnumValue{Value{value}, name} }

// SharedUnion returns the name of the type of package fal that a union is, or "".
func SharedUnion(u *Union) string {
	if len(u.Arms) != 2 || u.One || u.Root {
		return ""
	}
	size, presets := u.Arms[0].Type, u.Arms[1].Type
	if size.Kind != SharedKind {
		size, presets = presets, size
	}
	if size.Shared != sharedImageSize || presets.Kind != EnumKind || presets.Enum.Open {
		return ""
	}
	listed := map[any]bool{}
	for _, v := range presets.Enum.Values {
		listed[v.Value.JSON] = true
	}
	common := 0
	for _, v := range FramePresets {
		if listed[v.Value.JSON] {
			common++
		} else if v.Name != autoSize {
			return ""
		}
	}
	if common < len(listed) {
		return ""
	}
	return FrameSize
}

const autoSize = "AutoSize"

// PresetName returns the name of the constant of package fal that is a preset.
func PresetName(v Value) string {
	i := slices.IndexFunc(FramePresets, func(p EnumValue) bool { return p.Value == v })
	if i < 0 {
		return ""
	}
	return FramePresets[i].Name
}

// TakesAuto reports whether the presets of u have the one that leaves the size to the endpoint.
func (u *Union) TakesAuto() bool {
	return slices.ContainsFunc(u.Arms, func(arm Arm) bool {
		return arm.Type.Kind == EnumKind && len(arm.Type.Enum.Values) == len(FramePresets)
	})
}

// Checked reports whether values of s have rules that a Go type cannot say.
func (s *Shared) Checked() bool {
	for _, f := range s.Fields {
		if !f.Rules.IsZero() {
			return true
		}
	}
	return false
}

// HasDefaults reports whether fields of s have defaults.
func (s *Shared) HasDefaults() bool {
	for _, f := range s.Fields {
		if f.Default != "" {
			return true
		}
	}
	return false
}
