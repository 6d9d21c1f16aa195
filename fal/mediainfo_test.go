package fal_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/falgen/falgen/fal"
)

// picture is an image of a size.
func picture(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// silence is a WAV file of some seconds of 8000 bytes.
func silence(seconds int) []byte {
	b := []byte("RIFF\xff\xff\xff\xffWAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x40\x1f\x00\x00\x01\x00\x08\x00data")
	b = binary.LittleEndian.AppendUint32(b, uint32(8000*seconds))
	return append(b, make([]byte, 8000*seconds)...)
}

// TestMediaInfo asks for what is known of media, from wherever it comes.
func TestMediaInfo(t *testing.T) {
	file := picture(t, 30, 20)
	path := filepath.Join(t.TempDir(), "picture")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	inside := strings.NewReader("before" + string(file))
	if _, err := inside.Seek(6, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	whole := fal.MediaInfo{Kind: "image", Size: int64(len(file)), Width: 30, Height: 20}
	for _, test := range []struct {
		name  string
		media fal.Media
		want  fal.MediaInfo
	}{
		{"path", fal.Path(path), whole},
		{"bytes", fal.Bytes("", file), whole},
		{"what is said of it is no matter", fal.Bytes("video/mp4", file), whole},
		{"seeker", fal.Reader("", inside), whole},
		{"data URI", fal.DataURI("image/png", file), whole},
		{"sound", fal.Bytes("", silence(3)), fal.MediaInfo{Kind: "audio", Size: 24044, Duration: 3 * time.Second}},
		{"reader", fal.Reader("", iotest.OneByteReader(bytes.NewReader(file))), fal.MediaInfo{}},
		{"URL", fal.URL("https://example.com/a.png"), fal.MediaInfo{}},
		{"data URI that is none", fal.URL("data:image/png;base64,%"), fal.MediaInfo{}},
		{"no file", fal.Path(path + "2"), fal.MediaInfo{}},
		{"folder", fal.Path(filepath.Dir(path)), fal.MediaInfo{}},
		{"text", fal.Bytes("", []byte("text")), fal.MediaInfo{Size: 4}},
		{"nothing", fal.Media{}, fal.MediaInfo{}},
		{"nil", fal.Reader("", nil), fal.MediaInfo{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			for range 2 {
				if got := test.media.Info(); got != test.want {
					t.Errorf("%+v, not %+v", got, test.want)
				}
			}
		})
	}
	if rest, err := io.ReadAll(inside); err != nil || !bytes.Equal(rest, file) {
		t.Errorf("the reader stands elsewhere now: %d bytes left, %v", len(rest), err)
	}
}
