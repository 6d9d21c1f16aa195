package support_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/support"
	_ "github.com/falgen/falgen/internal/testenv"
)

type mode string

func modes() []mode { return []mode{"a", "b"} }

type part struct{ Weight fal.Opt[float64] }

func (p part) check(c support.Checker) { c.Optional("weight", p.Weight, support.Max(1)) }

// TestChecks lists what each rule says of values that pass and that do not: "place type" for each violation.
func TestChecks(t *testing.T) {
	tests := []struct {
		name  string
		check func(support.Checker)
		want  string
	}{
		{"required media unset", func(c support.Checker) { c.Required("u", fal.Media{}) }, "body.u missing"},
		{"required media set", func(c support.Checker) { c.Required("u", fal.URL("x")) }, ""},
		{"required media empty", func(c support.Checker) { c.Required("u", fal.URL(""), support.MinLen(1)) }, "body.u sequence_too_short"},
		{"required list nil", func(c support.Checker) { c.Required("l", []string(nil)) }, "body.l missing"},
		{"required list empty", func(c support.Checker) { c.Required("l", []string{}) }, ""},
		{"required enum empty", func(c support.Checker) { c.Required("m", mode(""), support.OneOf(modes)) }, "body.m one_of"},
		{"required pointer nil", func(c support.Checker) { c.Required("p", (*part)(nil), support.Object(part.check)) }, "body.p missing"},
		{"required null allowed", func(c support.Checker) { c.Required("n", fal.Null[int64](), support.Nullable) }, ""},
		{"optional enum empty", func(c support.Checker) { c.Optional("m", mode(""), support.OneOf(modes)) }, ""},
		{"optional enum unknown", func(c support.Checker) { c.Optional("m", mode("c"), support.OneOf(modes)) }, "body.m one_of"},
		{"enum in Opt", func(c support.Checker) { c.Optional("m", fal.Some(mode("c")), support.OneOf(modes)) }, "body.m one_of"},
		{"unset", func(c support.Checker) { c.Optional("n", fal.Opt[int64]{}, support.Min(1)) }, ""},
		{"zero is a value", func(c support.Checker) { c.Optional("n", fal.Int(0), support.Min(1)) }, "body.n greater_than_equal"},
		{"null refused", func(c support.Checker) { c.Optional("n", fal.Null[int64](), support.Min(1)) }, "body.n none_not_allowed"},
		{"null allowed", func(c support.Checker) { c.Optional("n", fal.Null[int64](), support.Nullable, support.Min(1)) }, ""},
		{"bounds met", func(c support.Checker) { c.Optional("n", fal.Int(4), support.Min(4), support.Max(4)) }, ""},
		{"too large", func(c support.Checker) { c.Optional("n", fal.Float(1.5), support.Max(1)) }, "body.n less_than_equal"},
		{"exclusive", func(c support.Checker) { c.Optional("n", fal.Float(0), support.Above(0), support.Below(0)) }, "body.n greater_than\nbody.n less_than"},
		{"beyond 2^53", func(c support.Checker) { c.Optional("n", fal.Int(int64(math.MaxInt64)), support.Max(math.MaxInt64-1)) }, "body.n less_than_equal"},
		{"multiple of a decimal", func(c support.Checker) { c.Optional("n", fal.Float(0.3), support.MultipleOf(0.1)) }, ""},
		{"no multiple", func(c support.Checker) { c.Optional("n", fal.Int(9), support.MultipleOf(8)) }, "body.n multiple_of"},
		{"not a number", func(c support.Checker) { c.Optional("n", fal.Float(math.NaN()), support.Min(1)) }, "body.n finite_number"},
		{"infinite", func(c support.Checker) { c.Optional("n", fal.Float(math.Inf(1))) }, "body.n finite_number"},
		{"characters, not bytes", func(c support.Checker) { c.Required("s", "äöü", support.MaxLen(3)) }, ""},
		{"too long", func(c support.Checker) { c.Required("s", "abcd", support.MaxLen(3)) }, "body.s sequence_too_long"},
		{"pattern", func(c support.Checker) { c.Required("s", "ab1", support.Pattern("^[a-z]+$")) }, "body.s string_pattern_mismatch"},
		{"repeated", func(c support.Checker) { c.Optional("l", []mode{"a", "b", "a"}, support.Unique()) }, "body.l unique_items"},
		{"elements", func(c support.Checker) {
			c.Optional("l", [][]fal.Opt[int64]{{fal.Int(1)}, {fal.Int(2), fal.Int(0)}}, support.Items(support.Items(support.Min(1))))
		}, "body.l[1][1] greater_than_equal"},
		{"unset elements are null", func(c support.Checker) { c.Optional("l", []fal.Media{fal.URL("x"), {}}, support.Items()) }, "body.l[1] none_not_allowed"},
		{"objects", func(c support.Checker) {
			c.Optional("l", []part{{}, {fal.Float(2)}}, support.MaxLen(1), support.Items(support.Object(part.check)))
		}, "body.l sequence_too_long\nbody.l[1].weight less_than_equal"},
		{"values of a map", func(c support.Checker) {
			c.Optional("m", map[string]float64{"b": 3, "a": 2}, support.Values(support.Max(1)))
		}, "body.m.a less_than_equal\nbody.m.b less_than_equal"},
		{"image size", func(c support.Checker) {
			c.Optional("s", &fal.ImageSize{Width: fal.Int(0), Height: fal.Int(14143)}, support.ImageSize())
		}, "body.s.width greater_than\nbody.s.height less_than_equal"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := support.Validate("fal-ai/x", tt.check)
			var invalid *fal.ValidationError
			if !errors.As(err, &invalid) {
				if err != nil || tt.want != "" {
					t.Fatalf("got the error %v, want %q", err, tt.want)
				}
				return
			}
			var got []string
			for _, f := range invalid.Detail {
				got = append(got, f.Loc.String()+" "+f.Type)
			}
			if diff := cmp.Diff(tt.want, strings.Join(got, "\n")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestDefaults holds that filling in changes what is unset and nothing else, least of all what the caller holds.
func TestDefaults(t *testing.T) {
	if got := support.Default(fal.Opt[int64]{}, 3); got != fal.Int(3) {
		t.Errorf("unset became %v", got)
	}
	if got := support.Default(fal.Int(0), 3); got != fal.Int(0) {
		t.Errorf("zero became %v", got)
	}
	if got := support.Default(fal.Null[int64](), 3); !got.IsNull() {
		t.Errorf("null became %v", got)
	}
	double := func(n int) int { return 2 * n }
	list, values, one := []int{1, 2}, map[string]int{"a": 1}, 1
	if diff := cmp.Diff([]int{2, 4}, support.Each(list, double)); diff != "" || list[0] != 1 {
		t.Errorf("Each: %s, and the caller's list is %v", diff, list)
	}
	if diff := cmp.Diff(map[string]int{"a": 2}, support.EachValue(values, double)); diff != "" || values["a"] != 1 {
		t.Errorf("EachValue: %s, and the caller's map is %v", diff, values)
	}
	if p := support.Pointed(&one, double); *p != 2 || one != 1 {
		t.Errorf("Pointed gave %d and left %d", *p, one)
	}
	if support.Each[int](nil, double) != nil || support.EachValue[int](nil, double) != nil || support.Pointed(nil, double) != nil {
		t.Error("nil did not stay nil")
	}
	if got := support.Set(fal.Some(2), double); got != fal.Some(4) {
		t.Errorf("Set gave %v", got)
	}
}
