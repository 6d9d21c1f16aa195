// Package revision reads files as they were at a revision of a git repository. It runs the git command, and changes
// neither the repository nor the files that are checked out.
package revision

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/falgen/falgen/generator/spec"
)

// maxBytes bounds what is read of one revision: many times what the documents of all endpoints take.
const maxBytes = 1 << 30

// A Revision is a commit of a repository.
type Revision struct {
	Name   string // as the user named it
	dir    string // a folder of the repository
	commit string
}

// An UnknownError is a revision that cannot be had.
type UnknownError struct {
	Name    string
	Dir     string // the folder whose repository was asked
	Problem string // what git said
}

func (e *UnknownError) Error() string {
	return fmt.Sprintf("%q is no revision of the git repository of %s: %s", e.Name, e.Dir, e.Problem)
}

// Open finds a revision of the repository that a path is part of; the path itself may be gone. An error is an
// [*UnknownError], or tells that git cannot be run.
func Open(ctx context.Context, name, within string) (*Revision, error) {
	dir, err := existing(within)
	if err != nil {
		return nil, err
	}
	r := &Revision{Name: name, dir: dir}
	out, err := r.git(ctx, nil, "rev-parse", "--quiet", "--verify", "--end-of-options", name+"^{commit}")
	if errors.Is(err, exec.ErrNotFound) {
		return nil, fmt.Errorf("cannot read the revision %q: %w", name, err)
	} else if err != nil {
		return nil, &UnknownError{name, dir, cmp.Or(err.Error(), "there is no such commit")}
	}
	r.commit = strings.TrimSpace(string(out))
	return r, nil
}

// existing returns the folder that is there and nearest to a path.
func existing(name string) (string, error) {
	abs, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	for {
		info, err := os.Stat(abs)
		if err == nil && info.IsDir() {
			return abs, nil
		}
		if abs == filepath.Dir(abs) {
			return "", fmt.Errorf("there is no folder above %s", name)
		}
		abs = filepath.Dir(abs)
	}
}

// git runs git and returns its output; an error says what git said.
func (r *Revision) git(ctx context.Context, stdin io.Reader, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", r.dir, "--literal-pathspecs", "--no-pager"}, args...)...)
	cmd.Env = append(os.Environ(), "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0")
	cmd.Stdin = stdin
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		return nil, errors.New(strings.TrimSpace(strings.TrimPrefix(stderr.String(), "fatal: ")))
	}
	return out, err
}

// Path returns where in the repository a path of the file system is, with slashes; "" is its top folder.
func (r *Revision) Path(ctx context.Context, name string) (string, error) {
	dir, err := existing(name)
	if err != nil {
		return "", err
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(dir, abs)
	if err != nil {
		return "", err
	}
	at := &Revision{dir: dir}
	prefix, err := at.git(ctx, nil, "rev-parse", "--show-prefix")
	if err != nil {
		return "", fmt.Errorf("%s is not part of a git repository: %w", name, err)
	}
	full := path.Join(strings.TrimSuffix(string(prefix), "\n"), filepath.ToSlash(rel))
	if full == "." {
		full = ""
	}
	return full, nil
}

// Sources reads the documents at a path of the repository, as [spec.Read] does on disk. It is an error where there
// are none.
func (r *Revision) Sources(ctx context.Context, name string) (*spec.Sources, error) {
	files, err := r.list(ctx, name)
	if err != nil {
		return nil, err
	}
	folder := len(files) != 1 || files[0].name != name
	if folder {
		files = slices.DeleteFunc(files, func(f blob) bool { return !strings.EqualFold(path.Ext(f.name), ".json") })
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s:%s holds no .json file: name a revision, or revision:path, with documents", r.Name, name)
	}
	texts := make([]spec.Text, len(files))
	err = r.read(ctx, files, func(i int, text []byte) {
		texts[i] = spec.Text{Name: r.Name + ":" + files[i].name, Text: text}
	})
	return spec.Texts(texts, folder), err
}

// File reads one file of the repository; nil where there is none.
func (r *Revision) File(ctx context.Context, name string) (text []byte, err error) {
	files, err := r.list(ctx, name)
	if err != nil || len(files) != 1 || files[0].name != name {
		return nil, err
	}
	err = r.read(ctx, files, func(_ int, t []byte) { text = t })
	return text, err
}

// A blob is a file of a commit.
type blob struct {
	name, hash string
	size       int
}

// list lists the files at a path, sorted. Links are left out.
func (r *Revision) list(ctx context.Context, name string) ([]blob, error) {
	args := []string{"ls-tree", "-r", "-z", "-l", "--full-tree", r.commit}
	if name != "" {
		args = append(args, "--", name)
	}
	out, err := r.git(ctx, nil, args...)
	if err != nil {
		return nil, fmt.Errorf("cannot list %s:%s: %w", r.Name, name, err)
	}
	var files []blob
	total := 0
	for entry := range strings.SplitSeq(string(out), "\x00") {
		facts, file, ok := strings.Cut(entry, "\t")
		if f := strings.Fields(facts); ok && len(f) == 4 && strings.HasPrefix(f[0], "100") {
			size, err := strconv.Atoi(f[3])
			if err != nil {
				return nil, fmt.Errorf("cannot list %s:%s: git says %q", r.Name, name, facts)
			}
			files = append(files, blob{file, f[2], size})
			if strings.EqualFold(path.Ext(file), ".json") || file == name {
				total += size
			}
		}
	}
	if total > maxBytes {
		return nil, fmt.Errorf("%s:%s holds %d bytes of documents: %d are read at most", r.Name, name, total, maxBytes)
	}
	slices.SortFunc(files, func(a, b blob) int { return strings.Compare(a.name, b.name) })
	return files, nil
}

// read gives the contents of files, in their order.
func (r *Revision) read(ctx context.Context, files []blob, use func(i int, text []byte)) error {
	var ask strings.Builder
	for _, f := range files {
		fmt.Fprintln(&ask, f.hash)
	}
	out, err := r.git(ctx, strings.NewReader(ask.String()), "cat-file", "--batch")
	if err != nil {
		return fmt.Errorf("cannot read the files of %s: %w", r.Name, err)
	}
	in := bufio.NewReader(bytes.NewReader(out))
	for i, f := range files {
		head, err := in.ReadString('\n')
		if fields := strings.Fields(head); err != nil || len(fields) != 3 || fields[2] != strconv.Itoa(f.size) {
			return fmt.Errorf("cannot read %s:%s: git says %q", r.Name, f.name, head)
		}
		text := make([]byte, f.size)
		if _, err := io.ReadFull(in, text); err != nil {
			return fmt.Errorf("cannot read %s:%s: %w", r.Name, f.name, err)
		}
		if _, err := in.Discard(1); err != nil { // a newline
			return fmt.Errorf("cannot read %s:%s: %w", r.Name, f.name, err)
		}
		use(i, text)
	}
	return nil
}
