package normalize

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/falgen/falgen/generator/spec"
)

const componentPrefix = "#/components/schemas/"

// refer folds what a $ref refers to: a component, or any other place of the document.
func (n *normalizer) refer(ref *spec.Node, trail []string) folded {
	broken := folded{node: ref, self: ref, keywords: map[string]*spec.Node{}, broken: true}
	pointer := ref.String()
	if !strings.HasPrefix(pointer, "#/") {
		n.repair(ref, "foreign-ref", "read as free-form JSON", "%q is no place in this document", pointer)
		return broken
	}
	path := pointerPath(pointer)
	name, target := path[len(path)-1], n.resolve(ref)
	if target == nil || name == "" {
		n.repair(ref, "missing-ref", "read as free-form JSON", "there is no schema %q", name)
		return broken
	}
	if slices.Contains(trail, pointer) {
		n.repair(ref, "circular-ref", "read as free-form JSON", "%q is nothing but a reference to itself", name)
		return broken
	}
	f := n.fold(target, append(slices.Clone(trail), pointer))
	f.self = target
	if f.component = ""; strings.HasPrefix(pointer, componentPrefix) && len(path) == 3 {
		f.component = name
	}
	return f
}

// resolve returns the place in the document that a $ref names, or nil.
func (n *normalizer) resolve(ref *spec.Node) *spec.Node {
	if !strings.HasPrefix(ref.String(), "#/") {
		return nil
	}
	at := n.doc.Root
	for _, name := range pointerPath(ref.String()) {
		if at.Is(spec.Array) {
			at = elem(at, name)
		} else {
			at = at.Get(name)
		}
	}
	return at
}

// elem returns the element of a list that part of a JSON pointer names, or nil.
func elem(list *spec.Node, index string) *spec.Node {
	i, err := strconv.Atoi(index)
	if err != nil || i < 0 || i >= len(list.Elems) || strconv.Itoa(i) != index {
		return nil
	}
	return list.Elems[i]
}

// pointerPath returns the names of a JSON pointer in a URL's fragment (RFC 6901, section 6). A fragment that is not
// percent-encoded as it should be is taken as it stands.
func pointerPath(fragment string) []string {
	if decoded, err := url.PathUnescape(fragment); err == nil {
		fragment = decoded
	}
	path := strings.Split(strings.TrimPrefix(fragment, "#/"), "/")
	for i, name := range path {
		path[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(name)
	}
	return path
}
