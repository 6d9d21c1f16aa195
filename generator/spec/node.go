package spec

import (
	"encoding/json"
	"sort"
	"strconv"
	"strings"

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

	file       *File
	start, end int // offsets
	fault      *SyntaxError
}

// Fault returns what is wrong with an entry of a catalogue dump, of which the rest can be read; nil where nothing is.
func (n *Node) Fault() *SyntaxError { return n.fault }

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
