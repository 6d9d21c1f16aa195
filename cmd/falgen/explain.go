package main

import (
	"github.com/spf13/cobra"

	"github.com/falgen/falgen/generator"
)

func explainCommand() *cobra.Command {
	var f flags
	cmd := &cobra.Command{
		Use:   "explain ID",
		Short: "Tell what becomes of a document, and why",
		Long: `Explain prints what falgen makes of an endpoint's document: each field with its type, default and bounds, each name
with the reason for it, and each repair with its place, its rule, what stands there and how it is read.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: f.completeIDs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := f.load(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			documents, err := c.catalogue()
			if err != nil {
				return err
			}
			return generator.Explain(cmd.OutOrStdout(), documents, args[0], c.Package)
		},
	}
	f.register(cmd)
	return cmd
}
