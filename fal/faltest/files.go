package faltest

import (
	"encoding/json"
	"io"
	"maps"
	"slices"
	"strconv"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/support"
	"github.com/falgen/falgen/generator/ir"
)

// refused returns all that is wrong with an input and with the files that it refers to, in the order of the document's
// fields.
func (s *Server) refused(e *endpoint, input any) []fal.FieldError {
	body := fal.Loc{"body"}
	found := slices.Concat(e.validate(input), s.missing(input, body), s.beyond(e.model.Input, input, body))
	slices.SortStableFunc(found, func(a, b fal.FieldError) int {
		return comparePlaces(e.model.Input, a.Loc[1:], b.Loc[1:])
	})
	return found
}

// beyond returns a violation for each file beyond the limits that a type has for it, of those that are here: stored by
// this server, or inside of the input.
func (s *Server) beyond(t *ir.Type, input any, loc fal.Loc) (found []fal.FieldError) {
	at := func(part any) fal.Loc { return append(loc[:len(loc):len(loc)], part) }
	switch v := input.(type) {
	case string:
		if t.Kind == ir.Media && len(t.Rules.Media) > 0 {
			for _, f := range limitsOf(t.Rules).Check(loc, s.infoOf(v)) {
				if text, err := json.Marshal(v); err == nil && len(text) <= maxInput {
					f.Input = text
				}
				found = append(found, f)
			}
		}
	case []any:
		if t.Kind == ir.List {
			for i, elem := range v {
				found = append(found, s.beyond(t.Elem, elem, at(i))...)
			}
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if _, member := step(t, name); member != nil && t.Kind != ir.UnionKind {
				found = append(found, s.beyond(member, v[name], at(name))...)
			}
		}
	}
	if t.Kind == ir.UnionKind {
		if arm, err := t.Union.Arm(input); err == nil {
			return s.beyond(arm.Type, input, loc)
		}
	}
	return found
}

// infoOf is what is known of the file that a text in an input refers to.
func (s *Server) infoOf(ref string) fal.MediaInfo {
	if place, ours := s.store.placeOf(ref); ours {
		if c, _, ok := s.store.file(place); ok {
			return fal.Reader("", io.NewSectionReader(c, 0, c.size)).Info()
		}
	}
	return fal.URL(ref).Info()
}

// limitsOf returns the limits of a file that are checked.
func limitsOf(r ir.Rules) support.MediaLimits {
	number := func(n *ir.Number) float64 {
		if n == nil {
			return 0
		}
		f, _ := strconv.ParseFloat(string(*n), 64)
		return f
	}
	least := func(q ir.Quantity) float64 { return number(r.MediaLimit(q).Min) }
	most := func(q ir.Quantity) float64 { return number(r.MediaLimit(q).Max) }
	return support.MediaLimits{
		MaxFileSize: most(ir.FileSize),
		MinWidth:    least(ir.Width), MaxWidth: most(ir.Width),
		MinHeight: least(ir.Height), MaxHeight: most(ir.Height),
		MinPixels: least(ir.Pixels), MaxPixels: most(ir.Pixels),
		MinAspectRatio: least(ir.AspectRatio), MaxAspectRatio: most(ir.AspectRatio),
		MinDuration: least(ir.Duration), MaxDuration: most(ir.Duration),
	}
}
