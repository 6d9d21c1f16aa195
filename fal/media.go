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

// Media is a media input: a URL, a data URI, or local media (see [Path], [Bytes] and [Reader]). The call that sends the
// input uploads local media first and sends its URL. [Client.Upload] does so in advance, for media that several calls
// use.
//
// The zero Media is unset and is left out of the request. Media is a plain value, safe to copy and to read
// concurrently.
type Media struct {
	ref   string
	local *local // what is to be uploaded; nil for a reference
	state optState
}

// URL returns media at a URL that fal can fetch without credentials.
func URL(u string) Media { return Media{ref: u, state: optSet} }

// DataURI returns media that is sent inside the request, base64-encoded: useful for small files. contentType is its MIME
// type, such as "image/png"; empty means application/octet-stream.
func DataURI(contentType string, data []byte) Media {
	if contentType == "" {
		contentType = octetStream
	}
	return URL("data:" + contentType + ";base64," + base64.StdEncoding.EncodeToString(data))
}

// Path returns a file to upload. It is read while it is sent, and may have any size; its MIME type is that of its
// extension, or is detected. If it cannot be read, the call returns an error.
func Path(path string) Media { return Media{local: &local{path: path}, state: optSet} }

// Bytes returns media to upload. contentType is its MIME type; if empty, it is detected. Do not modify data while a call
// uses it.
func Bytes(contentType string, data []byte) Media {
	l := &local{contentType: contentType, sum: sha256.Sum256(data), section: section(bytes.NewReader(data))}
	return Media{local: l, state: optSet}
}

// Reader returns media to upload, from the current position of r to its end. contentType is its MIME type; if empty, it
// is detected.
//
// If r is an io.ReaderAt and io.Seeker, such as an *os.File, it is read while it is sent. Any other r is read to its end
// first, into a temporary file if it is long, and can be used in one call only.
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
