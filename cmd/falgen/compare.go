package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/falgen/falgen/generator"
	"github.com/falgen/falgen/generator/diag"
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
}

// compare generates, unless nothing has changed since the output folder was up to date, and finds what it lacks.
func compare(cmd *cobra.Command, f flags, ids []string) (*comparison, error) {
	sources, c, cfg, err := f.open(cmd.ErrOrStderr())
	if err != nil {
		return nil, err
	}
	cfg.IDs = ids
	comp := &comparison{config: c, sources: sources, generator: cfg}
	fingerprint, err := generator.Fingerprint(sources, cfg)
	if err != nil {
		return nil, err
	}
	if report := output.ReadStamp[generator.Report](c.Out, fingerprint); report != nil {
		comp.report, comp.fresh = *report, true
		return comp, nil
	}
	cfg.Progress = progress(cmd.ErrOrStderr(), "generating")
	result, err := generator.Generate(cmd.Context(), sources, cfg)
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
	if c.generator.Lock, err = output.Lock(c.Out); err != nil { // it may have been written
		return err
	}
	fingerprint, err := generator.Fingerprint(c.sources, c.generator)
	if err == nil {
		output.WriteStamp(c.Out, fingerprint, c.report)
	}
	return err
}

// open reads what a command starts from: the configuration, the documents and the lock.
func (f *flags) open(stderr io.Writer) (*spec.Sources, config, generator.Config, error) {
	c, err := f.load(stderr)
	if err != nil {
		return nil, c, generator.Config{}, err
	}
	sources, err := spec.Read(c.Specs)
	if err != nil {
		return nil, c, generator.Config{}, err
	}
	lock, err := output.Lock(c.Out)
	return sources, c, generator.Config{Package: c.Package, Lock: lock, Strict: f.strict}, err
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
