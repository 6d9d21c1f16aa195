// Package jsclient runs fal's own client for JavaScript, @fal-ai/client of npm, in tests.
//
// It needs node 20 or newer. With FALGEN_REQUIRE_NODE=1 in the environment the client is installed with npm, once, into
// the user's cache folder, never into the checkout, and a test that cannot have it fails. Without, nothing is installed:
// a test runs where the client is there already, and skips elsewhere, saying so with -v.
//
// # Another version
//
//	cd fal/internal/jsclient && npm install --package-lock-only --save-exact @fal-ai/client@VERSION
//
// The scripts may also use ws, since node 20 has no WebSocket of its own.
package jsclient

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

//go:embed package.json package-lock.json
var wanted embed.FS

// Folder returns the folder that has the client in its node_modules. Where the client is not there, it skips the test,
// unless it is asked to install it.
func Folder(t testing.TB) string {
	t.Helper()
	required := os.Getenv("FALGEN_REQUIRE_NODE") == "1"
	folder, err := install(required)
	if err != nil && required {
		t.Fatalf("FALGEN_REQUIRE_NODE is set, but %v", err)
	}
	if err != nil {
		t.Skipf("the JavaScript client cannot be run: %v", err)
	}
	return folder
}

func install(required bool) (string, error) {
	version, err := exec.Command("node", "--version").Output()
	if err != nil {
		return "", fmt.Errorf("there is no node: %w", err)
	}
	major, _, _ := strings.Cut(strings.TrimPrefix(string(version), "v"), ".")
	if n, err := strconv.Atoi(major); err != nil || n < 20 {
		return "", fmt.Errorf("node is %s; this needs 20 or newer", bytes.TrimSpace(version))
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	files := map[string][]byte{}
	for _, name := range []string{"package.json", "package-lock.json"} {
		text, err := wanted.ReadFile(name)
		if err != nil {
			return "", err
		}
		files[name] = text
		sum.Write(text)
	}
	cache = filepath.Join(cache, "falgen-jsclient")
	folder := filepath.Join(cache, fmt.Sprintf("%.8x", sum.Sum(nil)))
	if _, err := os.Stat(folder); err == nil {
		return folder, nil
	}
	if !required {
		return "", errors.New("it is not installed; FALGEN_REQUIRE_NODE=1 has it installed with npm")
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", err
	}
	// Renamed when it is complete, so that a folder of the final name is.
	fresh, err := os.MkdirTemp(cache, "new-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(fresh)
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(fresh, name), text, 0o644); err != nil {
			return "", err
		}
	}
	ctx, stop := context.WithTimeout(context.Background(), 3*time.Minute)
	defer stop()
	npm := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	npm.Dir = fresh
	npm.WaitDelay = time.Second
	if out, err := npm.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm ci: %w\n%s", err, out)
	}
	err = os.Rename(fresh, folder)
	if _, there := os.Stat(folder); there == nil {
		return folder, nil // by this process, or by another at the same time
	}
	return "", err
}

// Run runs a script of the test's own folder with node and returns what it prints. The script gets env on top of the
// environment, without the keys, proxies and options that are there. The error has what the script says on stderr.
func Run(ctx context.Context, env []string, script string, args ...string) ([]byte, error) {
	if _, err := os.Stat(script); err != nil { // which tells go test to run again when it changes
		return nil, err
	}
	node := exec.CommandContext(ctx, "node", append([]string{script}, args...)...)
	node.WaitDelay = time.Second
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "FAL_") && !strings.HasPrefix(v, "NODE_") {
			node.Env = append(node.Env, v)
		}
	}
	node.Env = append(node.Env, env...)
	out, err := node.Output()
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		err = fmt.Errorf("%w\n%s", err, exit.Stderr)
	}
	return out, err
}
