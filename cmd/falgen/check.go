package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func checkCommand() *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:   "check [ID...]",
		Short: "Tell whether generate would change anything",
		Long: `Check generates in memory and compares with what is on disk. Where they differ it prints a unified diff, from the
file as it is to the file as it should be, and the exit status is 1. It writes nothing and needs no network.`,
		RunE: func(cmd *cobra.Command, ids []string) error {
			c, result, changes, err := compare(cmd, f, ids)
			if err != nil {
				return err
			}
			for _, change := range changes {
				if _, err := cmd.OutOrStdout().Write(change.Diff(c.Out)); err != nil {
					return err
				}
			}
			report(cmd.ErrOrStderr(), result, false)
			switch {
			case len(changes) > 0:
				fmt.Fprintf(cmd.ErrOrStderr(), "falgen: %s in %s not up to date: run falgen generate\n", count(len(changes), "file"), c.Out)
				return errFound
			case len(result.Failed) > 0:
				fmt.Fprintf(cmd.ErrOrStderr(), "falgen: %s could not be checked\n", count(len(result.Failed), "document"))
				return errFound
			}
			return nil
		},
	}
	f.register(cmd)
	return cmd
}
