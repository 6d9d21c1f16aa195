package diff

import (
	"slices"
	"strings"

	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/emit"
	"github.com/falgen/falgen/generator/ir"
)

// Endpoints returns what differs between two sets of named endpoints, sorted. Where both sets have an endpoint, its
// names in the new one should be pinned by those in the old one, or by the lock that the new one goes with: a name that
// differs counts as a change. Endpoints that falgen fails to compare are among the diagnostics.
func Endpoints(old, new []*ir.Endpoint) ([]Change, []diag.Diagnostic) {
	before := map[string]*ir.Endpoint{}
	for _, e := range old {
		before[e.ID] = e
	}
	changes := []Change{}
	var faults []diag.Diagnostic
	for _, e := range new {
		if b := before[e.ID]; b != nil {
			func() {
				defer diag.Recover(e.Places[e], e.ID, func(d diag.Diagnostic) { faults = append(faults, d) })
				changes = append(changes, Endpoint(b, e)...)
			}()
			delete(before, e.ID)
		} else {
			changes = append(changes, whole(EndpointAdded, e, diag.Pos{}, e.Places[e]))
		}
	}
	for _, e := range before {
		changes = append(changes, gone(e, new))
	}
	sortChanges(changes)
	return changes, faults
}

// whole is a change of an endpoint as such.
func whole(kind Kind, e *ir.Endpoint, old, new diag.Pos) Change {
	c := Change{Kind: kind, Endpoint: e.ID, Package: e.Package.Path, Effects: kind.of(true), Old: old, New: new}
	c.Level = c.Effects[0].Level
	return c
}

// Endpoint returns what differs between two models of one endpoint, sorted.
func Endpoint(old, new *ir.Endpoint) []Change {
	d := &differ{
		old: old, new: new, oldAPI: map[string]emit.Symbol{}, newAPI: map[string]emit.Symbol{},
		owned: map[string][]string{}, met: map[[2]any][]*finding{}, where: map[string]spot{}, became: map[string]string{},
	}
	for _, s := range emit.API(old) {
		d.oldAPI[s.Name] = s
		d.names = append(d.names, s.Name)
		d.owned[s.Owner] = append(d.owned[s.Owner], s.Name)
	}
	for _, s := range emit.API(new) {
		d.newAPI[s.Name] = s
	}
	d.about()
	d.protocol()
	d.root("Input", old.Input, new.Input)
	d.root("Output", old.Output, new.Output)
	d.attribute()
	changes := make([]Change, len(d.found))
	for i, f := range d.found {
		changes[i] = f.Change
	}
	sortChanges(changes)
	return changes
}

// differ walks two models of an endpoint side by side, by what stands at the same place on the wire.
type differ struct {
	old, new       *ir.Endpoint
	oldAPI, newAPI map[string]emit.Symbol
	names          []string            // of oldAPI, in the order of the source
	owned          map[string][]string // the same by the type that they are part of
	found          []*finding
	met            map[[2]any][]*finding // the pairs of named types that were compared, and what concerns their holders
	where          map[string]spot       // of the symbols of the old package
	became         map[string]string     // the symbols of the new package that have their places
}

// A spot is a place that both models have.
type spot struct {
	path     string
	old, new diag.Pos
	in       bool     // it is part of requests
	holders  []string // the symbols whose Go types depend on what stands here
}

// below is a spot inside of a list or map.
func (s spot) below(suffix string) spot {
	s.path += suffix
	return s
}

// A finding is a change in the making.
type finding struct {
	Change
	concerns []string // symbols to name
	breaks   []string // symbols that it breaks, where their types differ
}

func (d *differ) find(kind Kind, at spot, before, after string) *finding {
	f := &finding{Change: Change{
		Kind: kind, Endpoint: d.old.ID, Package: d.old.Package.Path, Path: at.path,
		Before: before, After: after, Effects: kind.of(at.in), Old: at.old, New: at.new,
	}}
	d.found = append(d.found, f)
	return f
}

// text notes words that are others now.
func (d *differ) text(kind Kind, at spot, before, after string, concerns ...string) {
	if before != after {
		d.find(kind, at, before, after).concerns = concerns
	}
}

// about compares what is said of the endpoint as a whole.
func (d *differ) about() {
	a, b := d.old, d.new
	at := spot{old: a.Places[a], new: b.Places[b]}
	if a.Package != b.Package {
		d.find(PackageMoved, at, a.Package.Path, b.Package.Path)
	}
	for _, pair := range [][2]string{
		{a.Title, b.Title}, {a.Description, b.Description}, {a.Category, b.Category},
		{a.License, b.License}, {a.Since, b.Since},
		{a.PlaygroundURL, b.PlaygroundURL}, {a.DocumentationURL, b.DocumentationURL},
	} {
		d.text(AboutChanged, at, pair[0], pair[1])
	}
	d.deprecation(at)
}

// root compares inputs or outputs.
func (d *differ) root(name string, a, b *ir.Type) {
	at := spot{path: name, in: name == "Input", holders: []string{name}}
	at.old, at.new = d.old.Places[d.old], d.new.Places[d.new]
	d.nullness(a, b, at, nil)
	d.types(a, b, at)
}

