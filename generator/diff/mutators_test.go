package diff_test

import (
	"encoding/json"
	"math/big"
	"regexp"
	"slices"

	"github.com/falgen/falgen/generator/diff"
	"github.com/falgen/falgen/generator/ir"
)

// join adds a property.
func (m *mutant) join(required bool) bool {
	return m.pick(func(t *target, _, _ object) bool {
		if required && m.inDefault(t) {
			return false
		}
		owner := m.owner(t)
		owner["properties"].(object)["zz_new"] = object{"type": "string"}
		require(owner, "zz_new", required)
		for _, p := range t.fields {
			if required && p.in() {
				m.expect(diff.RequiredFieldAdded, diff.Wire, parent(p)+".zz_new")
			} else {
				m.expect(diff.FieldAdded, diff.Doc, parent(p)+".zz_new")
			}
		}
		return true
	})
}

// inDefault reports whether an object with the property may be part of a default, which has to fit.
func (m *mutant) inDefault(t *target) bool {
	scalars := []ir.Kind{ir.String, ir.Integer, ir.Float, ir.Bool, ir.EnumKind}
	return !t.all(func(p place) bool { return p.owner.Root }) && slices.ContainsFunc(m.places(), func(p place) bool {
		return p.field.Default != nil && !slices.Contains(scalars, p.field.Type.Kind)
	})
}

func parent(p place) string { return p.path[:len(p.path)-len(p.field.Name)-1] }

// demand makes a property required or optional.
func (m *mutant) demand(required bool) bool {
	return m.pick(func(t *target, _, _ object) bool {
		if !t.all(func(p place) bool { return p.field.Required != required }) || required && m.inDefault(t) {
			return false
		}
		require(m.owner(t), t.fields[0].field.Name, required)
		for _, p := range t.fields {
			kind, level := diff.BecameRequired, either(p.in(), diff.Wire, diff.Doc)
			if !required {
				kind, level = diff.BecameOptional, either(p.in(), diff.Doc, diff.Behaviour)
			}
			m.expect(kind, reshaped(p.field, level, func(f *ir.Field) { f.Required = required }), p.path)
		}
		return true
	})
}

// retype makes a property of one type one of another.
func (m *mutant) retype(from ir.Kind, to string, kind diff.Kind) bool {
	return m.pick(func(t *target, schema, core object) bool {
		if !t.kinds(from) || has(schema, "default") || has(core, "default") || len(values(core)) > 0 {
			return false
		}
		for _, bound := range []string{"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"} {
			if n, ok := core[bound].(json.Number); bound[0] == 'e' && core[bound] != nil || ok && !isInt(n) {
				return false // between whole numbers another bound allows the same
			}
		}
		core["type"] = to
		for _, p := range t.fields {
			k := kind
			if !p.in() {
				k = diff.TypeChanged
			}
			m.expect(k, diff.Go, p.path)
		}
		return true
	})
}

func isInt(n json.Number) bool {
	r, ok := new(big.Rat).SetString(string(n))
	return ok && r.IsInt() && len(n) < 16 // a float64 holds it
}

// null lets a property be null, or no longer.
func (m *mutant) null(allowed bool) bool {
	return m.pick(func(t *target, schema, core object) bool {
		other := t.all(func(p place) bool { return p.field.Type.Nullable != allowed })
		if t.kinds(ir.Any) || !other || slices.Contains(values(core), nil) {
			return false
		}
		if schema["nullable"] = true; !allowed {
			if has(schema, "default") && schema["default"] == nil {
				return false
			}
			delete(schema, "nullable")
			delete(core, "nullable")
			if arms, ok := schema["anyOf"].([]any); ok {
				schema["anyOf"] = slices.DeleteFunc(slices.Clone(arms), isNull)
			}
			if v, ok := schema["default"]; ok && v == nil {
				delete(schema, "default")
			}
		}
		for _, p := range t.fields {
			kind, level := diff.NullAdded, either(p.in(), diff.Doc, diff.Behaviour)
			if !allowed {
				kind, level = diff.NullRemoved, either(p.in(), diff.Wire, diff.Doc)
			}
			m.expect(kind, reshaped(p.field, level, func(f *ir.Field) { f.Type.Nullable = allowed }), p.path)
		}
		return true
	})
}

func isNull(schema any) bool { return schema.(object)["type"] == "null" }

