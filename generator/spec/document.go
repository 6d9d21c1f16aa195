// Package spec acquires endpoint documents: from a folder, from one file, or from a dump of the platform's
// catalogue. What it returns remembers where in its file each value stands.
package spec

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"

	"golang.org/x/mod/module"
	"golang.org/x/sync/errgroup"

	"github.com/falgen/falgen/generator/diag"
)

// A Document is the OpenAPI document of one endpoint.
type Document struct {
	ID   string
	Root *Node
	Meta Meta // what the catalogue says of it, where that is known
}

// Pos returns where the document stands.
func (d *Document) Pos() diag.Pos {
	if d.Root == nil || d.Root.file == nil {
		return diag.Pos{}
	}
	return d.Root.Pos()
}

// A Set is what was found in one place.
type Set struct {
	Documents []*Document // by id
	// Whole tells that the place is meant to hold every document of a project: a folder or a dump, not one document.
	Whole bool
}

// IDs returns the ids of the documents.
func (s Set) IDs() []string {
	ids := make([]string, len(s.Documents))
	for i, d := range s.Documents {
		ids[i] = d.ID
	}
	return ids
}

// Sources are the files of one place, read whole.
type Sources struct {
	Hash   [sha256.Size]byte // of the names and texts
	files  []source
	folder bool

	once  sync.Once
	set   Set
	diags []diag.Diagnostic
}

// None are the sources of a folder that has no documents yet.
func None() *Sources { return &Sources{folder: true} }

type source struct {
	name string // with slashes
	text []byte
	err  error
}

// ErrEmpty is found in the error of [Read] for a folder without documents.
var ErrEmpty = errors.New("holds no .json file")

// Read reads the files at path: a folder (all its .json files, at any depth), one document, or a catalogue dump. An
// error means that path itself cannot be read.
func Read(path string) (*Sources, error) { return ReadAs(path, path) }

// ReadAs is [Read] for a copy of what is at another path: diagnostics name the files as they are called there.
func ReadAs(path, name string) (*Sources, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("cannot read the documents: %w", err)
	}
	names := []string{path}
	if info.IsDir() {
		if names, err = jsonFiles(path); err != nil {
			return nil, fmt.Errorf("cannot read the documents: %w", err)
		}
		if len(names) == 0 {
			return nil, fmt.Errorf("%s %w: name a folder of documents, a document or a catalogue dump", path, ErrEmpty)
		}
	}
	s := &Sources{folder: info.IsDir()}
	hash := sha256.New()
	for _, file := range names {
		text, err := os.ReadFile(file)
		called := filepath.ToSlash(name + strings.TrimPrefix(file, path))
		s.files = append(s.files, source{called, text, err})
		fmt.Fprintf(hash, "%q %d\n", called, len(text))
		hash.Write(text)
	}
	hash.Sum(s.Hash[:0])
	return s, nil
}

// Parse parses the files, several at once. It does so when it is first called. A document that cannot be read is a
// diagnostic and does not stop the others.
func (s *Sources) Parse() (Set, []diag.Diagnostic) {
	s.once.Do(s.parse)
	return s.set, slices.Clone(s.diags)
}

func (s *Sources) parse() {
	type parsed struct {
		docs  []*Document
		dump  bool
		diags []diag.Diagnostic
	}
	files := make([]parsed, len(s.files))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, f := range s.files {
		s.files[i].text = nil // what was parsed is kept
		group.Go(func() error {
			if f.err != nil {
				files[i].diags = []diag.Diagnostic{unreadable(diag.Pos{File: f.name}, f.err.Error())}
				return nil
			}
			defer diag.Recover(diag.Pos{File: f.name}, "", func(d diag.Diagnostic) { files[i] = parsed{diags: []diag.Diagnostic{d}} })
			files[i].docs, files[i].dump, files[i].diags = parse(f.name, f.text)
			return nil
		})
	}
	_ = group.Wait() // no file stops the others
	s.set.Whole = s.folder
	for _, f := range files {
		s.set.Documents = append(s.set.Documents, f.docs...)
		s.set.Whole = s.set.Whole || f.dump
		s.diags = append(s.diags, f.diags...)
	}
	s.set.Documents, s.diags = unique(s.set.Documents, s.diags)
	s.diags = diag.Sort(s.diags)
}

// Parse reads one document from its text; name is what diagnostics call it.
func Parse(name string, text []byte) (*Document, []diag.Diagnostic) {
	docs, _, diags := parse(name, text)
	if len(docs) != 1 {
		return nil, diags
	}
	return docs[0], diags
}

func jsonFiles(dir string) ([]string, error) {
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.EqualFold(filepath.Ext(path), ".json") {
			names = append(names, path)
		}
		return err
	})
	return names, err
}

func unreadable(pos diag.Pos, problem string) diag.Diagnostic {
	return diag.Diagnostic{Pos: pos, Rule: "unreadable", Severity: diag.Error, Message: problem}
}

// parse reads a file that holds one document or a dump of many, and tells which it was.
func parse(name string, text []byte) (docs []*Document, dump bool, diags []diag.Diagnostic) {
	root, err := ParseFile(name, text)
	if err != nil {
		var syntax *SyntaxError
		if errors.As(err, &syntax) {
			return nil, false, []diag.Diagnostic{unreadable(syntax.Pos, syntax.Problem)}
		}
		return nil, false, []diag.Diagnostic{unreadable(diag.Pos{File: name}, err.Error())}
	}
	add := func(root, id *Node, meta *Node) {
		doc, problem := identify(root, id)
		if problem != nil {
			diags = append(diags, *problem)
			return
		}
		if meta == nil {
			meta = root.Get("info", wordsKey)
		}
		doc.Meta = MetaOf(meta)
		docs = append(docs, doc)
	}
	models := root.Get("models")
	if !models.Is(Array) {
		add(root, nil, nil)
		return docs, false, diags
	}
	for _, m := range models.Elems {
		if problem := unusable(m); problem != nil {
			diags = append(diags, *problem)
		} else {
			add(m.Get("openapi"), m.Get("endpoint_id"), m.Get("metadata"))
		}
	}
	return docs, true, diags
}

