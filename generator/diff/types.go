package diff

import (
	"slices"

	"github.com/falgen/falgen/generator/ir"
)

// nullness compares whether a value may be null. breaks are the symbols that depend on it.
func (d *differ) nullness(a, b *ir.Type, at spot, breaks []string) {
	if a.Nullable == b.Nullable {
		return
	}
	kind, words := NullAdded, [2]string{"never null", "may be null"}
	if a.Nullable {
		kind, words = NullRemoved, [2]string{words[1], words[0]}
	}
	f := d.find(kind, at, words[0], words[1])
	f.concerns, f.breaks = at.holders[:1], breaks
}

// types compares what stands at a place, but for whether it may be null.
func (d *differ) types(a, b *ir.Type, at spot) {
	d.limits(a, b, at)
	if a.Kind != b.Kind || a.Shared != b.Shared || a.Kind == ir.EnumKind && a.Enum.Integer != b.Enum.Integer {
		kind := TypeChanged
		if at.in && takes(b, a) && !demandsMore(a, b) {
			kind = TypeWidened
		}
		f := d.find(kind, at, typeWords(a), typeWords(b))
		f.concerns = at.holders
		f.breaks = append(slices.Clip(at.holders), d.all(a)...)
		return
	}
	switch a.Kind {
	case ir.List, ir.Map:
		below := at.below(map[ir.Kind]string{ir.List: "[]", ir.Map: "{}"}[a.Kind])
		d.nullness(a.Elem, b.Elem, below, at.holders)
		d.types(a.Elem, b.Elem, below)
	case ir.ObjectKind:
		d.objects(a.Object, b.Object, at)
	case ir.EnumKind:
		d.enums(a.Enum, b.Enum, at)
	case ir.UnionKind:
		d.unions(a.Union, b.Union, at)
	case ir.NamedKind:
		d.nameds(a.Named, b.Named, at)
	}
}

// again reports whether a pair of named types was compared before; if so, what was found concerns this place, too.
func (d *differ) again(pair [2]any, at spot) bool {
	found, met := d.met[pair]
	for _, f := range found {
		f.breaks = append(f.breaks, at.holders...)
	}
	if !met {
		d.met[pair] = nil
	}
	return met
}

// held makes a finding about a pair of named types one about whatever holds them.
func (d *differ) held(pair [2]any, f *finding, at spot) {
	f.breaks = append(f.breaks, at.holders...)
	d.met[pair] = append(d.met[pair], f)
}

// renamed compares the Go names of a pair of types.
func (d *differ) renamed(pair [2]any, a, b string, at spot) {
	for _, name := range d.owned[a] {
		if _, known := d.where[name]; !known {
			d.where[name] = at
		}
	}
	d.become(a, b)
	if a == b {
		return
	}
	f := d.find(GoChanged, at, a, b)
	f.breaks = slices.Clone(d.owned[a])
	d.held(pair, f, at)
}

// nameds compares lists or maps that contain themselves.
func (d *differ) nameds(a, b *ir.Named, at spot) {
	pair := [2]any{a, b}
	if d.again(pair, at) {
		return
	}
	d.renamed(pair, a.Name, b.Name, at)
	at.holders = []string{a.Name}
	d.types(a.Type, b.Type, at)
}

func (d *differ) enums(a, b *ir.Enum, at spot) {
	pair := [2]any{a, b}
	if d.again(pair, at) {
		return
	}
	if len(d.owned[a.Name]) > 0 { // else package fal declares it
		d.renamed(pair, a.Name, b.Name, at)
		d.become(a.ValuesName, b.ValuesName)
		d.become(a.Name+".Known", b.Name+".Known")
	}
	if a.Open != b.Open {
		kind := EnumOpened
		if a.Open {
			kind = EnumClosed
		}
		f := d.find(kind, at, enumWords(a), enumWords(b))
		f.concerns = []string{a.Name}
		d.held(pair, f, at)
	}
	old, new := valueNames(a), valueNames(b)
	for _, v := range b.Values {
		text := valueText(v.Value.JSON)
		if was, ok := old[text]; ok {
			d.become(was, v.Name)
			continue
		}
		f := d.find(ValueAdded, at, "", text)
		f.concerns = []string{v.Name}
		if a.HasZero() != b.HasZero() {
			d.held(pair, f, at)
		}
	}
	for _, v := range a.Values {
		text := valueText(v.Value.JSON)
		if _, ok := new[text]; ok {
			continue
		}
		f := d.find(ValueRemoved, at, text, "")
		f.concerns, f.breaks = []string{v.Name}, []string{v.Name}
		if a.HasZero() != b.HasZero() {
			d.held(pair, f, at)
		}
	}
	d.order(at, valueTexts(a), valueTexts(b), a.ValuesName)
}

// valueNames are the constants of an enum by its values.
func valueNames(e *ir.Enum) map[string]string {
	names := map[string]string{}
	for _, v := range e.Values {
		names[valueText(v.Value.JSON)] = v.Name
	}
	return names
}

func valueTexts(e *ir.Enum) []string {
	texts := make([]string, len(e.Values))
	for i, v := range e.Values {
		texts[i] = valueText(v.Value.JSON)
	}
	return texts
}
