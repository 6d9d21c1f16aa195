// Package measure runs commands and tells what they took.
package measure

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"syscall"
	"time"
)

// A Command is what is measured.
type Command struct {
	Name   string
	Dir    string
	Env    []string     // beside that of this process
	Args   []string     // the program first
	Before func() error // runs before each time, unmeasured
	After  func(stdout, stderr []byte) error
	Fails  bool // the program may exit with 1
}

// A Usage is what one run took, its child processes included.
type Usage struct {
	Wall, CPU time.Duration
	RSS       int64 // the largest resident set, in bytes
}

// Run runs a command once.
func Run(c Command) (Usage, error) {
	if c.Before != nil {
		if err := c.Before(); err != nil {
			return Usage{}, fmt.Errorf("%s: %w", c.Name, err)
		}
	}
	cmd := exec.Command(c.Args[0], c.Args[1:]...)
	var stdout, stderr bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = c.Dir, &stdout, &stderr
	cmd.Env = append(os.Environ(), c.Env...)
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	if err != nil && !(c.Fails && cmd.ProcessState != nil && cmd.ProcessState.ExitCode() == 1) {
		return Usage{}, fmt.Errorf("%s: %w\n%s", c.Name, err, stderr.Bytes())
	}
	if c.After != nil {
		if err := c.After(stdout.Bytes(), stderr.Bytes()); err != nil {
			return Usage{}, fmt.Errorf("%s: %w", c.Name, err)
		}
	}
	u := Usage{Wall: wall, CPU: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.RSS = int64(r.Maxrss) * maxrssUnit
	}
	return u, nil
}

// Alternate runs the commands in turn, n times, so that a machine that gets slower is so for all of them.
func Alternate(n int, commands []Command) (map[string][]Usage, error) {
	runs := map[string][]Usage{}
	for range n {
		for _, c := range commands {
			u, err := Run(c)
			if err != nil {
				return nil, err
			}
			runs[c.Name] = append(runs[c.Name], u)
		}
	}
	return runs, nil
}

// Median returns the median of each figure.
func Median(runs []Usage) Usage { return pick(runs, (len(runs)-1)/2) }

// Min returns the least of each figure.
func Min(runs []Usage) Usage { return pick(runs, 0) }

func pick(runs []Usage, i int) Usage {
	var walls, cpus []time.Duration
	var sizes []int64
	for _, r := range runs {
		walls, cpus, sizes = append(walls, r.Wall), append(cpus, r.CPU), append(sizes, r.RSS)
	}
	slices.Sort(walls)
	slices.Sort(cpus)
	slices.Sort(sizes)
	return Usage{walls[i], cpus[i], sizes[i]}
}
