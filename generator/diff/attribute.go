package diff

import (
	"fmt"
	"slices"
	"strings"

	"github.com/falgen/falgen/generator/ir"
)

// all returns the symbols of the named types that a value of type t consists of.
func (d *differ) all(t *ir.Type) (names []string) {
	seen := map[string]bool{}
	take := func(name string) bool {
		if seen[name] {
			return false
		}
		seen[name] = true
		names = append(names, d.owned[name]...)
		return true
	}
	var visit func(t *ir.Type)
	visit = func(t *ir.Type) {
		switch t.Kind {
		case ir.List, ir.Map:
			visit(t.Elem)
		case ir.EnumKind:
			take(t.Enum.Name)
		case ir.UnionKind:
			if take(t.Union.Name) {
				for _, arm := range t.Union.Arms {
					visit(arm.Type)
				}
			}
		case ir.ObjectKind:
			if take(t.Object.Name) {
				for _, f := range t.Object.Fields {
					visit(f.Type)
				}
			}
		}
	}
	visit(t)
	return names
}

// attribute says of each finding what it does to Go. Each symbol of the old package that is gone or has another type
// belongs to what made it so; one that no change of meaning explains is a change by itself.
func (d *differ) attribute() {
	explained := map[string]bool{}
	for _, f := range d.found {
		for _, name := range f.breaks {
			if d.broken(name) {
				explained[name] = true
			}
		}
	}
	rest := map[string]*finding{} // by path
	unexplained := func(at spot) *finding {
		if rest[at.path] == nil {
			rest[at.path] = d.find(GoChanged, at, "", "")
		}
		return rest[at.path]
	}
	for _, name := range d.names {
		at, now := d.where[name], d.became[name]
		switch {
		case d.broken(name) && explained[name]:
		case d.broken(name):
			f := d.cause(name, at)
			if f == nil {
				f = unexplained(at)
			}
			f.breaks = append(f.breaks, name)
		case now != "" && now != name: // something else has the name
			f := unexplained(at)
			f.concerns = append(f.concerns, name)
			words := name + " is something else: what it was is called " + now + "."
			f.Effects = append(f.Effects, Effect{Behaviour, words})
		}
	}
	for _, f := range d.found {
		d.settle(f)
	}
	for _, f := range rest {
		f.Before, f.After = goText(f.Go[0])
	}
}

func (d *differ) broken(name string) bool {
	old, is := d.oldAPI[name]
	new := d.newAPI[name]
	return is && (new.Type != old.Type || new.Kind != old.Kind)
}

// cause returns the finding that explains a symbol which no finding breaks by itself, or nil.
func (d *differ) cause(name string, at spot) *finding {
	kinds := []Kind{BecameRequired, BecameOptional, NullAdded, NullRemoved, DefaultAdded, DefaultRemoved}
	method := strings.HasSuffix(name, ".WithDefaults") // goes with the last default that is somewhere in the type
	if method {
		kinds = []Kind{FieldRemoved, DefaultRemoved, TypeChanged, TypeWidened, AlternativeRemoved}
	}
	for _, f := range d.found {
		if slices.Contains(kinds, f.Kind) && (method || f.Path == at.path) {
			return f
		}
	}
	return nil
}

// settle fills in what a finding does to Go, and its level.
func (d *differ) settle(f *finding) {
	seen, breaking := map[string]bool{}, setOf(f.breaks)
	var broken []string
	for i, name := range append(slices.Clip(f.concerns), f.breaks...) {
		s, known := d.symbol(name)
		breaks := breaking[name] && d.broken(name)
		if !known || seen[name] || i >= len(f.concerns) && !breaks {
			continue
		}
		seen[name] = true
		f.Go = append(f.Go, s)
		if breaks {
			broken = append(broken, symbolWords(s))
		}
	}
	if len(broken) > 0 {
		f.Effects = append([]Effect{{Go, sentence(broken)}}, f.Effects...)
	}
	for _, e := range f.Effects {
		f.Level = max(f.Level, e.Level)
	}
}

// symbol returns what became of a symbol of either package.
func (d *differ) symbol(name string) (Symbol, bool) {
	old, wasThere := d.oldAPI[name]
	new, isThere := d.newAPI[name]
	s := Symbol{Kind: old.Kind, Name: name, Before: old.Type, After: new.Type}
	if !wasThere {
		s.Kind = new.Kind
	}
	if now := d.became[name]; wasThere && now != name {
		s.Now = now
	}
	return s, wasThere || isThere
}

// maxWords bounds how many symbols a sentence lists.
const maxWords = 3

func sentence(words []string) string {
	if n := len(words) - maxWords; n > 0 {
		words = append(slices.Clip(words[:maxWords]), fmt.Sprintf("and %d more", n))
	}
	return strings.Join(words, "; ") + "."
}

func symbolWords(s Symbol) string {
	switch {
	case s.Now != "":
		return s.Name + " is called " + s.Now
	case s.After == "":
		return s.Name + " is gone"
	}
	return fmt.Sprintf("%s was %s and is %s", s.Name, s.Before, s.After)
}

// goText is what stood in Go, and what stands there.
func goText(s Symbol) (before, after string) {
	switch {
	case s.Now != "":
		return s.Name, s.Now
	case s.After == "":
		return s.Name, ""
	}
	return s.Before, s.After
}
