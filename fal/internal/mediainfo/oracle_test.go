package mediainfo_test

import (
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/falgen/falgen/fal/internal/mediainfo"
)

// TestProbe compares with ffprobe and exiftool what is told of files that other programs wrote.
func TestProbe(t *testing.T) {
	for _, tool := range []string{"ffmpeg", "ffprobe", "exiftool", "webpmux"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	dir := t.TempDir()
	run := func(t *testing.T, line string, args ...string) {
		t.Helper()
		words := append(strings.Fields(line), args...)
		cmd := exec.Command(words[0], words[1:]...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			if strings.Contains(string(out), "Unknown encoder") {
				t.Skip(string(out))
			}
			t.Fatalf("%s: %v\n%s", words, err, out)
		}
	}
	const picture = "ffmpeg -y -v error -f lavfi -i testsrc=size=322x178:rate=1:duration=1 -frames:v 1"
	const film = "ffmpeg -y -v error -f lavfi -i testsrc=size=322x178:rate=25:duration=3.4 -f lavfi -i sine=duration=3.4"
	const sound = "ffmpeg -y -v error -f lavfi -i sine=frequency=440:duration=2.72"
	for _, made := range []struct{ name, by string }{
		{"still.png", picture}, {"still.jpg", picture}, {"still.gif", picture},
		{"lossy.webp", picture + " -c:v libwebp -lossless 0"}, {"lossless.webp", picture + " -c:v libwebp -lossless 1"},
		{"moving.webp", "ffmpeg -y -v error -f lavfi -i testsrc=size=322x178:rate=5:duration=1 -c:v libwebp_anim"},
		{"alpha.png", picture + " -pix_fmt rgba"}, {"grey16.png", picture + " -pix_fmt gray16be"},
		{"plain.mp4", film + " -c:v libx264"}, {"fast.mp4", film + " -c:v libx264 -movflags +faststart"},
		{"silent.mp4", film + " -an -c:v mpeg4"}, {"heavy.mp4", film + " -c:v libx265"},
		{"square.mp4", film + " -c:v libx264 -vf setsar=2/1"}, {"quick.mov", film + " -c:v mpeg4"},
		{"film.webm", film + " -c:v libvpx -b:v 200k"}, {"film.mkv", film + " -c:v libx264"}, {"vp9.webm", film + " -c:v libvpx-vp9"},
		{"sound.wav", sound}, {"float.wav", sound + " -c:a pcm_f32le -ac 2"}, {"alaw.wav", sound + " -c:a pcm_alaw"},
		{"deep.wav", sound + " -c:a pcm_s24le -ar 48000 -ac 6"}, {"large.wav", sound + " -rf64 always"},
		{"sound.mp3", sound}, {"tagged.mp3", sound + " -metadata title=x -id3v2_version 3"}, {"slow.mp3", sound + " -ar 16000 -ac 1"},
		{"slower.mp3", sound + " -ar 8000"}, {"variable.mp3", sound + " -q:a 2 -ac 2"}, {"sound.m4a", sound}, {"sound.weba", sound + " -f webm"},
	} {
		t.Run(made.name, func(t *testing.T) {
			run(t, made.by, made.name)
			compare(t, filepath.Join(dir, made.name))
		})
	}
	turn := func(t *testing.T, name string, aside bool, lines ...string) {
		for _, line := range lines {
			run(t, line)
		}
		want := [2]int{322, 178}
		if aside {
			want = [2]int{178, 322}
		}
		if got := info(t, filepath.Join(dir, name)); [2]int{got.Width, got.Height} != want {
			t.Errorf("%+v, not %v", got, want)
		}
	}
	for orientation := 1; orientation <= 8; orientation++ {
		n := strconv.Itoa(orientation)
		for _, of := range []string{"still.jpg", "still.png"} {
			name := "turned" + n + of
			t.Run(name, func(t *testing.T) {
				turn(t, name, orientation >= 5, "exiftool -n -q -o "+name+" -Orientation="+n+" "+of)
			})
		}
		for _, of := range []string{"lossy.webp", "lossless.webp"} {
			name := "turned" + n + of
			t.Run(name, func(t *testing.T) {
				turn(t, name, orientation >= 5, "exiftool -b -Exif -w! exif turned"+n+"still.jpg",
					"webpmux -set exif turned"+n+"still.exif "+of+" -o "+name)
			})
		}
	}
	for _, degrees := range []string{"0", "90", "180", "270"} {
		name := "turned" + degrees + ".mp4"
		t.Run(name, func(t *testing.T) {
			turn(t, name, degrees == "90" || degrees == "270", "exiftool -q -o "+name+" -Rotation="+degrees+" silent.mp4")
		})
	}
	t.Run("fragmented", func(t *testing.T) { // how long it is, no header says
		run(t, film+" -c:v libx264 -movflags frag_keyframe fragmented.mp4")
		got := info(t, filepath.Join(dir, "fragmented.mp4"))
		if want := (mediainfo.Info{Kind: mediainfo.Video, Width: 322, Height: 178}); got != want {
			t.Errorf("%+v, not %+v", got, want)
		}
	})
}

func info(t *testing.T, path string) mediainfo.Info {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	stat, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return mediainfo.Read(file, stat.Size())
}

// compare holds a file's Info against what ffprobe says.
func compare(t *testing.T, path string) {
	t.Helper()
	out, err := exec.Command("ffprobe", "-v", "error", "-of", "json", "-show_streams", "-show_format", path).Output()
	if err != nil {
		t.Fatal(err)
	}
	var probed struct {
		Streams []struct {
			Type          string `json:"codec_type"`
			Width, Height int
		}
		Format struct{ Duration string }
	}
	if err := json.Unmarshal(out, &probed); err != nil {
		t.Fatal(err)
	}
	want := mediainfo.Info{Kind: mediainfo.Audio}
	for _, s := range probed.Streams {
		if s.Type == "video" {
			want.Kind, want.Width, want.Height = mediainfo.Video, s.Width, s.Height
		}
	}
	got := info(t, path)
	if got.Kind == mediainfo.Image && want.Kind == mediainfo.Video { // ffprobe knows no images
		want.Kind = mediainfo.Image
	}
	if filepath.Base(path) == "moving.webp" { // of which ffprobe knows nothing
		want = mediainfo.Info{Kind: mediainfo.Image, Width: 322, Height: 178}
	}
	if want.Kind != mediainfo.Image {
		seconds, err := strconv.ParseFloat(probed.Format.Duration, 64)
		if err != nil {
			t.Fatalf("ffprobe knows no duration: %v", err)
		}
		// An MP3 has some hundredths more in its frames than it plays.
		if math.Abs(got.Duration.Seconds()-seconds) > 0.06 {
			t.Errorf("%v, not %v seconds", got.Duration, seconds)
		}
		want.Duration = got.Duration
	}
	if got != want {
		t.Errorf("%+v, not %+v", got, want)
	}
	if want.Kind != mediainfo.Image && got.Duration < time.Second {
		t.Errorf("no duration: %+v", got)
	}
}
