package revision_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/generator/revision"
)

const document = `{"info": {"x-fal-metadata": {"endpointId": "fal-ai/x"}}, "paths": {}}`

// repository makes a git repository of files in a folder that has the specs one level down, and returns the top.
func repository(t *testing.T, files map[string]string) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("there is no git")
	}
	dir := t.TempDir()
	git(t, dir, "init", "-q", "-b", "main")
	commit(t, dir, files)
	return dir
}

func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=T", "-c", "user.email=t@example.com"}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func commit(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "x")
}

func ids(t *testing.T, dir, name, path string) []string {
	t.Helper()
	r, err := revision.Open(t.Context(), name, filepath.Join(dir, "sub"))
	if err != nil {
		t.Fatal(err)
	}
	sources, err := r.Sources(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	set, diags := sources.Parse()
	var list []string
	for _, d := range set.Documents {
		list = append(list, d.ID+" "+d.Root.Pos().String())
	}
	for _, d := range diags {
		list = append(list, d.String())
	}
	if !set.Whole {
		list = append(list, "one document")
	}
	return list
}

// TestSources reads documents of revisions: neither what is checked out nor what is no document is among them.
func TestSources(t *testing.T) {
	dir := repository(t, map[string]string{
		"sub/specs/a.json": document, "sub/specs/deep/ü b.JSON": strings.ReplaceAll(document, "fal-ai/x", "fal-ai/y"),
		"sub/specs/notes.txt": "none", "sub/specs2/c.json": "none", "sub/specs/broken.json": "{",
	})
	if err := os.Symlink("a.json", filepath.Join(dir, "sub/specs/link.json")); err != nil {
		t.Fatal(err)
	}
	commit(t, dir, map[string]string{"sub/specs/a.json": strings.ReplaceAll(document, "fal-ai/x", "fal-ai/z")})
	if err := os.RemoveAll(filepath.Join(dir, "sub/specs")); err != nil { // only from the disk
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, path string
		want       []string
	}{
		{"main~1", "sub/specs", []string{
			"fal-ai/x main~1:sub/specs/a.json:1:1", "fal-ai/y main~1:sub/specs/deep/ü b.JSON:1:1",
			"main~1:sub/specs/broken.json:1:2: unreadable: the JSON text ends too early",
		}},
		{"HEAD", "sub/specs", []string{
			"fal-ai/y HEAD:sub/specs/deep/ü b.JSON:1:1", "fal-ai/z HEAD:sub/specs/a.json:1:1",
			"HEAD:sub/specs/broken.json:1:2: unreadable: the JSON text ends too early",
		}},
		{"HEAD", "sub/specs/a.json", []string{"fal-ai/z HEAD:sub/specs/a.json:1:1", "one document"}},
		{"HEAD", "sub/specs/deep", []string{"fal-ai/y HEAD:sub/specs/deep/ü b.JSON:1:1"}},
	} {
		if d := cmp.Diff(tt.want, ids(t, dir, tt.name, tt.path)); d != "" {
			t.Errorf("%s:%s: %s", tt.name, tt.path, d)
		}
	}
	r, err := revision.Open(t.Context(), "HEAD", dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"sub/nowhere", "sub/specs/notes", "../specs", "*.json", "sub/specs/link.json"} {
		if _, err := r.Sources(t.Context(), path); err == nil || !strings.Contains(err.Error(), "HEAD:"+path) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if path, err := r.Path(t.Context(), filepath.Join(dir, "sub/specs/gone/too")); err != nil || path != "sub/specs/gone/too" {
		t.Errorf("a path that is gone is %q, %v", path, err)
	}
	if text, err := r.File(t.Context(), "sub/specs/a.json"); err != nil || !strings.Contains(string(text), "fal-ai/z") {
		t.Errorf("%q, %v", text, err)
	}
	if text, err := r.File(t.Context(), "sub/specs"); err != nil || text != nil {
		t.Errorf("a folder is the file %q, %v", text, err)
	}
}

// TestUnknown names what is no revision, whatever it looks like.
func TestUnknown(t *testing.T) {
	dir := repository(t, map[string]string{"a.json": document})
	for _, name := range []string{"nothing", "", "--output=x", "-h", "HEAD~5", "HEAD:a.json", "main\nmain", "@{99}", "a..b"} {
		_, err := revision.Open(t.Context(), name, dir)
		var unknown *revision.UnknownError
		if !errors.As(err, &unknown) || unknown.Name != name || unknown.Problem == "" {
			t.Errorf("%q: %v", name, err)
		}
	}
	outside := t.TempDir()
	t.Setenv("GIT_CEILING_DIRECTORIES", filepath.Dir(outside))
	if _, err := revision.Open(t.Context(), "HEAD", outside); err == nil || !strings.Contains(err.Error(), "not a git repository") {
		t.Errorf("outside of a repository: %v", err)
	}
}
