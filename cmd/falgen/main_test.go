package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/falgen/falgen/internal/scratch"
	"github.com/falgen/falgen/internal/testenv"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"falgen": main, "smooth": smooth})
}

// TestScripts runs the scripts in testdata, each a user's session in a folder of its own.
func TestScripts(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("ROOT", root)
			env.Setenv(testenv.Marker, "1") // for falgen, which is this binary
			startFal(env)
			env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, ".cache"))
			for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH"} { // nothing is fetched or built twice
				out, err := exec.Command("go", "env", name).Output()
				if err != nil {
					return err
				}
				env.Setenv(name, string(out[:len(out)-1]))
			}
			env.Values["mock"] = new(running)
			env.Setenv("GOPROXY", "off") // the condition modules fills the cache
			env.Setenv("GOSUMDB", "off") // it would be asked for what is in the cache
			env.Setenv("GOFLAGS", "-mod=mod -buildvcs=false")
			return nil
		},
		Condition: func(cond string) (bool, error) { return condition(t, root, cond) },
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"await":        await,
			"exits":        exits,
			"fal":          falInScript,
			"mock":         mockInScript,
			"replace":      replace,
			"unprivileged": unprivileged,
			"workflow":     workflow,
		},
	})
}

// exits runs a command and holds its exit status against the first argument.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND [ARG...]")
	}
	err := ts.Exec(args[1], args[2:]...)
	status := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		status = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(status) != args[0] {
		ts.Fatalf("exit status %d, want %s", status, args[0])
	}
}

// unprivileged is exits for a command that permissions hold for, whoever runs the tests.
func unprivileged(ts *testscript.TestScript, neg bool, args []string) {
	if os.Getuid() == 0 {
		args = slices.Insert(slices.Clone(args), 1, "setpriv", "--bounding-set=-all")
	}
	exits(ts, neg, args)
}

// condition answers what scripts ask: whether unprivileged can do its work, and whether a new project can have the
// modules that it needs.
func condition(t *testing.T, root, cond string) (bool, error) {
	switch cond {
	case "permissions":
		_, err := exec.LookPath("setpriv")
		return runtime.GOOS != "windows" && (os.Getuid() != 0 || err == nil), nil
	case "modules":
		err := fetchModules(t.TempDir(), root)
		if err != nil && os.Getenv("FALGEN_REQUIRE_MODULES") == "1" {
			return false, fmt.Errorf("FALGEN_REQUIRE_MODULES is set, but %w", err)
		}
		if err != nil {
			t.Log(err)
		}
		return err == nil, nil
	}
	return false, fmt.Errorf("unknown condition %q", cond)
}

// fetchModules has in the module cache what a new project needs that uses falgen, which is more than falgen itself is
// built from. It reaches for them as the user does.
func fetchModules(dir, root string) error {
	for _, args := range [][]string{
		{"mod", "init", "example.com/you"},
		{"mod", "edit", "-require", scratch.Path + "@v0.0.0", "-replace", scratch.Path + "=" + root, "-tool", scratch.Path + "/cmd/falgen"},
		{"mod", "tidy"},
	} {
		cmd := exec.Command("go", args...)
		cmd.Dir = dir
		cmd.Env = append(testenv.User(), "GOFLAGS=-mod=mod", "GOWORK=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("go %s: %w\n%s", args[0], err, out)
		}
	}
	return nil
}

// replace writes another text in the place of one in a file, which must hold it.
func replace(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: replace OLD NEW FILE")
	}
	file := ts.MkAbs(args[2])
	text := ts.ReadFile(file)
	for i := 0; i+len(args[0]) <= len(text); i++ {
		if text[i:i+len(args[0])] == args[0] {
			ts.Check(os.WriteFile(file, []byte(text[:i]+args[1]+text[i+len(args[0]):]), 0o666))
			return
		}
	}
	ts.Fatalf("%s does not hold %q", args[2], args[0])
}
