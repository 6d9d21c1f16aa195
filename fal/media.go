package fal

import (
	"encoding/base64"
	"encoding/json"
)

// Media is a media input, which fal takes as a string: a URL that it can reach, or a data URI.
//
// The zero Media is unset and is left out of the request. Media is a plain value, safe to copy and to read
// concurrently.
type Media struct {
	ref   string
	state optState
}

// URL refers to media by a URL that fal can fetch without credentials.
func URL(u string) Media { return Media{ref: u, state: optSet} }

// DataURI carries the media itself, base64-encoded, inside the request: handy for small files. contentType is its
// MIME type, such as "image/png"; empty means application/octet-stream.
func DataURI(contentType string, data []byte) Media {
	if contentType == "" {
		contentType = "application/octet-stream"
	}
	return URL("data:" + contentType + ";base64," + base64.StdEncoding.EncodeToString(data))
}

// String returns the URL or data URI, and "" where m is unset or null.
func (m Media) String() string { return m.ref }

// IsZero reports whether m is unset. With it, encoding/json's omitzero leaves the field out.
func (m Media) IsZero() bool { return m.state == optUnset }

// IsNull reports whether m was decoded from JSON null.
func (m Media) IsNull() bool { return m.state == optNull }

// Any returns the URL or data URI as an any, or nil where m is unset or null.
func (m Media) Any() any {
	if m.state == optSet {
		return m.ref
	}
	return nil
}

// MarshalJSON encodes m as a string, or as null.
func (m Media) MarshalJSON() ([]byte, error) {
	if m.state != optSet {
		return []byte("null"), nil
	}
	return encodeJSON(m.ref)
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
