package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

const anyNumber = -1

// completeIDs offers the ids of the documents that are there, for a command that takes so many of them.
func (f *flags) completeIDs(most int) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, start string) ([]cobra.Completion, cobra.ShellCompDirective) {
		if most != anyNumber && len(args) >= most {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		c, err := f.folders()
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		documents, err := c.documents()
		if err != nil {
			return nil, cobra.ShellCompDirectiveError
		}
		var ids []cobra.Completion
		for _, d := range documents.Documents() { // what is wrong with the others is said by the command
			if strings.HasPrefix(d.ID, start) && !slices.Contains(args, d.ID) {
				ids = append(ids, cobra.CompletionWithDesc(d.ID, printable(d.Words().Summary())))
			}
		}
		return ids, cobra.ShellCompDirectiveNoFileComp
	}
}
