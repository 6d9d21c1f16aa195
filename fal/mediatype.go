package fal

import (
	"mime"
	"net/http"
	"path"
	"strings"
)

const octetStream = "application/octet-stream"

// mediaTypes are the kinds of files that models take and make, by their usual ending first. The table of the system
// differs from machine to machine, so that it comes second.
var mediaTypes = []struct{ ending, contentType string }{
	{".mp4", "video/mp4"}, {".m4v", "video/mp4"}, {".mov", "video/quicktime"}, {".webm", "video/webm"},
	{".mkv", "video/x-matroska"}, {".avi", "video/x-msvideo"},
	{".mp3", "audio/mpeg"}, {".wav", "audio/wav"}, {".m4a", "audio/mp4"}, {".aac", "audio/aac"}, {".ogg", "audio/ogg"},
	{".opus", "audio/ogg"}, {".flac", "audio/flac"},
	{".png", "image/png"}, {".jpg", "image/jpeg"}, {".jpeg", "image/jpeg"}, {".webp", "image/webp"}, {".gif", "image/gif"},
	{".avif", "image/avif"}, {".heic", "image/heic"}, {".bmp", "image/bmp"}, {".tiff", "image/tiff"}, {".svg", "image/svg+xml"},
	{".glb", "model/gltf-binary"}, {".gltf", "model/gltf+json"}, {".obj", "model/obj"}, {".stl", "model/stl"},
	{".zip", "application/zip"}, {".tar", "application/x-tar"}, {".gz", "application/gzip"}, {".pdf", "application/pdf"},
	{".json", "application/json"}, {".txt", "text/plain"}, {".csv", "text/csv"},
}

// typeOfName is the MIME type that the ending of a file's name tells, "" for none.
func typeOfName(name string) string {
	ending := strings.ToLower(path.Ext(name))
	for _, m := range mediaTypes {
		if m.ending == ending {
			return m.contentType
		}
	}
	return mime.TypeByExtension(ending)
}

// typeOfContent is the MIME type that the first bytes of a file tell.
func typeOfContent(head []byte) string {
	t := http.DetectContentType(head)
	if t == "audio/wave" { // as it sniffs; nobody else says so
		t = "audio/wav"
	}
	return t
}

// endingOf is the usual ending of a file of a MIME type, ".bin" where there is none.
func endingOf(contentType string) string {
	kind, _, _ := mime.ParseMediaType(contentType)
	for _, m := range mediaTypes {
		if m.contentType == kind {
			return m.ending
		}
	}
	return ".bin"
}
