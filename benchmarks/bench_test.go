package benchmarks

import (
	"testing"

	"github.com/falgen/falgen/benchmarks/internal/documents"
	"github.com/falgen/falgen/benchmarks/internal/oapicodegen"
	"github.com/falgen/falgen/generator"
	"github.com/falgen/falgen/generator/spec"
)

// each runs a benchmark over the thirteen documents and, where it is at hand, over the corpus.
func each(b *testing.B, f func(b *testing.B, folder string)) {
	b.Run("specs", func(b *testing.B) { f(b, "../specs") })
	b.Run("corpus", func(b *testing.B) {
		folder := documents.Corpus("..")
		if folder == "" {
			b.Skip("no corpus in $FALGEN_CORPUS")
		}
		f(b, folder)
	})
}

func BenchmarkGenerate(b *testing.B) {
	each(b, func(b *testing.B, folder string) {
		n := 0
		for b.Loop() {
			r, err := generator.Generate(b.Context(), read(b, folder), generator.Config{Package: "example.com/generated"})
			if err != nil {
				b.Fatal(err)
			}
			n = r.Endpoints
		}
		perSecond(b, n)
	})
}

// BenchmarkParse measures the first stage of BenchmarkGenerate alone.
func BenchmarkParse(b *testing.B) {
	each(b, func(b *testing.B, folder string) {
		n := 0
		for b.Loop() {
			set, _ := read(b, folder).Parse()
			n = len(set.Documents)
		}
		perSecond(b, n)
	})
}

func read(b *testing.B, folder string) *spec.Sources {
	sources, err := spec.Read(folder)
	if err != nil {
		b.Fatal(err)
	}
	return sources
}

func BenchmarkOapiCodegen(b *testing.B) {
	each(b, func(b *testing.B, folder string) {
		files, err := documents.Cut(folder, b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for b.Loop() {
			n = 0
			for _, file := range files {
				if _, err := oapicodegen.Generate(file); err == nil {
					n++
				}
			}
		}
		perSecond(b, n)
	})
}

// perSecond reports how many documents a second were done, n in each round.
func perSecond(b *testing.B, n int) {
	b.ReportAllocs()
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "documents/s")
}