// valueOf returns a value of a scalar type.
func valueOf(t *ir.Type, core object) (any, bool) {
	switch t.Kind {
	case ir.String, ir.Media:
		return "zz", true
	case ir.Integer, ir.Float:
		return number(7), true
	case ir.Bool:
		return true, true
	case ir.EnumKind:
		for _, v := range values(core) {
			if v != nil {
				return v, true
			}
		}
	}
	return nil, false
}

// defaulted changes the default of a property.
func (m *mutant) defaulted(change func(t *target, schema, core object) (diff.Kind, bool)) bool {
	return m.pick(func(t *target, schema, core object) bool {
		if !t.all(func(p place) bool { return p.field.Default != nil }) || schema["default"] == nil {
			return false
		}
		delete(core, "default")
		schema["default"] = t.fields[0].field.Default.JSON
		kind, ok := change(t, schema, core)
		if !ok {
			return false
		}
		for _, p := range t.fields {
			level := either(p.in(), diff.Behaviour, diff.Doc)
			if kind == diff.DefaultRemoved && p.in() {
				level = diff.Go
			} else if kind == diff.DefaultRemoved {
				level = reshaped(p.field, level, func(f *ir.Field) { f.Default = nil })
			}
			m.expect(kind, level, p.path)
		}
		return true
	})
}

func (m *mutant) isDefault(t *target, v any) bool {
	d := t.fields[0].field.Default
	return d != nil && d.JSON == v
}

// enum changes the values of a property that is an enum on the spot.
func (m *mutant) enum(change func(t *target, core object) bool) bool {
	return m.pick(func(t *target, schema, core object) bool {
		m.splits = true
		return len(t.fields) == 1 && t.kinds(ir.EnumKind) && len(values(core)) > 0 && change(t, core)
	})
}

// open lets an enum take any other text.
func (m *mutant) open(t *target, core object) bool {
	if t.fields[0].field.Type.Enum.Integer || slices.Contains(values(core), nil) {
		return false
	}
	core["anyOf"] = []any{object{"type": "string", "enum": core["enum"]}, object{"type": "string"}}
	delete(core, "enum")
	delete(core, "type")
	return true
}

// shared reports whether more than one field has an enum.
func (m *mutant) shared(e *ir.Enum) bool {
	n := 0
	for _, p := range m.places() {
		t := p.field.Type
		for t.Elem != nil {
			t = t.Elem
		}
		if t.Enum == e {
			n++
		}
	}
	return n > 1
}

// each is pick for what stands at a property of one field, whatever it is.
func (m *mutant) each(change func(t *target, schema object) bool) bool {
	targets := m.targets()
	for _, i := range m.rand.Perm(len(targets)) {
		t := targets[i]
		m.root, m.want = copyOf(m.subject.root), nil
		schema := follow(m.root, t.node)
		if len(t.fields) == 1 && ir.SharedType(t.fields[0].owner.Schema) == nil && change(t, schema) {
			return true
		}
	}
	return false
}

// union changes the alternatives of a property.
func (m *mutant) union(change func(t *target, arms []any) ([]any, diff.Kind, diff.Level)) bool {
	return m.each(func(t *target, schema object) bool {
		arms, _ := schema["anyOf"].([]any)
		nested := func(arm any) bool { return arm.(object)["type"] == "boolean" || has(arm.(object), "anyOf", "oneOf") }
		if !t.kinds(ir.UnionKind) || len(arms) < len(t.fields[0].field.Type.Union.Arms) || schema["default"] != nil ||
			slices.ContainsFunc(arms, nested) {
			return false
		}
		var kind diff.Kind
		var level diff.Level
		schema["anyOf"], kind, level = change(t, arms)
		m.expect(kind, level, t.fields[0].path)
		return true
	})
}

const componentPrefix = "#/components/schemas/"

var plainName = regexp.MustCompile(`^\w+$`)

// rename puts another text in the place of a reference, wherever it stands.
func rename(v any, old, new string) {
	switch v := v.(type) {
	case object:
		for k, e := range v {
			if k == "$ref" && e == old {
				v[k] = new
			}
			rename(e, old, new)
		}
	case []any:
		for _, e := range v {
			rename(e, old, new)
		}
	}
}

