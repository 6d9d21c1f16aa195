package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/falgen/falgen/generator/fetch"
)

func fetchCommand() *cobra.Command {
	var f flags
	var want fetch.Want
	var cfg fetch.Config
	cmd := &cobra.Command{
		Use:   "fetch [ID|GLOB...]",
		Short: "Fetch endpoint documents from fal",
		Long: `Fetch stores the documents of the endpoints that are named, or of those whose documents are there already. In a
glob, which has to be quoted, * stands for a part of an id between two slashes and ** for any number of such parts:
'fal-ai/flux/**' is all of Flux.

Each document is stored at its id, in one layout, so that git diff shows what has changed in meaning. A document that
cannot be fetched is named, the one that is there stays, and the exit status is 1; none is ever removed. A document
that somebody edited is kept, too, unless --force is given. What an interrupted run has fetched is stored: run it again
to go on. fetch.lock, beside the documents, says where each came from: commit it with them.

A place given with --from holds a document, a dump of the catalogue, or, as a URL, pages of a catalogue.

The catalogue answers more often to those who give a key in FAL_KEY; no key is needed. FAL_BASE_URL asks a mirror:
with https://mirror.example, https://fal.ai/x is asked for at https://mirror.example/fal.ai/x.`,
		Example: `  falgen fetch fal-ai/flux/dev 'fal-ai/kling-video/**'
  falgen fetch
  falgen fetch --from dump.json fal-ai/flux/dev`,
		ValidArgsFunction: f.completeIDs(anyNumber),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := f.folders()
			if err != nil {
				return err
			}
			want.Patterns = args
			return runFetch(cmd, want, cfg, c.Specs, c.Specs)
		},
	}
	cmd.Flags().StringVar(&f.config, "config", "", "configuration `file` (default falgen.yaml, if there is one)")
	cmd.Flags().StringVar(&f.specs, "specs", "", "`folder` of documents (default specs)")
	registerFetch(cmd, &want, &cfg)
	return cmd
}

// registerFetch adds the flags that say what to fetch, and how.
func registerFetch(cmd *cobra.Command, want *fetch.Want, cfg *fetch.Config) {
	cmd.Flags().BoolVar(&want.All, "all", false, "fetch all that fal's catalogue lists, and what is there already")
	cmd.Flags().StringVar(&want.From, "from", "", "fetch from a `place` other than fal: a folder, a file or a URL")
	cmd.Flags().BoolVar(&cfg.Force, "force", false, "write over documents that somebody edited")
	cmd.Flags().IntVar(&cfg.Jobs, "jobs", 4, "requests at once, 1 to 16")
}

// runFetch fetches into folder, which messages call by its name, and prints what became of each document.
func runFetch(cmd *cobra.Command, want fetch.Want, cfg fetch.Config, folder, name string) error {
	cfg.Folder = folder
	cfg.Key, cfg.BaseURL = os.Getenv("FAL_KEY"), os.Getenv("FAL_BASE_URL")
	tell := func(r fetch.Result) { printResult(cmd, r) }
	if cfg.Progress = progress(cmd.ErrOrStderr(), "fetching"); cfg.Progress == nil {
		cfg.Done = tell
	}
	report, err := fetch.Run(cmd.Context(), cfg, want)
	if report == nil {
		if errors.Is(err, context.Canceled) {
			return errors.New("interrupted before anything was fetched")
		}
		return err
	}
	if cfg.Progress != nil { // the bar is gone now
		for _, r := range report.Results {
			if r.State != fetch.Unchanged {
				tell(r)
			}
		}
	}
	printReport(cmd.ErrOrStderr(), name, report)
	switch {
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("interrupted with %d of %d documents done: run it again to go on",
			len(report.Results), report.Total)
	case err != nil:
		return err
	case report.Count(fetch.Failed) > 0 || report.Incomplete != nil:
		return errFound
	}
	return nil
}

// printResult prints what became of a document, in a line.
func printResult(cmd *cobra.Command, r fetch.Result) {
	w, reason := cmd.OutOrStdout(), ""
	switch r.State {
	case fetch.Failed:
		w, reason = cmd.ErrOrStderr(), ": "+r.Err.Error()
	case fetch.Unchanged:
		w = cmd.ErrOrStderr()
	}
	fmt.Fprintf(w, "%-9s %s\n", r.State, printable(r.ID+reason))
}

func printReport(w io.Writer, folder string, r *fetch.Report) {
	for _, note := range r.Notes {
		fmt.Fprintln(w, "falgen:", printable(note))
	}
	for _, source := range r.Elsewhere {
		fmt.Fprintf(w, "falgen: the documents from %[1]s are left as they are: falgen fetch --from %[1]s fetches them\n",
			printable(source))
	}
	if r.Incomplete != nil {
		fmt.Fprintln(w, "falgen:", printable(r.Incomplete.Error()))
	}
	var parts []string
	for _, state := range []fetch.State{fetch.New, fetch.Changed, fetch.Unchanged, fetch.Failed} {
		if n := r.Count(state); n > 0 || state == fetch.Unchanged {
			parts = append(parts, fmt.Sprint(n, " ", state))
		}
	}
	fmt.Fprintf(w, "falgen: %s for %s: %s\n", count(r.Total, "document"), folder, strings.Join(parts, ", "))
}
