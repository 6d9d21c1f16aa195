package naming

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/token"
)

// LockFile is the name of the file that holds a [Lock], in the output folder.
const LockFile = "falgen.lock"

// A Lock holds the names that were given, by endpoint id. A name in it is given again to what it was given to before,
// whatever has joined since, so that code that uses it goes on compiling.
type Lock map[string]Pins

// Pins are the names of one endpoint.
type Pins struct {
	Package string            `json:"package"` // its path under the output folder
	Names   map[string]string `json:"names"`   // by kind and place in the document, such as "field Input.fps"

	reasons map[string]string // of names that are not as the rules alone would have them
}

// Reason says why a name is what it is.
func (p Pins) Reason(key string) string {
	if why, ok := p.reasons[key]; ok {
		return why
	}
	return "by rule"
}

// ParseLock reads a lock file; name is what errors call it. An empty text is an empty lock.
func ParseLock(name string, text []byte) (Lock, error) {
	lock := Lock{}
	if len(bytes.TrimSpace(text)) == 0 {
		return lock, nil
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&lock); err != nil {
		return nil, fmt.Errorf("%s is not a lock of falgen: %w; restore it, or delete it to name everything anew", name, err)
	}
	return lock, nil
}

// Encode returns the lock's file, the same for the same lock.
func (l Lock) Encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(l) // with sorted keys
	return b.Bytes(), err
}

// pinned returns the name under one of the keys, or "". A name that Go would not take counts for nothing.
func (p Pins) pinned(keys []string) string {
	for _, key := range keys {
		if name := p.Names[key]; token.IsIdentifier(name) && token.IsExported(name) {
			return name
		}
	}
	return ""
}
