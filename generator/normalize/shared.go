package normalize

import (
	"slices"

	"github.com/falgen/falgen/generator/ir"
)

// shareUnions names the unions that package fal declares, and leaves their enums to it, unless something else has them.
func (n *normalizer) shareUnions() {
	shared, own := map[*ir.Enum]bool{}, map[*ir.Enum]bool{}
	var visit func(t *ir.Type)
	visit = func(t *ir.Type) {
		switch t.Kind {
		case ir.List, ir.Map:
			visit(t.Elem)
		case ir.EnumKind:
			own[t.Enum] = true
		case ir.UnionKind:
			if t.Union.Shared == "" {
				return // it is in the list of them
			}
			t.Union.Name = "fal." + t.Union.Shared
			for _, arm := range t.Union.Arms {
				if arm.Type.Kind == ir.EnumKind {
					shared[arm.Type.Enum] = true
				}
			}
		}
	}
	for _, o := range n.out.Objects {
		for _, f := range o.Fields {
			visit(f.Type)
		}
	}
	for _, u := range n.out.Unions {
		for _, arm := range u.Arms {
			visit(arm.Type)
		}
	}
	for _, named := range n.out.Named {
		visit(named.Type)
	}
	for _, t := range []*ir.Type{n.out.Input, n.out.Output} {
		if t != nil {
			visit(t)
		}
	}
	n.out.Enums = slices.DeleteFunc(n.out.Enums, func(e *ir.Enum) bool {
		if !shared[e] || own[e] {
			return false
		}
		e.Name = "fal." + ir.FrameSize
		for i := range e.Values {
			e.Values[i].Name = "fal." + ir.PresetName(e.Values[i].Value)
		}
		return true
	})
}
