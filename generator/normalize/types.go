package normalize

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/spec"
)

// place is where a schema stands.
type place struct {
	owner  *ir.Object // the object whose property it is part of
	name   string     // the property's name, or Input or Output
	root   bool
	inItem bool // it is what a list or map holds
	inArm  bool // it is one of several alternatives
	media  bool // the form of the playground offers media for it
}

// arm is the place of an alternative at p.
func (p place) arm() place {
	p.root, p.inArm = false, true
	return p
}

// item is the place of what a list or map at p holds.
func (p place) item() place {
	return place{owner: p.owner, name: p.name, inItem: true, inArm: p.inArm, media: p.media}
}

// typ models a schema. The folded form is returned beside it, for what a field says on top of its type.
func (n *normalizer) typ(schema *spec.Node, at place) (*ir.Type, folded) {
	f := n.fold(schema, nil)
	if n.open[schema] {
		n.repair(schema, "circular-schema", "read as free-form JSON", "this schema contains itself without being a component")
		return &ir.Type{Kind: ir.Any}, f
	}
	n.open[schema] = true
	defer delete(n.open, schema)
	at.media = at.media || mediaForms[cmp.Or(f.keywords["_fal_ui_field"].String(), f.keywords["ui"].Get("field").String())]
	t := n.kind(&f, at)
	t.Nullable = f.nullable
	n.account(f, t)
	return t, f
}

func (n *normalizer) kind(f *folded, at place) *ir.Type {
	switch {
	case f.broken:
		return &ir.Type{Kind: ir.Any}
	case len(f.unions) > 1:
		n.note(f.node, "union-of-unions", "several lists of alternatives at once: kept as raw JSON")
		return &ir.Type{Kind: ir.Any}
	case len(f.unions) == 1:
		var arms []*ir.Type
		for _, arm := range f.unions[0] {
			t, _ := n.typ(arm, at.arm())
			arms = append(arms, t)
		}
		return n.union(f, at, arms)
	}
	values := n.enumValues(f)
	names := n.typeNames(f, values)
	if len(names) > 1 {
		at = at.arm()
	}
	var arms []*ir.Type
	for _, name := range names {
		t := n.named(name, f, at, values)
		n.rules(t, *f)
		arms = append(arms, t)
	}
	if len(arms) == 1 {
		return arms[0]
	}
	at.inArm = false
	return n.union(f, at, arms)
}

// named models a schema of the type that has a name.
func (n *normalizer) named(typeName string, f *folded, at place, values []ir.EnumValue) *ir.Type {
	isText := len(values) > 0 && textual(values[0])
	switch typeName {
	case "string":
		switch {
		case isText:
			return n.enum(f, at, values, false)
		case !n.inOutput && (at.media || mediaName.MatchString(at.name)):
			return &ir.Type{Kind: ir.Media}
		}
		return &ir.Type{Kind: ir.String}
	case "integer":
		if len(values) > 0 && !isText {
			return n.enum(f, at, values, true)
		}
		return &ir.Type{Kind: ir.Integer}
	case "number":
		return &ir.Type{Kind: ir.Float}
	case "boolean":
		return &ir.Type{Kind: ir.Bool}
	case "array":
		return &ir.Type{Kind: ir.List, Elem: n.elem(f, at)}
	case "object":
		return n.object(f, at)
	}
	return &ir.Type{Kind: ir.Any}
}

// elem models what a list holds. Go has no tuples: a list with a schema for each place holds any of them.
func (n *normalizer) elem(f *folded, at place) *ir.Type {
	items, tuple := f.keywords["items"], f.keywords["prefixItems"]
	if !tuple.Is(spec.Array) || len(tuple.Elems) == 0 {
		if items == nil {
			return &ir.Type{Kind: ir.Any}
		}
		elem, _ := n.typ(items, at.item())
		return elem
	}
	n.note(tuple, "tuple", "which place of the list holds what, only the server checks")
	schemas := tuple.Elems
	if items.Is(spec.Object) {
		schemas = append(slices.Clone(schemas), items)
	}
	var arms []*ir.Type
	nullable := false
	for _, schema := range schemas {
		t, _ := n.typ(schema, at.item().arm())
		nullable = nullable || t.Nullable
		arms = append(arms, t)
	}
	elem := n.union(&folded{node: tuple}, at.item(), arms)
	elem.Nullable = nullable
	return elem
}

func textual(v ir.EnumValue) bool {
	_, ok := v.Value.JSON.(string)
	return ok
}

// mediaForms are the fields of fal's own forms that take media.
var mediaForms = map[string]bool{
	"image": true, "images": true, "video": true, "videos": true, "audio": true, "audios": true, "file": true, "files": true,
}

// mediaName tells a property that takes a URL of media.
var mediaName = regexp.MustCompile(`(^|_)urls?$`)

// typeNames returns the types that a schema allows; none means any. A null among them makes it nullable.
func (n *normalizer) typeNames(f *folded, values []ir.EnumValue) []string {
	t := f.keywords["type"]
	nodes := []*spec.Node{t}
	switch {
	case t.Is(spec.Array):
		nodes = t.Elems
	case t != nil && !t.Is(spec.String):
		n.repair(t, "type-keyword", "read as any type", "expected the name of a type, found a %s", t.Kind)
		return nil
	case t != nil:
	case f.keywords["properties"] != nil, f.keywords["additionalProperties"] != nil:
		return []string{"object"}
	case f.keywords["items"] != nil:
		return []string{"array"}
	case len(values) > 0 && textual(values[0]):
		return []string{"string"}
	case len(values) > 0:
		return []string{"integer"}
	default:
		return nil
	}
	var names []string
	for _, node := range nodes {
		switch name := node.String(); name {
		case "string", "integer", "number", "boolean", "array", "object":
			names = append(names, name)
		case "null":
			f.nullable = true
		default:
			n.repair(node, "unknown-type", "read as any type", "there is no type %q", name)
			return nil
		}
	}
	return names
}

