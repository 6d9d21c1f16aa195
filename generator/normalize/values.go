package normalize

import (
	"encoding/json"
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
		v, err = member(t, d, err)
	}
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

// member returns the value of an enum that a default is another spelling of, as 5 is of "5"; else the error.
func member(t *ir.Type, d *spec.Node, err error) (any, error) {
	if t.Kind == ir.UnionKind {
		for _, arm := range t.Union.Arms {
			if v, other := member(arm.Type, d, err); other == nil {
				return v, nil
			}
		}
		return nil, err
	}
	if t.Kind != ir.EnumKind || !d.Is(spec.String) && !d.Is(spec.Number) && !d.Is(spec.Bool) {
		return nil, err
	}
	for _, e := range t.Enum.Values {
		switch v := e.Value.JSON.(type) {
		case string:
			if x, y := decimalText(v), decimalText(d.Text); v == d.Text || x != nil && y != nil && x.Cmp(y) == 0 {
				return v, nil
			}
		case json.Number:
			if x, y := decimalText(string(v)), decimalText(d.Text); y != nil && x.Cmp(y) == 0 {
				return v, nil
			}
		}
	}
	return nil, err
}

func sameDefault(v *ir.Value, literal string) bool {
	if v == nil {
		return literal == ""
	}
	return fmt.Sprint(v.JSON) == literal
}
