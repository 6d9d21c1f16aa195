package mediainfo

import (
	"encoding/binary"
	"math"
	"slices"
	"time"
)

// beginnings are the types of boxes that a file may begin with.
var beginnings = []string{"ftyp", "moov", "mdat", "wide", "free", "skip", "pnot"}

func isMP4(head []byte) bool {
	return len(head) >= 12 && slices.Contains(beginnings, string(head[4:8]))
}

// imageBrands are those of images in a container as that of MP4, which say their size in another way.
var imageBrands = []string{"avif", "avis", "heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"}

// readMP4 reads the boxes that describe the whole, which may stand behind all of the content.
func readMP4(f *file) Info {
	if head := f.at(0, 12); string(head[4:8]) == "ftyp" && slices.Contains(imageBrands, string(head[8:])) {
		return Info{Kind: Image}
	}
	var info Info
	f.boxes(0, f.size, func(kind string, start, end int64) {
		if kind == "moov" && info.Kind == "" {
			info = readMovie(f, start, end)
		}
	})
	return info
}

// boxes calls visit for each box between start and end, with where its content is.
func (f *file) boxes(start, end int64, visit func(kind string, start, end int64)) {
	for start < end {
		head := f.at(start, 8)
		if head == nil {
			return
		}
		size, length := int64(8), uint64(binary.BigEndian.Uint32(head))
		switch length {
		case 0: // to the end
			length = uint64(end - start)
		case 1:
			large := f.at(start+8, 8)
			if large == nil {
				return
			}
			size, length = 16, binary.BigEndian.Uint64(large)
		}
		if length < uint64(size) {
			return
		}
		next := start + int64(min(length, uint64(end-start))) // a file may break off
		visit(string(head[4:]), min(start+size, next), next)
		start = next
	}
}

func readMovie(f *file, start, end int64) Info {
	var info Info
	var tracks []track
	fragmented := false
	f.boxes(start, end, func(kind string, start, end int64) {
		switch kind {
		case "mvhd":
			info.Duration = f.movieDuration(start)
		case "mvex": // the movie header counts the first part alone
			fragmented = true
		case "trak":
			tracks = append(tracks, readTrack(f, start, end))
		}
	})
	for _, t := range tracks {
		switch {
		case t.handler == "soun" && info.Kind == "":
			info.Kind = Audio
		case t.handler == "vide":
			info.addTrack(t.width, t.height)
		}
	}
	if fragmented || info.Kind == "" {
		info.Duration = 0
	}
	return info
}

// times returns where in a header box at start the times of creation and change end, and whether times have 64 bits.
func (f *file) times(start int64) (end int64, wide bool) {
	if version := f.at(start, 1); version != nil && version[0] == 1 {
		return start + 20, true
	}
	return start + 12, false
}

// movieDuration is what the movie header at start says, 0 where that is none.
func (f *file) movieDuration(start int64) time.Duration {
	at, wide := f.times(start)
	b := f.at(at, 12) // the time scale and the duration, and more
	if b == nil {
		return 0
	}
	scale, n := binary.BigEndian.Uint32(b), uint64(binary.BigEndian.Uint32(b[4:]))
	if wide {
		n = binary.BigEndian.Uint64(b[4:])
	}
	if n == math.MaxUint64 || !wide && n == math.MaxUint32 { // as much as not known
		return 0
	}
	return units(float64(n), float64(scale))
}

// A track is one of a movie.
type track struct {
	handler       string // "vide" for pictures, "soun" for sound
	width, height int    // of pictures, as they are displayed
}

// readTrack reads the size of a track's pictures where their coding is described, and how to turn them from its header.
func readTrack(f *file, start, end int64) track {
	var t track
	turned := false
	var visit func(kind string, start, end int64)
	visit = func(kind string, start, end int64) {
		switch kind {
		case "mdia", "minf", "stbl":
			f.boxes(start, end, visit)
		case "tkhd":
			turned = f.turned(start)
		case "hdlr":
			if handler := f.at(start+8, 4); handler != nil && t.handler == "" {
				t.handler = string(handler)
			}
		case "stsd":
			// Behind a version, a count, and the head of the first entry.
			if size := f.at(start+8+8+24, 4); size != nil && start+44 <= end {
				t.width, t.height = int(binary.BigEndian.Uint16(size)), int(binary.BigEndian.Uint16(size[2:]))
			}
		}
	}
	f.boxes(start, end, visit)
	if turned {
		t.width, t.height = t.height, t.width
	}
	return t
}

// turned reports whether the matrix in the track header at start lays pictures on their side.
func (f *file) turned(start int64) bool {
	at, wide := f.times(start)
	at += 28
	if wide {
		at += 4
	}
	m := f.at(at, 20) // of three rows of three: a, b, u, c, d
	if m == nil {
		return false
	}
	number := func(i int) uint32 { return binary.BigEndian.Uint32(m[4*i:]) }
	return number(0) == 0 && number(4) == 0 && number(1) != 0 && number(3) != 0
}
