package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/falgen/falgen/generator"
	"github.com/falgen/falgen/generator/catalogue"
	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/naming"
	"github.com/falgen/falgen/generator/output"
	"github.com/falgen/falgen/generator/spec"
)

// comparison is what generate and check both start from.
type comparison struct {
	config
	report  generator.Report
	changes []output.Change // what the output folder lacks

	sources   *spec.Sources
	generator generator.Config
	fresh     bool // nothing was generated, since nothing has changed
	release   func()
}

// compare generates, unless nothing has changed since the output folder was up to date, and finds what it lacks. It
// keeps the folder to this run until release is called, which is only where there is no error. What was read before is
// not read again.
func compare(cmd *cobra.Command, f flags, ids []string, l *loaded) (_ *comparison, err error) {
	c, err := f.load(cmd.ErrOrStderr())
	if err != nil {
		return nil, err
	}
	release, err := output.LockFolder(cmd.Context(), c.Out, func() {
		fmt.Fprintf(cmd.ErrOrStderr(), "falgen: another run is at work on %s: waiting for it\n", c.Out)
	})
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			release()
		}
	}()
	if l == nil {
		read, err := c.read(c.Specs)
		if err != nil {
			return nil, err
		}
		l = &read
	}
	cfg := generator.Config{Package: c.Package, Lock: l.lock, Strict: c.strict, IDs: ids}
	comp := &comparison{config: c, sources: l.sources, generator: cfg, release: release}
	fingerprint, err := generator.Fingerprint(l.sources, cfg)
	if err != nil {
		return nil, err
	}
	if report := output.ReadStamp[generator.Report](c.Out, fingerprint); report != nil {
		comp.report, comp.fresh = *report, true
		return comp, nil
	}
	cfg.Progress = progress(cmd.ErrOrStderr(), "generating")
	if l.catalogue == nil {
		l.catalogue = c.load(*l)
	}
	result, err := generator.Emit(cmd.Context(), l.catalogue, cfg)
	if err != nil {
		return nil, err
	}
	comp.report = result.Report
	comp.changes, err = output.Compare(c.Out, result.Files, result.Stale)
	return comp, err
}

// done notes that the output folder is up to date now.
func (c *comparison) done() error {
	if c.fresh {
		return nil
	}
	var err error
	if c.generator.Lock, err = output.ReadLock(c.Out); err != nil { // it may have been written
		return err
	}
	fingerprint, err := generator.Fingerprint(c.sources, c.generator)
	if err == nil {
		output.WriteStamp(c.Out, fingerprint, c.report)
	}
	return err
}

// documents reads the documents alone: their names in Go are not those of the lock.
func (c config) documents() (*catalogue.Catalogue, error) {
	sources, err := spec.Read(c.Specs)
	if err != nil {
		return nil, err
	}
	return catalogue.Load(sources, catalogue.Config{}), nil
}

// loaded is what was read.
type loaded struct {
	sources   *spec.Sources
	lock      naming.Lock
	catalogue *catalogue.Catalogue // nil where it is not needed yet
}

// read reads the documents at a path, and the lock.
func (c config) read(path string) (l loaded, err error) {
	if l.sources, err = spec.Read(path); err != nil {
		return l, err
	}
	l.lock, err = output.ReadLock(c.Out)
	return l, err
}

// load returns the catalogue of what was read.
func (c config) load(l loaded) *catalogue.Catalogue {
	return catalogue.Load(l.sources, catalogue.Config{Lock: l.lock, Strict: c.strict})
}

// findings prints the diagnostics.
func (c *comparison) findings(w io.Writer, notes bool) {
	for _, d := range c.report.Diagnostics {
		if d.Severity > diag.Note || notes {
			fmt.Fprintln(w, d)
		}
	}
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
