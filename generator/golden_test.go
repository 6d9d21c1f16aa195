package generator_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/generator"
	"github.com/falgen/falgen/generator/naming"
	"github.com/falgen/falgen/generator/output"
	"github.com/falgen/falgen/generator/spec"
)

var update = flag.Bool("update", false, "write the golden files anew")

const (
	goldenDir  = "../testdata/golden"
	goldenRoot = "github.com/falgen/falgen/testdata/golden"
)

// TestGolden holds each folder of testdata/golden: the Go and the findings that its document.json gives. Every
// same-*.json beside it spells the same meaning in another way, and must give the same Go.
func TestGolden(t *testing.T) {
	imports := map[string]bool{}
	for _, name := range goldenCases(t) {
		dir := filepath.Join(goldenDir, name)
		root := goldenRoot + "/" + name
		result := generate(t, filepath.Join(dir, "document.json"), root)
		for file := range result.Files {
			if strings.HasSuffix(file, ".go") && !strings.HasSuffix(file, "_test.go") {
				imports[root+"/"+filepath.ToSlash(filepath.Dir(file))] = true
			}
		}
		t.Run(name, func(t *testing.T) {
			if purpose, err := os.ReadFile(filepath.Join(dir, "purpose.txt")); err != nil || len(bytes.TrimSpace(purpose)) == 0 {
				t.Errorf("say in purpose.txt what the case is for")
			}
			changes, err := output.Compare(dir, result.Files, func(string) bool { return true })
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				if err := output.Write(dir, changes); err != nil {
					t.Fatal(err)
				}
			} else {
				for _, c := range changes {
					t.Errorf("run go test ./generator -update and read the diff:\n%s", c.Diff(dir))
				}
			}
			golden(t, filepath.Join(dir, "diagnostics.txt"), findings(result, dir))
			others, err := filepath.Glob(filepath.Join(dir, "same-*.json"))
			if err != nil {
				t.Fatal(err)
			}
			for _, other := range others {
				if diff := cmp.Diff(asText(result.Files), asText(generate(t, other, root).Files)); diff != "" {
					t.Errorf("%s means the same as document.json, but its Go differs:\n%s", filepath.Base(other), diff)
				}
			}
		})
	}
	t.Run("imports", func(t *testing.T) {
		var b strings.Builder
		b.WriteString("// Package golden compiles the golden packages, by importing them. Written by go test ./generator -update.\n" +
			"package golden\n\n//lint:file-ignore SA1019 one of them is deprecated, for a case\n\nimport (\n")
		for _, path := range slices.Sorted(maps.Keys(imports)) {
			fmt.Fprintf(&b, "\t_ %q\n", path)
		}
		b.WriteString(")\n")
		golden(t, filepath.Join("golden", "imports_test.go"), b.String())
	})
}

func goldenCases(t *testing.T) []string {
	entries, err := os.ReadDir(goldenDir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if len(names) == 0 {
		t.Fatal("there are no golden cases")
	}
	return names
}

func generate(t *testing.T, specs, root string) *generator.Result {
	t.Helper()
	result, err := generator.Generate(context.Background(), read(t, specs), generator.Config{Package: root})
	if err != nil {
		t.Fatal(err)
	}
	delete(result.Files, naming.LockFile) // the lock has tests of its own
	return result
}

// findings prints a result's diagnostics with paths relative to dir.
func findings(r *generator.Result, dir string) string {
	var b strings.Builder
	for _, d := range r.Diagnostics {
		fmt.Fprintf(&b, "%s: %s\n", d.Severity, strings.ReplaceAll(d.String(), filepath.ToSlash(dir)+"/", ""))
	}
	return b.String()
}

// golden holds a file against what it should say; a file that should say nothing should not be there.
func golden(t *testing.T, file, want string) {
	t.Helper()
	have, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if string(have) == want {
		return
	}
	if !*update {
		t.Errorf("%s is not up to date, run go test ./generator -update and read the diff:\n%s", file, cmp.Diff(string(have), want))
		return
	}
	if want == "" {
		err = os.Remove(file)
	} else {
		err = os.WriteFile(file, []byte(want), 0o666)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func asText(files map[string][]byte) map[string]string {
	out := map[string]string{}
	for name, text := range files {
		out[name] = string(text)
	}
	return out
}

func read(t *testing.T, specs string) *spec.Sources {
	t.Helper()
	sources, err := spec.Read(specs)
	if err != nil {
		t.Fatal(err)
	}
	return sources
}
