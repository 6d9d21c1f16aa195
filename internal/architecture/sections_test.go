package architecture

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// gap is a blank, or the end of one line of a comment and the start of the next.
const gap = `\s+(?://\s+)?`

var (
	cited   = regexp.MustCompile(`docs/protocol\.md,` + gap + `sections?` + gap + `([0-9.]+[0-9]|[0-9]+)(?:` + gap + `(?:to|and)` + gap + `([0-9.]+[0-9]|[0-9]+))?`)
	heading = regexp.MustCompile(`(?m)^##+ ([0-9.]*[0-9])\.? `)
)

// TestSections holds that each section of docs/protocol.md that a comment cites is there.
func TestSections(t *testing.T) {
	page, err := os.ReadFile("../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	sections := map[string]bool{"": true}
	for _, m := range heading.FindAllStringSubmatch(string(page), -1) {
		sections[m[1]] = true
	}
	citations := 0
	err = filepath.WalkDir("../..", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "sections_test.go") {
			return err
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for _, m := range cited.FindAllStringSubmatch(string(text), -1) {
			citations++
			if !sections[m[1]] || !sections[m[2]] {
				t.Errorf("%s cites %q, which is no section", name, m[0])
			}
		}
		if n := strings.Count(string(text), "docs/protocol.md,"); n > len(cited.FindAllString(string(text), -1)) {
			t.Errorf("%s cites the page in words that this test cannot read", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if citations < 50 {
		t.Errorf("only %d citations were found", citations)
	}
}
