package faltest

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// madePath begins the places of the files that made outputs hold. They are not stored: what they hold follows from the
// place.
const madePath = "made/"

// contentTypes are the types of files by their extensions, the same on every machine.
var contentTypes = map[string]string{
	".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp", ".gif": "image/gif",
	".mp4": "video/mp4", ".webm": "video/webm", ".mp3": "audio/mpeg", ".wav": "audio/wav",
	".json": "application/json", ".zip": "application/zip", ".bin": "application/octet-stream",
}

// contentTypeOf tells a file's type by its name, or else by its content.
func contentTypeOf(name string, body []byte) string {
	return cmp.Or(contentTypes[strings.ToLower(path.Ext(name))], http.DetectContentType(body))
}

// madeExtensions are the extensions of made files by what the name of a property or type speaks of.
var madeExtensions = []struct{ word, extension string }{
	{"image", ".png"}, {"frame", ".png"}, {"audio", ".mp3"}, {"video", ".mp4"}, {"", ".bin"},
}

// madePlace returns the place of a made file for a property or type of that name.
func madePlace(name string, lots uint64) string {
	extension := ""
	for _, e := range madeExtensions {
		if extension == "" && strings.Contains(strings.ToLower(name), e.word) {
			extension = e.extension
		}
	}
	return fmt.Sprintf("%s%016x%s", madePath, lots, extension)
}

// madeFile returns a made file as fal describes files.
func (t *store) madeFile(name string, lots uint64) map[string]any {
	place := madePlace(name, lots)
	c, contentType, _ := t.madeContent(place)
	return map[string]any{
		"url": t.fileURL(place), "content_type": contentType, "file_name": path.Base(place), "file_size": c.size,
	}
}

// madeContent returns what a made file holds: bytes that are of no format, but the same each time.
func (t *store) madeContent(place string) (c content, contentType string, ok bool) {
	name, made := strings.CutPrefix(place, madePath)
	digits := strings.TrimSuffix(name, path.Ext(name))
	lots, err := strconv.ParseUint(digits, 16, 64)
	contentType = contentTypes[path.Ext(name)]
	if !made || err != nil || len(digits) != 16 || contentType == "" {
		return content{}, "", false
	}
	body := make([]byte, 1024)
	fill := rand.New(rand.NewPCG(t.seed, lots))
	for i := range body {
		body[i] = byte(fill.Uint32())
	}
	return content{[][]byte{body}, int64(len(body)), hex.EncodeToString(body[:16])}, contentType, true
}
