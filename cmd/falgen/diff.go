package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/falgen/falgen/generator"
	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/diff"
	"github.com/falgen/falgen/generator/naming"
	"github.com/falgen/falgen/generator/report"
	"github.com/falgen/falgen/generator/revision"
)

func diffCommand() *cobra.Command {
	var f flags
	var format, failOn string
	var search []string
	cmd := &cobra.Command{
		Use:   "diff [OLD [NEW]]",
		Short: "Compare documents and report what breaks callers",
		Long: `Diff compares what documents mean, not how they are written, and says what each change does to callers:

  GO         their code stops compiling once packages are generated again
  WIRE       requests that worked are refused
  BEHAVIOUR  the same code gets something else: a default or a limit moved
  DOC        nothing changes for code that is there

OLD and NEW are each a folder of documents, a document, a catalogue dump, or a revision of the git repository: its
documents are those in the specs folder, unless it is written as revision:path. What is a file or folder is not taken
for a revision. Without NEW it is the documents that are there, without OLD those of the last commit.

Names are pinned by the lock of packages, at a revision by the one of that revision.

The exit status is 1 where there is a change of the level that --fail-on names or a graver one, or where a document
cannot be used; nothing is said of its endpoint then.`,
		Args: cobra.MaximumNArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			write := report.Formats[format]
			if write == nil {
				formats := slices.Sorted(maps.Keys(report.Formats))
				return fmt.Errorf("there is no format %q: take %s", format, strings.Join(formats, ", "))
			}
			threshold, err := threshold(failOn)
			if err != nil {
				return err
			}
			r, err := f.compareSides(cmd.Context(), args)
			if err != nil {
				return err
			}
			printErrors(cmd, r.Diagnostics)
			if err := f.searchCallers(cmd, r.Report, search); err != nil {
				return err
			}
			if err := write(cmd.OutOrStdout(), r.Report); err != nil {
				return err
			}
			if r.Reaches(threshold) || len(r.Failed) > 0 {
				return errFound
			}
			return nil
		},
	}
	f.registerFolders(cmd)
	cmd.Flags().StringVar(&format, "format", "text", "text, json, markdown, html, or github for annotations in its CI")
	registerCallers(cmd, &search)
	cmd.Flags().StringVar(&failOn, "fail-on", "doc",
		"`level` from which on changes make the exit status 1: go, wire, behaviour, doc, or none")
	return cmd
}

// printErrors prints what keeps documents from being used.
func printErrors(cmd *cobra.Command, diags []diag.Diagnostic) {
	for _, d := range diags {
		if d.Severity == diag.Error {
			fmt.Fprintln(cmd.ErrOrStderr(), d)
		}
	}
}

// threshold is the level that --fail-on names.
func threshold(name string) (diff.Level, error) {
	if strings.EqualFold(name, "none") {
		return diff.Go + 1, nil
	}
	level, err := diff.ParseLevel(name)
	if err != nil {
		err = fmt.Errorf("--fail-on: %w, or none", err)
	}
	return level, err
}

// compareSides compares what the arguments name.
func (f *flags) compareSides(ctx context.Context, args []string) (*generator.Comparison, error) {
	c, err := f.load(io.Discard) // import paths do not matter
	if err != nil {
		return nil, err
	}
	var sides [2]generator.Side
	for i := range sides {
		switch {
		case i < len(args):
			sides[i], err = c.side(ctx, args[i])
		case i == 0:
			if sides[i], err = c.revision(ctx, "HEAD"); err != nil {
				err = fmt.Errorf("%w; name what to compare with: a folder, a document, a dump or a revision", err)
			}
		default:
			sides[i], err = c.files(c.Specs)
		}
		if err != nil {
			return nil, err
		}
	}
	return generator.Diff(ctx, sides[0], sides[1])
}

// side reads what an argument names: a path or a revision.
func (c config) side(ctx context.Context, name string) (side generator.Side, err error) {
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		if side, err = c.revision(ctx, name); err != nil {
			err = fmt.Errorf("%s is no file or folder; as a revision: %w", name, err)
		}
		return side, err
	}
	return c.files(name)
}

// files reads the documents at a path, with the lock that is there.
func (c config) files(name string) (side generator.Side, err error) {
	l, err := c.read(name)
	return generator.Side{Name: filepath.ToSlash(name), Sources: l.sources, Lock: l.lock}, err
}

// revision reads the documents and the lock of a revision.
func (c config) revision(ctx context.Context, name string) (side generator.Side, err error) {
	side.Name = name
	commit, documents, given := strings.Cut(name, ":")
	r, err := revision.Open(ctx, commit, c.Specs)
	if err != nil {
		return side, err
	}
	switch {
	case !given:
		documents, err = r.Path(ctx, c.Specs)
	case strings.HasPrefix(documents, "./"), strings.HasPrefix(documents, "../"):
		documents, err = r.Path(ctx, filepath.FromSlash(documents))
	default:
		documents = strings.TrimPrefix(path.Clean("/"+documents), "/")
	}
	if err != nil {
		return side, err
	}
	if side.Sources, err = r.Sources(ctx, documents); err != nil {
		return side, err
	}
	lock, err := r.Path(ctx, filepath.Join(c.Out, naming.LockFile))
	if err != nil {
		return side, nil // the packages are not part of the repository
	}
	text, err := r.File(ctx, lock)
	if err != nil {
		return side, err
	}
	side.Lock, err = naming.ParseLock(commit+":"+lock, text)
	return side, err
}
