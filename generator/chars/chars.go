// Package chars says of characters what falgen makes of them. The answers are those of one version of Unicode,
// whichever one the Go that falgen was built with knows, so that falgen writes the same bytes with each, and names
// that every supported Go compiles.
package chars

import (
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/rangetable"
)

// version is the Unicode of the oldest Go that falgen supports.
const version = "15.0.0"

var assigned = sync.OnceValue(func() *unicode.RangeTable { return rangetable.Assigned(version) })

func known(r rune) bool { return r <= unicode.MaxASCII || unicode.Is(assigned(), r) }

// IsPrint reports whether r can be seen; of the blanks it is U+0020 alone.
func IsPrint(r rune) bool { return known(r) && unicode.IsPrint(r) }

// IsLetter reports whether r is a letter.
func IsLetter(r rune) bool { return known(r) && unicode.IsLetter(r) }

// IsDigit reports whether r is a decimal digit.
func IsDigit(r rune) bool { return known(r) && unicode.IsDigit(r) }

// IsGraphic reports whether r can be seen or is a blank.
func IsGraphic(r rune) bool { return known(r) && unicode.IsGraphic(r) }

// ToUpper returns r in upper case, if it has one.
func ToUpper(r rune) rune {
	if u := unicode.ToUpper(r); known(r) && known(u) {
		return u
	}
	return r
}

// IsUpper reports whether r is a letter in upper case.
func IsUpper(r rune) bool { return known(r) && unicode.IsUpper(r) }

// Escape returns r as it is escaped in a Go string: "\u2028".
func Escape(r rune) string {
	quoted := strconv.QuoteRuneToASCII(r)
	return quoted[1 : len(quoted)-1]
}

// Settle returns text with the characters escaped that a newer Unicode may have given a meaning. What [strconv.Quote],
// %q or %v has made of a text is the same with each Go after it; so is Go source with such characters in its literals.
func Settle(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return !known(r) }) {
		return text // as nearly all are
	}
	var b strings.Builder
	for i, r := range text {
		_, size := utf8.DecodeRuneInString(text[i:])
		if known(r) { // which U+FFFD is, and so a byte that is no UTF-8 stays
			b.WriteString(text[i : i+size])
		} else {
			b.WriteString(Escape(r))
		}
	}
	return b.String()
}
