package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/falgen/falgen/generator/diag"
)

// Kind is the kind of a JSON value.
type Kind string

const (
	Null   Kind = "null"
	Bool   Kind = "boolean"
	Number Kind = "number"
	String Kind = "string"
	Array  Kind = "array"
	Object Kind = "object"
)

// A Node is a JSON value that knows where it stands in its file.
//
// The methods that look inside take a nil Node for an absent value, so that look-ups chain.
type Node struct {
	Kind    Kind
	Text    string // of a string, its value; of a number or bool, its literal
	Elems   []*Node
	Members []Member // in the file's order; the names are unique

	file  *File
	start int
}

// A Member is one name and value of an object.
type Member struct {
	Name  string
	Value *Node
}

// A File is a JSON file that was read whole.
type File struct {
	Name  string // as shown in diagnostics, with slashes
	lines []int  // the offset at which each line starts
}

// maxDepth bounds how deep values nest: far above any real document, far below what exhausts a stack.
const maxDepth = 256

// ParseFile reads JSON text. A text that is no JSON, not UTF-8, too deep, or that gives a name twice in one object
// is an error of type [*SyntaxError].
func ParseFile(name string, text []byte) (*Node, error) {
	f := &File{Name: name, lines: []int{0}}
	for i, b := range text {
		if b == '\n' {
			f.lines = append(f.lines, i+1)
		}
	}
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	p := &parser{file: f, text: text, dec: json.NewDecoder(bytes.NewReader(text))}
	p.dec.UseNumber()
	if at := invalidUTF8(text); at >= 0 {
		return nil, p.fail(at, "the text is not UTF-8")
	}
	root, err := p.value(0)
	if err != nil {
		return nil, err
	}
	if start := p.next(); start < len(text) {
		return nil, p.fail(start, "more text after the end of the JSON value")
	}
	return root, nil
}

// A SyntaxError is a text that cannot be read as a document.
type SyntaxError struct {
	Pos     diag.Pos
	Problem string
}

func (e *SyntaxError) Error() string { return e.Pos.String() + ": " + e.Problem }

type parser struct {
	file *File
	text []byte
	dec  *json.Decoder
}

func (p *parser) fail(at int, problem string) error {
	return &SyntaxError{Pos: p.file.pos(at), Problem: problem}
}

// next returns where the next token starts.
func (p *parser) next() int {
	i := int(p.dec.InputOffset())
	for i < len(p.text) {
		switch p.text[i] {
		case ' ', '\t', '\r', '\n', ',', ':':
			i++
		default:
			return i
		}
	}
	return i
}

func (p *parser) token() (json.Token, int, error) {
	start := p.next()
	tok, err := p.dec.Token()
	if err == nil {
		return tok, start, nil
	}
	problem := err.Error()
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		start, problem = len(p.text), "the JSON text ends too early"
	} else if syntax, ok := err.(*json.SyntaxError); ok {
		start = min(max(int(syntax.Offset)-1, 0), len(p.text))
	}
	return nil, 0, p.fail(start, problem)
}

func (p *parser) value(depth int) (*Node, error) {
	tok, start, err := p.token()
	if err != nil {
		return nil, err
	}
	n := &Node{file: p.file, start: start}
	switch t := tok.(type) {
	case nil:
		n.Kind = Null
	case bool:
		n.Kind, n.Text = Bool, strconv.FormatBool(t)
	case json.Number:
		n.Kind, n.Text = Number, t.String()
	case string:
		n.Kind, n.Text = String, t
	case json.Delim:
		if depth >= maxDepth {
			return nil, p.fail(start, fmt.Sprintf("values nest deeper than %d levels", maxDepth))
		}
		if t == '{' {
			n.Kind = Object
			err = p.members(n, depth)
		} else {
			n.Kind = Array
			err = p.elems(n, depth)
		}
		if err == nil {
			_, _, err = p.token() // the closing bracket
		}
	}
	return n, err
}

func (p *parser) members(n *Node, depth int) error {
	const few = 16 // for which a map costs more than a look at each
	var seen map[string]bool
	for p.dec.More() {
		tok, start, err := p.token()
		if err != nil {
			return err
		}
		name, ok := tok.(string)
		if !ok {
			return p.fail(start, "an object's member has no name")
		}
		if len(n.Members) == few {
			seen = map[string]bool{}
			for _, m := range n.Members {
				seen[m.Name] = true
			}
		}
		if seen[name] || seen == nil && n.Get(name) != nil {
			return p.fail(start, fmt.Sprintf("the name %q is given twice in one object", name))
		}
		if seen != nil {
			seen[name] = true
		}
		v, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		n.Members = append(n.Members, Member{name, v})
	}
	return nil
}

func (p *parser) elems(n *Node, depth int) error {
	for p.dec.More() {
		v, err := p.value(depth + 1)
		if err != nil {
			return err
		}
		n.Elems = append(n.Elems, v)
	}
	return nil
}

// invalidUTF8 returns where text stops being UTF-8, or -1.
func invalidUTF8(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

func (f *File) pos(offset int) diag.Pos {
	line := sort.SearchInts(f.lines, offset+1)
	return diag.Pos{File: f.Name, Line: line, Col: offset - f.lines[line-1] + 1}
}

// Pos returns where n stands.
func (n *Node) Pos() diag.Pos { return n.file.pos(n.start) }

// Is reports whether n is there and of kind k.
func (n *Node) Is(k Kind) bool { return n != nil && n.Kind == k }

// Get returns the value of a member, or nil.
func (n *Node) Get(path ...string) *Node {
	for _, name := range path {
		var next *Node
		if n.Is(Object) {
			for _, m := range n.Members {
				if m.Name == name {
					next = m.Value
				}
			}
		}
		n = next
	}
	return n
}

// At returns the value below n that stands at a place, and the JSON pointer from n to it; nil where there is none.
func (n *Node) At(pos diag.Pos) (pointer string, at *Node) {
	if n.Pos() == pos {
		return "", n
	}
	for _, m := range n.Members {
		if rest, at := m.Value.At(pos); at != nil {
			return "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(m.Name) + rest, at
		}
	}
	for i, e := range n.Elems {
		if rest, at := e.At(pos); at != nil {
			return "/" + strconv.Itoa(i) + rest, at
		}
	}
	return "", nil
}

// String returns a string's value, or "" where n is no string.
func (n *Node) String() string {
	if n.Is(String) {
		return n.Text
	}
	return ""
}

// True reports whether n is the literal true.
func (n *Node) True() bool { return n.Is(Bool) && n.Text == "true" }

// Value returns n as encoding/json would decode it into an any, with numbers as [json.Number].
func (n *Node) Value() any {
	switch n.Kind {
	case Bool:
		return n.Text == "true"
	case Number:
		return json.Number(n.Text)
	case String:
		return n.Text
	case Array:
		list := make([]any, len(n.Elems))
		for i, e := range n.Elems {
			list[i] = e.Value()
		}
		return list
	case Object:
		m := make(map[string]any, len(n.Members))
		for _, e := range n.Members {
			m[e.Name] = e.Value.Value()
		}
		return m
	}
	return nil
}
