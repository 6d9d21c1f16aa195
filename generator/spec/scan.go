package spec

import (
	"bytes"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/falgen/falgen/generator/diag"
)

// maxDepth bounds how deep values nest: far above any real document, far below what exhausts a stack.
const maxDepth = 256

// ParseFile reads JSON text (RFC 8259). A text that is no JSON, not UTF-8, too deep, or that gives a name twice in one
// object is an error of type [*SyntaxError]. In a catalogue dump, whatever leaves the rest readable is a fault of the
// entry that it is in: see [Node.Fault].
//
// The scanner is falgen's own: encoding/json tells no positions of values, and what it says of errors, and where,
// differs from one version of Go to the next.
func ParseFile(name string, text []byte) (*Node, error) {
	f := &File{Name: name, lines: []int{0}}
	for i, b := range text {
		if b == '\n' {
			f.lines = append(f.lines, i+1)
		}
	}
	p := &parser{file: f, text: bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), names: map[string]string{}}
	root, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if p.peek(); p.at < len(p.text) {
		return nil, p.fail(p.at, "more text after the end of the JSON value")
	}
	for _, fault := range p.faults {
		entry := entryAt(root, fault.offset)
		if entry == nil {
			return nil, fault.err
		}
		if entry.fault == nil {
			entry.fault = fault.err
		}
	}
	return root, nil
}

// A SyntaxError is a text that cannot be read as a document.
type SyntaxError struct {
	Pos     diag.Pos
	Problem string
}

func (e *SyntaxError) Error() string { return e.Pos.String() + ": " + e.Problem }

// parser reads one text.
type parser struct {
	file   *File
	text   []byte
	at     int
	names  map[string]string // the names of members so far, of which most come again
	faults []fault
}

// A fault is what is wrong with a text that can still be read to its end.
type fault struct {
	offset int
	err    *SyntaxError
}

// entryAt returns the entry of a catalogue dump that has a place, or nil.
func entryAt(root *Node, offset int) *Node {
	models := root.Get("models")
	if !models.Is(Array) || offset < models.start || offset >= models.end {
		return nil
	}
	next := sort.Search(len(models.Elems), func(i int) bool { return models.Elems[i].start > offset })
	if next == 0 {
		return nil
	}
	return models.Elems[next-1]
}

func (p *parser) fail(at int, problem string) *SyntaxError {
	return &SyntaxError{Pos: p.file.pos(at), Problem: problem}
}

func (p *parser) fault(at int, problem string) {
	p.faults = append(p.faults, fault{at, p.fail(at, problem)})
}

// unexpected is the error of what stands at p.at in place of what is wanted.
func (p *parser) unexpected(want string) error {
	if p.at >= len(p.text) {
		return p.fail(len(p.text), "the JSON text ends too early")
	}
	r, size := utf8.DecodeRune(p.text[p.at:])
	if r == utf8.RuneError && size == 1 {
		return p.fail(p.at, "the text is not UTF-8")
	}
	return p.fail(p.at, fmt.Sprintf("expected %s, found %s", want, strconv.QuoteRuneToASCII(r)))
}

