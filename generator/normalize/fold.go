package normalize

import (
	"slices"

	"github.com/falgen/falgen/generator/spec"
)

// folded is a schema in one normal form: whatever it says by itself, through $ref, through allOf and through an anyOf
// of one schema and null stands in one set of keywords, each as tight as all of these make it.
type folded struct {
	node      *spec.Node
	self      *spec.Node // the schema that says what the value is by itself: the component, or node
	component string     // the component that the schema is, where it shapes nothing beyond a $ref
	keywords  map[string]*spec.Node
	patterns  []*spec.Node    // a text has to match all of them
	types     []string        // the JSON types that it allows, but for null; nil where it does not say
	null      answer          // whether it allows null
	choices   []choice        // each demands one of several schemas
	demands   []demand        // what only the server checks
	also      []*spec.Node    // schemas that contradict the others: they are checked, and give no type
	loose     map[string]bool // the properties that only some of the alternatives have
	broken    bool            // it refers to what is not there
}

// answer is what a schema says of a question.
type answer int

const (
	unsaid answer = iota
	yes
	no
)

// and is what two schemas say that both hold.
func (a answer) and(b answer) answer {
	switch {
	case a == unsaid:
		return b
	case b == unsaid || a == b:
		return a
	}
	return no
}

// A choice is an anyOf or oneOf of several schemas, null aside.
type choice struct {
	node *spec.Node // the list
	one  bool       // it is a oneOf
	arms []*spec.Node
	null []demand // what only the server checks of null
}

// nullable reports whether null is allowed.
func (f folded) nullable() bool { return f.null == yes }

// shapes are the keywords that make another type of a component than it is by itself.
var shapes = map[string]bool{
	"properties": true, "required": true, "additionalProperties": true, "enum": true, "items": true, "prefixItems": true,
}

// maxFolds bounds the schemas of a document: a few components that each refer to the next one twice are more than a
// machine can hold. Real documents have some hundreds.
const maxFolds = 100_000

// fold brings a schema into normal form. trail holds the components on the way here, since documents may refer in
// circles.
func (n *normalizer) fold(schema *spec.Node, trail []string) folded {
	if n.folds++; n.folds > maxFolds {
		if n.folds == maxFolds+1 {
			n.refuse(schema, "too-large", "the document's references multiply to more than %d schemas", maxFolds)
		}
		return folded{node: schema, self: schema, keywords: map[string]*spec.Node{}, broken: true}
	}
	f, grants := n.own(schema)
	shaped := 0 // parts that shape a type
	if f.shaped() {
		shaped++
	}
	part := func(part folded) {
		if part.shaped() || part.component != "" || len(part.choices) > 0 {
			if shaped++; shaped == 1 {
				f.component, f.self = part.component, part.self
			}
		}
		n.merge(&f, part)
	}
	if ref := schema.Get("$ref"); ref != nil {
		part(n.refer(ref, trail))
	}
	if all := schema.Get("allOf"); all.Is(spec.Array) {
		for _, arm := range all.Elems {
			part(n.fold(arm, trail))
		}
	}
	for _, name := range []string{"anyOf", "oneOf"} {
		list := schema.Get(name)
		if !list.Is(spec.Array) {
			continue
		}
		c, null := n.choice(list, name == "oneOf", trail)
		f.demands = append(f.demands, c.null...)
		switch len(c.arms) {
		case 0:
			if len(list.Elems) > 0 { // null alone
				part(n.fold(list.Elems[0], trail))
			}
		case 1:
			arm := n.fold(c.arms[0], trail)
			if null == yes {
				arm.null = yes
			}
			part(arm)
		default:
			shaped++
			f.choices = append(f.choices, c)
			f.null = f.null.and(null)
		}
	}
	if shaped > 1 {
		f.component, f.self = "", schema
	}
	if grants {
		f.null = yes
	}
	return f
}

