package mediainfo_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/falgen/falgen/fal/internal/mediainfo"
)

func read(b []byte) mediainfo.Info { return mediainfo.Read(bytes.NewReader(b), int64(len(b))) }

func sized(kind mediainfo.Kind, width, height int) mediainfo.Info {
	return mediainfo.Info{Kind: kind, Width: width, Height: height}
}

func lasting(info mediainfo.Info, d time.Duration) mediainfo.Info {
	info.Duration = d
	return info
}

// TestSizes encodes images of many sizes, lying in each of the ways that EXIF has.
func TestSizes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 30 {
		width, height := 1+random.IntN(700), 1+random.IntN(700)
		for format, b := range encoded(width, height) {
			if got, want := read(b), sized(mediainfo.Image, width, height); got != want {
				t.Errorf("%s: %+v, not %+v", format, got, want)
			}
		}
		orientation := random.IntN(10) // 0 and 9 are none
		want := sized(mediainfo.Image, width, height)
		if orientation >= 5 && orientation <= 8 {
			want = sized(mediainfo.Image, height, width)
		}
		for _, order := range []func(...any) []byte{join, little} {
			if got := read(withEXIF(encoded(width, height)["jpeg"], exif(order, orientation))); got != want {
				t.Errorf("orientation %d: %+v, not %+v", orientation, got, want)
			}
		}
	}
}

// frames is how long n samples last at a rate.
func frames(n, rate time.Duration) time.Duration { return (n*time.Second + rate/2) / rate }

type sample struct {
	name string
	file []byte
	want mediainfo.Info
}

