package naming

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/falgen/falgen/generator/ir"
)

// places are where in its document each named type stands, in words that do not depend on any order.
type places struct {
	owner  map[*ir.Object]string // what the places of an object's fields start with
	types  map[any][]string      // of *ir.Object, *ir.Enum, *ir.Union and *ir.Named
	stands map[string][]string   // where each component stands, by "#" and its name
	order  []string              // the components, outer ones first
}

func placesOf(e *ir.Endpoint) *places {
	p := &places{owner: map[*ir.Object]string{}, types: map[any][]string{}, stands: map[string][]string{}}
	p.visit(e.Input, "Input")
	p.visit(e.Output, "Output")
	return p
}

// visit notes that a value of type t stands at a place.
func (p *places) visit(t *ir.Type, place string) {
	switch t.Kind {
	case ir.List:
		p.visit(t.Elem, place+"[]")
	case ir.Map:
		p.visit(t.Elem, place+"{}")
	case ir.NamedKind:
		met := p.types[t.Named] != nil
		if p.types[t.Named] = []string{p.origin(t.Named.Origin, place)}; !met {
			p.visit(t.Named.Type, place)
		}
	case ir.UnionKind:
		met := p.types[t.Union] != nil
		p.types[t.Union] = append(p.types[t.Union], p.origin(t.Union.Origin, place))
		if met && t.Union.Schema != "" {
			return
		}
		seen := map[ir.Kind]int{}
		for _, arm := range t.Union.Arms {
			kind := armKinds[arm.Type.Kind]
			if seen[arm.Type.Kind]++; seen[arm.Type.Kind] > 1 {
				kind += strconv.Itoa(seen[arm.Type.Kind])
			}
			p.visit(arm.Type, place+"|"+kind)
		}
	case ir.EnumKind:
		p.types[t.Enum] = append(p.types[t.Enum], p.origin(t.Enum.Origin, place))
	case ir.ObjectKind:
		if !t.Object.Root {
			place = p.origin(t.Object.Origin, place)
		}
		if _, met := p.owner[t.Object]; met {
			return
		}
		p.owner[t.Object] = place
		p.types[t.Object] = []string{place}
		for _, f := range t.Object.Fields {
			p.visit(f.Type, place+"."+escape.Replace(f.Name))
		}
	}
}

// armKinds tell the alternatives of one place apart.
var armKinds = map[ir.Kind]string{ir.EnumKind: "enum", ir.ObjectKind: "object", ir.List: "list", ir.Map: "map"}

// origin is the component's name where there is one, since a component may stand in many places.
func (p *places) origin(from ir.Origin, place string) string {
	if from.Schema == "" {
		return place
	}
	key := "#" + escape.Replace(from.Schema)
	if p.stands[key] == nil {
		p.order = append(p.order, key)
	}
	if !slices.Contains(p.stands[key], place) {
		p.stands[key] = append(p.stands[key], place)
	}
	return key
}

// escape has the parts of a place keep apart, whatever the names in it.
var escape = strings.NewReplacer(`\`, `\\`, ".", `\.`, "[", `\[`, "{", `\{`, "|", `\|`)

// aliases finds the components that have another name than before and stand where they stood: the new name, with what the
// lock calls the same.
func (p *places) aliases(old Pins) aliases {
	const kind = "type "
	claimed := map[string]bool{} // by components that are there still
	called := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(old.Names)) {
		if component, ok := strings.CutPrefix(key, kind+"#"); ok && !strings.Contains(strings.ReplaceAll(component, `\.`, ""), ".") {
			called[old.Names[key]] = "#" + component
		}
	}
	for _, component := range p.order {
		if name := old.Names[kind+component]; name != "" {
			claimed[name] = true
		}
	}
	found := aliases{}
	for _, component := range p.order {
		if old.Names[kind+component] != "" {
			continue
		}
		for _, place := range p.stands[component] {
			place = found.before(place)
			name := old.Names[kind+place]
			if name == "" || claimed[name] {
				continue
			}
			claimed[name] = true
			if found[component] = place; called[name] != "" {
				found[component] = called[name]
			}
			break
		}
	}
	return found
}

// aliases are what the lock calls components that have another name now.
type aliases map[string]string

// before returns what the lock calls a place, or a key of it.
func (a aliases) before(place string) string {
	for now, then := range a {
		at := strings.Index(place, now)
		if at < 0 || at > 0 && place[at-1] != ' ' {
			continue
		}
		if rest := place[at+len(now):]; rest == "" || strings.ContainsRune(".[{|", rune(rest[0])) {
			return place[:at] + then + rest
		}
	}
	return place
}
