package main

import (
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/falgen/falgen/benchmarks/internal/measure"
)

// A report is everything that was measured.
type report struct {
	runs                   int
	times                  map[string][]measure.Usage
	oapiDone, oapiSkipped  int
	falgenLines, oapiLines spread
	builds                 map[string]build
}

func (r *report) print(w io.Writer) error {
	p := &printer{w: w}
	median := func(name string) measure.Usage { return measure.Median(r.times[name]) }
	p.line("%d documents, medians of %d runs in turn, %d cores, %s/%s, %s.", r.oapiDone+r.oapiSkipped, r.runs, runtime.NumCPU(),
		runtime.GOOS, runtime.GOARCH, runtime.Version())
	p.line("oapi-codegen generated %d of them and refused %d.", r.oapiDone, r.oapiSkipped)
	p.line("")
	p.line("| | wall | least | CPU | memory |")
	p.line("|---|--:|--:|--:|--:|")
	for _, row := range [][2]string{
		{"falgen generate, cold", "cold"}, {"falgen generate, nothing changed", "unchanged"},
		{"falgen check, nothing changed", "check"}, {"oapi-codegen", "oapi"}, {"gofmt -l of falgen's output", "gofmt"},
	} {
		m := median(row[1])
		p.line("| %s | %s | %s | %s | %.0f MB |", row[0], seconds(m.Wall), seconds(measure.Min(r.times[row[1]]).Wall),
			seconds(m.CPU), megabytes(m))
	}
	p.line("")
	p.line("| | falgen | oapi-codegen |")
	p.line("|---|--:|--:|")
	p.line("| lines of an endpoint, median | %d | %d |", r.falgenLines.median, r.oapiLines.median)
	p.line("| lines of an endpoint, most | %d | %d |", r.falgenLines.most, r.oapiLines.most)
	falgen, oapi := r.builds["falgen"], r.builds["oapi"]
	if falgen.packages > 0 && oapi.packages > 0 {
		p.line("| `go build`, CPU | %s | %s |", seconds(falgen.cpu), seconds(oapi.cpu))
		p.line("| packages of it | %d | %d |", falgen.packages, oapi.packages)
		p.line("| which do not compile | %d | %d |", falgen.broken, oapi.broken)
	}
	p.line("")
	p.line("| | figure | aim | CPU alone |")
	p.line("|---|--:|--:|--:|")
	for _, row := range [][4]string{
		{"falgen cold / oapi-codegen", "cold", "oapi", "0.10"}, {"falgen cold / gofmt -l", "cold", "gofmt", "3"},
		{"nothing changed / cold", "unchanged", "cold", "0.10"}, {"check / cold", "check", "cold", "0.10"},
	} {
		a, b := median(row[1]), median(row[2])
		p.line("| %s | %.2f | ≤ %s | %.2f |", row[0], a.Wall.Seconds()/b.Wall.Seconds(), row[3], a.CPU.Seconds()/b.CPU.Seconds())
	}
	p.line("| falgen's memory, cold | %.0f MB | < 200 MB | |", megabytes(median("cold")))
	p.line("| lines of an endpoint, median | %d | < 250 | |", r.falgenLines.median)
	if falgen.packages > 0 && oapi.packages > 0 {
		p.line("| `go build`, falgen / oapi-codegen | | ≤ 0.33 | %.2f |", falgen.perPackage()/oapi.perPackage())
	}
	return p.err
}

func (b build) perPackage() float64 { return b.cpu.Seconds() / float64(b.packages) }

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

func megabytes(u measure.Usage) float64 { return float64(u.RSS) / 1e6 }

// A printer keeps the first error.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}
