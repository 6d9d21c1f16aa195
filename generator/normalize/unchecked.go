package normalize

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/spec"
)

// A demand is a keyword of a schema that only the server checks, with those that belong to it.
type demand struct {
	keyword string
	schema  *spec.Node
	null    bool // it is demanded of null alone
}

// besides are the keywords that say more of another one, and say nothing without it.
var besides = map[string][]string{
	"if": {"then", "else"}, "contains": {"minContains", "maxContains"}, "prefixItems": {"items"},
}

// demanding are the keywords that only the server checks, with the kinds of type that they bind; nil stands for all.
var demanding = map[string][]ir.Kind{
	"not": nil, "if": nil,
	"contains": {ir.List}, "prefixItems": {ir.List}, "unevaluatedItems": {ir.List}, "additionalItems": {ir.List},
	"dependentSchemas": objects, "dependentRequired": objects, "dependencies": objects, "patternProperties": objects,
	"propertyNames": objects, "unevaluatedProperties": objects, "additionalProperties": objects,
}

// demands returns what a schema demands by itself that only the server checks.
func demands(schema *spec.Node) (list []demand) {
	for _, m := range schema.Members {
		if _, binds := demanding[m.Name]; binds {
			list = append(list, demand{keyword: m.Name, schema: schema})
		}
	}
	return list
}

// unchecked returns what only the server checks of a type that was made of f.
func (n *normalizer) unchecked(f *folded, t *ir.Type, at place) (list []ir.Unchecked) {
	for _, d := range f.demands {
		kinds := demanding[d.keyword]
		varied := t.Kind == ir.Any || t.Kind == ir.UnionKind || t.Kind == ir.NamedKind
		if kinds != nil && !varied && !slices.Contains(kinds, t.Kind) {
			continue
		}
		value := d.schema.Get(d.keyword)
		if d.keyword == "additionalProperties" && t.Kind == ir.Map && value.Is(spec.Object) {
			continue // it is what the map holds
		}
		text := n.text(d.keyword, value)
		for _, name := range besides[d.keyword] {
			if more := d.schema.Get(name); more != nil {
				text += " " + name + " " + n.text(name, more)
			}
		}
		free := text == "{}" || text == "true" || text == "[]"
		if d.keyword == "if" && d.schema.Get("then") == nil && d.schema.Get("else") == nil || free && d.keyword != "not" && d.keyword != "contains" {
			continue
		}
		if d.null {
			text += " where null"
		}
		list = append(list, ir.Unchecked{Keyword: d.keyword, Text: text})
	}
	for _, name := range n.unknownRequired(f, t, at) {
		list = append(list, ir.Unchecked{Keyword: "required", Text: ir.ValueText(name)})
	}
	return list
}

// unknownRequired returns the names that an object has to have and that none of its fields has.
func (n *normalizer) unknownRequired(f *folded, t *ir.Type, at place) (names []string) {
	list := f.keywords["required"]
	if !list.Is(spec.Array) || at.check && t.Kind == ir.ObjectKind || !slices.Contains(objects, t.Kind) {
		return nil
	}
	all := *f
	all.keywords = maps.Clone(f.keywords)
	n.spread(&all, f.choices)
	for _, e := range list.Elems {
		if all.keywords["properties"].Get(e.String()) == nil {
			names = append(names, e.String())
		}
	}
	return names
}

func sortUnchecked(list []ir.Unchecked) []ir.Unchecked {
	slices.SortFunc(list, func(a, b ir.Unchecked) int {
		return cmp.Or(cmp.Compare(a.Keyword, b.Keyword), cmp.Compare(a.Text, b.Text))
	})
	return slices.Compact(list)
}

// checked returns a type without what only the server checks of its values.
func checked(t *ir.Type) *ir.Type {
	c := *t
	c.Unchecked = nil
	if t.Elem != nil {
		c.Elem = checked(t.Elem)
	}
	return &c
}

// untold returns what only the server checks of alternatives, where the types that were made of them do not say it.
func untold(arms, types []*ir.Type) []ir.Unchecked {
	told := map[string]bool{}
	for _, t := range types {
		told[uncheckedText(t)] = true
	}
	if !slices.ContainsFunc(arms, func(arm *ir.Type) bool { return !told[uncheckedText(arm)] && uncheckedText(arm) != "" }) {
		return nil
	}
	var texts []string
	for _, arm := range arms {
		text := uncheckedText(arm)
		if text == "" && types == nil && anything(arm) {
			return nil // which allows whatever the others do not
		}
		texts = append(texts, fmt.Sprintf("%v%s", arm.Kind, text))
	}
	slices.Sort(texts)
	return []ir.Unchecked{{Keyword: "anyOf", Text: strings.Join(slices.Compact(texts), "; or ")}}
}

