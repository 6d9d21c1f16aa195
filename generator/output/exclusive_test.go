package output_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/falgen/falgen/generator/output"
)

// TestExclusive asks for one folder twice, by two names, before there is such a folder.
func TestExclusive(t *testing.T) {
	userCache(t)
	parent := t.TempDir()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(parent, link); err != nil {
		t.Skip(err)
	}
	never := func() { t.Error("waits for nobody") }
	first, err := output.LockFolder(t.Context(), filepath.Join(parent, "a", "generated"), never)
	if err != nil {
		t.Fatal(err)
	}
	other, err := output.LockFolder(t.Context(), filepath.Join(parent, "b", "generated"), never)
	if err != nil {
		t.Fatal(err)
	}
	other()

	again := filepath.Join(link, "a", "generated")
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := output.LockFolder(ctx, again, cancel); !errors.Is(err, context.Canceled) {
		t.Fatalf("who was told to stop while waiting: %v", err)
	}
	waited := false
	second, err := output.LockFolder(t.Context(), again, func() { waited = true; first() })
	if err != nil || !waited {
		t.Fatalf("had the folder of another: waited %t, %v", waited, err)
	}
	second()
}

// TestNoCache has no place for a lock or a stamp: the run goes on without.
func TestNoCache(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	put(t, file, nil)
	for _, cache := range []string{filepath.Join(file, "cache"), ""} {
		for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
			t.Setenv(name, cache)
		}
		folder := made(t, tree(1, 0, 1))
		release, err := output.LockFolder(t.Context(), folder, func() {})
		if err != nil {
			t.Fatal(err)
		}
		release()
		output.WriteStamp(folder, "x", 7)
		if output.ReadStamp[int](folder, "x") != nil {
			t.Errorf("there is a stamp in %q", cache)
		}
	}
}
