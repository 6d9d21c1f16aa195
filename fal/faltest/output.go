package faltest

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/falgen/falgen/generator/ir"
	samples "github.com/falgen/falgen/generator/sample"
)

// makeOutput returns what the endpoint makes of an input: the examples of its document, and made values where there are
// none, which are the same for the same seed and input.
func (s *Server) makeOutput(e *endpoint, input any) json.RawMessage {
	hash := fnv.New64a()
	text, _ := json.Marshal(input) // it came out of JSON
	fmt.Fprint(hash, e.id, "\n")
	_, _ = hash.Write(text)
	m := maker{s.store, rand.New(rand.NewPCG(s.config.seed, hash.Sum64()))}
	output, _ := json.Marshal(m.vary(e.model.Output, samples.Output(e.model), "")) // as above
	return output
}

// maker makes values that fit a document.
type maker struct {
	store *store
	rng   *rand.Rand
}

// vary returns a value that fits t, as the sample v of a property called name does, but for what v has of examples: it
// stays.
func (m *maker) vary(t *ir.Type, v any, name string) any {
	switch t.Kind {
	case ir.UnionKind:
		if arm, err := t.Union.Arm(v); err == nil {
			return m.vary(arm.Type, v, name)
		}
	case ir.ObjectKind:
		if members, ok := v.(map[string]any); ok {
			return m.object(t, members)
		}
	case ir.SharedKind:
		return m.shared(t.Shared, name)
	case ir.List:
		if list, ok := v.([]any); ok && !t.Rules.Unique {
			varied := make([]any, len(list))
			for i, elem := range list {
				varied[i] = m.vary(t.Elem, elem, name)
			}
			return varied
		}
	case ir.EnumKind:
		return t.Enum.Values[m.rng.IntN(len(t.Enum.Values))].Value.JSON
	case ir.String, ir.Media:
		if text, ok := v.(string); ok {
			return m.text(t.Rules, text, name)
		}
	case ir.Integer, ir.Float:
		if number, ok := v.(json.Number); ok {
			return m.number(t, number)
		}
	case ir.Bool:
		return m.rng.IntN(2) == 0
	}
	return v
}

func (m *maker) object(t *ir.Type, v map[string]any) any {
	if slices.ContainsFunc(t.Object.Examples, func(ex ir.Value) bool { return fits(t, ex) }) {
		return v
	}
	members := map[string]any{}
	for _, f := range t.Object.Fields {
		member, ok := v[f.Name]
		if !ok {
			continue
		}
		if f.Default == nil && !slices.ContainsFunc(f.Examples, func(ex ir.Value) bool { return fits(f.Type, ex) }) {
			member = m.vary(f.Type, member, f.Name)
		}
		members[f.Name] = member
	}
	return members
}

// shared makes a value of a type of package fal with all its fields, since a document may require more of them than the
// package does. A file can be downloaded.
func (m *maker) shared(t *ir.Shared, name string) any {
	members := map[string]any{}
	if t.Fields[0].Name == "url" {
		members = m.store.madeFile(name+t.Name, m.rng.Uint64())
	}
	for _, f := range t.Fields {
		if _, told := members[f.Name]; told || f.Name == "file_data" {
			continue
		}
		switch f.Kind {
		case ir.Integer, ir.Float:
			members[f.Name] = m.number(&ir.Type{Kind: ir.Integer, Rules: f.Rules}, "1")
		default:
			members[f.Name] = "text"
		}
	}
	return members
}

// fits reports whether the sample has taken over that example.
func fits(t *ir.Type, example ir.Value) bool {
	_, ok := samples.Example(t, example)
	return ok
}

