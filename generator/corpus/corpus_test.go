// Package corpus_test holds what is generated for every published document against that document, read independently.
package corpus_test

import (
	"flag"
	"fmt"
	"hash/fnv"
	"math/rand"
	"strings"
	"testing"

	"github.com/falgen/falgen/generator"
	"github.com/falgen/falgen/generator/spec"
)

var (
	payloads = flag.Int("payloads", 300, "how many random inputs each endpoint is tried with")
	seed     = flag.Int64("seed", 1, "what the random inputs start from")
)

// generated reads the documents and generates their packages.
func generated(t *testing.T) ([]*document, *generator.Result) {
	t.Helper()
	dir := folder(t)
	docs := read(t, dir)
	sources, err := spec.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := generator.Generate(t.Context(), sources, generator.Config{Package: "scratch/generated"})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(packages(r)); n != len(docs) {
		t.Fatalf("generated %d of %d endpoints, failed: %v", n, len(docs), r.Failed)
	}
	return docs, r
}

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
	docs, r := generated(t)
	program := build(t, r)
	b := &bench{t: t, faults: tally{}, noted: tally{}, counts: map[string]int{}}
	ask(t, program, func(put func(question)) {
		for _, d := range docs {
			questions(d, put)
		}
	}, b.judge(docs))
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
	h := fnv.New64a()
	h.Write([]byte(d.id))
	m := &maker{doc: d, rand: rand.New(rand.NewSource(*seed ^ int64(h.Sum64())))}
	m.whole = true
	for _, kind := range []string{"input", "output"} {
		m.root(kind)
		put(question{d.id, kind, m.made, fitting})
		m.examples(func() { put(question{d.id, kind, m.made, example}) })
	}
	m.whole = false
	for i := range *payloads {
		m.root("input")
		switch i % 4 {
		case 0:
			put(question{d.id, "input", m.made, fitting})
			put(question{d.id, "defaults", m.made, fitting})
			m.root("output")
			put(question{d.id, "output", m.made, fitting})
		case 1:
			m.edge()
			put(question{d.id, "input", m.made, fitting})
		default:
			m.breakOne()
			put(question{d.id, "input", m.made, broken})
		}
	}
}

// bench judges answers.
type bench struct {
	t      *testing.T
	doc    *document
	judges judge
	faults tally
	noted  tally // what differs by design
	counts map[string]int
}

func (b *bench) judge(docs []*document) func(question, answer) {
	next := 0
	return func(q question, a answer) {
		for b.doc == nil || b.doc.id != q.ID { // questions come in the order of the documents
			b.doc = docs[next]
			b.judges = newJudge(b.t, b.doc)
			next++
		}
		b.one(q, a)
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
	diff := &differences{doc: b.doc}
	diff.compare(b.doc.arms(b.doc.flat(view)), sent, encoded, nil)
	for _, d := range diff.list {
		switch loc, what := d[0], d[1]; {
		case strings.HasPrefix(what, changed), fits && !harmless[what]:
			class, _, _ := strings.Cut(what, " from")
			b.faults.add(fmt.Sprintf("lost (fits: %v): %.40s", fits, class), "%s: %s in %s", loc, what, shown())
		default:
			b.noted.add(what, "%s", loc)
		}
	}
	if q.Kind != "input" {
		return
	}
	wrong, found := judged(schema, encoded), a.places()
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
