// Compare measures falgen, oapi-codegen and gofmt over the same documents and prints the figures and their ratios.
// The script run calls it.
//
// It stays small itself: Linux counts the memory of a process into that of the programs it starts.
package main

import (
	"flag"
	"log"
	"os"
	"path/filepath"
)

func main() {
	log.SetFlags(0)
	var p plan
	flag.StringVar(&p.specs, "specs", "", "`folder` of the documents as they are published")
	flag.StringVar(&p.work, "work", "", "`folder` to work in, which holds the documents, a file each, in documents/")
	flag.StringVar(&p.bin, "bin", "", "`folder` of the programs falgen, oapi and gofmt")
	flag.IntVar(&p.runs, "n", 5, "how often each program runs")
	flag.IntVar(&p.quarters, "build", 4, "how many quarters of the packages to build, 0 to 4")
	flag.Parse()
	p.module, p.root = ".", ".."
	for _, dir := range []*string{&p.specs, &p.work, &p.bin, &p.module, &p.root} {
		abs, err := filepath.Abs(*dir)
		if err != nil {
			log.Fatal(err)
		}
		*dir = abs
	}
	if err := p.run(); err != nil {
		log.Fatal(err)
	}
}

// A plan is what to measure, and where.
type plan struct {
	specs          string
	work, bin      string
	module, root   string // the folders of this module and of falgen's
	runs, quarters int
}

func (p *plan) run() error {
	r := report{runs: p.runs}
	var err error
	if err = p.generate(&r); err != nil {
		return err
	}
	if r.falgenLines, err = lines(p.out("falgen")); err != nil {
		return err
	}
	if r.oapiLines, err = lines(p.out("oapi")); err != nil {
		return err
	}
	if p.quarters > 0 {
		if r.builds, err = p.build("falgen", "oapi"); err != nil {
			return err
		}
	}
	return r.print(os.Stdout)
}

// out returns the folder that a program generates into.
func (p *plan) out(program string) string { return filepath.Join(p.work, program, "generated") }
