package normalize

import (
	"fmt"

	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/spec"
)

// defaultValue returns the default of a field, or nil: for null, which is no more than unset, and for one that the
// field itself would refuse.
func (n *normalizer) defaultValue(d *spec.Node, t *ir.Type) *ir.Value {
	if d.Is(spec.Null) {
		if !t.Nullable {
			n.repair(d, "null-default", "read as no default", "the default is null, which the field does not take")
		}
		return nil
	}
	v, err := t.Fit(d.Value())
	if err != nil {
		rule := "default-type"
		if t.Kind == ir.EnumKind {
			rule = "default-not-in-enum"
		}
		n.repair(d, rule, "read as no default", "the default %v", err)
		return nil
	}
	return &ir.Value{JSON: v}
}

func sameDefault(v *ir.Value, literal string) bool {
	if v == nil {
		return literal == ""
	}
	return fmt.Sprint(v.JSON) == literal
}
