package spec

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// Canonical returns the JSON text of n in the one layout in which documents are stored, so that two texts differ where
// their meaning does: names sorted, a value a line, two spaces a level, a newline at the end. Lists keep their order,
// but for "required", which is a set; numbers keep their digits. The canonical text of a canonical text is itself.
func (n *Node) Canonical() []byte {
	var c canonical
	c.strings = json.NewEncoder(&c.out)
	c.strings.SetEscapeHTML(false)
	c.value(n, keywords, 0)
	c.out.WriteByte('\n')
	return c.out.Bytes()
}

// A role is what the names in an object are.
type role int

const (
	keywords role = iota // of OpenAPI or JSON Schema
	chosen               // by the document's author, for what keywords then describe
	data                 // part of a value
)

// roles are what the names below a keyword are, where they are not keywords.
var roles = map[string]role{
	"properties": chosen, "patternProperties": chosen, "dependentSchemas": chosen, "$defs": chosen, "definitions": chosen,
	"schemas": chosen,
	"default": data, "example": data, "examples": data, "enum": data, "const": data,
}

func (r role) below(name string) role {
	switch {
	case r == data, r == keywords && strings.HasPrefix(name, "x-"):
		return data
	case r == chosen:
		return keywords
	}
	return roles[name]
}

type canonical struct {
	out     bytes.Buffer
	strings *json.Encoder
}

func (c *canonical) value(n *Node, r role, depth int) {
	switch n.Kind {
	case Object:
		members := slices.Clone(n.Members)
		slices.SortFunc(members, func(a, b Member) int { return strings.Compare(a.Name, b.Name) })
		c.list('{', '}', len(members), depth, func(i int) {
			m := members[i]
			c.string(m.Name)
			c.out.WriteString(": ")
			if r == keywords && m.Name == "required" {
				m.Value = sorted(m.Value)
			}
			c.value(m.Value, r.below(m.Name), depth+1)
		})
	case Array:
		c.list('[', ']', len(n.Elems), depth, func(i int) { c.value(n.Elems[i], r, depth+1) })
	case String:
		c.string(n.Text)
	case Null:
		c.out.WriteString("null")
	default:
		c.out.WriteString(n.Text)
	}
}

func (c *canonical) list(first, last byte, n, depth int, each func(i int)) {
	c.out.WriteByte(first)
	for i := range n {
		if i > 0 {
			c.out.WriteByte(',')
		}
		c.line(depth + 1)
		each(i)
	}
	if n > 0 {
		c.line(depth)
	}
	c.out.WriteByte(last)
}

func (c *canonical) line(depth int) {
	c.out.WriteByte('\n')
	for range depth {
		c.out.WriteString("  ")
	}
}

func (c *canonical) string(s string) {
	_ = c.strings.Encode(s) // a string can be encoded, and a buffer be written
	c.out.Truncate(c.out.Len() - 1)
}

// sorted returns a list of strings in order; anything else as it is.
func sorted(n *Node) *Node {
	if !n.Is(Array) || slices.ContainsFunc(n.Elems, func(e *Node) bool { return e.Kind != String }) {
		return n
	}
	s := *n
	s.Elems = slices.Clone(n.Elems)
	slices.SortFunc(s.Elems, func(a, b *Node) int { return strings.Compare(a.Text, b.Text) })
	return &s
}
