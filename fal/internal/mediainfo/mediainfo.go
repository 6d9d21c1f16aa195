// Package mediainfo tells what a file of media is by a few of its bytes: the headers of images, and those of the
// containers of video and audio. It decodes nothing.
package mediainfo

import (
	"io"
	"math"
	"time"
)

// Kind is what a file holds.
type Kind string

// The kinds of media. The zero Kind is that of a file which this package does not know.
const (
	Image Kind = "image"
	Video Kind = "video"
	Audio Kind = "audio"
)

// An Info is what a file tells of itself. What it does not tell is zero.
type Info struct {
	Kind          Kind
	Width, Height int           // pixels as they are displayed: a photo that was taken upright is upright
	Duration      time.Duration // of video and audio
}

// Read tells what the file is that r holds. A file that it does not know, or that is broken or cannot be read, has a
// zero Info, or an Info with what was found.
//
// It knows PNG, JPEG, GIF, WebP, MP4 with MOV and M4A, WebM with Matroska, WAV, and MP3 with a count of its frames.
func Read(r io.ReaderAt, size int64) Info {
	f := &file{r: r, size: size, reads: maxReads}
	head := f.upTo(0, 16)
	for _, format := range formats {
		if format.is(head) {
			return format.read(f)
		}
	}
	return Info{}
}

var formats = []struct {
	is   func(head []byte) bool
	read func(*file) Info
}{
	{isPNG, readPNG}, {isJPEG, readJPEG}, {isGIF, readGIF}, {isWebP, readWebP},
	{isMP4, readMP4}, {isMatroska, readMatroska}, {isWAV, readWAV}, {isMP3, readMP3},
}

// addTrack says that a track of pictures has a size. Where several have different ones, which of them counts is not known.
func (i *Info) addTrack(width, height int) {
	if i.Kind == Video && (width != i.Width || height != i.Height) || width == 0 || height == 0 {
		width, height = 0, 0
	}
	i.Kind, i.Width, i.Height = Video, width, height
}

// maxReads bounds how often a file is read, whatever it says. Real files take some tens.
const maxReads = 4096

// A file is read by its offset, a few bytes at a time.
type file struct {
	r     io.ReaderAt
	size  int64
	reads int
}

// at returns n bytes from off on, or nil where they are not all there.
func (f *file) at(off int64, n int) []byte {
	if b := f.upTo(off, n); len(b) == n {
		return b
	}
	return nil
}

// upTo returns at most n bytes from off on.
func (f *file) upTo(off int64, n int) []byte {
	if f.reads--; f.reads < 0 || off < 0 || off >= f.size {
		return nil
	}
	b := make([]byte, min(int64(n), f.size-off))
	n, _ = f.r.ReadAt(b, off)
	return b[:n]
}

// units is a duration in parts of a second; zero where no time.Duration holds it.
func units(n, perSecond float64) time.Duration {
	d := n / perSecond * float64(time.Second)
	if !(d > 0 && d < math.MaxInt64) { // not a number, either
		return 0
	}
	return time.Duration(math.Round(d))
}
