package support

import "github.com/falgen/falgen/fal"

// The schemas of the types that package fal declares for many documents.
var (
	File  = Schema{Types: Object, Fields: fileFields()}
	Image = Schema{Types: Object, Fields: fileFields("width", &integer, "height", &integer)}
	Video = Schema{Types: Object, Fields: fileFields(
		"width", &integer, "height", &integer, "fps", &number, "duration", &number, "num_frames", &integer)}
	Audio = Schema{Types: Object, Fields: fileFields(
		"duration", &number, "sample_rate", &integer, "channels", &integer, "bitrate", &text)}
	ImageSize = Schema{Types: Object, Fields: []Field{
		{Name: "width", Schema: &Schema{Types: Integer, Above: "0", Max: "14142"}},
		{Name: "height", Schema: &Schema{Types: Integer, Above: "0", Max: "14142"}},
	}}
	LoRA = Schema{Types: Object, Fields: []Field{
		{Name: "path", Required: true, Schema: &AnyString},
		{Name: "scale", Schema: &Schema{Types: Number, Min: "0", Max: "4"}},
		{Name: "weight_name", Schema: &AnyString},
	}}
	RGBColor = Schema{Types: Object, Fields: []Field{
		{Name: "r", Schema: &colorPart}, {Name: "g", Schema: &colorPart}, {Name: "b", Schema: &colorPart},
	}}
	FrameSize       = frameSize()
	FrameSizeOrAuto = frameSize(`"auto"`)

	colorPart = Schema{Types: Integer, Min: "0", Max: "255"}

	text    = Schema{Types: String, Null: true}
	integer = Schema{Types: Integer, Null: true}
	number  = Schema{Types: Number, Null: true}
)

// fileFields are the fields of a file, and more: names and schemas.
func fileFields(more ...any) []Field {
	fields := []Field{
		{Name: "url", Required: true, Schema: &AnyString}, {Name: "content_type", Schema: &text}, {Name: "file_name", Schema: &text},
		{Name: "file_size", Schema: &integer}, {Name: "file_data", Schema: &text},
	}
	for i := 0; i < len(more); i += 2 {
		fields = append(fields, Field{Name: more[i].(string), Schema: more[i+1].(*Schema)})
	}
	return fields
}

// frameSize is the schema of a size or one of the presets that nearly all documents list, or one of more.
func frameSize(more ...string) Schema {
	presets := []string{`"square_hd"`, `"square"`, `"portrait_4_3"`, `"portrait_16_9"`, `"landscape_4_3"`, `"landscape_16_9"`}
	return Schema{Choices: []Choice{{Arms: []*Schema{&ImageSize, {Types: String, Enum: append(more, presets...)}}}}}
}

// LoRADefaults returns l with the scale that fal takes for an unset one.
func LoRADefaults(l fal.LoRA) fal.LoRA {
	l.Scale = Default(l.Scale, 1)
	return l
}

// RGBColorDefaults returns rgb with the parts that fal takes for unset ones.
func RGBColorDefaults(rgb fal.RGBColor) fal.RGBColor {
	rgb.R, rgb.G, rgb.B = Default(rgb.R, 0), Default(rgb.G, 0), Default(rgb.B, 0)
	return rgb
}

// ImageSizeDefaults returns s with the sides that fal takes for unset ones.
func ImageSizeDefaults(s fal.ImageSize) fal.ImageSize {
	s.Width = Default(s.Width, 512)
	s.Height = Default(s.Height, 512)
	return s
}
