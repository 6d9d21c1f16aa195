package diff_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/falgen/falgen/generator/diff"
	"github.com/falgen/falgen/internal/randomdoc"
)

var pairsTried = flag.Int("pairs", 600, "how many random documents are compared with what one keyword makes of them")

// payloadsTried is how many values two schemas are held to, of which the comparison says that they mean the same.
const payloadsTried = 150

// TestJudged makes documents at random and changes a keyword of each: where no change is found, a validator of somebody
// else takes and refuses the same values by both.
func TestJudged(t *testing.T) {
	m := &changer{randomdoc.New(*seed, 20)}
	silent, told, missed := 0, 0, 0
	for i := range *pairsTried {
		schema, components := m.Input()
		for range m.IntN(3) {
			m.addServerOnly(schema, components)
		}
		before := copyOf(object{"schema": schema, "components": components})
		what := m.change(schema, components)
		if what == "" {
			continue
		}
		after := object{"schema": schema, "components": components}
		old, new := judged(t, before, i%3 == 0), judged(t, after, i%3 == 0)
		if old == nil || new == nil {
			t.Errorf("falgen refuses a document, where %s", what)
			continue
		}
		new.assign(old.pins)
		if len(diff.Endpoint(old.endpoint, new.endpoint)) > 0 {
			told++
			continue
		}
		silent++
		if payload := m.tellsApart(t, before, after); payload != nil {
			a, _ := json.Marshal(before)
			b, _ := json.Marshal(after)
			t.Errorf("pair %d: %s: no change is found, but %s fits one of them alone:\n%s\n%s", i, what, payload, a, b)
			if missed++; missed > 5 {
				t.FailNow()
			}
		}
	}
	t.Logf("%d pairs with a change that is found, %d without", told, silent)
	if told < *pairsTried/4 || silent < *pairsTried/50 {
		t.Error("too few pairs tell anything")
	}
}

// judged models a document whose input or output is a schema.
func judged(t *testing.T, of object, out bool) *subject {
	t.Helper()
	schema, other := of["schema"].(object), object{"type": "object"}
	if out {
		schema, other = other, schema
	}
	return newSubject(t, "random", randomdoc.Document(schema, other, of["components"].(object)))
}

// tellsApart returns a value that just one of two schemas allows, whichever way null is read; or nil.
func (m *changer) tellsApart(t *testing.T, before, after object) []byte {
	t.Helper()
	var judges, literal [2]*jsonschema.Schema
	for i, of := range []object{before, after} {
		var err, err2 error
		judges[i], err = randomdoc.Compile(of["schema"].(object), of["components"].(object))
		literal[i], err2 = randomdoc.CompileLiterally(of["schema"], of["components"])
		if err = errors.Join(err, err2); err != nil {
			t.Fatal(err)
		}
	}
	apart := func(judges [2]*jsonschema.Schema, value any) bool {
		return (judges[0].Validate(value) == nil) != (judges[1].Validate(value) == nil)
	}
	for i := range payloadsTried {
		of := []object{before, after}[i%2]
		value := m.InputValue(of["schema"].(object), of["components"].(object))
		m.stray(value)
		if apart(judges, value) && apart(literal, value) {
			text, _ := json.Marshal(value)
			return text
		}
	}
	return nil
}

// changer changes schemas at random.
type changer struct{ *randomdoc.Maker }

// stray gives some of the objects in a value a member that no schema knows.
func (m *changer) stray(v any) {
	switch v := v.(type) {
	case object:
		for _, name := range sortedKeys(v) {
			m.stray(v[name])
		}
		if m.IntN(6) == 0 {
			v["zz"] = json.Number("1")
		}
	case []any:
		for _, e := range v {
			m.stray(e)
		}
	}
}

func pick[T any](m *changer, list ...T) T { return list[m.IntN(len(list))] }

// schemas lists the schemas in a schema or components, itself first, in an order that does not change.
func schemas(v any) (list []object) {
	s, ok := v.(object)
	if !ok {
		return nil
	}
	list = append(list, s)
	for _, keyword := range sortedKeys(s) {
		switch below := s[keyword].(type) {
		case object:
			switch keyword {
			case "properties", "patternProperties", "dependentSchemas":
				for _, name := range sortedKeys(below) {
					list = append(list, schemas(below[name])...)
				}
			case "dependentRequired", "const":
			default:
				list = append(list, schemas(below)...)
			}
		case []any:
			if slices.Contains([]string{"allOf", "anyOf", "oneOf"}, keyword) {
				for _, e := range below {
					list = append(list, schemas(e)...)
				}
			}
		}
	}
	return list
}

