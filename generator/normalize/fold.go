package normalize

import (
	"fmt"
	"slices"
	"strings"

	"github.com/falgen/falgen/generator/spec"
)

// folded is a schema in one normal form: whatever it says through $ref, its siblings, allOf, or an anyOf with null
// stands in one set of keywords.
type folded struct {
	node      *spec.Node
	self      *spec.Node // the schema that says what the value is by itself: the component, or node
	component string     // the component that the schema is, where it shapes nothing beyond a $ref
	keywords  map[string]*spec.Node
	nullable  bool
	unions    [][]*spec.Node // real alternatives: two arms or more, none of them null
	broken    bool           // it refers to what is not there
}

// shapes are the keywords that make another type of a component than it is by itself.
var shapes = map[string]bool{
	"properties": true, "required": true, "additionalProperties": true, "enum": true, "const": true, "items": true, "prefixItems": true,
}

// maxFolds bounds the schemas of a document: a few components that each refer to the next one twice are more than a
// machine can hold. Real documents have some hundreds.
const maxFolds = 100_000

// fold brings a schema into normal form. trail holds the components on the way here, since documents may refer in
// circles.
func (n *normalizer) fold(schema *spec.Node, trail []string) folded {
	f := folded{node: schema, self: schema, keywords: map[string]*spec.Node{}}
	if n.folds++; n.folds > maxFolds {
		if n.folds == maxFolds+1 {
			n.refuse(schema, "too-large", "the document's references multiply to more than %d schemas", maxFolds)
		}
		f.broken = true
		return f
	}
	if !schema.Is(spec.Object) {
		// A boolean schema allows everything or nothing; anything else is no schema.
		if !schema.Is(spec.Bool) {
			n.repair(schema, "not-a-schema", "read as free-form JSON", "expected a schema, found a %s", schema.Kind)
		}
		return f
	}
	own := 0 // keywords of the schema itself that shape a type of its own
	for _, m := range schema.Members {
		switch m.Name {
		case "$ref", "allOf", "anyOf", "oneOf":
			continue
		}
		f.keywords[m.Name] = m.Value
		if shapes[m.Name] {
			own++
		}
	}
	if f.keywords["nullable"].True() {
		f.nullable = true
	}
	parts := 0 // schemas that this one consists of
	merge := func(part folded) {
		parts++
		f.nullable = f.nullable || part.nullable
		f.broken = f.broken || part.broken
		f.unions = append(f.unions, part.unions...)
		f.component, f.self = part.component, part.self
		for name, value := range part.keywords {
			switch own, taken := f.keywords[name], f.keywords[name] != nil; {
			case !taken:
				f.keywords[name] = value
			case name == "properties", name == "required", name == "x-fal-order-properties", name == "x-fal":
				f.keywords[name] = join(own, value)
			case binds(name) && fmt.Sprint(own.Value()) != fmt.Sprint(value.Value()):
				n.note(value, "merged-keyword", "%q stands in several parts of one schema: only the server checks this one", name)
			}
		}
	}
	if ref := schema.Get("$ref"); ref != nil {
		merge(n.refer(ref, trail))
	}
	if all := schema.Get("allOf"); all.Is(spec.Array) {
		for _, arm := range all.Elems {
			merge(n.fold(arm, trail))
		}
	}
	for _, name := range []string{"anyOf", "oneOf"} {
		arms := schema.Get(name)
		if !arms.Is(spec.Array) {
			continue
		}
		var real []*spec.Node
		for _, arm := range arms.Elems {
			if arm.Get("type").String() == "null" {
				f.nullable = true
			} else {
				real = append(real, arm)
			}
		}
		if len(real) == 1 {
			merge(n.fold(real[0], trail))
		} else if len(real) > 1 {
			f.unions = append(f.unions, real)
		}
	}
	if own > 0 || parts > 1 {
		f.component, f.self = "", schema
	}
	return f
}

// binds reports whether a keyword constrains a value.
func binds(name string) bool {
	return byKind[name] != nil || name == "type" || name == "enum" || name == "const"
}

// join makes one object or list of two.
func join(a, b *spec.Node) *spec.Node {
	both := *a
	both.Elems = append(slices.Clone(a.Elems), b.Elems...)
	both.Members = slices.Clone(a.Members)
	for _, m := range b.Members {
		if a.Get(m.Name) == nil {
			both.Members = append(both.Members, m)
		}
	}
	return &both
}

const componentPrefix = "#/components/schemas/"

// refer folds what a $ref refers to: a component, or any other place of the document.
func (n *normalizer) refer(ref *spec.Node, trail []string) folded {
	broken := folded{node: ref, self: ref, broken: true}
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
	return n.doc.Root.Get(pointerPath(ref.String())...)
}

// pointerPath returns the names of a JSON pointer in a URL's fragment.
func pointerPath(fragment string) []string {
	path := strings.Split(strings.TrimPrefix(fragment, "#/"), "/")
	for i, name := range path {
		path[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(name)
	}
	return path
}
