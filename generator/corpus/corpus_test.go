// Package corpus_test holds what is generated for every published document against that document, read independently.
package corpus_test

import (
	"flag"
	"fmt"
	"strings"
	"testing"
)

var (
	payloads = flag.Int("payloads", 300, "how many random inputs each endpoint is tried with")
	seed     = flag.Int64("seed", 1, "what the random inputs start from")
)

// Where a value comes from.
const (
	fitting = "values that fit"
	example = "values with an example or default of the document"
	broken  = "values that were changed in one place"
)

// What became of an input.
const (
	accepted    = "inputs accepted by both"
	refused     = "inputs refused by both, at the same places"
	undecodable = "inputs refused when decoding"
)

// TestCorpus generates from all published documents, compiles the packages into one program, and has that program
// decode, check and encode values that are made from the documents.
func TestCorpus(t *testing.T) {
	docs, program := built(t)
	b := newBench(t, docs)
	ask(t, program, "", func(put func(question)) {
		for _, d := range docs {
			questions(d, put)
		}
	}, b.each(b.one))
	b.noted.log(t, "noted")
	for _, what := range []string{fitting, example, broken, accepted, refused, undecodable} {
		t.Logf("%7d %s", b.counts[what], what)
		if b.counts[what] < len(docs) {
			t.Errorf("too few values to tell anything: %d %s", b.counts[what], what)
		}
	}
	b.faults.fail(t)
}

// questions makes values for an endpoint: the examples of its document, and then at random inputs that fit, inputs
// with one place at or beyond the edge of what fits, and outputs.
func questions(d *document, put func(question)) {
	m := newMaker(d)
	m.whole = true
	for _, kind := range []string{"input", "output"} {
		m.root(kind)
		put(question{d.id, kind, m.made, fitting})
		m.examples(func() { put(question{d.id, kind, m.made, example}) })
	}
	m.whole = false
	for i := range *payloads {
		switch i % 4 {
		case 0:
			m.root("input")
			put(question{d.id, "input", m.made, fitting})
			put(question{d.id, "defaults", m.made, fitting})
			m.root("output")
			put(question{d.id, "output", m.made, fitting})
		case 1:
			m.fittingEdge()
			put(question{d.id, "input", m.made, fitting})
		default:
			m.root("input")
			m.breakOne()
			put(question{d.id, "input", m.made, broken})
		}
	}
}

// bench judges answers.
type bench struct {
	t      *testing.T
	docs   []*document
	doc    *document // of the question at hand
	judges judge
	faults tally
	noted  tally // what differs by design
	counts map[string]int
}

func newBench(t *testing.T, docs []*document) *bench {
	return &bench{t: t, docs: docs, faults: tally{}, noted: tally{}, counts: map[string]int{}}
}

// each has one judge each answer, with the document at hand. Questions come in the order of the documents.
func (b *bench) each(one func(question, answer)) func(question, answer) {
	next := 0
	return func(q question, a answer) {
		for next == 0 || b.doc.id != q.ID {
			b.doc = b.docs[next]
			b.judges = b.doc.judge()
			next++
		}
		one(q, a)
	}
}

// one holds what a generated type made of a value against what the judge says of it.
func (b *bench) one(q question, a answer) {
	schema, view := b.judges.input, b.doc.input
	if q.Kind == "output" {
		schema, view = b.judges.output, b.doc.output
	}
	fits := len(judged(schema, q.Value)) == 0
	b.counts[q.origin]++
	switch {
	case !fits && q.origin == fitting:
		b.faults.add("these tests made what does not fit", "%s %s %s", q.ID, q.Kind, brief(q.Value))
	case !fits && q.origin == example:
		b.noted.add("an example or default that its own document refuses", "%s %s: %v", q.ID, q.Kind, judged(schema, q.Value))
	}
	shown := func() string {
		return fmt.Sprintf("%s %s %s\n\t%+v %s", q.ID, q.Kind, brief(q.Value), a.Violations, a.Error)
	}
	if a.Error != "" {
		b.counts[undecodable]++
		switch {
		case !fits:
		case strings.Contains(a.Error, "of type int64"):
			b.noted.add("a whole number that is not written as one, or needs more than 64 bits", "%s", shown())
		default:
			b.faults.add("what fits does not decode", "%s", shown())
		}
		return
	}
	sent, encoded := q.Value, decode(b.t, a.Encoded)
	if q.Kind == "defaults" {
		sent = b.doc.filled(view, sent)
	}
	b.compare(view, sent, encoded, fits, shown)
	if q.Kind != "input" {
		return
	}
	wrong, found := judged(schema, encoded), places(a.Violations)
	switch {
	case len(wrong) == 0 && len(found) == 0:
		b.counts[accepted]++
	case len(wrong) == 0:
		b.faults.add("refused without reason: "+a.Violations[0].Type, "%v %s", found, shown())
	case len(found) == 0:
		b.faults.add("accepted though wrong", "%v %s", wrong, shown())
	case !samePlaces(wrong, found):
		b.faults.add("refused at another place", "judge: %v, Validate: %v in %s", wrong, found, shown())
	default:
		b.counts[refused]++
	}
}

// compare tells what a value of a schema lost on its way through a Go type.
func (b *bench) compare(schema, sent, encoded any, fits bool, shown func() string) {
	diff := &differences{doc: b.doc}
	diff.compare(b.doc.arms(b.doc.flat(schema)), sent, encoded, nil)
	for _, d := range diff.list {
		switch loc, what := d[0], d[1]; {
		case strings.HasPrefix(what, changed), fits && !harmless[what]:
			class, _, _ := strings.Cut(what, " from")
			b.faults.add(fmt.Sprintf("lost (fits: %v): %.40s", fits, class), "%s: %s in %s", loc, what, shown())
		default:
			b.noted.add(what, "%s", loc)
		}
	}
}
