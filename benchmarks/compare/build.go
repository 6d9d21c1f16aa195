package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/falgen/falgen/benchmarks/internal/measure"
)

// empty makes the folder of a program anew: a module that pins and finds what the generated code imports.
func (p *plan) empty(program string) error {
	dir := filepath.Join(p.work, program)
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(p.module, name))
		if err != nil {
			return err
		}
		text = bytes.Replace(text, []byte("=> ../"), []byte("=> "+p.root), 1)
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// build compiles what the programs generated, a quarter of the packages at a time and in turn. What the packages
// import is compiled before, unmeasured.
func (p *plan) build(programs ...string) (map[string]build, error) {
	builds := map[string]build{}
	quarters := map[string][4][]string{}
	for _, program := range programs {
		packages, err := p.prepare(program)
		if err != nil {
			return nil, err
		}
		var q [4][]string
		for i, pkg := range packages {
			q[i%4] = append(q[i%4], pkg)
		}
		quarters[program] = q
	}
	for i := range p.quarters {
		for _, program := range programs {
			packages, b := quarters[program][i], builds[program]
			u, err := measure.Run(measure.Command{
				Name: "go build " + program, Dir: filepath.Join(p.work, program), Env: p.env(program),
				Args:  append([]string{"go", "build"}, packages...),
				Fails: true, // what does not compile is counted
				After: func(_, stderr []byte) error {
					b.broken += bytes.Count(append([]byte("\n"), stderr...), []byte("\n# "))
					return nil
				},
			})
			if err != nil {
				return nil, err
			}
			b.cpu += u.CPU
			b.packages += len(packages)
			builds[program] = b
		}
	}
	return builds, nil
}

// A build is what compiling a program's packages took.
type build struct {
	cpu      time.Duration
	packages int
	broken   int // packages that do not compile
}

// prepare compiles what a program's packages import, and returns the packages.
func (p *plan) prepare(program string) ([]string, error) {
	list := func(args ...string) ([]string, error) {
		out, err := p.command(program, append([]string{"list"}, args...)...).Output()
		if err != nil {
			return nil, fmt.Errorf("go list of what %s generated: %w", program, err)
		}
		return strings.Fields(string(out)), nil
	}
	packages, err := list("./generated/...")
	if err != nil {
		return nil, err
	}
	imports, err := list("-f", `{{range .Imports}}{{.}} {{end}}`, "./generated/...")
	if err != nil {
		return nil, err
	}
	slices.Sort(imports)
	if out, err := p.command(program, append([]string{"build"}, slices.Compact(imports)...)...).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("cannot build what the packages of %s import: %w\n%s", program, err, out)
	}
	return packages, nil
}

// command is the go command in the module of a program.
func (p *plan) command(program string, args ...string) *exec.Cmd {
	cmd := exec.Command("go", args...)
	cmd.Dir = filepath.Join(p.work, program)
	cmd.Env = append(os.Environ(), p.env(program)...)
	return cmd
}

// env gives a program's packages a build cache of their own.
func (p *plan) env(program string) []string {
	return []string{"GOCACHE=" + filepath.Join(p.work, program+"-gocache"), "GOFLAGS=-mod=mod", "GOWORK=off"}
}
