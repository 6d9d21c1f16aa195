package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/falgen/falgen/generator/naming"
)

// temporary is how the name of a file ends that waits to take its place. Go compiles no such file.
const temporary = ".falgen-new"

// leftover reports whether a file is one that a run left behind that was killed.
func leftover(name string) bool { return strings.HasSuffix(name, temporary) }

// Write brings folder in line with the changes. Nothing is written if any of them would write over a file that falgen
// does not own, which is a [*ForeignFileError].
//
// All new files are written beside the old ones first; where one cannot be, all of them go, and nothing has changed.
// Then each takes its place, and what is stale goes. Whoever is killed in between leaves a whole file in every place,
// the old one or the new one, and the next run does the rest. The lock comes last: by the names that it had, the rest
// comes out the same.
func Write(folder string, changes []Change) error {
	shown := func(name string) string { return path.Join(filepath.ToSlash(folder), name) }
	for _, c := range changes {
		if c.Have != nil && !owned(c.Path, c.Have) {
			return &ForeignFileError{shown(c.Path)}
		}
	}
	if len(changes) == 0 {
		return nil
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return unchanged(filepath.ToSlash(folder), err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return unchanged(filepath.ToSlash(folder), err)
	}
	defer root.Close()
	if name, err := stage(root, changes); err != nil {
		return unchanged(shown(name), err)
	}
	if name, err := settle(root, changes); err != nil {
		discard(root, changes)
		return fmt.Errorf("cannot bring %s up to date: %w: some files are new, the others are as they were; "+
			"put that right and run it again", shown(name), cause(err))
	}
	return nil
}

// unchanged says that a file or folder cannot be written, and that nothing was.
func unchanged(name string, err error) error {
	return fmt.Errorf("cannot write %s: %w: nothing was changed; see that the folder can be written and that there is "+
		"room, or name another with --out", name, cause(err))
}

// cause is an error without the path in it, which is that of a temporary file.
func cause(err error) error {
	var at *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &at):
		return at.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}

// stage writes each new file beside the place that it shall take. Where it fails, it names the file and leaves none.
func stage(root *os.Root, changes []Change) (name string, err error) {
	for _, c := range changes {
		if leftover(c.Path) {
			if err := remove(root, c.Path); err != nil {
				return c.Path, err
			}
		}
	}
	for i, c := range changes {
		if c.Want == nil {
			continue
		}
		if err := write(root, c.Path+temporary, c.Want); err != nil {
			discard(root, changes[:i])
			return c.Path, err
		}
	}
	return "", nil
}

// write makes a new file, and the folders above it; or nothing of it.
func write(root *os.Root, name string, text []byte) (err error) {
	defer func() {
		if err != nil {
			prune(root, path.Dir(name))
		}
	}()
	if err := root.MkdirAll(path.Dir(name), 0o777); err != nil {
		return err
	}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666) // never through a link
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, root.Remove(name))
	}
	return nil
}

// settle puts the new files in their places and removes what is stale. Where it fails, it names the file.
func settle(root *os.Root, changes []Change) (name string, err error) {
	step := func(c Change) int { // of three: new files, stale files, the lock
		switch {
		case c.Path == naming.LockFile:
			return 2
		case c.Want == nil:
			return 1
		}
		return 0
	}
	for _, c := range slices.SortedStableFunc(slices.Values(changes), func(a, b Change) int { return step(a) - step(b) }) {
		switch {
		case c.Want != nil:
			err = root.Rename(c.Path+temporary, c.Path)
		case !leftover(c.Path): // those are gone already
			err = remove(root, c.Path)
		}
		if err != nil {
			return c.Path, err
		}
	}
	return "", nil
}

// discard removes the new files that have not taken their places. What it cannot remove, the next run finds.
func discard(root *os.Root, changes []Change) {
	for _, c := range changes {
		if c.Want != nil {
			_ = root.Remove(c.Path + temporary)
			prune(root, path.Dir(c.Path))
		}
	}
}

// remove deletes a file and the folders that it leaves empty.
func remove(root *os.Root, name string) error {
	err := root.Remove(name)
	if err == nil {
		prune(root, path.Dir(name))
	}
	return err
}

// prune deletes a folder and those above it, as far as they are empty.
func prune(root *os.Root, dir string) {
	for ; dir != "."; dir = path.Dir(dir) {
		if err := root.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) { // it holds something
			return
		}
	}
}
