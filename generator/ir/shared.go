package ir

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
	imageSide = Rules{Above: number("0"), Max: number("14142")}
)

func number(n Number) *Number { return &n }

// SharedTypes are the shared types by the schema names under which documents describe them.
var SharedTypes = map[string]*Shared{
	"File": sharedFile, "Image": sharedImage, "ImageFile": sharedImage, "Video": sharedVideo, "VideoFile": sharedVideo,
	"Audio": sharedAudio, "AudioFile": sharedAudio, "ImageSize": sharedImageSize,
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
