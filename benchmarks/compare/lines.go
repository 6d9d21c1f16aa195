package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// A spread tells how long packages are.
type spread struct{ median, most int }

// lines counts the lines of Go in each folder: tests, examples and comments included.
func lines(root string) (spread, error) {
	folders := map[string]int{}
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".go" {
			return err
		}
		text, err := os.ReadFile(name)
		folders[filepath.Dir(name)] += bytes.Count(text, []byte("\n"))
		return err
	})
	if err != nil || len(folders) == 0 {
		return spread{}, err
	}
	var counts []int
	for _, n := range folders {
		counts = append(counts, n)
	}
	slices.Sort(counts)
	return spread{counts[len(counts)/2], counts[len(counts)-1]}, nil
}
