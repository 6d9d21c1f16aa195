package report_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/diff"
	"github.com/falgen/falgen/generator/report"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sample has a change of each level and of each form, out of order as far as reports may order them.
func sample() *diff.Report {
	at := func(line, col int) diag.Pos { return diag.Pos{File: "specs/a.json", Line: line, Col: col} }
	was := func(line, col int) diag.Pos { return diag.Pos{File: "HEAD:specs/a.json", Line: line, Col: col} }
	return &diff.Report{
		Old: "HEAD", New: "specs", Compared: 3, Failed: []string{"specs/broken.json"},
		Changes: []diff.Change{
			{
				Level: diff.Doc, Kind: diff.EndpointAdded, Endpoint: "fal-ai/a/new", Package: "falai/a/new",
				Effects: []diff.Effect{{Level: diff.Doc, Text: "It gets a package of its own."}}, New: at(1, 1),
			},
			{
				Level: diff.Go, Kind: diff.TypeChanged, Endpoint: "fal-ai/b", Package: "falai/b", Path: "Input.loras[].scale",
				Before: "a whole number", After: "a number", Old: was(12, 5), New: at(13, 5),
				Effects: []diff.Effect{
					{Level: diff.Go, Text: "LoRA.Scale was fal.Opt[int64] and is fal.Opt[float64]."},
					{Level: diff.Wire, Text: "Requests with a value of the old type may be refused."},
				},
				Go: []diff.Symbol{
					{Kind: "field", Name: "LoRA.Scale", Before: "fal.Opt[int64]", After: "fal.Opt[float64]"},
					{Kind: "const", Name: "DefaultLoRAScale", Before: "int64"},
					{Kind: "type", Name: "Mode", Before: "string", Now: "LoRAMode"},
					{Kind: "type", Name: "Kept", Before: "string", After: "string"},
				},
			},
			{
				Level: diff.Wire, Kind: diff.LimitTightened, Endpoint: "fal-ai/b", Package: "falai/b", Path: "Input.n",
				After: "at most 5", Old: was(20, 3), New: at(20, 3),
				Effects: []diff.Effect{{Level: diff.Wire, Text: "Requests beyond it are refused."}},
			},
			{
				Level: diff.Behaviour, Kind: diff.DefaultChanged, Endpoint: "fal-ai/b", Package: "falai/b", Path: "Input.n",
				Before: "3", After: "4", Old: was(20, 3), New: at(20, 3),
				Effects: []diff.Effect{{Level: diff.Behaviour, Text: "Whoever leaves it out gets something else now."}},
			},
			{
				Level: diff.Doc, Kind: diff.DescriptionChanged, Endpoint: "fal-ai/b", Package: "falai/b", Path: "Output.x",
				Before: "The same words, then old ones, and an end.", After: "The same words, then new ones, and an end.",
				Effects: []diff.Effect{}, Old: was(30, 1), New: at(31, 1),
			},
			{
				Level: diff.Go, Kind: diff.EndpointRemoved, Endpoint: "fal-ai/c", Package: "falai/c",
				Effects: []diff.Effect{{Level: diff.Go, Text: "Its package goes when packages are generated again."}},
				Old:     was(1, 1),
			},
		},
	}
}

// hostile are texts that strangers may write.
var hostile = []string{
	"</del></div><script>alert(1)</script><!--", "\x1b[31mred\x1b]0;title\x07", "`` @octocat #1 ` | x ```\n# heading\n",
	"\u202egnihtemos\u2066", "x\n::error file=y::z\r\n::set-env name=a::b", "%0A::error::x",
	"[a](javascript:alert(1)) ![b](https://x.test)", `"><img src=x onerror=alert(1)>`, "{{ .Secret }}", "\xff\xfe",
	"a\u2028b\u0000c", "https://example.com/@me", "`", "``", " ` ", "*/ -->",
}

func hostileReport() *diff.Report {
	r := &diff.Report{Old: hostile[0], New: hostile[1], Compared: 1}
	for _, text := range hostile {
		r.Failed = append(r.Failed, text)
		r.Changes = append(r.Changes, diff.Change{
			Level: diff.Doc, Kind: diff.DescriptionChanged, Endpoint: "fal-ai/x", Package: "falai/x", Path: "Input." + text,
			Before: text, After: "a " + text + " b", Effects: []diff.Effect{},
			New: diag.Pos{File: text, Line: 1, Col: 1}, Old: diag.Pos{File: text, Line: 2, Col: 2},
		})
	}
	return r
}

func render(t *testing.T, format string, r *diff.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Formats[format](&b, r); err != nil {
		t.Fatalf("%s: %v", format, err)
	}
	return b.String()
}

// TestGolden holds each format against a file.
func TestGolden(t *testing.T) {
	none := &diff.Report{Old: "a", New: "b", Compared: 660}
	reports := map[string]*diff.Report{"sample": sample(), "hostile": hostileReport(), "none": none}
	for _, format := range slices.Sorted(maps.Keys(report.Formats)) {
		for _, name := range slices.Sorted(maps.Keys(reports)) {
			if format == "html" && name != "sample" {
				continue // it is long
			}
			got := render(t, format, reports[name])
			if again := render(t, format, reports[name]); again != got {
				t.Errorf("%s: %s is not the same twice", name, format)
			}
			file := filepath.Join("testdata", name+"."+format)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("%s is not up to date, run go test ./generator/report -update and read the diff:\n%s", file, d)
			}
		}
	}
}

