package diff

import (
	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/ir"
)

// protocol compares the operations: what they take besides the input, and where they go.
func (d *differ) protocol() {
	old := map[string]*ir.Operation{}
	for _, o := range d.old.Operations {
		old[o.Name] = o
	}
	moved := map[[2]string]bool{}
	for _, o := range d.new.Operations {
		was := old[o.Name]
		delete(old, o.Name)
		at := spot{path: o.Name, new: d.new.Places[o], in: true}
		if was == nil {
			d.find(OperationAdded, at, "", o.Servers)
			continue
		}
		at.old = d.old.Places[was]
		if pair := [2]string{was.Servers, o.Servers}; !moved[pair] { // of all operations at once, as a rule
			moved[pair] = true
			d.text(ServerChanged, at, pair[0], pair[1])
		}
		d.text(DeprecationChanged, at, going(was.Deprecated, was.Sunset), going(o.Deprecated, o.Sunset))
		d.parameters(was, o, at)
	}
	for _, o := range d.old.Operations {
		if old[o.Name] != nil {
			d.find(OperationRemoved, spot{path: o.Name, old: d.old.Places[o], in: true}, o.Servers, "")
		}
	}
}

// going says that something is to go, and when; "" where it stays.
func going(deprecated bool, sunset string) string {
	switch {
	case !deprecated:
		return ""
	case sunset == "":
		return "deprecated"
	}
	return "deprecated, until " + sunset
}

func (d *differ) parameters(a, b *ir.Operation, at spot) {
	key := func(p *ir.Parameter) string { return " " + p.In + " " + p.Name }
	old := map[string]*ir.Parameter{}
	for _, p := range a.Parameters {
		old[key(p)] = p
	}
	for _, p := range b.Parameters {
		here := at.below(key(p))
		was := old[key(p)]
		delete(old, key(p))
		here.old, here.new = diag.Pos{}, d.new.Places[p]
		switch {
		case was == nil && p.Required:
			d.find(RequiredParameterAdded, here, "", p.Schema)
			continue
		case was == nil:
			d.find(ParameterAdded, here, "", p.Schema)
			continue
		}
		here.old = d.old.Places[was]
		switch {
		case p.Required && !was.Required:
			d.find(BecameRequired, here, "optional", "required")
		case was.Required && !p.Required:
			d.find(BecameOptional, here, "required", "optional")
		}
		d.text(ParameterChanged, here, was.Schema, p.Schema)
	}
	for _, p := range a.Parameters {
		if old[key(p)] != nil {
			here := at.below(key(p))
			here.old = d.old.Places[p]
			d.find(ParameterRemoved, here, p.Schema, "")
		}
	}
}
