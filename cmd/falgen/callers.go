package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/falgen/falgen/generator/callers"
	"github.com/falgen/falgen/generator/diff"
)

// registerCallers adds the flag that says where the user's code is.
func registerCallers(cmd *cobra.Command, patterns *[]string) {
	cmd.Flags().StringArrayVar(patterns, "callers", nil,
		"list the places in the Go `packages`, such as ./..., that the changes break or touch; may be repeated")
}

// searchCallers puts the places in the user's code into a report. Code is read as it compiles against the packages that
// are there, so it has to be searched before they are generated anew.
func (f *flags) searchCallers(cmd *cobra.Command, r *diff.Report, patterns []string) error {
	if len(patterns) == 0 || len(r.Changes) == 0 {
		return nil
	}
	c, err := f.load(cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	uses, problems, err := callers.Find(cmd.Context(), dir, patterns, c.Package, r.Changes)
	if err != nil {
		return err
	}
	for i, p := range problems {
		if i == 5 {
			fmt.Fprintf(cmd.ErrOrStderr(), "falgen: and %s more\n", count(len(problems)-i, "problem"))
			break
		}
		fmt.Fprintln(cmd.ErrOrStderr(), "falgen: the code does not compile, so places in it may be missing:", printable(p.Error()))
	}
	r.Callers = uses
	return nil
}