func (m *changer) pickSchema(schema, components object) object {
	list := schemas(schema)
	for _, name := range sortedKeys(components) {
		list = append(list, schemas(components[name])...)
	}
	return pick(m, list...)
}

// change changes a keyword of one of the schemas, and says how; "" where it has come to nothing.
func (m *changer) change(schema, components object) string {
	s := m.pickSchema(schema, components)
	was := copyOf(s)
	what := ""
	switch m.IntN(6) {
	case 0:
		what = m.addServerOnly(schema, components)
	case 1, 2:
		what = m.drop(s)
	case 3:
		what = m.add(s)
	default:
		what = m.alter(s)
	}
	if what != "" && fmt.Sprint(s) == fmt.Sprint(was) && what[0] != '+' {
		return ""
	}
	return what
}

// typed are keywords that make the type of a schema which says none.
func (m *changer) drop(s object) string {
	names := slices.DeleteFunc(sortedKeys(s), func(name string) bool {
		// A schema with properties or items is read as an object or list, whether it says so or not.
		return name == "type" && has(s, "properties", "items") || name == "properties" || name == "items"
	})
	if len(names) == 0 {
		return ""
	}
	name := pick(m, names...)
	delete(s, name)
	return "without " + name
}

// kindOf is the type that a schema says, "" where it says none or several.
func kindOf(s object) string {
	kind, _ := s["type"].(string)
	return kind
}

func (m *changer) add(s object) string {
	kind := kindOf(s)
	if kind == "" {
		kind = pick(m, "string", "integer", "array", "object")
	}
	rules := m.Rules(kind)
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		if s[name] == nil {
			s[name] = rules[name]
			return "with " + name
		}
	}
	return ""
}

func (m *changer) alter(s object) string {
	names := sortedKeys(s)
	if len(names) == 0 {
		return ""
	}
	name := pick(m, names...)
	switch v := s[name].(type) {
	case int:
		s[name] = v + pick(m, 1, 2)
	case float64:
		s[name] = v + 1
	case string:
		switch name {
		case "type":
			if has(s, "properties", "items") {
				return ""
			}
			s[name] = pick(m, "string", "integer", "number", "boolean")
		case "pattern":
			s[name] = pick(m, "^a", "b", "^[ab]*$", "a$")
		case "$ref":
			s[name] = "#/components/schemas/" + pick(m, "Text", "Count", "Part")
		default:
			return ""
		}
	case bool:
		s[name] = !v
	case []any:
		switch name {
		case "anyOf", "oneOf":
			other := map[string]string{"anyOf": "oneOf", "oneOf": "anyOf"}[name]
			if m.IntN(2) == 0 && s[other] == nil {
				s[other] = v
				delete(s, name)
			} else if len(v) > 1 {
				s[name] = v[1:]
			}
		case "enum":
			s[name] = append(v[1:len(v):len(v)], pick[any](m, "c", 3, "abc", 6))
		case "required":
			if more := pick[any](m, "a", "c", "zz"); !slices.Contains(v, more) {
				s[name] = append(v[:len(v):len(v)], more)
			}
		default:
			if len(v) > 1 {
				s[name] = v[1:]
			}
		}
	default:
		return ""
	}
	return "another " + name
}

// addServerOnly gives one of the schemas a keyword that only the server checks, or another value of it.
func (m *changer) addServerOnly(schema, components object) string {
	s := m.pickSchema(schema, components)
	kind := kindOf(s)
	var name string
	var value any
	switch kind {
	case "array":
		name, value = "contains", m.Rules("integer")
		if m.IntN(3) == 0 {
			s["contains"] = pick[any](m, object{"type": "string"}, object{"const": 2})
			name, value = pick(m, "minContains", "maxContains"), 2
		}
	case "object":
		switch m.IntN(6) {
		case 0:
			name, value = "dependentRequired", object{"a": []any{"b"}}
		case 1:
			name, value = "dependentSchemas", object{"b": object{"required": []any{"c"}}}
		case 2:
			name, value = "propertyNames", pick(m, object{"enum": []any{"a", "b", "zz"}}, object{"pattern": "^[abc]$"})
		case 3:
			name, value = "additionalProperties", pick[any](m, false, object{"type": "string"}, object{"minimum": 2})
		case 4:
			name, value = "patternProperties", object{"^z": m.Rules("integer")}
		case 5:
			s["if"] = object{"required": []any{"a"}}
			name, value = pick(m, "then", "else"), object{"required": []any{"b"}}
		}
	default:
		name, value = "not", pick(m, object{"const": "a"}, object{"minimum": 2}, object{"type": "null"}, object{"$ref": "#/components/schemas/Text"})
	}
	was := fmt.Sprint(s[name])
	if s[name] = value; fmt.Sprint(value) == was {
		return ""
	}
	return "+ " + name
}
