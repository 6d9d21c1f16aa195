// Package diag holds what the stages of the generator have to say about documents.
package diag

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/falgen/falgen/generator/chars"
)

// Severity tells what a finding does to its endpoint.
type Severity int

const (
	// Note is worth knowing; the output says what the document says.
	Note Severity = iota
	// Repair means that the document contradicts itself and a named rule chose a reading.
	Repair
	// Error means that the endpoint is not generated.
	Error
)

func (s Severity) String() string { return [...]string{"note", "repair", "error"}[s] }

// A Pos is a place in a file; Line and Col count from 1, Col in bytes. Line 0 stands for the file as a whole.
type Pos struct {
	File      string
	Line, Col int
}

func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// A Diagnostic is one finding, printed as "specs/x.json:12:5: rule: message".
type Diagnostic struct {
	Pos      Pos
	Endpoint string // the id, where it is known
	Rule     string // a short name such as "missing-ref"
	Severity Severity
	Message  string // what was found, and what was done or is to be done about it
	Reading  string // of a repair: how falgen reads what stands there
}

func (d Diagnostic) String() string {
	return chars.Settle(fmt.Sprintf("%s: %s: %s", d.Pos, d.Rule, d.Message))
}

// Sort orders findings by place, and drops repeated ones.
func Sort(ds []Diagnostic) []Diagnostic {
	slices.SortStableFunc(ds, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Col, b.Pos.Col),
			cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Message, b.Message),
		)
	})
	return slices.Compact(ds)
}

// HasError reports whether any finding is an [Error].
func HasError(ds []Diagnostic) bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == Error })
}
