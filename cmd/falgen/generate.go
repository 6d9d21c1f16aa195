package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/falgen/falgen/generator"
	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/output"
)

func generateCommand() *cobra.Command {
	var f flags
	var verbose bool
	cmd := &cobra.Command{
		Use:   "generate [ID...]",
		Short: "Write the packages of the documents",
		Long: `Generate writes a Go package for each document, or for the endpoints that are named.

What has not changed is not touched. A package whose document is gone is removed; files that falgen did not write are
left alone. A document that cannot be used is named with its place and does not stop the others; its package stays as
it was, and the exit status is 1.`,
		RunE: func(cmd *cobra.Command, ids []string) error {
			stderr := cmd.ErrOrStderr()
			c, result, changes, err := compare(cmd, f, ids)
			if err != nil {
				return err
			}
			if err := output.Write(c.Out, changes); err != nil {
				return err
			}
			report(stderr, result, verbose)
			summary(stderr, c.Out, result, changes)
			if len(result.Failed) > 0 {
				return errFound
			}
			return nil
		},
	}
	f.register(cmd)
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "print notes, too: what falgen left aside without a loss")
	return cmd
}

// compare generates, and finds what the output folder lacks.
func compare(cmd *cobra.Command, f flags, ids []string) (config, *generator.Result, []output.Change, error) {
	c, err := f.load(cmd.ErrOrStderr())
	if err != nil {
		return c, nil, nil, err
	}
	lock, err := output.Lock(c.Out)
	if err != nil {
		return c, nil, nil, err
	}
	result, err := generator.Generate(cmd.Context(), generator.Config{Specs: c.Specs, Package: c.Package, IDs: ids, Lock: lock})
	if err != nil {
		return c, nil, nil, err
	}
	changes, err := output.Compare(c.Out, result.Files, result.Stale)
	return c, result, changes, err
}

// report prints the findings.
func report(w io.Writer, r *generator.Result, verbose bool) {
	for _, d := range r.Diagnostics {
		if d.Severity > diag.Note || verbose {
			fmt.Fprintln(w, d)
		}
	}
}

func summary(w io.Writer, out string, r *generator.Result, changes []output.Change) {
	removed := 0
	for _, c := range changes {
		if c.Want == nil {
			removed++
		}
	}
	fmt.Fprintf(w, "falgen: %s in %s: %d written, %d removed", count(len(r.Endpoints), "endpoint"), out, len(changes)-removed, removed)
	if n := len(r.Failed); n > 0 {
		fmt.Fprintf(w, "; %d failed", n)
	}
	fmt.Fprintln(w)
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
