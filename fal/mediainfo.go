package fal

import (
	"bytes"
	"io"
	"os"
	"time"

	"github.com/falgen/falgen/fal/internal/mediainfo"
)

// MediaInfo describes local media. Unknown values are zero.
type MediaInfo struct {
	Kind          string // "image", "video" or "audio"
	Size          int64  // bytes
	Width, Height int    // pixels as they are displayed: a photo that was taken upright is upright
	Duration      time.Duration
}

// Info reads the first bytes of local media or of a [DataURI], and returns what they say. For a URL, an unreadable path,
// or a [Reader] that can be read only once, little or nothing is known.
//
// It knows PNG, JPEG, GIF and WebP, MP4, MOV, M4A, WebM and Matroska, WAV, and MP3 with a count of its frames.
func (m Media) Info() MediaInfo {
	if content, ok := mediainfo.DataURI(m.ref); ok {
		return infoOf(bytes.NewReader(content), int64(len(content)))
	}
	if m.local == nil {
		return MediaInfo{}
	}
	size, known := m.local.size()
	switch {
	case m.local.section != nil:
		return infoOf(m.local.section, size)
	case known && m.local.path != "":
		file, err := os.Open(m.local.path)
		if err != nil {
			break // the upload says so
		}
		defer func() { _ = file.Close() }()
		return infoOf(file, size)
	}
	return MediaInfo{Size: size}
}

func infoOf(r io.ReaderAt, size int64) MediaInfo {
	i := mediainfo.Read(r, size)
	return MediaInfo{Kind: string(i.Kind), Size: size, Width: i.Width, Height: i.Height, Duration: i.Duration}
}
