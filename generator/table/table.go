// Package table makes what a model demands of its input into the data that package fal/support checks values by: for
// generated packages, which have it as Go source, and for JSON of endpoints that have no package.
package table

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/falgen/falgen/fal/support"
	"github.com/falgen/falgen/generator/ir"
)

// A Set is the schemas of an input.
type Set struct {
	Root  *support.Schema
	Named []Named // the types with a name that the input may hold, in the order in which they are met
}

// Named is the schema of a type that has a name.
type Named struct {
	Name      string
	Schema    *support.Schema
	Recursive bool // it contains itself, so others refer to it by name
}

// Check holds a JSON value, its numbers as [json.Number], against the schemas. It returns a *[fal.ValidationError] or nil.
func (s *Set) Check(endpointID string, value any) error {
	var named []support.Named
	for _, n := range s.Named {
		if n.Recursive {
			named = append(named, support.Named{Name: n.Name, Schema: n.Schema})
		}
	}
	return support.Validate(endpointID, value, s.Root, named...)
}

// Of returns the schemas of a type of a named model. standIns tells the names of an object's fields that no struct tag can
// carry, and what stands in the tags.
func Of(t *ir.Type, standIns func(*ir.Object) map[string]string) *Set {
	b := &builder{standIns: standIns, entries: map[any]*entry{}}
	b.reach(t)
	for _, key := range b.order {
		e := b.entries[key]
		*e.schema = b.own(e)
	}
	set := &Set{Root: b.schema(t)}
	for _, key := range b.order {
		e := b.entries[key]
		set.Named = append(set.Named, Named{e.name, e.schema, e.recursive})
	}
	return set
}

type builder struct {
	standIns func(*ir.Object) map[string]string
	entries  map[any]*entry // by *ir.Object, *ir.Union or *ir.Named
	order    []any
	trail    []any // what is being reached
}

type entry struct {
	t         *ir.Type
	name      string
	schema    *support.Schema
	recursive bool
}

// reach finds the types with a name that a value of type t may hold, and those that may hold themselves.
func (b *builder) reach(t *ir.Type) {
	for _, c := range t.Choices {
		for _, arm := range c.Arms {
			b.reach(arm)
		}
	}
	key, name := named(t)
	if key != nil {
		if i := slices.Index(b.trail, key); i >= 0 {
			for _, k := range b.trail[i:] {
				b.entries[k].recursive = true
			}
			return
		}
		if b.entries[key] != nil {
			return
		}
		b.entries[key] = &entry{t: t, name: name, schema: &support.Schema{}}
		b.order = append(b.order, key)
		b.trail = append(b.trail, key)
		defer func() { b.trail = b.trail[:len(b.trail)-1] }()
	}
	switch t.Kind {
	case ir.List, ir.Map:
		b.reach(t.Elem)
	case ir.NamedKind:
		b.reach(t.Named.Type)
	case ir.UnionKind:
		for _, arm := range t.Union.Arms {
			b.reach(arm.Type)
		}
	case ir.ObjectKind:
		for _, f := range t.Object.Fields {
			b.reach(f.Type)
		}
	}
}

// named returns what a type's schema is declared for, and its name; nil where that is nothing with a name.
func named(t *ir.Type) (key any, name string) {
	switch {
	case t.Kind == ir.ObjectKind && t.Object.Name != "":
		return t.Object, t.Object.Name
	case t.Kind == ir.UnionKind && t.Union.Name != "" && t.Union.Shared == "":
		return t.Union, t.Union.Name
	case t.Kind == ir.NamedKind:
		return t.Named, t.Named.Name
	}
	return nil, ""
}

// own is the schema of a type with a name.
func (b *builder) own(e *entry) support.Schema {
	switch e.t.Kind {
	case ir.NamedKind:
		return *b.schema(e.t.Named.Type)
	case ir.UnionKind:
		return b.union(e.t.Union)
	}
	return support.Schema{Types: support.Object, Fields: b.fields(e.t.Object)}
}

