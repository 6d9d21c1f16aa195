package corpus_test

import (
	"flag"
	"log"
	"os"
	"sync"
	"testing"

	"github.com/falgen/falgen/generator"
	"github.com/falgen/falgen/generator/spec"
	_ "github.com/falgen/falgen/internal/testenv"
)

var sample = flag.Int("sample", 0, "how many of the endpoints are tested, evenly spread; 0 for all")

// work is a folder for what is built.
var work string

func TestMain(m *testing.M) {
	flag.Parse()
	var err error
	if work, err = os.MkdirTemp("", "corpus"); err != nil {
		log.Fatal(err)
	}
	code := m.Run()
	os.RemoveAll(work)
	os.Exit(code)
}

// once has what the tests share, since it takes minutes to build.
var once struct {
	generate, build sync.Once

	docs     []*document
	packages *generator.Result
	program  string
}

// generated reads the documents and generates their packages.
func generated(t *testing.T) ([]*document, *generator.Result) {
	t.Helper()
	dir := folder(t)
	once.generate.Do(func() {
		docs := spread(read(t, dir), *sample)
		sources, err := spec.Read(dir)
		if err != nil {
			t.Fatal(err)
		}
		cfg := generator.Config{Package: "scratch/generated"}
		if *sample > 0 {
			cfg.IDs = ids(docs)
		}
		r, err := generator.Generate(t.Context(), sources, cfg)
		if err != nil {
			t.Fatal(err)
		}
		if n := len(packages(r)); n != len(docs) {
			t.Fatalf("generated %d of %d endpoints, failed: %v", n, len(docs), r.Failed)
		}
		once.docs, once.packages = docs, r
	})
	if once.packages == nil {
		t.Fatal("nothing was generated, as an earlier test says")
	}
	return once.docs, once.packages
}

// spread returns n of the documents, evenly spread, or all where n is 0.
func spread(docs []*document, n int) []*document {
	if n <= 0 || n >= len(docs) {
		return docs
	}
	some := make([]*document, n)
	for i := range some {
		some[i] = docs[i*len(docs)/n]
	}
	return some
}

// built returns the documents, and the program that the packages are compiled into.
func built(t *testing.T) ([]*document, string) {
	t.Helper()
	docs, r := generated(t)
	once.build.Do(func() { once.program = build(t, r, work) })
	if once.program == "" {
		t.Fatal("nothing was built, as an earlier test says")
	}
	return docs, once.program
}

func ids(docs []*document) (all []string) {
	for _, d := range docs {
		all = append(all, d.id)
	}
	return all
}
