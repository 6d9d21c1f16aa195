// Package explain tells in words what the generator made of a document, and why.
package explain

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/falgen/falgen/generator/chars"
	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/naming"
	"github.com/falgen/falgen/generator/spec"
)

// Endpoint writes what became of a document: each type with its fields, each enum, each name with the reason for it,
// and each finding with its place, what stands there and how it is read. e is nil where the document was refused.
func Endpoint(w io.Writer, doc *spec.Document, e *ir.Endpoint, pins naming.Pins, diags []diag.Diagnostic) error {
	var b bytes.Buffer
	p := printer{&b, pins}
	p.line(0, "%s", doc.ID)
	if e != nil {
		p.endpoint(e)
	}
	p.findings(doc, diags)
	_, err := w.Write(b.Bytes())
	return err
}

type printer struct {
	*bytes.Buffer
	pins naming.Pins
}

func (p printer) line(indent int, format string, args ...any) {
	text := chars.Settle(fmt.Sprintf(format, args...))
	fmt.Fprintf(p, "%s%s\n", strings.Repeat("  ", indent), strings.Join(strings.Fields(text), " "))
}

func (p printer) endpoint(e *ir.Endpoint) {
	if e.Title != "" {
		p.line(1, "%s", e.Title)
	}
	if e.Description != "" {
		p.line(1, "%s", e.Description)
	}
	if about := e.About(); about != "" {
		p.line(1, "%s", about)
	}
	if e.Deprecated {
		p.line(1, "Deprecated: %s", e.Deprecation())
	}
	p.line(1, "package %s, in %s", e.Package.Name, e.Package.Path)
	p.root("Input", e.Input)
	p.root("Output", e.Output)
	for _, o := range e.Objects {
		p.heading("%s%s", o.Name, from(o.Origin, o.Root))
		for _, f := range o.Fields {
			p.line(1, "%s: %s. %s", f.Name, f.Type.Phrase(), strings.Join(f.ConstraintDoc(), " "))
		}
	}
	for _, u := range e.Unions {
		p.heading("%s%s", u.Name, from(u.Origin, false))
		p.line(1, "%s", u.Phrase(true))
	}
	for _, en := range e.Enums {
		p.heading("%s%s", en.Name, from(en.Origin, false))
		var values []string
		for _, v := range en.Values {
			values = append(values, ir.ValueText(v.Value.JSON))
		}
		if en.Open {
			values = append(values, "or any other text")
		}
		p.line(1, "%s", strings.Join(values, ", "))
	}
	p.heading("Names")
	for _, key := range slices.Sorted(maps.Keys(p.pins.Names)) {
		p.line(1, "%s: %s, %s", key, p.pins.Names[key], p.pins.Reason(key))
	}
}

// root tells of an input or output that is no object.
func (p printer) root(name string, t *ir.Type) {
	if t.Kind != ir.ObjectKind {
		p.heading("%s", name)
		p.line(1, "%s", t.Phrase())
	}
}

// from tells where a type stands in its document.
func from(o ir.Origin, root bool) string {
	switch {
	case root:
		return ""
	case o.Schema != "":
		return ", the component " + o.Schema
	case o.Owner == nil:
		return ""
	case o.Item:
		return ", what " + o.Property + " of " + o.Owner.Name + " holds"
	}
	return ", the " + o.Property + " of " + o.Owner.Name
}

// maxBefore bounds how much of a document is shown as what stood there.
const maxBefore = 200

// findings lists what was found by how grave it is.
func (p printer) findings(doc *spec.Document, diags []diag.Diagnostic) {
	for _, kind := range []struct {
		severity diag.Severity
		title    string
	}{{diag.Error, "Refused"}, {diag.Repair, "Repairs"}, {diag.Note, "Notes"}} {
		p.heading("%s", kind.title)
		none := true
		for _, d := range diags {
			if d.Severity != kind.severity {
				continue
			}
			none = false
			p.line(1, "%s", d)
			pointer, node := doc.Root.At(d.Pos)
			if node == nil {
				continue
			}
			before := []rune(ir.ValueText(node.Value()))
			if len(before) > maxBefore {
				before = append(before[:maxBefore], '…')
			}
			p.line(2, "at %s", pointer)
			p.line(2, "before: %s", string(before))
			if d.Reading != "" {
				p.line(2, "after: %s", d.Reading)
			}
		}
		if none {
			p.line(1, "none")
		}
	}
}

func (p printer) heading(format string, args ...any) {
	p.WriteByte('\n')
	p.line(0, format, args...)
}
