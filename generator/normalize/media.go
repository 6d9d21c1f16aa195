package normalize

import (
	"slices"

	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/spec"
)

// mediaLimits reads what bounds a file that fal fetches or is sent, besides the rules that there are: of two bounds the
// tighter one holds. The keywords stand in x-fal, or beside it.
func (n *normalizer) mediaLimits(f *folded, rules ir.Rules) []ir.MediaLimit {
	var limits []ir.MediaLimit
	for _, q := range ir.Quantities() {
		least, greatest := q.Keywords()
		l := rules.MediaLimit(q)
		l.Min, l.Max = n.mediaLimit(f, least, l.Min, 1), n.mediaLimit(f, greatest, l.Max, -1)
		if l.Min != nil && l.Max != nil && l.Min.Rat().Cmp(l.Max.Rat()) > 0 {
			n.repair(f.node, "bound", "both left aside", "no file has %s %s and %s %s", least, *l.Min, greatest, *l.Max)
			continue
		}
		if l.Min != nil || l.Max != nil {
			limits = append(limits, l)
		}
	}
	return limits
}

// fileOf returns the media that a value of type t is, holds in a list or may be; nil where it is none.
func fileOf(t *ir.Type) *ir.Type {
	switch t.Kind {
	case ir.Media:
		return t
	case ir.List:
		if t.Elem.Kind == ir.Media {
			return t.Elem
		}
	case ir.UnionKind:
		for _, arm := range t.Union.Arms {
			switch elem := arm.Type.Elem; {
			case arm.Type.Kind == ir.Media:
				return arm.Type
			case arm.Type.Kind == ir.List && elem.Kind == ir.Media:
				return elem
			}
		}
	}
	return nil
}

// mediaLimit reads a keyword, and returns it or bound, whichever is tighter: the greater one if sign is 1.
func (n *normalizer) mediaLimit(f *folded, keyword string, bound *ir.Number, sign int) *ir.Number {
	for _, at := range []*spec.Node{f.keywords[keyword], f.keywords["x-fal"].Get(keyword)} {
		num := n.number(at)
		switch {
		case num == nil:
		case num.Rat().Sign() <= 0:
			n.repair(at, "bound", "left aside", "%s is %s, and should be above 0", keyword, *num)
		case bound == nil || sign*num.Rat().Cmp(bound.Rat()) > 0:
			bound = num
		}
	}
	return bound
}

// joinLimits returns an object of limits that has those of two, the tighter ones.
func (n *normalizer) joinLimits(f *folded, a, b *spec.Node) *spec.Node {
	if !a.Is(spec.Object) || !b.Is(spec.Object) {
		return a
	}
	members := slices.Clone(a.Members)
	for _, m := range b.Members {
		i := slices.IndexFunc(members, func(own spec.Member) bool { return own.Name == m.Name })
		if i < 0 {
			members = append(members, m)
		} else {
			members[i].Value = n.intersect(f, m.Name, members[i].Value, m.Value)
		}
	}
	return objectOf(a, members...)
}

// boundsMedia reports whether a keyword bounds what a file may be.
func boundsMedia(name string) bool {
	for _, q := range ir.Quantities() {
		if least, greatest := q.Keywords(); name == least || name == greatest {
			return name != ""
		}
	}
	return false
}
