package output

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
)

// Create writes those of the files that are not in folder yet, by path under it, and returns what it wrote and what
// was there and stays as it is.
func Create(folder string, files map[string][]byte) (made, there []string, err error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, nil, err
	}
	defer root.Close()
	for _, name := range slices.Sorted(maps.Keys(files)) {
		switch err := write(root, name, files[name]); {
		case err == nil:
			made = append(made, name)
		case errors.Is(err, fs.ErrExist):
			there = append(there, name)
		default:
			return made, there, fmt.Errorf("cannot write %s: %w", path.Join(filepath.ToSlash(folder), name), cause(err))
		}
	}
	return made, there, nil
}
