package diff_test

import (
	"encoding/json"
	"slices"

	"github.com/falgen/falgen/generator/diff"
	"github.com/falgen/falgen/generator/ir"
)

// mutations are the ways in which documents are changed, each in one meaning alone.
var mutations = map[string]func(m *mutant) bool{
	"field removed": func(m *mutant) bool {
		return m.pick(func(t *target, _, _ object) bool {
			owner := m.owner(t)
			props := owner["properties"].(object)
			if len(props) < 2 {
				return false // an object without properties is a map
			}
			delete(props, t.fields[0].field.Name)
			require(owner, t.fields[0].field.Name, false)
			for _, p := range t.fields {
				m.expect(diff.FieldRemoved, diff.Go, p.path)
			}
			return true
		})
	},
	"field added":          func(m *mutant) bool { return m.join(false) },
	"required field added": func(m *mutant) bool { return m.join(true) },
	"became required":      func(m *mutant) bool { return m.demand(true) },
	"became optional":      func(m *mutant) bool { return m.demand(false) },
	"type widened":         func(m *mutant) bool { return m.retype(ir.Integer, "number", diff.TypeWidened) },
	"type narrowed":        func(m *mutant) bool { return m.retype(ir.Float, "integer", diff.TypeChanged) },
	"type changed":         func(m *mutant) bool { return m.retype(ir.Bool, "string", diff.TypeChanged) },
	"type freed": func(m *mutant) bool {
		return m.pick(func(t *target, schema, core object) bool {
			if !t.kinds(ir.Bool, ir.Integer) || has(schema, "default", "anyOf") || has(core, "enum", "minimum", "maximum") {
				return false
			}
			delete(core, "type")
			for _, p := range t.fields {
				kind := diff.TypeChanged
				if p.in() {
					kind = diff.TypeWidened
				}
				m.expect(kind, diff.Go, p.path)
			}
			return true
		})
	},
	"null added":   func(m *mutant) bool { return m.null(true) },
	"null removed": func(m *mutant) bool { return m.null(false) },
	"default added": func(m *mutant) bool {
		return m.pick(func(t *target, schema, core object) bool {
			if has(schema, "default") || has(core, "default") || t.fields[0].field.Required {
				return false
			}
			v, ok := valueOf(t.fields[0].field.Type, core)
			if !ok {
				return false
			}
			schema["default"] = v
			for _, p := range t.fields {
				m.expect(diff.DefaultAdded, reshaped(p.field, either(p.in(), diff.Behaviour, diff.Doc), func(f *ir.Field) {
					f.Default = &ir.Value{JSON: v}
				}), p.path)
			}
			return true
		})
	},
	"default changed": func(m *mutant) bool {
		return m.defaulted(func(t *target, schema, core object) (diff.Kind, bool) {
			old := schema["default"]
			v, ok := valueOf(t.fields[0].field.Type, core)
			for _, other := range values(core) {
				if other != old && other != nil {
					v = other
				}
			}
			if n, is := old.(json.Number); is && len(values(core)) == 0 {
				v = json.Number("1" + string(n))
				if n[0] == '-' {
					v = n[1:]
				}
			}
			if b, is := old.(bool); is {
				v = !b
			}
			schema["default"] = v
			return diff.DefaultChanged, ok && v != old
		})
	},
	"default removed": func(m *mutant) bool {
		return m.defaulted(func(t *target, schema, core object) (diff.Kind, bool) {
			delete(schema, "default")
			return diff.DefaultRemoved, true
		})
	},
	"value added": func(m *mutant) bool {
		return m.enum(func(t *target, core object) bool {
			v := any("zz-new")
			if t.fields[0].field.Type.Enum.Integer {
				v = number(987654)
			}
			core["enum"] = append(slices.Clone(values(core)), v)
			m.expect(diff.ValueAdded, diff.Doc, t.fields[0].path)
			return true
		})
	},
	"empty value added": func(m *mutant) bool {
		return m.enum(func(t *target, core object) bool {
			f := t.fields[0].field
			if f.Type.Enum.Integer || slices.Contains(values(core), any("")) {
				return false
			}
			core["enum"] = append(slices.Clone(values(core)), "")
			m.expect(diff.ValueAdded, reshaped(f, diff.Doc, func(f *ir.Field) {
				f.Type.Enum = &ir.Enum{Open: true} // has a zero, too
			}), t.fields[0].path)
			return true
		})
	},
	"value removed": func(m *mutant) bool {
		return m.enum(func(t *target, core object) bool {
			list := slices.Clone(values(core))
			i := m.rand.IntN(len(list))
			twice := slices.Contains(list[:i], list[i]) || slices.Contains(list[i+1:], list[i])
			if len(list) < 2 || list[i] == "" || m.isDefault(t, list[i]) || twice {
				return false
			}
			core["enum"] = slices.Delete(list, i, i+1)
			m.expect(diff.ValueRemoved, diff.Go, t.fields[0].path)
			return true
		})
	},
	"values reordered": func(m *mutant) bool {
		return m.enum(func(t *target, core object) bool {
			list := slices.Clone(values(core))
			if len(list) < 2 || list[0] == list[1] || list[0] == nil || list[1] == nil {
				return false
			}
			if m.shared(t.fields[0].field.Type.Enum) {
				return false // an enum has the order of the first field that has it
			}
			list[0], list[1] = list[1], list[0]
			core["enum"] = list
			m.expect(diff.OrderChanged, diff.Doc, t.fields[0].path)
			return true
		})
	},
	"enum opened": func(m *mutant) bool {
		return m.enum(func(t *target, core object) bool {
			p := t.fields[0]
			open := func(f *ir.Field) { f.Type.Enum = &ir.Enum{Open: true} }
			m.expect(diff.EnumOpened, reshaped(p.field, diff.Doc, open), p.path)
			return m.open(t, core)
		})
	},
	"enum closed": func(m *mutant) bool {
		return m.enum(func(t *target, core object) bool {
			p := t.fields[0]
			open := func(f *ir.Field) { f.Type.Enum = &ir.Enum{Open: true} }
			if !m.open(t, core) {
				return false
			}
			m.base, m.root = m.root, copyOf(m.subject.root)
			m.expect(diff.EnumClosed, reshaped(p.field, either(p.in(), diff.Wire, diff.Doc), open), p.path)
			return true
		})
	},
	"alternative added": func(m *mutant) bool {
		return m.union(func(t *target, arms []any) ([]any, diff.Kind, diff.Level) {
			for _, p := range t.fields {
				if p.field.Type.Union.Shared != "" { // it no longer is the type of package fal
					m.expect(diff.GoChanged, diff.Go, p.path)
				}
			}
			return append(slices.Clone(arms), object{"type": "boolean"}), diff.AlternativeAdded, diff.Doc
		})
	},
	"alternative removed": func(m *mutant) bool {
		return m.union(func(t *target, arms []any) ([]any, diff.Kind, diff.Level) {
			arms = slices.DeleteFunc(slices.Clone(arms), func(arm any) bool { return arm.(object)["type"] == "null" })
			kind := diff.AlternativeRemoved
			if len(arms) < 3 {
				kind = diff.TypeChanged
			}
			if arms = arms[:len(arms)-1]; t.fields[0].field.Type.Nullable {
				arms = append(arms, object{"type": "null"})
			}
			return arms, kind, diff.Go
		})
	},
	"minimum":    func(m *mutant) bool { return m.limit("minimum", number(-1_000_003), 1, ir.Integer, ir.Float) },
	"maximum":    func(m *mutant) bool { return m.limit("maximum", number(1_000_003), -1, ir.Integer, ir.Float) },
	"multipleOf": func(m *mutant) bool { return m.limit("multipleOf", number(3), 0, ir.Integer) },
	"minLength":  func(m *mutant) bool { return m.limit("minLength", number(1), 1, ir.String, ir.Media) },
	"maxLength":  func(m *mutant) bool { return m.limit("maxLength", number(123_457), -1, ir.String, ir.Media) },
	"minItems":   func(m *mutant) bool { return m.limit("minItems", number(1), 1, ir.List) },
	"maxItems":   func(m *mutant) bool { return m.limit("maxItems", number(1234), -1, ir.List) },
	"pattern":    func(m *mutant) bool { return m.limit("pattern", "^zz", 0, ir.String, ir.Media) },
	"pattern changed": func(m *mutant) bool {
		return m.pick(func(t *target, schema, core object) bool {
			if !t.kinds(ir.String, ir.Media) || has(core, "enum", "const", "anyOf") || schema["pattern"] != nil {
				return false
			}
			core["pattern"] = "^a"
			m.base = copyOf(m.root)
			core["pattern"] = "^b"
			for _, p := range t.fields {
				m.expect(diff.LimitChanged, either(p.in(), diff.Wire, diff.Doc), p.path)
			}
			return true
		})
	},
	"unique":        func(m *mutant) bool { return m.limit("uniqueItems", true, 0, ir.List) },
	"max_file_size": func(m *mutant) bool { return m.limit("max_file_size", number(12345), -1, ir.Media) },
	"min_width":     func(m *mutant) bool { return m.limit("min_width", number(1), 1, ir.Media) },
	"max_height":    func(m *mutant) bool { return m.limit("max_height", number(12345), -1, ir.Media) },
	"max_pixels":    func(m *mutant) bool { return m.limit("max_pixels", number(4321), -1, ir.Media) },
	"min_aspect_ratio": func(m *mutant) bool {
		return m.limit("min_aspect_ratio", json.Number("0.001"), 1, ir.Media)
	},
	"max_duration": func(m *mutant) bool { return m.limit("max_duration", number(12345), -1, ir.Media) },
	"max_fps":      func(m *mutant) bool { return m.limit("max_fps", number(12345), -1, ir.Media) },

	"description": func(m *mutant) bool {
		return m.say("description", diff.DescriptionChanged, func(old any) any { return "zz words" })
	},
	"example": func(m *mutant) bool {
		return m.say("examples", diff.ExamplesChanged, func(old any) any { return []any{"zz"} })
	},
	"deprecated": func(m *mutant) bool {
		return m.say("deprecated", diff.DeprecationChanged, func(old any) any { return old != true })
	},
	"hint": func(m *mutant) bool {
		return m.say("limit_description", diff.HintsChanged, func(old any) any { return "zz limit" })
	},
	"order": func(m *mutant) bool {
		return m.pick(func(t *target, _, _ object) bool {
			owner := m.owner(t)
			var names []any
			for _, f := range t.fields[0].owner.Fields {
				names = append(names, f.Name)
			}
			if len(names) < 2 || len(names) != len(owner["properties"].(object)) {
				return false
			}
			names[0], names[1] = names[1], names[0]
			owner["x-fal-order-properties"] = names
			for _, p := range t.fields {
				m.expect(diff.OrderChanged, diff.Doc, parent(p))
			}
			return true
		})
	},
	"component renamed": func(m *mutant) bool {
		for _, o := range m.endpoint.Objects {
			if o.Root || !plainName.MatchString(o.Schema) || ir.SharedType(o.Schema) != nil {
				continue
			}
			rename(m.root, componentPrefix+o.Schema, componentPrefix+"Zz"+o.Schema)
			schemas := m.root["components"].(object)["schemas"].(object)
			schemas["Zz"+o.Schema] = schemas[o.Schema]
			delete(schemas, o.Schema)
			return true // nothing changes for callers
		}
		return false
	},
	"shared type unfit": func(m *mutant) bool {
		schemas, _ := follow(m.root, []string{"components", "schemas"})["File"].(object)
		if props, ok := schemas["properties"].(object); ok && m.onlyShared("File") {
			props["zz_new"] = object{"type": "string"}
			for _, p := range m.places() {
				m.unfit(p.field.Type, p.path, p.in(), ir.SharedType("File"))
			}
		}
		return len(m.want) > 0
	},
	"title": func(m *mutant) bool {
		m.root["info"].(object)["title"] = "Zz title"
		m.expect(diff.AboutChanged, diff.Doc, "")
		return true
	},
	"about": func(m *mutant) bool {
		if m.endpoint.Replacement != "" {
			return false // the description names it
		}
		m.root["info"].(object)["description"] = "Zz description"
		m.expect(diff.AboutChanged, diff.Doc, "")
		return true
	},
}