// TestHostile holds that the text of strangers is text in each format, and nothing else.
func TestHostile(t *testing.T) {
	r := hostileReport()
	for format := range report.Formats {
		got := render(t, format, r)
		if format == "json" {
			if !json.Valid([]byte(got)) {
				t.Error("this is no JSON")
			}
			continue
		}
		for _, c := range got {
			if c != '\n' && (unicode.IsControl(c) || unicode.Is(unicode.Cf, c)) {
				t.Errorf("%s: holds %U", format, c)
			}
		}
	}
	page := render(t, "html", r)
	if n := strings.Count(page, "<script"); n != 1 {
		t.Errorf("the page has %d scripts", n)
	}
	for _, tag := range []string{"<img", "<!--", "javascript:alert(1)\"", "onerror=alert(1)>"} {
		if strings.Contains(page, tag) {
			t.Errorf("the page holds %s", tag)
		}
	}
	for line := range strings.Lines(render(t, "github", r)) {
		if !strings.HasPrefix(line, "::notice ") || strings.ContainsAny(strings.TrimSuffix(line, "\n"), "\r\n") {
			t.Errorf("not one annotation: %q", line)
		}
	}
	for _, line := range strings.Split(render(t, "markdown", r), "\n") {
		outside := withoutCode(line)
		if strings.ContainsAny(outside, "@<[!") || strings.Contains(outside, "://") || strings.HasPrefix(line, "# ") {
			t.Errorf("Markdown outside of code: %q of %q", outside, line)
		}
	}
}

// withoutCode takes the code out of a line of Markdown, by the rule that as many backticks end it as began it.
func withoutCode(line string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(line, "`")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		fence := "`" + rest[:len(rest)-len(strings.TrimLeft(rest, "`"))]
		rest = strings.TrimLeft(rest, "`")
		end := -1
		for i := 0; i < len(rest); i++ {
			if run := len(rest[i:]) - len(strings.TrimLeft(rest[i:], "`")); run == len(fence) {
				end = i + run
				break
			} else if run > 0 {
				i += run - 1
			}
		}
		if end < 0 {
			return out.String() + line
		}
		line = rest[end:]
	}
}

// TestMarkdownFits gives Markdown more than a pull request's body holds: the gravest changes stay, the rest is counted.
func TestMarkdownFits(t *testing.T) {
	for _, n := range []int{10, 200, 1000} {
		r := &diff.Report{Old: "a", New: "b", Compared: n}
		for i := range n {
			for j, level := range diff.Levels {
				r.Changes = append(r.Changes, diff.Change{
					Level: level, Kind: diff.DefaultChanged,
					Endpoint: fmt.Sprintf("fal-ai/e%04d", i), Path: fmt.Sprintf("Input.f%d", j),
					Before: strings.Repeat("é", 300), After: strings.Repeat("ö", 300),
					Effects: []diff.Effect{{Level: level, Text: "It moved."}},
				})
			}
			r.Failed = append(r.Failed, fmt.Sprintf("specs/%d.json", i))
		}
		got := render(t, "markdown", r)
		if size := utf8.RuneCountInString(got); size > 65_536 {
			t.Errorf("%d endpoints make %d characters", n, size)
		}
		shown := strings.Count(got, "- **")
		for i, level := range diff.Levels[1:] {
			grave := strings.Count(got, "- **"+diff.Levels[i].String()+"**")
			light := strings.Count(got, "- **"+level.String()+"**")
			if grave < light || light > 0 && grave < n {
				t.Errorf("%d endpoints: %d of %s are listed, but %d of %s", n, grave, diff.Levels[i], light, level)
			}
		}
		if left := 4*n - shown; left > 0 && !strings.Contains(got, fmt.Sprintf("_%d changes not listed here", left)) {
			t.Errorf("%d changes are left out, but not counted:\n%s", left, got[len(got)-200:])
		}
		if n == 10 && shown != 40 || shown == 0 {
			t.Errorf("%d endpoints: %d changes are listed", n, shown)
		}
	}
}

// TestJSON reads back what programs read.
func TestJSON(t *testing.T) {
	var got struct {
		Counts  map[string]int
		Changes []struct {
			diff.Change
			NewAt string `json:"new_at"`
			OldAt string `json:"old_at"`
		}
	}
	if err := json.Unmarshal([]byte(render(t, "json", sample())), &got); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]int{"GO": 2, "WIRE": 1, "BEHAVIOUR": 1, "DOC": 2}, got.Counts); d != "" {
		t.Error(d)
	}
	for i, want := range sample().Changes {
		c := got.Changes[i]
		if want.New.File != "" && c.NewAt != want.New.String() || want.Old.File != "" && c.OldAt != want.Old.String() {
			t.Errorf("%d: at %q, was at %q", i, c.NewAt, c.OldAt)
		}
		want.New, want.Old = diag.Pos{}, diag.Pos{}
		if d := cmp.Diff(want, c.Change); d != "" {
			t.Error(d)
		}
	}
}
