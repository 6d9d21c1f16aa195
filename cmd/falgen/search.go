package main

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/falgen/falgen/generator/spec"
)

func searchCommand() *cobra.Command {
	var f flags
	var catalogue bool
	cmd := &cobra.Command{
		Use:   "search WORD...",
		Short: "Find endpoints by what they do",
		Long: `Search prints, as list does, the endpoints whose id, title, category or description has all of the words: the
best match first. With --catalogue it asks fal, which has its own mind of what matches.`,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, words []string) error {
			words = strings.Fields(strings.Join(words, " "))
			if catalogue {
				return f.printCatalogue(cmd, strings.Join(words, " "))
			}
			return f.printDocuments(cmd, func(docs []*spec.Document) []*spec.Document { return spec.Search(docs, words) })
		},
	}
	f.registerFolders(cmd)
	cmd.Flags().BoolVar(&catalogue, "catalogue", false, "search all that fal has, not just what is here")
	return cmd
}
