package generator

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/falgen/falgen/generator/catalogue"
	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/naming"
	"github.com/falgen/falgen/generator/spec"
	"github.com/falgen/falgen/templates"
)

const indexFile = "README.md"

// index lists the endpoints of an output folder: those of the catalogue that the lock has.
func index(ctx context.Context, c *catalogue.Catalogue, lock naming.Lock, root string) ([]byte, error) {
	there := slices.DeleteFunc(slices.Clone(c.Entries), func(e *catalogue.Entry) bool { return lock[e.ID].Names == nil })
	if err := catalogue.Models(ctx, there); err != nil {
		return nil, err
	}
	var entries []templates.Entry
	for _, entry := range there {
		e := entry.Model().Endpoint
		if e == nil {
			continue
		}
		words := spec.Meta{Title: e.Title, Description: e.Description, Category: e.Category}
		entries = append(entries, templates.Entry{
			ID: e.ID, Page: page(e.PlaygroundURL), Does: words.Summary(),
			Status: status(e), Folder: e.Package.Path, Import: path.Join(root, e.Package.Path), Use: use(e),
		})
	}
	return templates.Index(entries)
}

// status says whether an endpoint stays, and since when it is there.
func status(e *ir.Endpoint) string {
	var words []string
	if e.Status != "" {
		words = append(words, e.Status)
	}
	if e.Since != "" {
		words = append(words, "since "+e.Since)
	}
	if e.Replacement != "" {
		words = append(words, "call "+e.Replacement)
	}
	return strings.Join(words, ", ")
}

// page returns a link if it is one that Markdown can hold.
func page(url string) string {
	if !strings.HasPrefix(url, "https://") || strings.ContainsAny(url, "<>\\ \n\r\t|") {
		return ""
	}
	return url
}

// use is a line that calls an endpoint.
func use(e *ir.Endpoint) string {
	var fields []string
	if e.Input.Kind == ir.ObjectKind {
		for _, f := range e.Input.Object.Fields {
			if f.Required {
				fields = append(fields, f.GoName+": …")
			}
		}
	}
	name := e.Package.Name
	return fmt.Sprintf("res, err := %s.New(client).Subscribe(ctx, %s.Input{%s})", name, name, strings.Join(fields, ", "))
}
