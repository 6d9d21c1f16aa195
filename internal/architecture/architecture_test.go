// Package architecture holds the map of the packages in CONTRIBUTING.md to what they import.
package architecture

import (
	"encoding/json"
	"io"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/falgen/falgen/"

// row is a line of the map: a package, what it is for, and what it may import of this module.
var row = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| ([^|]+) \\| ([^|]*) \\|$")

// TestMap holds that the map in CONTRIBUTING.md has each package with all that it imports of this module, and no more. Tests
// may import what they like.
func TestMap(t *testing.T) {
	page, err := os.ReadFile("../../CONTRIBUTING.md")
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string][]string{}
	for _, m := range row.FindAllStringSubmatch(string(page), -1) {
		allowed[m[1]] = strings.Fields(strings.NewReplacer("`", "", ",", "").Replace(m[3]))
	}
	found := imports(t)
	for _, name := range slices.Sorted(maps.Keys(found)) {
		want, ok := allowed[name]
		if !ok {
			t.Errorf("the map has no row for %s, which imports %v", name, found[name])
			continue
		}
		for _, imported := range found[name] {
			if !slices.Contains(want, imported) {
				t.Errorf("%s imports %s, and the map does not allow it", name, imported)
			}
		}
		for _, imported := range want {
			if !slices.Contains(found[name], imported) {
				t.Errorf("the map says that %s imports %s, and it does not", name, imported)
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(allowed)) {
		if _, ok := found[name]; !ok {
			t.Errorf("the map has a row for %s, which is no package", name)
		}
	}
}

// imports returns what the packages import of this module, but for the generated ones.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string][]string{}
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); err == io.EOF {
			return found
		} else if err != nil {
			t.Fatal(err)
		}
		name, ours := strings.CutPrefix(p.ImportPath, module)
		if !ours || strings.HasPrefix(name, "generated/") || strings.Contains(name, "/testdata/") {
			continue
		}
		found[name] = nil
		for _, imported := range p.Imports {
			if other, ours := strings.CutPrefix(imported, module); ours {
				found[name] = append(found[name], other)
			}
		}
	}
}
