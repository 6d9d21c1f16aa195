package mediainfo

import (
	"bytes"
	"encoding/binary"
	"math"
)

// The elements of Matroska, of which WebM is a part, that are looked into.
const (
	idSegment     = 0x18538067
	idInfo        = 0x1549a966
	idScale       = 0x2ad7b1 // nanoseconds in a unit of time
	idDuration    = 0x4489
	idTracks      = 0x1654ae6b
	idTrack       = 0xae
	idTrackType   = 0x83
	idVideo       = 0xe0
	idPixelWidth  = 0xb0
	idPixelHeight = 0xba
	idCluster     = 0x1f43b675 // the content; what describes it stands in front
)

func isMatroska(head []byte) bool { return bytes.HasPrefix(head, []byte{0x1a, 0x45, 0xdf, 0xa3}) }

func readMatroska(f *file) Info {
	var info Info
	var duration, scale float64 = 0, 1e6
	var kind, width, height int // of the track that is being read: 1 is video, 2 is audio
	var visit func(id uint32, start, end int64) bool
	visit = func(id uint32, start, end int64) bool {
		switch id {
		case idCluster:
			return false
		case idSegment, idInfo, idTracks, idVideo:
			f.elements(start, end, visit)
			return id != idSegment
		case idTrack:
			kind, width, height = 0, 0, 0
			f.elements(start, end, visit)
			switch {
			case kind == 1:
				info.addTrack(width, height)
			case kind == 2 && info.Kind == "":
				info.Kind = Audio
			}
		case idScale:
			scale = float64(f.unsigned(start, end))
		case idDuration:
			duration = f.float(start, end)
		case idTrackType:
			kind = f.small(start, end)
		case idPixelWidth:
			width = f.small(start, end)
		case idPixelHeight:
			height = f.small(start, end)
		}
		return true
	}
	f.elements(0, f.size, visit)
	if info.Kind != "" && scale > 0 {
		info.Duration = units(duration*scale, 1e9)
	}
	return info
}

// elements calls visit for each element between start and end, with where its content is, until visit returns false.
func (f *file) elements(start, end int64, visit func(id uint32, start, end int64) bool) {
	for start < end {
		head := f.upTo(start, 12)
		id, n := vint(head, 4)
		if n == 0 {
			return
		}
		length, m := vint(head[n:], 8)
		if m == 0 {
			return
		}
		body := start + int64(n+m)
		length &^= 1 << (7 * m) // the mark of how long it is
		if length == 1<<(7*m)-1 || length > uint64(end-start) {
			length = uint64(end - start) // not known, or broken off
		}
		next := min(body+int64(length), end)
		if !visit(uint32(id), body, next) {
			return
		}
		start = next
	}
}

// vint returns the number of at most limit bytes that b begins with, with the mark of its length, and that length; 0 for
// none.
func vint(b []byte, limit int) (value uint64, n int) {
	if len(b) == 0 || b[0] == 0 {
		return 0, 0
	}
	n = 1
	for mark := byte(0x80); b[0]&mark == 0; mark >>= 1 {
		n++
	}
	if n > limit || n > len(b) {
		return 0, 0
	}
	for _, c := range b[:n] {
		value = value<<8 | uint64(c)
	}
	return value, n
}

// unsigned is the number between start and end, 0 where it is longer than one can be.
func (f *file) unsigned(start, end int64) uint64 {
	if end-start > 8 || end < start {
		return 0
	}
	var n uint64
	for _, c := range f.at(start, int(end-start)) {
		n = n<<8 | uint64(c)
	}
	return n
}

// small is the same for what fits an int anywhere, and 0 for the rest.
func (f *file) small(start, end int64) int {
	if n := f.unsigned(start, end); n <= math.MaxInt32 {
		return int(n)
	}
	return 0
}

func (f *file) float(start, end int64) float64 {
	switch b := f.upTo(start, 8); {
	case end-start == 4 && len(b) >= 4:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(b)))
	case end-start == 8 && len(b) == 8:
		return math.Float64frombits(binary.BigEndian.Uint64(b))
	}
	return 0
}
