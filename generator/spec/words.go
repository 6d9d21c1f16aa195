package spec

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// wordsKey is where, in its "info", a document that was fetched keeps what the catalogue says of its endpoint: most
// documents do not say what their endpoint does. Its names are those of the catalogue's "metadata".
const wordsKey = "x-falgen-catalogue"

// Meta is what is said of an endpoint in words.
type Meta struct {
	Title, Description, Category string
}

// MetaOf reads the "metadata" of an entry of the catalogue.
func MetaOf(n *Node) Meta {
	return Meta{n.Get("display_name").String(), n.Get("description").String(), n.Get("category").String()}
}

// Words returns what is said of the endpoint: by its document, else by the catalogue.
func (d *Document) Words() Meta {
	info := d.Root.Get("info")
	title := boilerplateTitle.ReplaceAllString(info.Get("title").String(), "")
	description := boilerplateDescription.ReplaceAllString(info.Get("description").String(), "")
	return Meta{
		Title:       cmp.Or(title, d.Meta.Title),
		Description: cmp.Or(description, d.Meta.Description),
		Category:    cmp.Or(info.Get("x-fal-metadata", "category").String(), d.Meta.Category),
	}
}

// The platform writes these into every document.
var (
	boilerplateTitle       = regexp.MustCompile(`^Queue OpenAPI for \S+$`)
	boilerplateDescription = regexp.MustCompile(`^The OpenAPI schema for the \S+ queue\.$`)
)

// Does says in a sentence what the endpoint does.
func (m Meta) Does() string {
	sentence, _, cut := strings.Cut(strings.Join(strings.Fields(m.Description), " "), ". ")
	if cut {
		sentence += "."
	}
	return cmp.Or(sentence, m.Title, m.Category)
}

// KeptWords returns what a document's root keeps of the catalogue's words. It may be nil.
func KeptWords(root *Node) Meta { return MetaOf(root.Get("info", wordsKey)) }

// WithWords returns a document's root that keeps what the catalogue says of its endpoint. The root that is given stays
// as it is.
func WithWords(root *Node, words Meta) *Node {
	if words == (Meta{}) || !root.Get("info").Is(Object) {
		return root
	}
	kept := &Node{Kind: Object}
	for name, text := range map[string]string{
		"display_name": words.Title, "description": words.Description, "category": words.Category,
	} {
		if text != "" {
			kept.Members = append(kept.Members, Member{name, &Node{Kind: String, Text: text}})
		}
	}
	return with(root, "info", with(root.Get("info"), wordsKey, kept))
}

// with returns an object with one member set.
func with(object *Node, name string, value *Node) *Node {
	o := *object
	o.Members = slices.DeleteFunc(slices.Clone(o.Members), func(m Member) bool { return m.Name == name })
	o.Members = append(o.Members, Member{name, value})
	return &o
}