// peek goes to the next token and returns its first byte, 0 at the end of the text.
func (p *parser) peek() byte {
	for ; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

func (p *parser) value(depth int) (*Node, error) {
	c := p.peek()
	n := &Node{file: p.file, start: p.at}
	var err error
	switch c {
	case '{', '[':
		if depth >= maxDepth {
			p.fault(p.at, fmt.Sprintf("values nest deeper than %d levels", maxDepth))
			n.Kind = Null
			err = p.skip()
		} else if c == '{' {
			n.Kind = Object
			err = p.members(n, depth)
		} else {
			n.Kind = Array
			err = p.elems(n, depth)
		}
	case '"':
		n.Kind = String
		n.Text, err = p.string(nil)
	case 't', 'f', 'n':
		n.Kind, n.Text, err = p.word()
	default:
		n.Kind = Number
		n.Text, err = p.number()
	}
	n.end = p.at
	return n, err
}

func (p *parser) members(n *Node, depth int) error {
	const few = 16 // for which a map costs more than a look at each
	var seen map[string]bool
	p.at++
	if p.peek() == '}' {
		p.at++
		return nil
	}
	for {
		start := p.at
		name, err := p.name()
		if err != nil {
			return err
		}
		v, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		if len(n.Members) == few {
			seen = map[string]bool{}
			for _, m := range n.Members {
				seen[m.Name] = true
			}
		}
		if seen[name] || seen == nil && n.Get(name) != nil {
			p.fault(start, fmt.Sprintf("the name %q is given twice in one object", name))
		} else {
			n.Members = append(n.Members, Member{name, v})
		}
		if seen != nil {
			seen[name] = true
		}
		if more, err := p.more('}'); !more {
			return err
		}
		p.peek()
	}
}

// name reads the name of a member and the colon after it.
func (p *parser) name() (string, error) {
	if p.peek() != '"' {
		return "", p.unexpected("the name of a member in quotes")
	}
	name, err := p.string(p.names)
	if err != nil {
		return "", err
	}
	if p.peek() != ':' {
		return "", p.unexpected("a colon after the name of a member")
	}
	p.at++
	return name, nil
}

// more reads what comes after a member or element: a comma, or the bracket that closes the whole.
func (p *parser) more(end byte) (bool, error) {
	switch p.peek() {
	case ',':
		p.at++
		return true, nil
	case end:
		p.at++
		return false, nil
	}
	return false, p.unexpected(fmt.Sprintf("a comma or %q", string(end)))
}

func (p *parser) elems(n *Node, depth int) error {
	p.at++
	if p.peek() == ']' {
		p.at++
		return nil
	}
	for {
		v, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		n.Elems = append(n.Elems, v)
		if more, err := p.more(']'); !more {
			return err
		}
	}
}

// skip passes over a value of any depth, without recursion.
func (p *parser) skip() error {
	var open []byte // the brackets that are to come, the next one last
	for {
		var err error
		switch c := p.peek(); c {
		case '{', '[':
			p.at++
			end := c + 2 // in ASCII
			if p.peek() != end {
				if open = append(open, end); c == '{' {
					if _, err = p.name(); err != nil {
						return err
					}
				}
				continue
			}
			p.at++
		case '"':
			_, err = p.string(nil)
		case 't', 'f', 'n':
			_, _, err = p.word()
		default:
			_, err = p.number()
		}
		for more := false; !more && err == nil; {
			if len(open) == 0 {
				return nil
			}
			end := open[len(open)-1]
			if more, err = p.more(end); !more {
				open = open[:len(open)-1]
			} else if end == '}' {
				_, err = p.name()
			}
		}
		if err != nil {
			return err
		}
	}
}

func (p *parser) word() (Kind, string, error) {
	for _, w := range []struct {
		text string
		kind Kind
	}{{"true", Bool}, {"false", Bool}, {"null", Null}} {
		if bytes.HasPrefix(p.text[p.at:], []byte(w.text)) {
			p.at += len(w.text)
			if w.kind == Null {
				return Null, "", nil
			}
			return Bool, w.text, nil
		}
	}
	return "", "", p.unexpected("true, false or null")
}

func (p *parser) number() (string, error) {
	start := p.at
	digits := func() bool {
		from := p.at
		for p.at < len(p.text) && '0' <= p.text[p.at] && p.text[p.at] <= '9' {
			p.at++
		}
		return p.at > from
	}
	next := func(set string) bool {
		if p.at < len(p.text) && strings.IndexByte(set, p.text[p.at]) >= 0 {
			p.at++
			return true
		}
		return false
	}
	negative := next("-")
	if !next("0") && !digits() {
		if !negative {
			return "", p.unexpected("a value")
		}
		return "", p.unexpected("a digit")
	}
	if next(".") && !digits() {
		return "", p.unexpected("a digit after the point")
	}
	if next("eE") {
		if next("+-"); !digits() {
			return "", p.unexpected("a digit in the exponent")
		}
	}
	return string(p.text[start:p.at]), nil
}

// string reads a string. Its text comes out of known, if that has it.
func (p *parser) string(known map[string]string) (string, error) {
	p.at++
	start := p.at
	for ; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; {
		case c == '"':
			raw := p.text[start:p.at]
			p.at++
			if !utf8.Valid(raw) {
				return p.repaired(raw, start), nil
			}
			if known == nil {
				return string(raw), nil
			}
			if _, ok := known[string(raw)]; !ok {
				known[string(raw)] = string(raw)
			}
			return known[string(raw)], nil
		case c == '\\':
			return p.escaped(start)
		case c < ' ':
			return "", p.unexpected("no control character in a string")
		}
	}
	return "", p.unexpected("a closing quote")
}

// repaired notes that a string is not UTF-8, and returns what can be read of it.
func (p *parser) repaired(raw []byte, start int) string {
	bad := 0
	for bad < len(raw) {
		r, size := utf8.DecodeRune(raw[bad:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		bad += size
	}
	p.fault(start+bad, "the text is not UTF-8")
	return string(bytes.ToValidUTF8(raw, []byte("\ufffd")))
}

// escapes are the characters after a backslash that stand for one other character.
var escapes = map[byte]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escaped reads the string from start on, which has a backslash at p.at.
func (p *parser) escaped(start int) (string, error) {
	out := bytes.Clone(p.text[start:p.at])
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == '"':
			p.at++
			if !utf8.Valid(out) {
				return p.repaired(out, start), nil
			}
			return string(out), nil
		case c < ' ':
			return "", p.unexpected("no control character in a string")
		case c != '\\':
			out = append(out, c)
			p.at++
		default:
			r, err := p.escape()
			if err != nil {
				return "", err
			}
			out = utf8.AppendRune(out, r)
		}
	}
	return "", p.unexpected("a closing quote")
}

// escape reads what a backslash starts. Half of a surrogate pair is U+FFFD, as in encoding/json.
func (p *parser) escape() (rune, error) {
	p.at++
	if p.at < len(p.text) && p.text[p.at] == 'u' {
		p.at++
		r, err := p.hex()
		if err != nil || !utf16.IsSurrogate(r) {
			return r, err
		}
		rest := p.at
		if bytes.HasPrefix(p.text[p.at:], []byte(`\u`)) {
			p.at += 2
			low, err := p.hex()
			if err != nil {
				return 0, err
			}
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return pair, nil
			}
			p.at = rest // the second is for itself
		}
		return utf8.RuneError, nil
	}
	if p.at < len(p.text) && escapes[p.text[p.at]] != 0 {
		p.at++
		return rune(escapes[p.text[p.at-1]]), nil
	}
	return 0, p.unexpected("an escape that JSON has")
}

func (p *parser) hex() (rune, error) {
	var r rune
	for range 4 {
		if p.at >= len(p.text) {
			return 0, p.unexpected("")
		}
		i := strings.IndexByte("0123456789abcdef", p.text[p.at]|0x20)
		if c := p.text[p.at]; i < 0 || c|0x20 != c && c < 'A' {
			return 0, p.unexpected("four hexadecimal digits")
		}
		r = r<<4 | rune(i)
		p.at++
	}
	return r, nil
}
