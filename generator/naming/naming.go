// Package naming gives every Go identifier and path that generated code declares. One allocator hands the names of a
// package out in a fixed order, so that two things never get the same one.
package naming

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/falgen/falgen/generator/chars"
	"github.com/falgen/falgen/generator/ir"
)

// Assign names everything in an endpoint, but its package, and returns the names for the lock. What has a name in
// pins keeps it.
func Assign(e *ir.Endpoint, pins Pins) Pins {
	at := placesOf(e)
	n := &namer{endpoint: e, at: at, aliases: at.aliases(pins), old: pins, taken: allocator{}, given: map[string]bool{}}
	n.new = Pins{Package: e.Package.Path, Names: map[string]string{}, reasons: map[string]string{}}
	for _, name := range []string{"Input", "Output", "Client", "New", "EndpointID"} {
		n.taken[name], n.given[name] = true, true
	}
	n.reserve()
	for _, o := range e.Objects {
		if o.Root {
			o.Name = o.Schema
		} else {
			o.Name = n.name(n.typeKeys(o), "", originNames(o.Origin, "Object"))
		}
	}
	for _, changed := range []bool{false, true} { // of two that were one, the one that has not changed keeps the name
		for _, en := range e.Enums {
			if n.changed(en) == changed {
				en.Name = n.name(n.typeKeys(en), "Values", originNames(en.Origin, "Preset"))
				en.ValuesName = en.Name + "Values"
			}
		}
	}
	for _, u := range e.Unions {
		if u.Root {
			u.Name = u.Schema
		} else {
			u.Name = n.name(n.typeKeys(u), "", originNames(u.Origin, "Union"))
		}
		nameArms(u, n.taken)
	}
	for _, t := range e.Named {
		t.Name = n.name(n.typeKeys(t), "", originNames(t.Origin, "Type"))
	}
	for _, en := range e.Enums {
		for i := range en.Values {
			v := &en.Values[i]
			v.Name = n.name([]string{valueKey(en.Name, v)}, "", []string{en.Name + valueName(fmt.Sprint(v.Value.JSON))})
		}
	}
	for _, o := range e.Objects {
		n.fields(o)
	}
	for component, places := range at.stands {
		if name := n.new.Names["type "+component]; name != "" {
			for _, place := range places {
				n.new.Names["type "+place] = name
			}
		}
	}
	return n.new
}

// changed reports whether an enum has a pinned name, and other values than when the name was pinned.
func (n *namer) changed(en *ir.Enum) bool {
	name := n.pinned(n.typeKeys(en))
	if name == "" {
		return false
	}
	values := 0
	for key := range n.old.Names {
		if strings.HasPrefix(key, "value "+name+" ") {
			values++
		}
	}
	return values != len(en.Values) ||
		slices.ContainsFunc(en.Values, func(v ir.EnumValue) bool { return n.old.Names[valueKey(name, &v)] == "" })
}

// pinned returns the name that the lock has under one of the keys, or under what was called so, or "".
func (n *namer) pinned(keys []string) string {
	for _, key := range keys {
		if name := n.old.pinned([]string{key, n.aliases.before(key)}); name != "" {
			return name
		}
	}
	return ""
}

// namer names what is in one package.
type namer struct {
	endpoint *ir.Endpoint
	at       *places
	aliases  aliases
	old, new Pins
	taken    allocator       // what is given, or kept for something
	given    map[string]bool // what is given
}

func (n *namer) typeKeys(t any) []string {
	keys := make([]string, len(n.at.types[t]))
	for i, place := range n.at.types[t] {
		keys[i] = "type " + place
	}
	return keys
}

func valueKey(enum string, v *ir.EnumValue) string {
	return "value " + enum + " " + fmt.Sprint(v.Value.JSON)
}

func (n *namer) fieldKey(o *ir.Object, f *ir.Field) string {
	return "field " + n.at.owner[o] + "." + escape.Replace(f.Name)
}

func (n *namer) defaultKey(o *ir.Object, f *ir.Field) string {
	return "default " + n.at.owner[o] + "." + escape.Replace(f.Name)
}

// reserve keeps the pinned names of what is still there from going to something new.
func (n *namer) reserve() {
	keep := func(suffix string, keys ...string) string {
		name := n.pinned(keys)
		if name != "" {
			n.taken[name], n.taken[name+suffix] = true, true
		}
		return name
	}
	for _, o := range n.endpoint.Objects {
		keep("", n.typeKeys(o)...)
		for _, f := range o.Fields {
			if f.Default != nil && o.InInput {
				keep("", n.defaultKey(o, f))
			}
		}
	}
	for _, en := range n.endpoint.Enums {
		if name := keep("Values", n.typeKeys(en)...); name != "" {
			for i := range en.Values {
				keep("", valueKey(name, &en.Values[i]))
			}
		}
	}
	for _, u := range n.endpoint.Unions {
		keep("", n.typeKeys(u)...)
	}
	for _, t := range n.endpoint.Named {
		keep("", n.typeKeys(t)...)
	}
}

