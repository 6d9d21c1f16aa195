package spec

import (
	"cmp"
	"slices"
	"strings"
)

// Search returns the documents that each of the words is found in, in the id or in what is said of the endpoint: the
// best first, and of equals those that are not deprecated, by id.
func Search(docs []*Document, words []string) []*Document {
	type hit struct {
		*Document
		score int
		old   bool
	}
	var hits []hit
	for _, d := range docs {
		if score := d.score(words); score > 0 {
			hits = append(hits, hit{d, score, d.Words().Deprecated()})
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int {
		if a.score == b.score && a.old != b.old {
			return map[bool]int{true: 1, false: -1}[a.old]
		}
		return cmp.Or(cmp.Compare(b.score, a.score), strings.Compare(a.ID, b.ID))
	})
	found := make([]*Document, len(hits))
	for i, h := range hits {
		found[i] = h.Document
	}
	return found
}

// score tells how well a document fits the words; 0 where one of them is nowhere in it.
func (d *Document) score(words []string) int {
	said := d.Words()
	id, title, category, description := strings.ToLower(d.ID), strings.ToLower(said.Title), strings.ToLower(said.Category),
		strings.ToLower(said.Description)
	parts := strings.FieldsFunc(id, func(r rune) bool { return strings.ContainsRune("/-_", r) })
	total := 0
	for _, word := range words {
		word = strings.ToLower(word)
		switch {
		case slices.Contains(parts, word), word == id:
			total += 16
		case strings.Contains(id, word):
			total += 8
		case strings.Contains(title, word):
			total += 4
		case strings.Contains(category, word):
			total += 2
		case strings.Contains(description, word):
			total++
		default:
			return 0
		}
	}
	return total
}
