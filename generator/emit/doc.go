package emit

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dave/jennifer/jen"

	"github.com/falgen/falgen/generator/ir"
)

// width is how long a comment's line may get.
const width = 110

// comment returns paragraphs as comment lines for jennifer. Document text never goes through jennifer's own Comment,
// which takes text that looks like a comment for one.
func comment(paragraphs ...string) []jen.Code {
	var code []jen.Code
	for _, line := range lines(paragraphs...) {
		code = append(code, jen.Op(line))
	}
	return code
}

// lines returns paragraphs as comment lines. Whatever a paragraph holds, each line starts with "//", a blank, and
// something that the Go tools read as prose.
func lines(paragraphs ...string) []string {
	var out []string
	for _, text := range paragraphs {
		for _, p := range split(text) {
			if len(out) > 0 {
				out = append(out, "//")
			}
			for _, line := range wrap(p) {
				if strings.HasPrefix(line, "+build") { // an old kind of build constraint
					line = "\\" + line
				}
				out = append(out, "// "+line)
			}
		}
	}
	return out
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
		case len(p) == 0 || startsItem(line) || strings.HasSuffix(p[len(p)-1], "\n"):
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

// clean shows what cannot be seen, so that a text reads in the source as it is.
func clean(text string) string {
	var b strings.Builder
	for _, r := range strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text) {
		switch {
		case r == '\n', r == '\t', unicode.IsPrint(r), unicode.Is(unicode.Zs, r):
			b.WriteRune(r)
		default:
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
	}
	return b.String()
}

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
	if facts := strings.Join(fieldFacts(f), " "); facts != "" {
		doc = append(doc, lines(facts)...)
	}
	if f.Deprecated {
		doc = append(doc, "//", "// Deprecated: the endpoint's document advises against it.")
	}
	code := make([]jen.Code, len(doc))
	for i, line := range doc {
		code[i] = jen.Op(line)
	}
	return code
}

func fieldFacts(f *ir.Field) []string {
	var facts []string
	if f.Required {
		facts = append(facts, "Required.")
	}
	if f.Default != nil {
		facts = append(facts, "Default: "+defaultText(f)+".")
	}
	facts = append(facts, typeFacts(f.Type)...)
	if f.Type.Nullable {
		facts = append(facts, "May be null.")
	}
	var hints []string
	for _, h := range f.Hints {
		hints = append(hints, strings.TrimSpace(strings.ReplaceAll(h.Name, "_", " ")+" "+h.Text))
	}
	if len(hints) > 0 {
		facts = append(facts, "Hints, not checked: "+strings.Join(hints, ", ")+".")
	}
	return facts
}

// maxDefaultText bounds the defaults that are spelled out in a field's comment.
const maxDefaultText = 60

func defaultText(f *ir.Field) string {
	text := valueText(f.Default.JSON)
	if len(text) > maxDefaultText && f.DefaultName != "" {
		return "[" + f.DefaultName + "]"
	}
	return text
}

func typeFacts(t *ir.Type) []string {
	var facts []string
	r := t.Rules
	switch t.Kind {
	case ir.Integer, ir.Float:
		facts = append(facts, rangeFacts(r)...)
		if r.MultipleOf != nil {
			facts = append(facts, "A multiple of "+string(*r.MultipleOf)+".")
		}
	case ir.String, ir.Media:
		facts = append(facts, countFacts(r, "character")...)
		if r.Pattern != "" {
			facts = append(facts, "Pattern: "+r.Pattern)
		}
	case ir.EnumKind:
		if t.Enum.Open {
			facts = append(facts, "Such as "+enumText(t.Enum)+".")
		} else if len(t.Enum.Values) == 1 {
			facts = append(facts, "Always "+enumText(t.Enum)+".")
		} else {
			facts = append(facts, "One of "+enumText(t.Enum)+".")
		}
	case ir.UnionKind:
		facts = append(facts, "Either "+armsText(t.Union, true)+".")
	case ir.List:
		facts = append(facts, countFacts(r, "element")...)
		if r.Unique {
			facts = append(facts, "No element twice.")
		}
		for _, fact := range typeFacts(t.Elem) {
			facts = append(facts, "Each: "+strings.ToLower(fact[:1])+fact[1:])
		}
	case ir.Map:
		facts = append(facts, countFacts(r, "entry")...)
	}
	return facts
}

func rangeFacts(r ir.Rules) []string {
	if r.Min != nil && r.Max != nil {
		return []string{fmt.Sprintf("Range: %s to %s.", *r.Min, *r.Max)}
	}
	var facts []string
	for _, b := range []struct {
		name  string
		bound *ir.Number
	}{{"At least", r.Min}, {"Above", r.Above}, {"At most", r.Max}, {"Below", r.Below}} {
		if b.bound != nil {
			facts = append(facts, fmt.Sprintf("%s %s.", b.name, *b.bound))
		}
	}
	return facts
}

func countFacts(r ir.Rules, unit string) []string {
	units := func(n int) string {
		switch {
		case n == 1:
			return unit
		case unit == "entry":
			return "entries"
		}
		return unit + "s"
	}
	switch lo, hi := r.MinLength, r.MaxLength; {
	case lo != nil && hi != nil:
		return []string{fmt.Sprintf("%d to %d %s.", *lo, *hi, units(*hi))}
	case lo != nil && *lo > 0:
		return []string{fmt.Sprintf("At least %d %s.", *lo, units(*lo))}
	case hi != nil:
		return []string{fmt.Sprintf("At most %d %s.", *hi, units(*hi))}
	}
	return nil
}

// maxEnumText bounds how much of an enum a field's comment spells out.
const maxEnumText = 160

func enumText(e *ir.Enum) string {
	var b strings.Builder
	for i, v := range e.Values {
		if b.Len() > maxEnumText {
			fmt.Fprintf(&b, " and %d more, see [%s]", len(e.Values)-i, e.ValuesName)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(valueText(v.Value.JSON))
	}
	return b.String()
}
