// Package documents finds the endpoint documents that the benchmarks run over.
package documents

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Corpus returns the folder of published documents, which is no part of the project, or "" where there is none. root
// is the folder of the checkout.
func Corpus(root string) string {
	dir := os.Getenv("FALGEN_CORPUS")
	if dir == "" {
		dir = filepath.Join(root, "../shared/corpus/2026-01")
	}
	if _, err := os.Stat(dir); err != nil {
		return ""
	}
	return dir
}

// Cut writes each document of the catalogue dumps or documents in from into a file of its own in to, and returns the
// files. A catalogue's entry without a document is left out.
func Cut(from, to string) ([]string, error) {
	var files []string
	err := filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(name) != ".json" {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		var dump struct {
			Models []struct {
				ID      string          `json:"endpoint_id"`
				OpenAPI json.RawMessage `json:"openapi"`
			} `json:"models"`
			Paths json.RawMessage `json:"paths"`
		}
		if err := json.Unmarshal(text, &dump); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if dump.Paths != nil {
			rel, err := filepath.Rel(from, name)
			files = append(files, filepath.Join(to, rel))
			return errors.Join(err, write(files[len(files)-1], text))
		}
		for _, m := range dump.Models {
			var document struct{ Paths json.RawMessage }
			if json.Unmarshal(m.OpenAPI, &document) != nil || document.Paths == nil {
				continue
			}
			files = append(files, filepath.Join(to, filepath.FromSlash(m.ID)+".json"))
			if err := write(files[len(files)-1], m.OpenAPI); err != nil {
				return err
			}
		}
		return nil
	})
	return files, err
}

func write(name string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	return os.WriteFile(name, text, 0o666)
}
