package normalize

import (
	"encoding/json"
	"regexp"

	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/spec"
)

// rules reads the constraints that go with the kind of t; the others mean nothing to a value of that kind.
func (n *normalizer) rules(t *ir.Type, f *folded) {
	r := &t.Rules
	switch t.Kind {
	case ir.Integer, ir.Float:
		r.Min, r.Above = n.number(f.keywords["minimum"]), n.number(f.keywords["exclusiveMinimum"])
		r.Max, r.Below = n.number(f.keywords["maximum"]), n.number(f.keywords["exclusiveMaximum"])
		if r.MultipleOf = n.number(f.keywords["multipleOf"]); r.MultipleOf != nil && (*r.MultipleOf == "0" || (*r.MultipleOf)[0] == '-') {
			n.repair(f.keywords["multipleOf"], "multiple-of", "left aside", "no number is a multiple of %s", *r.MultipleOf)
			r.MultipleOf = nil
		}
	case ir.String, ir.Media:
		r.MinLength, r.MaxLength = n.count(f, "minLength"), n.count(f, "maxLength")
		for _, p := range f.patterns {
			n.pattern(r, p)
		}
		if t.Kind == ir.Media {
			r.Media = n.mediaLimits(f, *r)
		}
	case ir.List:
		if file := fileOf(t); file != nil {
			file.Rules.Media = n.mediaLimits(f, file.Rules) // of each file
		}
		r.MinLength, r.MaxLength = n.count(f, "minItems"), n.count(f, "maxItems")
		r.Unique = f.keywords["uniqueItems"].True()
	case ir.Map, ir.ObjectKind:
		r.MinLength, r.MaxLength = n.count(f, "minProperties"), n.count(f, "maxProperties")
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

func (n *normalizer) count(f *folded, keyword string) *int { return n.countAt(f.keywords[keyword]) }

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

// pattern adds a pattern to the rules. One in a syntax that Go lacks is told, and only the server checks it.
func (n *normalizer) pattern(r *ir.Rules, at *spec.Node) {
	switch _, err := regexp.Compile(at.String()); {
	case !at.Is(spec.String):
		n.repair(at, "pattern", "left aside", "expected a pattern, found a %s", at.Kind)
	case err != nil:
		n.note(at, "pattern", "Go has no such patterns, so only the server checks it")
		r.Foreign = append(r.Foreign, at.Text)
	default:
		r.Patterns = append(r.Patterns, at.Text)
	}
}
