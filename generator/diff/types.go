package diff

import (
	"fmt"
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

func (d *differ) unions(a, b *ir.Union, at spot) {
	pair := [2]any{a, b}
	if d.again(pair, at) {
		return
	}
	d.renamed(pair, a.Name, b.Name, at)
	if a.One != b.One {
		kind, words := LimitTightened, [2]string{"at least one alternative", "exactly one alternative"}
		if a.One {
			kind, words = LimitLoosened, [2]string{words[1], words[0]}
		}
		d.find(kind, at, words[0], words[1]).concerns = []string{a.Name}
	}
	partner := match(a.Arms, b.Arms)
	taken := map[int]bool{}
	var oldOrder, newOrder []string
	for i, arm := range a.Arms {
		j := partner[i]
		here := at
		here.holders = armSymbols(a, arm)
		if j < 0 {
			f := d.find(AlternativeRemoved, here, typeWords(arm.Type), "")
			f.concerns, f.breaks = here.holders, append(slices.Clip(here.holders), d.all(arm.Type)...)
			continue
		}
		taken[j] = true
		for k, symbol := range here.holders {
			d.where[symbol] = at
			d.become(symbol, armSymbols(b, b.Arms[j])[k])
		}
		oldOrder = append(oldOrder, fmt.Sprint(j))
		d.types(arm.Type, b.Arms[j].Type, here)
	}
	for j, arm := range b.Arms {
		if taken[j] {
			newOrder = append(newOrder, fmt.Sprint(j))
		} else {
			d.find(AlternativeAdded, at, "", typeWords(arm.Type)).concerns = armSymbols(b, arm)
		}
	}
	if !slices.Equal(oldOrder, newOrder) {
		d.find(OrderChanged, at, unionWords(a), unionWords(b)).concerns = []string{a.Name}
	}
}

// armSymbols are the constructor and the accessor of an alternative.
func armSymbols(u *ir.Union, arm ir.Arm) []string {
	return []string{u.Name + "From" + arm.Name, u.Name + "." + arm.Name}
}

// match returns for each of the old alternatives which of the new ones it has become, or -1: first the one that is
// called the same, then one of the same kind, then an object for a type of package fal that it no longer fits.
func match(old, new []ir.Arm) []int {
	partner := make([]int, len(old))
	taken := map[int]bool{}
	for i := range old {
		partner[i] = -1
	}
	for _, like := range []func(a, b *ir.Type) bool{sameSchema, sameKind, objects} {
		for i, a := range old {
			for j, b := range new {
				if partner[i] < 0 && !taken[j] && like(a.Type, b.Type) {
					partner[i], taken[j] = j, true
				}
			}
		}
	}
	return partner
}

func sameKind(a, b *ir.Type) bool {
	return a.Kind == b.Kind && a.Shared == b.Shared && (a.Kind != ir.EnumKind || a.Enum.Integer == b.Enum.Integer)
}

func objects(a, b *ir.Type) bool { return isObject(a) && isObject(b) }

func sameSchema(a, b *ir.Type) bool {
	if !sameKind(a, b) {
		return false
	}
	switch a.Kind {
	case ir.ObjectKind:
		return a.Object.Schema == b.Object.Schema
	case ir.EnumKind:
		return a.Enum.Schema == b.Enum.Schema
	case ir.List, ir.Map:
		return sameSchema(a.Elem, b.Elem)
	}
	return true
}
