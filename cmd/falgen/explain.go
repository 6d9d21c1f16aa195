package main

import (
	"github.com/spf13/cobra"

	"github.com/falgen/falgen/generator"
)

func explainCommand() *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:   "explain ID",
		Short: "Explain how a document becomes Go",
		Long: `Explain prints how falgen reads an endpoint's document: each field with its type, default and bounds, each Go name
with the reason for it, and each repair with its position, its rule, the original text and how it is read.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: f.completeIDs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := f.load(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			l, err := c.read(c.Specs)
			if err != nil {
				return err
			}
			return generator.Explain(cmd.OutOrStdout(), c.load(l), args[0], c.Package)
		},
	}
	f.register(cmd)
	return cmd
}
