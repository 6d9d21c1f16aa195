package mediainfo

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
)

func isWAV(head []byte) bool {
	return len(head) >= 12 && (string(head[:4]) == "RIFF" || string(head[:4]) == "RF64") && string(head[8:12]) == "WAVE"
}

// plainFormats are those of WAV in which each moment takes the same number of bytes: PCM, floats, A-law, µ-law, and
// PCM or floats that are described at length.
var plainFormats = []uint16{1, 3, 6, 7, 0xfffe}

// readWAV reads the format, and how much there is of it.
func readWAV(f *file) Info {
	info := Info{Kind: Audio}
	var perSecond, large uint64
	for off := int64(12); ; {
		chunk := f.at(off, 8)
		if chunk == nil {
			return info
		}
		length := uint64(binary.LittleEndian.Uint32(chunk[4:]))
		switch string(chunk[:4]) {
		case "ds64": // the lengths that take 64 bits
			if b := f.at(off+16, 8); b != nil {
				large = binary.LittleEndian.Uint64(b)
			}
		case "fmt ":
			b := f.at(off+8, 14)
			if b == nil || !slices.Contains(plainFormats, binary.LittleEndian.Uint16(b)) {
				return info
			}
			perSecond = uint64(binary.LittleEndian.Uint32(b[4:])) * uint64(binary.LittleEndian.Uint16(b[12:]))
		case "data":
			if length == math.MaxUint32 && large > 0 {
				length = large
			}
			rest := uint64(f.size - off - 8)
			// More than there is was written before the length was known, or the file breaks off.
			info.Duration = units(float64(min(length, rest)), float64(perSecond))
			return info
		}
		off += 8 + int64(length+length&1)
	}
}

func isMP3(head []byte) bool {
	return bytes.HasPrefix(head, []byte("ID3")) || len(head) >= 4 && readFrame(head).rate > 0
}

// readMP3 reads the first frame, in which encoders leave the count of the others.
func readMP3(f *file) Info {
	info := Info{Kind: Audio}
	off := int64(0)
	if tag := f.at(0, 10); tag != nil && string(tag[:3]) == "ID3" {
		off = 10 + (int64(tag[6])<<21 | int64(tag[7])<<14 | int64(tag[8])<<7 | int64(tag[9]))
		if tag[5]&0x10 != 0 { // it ends as it begins
			off += 10
		}
	}
	head := f.at(off, 4)
	if head == nil {
		return info
	}
	frame := readFrame(head)
	if frame.rate == 0 {
		return info
	}
	b := f.at(off+4+frame.side, 12)
	if b == nil || string(b[:4]) != "Xing" && string(b[:4]) != "Info" || b[7]&1 == 0 {
		return info
	}
	frames := binary.BigEndian.Uint32(b[8:])
	info.Duration = units(float64(frames)*frame.samples, frame.rate)
	return info
}

// A frame is the head of one of MP3.
type frame struct {
	rate, samples float64
	side          int64 // bytes between the head and the content
}

// readFrame returns the zero frame where head is none of layer 3.
func readFrame(head []byte) frame {
	version, layer, rate := head[1]>>3&3, head[1]>>1&3, head[2]>>2&3
	if head[0] != 0xff || head[1]&0xe0 != 0xe0 || version == 1 || layer != 1 || rate == 3 || head[2]>>4 == 15 {
		return frame{}
	}
	f := frame{rate: []float64{44100, 48000, 32000}[rate], samples: 1152, side: 32}
	mono := head[3]>>6 == 3
	if mono {
		f.side = 17
	}
	if version != 3 { // MPEG 2, with half the rate, or 2.5, with a quarter
		f.rate, f.samples, f.side = f.rate/2, 576, 17
		if mono {
			f.side = 9
		}
	}
	if version == 0 {
		f.rate /= 2
	}
	return f
}
