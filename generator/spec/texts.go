package spec

import (
	"crypto/sha256"
	"fmt"
)

// A Text is a file that was read from elsewhere than a folder.
type Text struct {
	Name string // what diagnostics call it, with slashes
	Text []byte
}

// Texts returns the sources that files make which were read from elsewhere. folder tells that they are what a folder
// holds, and not one document or dump.
func Texts(texts []Text, folder bool) *Sources {
	s := &Sources{folder: folder}
	hash := sha256.New()
	for _, t := range texts {
		s.files = append(s.files, source{name: t.Name, text: t.Text})
		fmt.Fprintf(hash, "%q %d\n", t.Name, len(t.Text))
		hash.Write(t.Text)
	}
	hash.Sum(s.Hash[:0])
	return s
}
