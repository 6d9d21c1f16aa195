package generator

import (
	"strings"
	"testing"

	"github.com/falgen/falgen/generator/catalogue"
	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/spec"
)

// TestPanic holds that a stage which panics costs its own document, and says where it was and whom to tell. The document
// is one that no reader makes: its values stand in no file.
func TestPanic(t *testing.T) {
	doc := &spec.Document{ID: "a/b", Root: &spec.Node{Kind: spec.Object}}
	w := build(&catalogue.Entry{ID: "a/b", Document: doc, Package: ir.Package{Name: "b", Path: "a/b"}}, Config{})
	if w.files != nil || len(w.diags) != 1 {
		t.Fatalf("%+v", w)
	}
	d := w.diags[0]
	if d.Rule != "internal" || d.Severity != diag.Error || d.Endpoint != "a/b" {
		t.Errorf("%+v", d)
	}
	for _, want := range []string{"spec.(*File).pos", "nil pointer", "please report it"} {
		if !strings.Contains(d.Message, want) {
			t.Errorf("%q is not in %q", want, d.Message)
		}
	}
}
