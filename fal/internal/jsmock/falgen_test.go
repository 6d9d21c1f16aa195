package jsmock

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	_ "github.com/falgen/falgen/internal/testenv"
)

// build makes the command falgen.
func build(t *testing.T) string {
	t.Helper()
	const source = "github.com/falgen/falgen/cmd/falgen"
	// Once the test has looked at what falgen is made of, go test runs it again when any of that changes.
	list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if .Main}}{{$.Dir}}{{end}}{{end}}", source)
	folders, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range strings.Split(strings.TrimSpace(string(folders)), "\n") {
		if _, err := os.ReadDir(folder); err != nil {
			t.Fatal(err)
		}
	}
	falgen := filepath.Join(t.TempDir(), "falgen")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", falgen, source).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return falgen
}

// mock is a falgen mock that runs.
type mock struct {
	env map[string]string // that it has a shell export
}

// start starts falgen mock, and has it stopped when the test ends.
func start(t *testing.T, falgen string, args ...string) *mock {
	t.Helper()
	cmd := exec.Command(falgen, append([]string{"mock"}, args...)...)
	cmd.Dir = t.TempDir() // which has no documents of its own
	var log bytes.Buffer
	cmd.Stderr = &log
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	patience := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	t.Cleanup(func() {
		defer patience.Stop()
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			t.Errorf("falgen mock ends with: %v", err)
		}
		if t.Failed() {
			t.Logf("falgen mock says:\n%s", &log)
		}
	})
	m := &mock{map[string]string{}}
	for lines := bufio.NewScanner(stdout); len(m.env) < 2 && lines.Scan(); {
		name, value, ok := strings.Cut(strings.TrimPrefix(lines.Text(), "export "), "=")
		if !ok {
			t.Fatalf("falgen mock prints %q", lines.Text())
		}
		m.env[name] = value
	}
	if m.env["FAL_BASE_URL"] == "" || m.env["FAL_KEY"] == "" {
		t.Fatalf("falgen mock prints no more than %q", m.env)
	}
	return m
}

func (m *mock) environ() []string {
	var env []string
	for name, value := range m.env {
		env = append(env, name+"="+value)
	}
	return env
}

// decode decodes what a client got from the mock, in a form that does not depend on the mock's address.
func (m *mock) decode(t *testing.T, outcome []byte) (v any) {
	t.Helper()
	text := strings.ReplaceAll(string(outcome), m.env["FAL_BASE_URL"], "http://mock")
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %s", err, outcome)
	}
	return v
}