// schema returns the schema of a type: one that is shared, where it says no more.
func (b *builder) schema(t *ir.Type) *support.Schema {
	base := b.base(t)
	null, choices := t.Nullable || t.Kind == ir.Any && allowsNull(t), b.choices(t.Choices)
	if base != nil {
		if !null && len(choices) == 0 && t.Rules.IsZero() {
			return base
		}
		own := rules(t)
		own.Null, own.Choices = null, append([]support.Choice{{Arms: []*support.Schema{base}}}, choices...)
		return &own
	}
	own := b.kind(t)
	own.Null, own.Choices = null, append(own.Choices, choices...)
	return Shared(&own)
}

// Plain are the schemas of package support that demand a type and no more, by their names.
var Plain = map[string]*support.Schema{
	"Anything": &support.Anything, "NotNull": &support.NotNull, "AnyString": &support.AnyString, "AnyInteger": &support.AnyInteger,
	"AnyNumber": &support.AnyNumber, "AnyBoolean": &support.AnyBoolean, "AnyArray": &support.AnyArray, "AnyObject": &support.AnyObject,
}

// OfFal are the schemas of the types of package fal, by their names.
var OfFal = map[string]*support.Schema{
	"File": &support.File, "Image": &support.Image, "Video": &support.Video, "Audio": &support.Audio, "ImageSize": &support.ImageSize,
	"LoRA": &support.LoRA, "RGBColor": &support.RGBColor,
	"FrameSize": &support.FrameSize, "FrameSizeOrAuto": &support.FrameSizeOrAuto,
}

// Shared returns the schema of package support that demands the same, or s.
func Shared(s *support.Schema) *support.Schema {
	bare := *s
	bare.Types, bare.Null = 0, false
	if !isZero(bare) {
		return s
	}
	for _, shared := range Plain {
		if shared.Types == s.Types && shared.Null == s.Null {
			return shared
		}
	}
	return s
}

func isZero(s support.Schema) bool {
	return s.Min+s.Max+s.Above+s.Below+s.MultipleOf+s.MinLength+s.MaxLength+s.MinItems+s.MaxItems+s.MinMembers+s.MaxMembers+s.Ref == "" &&
		s.Patterns == nil && !s.Unique && s.Media == nil && s.Enum == nil && s.Fields == nil && s.Items == nil && s.Choices == nil
}

// base returns the schema of a type that has one by name.
func (b *builder) base(t *ir.Type) *support.Schema {
	if key, _ := named(t); key != nil {
		e := b.entries[key]
		if e.recursive {
			return &support.Schema{Ref: e.name}
		}
		return e.schema
	}
	switch {
	case t.Kind == ir.SharedKind:
		return OfFal[t.Shared.Name]
	case t.Kind == ir.UnionKind && t.Union.Shared != "":
		if t.Union.TakesAuto() {
			return OfFal[t.Union.Shared+"OrAuto"]
		}
		return OfFal[t.Union.Shared]
	}
	return nil
}

// allowsNull reports whether raw JSON may be null.
func allowsNull(t *ir.Type) bool {
	if len(t.Choices) == 0 {
		return len(t.Rules.Values) == 0 || t.Rules.Values[0].JSON == nil
	}
	return !slices.ContainsFunc(t.Choices, func(c ir.Choice) bool {
		return !slices.ContainsFunc(c.Arms, func(arm *ir.Type) bool {
			return arm.Nullable || arm.Kind == ir.Any && allowsNull(arm)
		})
	})
}

var types = map[ir.Kind]support.Types{
	ir.String: support.String, ir.Media: support.String, ir.Integer: support.Integer, ir.Float: support.Number,
	ir.Bool: support.Boolean, ir.List: support.Array, ir.Map: support.Object, ir.ObjectKind: support.Object,
}

