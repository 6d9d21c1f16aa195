package normalize

import (
	"maps"
	"slices"
	"strings"

	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/spec"
)

// use is what becomes of a keyword. One that is in no list, or that the kind of its schema has no use for, is reported.
type use int

const (
	unknown   use = iota
	used          // it shapes the type, the checks or the docs
	hinted        // it is shown in the docs and binds nobody
	setAside      // it is for forms, and may tell that a text is media
	unchecked     // it binds, but only the server checks it
)

// keywords are those of JSON Schema 2020-12, of OpenAPI 3.0 and 3.1, and of fal.
var keywords = map[string]use{
	"$ref": used, "$defs": used, "definitions": used, "allOf": used, "anyOf": used, "oneOf": used,
	"discriminator": used, "type": used, "enum": used, "const": used, "nullable": used,
	"title": used, "description": used, "default": used, "examples": used, "example": used, "deprecated": used,

	"format": hinted, "contentEncoding": hinted, "contentMediaType": hinted, "readOnly": hinted, "writeOnly": hinted,
	"min": hinted, "max": hinted, "ge": hinted, "le": hinted, "gt": hinted, "lt": hinted, "step": hinted,
	"limit_description": hinted, "x-fal": hinted,

	"ui": setAside, "_fal_ui_field": setAside,

	"not": unchecked, "if": unchecked, "then": unchecked, "else": unchecked,
	"dependentSchemas": unchecked, "dependentRequired": unchecked, "dependencies": unchecked,
	"contains": unchecked, "minContains": unchecked, "maxContains": unchecked,
	"patternProperties": unchecked, "propertyNames": unchecked, "contentSchema": unchecked,
	"unevaluatedItems": unchecked, "unevaluatedProperties": unchecked, "additionalItems": unchecked,
}

// useOf returns what becomes of a keyword. What bounds a file binds where there is one, and else is a hint.
func useOf(name string) use {
	if boundsMedia(name) {
		return hinted
	}
	return keywords[name]
}

// byKind are the keywords that only some kinds of type have a use for.
var byKind = map[string][]ir.Kind{
	"minimum": numbers, "maximum": numbers, "exclusiveMinimum": numbers, "exclusiveMaximum": numbers, "multipleOf": numbers,
	"minLength": texts, "maxLength": texts, "pattern": texts,
	"items": {ir.List}, "prefixItems": {ir.List}, "minItems": {ir.List}, "maxItems": {ir.List}, "uniqueItems": {ir.List},
	"minProperties": objects, "maxProperties": objects,
	"properties": objects, "required": objects, "x-fal-order-properties": objects,
	"additionalProperties": {ir.Map, ir.ObjectKind, ir.SharedKind},
}

var (
	numbers = []ir.Kind{ir.Integer, ir.Float}
	texts   = []ir.Kind{ir.String, ir.Media}
	objects = []ir.Kind{ir.ObjectKind, ir.SharedKind, ir.Map}
)

// reportUnused reports each keyword of a schema that has no effect on what was made of it.
func (n *normalizer) reportUnused(f *folded, t *ir.Type) {
	for _, name := range slices.Sorted(maps.Keys(f.keywords)) {
		at := f.keywords[name]
		kinds, some := byKind[name]
		switch use := useOf(name); {
		case some && (f.merged(t) || t.Kind == ir.Any || t.Kind == ir.NamedKind):
			// Each part accounts for its own, and what may be of any type is checked for what it is.
		case some && !slices.Contains(kinds, t.Kind):
			if t.Kind != ir.EnumKind || len(t.Enum.Values) == 0 || !slices.Contains(kinds, valueKind(t.Enum)) {
				n.note(at, "idle-keyword", "%q has no effect here, where the Go type is %s", name, t.Kind)
			}
		case name == "additionalProperties" && t.Kind != ir.Map && at.Is(spec.Object) && len(at.Members) > 0:
			n.note(at, "open-object", "members beyond the properties cannot be sent, and are found in Raw when received")
		case some || use == used || use == setAside:
		case use == hinted:
			if t.Kind == ir.ObjectKind && t.Object.Root || f.self != f.node && f.node.Get(name) == nil {
				n.note(at, "idle-keyword", "%q is not shown here", name)
			}
		case use == unchecked:
			n.note(at, "unchecked-keyword", "only the server checks %q", name)
		default:
			n.note(at, "unknown-keyword", "%q means nothing to falgen and is left aside", name)
		}
	}
	if len(f.patterns) > 0 && !f.merged(t) && !slices.Contains([]ir.Kind{ir.String, ir.Media, ir.EnumKind, ir.Any}, t.Kind) {
		n.note(f.patterns[0], "idle-keyword", "%q has no effect here, where the Go type is %s", "pattern", t.Kind)
	}
}

// valueKind is the kind of an enum's values.
func valueKind(e *ir.Enum) ir.Kind {
	if e.Integer {
		return ir.Integer
	}
	return ir.String
}

// merged reports whether t was made of several schemas or types.
func (f *folded) merged(t *ir.Type) bool {
	return t.Kind == ir.UnionKind || len(f.choices) > 0 || len(f.types) > 1
}

// hints are the keywords of a field that are shown and bind nobody.
func hints(f folded, t *ir.Type) []ir.Hint {
	var list []ir.Hint
	media := fileOf(t)
	var add func(name string, v *spec.Node)
	add = func(name string, v *spec.Node) {
		switch {
		case media != nil && boundsMedia(name): // and so it binds
		case media != nil && len(media.Rules.Media) > 0 && name == "limit_description": // it is the same in words
		case v.Is(spec.Object):
			for _, m := range v.Members {
				add(m.Name, m.Value)
			}
		case v.Is(spec.Bool):
			if v.True() {
				list = append(list, ir.Hint{Name: name})
			}
		case v.Is(spec.String), v.Is(spec.Number):
			list = append(list, ir.Hint{Name: name, Text: v.Text})
		}
	}
	for name, v := range f.keywords {
		if useOf(name) == hinted {
			add(name, v)
		}
	}
	slices.SortFunc(list, func(a, b ir.Hint) int { return strings.Compare(a.Name+"\x00"+a.Text, b.Name+"\x00"+b.Text) })
	return slices.Compact(list)
}

// text is what a schema says of itself: its description, or else a title that says more than the name.
func text(f folded, name string) string {
	if d := f.keywords["description"].String(); d != "" {
		return d
	}
	if t := f.keywords["title"].String(); letters(t) != letters(name) {
		return t
	}
	return ""
}

// letters is a text without what titles and names differ in.
func letters(s string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "_", "", "-", "").Replace(s))
}
