package fal

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"

	"github.com/falgen/falgen/fal/internal/input"
)

// Media is a media input, which fal takes as a string: a URL that it can reach, or a data URI. What is not at fal yet
// (see [Path], [Bytes] and [Reader]) is uploaded by the call that sends the input, wherever in the input it stands, and
// its URL is sent instead. [Client.Upload] does so beforehand, for media that several calls take.
//
// The zero Media is unset and is left out of the request. Media is a plain value, safe to copy and to read
// concurrently.
type Media struct {
	ref   string
	local *local // what is to be uploaded; nil for a reference
	state optState
}

// URL refers to media by a URL that fal can fetch without credentials.
func URL(u string) Media { return Media{ref: u, state: optSet} }

// DataURI carries the media itself, base64-encoded, inside the request: handy for small files. contentType is its
// MIME type, such as "image/png"; empty means application/octet-stream.
func DataURI(contentType string, data []byte) Media {
	if contentType == "" {
		contentType = octetStream
	}
	return URL("data:" + contentType + ";base64," + base64.StdEncoding.EncodeToString(data))
}

// Path is a file to upload. It is read from the disk as it is sent, and may be of any size; its type is that of its
// ending, or else of its first bytes. A file that cannot be read is an error of the call.
func Path(path string) Media { return Media{local: &local{path: path}, state: optSet} }

// Bytes is media to upload. contentType is its MIME type; where it is empty, the first bytes tell. The caller does not
// change data while a call sends it.
func Bytes(contentType string, data []byte) Media {
	l := &local{contentType: contentType, sum: sha256.Sum256(data), section: section(bytes.NewReader(data))}
	return Media{local: l, state: optSet}
}

// Reader is media to upload, from where r stands to its end. contentType is its MIME type; where it is empty, the first
// bytes tell.
//
// What can be read at any place (io.ReaderAt and io.Seeker, such as an *os.File) is read as it is sent. Any other r is
// read to its end first, into a temporary file where it is long, and serves one call: a second is an error.
func Reader(contentType string, r io.Reader) Media {
	return Media{local: &local{contentType: contentType, reader: r, section: section(r)}, state: optSet}
}

// String returns the URL or data URI, and "" where m is unset, null or still to be uploaded.
func (m Media) String() string { return m.ref }

// IsZero reports whether m is unset. With it, encoding/json's omitzero leaves the field out.
func (m Media) IsZero() bool { return m.state == optUnset }

// IsNull reports whether m was decoded from JSON null.
func (m Media) IsNull() bool { return m.state == optNull }

// Size returns the size in bytes of media to be uploaded, where it is known before it is read.
func (m Media) Size() (int64, bool) {
	if m.local == nil {
		return 0, false
	}
	return m.local.size()
}

// Any returns the URL or data URI as an any, m itself where it is still to be uploaded, or nil where it is unset or null.
func (m Media) Any() any {
	switch {
	case m.local != nil:
		return m
	case m.state == optSet:
		return m.ref
	}
	return nil
}

// MarshalJSON encodes m as a string, or as null. Media that is still to be uploaded has no JSON of its own, and is an
// error outside of the calls of this package.
func (m Media) MarshalJSON() ([]byte, error) {
	if m.local != nil {
		u := m.local.url.Load()
		if u == nil {
			return nil, fmt.Errorf("fal: %s is not uploaded yet; Client.Upload does so, and so does the call that sends it", m.local)
		}
		return input.JSON(*u)
	}
	if m.state != optSet {
		return []byte("null"), nil
	}
	return input.JSON(m.ref)
}

// UnmarshalJSON decodes a string or null.
func (m *Media) UnmarshalJSON(data []byte) error {
	if isNull(data) {
		*m = Media{state: optNull}
		return nil
	}
	var ref string
	if err := json.Unmarshal(data, &ref); err != nil {
		return err
	}
	*m = URL(ref)
	return nil
}
