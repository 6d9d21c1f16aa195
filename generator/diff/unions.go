package diff

import (
	"fmt"
	"slices"

	"github.com/falgen/falgen/generator/ir"
)

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
		d.text(DiscriminatorChanged, at, mapped(a, arm), mapped(b, b.Arms[j]), here.holders[0])
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

// mapped says which value of the discriminator stands for an alternative, where only the document's mapping tells.
func mapped(u *ir.Union, arm ir.Arm) string {
	if arm.Tag == "" {
		return ""
	}
	for _, f := range arm.Type.Object.Fields {
		single := len(f.Type.Rules.Values) == 1 || f.Type.Enum != nil && !f.Type.Enum.Open && len(f.Type.Enum.Values) == 1
		if f.Name == u.Tag && single {
			return "" // it is what the field is compared by
		}
	}
	return fmt.Sprintf("%s: %s", u.Tag, valueText(arm.Tag))
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
