package jsoracle

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"

	_ "github.com/falgen/falgen/internal/testenv"
)

// difference is one that we intend.
type difference struct {
	where    string // a regular expression for "scenario: line"
	field    string
	js, ours string // the values: "" where there is no such field, "*" for any
	reason   string
}

// fits reports whether the two clients differ as the row says.
func (d difference) fits(js, ours string) bool {
	is := func(want, got string) bool { return want == got || want == "*" && got != "" }
	return js != ours && is(d.js, js) && is(d.ours, ours)
}

// compare returns where the two clients differ in a scenario and no row says so, or a row says so and they do not. It
// marks the rows that are right.
func compare(scenario string, js, ours []exchange, rows []difference, used map[int]bool) []string {
	if a, b := lines(js), lines(ours); a != b {
		return []string{string(diff.Diff("js", []byte(a), "ours", []byte(b)))}
	}
	var problems []string
	for i := range js {
		problem := ""
		a, b := js[i].fields, ours[i].fields
		listed := map[string]bool{}
		for n, row := range rows {
			if ok, err := regexp.MatchString(row.where, scenario+": "+js[i].line); err != nil {
				return []string{err.Error()}
			} else if !ok {
				continue
			}
			listed[row.field] = true
			if row.fits(a[row.field], b[row.field]) {
				used[n] = true
				continue
			}
			problem += disagreement(row.field, a, b) +
				fmt.Sprintf("    not as row %q says: js %s, ours %s\n", row.where, shown(row.js), shown(row.ours))
		}
		all := maps.Clone(a)
		maps.Copy(all, b)
		for _, field := range slices.Sorted(maps.Keys(all)) {
			if !listed[field] && a[field] != b[field] {
				problem += disagreement(field, a, b)
			}
		}
		if problem != "" {
			problems = append(problems, js[i].line+"\n"+problem)
		}
	}
	return problems
}

func disagreement(field string, js, ours map[string]string) string {
	return fmt.Sprintf("  %s\n    js   %s\n    ours %s\n", field, shown(js[field]), shown(ours[field]))
}

func shown(value string) string {
	if value == "" {
		return "(absent)"
	}
	return value
}

func lines(list []exchange) string {
	var b strings.Builder
	for _, x := range list {
		b.WriteString(x.line + "\n")
	}
	return b.String()
}

func TestCompare(t *testing.T) {
	request := func(line string, pairs ...string) exchange {
		x := exchange{line, map[string]string{}}
		for i := 0; i < len(pairs); i += 2 {
			x.fields[pairs[i]] = pairs[i+1]
		}
		return x
	}
	accept := difference{where: "^run: GET ", field: "header.Accept", js: "*", ours: "json"}
	tests := []struct {
		name     string
		js, ours []exchange
		rows     []difference
		want     []string // a part of each problem
		used     bool
	}{
		{
			name: "the same",
			js:   []exchange{request("GET a", "query.b", "1")},
			ours: []exchange{request("GET a", "query.b", "1")},
		},
		{
			name: "another value, and a field too few and too many",
			js:   []exchange{request("GET a", "query.b", "1", "body.x", "1")},
			ours: []exchange{request("GET a", "query.b", "2", "body.y", "2")},
			want: []string{"GET a\n  body.x\n    js   1\n    ours (absent)\n  body.y\n    js   (absent)\n    ours 2\n" +
				"  query.b\n    js   1\n    ours 2\n"},
		},
		{
			name: "other requests",
			js:   []exchange{request("GET a"), request("GET b")},
			ours: []exchange{request("GET a")},
			want: []string{"-GET b\n"},
		},
		{
			name: "as a row says",
			js:   []exchange{request("GET a", "header.Accept", "all")},
			ours: []exchange{request("GET a", "header.Accept", "json")},
			rows: []difference{accept},
			used: true,
		},
		{
			name: "not quite as a row says",
			js:   []exchange{request("GET a", "header.Accept", "all")},
			ours: []exchange{request("GET a")},
			rows: []difference{accept},
			want: []string{"ours (absent)\n    not as row \"^run: GET \" says: js *, ours json"},
		},
		{
			name: "a row that the clients agree about",
			js:   []exchange{request("GET a", "header.Accept", "json")},
			ours: []exchange{request("GET a", "header.Accept", "json")},
			rows: []difference{accept},
			want: []string{"ours json\n    not as row \"^run: GET \" says"},
		},
		{
			name: "a row of another request",
			js:   []exchange{request("PUT a", "header.Accept", "all")},
			ours: []exchange{request("PUT a", "header.Accept", "json")},
			rows: []difference{accept},
			want: []string{"PUT a\n  header.Accept"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			used := map[int]bool{}
			got := compare("run", test.js, test.ours, test.rows, used)
			if len(got) != len(test.want) {
				t.Fatalf("got %q", got)
			}
			for i, part := range test.want {
				if !strings.Contains(got[i], part) {
					t.Errorf("%q\nis not in\n%q", part, got[i])
				}
			}
			if used[0] != test.used {
				t.Errorf("the row is used: %v", used[0])
			}
		})
	}
}

func TestSettle(t *testing.T) {
	const initiate, complete = "POST rest.fal.ai/storage/upload/initiate", "POST v3.fal.media/parts/mp4/complete"
	list := []exchange{
		{"POST fal.run/a", map[string]string{"body": "1"}},
		{"POST fal.run/a", map[string]string{"body": "1"}},
		{"POST fal.run/a", map[string]string{"body": "2"}},
		{initiate, map[string]string{"body.content_type": "b"}},
		{"PUT v3.fal.media/b", nil},
		{complete, nil},
		{initiate, map[string]string{"body.content_type": "a"}},
		{"PUT v3.fal.media/a", nil},
		{"GET z", nil},
		{"GET y", nil},
	}
	var got []string
	for _, x := range settle(list) {
		line := x.fields["times"] + " " + x.line + " " + x.fields["body"] + x.fields["body.content_type"]
		got = append(got, strings.TrimSpace(line))
	}
	want := []string{
		"2 POST fal.run/a 1", "1 POST fal.run/a 2", "1 " + initiate + " a", "1 " + initiate + " b",
		"1 PUT v3.fal.media/a", "1 PUT v3.fal.media/b", "1 " + complete, "1 GET z", "1 GET y",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}
