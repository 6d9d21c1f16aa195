package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/falgen/falgen/generator/chars"
	"github.com/falgen/falgen/generator/fetch"
	"github.com/falgen/falgen/generator/output"
	"github.com/falgen/falgen/generator/spec"
)

func listCommand() *cobra.Command {
	var f flags
	var catalogue bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List local endpoints",
		Long: `List prints a line for each local document, or with --catalogue for each endpoint in fal's catalogue: the id, the
category, the status ("active" or "deprecated"), the release date, the folder of the package, and what the endpoint does.
"-" means unknown, or not generated.`,
		Args:              cobra.NoArgs,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if catalogue {
				return f.printCatalogue(cmd, "")
			}
			return f.printDocuments(cmd, func(docs []*spec.Document) []*spec.Document { return docs })
		},
	}
	f.registerFolders(cmd)
	cmd.Flags().BoolVar(&catalogue, "catalogue", false, "list fal's whole catalogue instead of local documents")
	return cmd
}

// printDocuments prints some of the documents that are there.
func (f *flags) printDocuments(cmd *cobra.Command, some func([]*spec.Document) []*spec.Document) error {
	c, err := f.folders()
	if err != nil {
		return err
	}
	documents, err := c.documents()
	if err != nil {
		return err
	}
	var rows []row
	for _, d := range some(documents.Documents()) {
		rows = append(rows, row{d.ID, d.Words()})
	}
	if err := c.printRows(cmd.OutOrStdout(), rows); err != nil {
		return err
	}
	for _, d := range documents.Diagnostics {
		fmt.Fprintln(cmd.ErrOrStderr(), d)
	}
	if len(documents.Diagnostics) > 0 {
		return errFound
	}
	return nil
}

// printCatalogue prints what fal's catalogue lists, or what it finds.
func (f *flags) printCatalogue(cmd *cobra.Command, query string) error {
	c, err := f.folders()
	if err != nil {
		return err
	}
	cfg := fetch.Config{Key: os.Getenv("FAL_KEY"), BaseURL: os.Getenv("FAL_BASE_URL")}
	models, err := fetch.Search(cmd.Context(), cfg, query)
	var rows []row
	for _, m := range models {
		rows = append(rows, row{m.ID, m.Meta})
	}
	if err := c.printRows(cmd.OutOrStdout(), rows); err != nil {
		return err
	}
	return err
}

// row is a line of a list.
type row struct {
	id    string
	words spec.Meta
}

// does says what the endpoint does, or what to call in its place.
func (r row) does() string {
	if other := r.words.Replacement(r.id); other != "" {
		return "call " + other + " in its place: " + r.words.Summary()
	}
	return r.words.Summary()
}

// printRows prints a table, whose lines are cut to the width of the terminal where w is one.
func (c config) printRows(w io.Writer, rows []row) error {
	lock, err := output.ReadLock(c.Out)
	if err != nil {
		return err
	}
	var table bytes.Buffer
	t := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		place := "-"
		if pins, ok := lock[r.id]; ok {
			place = path.Join(filepath.ToSlash(c.Out), pins.Package)
		}
		for _, cell := range []string{r.id, r.words.Category, r.words.Status, r.words.Day(), place} {
			fmt.Fprintf(t, "%s\t", cmp.Or(printable(cell), "-"))
		}
		fmt.Fprintln(t, printable(r.does()))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	width := terminalWidth(w)
	for line := range bytes.Lines(table.Bytes()) {
		text := []rune(strings.TrimRight(string(line), " \n"))
		if width > 0 && len(text) > width {
			text = append(text[:width-1], '…')
		}
		if _, err := fmt.Fprintln(w, string(text)); err != nil {
			return err
		}
	}
	return nil
}

// terminalWidth returns the columns of a terminal, 0 for anything else.
func terminalWidth(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// printable returns text as one line that does nothing to a terminal but show.
func printable(text string) string {
	shown := strings.Map(func(r rune) rune {
		if chars.IsPrint(r) {
			return r
		}
		return ' '
	}, text)
	return strings.Join(strings.Fields(shown), " ")
}
