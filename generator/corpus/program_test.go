package corpus_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/falgen/falgen/generator"
	"github.com/falgen/falgen/internal/scratch"
)

// A question asks the program what a generated package makes of a value.
type question struct {
	ID    string `json:"id"`
	Kind  string `json:"kind"` // input, output, defaults, subscribe or unchecked
	Value any    `json:"value"`

	origin string // fitting, example or broken
}

// An answer is what the program says: see testdata/program.
type answer struct {
	Error      string
	Violations []violation
	Encoded    json.RawMessage
	Refused    []violation
	Raw        json.RawMessage
}

type violation struct {
	Loc  []any
	Type string
}

// places returns the places of violations.
func places(violations []violation) (found []place) {
	for _, v := range violations {
		parts := make([]string, len(v.Loc)-1)
		for i, part := range v.Loc[1:] { // behind "body"
			parts[i] = fmt.Sprint(part)
		}
		found = append(found, place{strings.Join(parts, "/"), v.Type == "union"})
	}
	return found
}

// build writes what was generated into a module of its own in a folder, vets it, and builds the program over it.
func build(t *testing.T, r *generator.Result, dir string) (program string) {
	t.Helper()
	files := imports(r)
	for _, name := range []string{"main.go", "probe/probe.go"} {
		var err error
		if files[name], err = os.ReadFile("testdata/program/" + name); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range r.Files {
		files["generated/"+name] = text
	}
	for name, text := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	scratch.Module(t, dir, "scratch")
	for _, args := range [][]string{{"vet", "./..."}, {"build", "-o", "program", "."}} {
		start := time.Now()
		cmd := exec.CommandContext(t.Context(), "go", args...)
		cmd.Dir = dir
		cmd.Env = scratch.Env()
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", args[0], err, out)
		}
		t.Logf("go %s: %v", args[0], time.Since(start).Round(time.Second))
	}
	return filepath.Join(dir, "program")
}

// packages lists the Go files of the packages, without their tests.
func packages(r *generator.Result) (files []string) {
	for name := range r.Files {
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			files = append(files, name)
		}
	}
	slices.Sort(files)
	return files
}

// imports makes the files that bring the packages into the program.
func imports(r *generator.Result) map[string][]byte {
	files := map[string][]byte{}
	all := []byte("package main\n\nimport (\n")
	for _, name := range packages(r) {
		dir := "generated/" + path.Dir(name)
		all = fmt.Appendf(all, "\t_ %q\n", "scratch/"+dir)
		files[dir+"/to_probe.go"] = fmt.Appendf(nil, toProbe, packageClause.Find(r.Files[name]))
	}
	files["packages.go"] = append(all, ")\n"...)
	return files
}

var packageClause = regexp.MustCompile(`(?m)^package \w+$`)

const toProbe = `%s

import "scratch/probe"

func init() { probe.Add(EndpointID, New) }
`

// ask runs the program over the questions that put gives it, while judge takes each question with its answer. Its
// clients call the fake at that URL.
func ask(t *testing.T, program, fake string, put func(func(question)), judge func(question, answer)) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = append(os.Environ(), "FAL_KEY=none", "FAL_BASE_URL="+fake)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	asked := make(chan question, 1000)
	go func() {
		defer close(asked)
		defer in.Close()
		buffered := bufio.NewWriter(in)
		defer buffered.Flush()
		put(func(q question) {
			line := text(q) + "\n"
			own := question{origin: q.origin} // whoever made q goes on changing its value
			decoder := json.NewDecoder(strings.NewReader(line))
			decoder.UseNumber()
			if err := decoder.Decode(&own); err != nil {
				panic(err) // it was encoded a line ago
			}
			_, _ = buffered.WriteString(line) // where that fails, an answer is missing
			asked <- own
		})
	}()
	answers := json.NewDecoder(bufio.NewReader(out))
	for q := range asked {
		var a answer
		if err := answers.Decode(&a); err != nil {
			t.Fatalf("%s: no answer to %v: %v", q.ID, q.Value, err)
		}
		judge(q, a)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
}

// A tally counts findings by what they are, and keeps a few of each.
type tally map[string][]string

func (y tally) add(class, format string, args ...any) {
	found := y[class]
	if len(found) < 3 {
		y[class] = append(found, fmt.Sprintf(format, args...))
		return
	}
	y[class] = append(found, "")
}

// log says how many there are of each class.
func (y tally) log(t *testing.T, title string) {
	t.Helper()
	for _, class := range slices.Sorted(maps.Keys(y)) {
		t.Logf("%s: %7d %s, such as %s", title, len(y[class]), class, y[class][0])
	}
}

// fail fails the test for what is in the tally.
func (y tally) fail(t *testing.T) {
	t.Helper()
	for _, class := range slices.Sorted(maps.Keys(y)) {
		t.Errorf("%s: %d times, such as\n%s", class, len(y[class]), strings.Join(y[class][:min(3, len(y[class]))], "\n"))
	}
}
