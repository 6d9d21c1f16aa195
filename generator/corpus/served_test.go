package corpus_test

import (
	"bytes"
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/falgen/falgen/fal/faltest"
)

var served = flag.Int("served", 2, "how many inputs that fit, and how many that do not, each client sends to the fake")

// What a client got for an input.
const (
	answered = "inputs answered with an output"
	strange  = "outputs with an enum's value that no document lists"
	nulls    = "outputs with null"
	denied   = "inputs refused by the fake, in the words of Validate"
	explains = "inputs that fit no alternative, of which the fake says why the nearest one does not"
)

// TestServed has the clients of all endpoints call one fake fal, over sockets. An input that fits gets an output that
// loses nothing in its Go type, strange outputs included. One that does not fit is refused where the judge and Validate
// say that it is wrong.
func TestServed(t *testing.T) {
	docs, program := built(t)
	server := faltest.New(t, faltest.WithSpecs(folder(t)))
	if known := server.Endpoints(); *sample == 0 && !slices.Equal(known, ids(docs)) {
		t.Errorf("the fake serves %d endpoints of %d, or others", len(known), len(docs))
	}
	t.Run("valid", func(t *testing.T) {
		b := newBench(t, docs)
		ask(t, program, server.URL, b.rightInputs, b.each(func(q question, a answer) {
			if wrong := b.output(q, a); len(wrong) > 0 {
				b.faults.add("the fake's output does not fit", "%s: %v %s", q.ID, wrong, a.Raw)
			}
		}))
		b.finish(answered)
	})
	t.Run("invalid", func(t *testing.T) {
		b := newBench(t, docs)
		inputs := wrongInputs(t, docs, program)
		ask(t, program, server.URL, func(put func(question)) {
			for _, d := range docs {
				for _, v := range inputs[d.id] {
					put(question{d.id, "unchecked", v, broken})
				}
			}
		}, b.each(b.refusal))
		b.finish(denied, explains)
		spared := slices.DeleteFunc(slices.Clone(docs), func(d *document) bool { return len(inputs[d.id]) > 0 })
		t.Logf("%7d endpoints with nothing to break in a typed input: %s", len(spared), strings.Join(ids(spared), ", "))
		for _, d := range spared {
			if demands(d) {
				t.Errorf("of %d changed inputs of %s none was wrong", tries(), d.id)
			}
		}
	})
	t.Run("strange", func(t *testing.T) {
		server.On("").UnknownEnums().NullFields()
		b := newBench(t, docs)
		ask(t, program, server.URL, b.rightInputs, b.each(func(q question, a answer) { b.output(q, a) }))
		b.finish(answered, strange, nulls)
		if *sample == 0 && (b.counts[strange] == 0 || b.counts[nulls] == 0) {
			t.Error("the outputs are not strange")
		}
	})
}

// finish tells what was counted, and fails the test for the faults.
func (b *bench) finish(counted ...string) {
	b.t.Helper()
	b.noted.log(b.t, "noted")
	for _, what := range counted {
		b.t.Logf("%7d %s", b.counts[what], what)
	}
	b.faults.fail(b.t)
}

// rightInputs makes inputs that fit, the same each time; every other one of them just so.
func (b *bench) rightInputs(put func(question)) {
	for _, d := range b.docs {
		m := newMaker(d)
		for i := range *served {
			if i%2 == 1 {
				m.fittingEdge()
			} else {
				m.root("input")
			}
			put(question{d.id, "subscribe", m.made, fitting})
		}
	}
}

// output holds the output that a client got for an input that fits against what the fake sent, and returns where that
// does not fit its document.
func (b *bench) output(q question, a answer) (wrong []place) {
	if a.Error != "" || a.Raw == nil {
		b.faults.add("no output for an input that fits", "%s %s\n\t%v %s", q.ID, brief(q.Value), a.Refused, a.Error)
		return nil
	}
	b.counts[answered]++
	if bytes.Contains(a.Raw, []byte(`"faltest-unknown"`)) {
		b.counts[strange]++
	}
	if bytes.Contains(a.Raw, []byte(":null")) {
		b.counts[nulls]++
	}
	raw := decode(b.t, a.Raw)
	wrong = judged(b.judges.output, raw)
	b.compare(b.doc.output, raw, decode(b.t, a.Encoded), len(wrong) == 0, func() string {
		return q.ID + ": " + brief(raw)
	})
	return wrong
}

// tries is how many changed inputs of an endpoint the wrong ones are picked from.
func tries() int { return 40 + 10**served }

// wrongInputs makes, by endpoint, inputs as clients send them that are wrong in one way each, all different.
func wrongInputs(t *testing.T, docs []*document, program string) map[string][]any {
	t.Helper()
	picked, known := map[string][]any{}, map[string]bool{}
	b := newBench(t, docs)
	ask(t, program, "", func(put func(question)) {
		for _, d := range docs {
			m := newMaker(d)
			m.longest = 150_000
			for range tries() {
				m.root("input")
				m.breakOne()
				put(question{d.id, "input", m.made, broken})
			}
		}
	}, b.each(func(q question, a answer) {
		if a.Error != "" || len(picked[q.ID]) >= *served {
			return
		}
		sent := decode(t, a.Encoded) // no Go type holds all that may be wrong
		way := fmt.Sprint(q.ID, a.Violations)
		if !known[way] && len(judged(b.judges.input, sent)) > 0 {
			known[way] = true
			picked[q.ID] = append(picked[q.ID], sent)
		}
	}))
	return picked
}

// demands reports whether a document has bounds or enums.
func demands(d *document) bool {
	for f := range countFacts(d, tally{}).facts {
		if f.keyword != "default" {
			return true
		}
	}
	return false
}

// refusal holds what the fake says of an input that does not fit against what the judge and Validate say.
func (b *bench) refusal(q question, a answer) {
	wrong := judged(b.judges.input, q.Value)
	shown := func() string {
		return fmt.Sprintf("%s: judge: %v, fake: %v %s, Validate: %v of %s",
			q.ID, wrong, a.Refused, a.Error, a.Violations, brief(q.Value))
	}
	refused, found := places(a.Refused), places(a.Violations)
	switch {
	case len(refused) == 0:
		b.faults.add("not refused", "%s", shown())
	case !samePlaces(wrong, refused) || !samePlaces(found, refused):
		b.faults.add("refused at another place", "%s", shown())
	case fmt.Sprint(a.Refused) == fmt.Sprint(a.Violations):
		b.counts[denied]++
	case slices.ContainsFunc(found, func(p place) bool { return p.union }):
		b.counts[explains]++
	default:
		b.faults.add("refused in other words than Validate's", "%s", shown())
	}
}
