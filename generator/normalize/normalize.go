// Package normalize turns an endpoint's document into the generator's model. The many ways in which documents spell
// one thing become one form, and what contradicts itself is read by a named rule and reported where it stands.
package normalize

import (
	"fmt"

	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/spec"
)

// Endpoint models one document. The endpoint is nil where a diagnostic is an error.
func Endpoint(doc *spec.Document) (*ir.Endpoint, []diag.Diagnostic) {
	n := &normalizer{
		doc: doc, objects: map[string]*ir.Object{}, enums: map[string]*ir.Enum{}, open: map[*spec.Node]bool{},
		made: map[string]*spec.Node{}, parts: map[*spec.Node]combination{},
		spreading: map[*spec.Node]bool{}, checking: map[string]bool{}, inside: map[string][]*ir.Type{}, texts: map[*spec.Node]string{}, uses: map[*ir.Enum]int{}, reported: map[diag.Diagnostic]bool{},
	}
	words := doc.Words()
	meta := doc.Root.Get("info", "x-fal-metadata")
	n.out = &ir.Endpoint{
		ID:               doc.ID,
		Title:            words.Title,
		Description:      words.Description,
		Category:         words.Category,
		License:          words.License,
		Since:            words.Day(),
		Status:           words.Status,
		Deprecated:       words.Deprecated(),
		Replacement:      words.Replacement(doc.ID),
		PlaygroundURL:    meta.Get("playgroundUrl").String(),
		DocumentationURL: meta.Get("documentationUrl").String(),
		Places:           map[any]diag.Pos{},
	}
	n.out.Places[n.out] = doc.Root.Pos()
	body, result := n.operations()
	n.out.Input = n.root("Input", n.schemaOf(body), "the body of POST /"+doc.ID)
	n.inOutput = true
	n.out.Output = n.root("Output", n.schemaOf(result), "the 200 of GET /"+doc.ID+"/requests/{request_id}")
	markCircles(n.out.Objects)
	n.shareUnions()
	diags := diag.Sort(n.diags)
	if diag.HasError(diags) {
		return nil, diags
	}
	return n.out, diags
}

type normalizer struct {
	doc      *spec.Document
	out      *ir.Endpoint
	inOutput bool // the output is being read: nothing there is sent
	objects  map[string]*ir.Object
	enums    map[string]*ir.Enum
	uses     map[*ir.Enum]int    // how many types have an enum
	open     map[*spec.Node]bool // the schemas that are being read
	folds    int                 // how many schemas were read

	made  map[string]*spec.Node      // schemas that stand for several of the document's, by what they are made of
	parts map[*spec.Node]combination // what they are made of

	spreading map[*spec.Node]bool // the choices whose properties are being collected
	checking  map[string]bool     // the components that are being read to be checked

	texts map[*spec.Node]string // of what only the server checks

	inside map[string][]*ir.Type // the components that are being read, and where they stand inside of themselves

	diags    []diag.Diagnostic
	reported map[diag.Diagnostic]bool
}

// report adds a diagnostic, once: a schema may be read several times.
func (n *normalizer) report(at *spec.Node, d diag.Diagnostic) {
	d.Pos, d.Endpoint = at.Pos(), n.doc.ID
	if !n.reported[d] {
		n.reported[d] = true
		n.diags = append(n.diags, d)
	}
}

// note reports what is worth knowing.
func (n *normalizer) note(at *spec.Node, rule, format string, args ...any) {
	n.report(at, diag.Diagnostic{Severity: diag.Note, Rule: rule, Message: fmt.Sprintf(format, args...)})
}

// repair reports what contradicts itself, and how it is read.
func (n *normalizer) repair(at *spec.Node, rule, reading, format string, args ...any) {
	n.report(at, diag.Diagnostic{
		Severity: diag.Repair, Rule: rule, Message: fmt.Sprintf(format, args...) + ": " + reading, Reading: reading,
	})
}

// refuse reports what keeps the endpoint from being generated.
func (n *normalizer) refuse(at *spec.Node, rule, format string, args ...any) {
	n.report(at, diag.Diagnostic{Severity: diag.Error, Rule: rule, Message: fmt.Sprintf(format, args...)})
}

func (n *normalizer) root(name string, schema *spec.Node, what string) *ir.Type {
	if schema == nil {
		n.refuse(n.doc.Root.Get("paths"), "no-schema", "the document has no JSON schema for %s", what)
		return nil
	}
	t, _ := n.typ(schema, place{name: name, root: true})
	return t
}