func samples() []sample {
	video := sized(mediainfo.Video, 640, 360)
	audio := mediainfo.Info{Kind: mediainfo.Audio}
	ftyp, mdat := box("ftyp", "isom", uint32(0)), box("mdat", zeros(99))
	film := trak("vide", false, upright, 640, 360)
	sound := trak("soun", false, upright, 0, 0)
	segment := func(parts ...any) []byte { return matroska(false, parts...) }
	info := element(0x1549a966, element(0x2ad7b1, uint32(1000)), element(0x4489, float64(2_500_000)))
	track := func(parts ...any) []byte { return element(0x1654ae6b, element(0xae, parts...)) }
	pixels := element(0xe0, element(0xb0, uint16(640)), element(0xba, uint16(360)))
	jpeg, png := encoded(9, 7)["jpeg"], encoded(9, 7)["png"]
	return []sample{
		{"nothing", nil, mediainfo.Info{}},
		{"text", []byte("hello, this is text, and no media"), mediainfo.Info{}},
		{"png with its header cut off", png[:20], sized(mediainfo.Image, 0, 0)},
		{"jpeg that ends before its pixels", jpeg[:40], sized(mediainfo.Image, 0, 0)},
		{"webp in a frame that refers to another", join("RIFF", uint32(9), "WEBPVP8 ", uint32(9), "\x01\x00\x00\x9d\x01\x2a\x05\x00\x06\x00"),
			sized(mediainfo.Image, 0, 0)},
		{"webp", join("RIFF", uint32(9), "WEBPVP8 ", uint32(9), "\x00\x00\x00\x9d\x01\x2a\x05\x40\x06\x80"),
			sized(mediainfo.Image, 5, 6)},
		{"mp4", join(ftyp, box("moov", mvhd(false, 600, 1500), film), mdat), lasting(video, 2500*time.Millisecond)},
		{"mp4 of 64 bits, header last", join(ftyp, largeBox("mdat", zeros(99)), box("moov", mvhd(true, 1000, 5e12), trak("vide", true, aside, 640, 360))),

			lasting(sized(mediainfo.Video, 360, 640), 5e9*time.Second)},
		{"mp4 to the end of the file", join(ftyp, uint32(0), "moov", mvhd(false, 10, 25), sound, film),
			lasting(video, 2500*time.Millisecond)},
		{"mp4 without a header", join(ftyp, mdat), mediainfo.Info{}},
		{"mp4 of unknown duration", join(ftyp, box("moov", mvhd(false, 600, math.MaxUint32), film)), video},
		{"mp4 of unknown duration of 64 bits", join(ftyp, box("moov", mvhd(true, 600, math.MaxUint64), film)), video},
		{"mp4 longer than a time can be", join(ftyp, box("moov", mvhd(true, 1, 1<<63), film)), video},
		{"mp4 without a time scale", join(ftyp, box("moov", mvhd(false, 0, 7), film)), video},
		{"mp4 in fragments", join(ftyp, box("moov", mvhd(false, 600, 60), film, box("mvex", zeros(8))), mdat), video},
		{"mp4 of two sizes", join(ftyp, box("moov", mvhd(false, 1, 2), film, trak("vide", false, upright, 64, 36), film)),
			lasting(sized(mediainfo.Video, 0, 0), 2*time.Second)},
		{"mp4 of two tracks of one size", join(ftyp, box("moov", mvhd(false, 1, 2), film, film)), lasting(video, 2*time.Second)},
		{"m4a", join(ftyp, box("moov", mvhd(false, 1, 2), sound)), lasting(audio, 2*time.Second)},
		{"avif", join(box("ftyp", "avif", uint32(0)), box("meta", zeros(20))), sized(mediainfo.Image, 0, 0)},
		{"webm", segment(info, track(element(0x83, uint8(1)), pixels), element(0x1f43b675, zeros(9))),
			lasting(video, 2500*time.Millisecond)},
		{"webm as it is recorded", matroska(true, track(element(0x83, uint8(1)), pixels), element(0x1f43b675, info)), video},
		{"webm of sound", segment(info, track(element(0x83, uint8(2)))), lasting(audio, 2500*time.Millisecond)},
		{"webm with a duration that is no number", segment(element(0x1549a966, element(0x4489, math.NaN())), track(element(0x83, uint8(1)), pixels)),
			video},
		{"webm with a size too large", segment(track(element(0x83, uint8(1)), element(0xe0, element(0xb0, uint64(1)<<33|640), element(0xba, uint16(9))))),
			sized(mediainfo.Video, 0, 0)},
		{"wav", wav("RIFF", 1, 2, 8000, 16, 48000, nil, zeros(48000)), lasting(audio, 1500*time.Millisecond)},
		{"wav through a pipe", wav("RIFF", 3, 1, 8000, 32, math.MaxUint32, nil, zeros(32000)), lasting(audio, time.Second)},
		{"wav of 64 bits", wav("RF64", 1, 1, 8000, 8, math.MaxUint32, little("ds64", uint32(28), uint64(9), uint64(4000), zeros(12)), zeros(8000)),

			lasting(audio, 500*time.Millisecond)},
		{"wav with no data yet", wav("RIFF", 1, 1, 8000, 8, 0, nil, zeros(8000)), audio},
		{"wav of another coding", wav("RIFF", 0x55, 1, 8000, 8, 4000, nil, zeros(4000)), audio},
		{"wav without channels", wav("RIFF", 1, 0, 8000, 8, 4000, nil, zeros(4000)), audio},
		{"mp3", mp3(0xfffb9064, 32, 100), lasting(audio, frames(115200, 44100))},
		{"mp3, one channel", mp3(0xfffb90c4, 17, 100), lasting(audio, frames(115200, 44100))},
		{"mp3 of MPEG 2.5, one channel", mp3(0xffe390c4, 9, 100), lasting(audio, frames(57600, 11025))},
		{"mp3 without a count", mp3(0xfffb9064, 31, 100), audio},
		{"aac", join(uint32(0xfff15080), zeros(200)), mediainfo.Info{}},
	}
}

func TestRead(t *testing.T) {
	for _, s := range samples() {
		t.Run(s.name, func(t *testing.T) {
			if got := read(s.file); got != s.want {
				t.Errorf("%+v, not %+v", got, s.want)
			}
		})
	}
}

// TestReadFails reads files that cannot be read: from the first byte, or from any later one on.
func TestReadFails(t *testing.T) {
	for _, s := range samples() {
		for cut := range min(len(s.file), 700) {
			got := mediainfo.Read(brokenFile{s.file[:cut]}, int64(len(s.file)))
			if got.Width > s.want.Width && s.want.Width > 0 || got.Duration > s.want.Duration && s.want.Duration > 0 {
				t.Errorf("%s, of which %d bytes can be read: %+v, not %+v", s.name, cut, got, s.want)
			}
		}
	}
}

type brokenFile struct{ good []byte }

