package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/falgen/falgen/templates"
)

// TestOwnWorkflow holds this repository's check against what others get.
func TestOwnWorkflow(t *testing.T) {
	files, err := templates.Project{Folder: "."}.Workflows()
	if err != nil {
		t.Fatal(err)
	}
	const name = ".github/workflows/falgen-check.yml"
	own, err := os.ReadFile(filepath.Join("../..", name))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(files[name]), string(own)); diff != "" {
		t.Errorf("%s is not what falgen init writes (-wanted +have):\n%s", name, diff)
	}
}

// workflow writes the commands of a workflow's job into a script, one step after the other, as GitHub would run them.
func workflow(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: workflow FILE SCRIPT")
	}
	var w struct {
		Jobs map[string]struct {
			Steps []struct {
				Name, Run string
				Env       map[string]string
			}
		}
	}
	ts.Check(yaml.Unmarshal([]byte(ts.ReadFile(args[0])), &w))
	script := ": > \"$GITHUB_OUTPUT\"\n"
	for _, job := range w.Jobs {
		for _, step := range job.Steps {
			if step.Env["STATUS"] != "" {
				script += "export STATUS=$(sed 's/^status=//' \"$GITHUB_OUTPUT\")\n"
			}
			if step.Run != "" {
				script += "bash -eo pipefail <<'END OF STEP' || exit\n" + step.Run + "\nEND OF STEP\n"
			}
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(script), 0o666))
}
