package output_test

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/falgen/falgen/generator/output"
)

// The two trees that a child goes back and forth between.
var trees = [2]map[string][]byte{tree(1, 0, 40), tree(2, 20, 60)}

// child is this program as another process that writes: it goes from the second tree to the first and back until it is
// killed, or fails.
func child(folder string) {
	var steps [2][]output.Change
	err := limit(os.Getenv("FALGEN_TEST_LIMIT"))
	for i := 0; err == nil && i < 2; i++ {
		steps[i], err = output.Compare(folder, trees[i], all)
		if err == nil {
			err = output.Write(folder, steps[i])
		}
	}
	if err == nil {
		fmt.Println("ready")
	}
	for i := 0; err == nil; i++ { // from here on it does nothing but write
		err = output.Write(folder, steps[i%2])
	}
	fmt.Println(err)
	os.Exit(2)
}

// TestKilled kills a process while it writes. What it leaves is whole files, old or new, and the next run makes all
// of them new.
func TestKilled(t *testing.T) {
	const kills = 20
	middle := 0
	folder, err := os.MkdirTemp("/dev/shm", "falgen") // in memory, where there is such a place, since disks are slow
	if err != nil {
		folder = t.TempDir()
	}
	defer os.RemoveAll(folder)
	if err := bring(folder, trees[1]); err != nil {
		t.Fatal(err)
	}
	for range kills {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "FALGEN_TEST_FOLDER="+folder)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(out).ReadString('\n')
		time.Sleep(rand.N(10 * time.Millisecond))
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if err != nil || cmd.ProcessState.Exited() || line != "ready\n" {
			t.Fatalf("the child says %q, %v, %v", line, err, cmd.ProcessState)
		}
		left := list(t, folder)
		versions, waiting := [2]int{}, false
		for name, text := range left {
			if strings.HasSuffix(name, ".falgen-new") {
				waiting = true
				continue
			} else if strings.HasSuffix(name, "/") {
				continue
			}
			whole := false
			for i, files := range trees {
				if want, ok := files[name]; ok && bytes.Equal(text, want) {
					whole = true
					if other, shared := trees[1-i][name]; !shared || !bytes.Equal(text, other) {
						versions[i]++
					}
				}
			}
			if !whole {
				t.Fatalf("%s is neither the old file nor the new one: %d bytes", name, len(text))
			}
		}
		if versions[0] > 0 && versions[1] > 0 || waiting {
			middle++
		}
		if err := bring(folder, trees[1]); err != nil {
			t.Fatal(err)
		}
		names := slices.Sorted(maps.Keys(list(t, folder)))
		for _, name := range slices.Backward(names) { // folders may be left that were made for files that never came
			if strings.HasSuffix(name, "/") {
				_ = os.Remove(filepath.Join(folder, name))
			}
		}
		holds(t, folder, trees[1])
	}
	t.Logf("%d of %d were killed in the middle", middle, kills)
	if middle == 0 {
		t.Error("none was killed in the middle")
	}
}
