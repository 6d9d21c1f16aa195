// Package scratch sets up modules for tests that build code on top of this checkout.
package scratch

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
)

// Path is the import path of this module.
const Path = "github.com/falgen/falgen"

// Root returns the folder of this checkout.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd() // the folder of the test's package
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("the test does not run below a go.mod")
		}
		dir = filepath.Dir(dir)
	}
}

// Module makes dir a module that uses this checkout. What it imports of it may import the standard library alone: then
// nothing has to be fetched, whatever the module cache holds.
func Module(t testing.TB, dir, path string) {
	t.Helper()
	text := fmt.Sprintf("module %s\n\ngo 1.25.0\n\nrequire %s v0.0.0\n\nreplace %s => %s\n", path, Path, Path, strconv.Quote(Root(t)))
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// Env returns the environment for the go command in such a module, without what the user's may say of other ones. With
// -trimpath the folder's name says nothing, and the build cache knows what was built in another one before.
func Env() []string {
	return append(os.Environ(), "GOFLAGS=-mod=mod -trimpath -buildvcs=false", "GOWORK=off", "GO111MODULE=", "GOOS="+runtime.GOOS, "GOARCH="+runtime.GOARCH)
}
