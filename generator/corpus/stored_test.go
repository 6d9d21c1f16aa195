package corpus_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/generator"
	"github.com/falgen/falgen/generator/fetch"
	"github.com/falgen/falgen/generator/spec"
)

// TestStored takes every published document into a folder: what is generated from the stored documents is what is
// generated from the catalogue's dumps, to the byte.
func TestStored(t *testing.T) {
	dumps, stored := folder(t), t.TempDir()
	report, err := fetch.Run(t.Context(), fetch.Config{Folder: stored}, fetch.Want{From: dumps})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d documents stored, %d not there", report.Count(fetch.New), report.Count(fetch.Failed))
	if n := len(read(t, dumps)); report.Count(fetch.New) != n {
		t.Errorf("%d documents are stored, of %d", report.Count(fetch.New), n)
	}
	want, got := filesOf(t, dumps), filesOf(t, stored)
	for file := range got {
		if _, ok := want[file]; !ok {
			t.Errorf("%s is generated from the stored documents alone", file)
		}
	}
	for file, text := range want {
		if text := string(text); text != string(got[file]) {
			t.Errorf("%s: %s", file, cmp.Diff(text, string(got[file])))
		}
	}
}

func filesOf(t *testing.T, specs string) map[string][]byte {
	t.Helper()
	sources, err := spec.Read(specs)
	if err != nil {
		t.Fatal(err)
	}
	result, err := generator.Generate(t.Context(), sources, generator.Config{Package: "example.com/x"})
	if err != nil {
		t.Fatal(err)
	}
	return result.Files
}