// kind returns the schema of a type without a name.
func (b *builder) kind(t *ir.Type) support.Schema {
	s := rules(t)
	s.Types = types[t.Kind]
	switch t.Kind {
	case ir.EnumKind:
		if s.Types = support.String; t.Enum.Integer {
			s.Types = support.Integer
		}
		if !t.Enum.Open {
			for _, v := range t.Enum.Values {
				s.Enum = append(s.Enum, literal(v.Value.JSON))
			}
		}
	case ir.ObjectKind:
		s.Fields = b.fields(t.Object)
	case ir.List, ir.Map:
		if items := b.schema(t.Elem); items != &support.Anything {
			s.Items = items
		}
	case ir.UnionKind:
		s.Choices = b.union(t.Union).Choices
	}
	return s
}

func (b *builder) union(u *ir.Union) support.Schema {
	c := support.Choice{One: u.One}
	for _, arm := range u.Arms {
		c.Arms = append(c.Arms, b.schema(arm.Type))
	}
	return support.Schema{Choices: []support.Choice{c}}
}

func (b *builder) choices(choices []ir.Choice) (list []support.Choice) {
	for _, c := range choices {
		choice := support.Choice{One: c.One}
		for _, arm := range c.Arms {
			choice.Arms = append(choice.Arms, b.schema(arm))
		}
		list = append(list, choice)
	}
	return list
}

func (b *builder) fields(o *ir.Object) (fields []support.Field) {
	tags := b.standIns(o)
	for _, f := range o.Fields {
		schema := &support.Anything
		if !f.Loose {
			schema = b.schema(f.Type)
		}
		fields = append(fields, support.Field{Name: f.Name, Tag: tags[f.Name], Required: f.Required, Schema: schema})
	}
	return fields
}

// rules returns the schema of a type's rules alone.
func rules(t *ir.Type) support.Schema {
	r := t.Rules
	number := func(n *ir.Number) string {
		if n == nil {
			return ""
		}
		return string(*n)
	}
	s := support.Schema{
		Min: number(r.Min), Max: number(r.Max), Above: number(r.Above), Below: number(r.Below), MultipleOf: number(r.MultipleOf),
		Patterns: r.Patterns, Unique: r.Unique, Media: media(r),
	}
	least, greatest := "", ""
	if r.MinLength != nil && *r.MinLength > 0 {
		least = strconv.Itoa(*r.MinLength)
	}
	if r.MaxLength != nil {
		greatest = strconv.Itoa(*r.MaxLength)
	}
	switch t.Kind {
	case ir.List:
		s.MinItems, s.MaxItems = least, greatest
	case ir.Map, ir.ObjectKind:
		s.MinMembers, s.MaxMembers = least, greatest
	default:
		s.MinLength, s.MaxLength = least, greatest
	}
	if t.Kind != ir.EnumKind {
		for _, v := range r.Values {
			s.Enum = append(s.Enum, literal(v.JSON))
		}
	}
	return s
}

// media returns the limits of a file that are checked before it is sent.
func media(r ir.Rules) *support.MediaLimits {
	var l support.MediaLimits
	bounds := map[ir.Quantity][2]*float64{
		ir.FileSize: {nil, &l.MaxFileSize}, ir.Width: {&l.MinWidth, &l.MaxWidth}, ir.Height: {&l.MinHeight, &l.MaxHeight},
		ir.Pixels: {&l.MinPixels, &l.MaxPixels}, ir.AspectRatio: {&l.MinAspectRatio, &l.MaxAspectRatio},
		ir.Duration: {&l.MinDuration, &l.MaxDuration},
	}
	for _, limit := range r.Media {
		for i, n := range []*ir.Number{limit.Min, limit.Max} {
			if to := bounds[limit.Of][i]; n != nil && to != nil {
				*to, _ = strconv.ParseFloat(string(*n), 64) // it is a number
			}
		}
	}
	if l == (support.MediaLimits{}) {
		return nil
	}
	return &l
}

// literal returns a value as JSON.
func literal(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "null" // what came from JSON always encodes
	}
	return strings.TrimSuffix(b.String(), "\n")
}
