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
		Short: "Search local endpoints",
		Long: `Search prints, in the format of list, the endpoints whose id, title, category or description contains all of the
words, best match first. With --catalogue it searches fal's catalogue with fal's own search.`,
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
	cmd.Flags().BoolVar(&catalogue, "catalogue", false, "search fal's whole catalogue instead of local documents")
	return cmd
}
