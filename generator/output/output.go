// Package output holds generated files against a folder: it compares, writes and cleans. It writes inside the folder
// alone, wherever a path or a link points, but for the stamps and locks in the user's cache.
package output

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/falgen/falgen/generator/emit"
	"github.com/falgen/falgen/generator/naming"
	"github.com/falgen/falgen/templates"
)

// A Change is a file that is not as it should be.
type Change struct {
	Path string // under the folder, with slashes
	Have []byte // nil where there is no such file
	Want []byte // nil where there should be none
}

// Diff returns the change as a unified diff from what is there to what should be. folder is put before the path.
func (c Change) Diff(folder string) []byte {
	name := path.Join(filepath.ToSlash(folder), c.Path)
	from, to := name, name
	if c.Have == nil {
		from = os.DevNull
	}
	if c.Want == nil {
		to = os.DevNull
	}
	return diff.Diff(from, c.Have, to, c.Want)
}

// ReadLock reads the lock of a folder; where there is none, it is empty.
func ReadLock(folder string) (naming.Lock, error) {
	name := filepath.Join(folder, naming.LockFile)
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return naming.ParseLock(filepath.ToSlash(name), text)
}

// Compare returns what Write would change, by path. stale tells of a file that falgen owns and that is not among the
// wanted whether it should go. Files that differ in their line endings alone are as they should be: a checkout may have
// made them so.
func Compare(folder string, want map[string][]byte, stale func(path string) bool) ([]Change, error) {
	have, err := read(folder, want)
	if err != nil {
		return nil, err
	}
	var changes []Change
	for p, w := range want {
		if h, ok := have[p]; !ok || !bytes.Equal(h, w) {
			changes = append(changes, Change{Path: p, Have: h, Want: w})
		}
	}
	for p, h := range have {
		if _, ok := want[p]; !ok && (leftover(p) || stale(p)) {
			changes = append(changes, Change{Path: p, Have: h})
		}
	}
	slices.SortFunc(changes, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	return changes, nil
}

// read returns the files of folder that are wanted or that falgen owns, with LF for line endings.
func read(folder string, want map[string][]byte) (map[string][]byte, error) {
	have := map[string][]byte{}
	root, err := os.OpenRoot(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return have, nil
	} else if err != nil {
		return nil, err
	}
	defer root.Close()
	err = fs.WalkDir(root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		_, wanted := want[p]
		if !d.Type().IsRegular() {
			if wanted { // a link, a folder: it is in the way
				have[p] = []byte{}
			}
			return nil
		}
		if !wanted && path.Ext(p) != ".go" && path.Base(p) != "README.md" && p != naming.LockFile && !leftover(p) {
			return nil
		}
		text, err := root.ReadFile(p)
		if err != nil {
			return err
		}
		text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
		if wanted || owned(p, text) {
			have[p] = text
		}
		return nil
	})
	return have, err
}

// owned reports whether falgen wrote a file.
func owned(name string, text []byte) bool {
	return name == naming.LockFile || leftover(name) ||
		bytes.HasPrefix(text, []byte(emit.Header)) || bytes.HasPrefix(text, []byte(templates.IndexHeader))
}

// A ForeignFileError is a file that falgen did not write and that is in its way.
type ForeignFileError struct{ Path string }

func (e *ForeignFileError) Error() string {
	return e.Path + " was not written by falgen, which will not write over it: move it away, or generate into another folder"
}
