package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/falgen/falgen/benchmarks/internal/measure"
)

// generate measures everything but the compiler.
func (p *plan) generate(r *report) error {
	falgen := func(name, verb string) measure.Command {
		return measure.Command{
			Name: name, Dir: filepath.Join(p.work, "falgen"), Env: []string{"XDG_CACHE_HOME=" + filepath.Join(p.work, "cache")},
			Args:  []string{filepath.Join(p.bin, "falgen"), verb, "--specs", p.specs, "--out", "generated"},
			Fails: true, // a catalogue names endpoints that have no document
		}
	}
	cold := falgen("cold", "generate")
	cold.Before = func() error {
		if err := os.RemoveAll(filepath.Join(p.work, "cache")); err != nil {
			return err
		}
		return p.empty("falgen")
	}
	check := falgen("check", "check")
	check.After = func(diff, _ []byte) error {
		if len(diff) > 0 {
			return fmt.Errorf("there are differences")
		}
		return nil
	}
	commands := []measure.Command{
		{
			Name: "oapi", Dir: p.work, Args: []string{filepath.Join(p.bin, "oapi"), filepath.Join(p.work, "documents"), p.out("oapi")},
			Before: func() error { return p.empty("oapi") },
			After: func(counts, _ []byte) error {
				_, err := fmt.Sscan(string(counts), &r.oapiDone, &r.oapiSkipped)
				return err
			},
		},
		cold,
		falgen("unchanged", "generate"),
		check,
		{Name: "gofmt", Args: []string{filepath.Join(p.bin, "gofmt"), "-l", p.out("falgen")}},
	}
	var err error
	r.times, err = measure.Alternate(p.runs, commands)
	return err
}
