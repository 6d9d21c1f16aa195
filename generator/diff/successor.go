package diff

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/ir"
)

// Successor returns which of some endpoints has perhaps taken the place of one that is gone, or nil where none is alike:
// what it is called and what it takes and gives must both be at least half the same, and the same kind of work be done.
// Of those that are about as much alike, it is the one that came last.
func Successor(gone *ir.Endpoint, there []*ir.Endpoint) *ir.Endpoint {
	type match struct {
		*ir.Endpoint
		score float64
	}
	var matches []match
	for _, e := range there {
		if e.ID == gone.ID || e.Deprecated || gone.Category != "" && e.Category != "" && e.Category != gone.Category {
			continue
		}
		if id, schema := likeIDs(gone, e), likeSchemas(gone, e); id >= 0.5 && schema >= 0.5 {
			matches = append(matches, match{e, id + schema})
		}
	}
	if len(matches) == 0 {
		return nil
	}
	about := func(m match) float64 { return math.Round(10 * m.score) }
	return slices.MinFunc(matches, func(a, b match) int {
		return cmp.Or(cmp.Compare(about(b), about(a)), cmp.Compare(b.Since, a.Since), cmp.Compare(b.score, a.score),
			cmp.Compare(a.ID, b.ID))
	}).Endpoint
}

// likeSchemas is how much of two endpoints' fields is the same, from 0 to 1. What is sent counts twice, as that is what
// callers would have to change.
func likeSchemas(a, b *ir.Endpoint) float64 {
	return (2*likeFields(a.Input, b.Input) + likeFields(a.Output, b.Output)) / 3
}

// likeFields is the share of fields that two objects have both: half of it for a field of another type.
func likeFields(a, b *ir.Type) float64 {
	if a.Kind != ir.ObjectKind || b.Kind != ir.ObjectKind {
		if sameKind(a, b) {
			return 1
		}
		return 0
	}
	all := len(a.Object.Fields) + len(b.Object.Fields)
	if all == 0 {
		return 1
	}
	other := byName(b.Object.Fields)
	same := 0.0
	for _, f := range a.Object.Fields {
		switch g := other[f.Name]; {
		case g == nil:
		case f.Type.Kind == g.Type.Kind:
			same++
		default:
			same += 0.5
		}
	}
	return 2 * same / float64(all)
}

// likeIDs is how much the ids of two endpoints have in common, from 0 to 1: the least that has to be put in and taken
// out to make one of the other, part by part, against all that there is. It is 0 where they share no word of their own.
func likeIDs(a, b *ir.Endpoint) float64 {
	p, q := idParts(a), idParts(b)
	row := make([]float64, len(q)+1)
	for j, part := range q {
		row[j+1] = row[j] + part.weight
	}
	all := row[len(q)]
	own := false
	for _, x := range p {
		all += x.weight
		before := row[0] // the row above, one to the left
		row[0] += x.weight
		for j, y := range q {
			least := min(row[j+1]+x.weight, row[j]+y.weight)
			if x == y {
				own = own || x.weight == ownWord
				least = min(least, before)
			}
			before, row[j+1] = row[j+1], least
		}
	}
	if !own {
		return 0
	}
	return 1 - row[len(q)]/all
}

// idPart is a word or a number of an id.
type idPart struct {
	text   string
	weight float64 // how much it says of what the endpoint is
}

const (
	ownWord    = 1
	sharedWord = 0.25 // the owner, a version, a grade, and what the category says as well
)

// grades are the words that tell endpoints of one model apart.
var grades = map[string]bool{
	"v": true, "fast": true, "turbo": true, "lite": true, "mini": true, "pro": true, "plus": true, "max": true, "ultra": true,
	"standard": true, "base": true, "dev": true, "preview": true, "beta": true, "api": true, "hd": true, "large": true,
	"small": true, "distilled": true,
}

// idParts takes an id apart at its signs, and where numbers begin and end.
func idParts(e *ir.Endpoint) []idPart {
	owner, rest, _ := strings.Cut(strings.ToLower(e.ID), "/")
	parts := []idPart{{owner, sharedWord}}
	category := strings.Split(e.Category, "-")
	for _, word := range strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune("/-_.", r) }) {
		for _, text := range runs(word) {
			weight := float64(ownWord)
			if grades[text] || unicode.IsDigit(rune(text[0])) || len(text) == 1 || slices.Contains(category, text) {
				weight = sharedWord
			}
			parts = append(parts, idPart{text, weight})
		}
	}
	return parts
}

// runs splits a word where letters and digits meet.
func runs(word string) (list []string) {
	start := 0
	for i := 1; i <= len(word); i++ {
		if i == len(word) || unicode.IsDigit(rune(word[i])) != unicode.IsDigit(rune(word[i-1])) {
			list = append(list, word[start:i])
			start = i
		}
	}
	return list
}

// gone is the change that takes an endpoint away, with what callers may turn to.
func gone(e *ir.Endpoint, there []*ir.Endpoint) Change {
	c := whole(EndpointRemoved, e, e.Places[e], diag.Pos{})
	i := slices.IndexFunc(there, func(other *ir.Endpoint) bool { return other.ID == e.Replacement })
	switch next := Successor(e, there); {
	case i >= 0 && e.Replacement != "":
		c.Successor = e.Replacement
		c.Effects = append(c.Effects, Effect{Doc, "fal named " + e.Replacement + " to call in its place."})
	case next != nil:
		c.Successor = next.ID
		c.Effects = append(c.Effects, Effect{Doc, "Perhaps " + next.ID + " has taken its place."})
	}
	return c
}

// deprecation compares whether the endpoint is to go.
func (d *differ) deprecation(at spot) {
	words := func(e *ir.Endpoint) string {
		if e.Deprecated && e.Sunset == "" {
			return cmp.Or(e.Replacement, "deprecated")
		}
		return strings.TrimSpace(e.Replacement + " " + going(e.Deprecated, e.Sunset))
	}
	before, after := words(d.old), words(d.new)
	if before != "" || after == "" {
		d.text(DeprecationChanged, at, before, after)
		return
	}
	f := d.find(EndpointDeprecated, at, "", "")
	f.Effects = append(f.Effects, Effect{Doc, "Linters flag imports of its package: " + d.new.Deprecation()})
	f.Successor = d.new.Replacement
}