// text makes a text as long as the rules allow. A property that is called a URL gets one that can be downloaded.
func (m *maker) text(r ir.Rules, sample, name string) string {
	if len(r.Patterns) > 0 {
		if made, ok := samples.Text(r, m.rng); ok {
			return made
		}
		return sample
	}
	text := sample
	if name == "url" || strings.HasSuffix(name, "_url") || strings.HasSuffix(name, "_urls") {
		text = m.store.fileURL(madePlace(name, m.rng.Uint64()))
	} else {
		words := []string{"amber", "basalt", "cedar", "delta", "ember", "fjord", "garnet", "harbour"}
		text = words[m.rng.IntN(len(words))] + " " + words[m.rng.IntN(len(words))]
	}
	if r.MinLength != nil && len(text) < *r.MinLength || r.MaxLength != nil && len(text) > *r.MaxLength {
		return sample
	}
	return text
}

// number makes a number from the sample, which is the smallest that there is or near to it, up to the greatest or some
// way beyond. Rules that leave no other leave the sample.
func (m *maker) number(t *ir.Type, sample json.Number) json.Number {
	low, err := sample.Float64()
	if err != nil {
		return sample
	}
	high, step := low+1000, 1.0
	for _, limit := range []*ir.Number{t.Rules.Max, t.Rules.Below} {
		if limit != nil {
			if v, err := json.Number(*limit).Float64(); err == nil {
				high = min(high, v)
			}
		}
	}
	if t.Rules.MultipleOf != nil {
		if step, err = json.Number(*t.Rules.MultipleOf).Float64(); err != nil {
			return sample
		}
	} else if t.Kind == ir.Float {
		step = (high - low) / 1024
	}
	steps := min(math.Floor((high-low)/step), 1<<20)
	if !(step > 0 && steps >= 1) {
		return sample
	}
	v := low + step*float64(m.rng.IntN(int(steps))) // short of the greatest, which may not be allowed
	if t.Rules.MultipleOf != nil {
		v = math.Round(v/step) * step
	}
	text, err := json.Marshal(v)
	if err != nil || t.Kind == ir.Integer && (v != math.Trunc(v) || math.Abs(v) >= 1<<53) {
		return sample
	}
	return json.Number(text)
}

// shape does to an output what the plan says of its form.
func (p *plan) shape(t *ir.Type, output json.RawMessage) json.RawMessage {
	if p.enums == nil && p.nulls == nil {
		return output
	}
	v, err := decode(output)
	if err != nil {
		return output
	}
	v = reshape(t, v, func(t *ir.Type, v any) any {
		members, _ := v.(map[string]any)
		switch {
		case p.enums != nil && t.Kind == ir.EnumKind && v != nil:
			if t.Enum.Integer {
				return 987654321
			}
			return "faltest-unknown"
		case p.nulls != nil && members != nil:
			for _, name := range optional(t) {
				members[name] = nil
			}
		}
		return v
	})
	text, _ := json.Marshal(v) // it came out of JSON
	return text
}

// optional returns the names of the fields that an object of type t need not have.
func optional(t *ir.Type) (names []string) {
	if t.Object != nil {
		for _, f := range t.Object.Fields {
			if !f.Required {
				names = append(names, f.Name)
			}
		}
	}
	if t.Shared != nil {
		for _, f := range t.Shared.Fields {
			if !f.Required {
				names = append(names, f.Name)
			}
		}
	}
	return names
}

// reshape puts in place of each value in v, innermost first, what f makes of it. It changes v.
func reshape(t *ir.Type, v any, f func(*ir.Type, any) any) any {
	if t == nil {
		return v
	}
	if t.Union != nil {
		arm, err := t.Union.Arm(v)
		if err != nil {
			return v
		}
		return reshape(arm.Type, v, f)
	}
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			inner := t.Elem
			if t.Object != nil {
				inner = nil
				for _, f := range t.Object.Fields {
					if f.Name == name {
						inner = f.Type
					}
				}
			}
			v[name] = reshape(inner, member, f)
		}
	case []any:
		for i, elem := range v {
			v[i] = reshape(t.Elem, elem, f)
		}
	}
	return f(t, v)
}