func (f brokenFile) ReadAt(p []byte, off int64) (int, error) {
	if n, err := bytes.NewReader(f.good).ReadAt(p, off); err == nil {
		return n, nil
	}
	return 0, errors.New("the disk is broken")
}

// countingFile counts what is read.
type countingFile struct {
	io.ReaderAt
	reads, bytes int
}

func (f *countingFile) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.ReaderAt.ReadAt(p, off)
	f.reads, f.bytes = f.reads+1, f.bytes+n
	return n, err
}

// TestFewBytes reads large files: of the content nothing is read.
func TestFewBytes(t *testing.T) {
	for _, s := range samples() {
		f := &countingFile{ReaderAt: bytes.NewReader(s.file)}
		mediainfo.Read(f, int64(len(s.file)))
		if f.reads > 100 || f.bytes > 2000 {
			t.Errorf("%s: %d bytes in %d reads", s.name, f.bytes, f.reads)
		}
	}
}

// TestBounded reads files that are made to be read for ever: of countless parts, or of parts in parts.
func TestBounded(t *testing.T) {
	nested := []byte{}
	for range 5000 {
		nested = box("moov", nested)
	}
	for name, b := range map[string][]byte{
		"boxes":    bytes.Repeat(box("free"), 1<<20),
		"nested":   nested,
		"tracks":   box("moov", bytes.Repeat(box("trak", box("mdia")), 1<<18)),
		"elements": matroska(true, bytes.Repeat([]byte{0xec, 0x80}, 1<<20)),
		"segments": append(encoded(3, 3)["jpeg"][:2], bytes.Repeat([]byte{0xff, 0xe0, 0, 2}, 1<<20)...),
		"filling":  append(encoded(3, 3)["jpeg"][:2], bytes.Repeat([]byte{0xff}, 1<<20)...),
		"chunks":   append(encoded(3, 3)["png"][:33], bytes.Repeat(zeros(12), 1<<18)...),
		"wav":      append([]byte("RIFF\x00\x00\x00\x00WAVE"), bytes.Repeat(zeros(8), 1<<18)...),
	} {
		f := &countingFile{ReaderAt: bytes.NewReader(b)}
		if got := mediainfo.Read(f, int64(len(b))); got.Duration != 0 {
			t.Errorf("%s: %+v", name, got)
		}
		if f.reads > 5000 || f.bytes > 100_000 {
			t.Errorf("%s: %d bytes in %d reads", name, f.bytes, f.reads)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range samples() {
		f.Add(s.file)
	}
	for _, b := range encoded(20, 10) {
		f.Add(b)
	}
	f.Add(withEXIF(encoded(20, 10)["jpeg"], exif(little, 6)))
	f.Fuzz(func(t *testing.T, b []byte) {
		file := &countingFile{ReaderAt: bytes.NewReader(b)}
		got := mediainfo.Read(file, int64(len(b)))
		if got.Width < 0 || got.Height < 0 || got.Duration < 0 || (got.Width == 0) != (got.Height == 0) {
			t.Errorf("%+v", got)
		}
		if got.Kind == "" && got != (mediainfo.Info{}) || got.Kind == mediainfo.Image && got.Duration != 0 {
			t.Errorf("%+v", got)
		}
		if got.Kind == mediainfo.Audio && got.Width != 0 {
			t.Errorf("%+v", got)
		}
		if file.reads > 5000 || file.bytes > 1<<20 {
			t.Errorf("%d bytes in %d reads", file.bytes, file.reads)
		}
	})
}

func TestDataURI(t *testing.T) {
	for _, c := range []struct {
		uri, want string
		ok        bool
	}{
		{"data:text/plain;base64,aGk=", "hi", true},
		{"DATA:;base64,aGk=", "hi", true},
		{"data:;base64,", "", true},
		{"data:image/png;name=a.png;base64,aGk=", "hi", true},
		{"data:text/plain,aGk=", "", false},
		{"data:text/plain;base64,a", "", false},
		{"data:text/plain;base64", "", false},
		{"https://example.com/data:;base64,aGk=", "", false},
		{"", "", false},
	} {
		got, ok := mediainfo.DataURI(c.uri)
		if ok != c.ok || ok && string(got) != c.want {
			t.Errorf("%s: %s", c.uri, fmt.Sprint(string(got), ok))
		}
	}
}
