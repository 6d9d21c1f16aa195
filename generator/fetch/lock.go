package fetch

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// LockFile is the name of the file that says where the documents in its folder came from.
const LockFile = "fetch.lock"

// entry is what the lock says of one document.
type entry struct {
	Source string `json:"source"` // a URL, or what --from named
	SHA256 string `json:"sha256"` // of the document's canonical text, which is that of the file unless somebody edited it
	ETag   string `json:"etag,omitempty"`
}

// lock has the entries of the documents that were fetched, by id. It changes only when a document does, and holds
// no times, so that it can be committed beside them.
type lock map[string]entry

func parseLock(name string, text []byte) (lock, error) {
	l := lock{}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&l); err != nil {
		return nil, fmt.Errorf("%s is not a lock of falgen fetch: %w; restore it, or delete it: "+
			"documents that differ from fal's then count as edited by hand", name, err)
	}
	return l, nil
}

func (l lock) encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(l) // with sorted ids
	return b.Bytes(), err
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
