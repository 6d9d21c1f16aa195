package faltest

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// madePath begins the places of the files that made outputs hold. They are not stored: what they hold follows from the
// place.
const madePath = "made/"

// mediaKinds are the extensions of made files, and their types, by what the name of a property or type speaks of.
var mediaKinds = []struct{ word, extension, contentType string }{
	{"image", ".png", "image/png"}, {"frame", ".png", "image/png"}, {"audio", ".mp3", "audio/mpeg"},
	{"video", ".mp4", "video/mp4"}, {"", ".bin", "application/octet-stream"},
}

// madePlace returns the place of a made file.
func madePlace(name string, lots uint64) (place, contentType string) {
	for _, kind := range mediaKinds {
		if strings.Contains(strings.ToLower(name), kind.word) {
			return fmt.Sprintf("%s%016x%s", madePath, lots, kind.extension), kind.contentType
		}
	}
	return "", ""
}

// madeURL returns the URL of a made file for a property of that name.
func (t *store) madeURL(name string, lots uint64) string {
	place, _ := madePlace(name, lots)
	return t.fileURL(place)
}

// madeFile returns a made file as fal describes files.
func (t *store) madeFile(name string, lots uint64) map[string]any {
	place, contentType := madePlace(name, lots)
	c, _, _ := t.madeContent(place)
	return map[string]any{
		"url": t.fileURL(place), "content_type": contentType, "file_name": path.Base(place), "file_size": c.size,
	}
}

// madeContent returns what a made file holds: bytes that are of no format, but the same each time.
func (t *store) madeContent(place string) (c content, contentType string, ok bool) {
	name, ok := strings.CutPrefix(place, madePath)
	digits, extension := strings.TrimSuffix(name, path.Ext(name)), path.Ext(name)
	lots, err := strconv.ParseUint(digits, 16, 64)
	if !ok || err != nil || len(digits) != 16 {
		return content{}, "", false
	}
	for _, kind := range mediaKinds {
		if kind.extension == extension {
			body := make([]byte, 1024)
			fill := rand.New(rand.NewPCG(t.seed, lots))
			for i := range body {
				body[i] = byte(fill.Uint32())
			}
			return content{[][]byte{body}, int64(len(body)), hex.EncodeToString(body[:16])}, kind.contentType, true
		}
	}
	return content{}, "", false
}

// contentTypeOf tells a file's type by its name, or else by its content.
func contentTypeOf(name string, body []byte) string {
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return http.DetectContentType(body[:min(len(body), 512)])
}
