package faltest

import (
	"encoding/json"
	"flag"
	"slices"
	"testing"

	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/sample"
	"github.com/falgen/falgen/generator/spec"
	"github.com/falgen/falgen/generator/table"
	"github.com/falgen/falgen/internal/randomdoc"
)

var schemasTried = flag.Int("schemas", 200, "how many random schemas are tried")

type dict = randomdoc.Object

// TestJudges makes documents at random, and values near what they allow: the fake's judge, the checks that generated
// packages have, and a validator of somebody else agree on which values fit; and all but a few samples fit.
func TestJudges(t *testing.T) {
	r := randomdoc.New(8, 9)
	fits, misfits, disagreements, unfit := 0, 0, 0, 0
	for range *schemasTried {
		input, components := r.Input()
		text, err := json.Marshal(randomdoc.Document(input, dict{"type": "object"}, components))
		if err != nil {
			t.Fatal(err)
		}
		e := endpointsOf(spec.Texts([]spec.Text{{Name: "random.json", Text: text}}, false)).byID["fal-ai/random"]
		if err := e.load(); err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		checks := table.Of(e.model.Input, func(*ir.Object) map[string]string { return nil })
		judge, err := randomdoc.Compile(input, components)
		if err != nil {
			t.Fatal(err)
		}
		example := sample.Input(e.model)
		exampleFits, satisfiable := judge.Validate(example) == nil, false
		for range 60 {
			value := r.InputValue(input, components)
			theirs := judge.Validate(value) == nil
			fake, ours := e.validate(value), checks.Check("fal-ai/random", value)
			if theirs != (ours == nil) || theirs != (len(fake) == 0) && !hasNull(value) {
				shown, _ := json.Marshal(dict{"input": input, "components": components})
				sent, _ := json.Marshal(value)
				t.Errorf("%s\nfits: %v\nthe fake says: %v\nthe checks say: %v\nof %s\nby %s", judge.Validate(value), theirs, fake, ours, sent, shown)
				if disagreements++; disagreements > 5 {
					t.FailNow()
				}
				break
			}
			satisfiable = satisfiable || theirs
			if theirs {
				fits++
			} else {
				misfits++
			}
		}
		if satisfiable && !exampleFits {
			unfit++
			shown, _ := json.Marshal(dict{"input": input, "components": components})
			t.Logf("no sample of %s", shown)
		}
	}
	t.Logf("%d schemas of which no sample was found", unfit)
	if unfit > *schemasTried/100 {
		t.Error("too many")
	}
	t.Logf("%d values that fit and %d that do not", fits, misfits)
	if fits < *schemasTried || misfits < *schemasTried {
		t.Error("too few values tell anything")
	}
}

// hasNull reports whether null is somewhere in a value. kin-openapi has alternatives decide on null, whatever stands beside
// them.
func hasNull(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case dict:
		for _, e := range v {
			if hasNull(e) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, hasNull)
	}
	return false
}
