package fetch

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/falgen/falgen/generator/spec"
)

// An EditedError is a document that somebody changed, or that was not fetched at all: it is not written over.
type EditedError struct {
	File   string // with slashes
	Reason string
}

func (e *EditedError) Error() string {
	return fmt.Sprintf("%s %s and differs from what was fetched: it is kept; replace it with --force", e.File, e.Reason)
}

// store is the folder of documents. Its methods may be called by several goroutines at once.
type store struct {
	folder string
	force  bool
	root   *os.Root

	mu      sync.Mutex
	files   map[string]string // the path of each document under the folder, by id
	lock    lock
	written []byte    // the lock as it is on disk
	saved   time.Time // when
}

// openStore opens a folder of documents, which is made where there is none.
func openStore(folder string, force bool) (*store, error) {
	if info, err := os.Stat(folder); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%s is a file: fetch stores documents in a folder, a file each; name one with --specs "+
			"(--from %s takes the documents of a file)", folder, folder)
	}
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, fmt.Errorf("cannot make the folder of documents: %w", err)
	}
	root, err := os.OpenRoot(folder)
	if err != nil {
		return nil, fmt.Errorf("cannot open the folder of documents: %w", err)
	}
	s := &store{folder: filepath.ToSlash(folder), force: force, root: root, files: map[string]string{}, lock: lock{}}
	if err := s.scan(folder); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// scan reads the lock, and finds the document of each id, whatever its file is called.
func (s *store) scan(folder string) error {
	var err error
	if s.written, err = s.root.ReadFile(LockFile); err == nil {
		s.lock, err = parseLock(path.Join(s.folder, LockFile), s.written)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	sources, err := spec.Read(folder)
	if errors.Is(err, spec.ErrEmpty) {
		return nil
	} else if err != nil {
		return err
	}
	set, _ := sources.Parse() // what is wrong with a document is said when it is generated
	for _, d := range set.Documents {
		file, err := filepath.Rel(folder, filepath.FromSlash(d.Root.Pos().File))
		if err != nil {
			return err
		}
		s.files[d.ID] = filepath.ToSlash(file)
	}
	for id := range s.lock {
		if file := documentPath(id, 1); s.files[id] == "" && s.exists(file) {
			s.files[id] = file // it cannot be read, or is no document any more
		}
	}
	return nil
}

func (s *store) exists(file string) bool {
	_, err := s.root.Lstat(file)
	return err == nil
}

func (s *store) close() { _ = s.root.Close() } // nothing is written through it

// ids returns the endpoints whose documents are there, sorted.
func (s *store) ids() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.files))
}

// place gives each endpoint that has no document yet a path of its own.
func (s *store) place(ids []string) {
	taken := map[string]string{}
	for id, file := range s.files {
		taken[strings.ToLower(file)] = id
	}
	for _, id := range ids {
		if _, ok := s.files[id]; ok || spec.CheckID(id) != nil {
			continue
		}
		file := documentPath(id, 1)
		for n := 2; taken[strings.ToLower(file)] != ""; n++ {
			file = documentPath(id, n)
		}
		s.files[id], taken[strings.ToLower(file)] = file, id
	}
}

// document is what is on disk.
type document struct {
	file     string
	text     []byte     // nil where there is no file
	root     *spec.Node // nil where it cannot be read
	pristine bool       // as it was fetched
}

// read returns the document of an endpoint that has its place.
func (s *store) read(id string) (document, error) {
	s.mu.Lock()
	d := document{file: s.files[id]}
	was := s.lock[id]
	s.mu.Unlock()
	var err error
	if d.text, err = s.root.ReadFile(d.file); errors.Is(err, fs.ErrNotExist) {
		return d, nil
	} else if err != nil {
		return d, err
	}
	if d.root, err = spec.ParseFile(d.file, d.text); err != nil {
		d.root = nil
		return d, nil
	}
	d.pristine = hash(d.text) == was.SHA256 || hash(d.root.Canonical()) == was.SHA256 // whatever became of its layout
	return d, nil
}

// etag returns what to ask with whether a document has changed at its source, "" where it has to be fetched anyway.
func (s *store) etag(id, source string, d document) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.lock[id]; d.pristine && e.Source == source {
		return e.ETag
	}
	return ""
}

// source returns where a document came from, "" where that is not known.
func (s *store) source(id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lock[id].Source
}

// put stores a document that was fetched, with the words that the catalogue has for it, and tells what that changed. It
// returns an [*EditedError] where the document that is there is somebody's own.
func (s *store) put(id string, root *spec.Node, words spec.Meta, from entry) (State, error) {
	have, err := s.read(id)
	if err != nil {
		return "", err
	}
	if words == (spec.Meta{}) {
		words = spec.KeptWords(have.root) // the catalogue may be out of reach
	}
	text := spec.WithWords(root, words).Canonical()
	from.SHA256 = hash(text)
	if bytes.Equal(have.text, text) {
		return Unchanged, s.note(id, from, Unchanged)
	}
	if _, err := readDocument(from.Source, id, text); err != nil { // as it will be found
		return "", err
	}
	state := New
	if have.text != nil {
		if state, err = s.compare(id, have, from); err != nil {
			return "", err
		}
	}
	if err := s.replace(have.file, text); err != nil {
		return "", err
	}
	return state, s.note(id, from, state)
}

// compare tells what storing would change, or why it must not be.
func (s *store) compare(id string, have document, from entry) (State, error) {
	edited := &EditedError{File: path.Join(s.folder, have.file)}
	switch {
	case have.root == nil:
		edited.Reason = "cannot be read"
	case have.root.Get("models").Is(spec.Array):
		return "", fmt.Errorf("%s is a dump of several documents, which fetch does not edit: move it away, and take its "+
			"documents with --from", edited.File)
	case hash(have.root.Canonical()) == from.SHA256:
		return Unchanged, nil
	case have.pristine:
		return Changed, nil
	case s.source(id) == "":
		edited.Reason = "was not fetched by falgen"
	default:
		edited.Reason = "was edited"
	}
	if s.force {
		return Changed, nil
	}
	return "", edited
}

// note enters a document into the lock, which is written now and then, so that little of it is lost with the process.
func (s *store) note(id string, from entry, state State) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	was, known := s.lock[id]
	switch {
	case state != Unchanged || !known || was.SHA256 != from.SHA256:
		s.lock[id] = from
	case was.ETag == "" && was.Source == from.Source:
		s.lock[id] = from
	} // else the ETag alone may be another, which is no news to those who commit the lock
	if time.Since(s.saved) < 2*time.Second {
		return nil
	}
	return s.save()
}

// flush writes the lock.
func (s *store) flush() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := range s.lock {
		if file := s.files[id]; file == "" || !s.exists(file) {
			delete(s.lock, id)
		}
	}
	return s.save()
}

func (s *store) save() error {
	s.saved = time.Now()
	text, err := s.lock.encode()
	if err != nil || bytes.Equal(text, s.written) || len(s.lock) == 0 && s.written == nil {
		return err
	}
	if err := s.replace(LockFile, text); err != nil {
		return err
	}
	s.written = text
	return nil
}

// replace puts a whole file in the place of another.
func (s *store) replace(file string, text []byte) error {
	if err := s.root.MkdirAll(path.Dir(file), 0o777); err != nil {
		return err
	}
	temporary := file + ".falgen-new"
	if err := s.root.WriteFile(temporary, text, 0o666); err != nil {
		_ = s.root.Remove(temporary) // perhaps it was not even made
		return err
	}
	return s.root.Rename(temporary, file)
}
