package corpus_test

import (
	"encoding/json"
	"math/big"
	"slices"
)

// fittingEdge makes an input that just fits.
func (m *maker) fittingEdge() {
	for range 40 {
		m.root("input")
		if m.edge(); len(judged(m.doc.judge().input, m.made)) == 0 {
			return
		}
	}
	m.root("input")
}

// edge puts a value that just fits at a place of the value that was made; false where no place has an edge.
func (m *maker) edge() bool {
	return m.change(func(s site) (values []any) {
		if s.schema["enum"] != nil {
			return nil
		}
		switch typeOf(s.schema) {
		case "integer", "number":
			sc := scaleOf(s.schema)
			values = append(values, sc.at(sc.lo), sc.at(sc.hi))
		case "string":
			if s.schema["pattern"] != nil {
				return nil
			}
			for _, n := range m.lengths(s.schema, "Length") {
				values = append(values, m.text(n))
			}
		case "array":
			for _, n := range m.lengths(s.schema, "Items") {
				values = append(values, m.list(s.schema, n, maxDepth, false))
			}
		}
		return values
	})
}

// lengths are the least and the greatest length that a schema allows, where it says so.
func (m *maker) lengths(s object, what string) (ns []int) {
	lo, hi := counts(s, what)
	if s["min"+what] != nil {
		ns = append(ns, lo)
	}
	if s["max"+what] != nil && hi < m.longest {
		ns = append(ns, hi)
	}
	return ns
}

// missing stands for taking a property out.
type missing struct{}

// breakOne changes one place of the value that was made in a way that should not fit: the judge knows whether it does.
func (m *maker) breakOne() bool {
	return m.change(func(s site) []any {
		values := []any{nil, wrongType(s.schema)}
		if s.remove != nil && s.must {
			values = append(values, missing{})
		}
		if s.schema["enum"] != nil {
			return append(values, unknownOf(s.schema), unknownOf(s.schema))
		}
		switch typeOf(s.schema) {
		case "integer", "number":
			return append(values, beyond(s.schema)...)
		case "string":
			for _, n := range m.lengths(s.schema, "Length") {
				values = append(values, m.text(max(n-1, 0)), m.text(n+1))
			}
			if s.schema["pattern"] != nil {
				values = append(values, m.text(3))
			}
		case "array":
			for _, n := range m.lengths(s.schema, "Items") {
				values = append(values, m.list(s.schema, max(n-1, 0), maxDepth, false), m.list(s.schema, n+1, maxDepth, false))
			}
			if l := s.value.([]any); s.schema["uniqueItems"] == true && len(l) > 0 {
				values = append(values, append(slices.Clone(l), l[0]))
			}
		}
		return values
	})
}

// wrongType is a value of another JSON type.
func wrongType(s object) any {
	switch typeOf(s) {
	case "string":
		return json.Number("7")
	case "integer":
		return json.Number("1.5")
	case "array":
		return object{"0": "x"}
	case "object":
		return []any{}
	}
	return "x"
}

// unknownOf is a value of the type of an enum that it does not have.
func unknownOf(s object) any {
	if typeOf(s) == "integer" {
		return json.Number("987654321")
	}
	return "none-of-them"
}

// beyond are the numbers next to the ones that a schema allows.
func beyond(s object) (values []any) {
	one := big.NewInt(1)
	sc := scaleOf(s)
	if s["minimum"] != nil || s["exclusiveMinimum"] != nil {
		values = append(values, sc.at(new(big.Int).Sub(sc.lo, one)))
	}
	if s["maximum"] != nil || s["exclusiveMaximum"] != nil {
		values = append(values, sc.at(new(big.Int).Add(sc.hi, one)))
	}
	if by := bound(s["multipleOf"]); by != nil {
		between := scale{base: new(big.Rat).Quo(by, big.NewRat(2, 1)), step: by}
		values = append(values, between.at(sc.lo))
	}
	return values
}

// change puts one of the values that choices gives for a place at that place; false where it gives none for any.
func (m *maker) change(choices func(site) []any) bool {
	for _, i := range m.rand.Perm(len(m.sites)) {
		s := m.sites[i]
		values := choices(s)
		if len(values) == 0 {
			continue
		}
		v := values[m.rand.Intn(len(values))]
		if v == (missing{}) {
			s.remove()
		} else {
			s.set(v)
		}
		return true
	}
	return false
}

// examples gives each example and default of a place in the value that was made to use, with that place set to it.
func (m *maker) examples(use func()) {
	for _, s := range m.sites {
		given, _ := s.field["examples"].([]any)
		for _, keyword := range []string{"example", "default"} {
			if v, ok := s.field[keyword]; ok {
				given = append(slices.Clip(given), v)
			}
		}
		for _, v := range given {
			s.set(v)
			use()
		}
		s.set(s.value)
	}
}
