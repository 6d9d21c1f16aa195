package normalize

import (
	"slices"
	"strings"

	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/spec"
)

// tag finds the property that tells the objects of a union apart: the one that the document names, or one that has
// another single value in each.
func (n *normalizer) tag(u *ir.Union, discriminator *spec.Node) {
	var objects []*ir.Arm
	for i := range u.Arms {
		if u.Arms[i].Type.Kind == ir.ObjectKind {
			objects = append(objects, &u.Arms[i])
		}
	}
	if len(objects) < 2 {
		return
	}
	names := []string{discriminator.Get("propertyName").String()}
	if names[0] == "" {
		names = nil
		for _, f := range objects[0].Type.Object.Fields {
			names = append(names, f.Name)
		}
	}
	for _, name := range names {
		tags := make([]string, len(objects))
		for i, arm := range objects {
			tags[i] = tagOf(arm.Type.Object, name, discriminator.Get("mapping"))
		}
		if slices.Contains(tags, "") || len(slices.Compact(slices.Sorted(slices.Values(tags)))) < len(tags) {
			continue
		}
		u.Tag = name
		for i, arm := range objects {
			arm.Tag = tags[i]
		}
		return
	}
	if discriminator != nil {
		n.note(discriminator, "discriminator", "it does not tell all of the objects apart, and is left aside")
	}
}

// tagOf returns the value that a property has in an object of a union: the only one that it takes, or the one that the
// document maps to the object's schema; "" where that is not known.
func tagOf(o *ir.Object, name string, mapping *spec.Node) string {
	for _, f := range o.Fields {
		if f.Name != name {
			continue
		}
		var values []ir.Value
		if e := f.Type.Enum; e != nil && !e.Open {
			for _, v := range e.Values {
				values = append(values, v.Value)
			}
		}
		values = append(values, f.Type.Rules.Values...)
		if len(values) == 1 {
			tag, _ := values[0].JSON.(string)
			return tag
		}
		if f.Type.Kind != ir.String && f.Type.Kind != ir.EnumKind {
			return ""
		}
		if mapping.Is(spec.Object) {
			for _, m := range mapping.Members {
				if path := strings.Split(m.Value.String(), "/"); path[len(path)-1] == o.Schema {
					return m.Name
				}
			}
		}
	}
	return ""
}
