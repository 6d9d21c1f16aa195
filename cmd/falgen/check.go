package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func checkCommand() *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:   "check [ID...]",
		Short: "Check that the generated packages are up to date",
		Long: `Check generates in memory and compares the result with the files on disk. If they differ, it prints a unified diff
from the current to the expected content, and exits with status 1. It writes nothing and needs no network.`,
		ValidArgsFunction: f.completeIDs(anyNumber),
		RunE: func(cmd *cobra.Command, ids []string) error {
			c, err := compare(cmd, f, ids, nil)
			if err != nil {
				return err
			}
			defer c.release()
			for _, change := range c.changes {
				if _, err := cmd.OutOrStdout().Write(change.Diff(c.Out)); err != nil {
					return err
				}
			}
			stderr := cmd.ErrOrStderr()
			c.findings(stderr, false)
			if len(c.changes) > 0 {
				fmt.Fprintf(stderr, "falgen: %s in %s not up to date: run falgen generate\n", count(len(c.changes), "file"), c.Out)
				return errFound
			}
			if err := c.done(); err != nil {
				return err
			}
			if n := len(c.report.Failed); n > 0 {
				fmt.Fprintf(stderr, "falgen: %s could not be checked\n", count(n, "document"))
				return errFound
			}
			return nil
		},
	}
	f.register(cmd)
	return cmd
}
