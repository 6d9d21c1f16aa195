package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/output"
)

func generateCommand() *cobra.Command {
	var f flags
	var verbose bool
	cmd := &cobra.Command{
		Use:   "generate [ID...]",
		Short: "Generate Go packages from documents",
		Long: `Generate writes a Go package for each document, or for the endpoints given as arguments.

Unchanged files are not written. The package of a document that no longer exists is removed; files that falgen did not
write are kept. An invalid document is reported with its position and does not stop the others: its package is kept, and the
exit status is 1.`,
		ValidArgsFunction: f.completeIDs(anyNumber),
		RunE: func(cmd *cobra.Command, ids []string) error {
			_, err := generate(cmd, f, ids, verbose, nil)
			return err
		},
	}
	f.register(cmd)
	cmd.Flags().BoolVarP(&verbose, "verbose", "v", false, "print notes, too: what falgen left aside without a loss")
	return cmd
}

// generate brings the packages up to date, and prints what there is to say. It returns what it printed.
func generate(cmd *cobra.Command, f flags, ids []string, verbose bool, l *loaded) ([]diag.Diagnostic, error) {
	c, err := compare(cmd, f, ids, l)
	if err != nil {
		return nil, err
	}
	defer c.release()
	if err := output.Write(c.Out, c.changes); err != nil {
		return nil, err
	}
	if err := c.done(); err != nil {
		return nil, err
	}
	c.findings(cmd.ErrOrStderr(), verbose)
	c.summary(cmd.ErrOrStderr())
	if len(c.report.Failed) > 0 {
		return c.report.Diagnostics, errFound
	}
	return c.report.Diagnostics, nil
}

func (c *comparison) summary(w io.Writer) {
	removed := 0
	for _, change := range c.changes {
		if change.Want == nil {
			removed++
		}
	}
	fmt.Fprintf(w, "falgen: %s in %s: %d written, %d removed", count(c.report.Endpoints, "endpoint"), c.Out, len(c.changes)-removed, removed)
	if n := len(c.report.Failed); n > 0 {
		fmt.Fprintf(w, "; %d failed", n)
	}
	fmt.Fprintln(w)
}