func (d *differ) objects(a, b *ir.Object, at spot) {
	pair := [2]any{a, b}
	if d.again(pair, at) {
		return
	}
	d.renamed(pair, a.Name, b.Name, at)
	at.in = a.InInput && b.InInput
	at.old, at.new = d.old.Places[a], d.new.Places[b]
	d.text(DescriptionChanged, at, a.Description, b.Description, a.Name)
	d.text(ExamplesChanged, at, examplesText(a.Examples), examplesText(b.Examples), a.Name)
	before, after := byName(a.Fields), byName(b.Fields)
	for _, f := range b.Fields {
		if old := before[f.Name]; old != nil {
			here := at.below("." + f.Name)
			here.old, here.new = d.old.Places[old], d.new.Places[f]
			d.field(a, b, old, f, here)
			continue
		}
		kind := FieldAdded
		if f.Required && at.in {
			kind = RequiredFieldAdded
		}
		here := at.below("." + f.Name)
		here.old, here.new = diag.Pos{}, d.new.Places[f]
		d.find(kind, here, "", typeWords(f.Type)).concerns = []string{b.Name + "." + f.GoName}
	}
	for _, f := range a.Fields {
		if after[f.Name] == nil {
			here := at.below("." + f.Name)
			here.old = d.old.Places[f]
			lost := d.find(FieldRemoved, here, typeWords(f.Type), "")
			lost.concerns = symbols(a, f)
			lost.breaks = append(symbols(a, f), d.all(f.Type)...)
		}
	}
	d.order(at, fieldNames(a), fieldNames(b), a.Name)
}

// become notes which symbol has the place of an old one. One that still is in one of its places is itself.
func (d *differ) become(old, new string) {
	if d.became[old] != old {
		d.became[old] = new
	}
}

// symbols are the field and its default.
func symbols(o *ir.Object, f *ir.Field) []string {
	if f.DefaultName == "" {
		return []string{o.Name + "." + f.GoName}
	}
	return []string{o.Name + "." + f.GoName, f.DefaultName}
}

func byName(list []*ir.Field) map[string]*ir.Field {
	fields := make(map[string]*ir.Field, len(list))
	for _, f := range list {
		fields[f.Name] = f
	}
	return fields
}

func fieldNames(o *ir.Object) []string {
	names := make([]string, len(o.Fields))
	for i, f := range o.Fields {
		names[i] = f.Name
	}
	return names
}

// order notes that what both sides have stands in another order.
func (d *differ) order(at spot, a, b []string, symbol string) {
	both := func(list, other []string) string {
		there := setOf(other)
		return strings.Join(slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !there[s] }), ", ")
	}
	d.text(OrderChanged, at, both(a, b), both(b, a), symbol)
}

func (d *differ) field(o, p *ir.Object, a, b *ir.Field, at spot) {
	at.holders = symbols(o, a)
	d.become(at.holders[0], p.Name+"."+b.GoName)
	if a.DefaultName != "" && b.DefaultName != "" {
		d.become(a.DefaultName, b.DefaultName)
	}
	for _, symbol := range at.holders {
		d.where[symbol] = at
	}
	// alone returns the symbols that a change breaks by itself.
	alone := func(change func(f *ir.Field)) []string {
		c, t := *a, *a.Type
		c.Type = &t
		if change(&c); c.Shape() == a.Shape() {
			return nil
		}
		return at.holders
	}
	if a.Required != b.Required {
		kind, words := BecameRequired, [2]string{"optional", "required"}
		if a.Required {
			kind, words = BecameOptional, [2]string{"required", "optional"}
		}
		f := d.find(kind, at, words[0], words[1])
		f.concerns, f.breaks = at.holders[:1], alone(func(f *ir.Field) { f.Required = b.Required })
	}
	d.nullness(a.Type, b.Type, at, alone(func(f *ir.Field) { f.Type.Nullable = b.Type.Nullable }))
	d.types(a.Type, b.Type, at)
	d.defaults(a, b, at, alone(func(f *ir.Field) { f.Default = b.Default }))
	symbol := at.holders[0]
	if a.Deprecated != b.Deprecated {
		words := map[bool]string{true: "deprecated", false: ""}
		d.text(DeprecationChanged, at, words[a.Deprecated], words[b.Deprecated], symbol)
	}
	said, says := object(a), object(b)
	if a.Description != said.Description || b.Description != says.Description { // else it is the object's
		d.text(DescriptionChanged, at, a.Description, b.Description, symbol)
	}
	examples, examples2 := examplesText(a.Examples), examplesText(b.Examples)
	if examples != examplesText(said.Examples) || examples2 != examplesText(says.Examples) {
		d.text(ExamplesChanged, at, examples, examples2, symbol)
	}
	d.text(HintsChanged, at, hintsText(a.Hints), hintsText(b.Hints), symbol)
}

// object is what a field holds, or none.
func object(f *ir.Field) *ir.Object {
	if f.Type.Object == nil {
		return &ir.Object{}
	}
	return f.Type.Object
}

func (d *differ) defaults(a, b *ir.Field, at spot, breaks []string) {
	switch {
	case a.Default == nil && b.Default == nil:
	case a.Default == nil:
		f := d.find(DefaultAdded, at, "", valueText(b.Default.JSON))
		f.concerns, f.breaks = at.holders, breaks
		if b.DefaultName != "" {
			f.concerns = append(slices.Clip(at.holders), b.DefaultName)
		}
	case b.Default == nil:
		f := d.find(DefaultRemoved, at, valueText(a.Default.JSON), "")
		f.concerns, f.breaks = at.holders, append(slices.Clip(breaks), a.DefaultName)
	default:
		d.text(DefaultChanged, at, valueText(a.Default.JSON), valueText(b.Default.JSON), at.holders...)
	}
}
