package mediainfo

import (
	"bytes"
	"encoding/binary"
)

func isPNG(head []byte) bool { return bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")) }

// readPNG reads the header, which comes first, and the chunks up to the pixels for how to turn them.
func readPNG(f *file) Info {
	ihdr := f.at(8, 16)
	if ihdr == nil || string(ihdr[4:8]) != "IHDR" {
		return Info{Kind: Image}
	}
	width, height := binary.BigEndian.Uint32(ihdr[8:]), binary.BigEndian.Uint32(ihdr[12:])
	orientation := 0
	for off := int64(33); ; {
		chunk := f.at(off, 8)
		if chunk == nil || string(chunk[4:]) == "IDAT" {
			return image(width, height, orientation)
		}
		if string(chunk[4:]) == "eXIf" {
			orientation = exifOrientation(f, off+8)
		}
		off += 12 + int64(binary.BigEndian.Uint32(chunk))
	}
}

func isJPEG(head []byte) bool { return bytes.HasPrefix(head, []byte{0xff, 0xd8, 0xff}) }

// readJPEG goes from marker to marker up to the pixels: one has the size, and one may have how to turn them.
func readJPEG(f *file) Info {
	var width, height uint32
	orientation := 0
	for off := int64(2); ; {
		segment := f.at(off, 4)
		if segment == nil || segment[0] != 0xff {
			break
		}
		marker, length := segment[1], int64(binary.BigEndian.Uint16(segment[2:]))
		switch {
		case marker == 0xff: // a byte to fill up
			off++
			continue
		case marker == 0x01 || marker >= 0xd0 && marker <= 0xd7: // these have no length
			off += 2
			continue
		case marker == 0xd9 || marker == 0xda: // the end, or the pixels
			return image(width, height, orientation)
		case marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc:
			if sof := f.at(off+5, 4); sof != nil && width == 0 {
				height, width = uint32(binary.BigEndian.Uint16(sof)), uint32(binary.BigEndian.Uint16(sof[2:]))
			}
		case marker == 0xe1 && orientation == 0:
			if string(f.at(off+4, 6)) == exifPrefix {
				orientation = exifOrientation(f, off+10)
			}
		}
		if length < 2 {
			break
		}
		off += 2 + length
	}
	return Info{Kind: Image} // it breaks off before its pixels
}

func isGIF(head []byte) bool {
	return bytes.HasPrefix(head, []byte("GIF87a")) || bytes.HasPrefix(head, []byte("GIF89a"))
}

func readGIF(f *file) Info {
	screen := f.at(6, 4)
	if screen == nil {
		return Info{Kind: Image}
	}
	return image(uint32(binary.LittleEndian.Uint16(screen)), uint32(binary.LittleEndian.Uint16(screen[2:])), 0)
}

func isWebP(head []byte) bool {
	return len(head) >= 16 && string(head[:4]) == "RIFF" && string(head[8:15]) == "WEBPVP8"
}

// readWebP reads the first chunk: one with lossy pixels, one with others, or a header where there is more than pixels.
func readWebP(f *file) Info {
	chunk := f.at(12, 18)
	if chunk == nil {
		return Info{Kind: Image}
	}
	body := chunk[8:]
	switch string(chunk[:4]) {
	case "VP8 ":
		if body[0]&1 == 0 && bytes.Equal(body[3:6], []byte{0x9d, 0x01, 0x2a}) {
			width, height := binary.LittleEndian.Uint16(body[6:])&0x3fff, binary.LittleEndian.Uint16(body[8:])&0x3fff
			return image(uint32(width), uint32(height), 0)
		}
	case "VP8L":
		if bits := binary.LittleEndian.Uint32(body[1:]); body[0] == 0x2f {
			return image(bits&0x3fff+1, bits>>14&0x3fff+1, 0)
		}
	case "VP8X":
		orientation := 0
		if body[0]&8 != 0 {
			orientation = webpOrientation(f)
		}
		return image(uint24(body[4:])+1, uint24(body[7:])+1, orientation)
	}
	return Info{Kind: Image}
}

func webpOrientation(f *file) int {
	for off := int64(12); ; {
		chunk := f.at(off, 14)
		if chunk == nil {
			return 0
		}
		if string(chunk[:4]) == "EXIF" {
			if string(chunk[8:]) == exifPrefix {
				return exifOrientation(f, off+14)
			}
			return exifOrientation(f, off+8)
		}
		length := int64(binary.LittleEndian.Uint32(chunk[4:]))
		off += 8 + length + length&1
	}
}

func uint24(b []byte) uint32 { return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 }

// image is the Info of an image, unless its size is none. Its orientation is that of EXIF: from 5 on it lies on its side.
func image(width, height uint32, orientation int) Info {
	if width == 0 || height == 0 || width > 1<<31-1 || height > 1<<31-1 {
		return Info{Kind: Image}
	}
	if orientation >= 5 {
		width, height = height, width
	}
	return Info{Kind: Image, Width: int(width), Height: int(height)}
}

const exifPrefix = "Exif\x00\x00"

// exifOrientation returns the orientation of 1 to 8 that EXIF data at off has, or 0.
func exifOrientation(f *file, off int64) int {
	var order binary.ByteOrder
	head := f.at(off, 8)
	switch {
	case bytes.HasPrefix(head, []byte("II*\x00")):
		order = binary.LittleEndian
	case bytes.HasPrefix(head, []byte("MM\x00*")):
		order = binary.BigEndian
	default:
		return 0
	}
	off += int64(order.Uint32(head[4:]))
	count := f.at(off, 2)
	if count == nil {
		return 0
	}
	const size = 12 // of an entry: its tag, type and count, and its value
	entries := f.upTo(off+2, size*int(order.Uint16(count)))
	for ; len(entries) >= size; entries = entries[size:] {
		const tag, short = 0x0112, 3
		if order.Uint16(entries) == tag && order.Uint16(entries[2:]) == short {
			if o := int(order.Uint16(entries[8:])); o <= 8 {
				return o
			}
			return 0
		}
	}
	return 0
}
