package emit

import (
	"fmt"
	"go/format"
	"math/rand/v2"
	"strings"
	"testing"
)

// pieces are what Go's tools read in comments, and what may turn into it where texts are cut into lines.
var pieces = []string{
	"``", "''", "`", "'", "```", "“", "”", "- ", "* ", "+ ", "• ", "1. ", "2) ", "# ", "#", "## ", "[x]: http://y", "[x]:", "[x]",
	"\n", "\n\n", "\r\n", "\t", "  ", " ", "word", "A long sentence that goes on for some time.", "//go:generate x", "go:build x",
	"+build x", "+build", "//", "/*", "*/", "\\", "Deprecated: ", "BUG(x): ", "lint:ignore x", "#!", "http://a.b/c", "\u00a0", "\u2028", "\u0085",
	"\u200b", "\u202e", "\U00016d40", "\ufeff", "\x00", "\xff", "é", "e\u0301", "—", "...", ":", ".", strings.Repeat("x", 120), "Heading", "Σ", "字",
}

// TestCommentsStay holds that comments, whatever text they are of, are in the form that go/printer leaves alone: that of
// this Go, wherever it stands. Another version prints them the same then, whether it formats comments there or not.
func TestCommentsStay(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		var text strings.Builder
		for range 1 + r.IntN(12) {
			text.WriteString(pieces[r.IntN(len(pieces))])
		}
		comment := strings.Join(lines(text.String()), "\n")
		if comment == "" {
			continue
		}
		for _, place := range []string{
			"%s\npackage p\n", "package p\n\n%s\ntype T int\n", "package p\n\n%s\nfunc f() {}\n", "package p\n\n%s\nconst c = 1\n",
			"package p\n\ntype T struct {\n%s\nF int\n}\n", "package p\n\nconst (\n%s\nc = 1\n)\n",
		} {
			source := fmt.Sprintf(place, comment)
			out, err := format.Source([]byte(source))
			if err != nil {
				t.Fatalf("%q: %v", text.String(), err)
			}
			if got := strings.ReplaceAll(string(out), "\t", ""); got != source {
				t.Fatalf("%q is\n%s\nand is printed as\n%s", text.String(), source, out)
			}
			if again, _ := format.Source(out); string(again) != string(out) {
				t.Fatalf("%q is printed as\n%s\nand then as\n%s", text.String(), out, again)
			}
		}
	}
}