// enumValues returns the values of an enum of strings or of whole numbers, in the document's order and each once. A
// null among them makes the schema nullable.
func (n *normalizer) enumValues(f *folded) []ir.EnumValue {
	var nodes []*spec.Node
	if c := f.keywords["const"]; c != nil {
		nodes = []*spec.Node{c}
	} else if e := f.keywords["enum"]; e.Is(spec.Array) {
		nodes = e.Elems
	}
	var values []ir.EnumValue
	seen := map[any]bool{}
	kinds := map[spec.Kind]bool{}
	for _, v := range nodes {
		switch {
		case v.Is(spec.Null):
			f.nullable = true
			continue
		case v.Is(spec.Number):
			if !wholeNumber.MatchString(v.Text) {
				return nil
			}
		case !v.Is(spec.String):
			return nil
		}
		kinds[v.Kind] = true
		if value := v.Value(); !seen[value] {
			seen[value] = true
			values = append(values, ir.EnumValue{Value: ir.Value{JSON: value}})
		}
	}
	if len(kinds) > 1 {
		return nil
	}
	return values
}

var wholeNumber = regexp.MustCompile(`^-?[0-9]{1,18}$`)

// enum models an enum. Two places with one name and the same values, in whatever order, share it.
func (n *normalizer) enum(f *folded, at place, values []ir.EnumValue, integer bool) *ir.Type {
	e := &ir.Enum{Origin: ir.Origin{Schema: f.component}, Integer: integer, Values: values}
	if e.Schema == "" {
		e.Property, e.Item, e.Arm = at.name, at.inItem, at.inArm
	}
	sorted := slices.SortedFunc(slices.Values(values), func(a, b ir.EnumValue) int {
		return strings.Compare(fmt.Sprint(a.Value.JSON), fmt.Sprint(b.Value.JSON))
	})
	key := fmt.Sprintf("%q %q %v %v %q", e.Schema, e.Property, e.Arm, integer, sorted)
	if met := n.enums[key]; met != nil {
		e = met
	} else {
		e.Owner = at.owner
		n.enums[key] = e
		n.out.Enums = append(n.out.Enums, e)
	}
	return &ir.Type{Kind: ir.EnumKind, Enum: e}
}

// rules reads the constraints that go with the kind of t; the others mean nothing to a value of that kind.
func (n *normalizer) rules(t *ir.Type, f folded) {
	r := &t.Rules
	switch t.Kind {
	case ir.Integer, ir.Float:
		r.Min, r.Above = n.lower(f, "minimum", "exclusiveMinimum")
		r.Max, r.Below = n.lower(f, "maximum", "exclusiveMaximum")
		if r.MultipleOf = n.number(f.keywords["multipleOf"]); r.MultipleOf != nil && (*r.MultipleOf == "0" || (*r.MultipleOf)[0] == '-') {
			n.repair(f.keywords["multipleOf"], "multiple-of", "left aside", "no number is a multiple of %s", *r.MultipleOf)
			r.MultipleOf = nil
		}
	case ir.String, ir.Media:
		r.MinLength, r.MaxLength = n.count(f, "minLength"), n.count(f, "maxLength")
		if p := n.pattern(f.keywords["pattern"]); p != "" {
			r.Patterns = []string{p}
		}
		if t.Kind == ir.Media {
			r.Media = n.mediaLimits(f, *r)
		}
	case ir.List:
		if t.Elem.Kind == ir.Media {
			t.Elem.Rules.Media = n.mediaLimits(f, t.Elem.Rules) // of each file
		}
		r.MinLength, r.MaxLength = n.count(f, "minItems"), n.count(f, "maxItems")
		r.Unique = f.keywords["uniqueItems"].True()
	case ir.Map:
		r.MinLength, r.MaxLength = n.count(f, "minProperties"), n.count(f, "maxProperties")
	}
}

// lower reads a bound: OpenAPI 3.0 marks an exclusive one with true beside it, 3.1 gives its own number.
func (n *normalizer) lower(f folded, inclusive, exclusive string) (in, ex *ir.Number) {
	in = n.number(f.keywords[inclusive])
	switch x := f.keywords[exclusive]; {
	case x.True():
		return nil, in
	case x.Is(spec.Bool):
		return in, nil
	default:
		return in, n.number(x)
	}
}

func (n *normalizer) number(at *spec.Node) *ir.Number {
	if at == nil || at.Is(spec.Null) {
		return nil
	}
	if !at.Is(spec.Number) {
		n.repair(at, "bound", "left aside", "expected a number, found a %s", at.Kind)
		return nil
	}
	num, err := ir.ParseNumber(at.Text)
	if err != nil {
		n.repair(at, "bound", "left aside", "the bound %v", err)
		return nil
	}
	return &num
}

func (n *normalizer) count(f folded, keyword string) *int { return n.countAt(f.keywords[keyword]) }

func (n *normalizer) countAt(at *spec.Node) *int {
	num := n.number(at)
	if num == nil {
		return nil
	}
	var c int
	if err := json.Unmarshal([]byte(*num), &c); err != nil || c < 0 {
		n.repair(at, "bound", "left aside", "%s is no count", at.Text)
		return nil
	}
	return &c
}

func (n *normalizer) pattern(at *spec.Node) string {
	if at == nil {
		return ""
	}
	if _, err := regexp.Compile(at.String()); err != nil {
		n.note(at, "pattern", "Go cannot check this pattern, so only the server will: %v", err)
		return ""
	}
	return at.String()
}
