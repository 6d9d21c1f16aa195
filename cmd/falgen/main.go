// Falgen turns the OpenAPI documents of fal.ai endpoints into Go packages.
//
// Run falgen help for its commands. Exit status 0 means done, with nothing to say; 1 that a check found something or
// that some endpoints failed; 2 that it could not be done.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/spf13/cobra"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// errFound ends a command with exit status 1: it did its work, and what it found is printed.
var errFound = errors.New("found something")

// run runs one command and returns its exit status.
func run(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	root := &cobra.Command{
		Use:           "falgen",
		Short:         "Generate Go packages for fal.ai endpoints",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddCommand(initCommand(), fetchCommand(), generateCommand(), checkCommand(), diffCommand(), updateCommand(),
		explainCommand(), listCommand(), searchCommand(), mockCommand())
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	switch err := root.ExecuteContext(ctx); {
	case err == nil:
		return 0
	case errors.Is(err, errFound):
		return 1
	default:
		fmt.Fprintln(stderr, "falgen:", err)
		return 2
	}
}