// own returns what a schema says without the schemas that it refers to or lists, and whether it grants null whatever
// those say: OpenAPI's nullable does, and a null among the values of an enum.
func (n *normalizer) own(schema *spec.Node) (f folded, grants bool) {
	f = folded{node: schema, self: schema, keywords: map[string]*spec.Node{}}
	if !schema.Is(spec.Object) {
		// A boolean schema allows everything or nothing; anything else is no schema.
		switch {
		case !schema.Is(spec.Bool):
			n.repair(schema, "not-a-schema", "read as free-form JSON", "expected a schema, found a %s", schema.Kind)
		case !schema.True():
			f.also = []*spec.Node{schema}
		}
		return f, false
	}
	for _, m := range schema.Members {
		switch m.Name {
		case "$ref", "allOf", "anyOf", "oneOf", "type", "const":
		case "nullable":
			grants = m.Value.True()
		case "pattern":
			f.patterns = []*spec.Node{m.Value}
		case "properties":
			f.keywords[m.Name] = n.properties(m.Value)
		default:
			f.keywords[m.Name] = m.Value
		}
	}
	if c := schema.Get("const"); c != nil {
		values := listOf(c, c)
		if enum := f.keywords["enum"]; enum.Is(spec.Array) {
			values = n.intersect(&f, "enum", enum, values)
		}
		f.keywords["enum"] = values
	}
	if enum := f.keywords["enum"]; enum.Is(spec.Array) && slices.ContainsFunc(enum.Elems, isNull) {
		grants = true
	}
	f.demands = demands(schema)
	f.exclusive("minimum", "exclusiveMinimum")
	f.exclusive("maximum", "exclusiveMaximum")
	n.readTypes(&f, schema.Get("type"))
	return f, grants
}

// exclusive gives an exclusive bound the form of 3.1: a number of its own. OpenAPI 3.0 has true beside the bound.
func (f *folded) exclusive(bound, mark string) {
	x := f.keywords[mark]
	if !x.Is(spec.Bool) {
		return
	}
	delete(f.keywords, mark)
	if b := f.keywords[bound]; x.True() && b != nil {
		f.keywords[mark] = b
		delete(f.keywords, bound)
	}
}

// readTypes reads the type keyword. A null among the types makes the schema nullable.
func (n *normalizer) readTypes(f *folded, t *spec.Node) {
	nodes := []*spec.Node{t}
	switch {
	case t == nil:
		return
	case t.Is(spec.Array):
		nodes = t.Elems
	case !t.Is(spec.String):
		n.repair(t, "type-keyword", "read as any type", "expected the name of a type, found a %s", t.Kind)
		return
	}
	var types []string
	null := no
	for _, node := range nodes {
		switch name := node.String(); name {
		case "string", "integer", "number", "boolean", "array", "object":
			if !slices.Contains(types, name) {
				types = append(types, name)
			}
		case "null":
			null = yes
		default:
			n.repair(node, "unknown-type", "read as any type", "there is no type %q", name)
			return
		}
	}
	f.types, f.null = types, null
	if types == nil {
		f.types = []string{}
	}
}

// properties returns the properties keyword. Some write a list of objects for it.
func (n *normalizer) properties(at *spec.Node) *spec.Node {
	if !at.Is(spec.Array) {
		return at
	}
	object := *at
	object.Kind, object.Elems = spec.Object, nil
	for _, e := range at.Elems {
		for _, m := range e.Members {
			if object.Get(m.Name) == nil {
				object.Members = append(object.Members, m)
			}
		}
	}
	n.repair(at, "properties-list", "read as one object of all their members", "the properties are a list")
	return &object
}

// choice reads the schemas of an anyOf or oneOf, and what they say of null. Those that allow nothing but null are not
// among the arms.
func (n *normalizer) choice(list *spec.Node, one bool, trail []string) (choice, answer) {
	c := choice{node: list, one: one}
	null := no
	for _, arm := range list.Elems {
		f := n.fold(arm, trail)
		switch {
		case f.null == yes:
			null = yes
		case f.null == unsaid && null == no:
			null = unsaid
		}
		if f.onlyNull() {
			for _, d := range f.demands {
				d.null = true
				c.null = append(c.null, d)
			}
		} else {
			c.arms = append(c.arms, arm)
		}
	}
	return c, null
}

// onlyNull reports whether nothing but null is allowed.
func (f *folded) onlyNull() bool {
	enum := f.keywords["enum"]
	return f.null == yes && (f.types != nil && len(f.types) == 0 ||
		enum.Is(spec.Array) && !slices.ContainsFunc(enum.Elems, func(v *spec.Node) bool { return !isNull(v) }))
}

func (f *folded) shaped() bool {
	for name := range f.keywords {
		if shapes[name] {
			return true
		}
	}
	return false
}

func isNull(v *spec.Node) bool { return v.Is(spec.Null) }

// listOf returns a list that stands where at does.
func listOf(at *spec.Node, elems ...*spec.Node) *spec.Node {
	list := *at
	list.Kind, list.Text, list.Members, list.Elems = spec.Array, "", nil, elems
	return &list
}
