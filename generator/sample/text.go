package sample

import (
	"math/rand/v2"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/falgen/falgen/generator/ir"
)

// Text returns a string that rules allow, and reports whether it found one: that takes luck where several patterns meet.
// The same rules and random numbers give the same string.
func Text(r ir.Rules, rng *rand.Rand) (string, bool) {
	patterns := make([]*syntax.Regexp, len(r.Patterns))
	for i, p := range r.Patterns {
		var err error
		if patterns[i], err = syntax.Parse(p, syntax.Perl); err != nil {
			return "", false
		}
	}
	least, most := 0, 10_000
	if r.MinLength != nil {
		least = min(*r.MinLength, 10_000)
	}
	if r.MaxLength != nil {
		most = min(*r.MaxLength, most)
	}
	t := &ir.Type{Kind: ir.String, Rules: r}
	const tries = 200
	for try := range tries {
		w := writer{rng: rng, most: most, extra: try * (8 + 2*min(least, 5000)) / tries}
		if len(patterns) > 0 {
			w.write(patterns[try%len(patterns)])
		}
		text := w.String()
		padding := strings.Repeat("x", max(0, least-utf8.RuneCountInString(text)))
		for _, s := range []string{text, text + padding, padding + text} {
			if allows(t, s) {
				return s, true
			}
		}
	}
	return "", false
}

// writer writes a text that a pattern matches.
type writer struct {
	strings.Builder
	rng   *rand.Rand
	extra int // how many more of a thing than needed there may be
	most  int // where it stops adding
}

func (w *writer) write(p *syntax.Regexp) {
	switch p.Op {
	case syntax.OpLiteral:
		w.WriteString(string(p.Rune))
	case syntax.OpCharClass:
		w.WriteRune(w.char(p.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		w.WriteRune(w.char([]rune{'a', 'z'}))
	case syntax.OpStar:
		w.repeat(p.Sub[0], 0, -1)
	case syntax.OpPlus:
		w.repeat(p.Sub[0], 1, -1)
	case syntax.OpQuest:
		w.repeat(p.Sub[0], 0, 1)
	case syntax.OpRepeat:
		w.repeat(p.Sub[0], p.Min, p.Max)
	case syntax.OpAlternate:
		w.write(p.Sub[w.rng.IntN(len(p.Sub))])
	case syntax.OpConcat, syntax.OpCapture:
		for _, sub := range p.Sub {
			w.write(sub)
		}
	}
}

func (w *writer) repeat(p *syntax.Regexp, least, most int) {
	n := least + w.rng.IntN(w.extra+1)
	if most >= 0 {
		n = min(n, most)
	}
	for i := 0; i < n && (i < least || w.Len() < w.most); i++ {
		w.write(p)
	}
}

// char returns a character of a class, given as pairs of a first and a last one: a letter, a digit or a sign where it has
// any of them.
func (w *writer) char(class []rune) rune {
	var common []rune
	for i := 0; i+1 < len(class); i += 2 {
		for r := max(class[i], '!'); r <= min(class[i+1], '~'); r++ {
			common = append(common, r)
		}
	}
	if plain := slices.DeleteFunc(slices.Clone(common), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}); len(plain) > 0 {
		common = plain
	}
	switch {
	case len(common) > 0:
		return common[w.rng.IntN(len(common))]
	case len(class) > 0:
		return class[0]
	}
	return 'x' // no text matches
}