// maxEntry bounds an entry of a catalogue, in bytes: real ones have up to some hundred thousand.
const maxEntry = 16 << 20

// unusable returns what keeps an entry of a catalogue from being a document, or nil. The other entries do not suffer.
func unusable(entry *Node) *diag.Diagnostic {
	d := unreadable(entry.Pos(), "")
	if id := entry.Get("endpoint_id").String(); CheckID(id) == nil {
		d.Endpoint = id
	}
	switch {
	case entry.Fault() != nil:
		d.Pos, d.Message = entry.Fault().Pos, entry.Fault().Problem
	case !entry.Is(Object):
		d.Message = fmt.Sprintf("expected an entry of the catalogue, an object, found a %s", entry.Kind)
	case entry.end-entry.start > maxEntry:
		d.Message = fmt.Sprintf("this entry of the catalogue has more than %d MiB", maxEntry>>20)
	case entry.Get("openapi") == nil:
		d.Message = "this entry of the catalogue has no \"openapi\": ask for it with expand=openapi-3.0"
	default:
		return nil
	}
	return &d
}

// identify finds the endpoint that a document describes. given is the catalogue's word for it, or nil.
func identify(root, given *Node) (*Document, *diag.Diagnostic) {
	fail := func(at *Node, rule, format string, args ...any) (*Document, *diag.Diagnostic) {
		return nil, &diag.Diagnostic{
			Pos: at.Pos(), Endpoint: given.String(), Rule: rule, Severity: diag.Error, Message: fmt.Sprintf(format, args...),
		}
	}
	if e := root.Get("error"); e != nil && root.Get("openapi") == nil {
		return fail(root, "missing-document", "there is no document for %q, the catalogue says: %q", given.String(), e.Get("message").String())
	}
	if !root.Is(Object) || !root.Get("paths").Is(Object) {
		return fail(root, "not-openapi", "this is no OpenAPI document of an endpoint: it has no \"paths\" object")
	}
	at := given
	if at == nil {
		at = root.Get("info", "x-fal-metadata", "endpointId")
	}
	if at == nil {
		at = postedPath(root.Get("paths"))
	}
	if at == nil {
		return fail(root, "no-endpoint-id", "the document does not say which endpoint it is: give it info/x-fal-metadata/endpointId")
	}
	if err := CheckID(at.String()); err != nil {
		return fail(at, "endpoint-id", "%v", err)
	}
	return &Document{ID: at.String(), Root: root}, nil
}

// postedPath returns the path that takes a POST, without its slash, as if it were written where its operations are.
func postedPath(paths *Node) *Node {
	var found *Node
	for _, p := range paths.Members {
		id := strings.TrimPrefix(p.Name, "/")
		if p.Value.Get("post") != nil && (found == nil || id < found.Text) {
			found = &Node{Kind: String, Text: id, file: p.Value.file, start: p.Value.start}
		}
	}
	return found
}

var idPattern = regexp.MustCompile(`^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$`)

// CheckID tells whether id may name an endpoint: two or more segments of letters, digits, dots, dashes and
// underscores, none starting with a dot, and none that no path in Go may have, such as "con" or one that ends in a dot.
func CheckID(id string) error {
	if len(id) > 200 || !idPattern.MatchString(id) {
		return fmt.Errorf("%.80q is no endpoint id: expected owner/app[/rest] of letters, digits, dots, dashes and underscores", id)
	}
	var invalid *module.InvalidPathError
	if errors.As(module.CheckImportPath(id), &invalid) {
		return fmt.Errorf("%q is no endpoint id that Go can import a package by: %w", id, invalid.Err)
	}
	return nil
}

// unique sorts documents by id and refuses all but the first of an id.
func unique(docs []*Document, diags []diag.Diagnostic) ([]*Document, []diag.Diagnostic) {
	slices.SortStableFunc(docs, func(a, b *Document) int { return strings.Compare(a.ID, b.ID) })
	kept := docs[:0]
	for _, d := range docs {
		if n := len(kept); n > 0 && kept[n-1].ID == d.ID {
			diags = append(diags, diag.Diagnostic{
				Pos: d.Root.Pos(), Endpoint: d.ID, Rule: "duplicate-endpoint", Severity: diag.Error,
				Message: fmt.Sprintf("%s is already described at %s; remove one of the two", d.ID, kept[n-1].Root.Pos()),
			})
			continue
		}
		kept = append(kept, d)
	}
	return kept, diags
}

// Nearest says which of the documents an unknown id may have meant.
func Nearest(id string, docs []*Document) string {
	var near []string
	last := id[strings.LastIndex(id, "/")+1:]
	for _, d := range docs {
		if strings.Contains(d.ID, last) || strings.Contains(id, d.ID) {
			near = append(near, d.ID)
		}
	}
	if len(near) == 0 || last == "" {
		return fmt.Sprintf("none of the %d documents is like it", len(docs))
	}
	return "did you mean " + strings.Join(near[:min(len(near), 3)], " or ") + "?"
}
