package emit

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dave/jennifer/jen"

	"github.com/falgen/falgen/generator/chars"
	"github.com/falgen/falgen/generator/ir"
)

// width is how long a comment's line may get.
const width = 110

// comment returns paragraphs as comment lines for jennifer. Document text never goes through jennifer's own Comment,
// which takes text that looks like a comment for one.
func comment(paragraphs ...string) []jen.Code {
	return asCode(lines(paragraphs...))
}

func asCode(lines []string) []jen.Code {
	code := make([]jen.Code, len(lines))
	for i, line := range lines {
		code[i] = jen.Op(line)
	}
	return code
}

// lines returns paragraphs as comment lines. Whatever a paragraph holds, each line starts with "//", a blank, and
// something that the Go tools read as prose, in the form that gofmt gives it: some versions of go/printer format the
// comments of fields, and others do not.
func lines(paragraphs ...string) []string {
	var out []string
	for _, text := range paragraphs {
		for _, p := range split(text) {
			if len(out) > 0 {
				out = append(out, "//")
			}
			for _, line := range wrap(p) {
				out = append(out, "// "+prose(line))
			}
		}
	}
	return out
}

// prose returns a line that no Go tool takes for more than text: neither for an old kind of build constraint nor for
// the definition of a link, which gofmt moves.
func prose(line string) string {
	if strings.HasPrefix(line, "+build") || strings.HasPrefix(line, "[") && strings.Contains(line, "]:") {
		return "\\" + line
	}
	return line
}

// split cuts a text into paragraphs of lines; lines that do not start a list item go on the line before.
func split(text string) [][]string {
	var paragraphs [][]string
	var p []string
	flush := func() {
		if len(p) > 0 {
			paragraphs, p = append(paragraphs, p), nil
		}
	}
	for line := range strings.Lines(clean(text)) {
		line = strings.Join(strings.Fields(line), " ")
		switch {
		case line == "":
			flush()
		case len(p) == 0 || startsItem(line):
			p = append(p, line)
		default:
			p[len(p)-1] += " " + line
		}
	}
	flush()
	return paragraphs
}

func startsItem(line string) bool {
	head, rest, _ := strings.Cut(line, " ")
	if rest == "" {
		return false
	}
	number := strings.TrimRight(head, ".)")
	_, err := strconv.Atoi(number)
	return head == "-" || head == "*" || head == "•" || err == nil && number != head
}

// clean shows what cannot be seen, so that a text reads in the source as it is, and has the quotes that gofmt makes of
// two backticks and of two apostrophes.
func clean(text string) string {
	text = backticks.ReplaceAllStringFunc(text, func(s string) string {
		if len(s) == 2 {
			return "“"
		}
		return "```" // of code in Markdown: gofmt takes more for this and two
	})
	text = strings.ReplaceAll(text, "''", "”")
	if !strings.ContainsFunc(text, func(r rune) bool { return r != '\n' && (r < ' ' || r > '~') }) {
		return text // as nearly all are
	}
	var b strings.Builder
	for _, r := range newlines.Replace(text) {
		switch {
		case r == '\n', r == '\t', chars.IsPrint(r), unicode.Is(unicode.Zs, r):
			b.WriteRune(r)
		default:
			b.WriteString(chars.Escape(r))
		}
	}
	return b.String()
}

var backticks = regexp.MustCompile("``+")

var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func wrap(paragraph []string) []string {
	var out []string
	for _, line := range paragraph {
		current := ""
		for word := range strings.FieldsSeq(line) {
			if current != "" && utf8.RuneCountInString(current)+1+utf8.RuneCountInString(word) > width {
				out, current = append(out, current), ""
			}
			if current != "" {
				current += " "
			}
			current += word
		}
		out = append(out, current)
	}
	return out
}

// fieldDoc says what a field is, and on a line of its own what its document demands of it.
func fieldDoc(f *ir.Field) []jen.Code {
	doc := lines(f.Description)
	if facts := strings.Join(f.ConstraintDoc(), " "); facts != "" {
		if len(doc) > 0 {
			doc[len(doc)-1] = ended(doc[len(doc)-1]) // else the facts would go on its last sentence
		}
		doc = append(doc, lines(facts)...)
	}
	if f.Deprecated {
		if len(doc) > 0 {
			doc = append(doc, "//")
		}
		doc = append(doc, "// Deprecated: the endpoint's document advises against it.")
	}
	return asCode(doc)
}

// ended returns a line of a comment with a full stop, where it ends in a word.
func ended(line string) string {
	last, _ := utf8.DecodeLastRuneInString(line)
	if chars.IsLetter(last) || chars.IsDigit(last) || strings.ContainsRune(")]\"'`%”", last) {
		return line + "."
	}
	return line
}
