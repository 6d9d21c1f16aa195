// Oapi generates with oapi-codegen from all documents of a folder in one process: "oapi DOCUMENTS OUT". It prints how
// many it did and how many it could not.
package main

import (
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/falgen/falgen/benchmarks/internal/oapicodegen"
)

func main() {
	log.SetFlags(0)
	documents, out := os.Args[1], os.Args[2]
	done, skipped := 0, 0
	err := filepath.WalkDir(documents, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		id, err := filepath.Rel(documents, strings.TrimSuffix(name, ".json"))
		if err != nil {
			return err
		}
		code, err := oapicodegen.Generate(name)
		if err != nil {
			log.Printf("skipped %s: %v", id, err)
			skipped++
			return nil
		}
		done++
		dir := filepath.Join(out, id)
		if err := os.MkdirAll(dir, 0o777); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(dir, "endpoint.go"), []byte(code), 0o666)
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(done, skipped)
}
