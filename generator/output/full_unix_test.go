//go:build unix

package output_test

import (
	"maps"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"syscall"
	"testing"
)

// limit bounds the size of the files that this process may write, as a disk does that is full.
func limit(size string) error {
	if size == "" {
		return nil
	}
	n, err := strconv.ParseUint(size, 10, 64)
	if err != nil {
		return err
	}
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &l); err != nil {
		return err
	}
	l.Cur = n
	return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &l)
}

// TestFull writes where there is no room for all: nothing changes, and the error says so.
func TestFull(t *testing.T) {
	t.Run("limit", func(t *testing.T) {
		folder := made(t, trees[0])
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "FALGEN_TEST_FOLDER="+folder, "FALGEN_TEST_LIMIT=20000")
		out, err := cmd.Output()
		if err == nil {
			t.Fatal("there was room")
		}
		unchanged(t, folder, string(out))
	})
	t.Run("disk", func(t *testing.T) {
		folder := t.TempDir()
		if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=1m", "none", folder).CombinedOutput(); err != nil {
			t.Skipf("no disk to fill: %v: %s", err, out)
		}
		defer func() {
			if out, err := exec.Command("umount", folder).CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		}()
		if err := bring(folder, trees[0]); err != nil {
			t.Fatal(err)
		}
		err := bring(folder, trees[1])
		if err == nil {
			t.Fatal("there was room")
		}
		unchanged(t, folder, err.Error())
		small := maps.Clone(trees[0])
		small["README.md"] = trees[1]["README.md"]
		if err := bring(folder, small); err != nil {
			t.Fatal(err)
		}
		holds(t, folder, small)
	})
}

func unchanged(t *testing.T, folder, message string) {
	t.Helper()
	if !regexp.MustCompile(`^cannot write .*/p\.go: .*: nothing was changed; `).MatchString(message) {
		t.Errorf("the error is %q", message)
	}
	holds(t, folder, trees[0])
}
