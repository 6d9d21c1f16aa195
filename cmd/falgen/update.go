package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/falgen/falgen/generator"
	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/diff"
	"github.com/falgen/falgen/generator/fetch"
	"github.com/falgen/falgen/generator/output"
	"github.com/falgen/falgen/generator/report"
	"github.com/falgen/falgen/generator/spec"
)

func updateCommand() *cobra.Command {
	var f flags
	var u update
	cmd := &cobra.Command{
		Use:   "update [ID|GLOB...]",
		Short: "Fetch documents, report changes, and generate",
		Long: `Update runs fetch, diff and generate: it fetches the given documents, or all local ones, prints what their changes do
to callers, and updates the packages.

--report FILE also writes the changes as Markdown, for the body of a pull request. With --dry-run nothing else is written.

The exit status is 0 on success, with or without changes, and 1 if a document could not be fetched or used; the others are
updated all the same.`,
		Example: `  falgen update --callers ./...
  falgen update --dry-run
  falgen update --report report.md`,
		ValidArgsFunction: f.completeIDs(anyNumber),
		RunE: func(cmd *cobra.Command, args []string) error {
			u.want.Patterns = args
			return u.run(cmd, &f)
		},
	}
	f.register(cmd)
	registerFetch(cmd, &u.want, &u.fetch)
	registerCallers(cmd, &u.callers)
	cmd.Flags().StringVar(&u.report, "report", "", "write what changes to `file`, as Markdown")
	cmd.Flags().BoolVar(&u.dryRun, "dry-run", false, "report what would change, and write nothing but the report")
	return cmd
}

// update is one run of the command.
type update struct {
	want    fetch.Want
	fetch   fetch.Config
	callers []string
	report  string
	dryRun  bool
}

func (u *update) run(cmd *cobra.Command, f *flags) error {
	c, err := f.load(cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	lock, err := output.ReadLock(c.Out)
	if err != nil {
		return err
	}
	old := generator.Side{Name: "before", Lock: lock}
	if old.Sources, err = readIfAny(c.Specs, c.Specs); err != nil {
		return err
	}
	specs := c.Specs
	if u.dryRun {
		if specs, err = os.MkdirTemp("", "falgen-update-*"); err != nil {
			return err
		}
		defer os.RemoveAll(specs)
		if err := copyFolder(specs, c.Specs); err != nil {
			return err
		}
	}
	failed := runFetch(cmd, u.want, u.fetch, specs, c.Specs)
	if failed != nil && !errors.Is(failed, errFound) {
		return failed
	}
	now := generator.Side{Name: "after", Lock: lock}
	if now.Sources, err = readIfAny(specs, c.Specs); err != nil {
		return err
	}
	r, err := generator.Diff(cmd.Context(), old, now)
	if err != nil {
		return err
	}
	if err := f.searchCallers(cmd, r.Report, u.callers); err != nil {
		return err
	}
	if err := u.tell(cmd, r.Report); err != nil {
		return err
	}
	if u.dryRun {
		printErrors(cmd, r.Diagnostics)
		if len(r.Failed) > 0 {
			return errFound
		}
		return failed
	}
	l := loaded{sources: now.Sources, lock: r.Lock, catalogue: r.New}
	if f.strict { // the comparison is not
		l.catalogue = nil
	}
	told, err := generate(cmd, *f, nil, false, &l)
	if err != nil && !errors.Is(err, errFound) {
		return err
	}
	printErrors(cmd, slices.DeleteFunc(r.Diagnostics, func(d diag.Diagnostic) bool { return slices.Contains(told, d) }))
	if err == nil && len(r.Failed) > 0 {
		err = errFound
	}
	return cmp.Or(err, failed)
}

// tell prints a report, and writes it as Markdown.
func (u *update) tell(cmd *cobra.Command, r *diff.Report) error {
	if err := report.Text(cmd.OutOrStdout(), r); err != nil || u.report == "" {
		return err
	}
	file, err := os.Create(u.report)
	if err != nil {
		return fmt.Errorf("cannot write the report: %w", err)
	}
	return errors.Join(report.Markdown(file, r), file.Close())
}

// readIfAny reads documents, which are called as if they were at another path; none are none.
func readIfAny(path, name string) (*spec.Sources, error) {
	sources, err := spec.ReadAs(path, name)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, spec.ErrEmpty) {
		return spec.None(), nil
	}
	return sources, err
}

// copyFolder copies what fetch needs to know of a folder of documents: all that is in it.
func copyFolder(to, from string) error {
	if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return os.CopyFS(to, os.DirFS(from))
}
