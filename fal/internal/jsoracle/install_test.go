package jsoracle

import (
	"bytes"
	"context"
	"crypto/sha256"
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

// installed returns the folder that has the JavaScript client in its node_modules. Without node, npm or, on the first
// run, the npm registry, it skips the test.
func installed(t *testing.T) string {
	t.Helper()
	folder, err := install()
	if err != nil && os.Getenv("FALGEN_REQUIRE_NODE") == "1" {
		t.Fatalf("FALGEN_REQUIRE_NODE is set, but %v", err)
	}
	if err != nil {
		t.Skipf("the JavaScript client is not compared with ours: %v", err)
	}
	return folder
}

func install() (string, error) {
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
		text, err := os.ReadFile(name)
		if err != nil {
			return "", err
		}
		files[name] = text
		sum.Write(text)
	}
	cache = filepath.Join(cache, "falgen-jsoracle")
	folder := filepath.Join(cache, fmt.Sprintf("%.8x", sum.Sum(nil)))
	if _, err := os.Stat(folder); err == nil {
		return folder, nil
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

// drive takes the JavaScript client through a scenario and returns what the driver prints.
func drive(ctx context.Context, folder, base, name string) ([]byte, error) {
	if _, err := os.Stat("driver.mjs"); err != nil { // which tells go test to run again when it changes
		return nil, err
	}
	node := exec.CommandContext(ctx, "node", "driver.mjs", folder, base, name)
	node.WaitDelay = time.Second
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "FAL_") && !strings.HasPrefix(v, "NODE_") { // keys, proxies, options
			node.Env = append(node.Env, v)
		}
	}
	out, err := node.Output()
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		err = fmt.Errorf("%w\n%s", err, exit.Stderr)
	}
	return out, err
}

// TestLock keeps the name of whoever's registry made the lock out of it.
func TestLock(t *testing.T) {
	lock, err := os.ReadFile("package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"resolved"`, "://"} {
		if bytes.Contains(lock, []byte(part)) {
			t.Errorf("%s is in package-lock.json; make it again with this folder's .npmrc", part)
		}
	}
}