// name returns the pinned name of what has the keys, or the first of the names that is free, and pins it.
func (n *namer) name(keys []string, suffix string, names []string) string {
	name := n.pinned(keys)
	if name == "" || n.given[name] || n.given[name+suffix] { // two things may have been one before
		name = n.taken.takeBoth(suffix, names...)
	}
	n.given[name], n.given[name+suffix] = true, true
	for _, key := range keys {
		n.pin(key, name, names[0])
	}
	return name
}

// pin notes a name for the lock, and why it is not the one that the rules give.
func (n *namer) pin(key, name, natural string) {
	if n.new.Names[key] != "" { // of two types of one component, the first has the key
		return
	}
	n.new.Names[key] = name
	switch {
	case name == natural:
	case n.old.Names[key] == name:
		n.new.reasons[key] = "kept by " + LockFile
	default:
		n.new.reasons[key] = "since " + natural + " is taken"
	}
}

// fields names the fields of an object and their defaults.
func (n *namer) fields(o *ir.Object) {
	taken := allocator{"Validate": true, "WithDefaults": true, "MarshalJSON": true, "UnmarshalJSON": true}
	for _, f := range o.Fields {
		if name := n.pinned([]string{n.fieldKey(o, f)}); name != "" {
			taken[name] = true
		}
	}
	given := map[string]bool{}
	for _, f := range o.Fields {
		key := n.fieldKey(o, f)
		if f.GoName = n.pinned([]string{key}); f.GoName == "" || given[f.GoName] {
			f.GoName = taken.take(fieldName(f.Name))
		}
		given[f.GoName] = true
		n.pin(key, f.GoName, fieldName(f.Name))
		if f.Default == nil || !o.InInput || f.Default.IsEmpty() { // of an empty one there is nothing to set
			continue
		}
		prefix := "Default"
		if !o.Root {
			prefix += o.Name
		}
		f.DefaultName = n.name([]string{n.defaultKey(o, f)}, "", []string{prefix + f.GoName})
	}
}

// originNames are the names that a type may get, the best first.
func originNames(from ir.Origin, kind string) []string {
	if from.Schema != "" {
		name := exported(Pascal(from.Schema))
		return []string{name, name + kind}
	}
	property := from.Property
	if from.Item {
		property = Singular(property)
	}
	name := exported(Pascal(property))
	switch {
	case from.Owner == nil: // of the input or output itself
		return []string{name, name + kind}
	case from.Arm:
		return []string{name + kind, from.Owner.Name + name + kind}
	case !from.Owner.Root && vague[property]:
		return []string{from.Owner.Name + name, from.Owner.Name + name + kind}
	}
	return []string{name, from.Owner.Name + name, name + kind}
}

// vague are the properties whose name says nothing without the object that has them.
var vague = map[string]bool{"name": true, "type": true, "kind": true, "value": true, "id": true}

// nameArms names the accessors of a union, and with them its constructors.
func nameArms(u *ir.Union, names allocator) {
	methods := allocator{"Union": true, "Any": true, "Decode": true, "IsNull": true, "IsZero": true, "MarshalJSON": true, "UnmarshalJSON": true}
	for i := range u.Arms {
		arm := &u.Arms[i]
		label := armLabel(arm.Type)
		if label == u.Name {
			label = "Object"
		}
		arm.Name = methods.take(strings.TrimPrefix(label, u.Name))
		for names[u.Name+"From"+arm.Name] {
			arm.Name = methods.take(arm.Name)
		}
		names[u.Name+"From"+arm.Name] = true
	}
}

func armLabel(t *ir.Type) string {
	switch t.Kind {
	case ir.String:
		return "Text"
	case ir.Integer:
		return "Int"
	case ir.Float:
		return "Float"
	case ir.Bool:
		return "Bool"
	case ir.Media:
		return "Media"
	case ir.EnumKind:
		return t.Enum.Name
	case ir.ObjectKind:
		return t.Object.Name
	case ir.UnionKind:
		return t.Union.Name
	case ir.NamedKind:
		return t.Named.Name
	case ir.SharedKind:
		return t.Shared.Name
	case ir.List:
		return armLabel(t.Elem) + "List"
	case ir.Map:
		return "Map"
	}
	return "JSON"
}

func fieldName(wire string) string {
	name := Pascal(wire)
	if name == "" {
		name = valueName(wire)
	}
	return exported(name)
}

// exported makes name one that Go exports: it may not start with a digit, or with a letter that has no upper case.
func exported(name string) string {
	if r, _ := utf8.DecodeRuneInString(name); chars.IsUpper(r) {
		return name
	}
	return "X" + name
}
