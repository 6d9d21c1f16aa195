package mediainfo_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math"
	"slices"
)

// join is the bytes of numbers, in network order, of texts and of bytes.
func join(parts ...any) []byte {
	var b []byte
	for _, part := range parts {
		switch part := part.(type) {
		case string:
			b = append(b, part...)
		default:
			b, _ = binary.Append(b, binary.BigEndian, part)
		}
	}
	return b
}

// little is the same, with the least byte of a number first.
func little(parts ...any) []byte {
	var b []byte
	for _, part := range parts {
		switch part := part.(type) {
		case string:
			b = append(b, part...)
		default:
			b, _ = binary.Append(b, binary.LittleEndian, part)
		}
	}
	return b
}

func zeros(n int) []byte { return make([]byte, n) }

// encoded is an image of a size, in each format that the standard library writes.
func encoded(width, height int) map[string][]byte {
	palette := image.NewPaletted(image.Rect(0, 0, width, height), []color.Color{color.Black})
	var p, j, g bytes.Buffer
	if png.Encode(&p, palette) != nil || jpeg.Encode(&j, palette, nil) != nil || gif.Encode(&g, palette, nil) != nil {
		panic("these encode any image")
	}
	return map[string][]byte{"png": p.Bytes(), "jpeg": j.Bytes(), "gif": g.Bytes()}
}

// exif is EXIF data with an orientation among other things.
func exif(order func(...any) []byte, orientation int) []byte {
	mark := map[bool]string{true: "MM", false: "II"}[order(uint16(1))[0] == 0]
	entry := func(tag, value int) []byte {
		return order(uint16(tag), uint16(3), uint32(1), uint16(value), uint16(0))
	}
	return slices.Concat(order(mark, uint16(42), uint32(10), uint16(0xabcd), uint16(2)), entry(0x0100, 77), entry(0x0112, orientation))
}

// withEXIF puts EXIF data into a JPEG, behind a segment of another kind and bytes that only fill.
func withEXIF(picture, data []byte) []byte {
	segment := join(uint16(0xffe2), uint16(4), "xx", uint8(0xff), uint16(0xffe1), uint16(8+len(data)), "Exif\x00\x00", data)
	return slices.Concat(picture[:2], segment, picture[2:])
}

func box(kind string, parts ...any) []byte {
	body := join(parts...)
	return join(uint32(8+len(body)), kind, body)
}

// largeBox is a box whose length has 64 bits.
func largeBox(kind string, parts ...any) []byte {
	body := join(parts...)
	return join(uint32(1), kind, uint64(16+len(body)), body)
}

// mvhd is a movie header, of the version with 64 bits if wide.
func mvhd(wide bool, scale uint32, duration uint64) []byte {
	if wide {
		return box("mvhd", uint32(1<<24), uint64(1), uint64(2), scale, duration, zeros(80))
	}
	return box("mvhd", uint32(0), uint32(1), uint32(2), scale, uint32(duration), zeros(80))
}

var upright, aside = []int32{1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30}, []int32{0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30}

func trak(handler string, wide bool, matrix []int32, width, height int) []byte {
	times := zeros(20)
	if wide {
		times = zeros(32)
	}
	tkhd := box("tkhd", map[bool]uint32{true: 1 << 24}[wide], times, zeros(16), matrix, uint32(9999<<16), uint32(9999<<16))
	entry := box("avc1", zeros(24), uint16(width), uint16(height), zeros(50))
	stbl := box("stbl", box("stsd", uint32(0), uint32(1), entry))
	return box("trak", tkhd, box("mdia", box("hdlr", zeros(8), handler, zeros(13)), box("minf", stbl)))
}

func wav(id string, format, channels, rate, bits int, length uint32, before, data []byte) []byte {
	align := channels * bits / 8
	sound := little(uint16(format), uint16(channels), uint32(rate), uint32(rate*align), uint16(align), uint16(bits))
	list := little("LIST", uint32(3), "abc\x00")
	return slices.Concat(little(id, uint32(math.MaxUint32), "WAVE"), before, little("fmt ", uint32(16)), sound, list,
		little("data", length), data)
}

// element is one of Matroska, with its length in 8 bytes.
func element(id uint32, parts ...any) []byte {
	body := join(parts...)
	return slices.Concat(bytes.TrimLeft(join(id), "\x00"), join(uint64(1)<<56|uint64(len(body))), body)
}

func matroska(unsizedSegment bool, parts ...any) []byte {
	body := join(parts...)
	head := element(0x1a45dfa3, element(0x4282, "webm"))
	if unsizedSegment {
		return slices.Concat(head, join(uint32(0x18538067), uint8(0xff)), body)
	}
	return slices.Concat(head, element(0x18538067, body))
}

// mp3 is a file of one frame that counts frames, behind a tag.
func mp3(head uint32, side int, frames uint32) []byte {
	return join("ID3", uint8(3), uint16(0), uint32(0x0000_0103), zeros(131), head, zeros(side), "Xing", uint32(1), frames, zeros(300))
}