// uncheckedText is what only the server checks of a type and of what it holds.
func uncheckedText(t *ir.Type) string {
	text := ""
	for _, u := range t.Unchecked {
		text += ", " + u.Keyword + " " + u.Text
	}
	if t.Elem != nil {
		if below := uncheckedText(t.Elem); below != "" {
			text += ", each" + below
		}
	}
	return text
}

// text returns a keyword's value as JSON in one normal form, without what binds nobody. Components have numbers in the order in
// which they are met, and what they are is added behind.
func (n *normalizer) text(keyword string, value *spec.Node) string {
	if text, met := n.texts[value]; met {
		return text
	}
	w := &schemaWriter{n: n, numbers: map[string]int{}}
	w.keyword(keyword, value)
	for i := 0; i < len(w.met); i++ {
		fmt.Fprintf(w, ", #%d is ", i+1)
		w.schema(n.resolve(w.met[i]))
	}
	n.texts[value] = w.String()
	return w.String()
}

type schemaWriter struct {
	strings.Builder
	n       *normalizer
	numbers map[string]int // of what is referred to
	met     []*spec.Node   // the references, each once
}

// holders are the keywords whose values hold schemas by name.
var holders = map[string]bool{
	"properties": true, "patternProperties": true, "dependentSchemas": true, "dependencies": true,
}

// unordered are the keywords whose values are lists of which the order says nothing.
var unordered = map[string]bool{"enum": true, "required": true, "type": true, "dependentRequired": true}

// schema writes a schema, or a list of them.
func (w *schemaWriter) schema(s *spec.Node) {
	switch {
	case s.Is(spec.Array):
		w.list(s.Elems, w.schema)
	case s.Is(spec.Object):
		keywords := map[string]*spec.Node{}
		for _, m := range s.Members {
			if binds(m.Name) {
				keywords[m.Name] = m.Value
			}
		}
		w.members(keywords, w.keyword)
	default:
		w.WriteString(ir.ValueText(value(s)))
	}
}

// binds reports whether a keyword says which values fit.
func binds(name string) bool {
	switch name {
	case "title", "description", "default", "examples", "example", "deprecated", "discriminator", "$defs", "definitions",
		"x-fal-order-properties", "contentSchema":
		return false
	}
	_, some := byKind[name]
	use := useOf(name)
	return some || use == used || use == unchecked
}

func (w *schemaWriter) keyword(name string, v *spec.Node) {
	switch {
	case name == "$ref":
		if w.n.resolve(v) == nil {
			w.WriteString(`"missing"`)
			return
		}
		if w.numbers[v.Text] == 0 {
			w.met = append(w.met, v)
			w.numbers[v.Text] = len(w.met)
		}
		fmt.Fprintf(w, `"#%d"`, w.numbers[v.Text])
	case unordered[name]:
		w.values(v)
	case name == "const":
		w.WriteString(ir.ValueText(value(v)))
	case holders[name] && v.Is(spec.Object):
		below := map[string]*spec.Node{}
		for _, m := range v.Members {
			below[m.Name] = m.Value
		}
		w.members(below, func(_ string, s *spec.Node) { w.schema(s) })
	default:
		w.schema(v)
	}
}

// values writes lists of which the order says nothing.
func (w *schemaWriter) values(v *spec.Node) {
	switch {
	case v.Is(spec.Array):
		texts := make([]string, len(v.Elems))
		for i, e := range v.Elems {
			texts[i] = ir.ValueText(value(e))
		}
		slices.Sort(texts)
		w.WriteString("[" + strings.Join(slices.Compact(texts), ",") + "]")
	case v.Is(spec.Object):
		below := map[string]*spec.Node{}
		for _, m := range v.Members {
			below[m.Name] = m.Value
		}
		w.members(below, func(_ string, list *spec.Node) { w.values(list) })
	default:
		w.WriteString(ir.ValueText(value(v)))
	}
}

func (w *schemaWriter) members(list map[string]*spec.Node, write func(name string, v *spec.Node)) {
	w.WriteByte('{')
	for i, name := range slices.Sorted(maps.Keys(list)) {
		if i > 0 {
			w.WriteByte(',')
		}
		w.WriteString(ir.ValueText(name) + ":")
		write(name, list[name])
	}
	w.WriteByte('}')
}

func (w *schemaWriter) list(elems []*spec.Node, write func(*spec.Node)) {
	w.WriteByte('[')
	for i, e := range elems {
		if i > 0 {
			w.WriteByte(',')
		}
		write(e)
	}
	w.WriteByte(']')
}
