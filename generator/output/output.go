// Package output holds generated files against a folder: it compares, writes and cleans. It is the only package that
// writes to disk: inside the folder alone, wherever a path or a link points, but for the stamps in the user's cache.
package output

import (
	"bytes"
	"errors"
	"fmt"
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

// Lock reads the lock of a folder; where there is none, it is empty.
func Lock(folder string) (naming.Lock, error) {
	name := filepath.Join(folder, naming.LockFile)
	text, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return naming.ParseLock(filepath.ToSlash(name), text)
}

// Compare returns what Write would change, by path. stale tells of a file that falgen owns and that is not among the
// wanted whether it should go.
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
		if _, ok := want[p]; !ok && stale(p) {
			changes = append(changes, Change{Path: p, Have: h})
		}
	}
	slices.SortFunc(changes, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	return changes, nil
}

// read returns the files of folder that are wanted or that falgen owns.
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
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		_, wanted := want[p]
		if !wanted && path.Ext(p) != ".go" && path.Base(p) != "README.md" && p != naming.LockFile {
			return nil
		}
		text, err := root.ReadFile(p)
		if err != nil {
			return err
		}
		if wanted || owned(p, text) {
			have[p] = text
		}
		return nil
	})
	return have, err
}

// owned reports whether falgen wrote a file.
func owned(name string, text []byte) bool {
	return name == naming.LockFile || bytes.HasPrefix(text, []byte(emit.Header)) || bytes.HasPrefix(text, []byte(templates.IndexHeader))
}

// A ForeignFileError is a file that falgen did not write and that is in its way.
type ForeignFileError struct{ Path string }

func (e *ForeignFileError) Error() string {
	return e.Path + " was not written by falgen, which will not write over it: move it away, or generate into another folder"
}

// Write brings folder in line with the changes. Each file is whole at every moment; nothing is written if any of the
// changes would write over a file that falgen does not own, which is a [*ForeignFileError].
func Write(folder string, changes []Change) error {
	for _, c := range changes {
		if c.Have != nil && !owned(c.Path, c.Have) {
			return &ForeignFileError{path.Join(filepath.ToSlash(folder), c.Path)}
		}
	}
	if len(changes) == 0 {
		return nil
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, c := range changes {
		if c.Want == nil {
			err = remove(root, c.Path)
		} else {
			err = replace(root, c.Path, c.Want)
		}
		if err != nil {
			return fmt.Errorf("cannot bring %s up to date: %w", path.Join(filepath.ToSlash(folder), c.Path), err)
		}
	}
	return nil
}

// replace puts a whole file in the place of another.
func replace(root *os.Root, name string, text []byte) error {
	if err := root.MkdirAll(path.Dir(name), 0o777); err != nil {
		return err
	}
	temporary := name + ".falgen-new"
	if err := root.WriteFile(temporary, text, 0o666); err != nil {
		return errors.Join(err, ignoreMissing(root.Remove(temporary)))
	}
	return root.Rename(temporary, name)
}

// remove deletes a file and the folders that it leaves empty.
func remove(root *os.Root, name string) error {
	if err := root.Remove(name); err != nil {
		return err
	}
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if root.Remove(dir) != nil { // it holds something else
			return nil
		}
	}
	return nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
