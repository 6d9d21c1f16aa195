package corpus_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/falgen/falgen/generator"
)

// total is how many facts of a kind are in the documents, in the comments of what was generated, and in its code.
type total struct{ documents, comments, code int }

// TestCounts counts the defaults, bounds and enums of the inputs in the documents, and in what is generated of them:
// there are as many here as there.
func TestCounts(t *testing.T) {
	docs, r := generated(t)
	sources := parseAll(t, r)
	totals := map[string]total{}
	faults, moot := tally{}, tally{}
	for _, d := range docs {
		src := sources[d.id]
		counted := countFacts(d, moot)
		facts := counted.facts
		for _, f := range slices.SortedFunc(maps.Keys(facts), compareFacts) {
			kind, checked := kindOf(f)
			n := totals[kind]
			n.documents += facts[f]
			if mentions(src.docs[f.name], f) {
				n.comments += facts[f]
			} else {
				faults.add(kind+" that no comment tells", "%s: %v", d.id, f)
			}
			reached := 0
			if kind != emptyDefaults {
				reached = src.take(f, facts[f])
			}
			n.code += reached
			if reached < facts[f] && checked {
				faults.add(kind+" that did not reach the code", "%s: %v %d times, of %d", d.id, f, reached, facts[f])
			}
			totals[kind] = n
		}
		for _, f := range slices.SortedFunc(maps.Keys(src.checks), compareFacts) {
			if src.checks[f] > 0 && !counted.idle[f] {
				faults.add("checks that no document asks for", "%s: %v", d.id, f)
			}
		}
	}
	moot.log(t, "left aside")
	for _, kind := range slices.Sorted(maps.Keys(totals)) {
		n := totals[kind]
		t.Logf("%s: %d in the documents, %d in comments, %d in code", kind, n.documents, n.comments, n.code)
	}
	faults.fail(t)
}

// emptyDefaults are those that no code sets, since what is unset means the same.
const emptyDefaults = "defaults that are empty"

// kindOf is the kind that a fact is counted as, and whether it is checked before something is sent.
func kindOf(f fact) (kind string, checked bool) {
	switch word, ofFile := ofFiles[f.keyword]; {
	case f.keyword == "default" && (f.value == "[]" || f.value == "{}"):
		return emptyDefaults, false
	case f.keyword == "default", f.keyword == "enum":
		return f.keyword + "s", true
	case f.isForeign():
		return "patterns that only the server checks", false
	case !ofFile:
		return "bounds", true
	case word == "":
		return "bounds of files that only the server checks", false
	}
	return "bounds of files", true
}

// take uses up what the code has of a fact, as often as it is asked for, and returns how often that was.
func (s *source) take(f fact, n int) (taken int) {
	if f.keyword != "default" {
		taken = min(n, s.checks[f])
		s.checks[f] -= taken
		return taken
	}
	for _, v := range []string{f.value, "func"} { // what a func returns is for the test of WithDefaults
		use := min(n-taken, s.defaults[v])
		s.defaults[v] -= use
		taken += use
	}
	return taken
}

// parseAll reads the code of the packages, with what they use of package fal, by endpoint.
func parseAll(t *testing.T, r *generator.Result) map[string]*source {
	t.Helper()
	shared := sharedSources(t)
	sources := map[string]*source{}
	for _, name := range packages(r) {
		src := parse(t, name, r.Files[name])
		sources[src.literal(src.consts["EndpointID"]).(string)] = src
		for called, of := range shared {
			if !src.shared[called] {
				continue
			}
			for f, n := range of.checks {
				src.checks[f] += n
			}
			for v, n := range of.defaults {
				src.defaults[v] += n
			}
			for field, doc := range of.docs {
				src.docs[field] += doc
			}
		}
	}
	return sources
}

func compareFacts(a, b fact) int {
	return slices.Compare([]string{a.name, a.keyword, a.value}, []string{b.name, b.keyword, b.value})
}