// onlyShared reports whether a component fits the type of package fal with its name, and that is made of no other.
func (m *mutant) onlyShared(component string) bool {
	for name := range follow(m.root, []string{"components", "schemas"}) {
		if name != component && ir.SharedType(name) == ir.SharedType(component) {
			return false
		}
	}
	return !slices.ContainsFunc(m.endpoint.Objects, func(o *ir.Object) bool { return o.Schema == component || o.Schema == "" })
}

// unfit expects that a type is another one wherever it was a type of package fal.
func (m *mutant) unfit(t *ir.Type, path string, in bool, shared *ir.Shared) {
	switch t.Kind {
	case ir.List:
		m.unfit(t.Elem, path+"[]", in, shared)
	case ir.Map:
		m.unfit(t.Elem, path+"{}", in, shared)
	case ir.UnionKind:
		for _, arm := range t.Union.Arms {
			m.unfit(arm.Type, path, in, shared)
		}
	case ir.SharedKind:
		kind := diff.TypeChanged
		if in {
			kind = diff.TypeWidened
		}
		if t.Shared == shared {
			m.expect(kind, diff.Go, path)
		}
	}
}

// ofFile are the keywords that bound a file, which may also stand in x-fal.
var ofFile = func() map[string]bool {
	all := map[string]bool{}
	for _, q := range ir.Quantities() {
		least, greatest := q.Keywords()
		all[least], all[greatest] = least != "", true
	}
	return all
}()

// limit sets a limit, makes it tighter or looser, or takes it out. sign tells the way in which a number is tighter; 0
// that one limit is neither.
func (m *mutant) limit(keyword string, fresh any, sign int64, kinds ...ir.Kind) bool {
	return m.pick(func(t *target, schema, core object) bool {
		if !t.kinds(kinds...) || len(values(core)) > 0 || has(core, "exclusiveMinimum", "exclusiveMaximum") ||
			schema["type"] == nil && schema[keyword] != nil {
			return false
		}
		if ofFile[keyword] {
			if schema["x-fal"] != nil { // beside an anyOf with null
				core = schema
			}
			within, ok := core["x-fal"].(object)
			switch {
			case ok && has(core, keyword):
				return false // in two places, of which one counts
			case ok:
				core = within
			case m.rand.IntN(2) == 0 && !has(core, keyword):
				core["x-fal"] = object{}
				core = core["x-fal"].(object)
			}
		}
		kind := diff.LimitTightened
		old, there := core[keyword].(json.Number)
		switch way := m.rand.IntN(3); {
		case core[keyword] == nil:
			core[keyword] = fresh
		case way == 0:
			delete(core, keyword)
			kind = diff.LimitLoosened
		case !there || sign == 0 || !isInt(old):
			return false
		case way == 1:
			core[keyword] = moved(old, sign)
		default:
			core[keyword] = moved(old, -sign)
			kind = diff.LimitLoosened
		}
		if counts := keyword != "minimum" && keyword != "maximum"; counts && (old == "0" || core[keyword] == json.Number("-1")) {
			return false // no limit at all
		}
		if ofFile[keyword] && core[keyword] == json.Number("0") {
			return false // nor is this
		}
		if core[keyword] == json.Number("0") && (keyword == "minLength" || keyword == "minItems") {
			kind = diff.LimitLoosened
		}
		for _, p := range t.fields {
			m.expect(kind, either(p.in(), map[diff.Kind]diff.Level{
				diff.LimitTightened: diff.Wire, diff.LimitLoosened: diff.Behaviour,
			}[kind], diff.Doc), p.path)
		}
		return true
	})
}

func moved(n json.Number, by int64) json.Number {
	i, _ := new(big.Int).SetString(string(n), 10)
	if i == nil {
		return n
	}
	return json.Number(i.Add(i, big.NewInt(by)).String())
}

// say changes what a document says of a property and binds nobody.
func (m *mutant) say(keyword string, kind diff.Kind, change func(old any) any) bool {
	return m.pick(func(t *target, schema, core object) bool {
		ofMedia := slices.ContainsFunc(t.fields, func(p place) bool { return len(p.field.Type.Rules.Media) > 0 })
		if schema["anyOf"] != nil || ofMedia && keyword == "limit_description" {
			return false // which is not shown beside the limits themselves
		}
		schema[keyword] = change(schema[keyword])
		delete(schema, "example")
		for _, p := range t.fields {
			m.expect(kind, diff.Doc, p.path)
		}
		return true
	})
}
