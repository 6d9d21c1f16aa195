package diff_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/falgen/falgen/generator/diff"
	"github.com/falgen/falgen/generator/ir"
)

// A mutant is a document in the making, changed in one way.
type mutant struct {
	*subject
	rand *rand.Rand
	root object // a copy, to be changed
	base object // what it is a change of, where that is not the subject's own
	want []string
	// splits tells that an enum was changed which other fields may share: those then get one of their own.
	splits bool
}

// expect notes a change that has to be found.
func (m *mutant) expect(kind diff.Kind, level diff.Level, path string) {
	m.want = append(m.want, line(kind, level, path))
}

func line(kind diff.Kind, level diff.Level, path string) string {
	return fmt.Sprintf("%s %s %s", level, kind, path)
}

// pick tries change on the document's properties in random order, until one can be changed so. schema is what stands
// at the property, core the part of it that shapes the value.
func (m *mutant) pick(change func(t *target, schema, core object) bool) bool {
	targets := m.targets()
	m.rand.Shuffle(len(targets), func(i, j int) { targets[i], targets[j] = targets[j], targets[i] })
	for _, t := range targets {
		if shared := ir.SharedType(t.fields[0].owner.Schema) != nil; shared {
			continue // it may come to fit
		}
		if t.fields[0].field.Type.Unsigned() {
			continue // its Go type goes by its bounds
		}
		m.root, m.base, m.want = copyOf(m.subject.root), nil, nil
		schema := follow(m.root, t.node)
		core := coreOf(schema)
		if schema == nil || core == nil || len(m.targetsOf(t)) != len(t.fields) {
			continue
		}
		if change(t, schema, core) {
			return true
		}
	}
	return false
}

// targetsOf are the fields of t whose owner's document has the property where it is expected.
func (m *mutant) targetsOf(t *target) (list []place) {
	n := len(t.node)
	for _, p := range t.fields {
		if n >= 2 && t.node[n-2] == "properties" && t.node[n-1] == p.field.Name {
			list = append(list, p)
		}
	}
	return list
}

// owner is the schema that has the property.
func (m *mutant) owner(t *target) object { return follow(m.root, t.node[:len(t.node)-2]) }

// coreOf is the part of a schema that shapes the value, where it stands on the spot.
func coreOf(s object) object {
	if s["$ref"] != nil || s["allOf"] != nil || s["oneOf"] != nil {
		return nil
	}
	if _, list := s["type"].([]any); list {
		return nil
	}
	arms, _ := s["anyOf"].([]any)
	if arms == nil {
		return s
	}
	var real []object
	for _, arm := range arms {
		if a, _ := arm.(object); a["type"] != "null" {
			real = append(real, a)
		}
	}
	if len(real) != 1 || s["type"] != nil {
		return nil
	}
	return coreOf(real[0])
}

// kinds reports whether all fields of t are of one of the kinds.
func (t *target) kinds(kinds ...ir.Kind) bool {
	return t.all(func(p place) bool { return slices.Contains(kinds, p.field.Type.Kind) })
}

func (t *target) all(ok func(p place) bool) bool {
	return !slices.ContainsFunc(t.fields, func(p place) bool { return !ok(p) })
}

// plain is how a Go field of f is declared around its type, by the design's table. The test has it in other words than
// the generator, to hold the one against the other.
func plain(f ir.Field) string {
	k, opt, null := f.Type.Kind, !f.Required, f.Type.Nullable
	switch {
	case k == ir.Media && !(null && opt && f.Default != nil):
		return "plain"
	case !opt && null, null && f.Default != nil:
		return "Opt"
	case k == ir.List, k == ir.Map, k == ir.Any, k == ir.UnionKind:
		return "plain"
	case (k == ir.ObjectKind || k == ir.SharedKind) && (opt || f.Circular):
		return "pointer"
	case !opt, k == ir.EnumKind && !f.Type.Enum.Integer && !f.Type.Enum.HasZero():
		return "plain"
	}
	return "Opt"
}

// reshaped is the level of a change that makes f another field: GO where its Go type changes.
func reshaped(f *ir.Field, level diff.Level, change func(f *ir.Field)) diff.Level {
	c, t := *f, *f.Type
	c.Type = &t
	if change(&c); plain(c) != plain(*f) {
		return diff.Go
	}
	return level
}

func either(in bool, input, output diff.Level) diff.Level {
	if in {
		return input
	}
	return output
}

// require puts name into the required list of a schema, or takes it out.
func require(schema object, name string, required bool) {
	list, _ := schema["required"].([]any)
	list = slices.DeleteFunc(slices.Clone(list), func(v any) bool { return v == name })
	if required {
		list = append(list, name)
	}
	if schema["required"] = list; len(list) == 0 {
		delete(schema, "required")
	}
}

func number(n int) json.Number { return json.Number(fmt.Sprint(n)) }

// values are the values of an enum that is a list.
func values(core object) []any {
	list, _ := core["enum"].([]any)
	return list
}

func has(s object, keywords ...string) bool {
	return slices.ContainsFunc(keywords, func(k string) bool { _, ok := s[k]; return ok })
}
