package faltest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/falgen/falgen/fal"
)

const (
	mediaHost = "/v3.fal.media/"
	filesPath = mediaHost + "files/"
	cdnScheme = "Bearer"
	maxName   = 200 // bytes of a file's name
)

// store is what has been uploaded, or is about to be.
type store struct {
	url   string // of the server
	token string // of the CDN
	seed  uint64
	limit int64 // of bytes
	most  int   // of objects

	mu      sync.Mutex
	issued  int
	used    int64
	byPlace map[string]*object
	order   []*object
}

// object is a file, or an upload that will make one.
type object struct {
	place       string // below the files' path: an id, a slash and a name
	contentType string
	signature   url.Values // that an upload's URL must come back with; nil where the token is asked for
	multipart   bool
	parts       map[int]content
	whole       bool // it can be downloaded
	content     content
	size        int64 // of all that it holds
	gone        bool
}

func newStore(url string, c *config) *store {
	return &store{
		url: url, token: fmt.Sprintf("cdn-%016x", c.seed), seed: c.seed, limit: c.storage, most: c.history,
		byPlace: map[string]*object{},
	}
}

// content is bytes in pieces.
type content struct {
	pieces [][]byte
	size   int64
	etag   string // without quotes
}

// ReadAt implements [io.ReaderAt].
func (c content) ReadAt(p []byte, at int64) (n int, err error) {
	for _, piece := range c.pieces {
		if at < int64(len(piece)) {
			n += copy(p[n:], piece[at:])
			at = 0
		} else {
			at -= int64(len(piece))
		}
		if n == len(p) {
			return n, nil
		}
	}
	return n, io.EOF
}

// create makes room for a file of that name.
func (t *store) create(name, contentType string, multipart, signed bool) *object {
	if name = path.Base(path.Clean("/" + name)); name == "/" {
		name = "upload.bin"
	}
	if cut := len(name) - maxName; cut > 0 {
		name = name[cut:] // the extension is at the end
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.issued++
	o := &object{
		place: fmt.Sprintf("%08x/%s", t.issued, name), contentType: contentType, multipart: multipart,
		parts: map[int]content{},
	}
	if signed {
		hash := sha256.Sum256(fmt.Appendf(nil, "%d %s", t.seed, o.place))
		o.signature = url.Values{"scope": {"faltest/" + o.place}, "signature": {hex.EncodeToString(hash[:8])}}
	}
	t.byPlace[o.place] = o
	t.order = append(t.order, o)
	for len(t.order) > t.most {
		t.forget()
	}
	return o
}

// forget drops the oldest object.
func (t *store) forget() {
	o := t.order[0]
	t.order = t.order[1:]
	t.used -= o.size
	o.gone, o.size, o.content, o.parts = true, 0, content{}, nil
	delete(t.byPlace, o.place)
}

var (
	errTooLarge  = errors.New("it is larger than the storage")
	errForgotten = errors.New("it was forgotten meanwhile: more was stored than WithStorage or WithHistory allow")
)

// grow makes room for n more bytes of an object, at the cost of older ones.
func (t *store) grow(o *object, n int64) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if o.gone {
		return errForgotten
	}
	if o.size+n > t.limit {
		return errTooLarge
	}
	o.size += n
	t.used += n
	for t.used > t.limit && t.order[0] != o {
		t.forget()
	}
	if t.used > t.limit { // what is newer is large as well
		t.forget()
		return errForgotten
	}
	return nil
}

// release gives back n bytes of an object.
func (t *store) release(o *object, n int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !o.gone {
		o.size -= n
		t.used -= n
	}
}

// read reads content for an object.
func (t *store) read(o *object, r io.Reader) (c content, err error) {
	hash, buf := sha256.New(), make([]byte, 64<<10)
	for err == nil {
		n := 0
		for n < len(buf) && err == nil {
			var m int
			m, err = r.Read(buf[n:])
			n += m
		}
		if full := t.grow(o, int64(n)); full != nil {
			err = full
			break
		}
		c.pieces, c.size = append(c.pieces, bytes.Clone(buf[:n])), c.size+int64(n)
		_, _ = hash.Write(buf[:n])
	}
	if err != io.EOF {
		t.release(o, c.size)
		return content{}, err
	}
	c.etag = hex.EncodeToString(hash.Sum(nil)[:16])
	return c, nil
}

// put makes c the whole content of an object, or its part n where that is not 0.
func (t *store) put(o *object, n int, c content) {
	t.mu.Lock()
	old := c // a part that comes too late
	switch {
	case n == 0:
		old, o.content, o.whole = o.content, c, true
	case o.parts != nil:
		old, o.parts[n] = o.parts[n], c
	}
	t.mu.Unlock()
	t.release(o, old.size)
}

// find returns the object of a place, or nil.
func (t *store) find(place string) *object {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.byPlace[place]
}

// file returns what can be downloaded from a place.
func (t *store) file(place string) (c content, contentType string, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if o := t.byPlace[place]; o != nil && o.whole {
		return o.content, o.contentType, true
	}
	return t.madeContent(place)
}

// fileURL is where a file is downloaded.
func (t *store) fileURL(place string) string {
	u := url.URL{Path: filesPath + place}
	return t.url + u.EscapedPath()
}

// placeOf returns the place of a URL of this server's, which may have no file.
func (t *store) placeOf(address string) (place string, ours bool) {
	rest, ours := strings.CutPrefix(address, t.url+"/")
	if !ours {
		return "", false
	}
	u, err := url.Parse("/" + rest)
	if err != nil {
		return "", true
	}
	return strings.TrimPrefix(u.Path, filesPath), true
}

// Store stores a file and returns its URL, for use in inputs and outputs. The content type is that of the name's
// extension, or is detected. If the file exceeds [WithStorage], it fails the test, or panics outside of a test.
func (s *Server) Store(name string, body []byte) (url string) {
	o := s.store.create(name, contentTypeOf(name, body), false, false)
	c, err := s.store.read(o, bytes.NewReader(body))
	if err != nil {
		s.fatal(fmt.Errorf("faltest: cannot store %s: %w", name, err))
	}
	s.store.put(o, 0, c)
	return s.store.fileURL(o.place)
}

// File returns the content stored at a URL of the server, such as that of an upload.
func (s *Server) File(url string) (body []byte, ok bool) {
	place, ours := s.store.placeOf(url)
	c, _, found := s.store.file(place)
	if !ours || !found {
		return nil, false
	}
	body = make([]byte, c.size)
	_, _ = c.ReadAt(body, 0)
	return body, true
}

// missing returns a violation for each text in an input that is a URL of this server's where there is no file.
func (s *Server) missing(input any, loc fal.Loc) (found []fal.FieldError) {
	switch v := input.(type) {
	case string:
		place, ours := s.store.placeOf(v)
		if _, _, exists := s.store.file(place); ours && !exists {
			f := fal.FieldError{Loc: loc, Type: "file_download_error", Msg: "there is no file at that URL"}
			if text, err := json.Marshal(v); err == nil && len(text) <= maxInput {
				f.Input = text
			}
			found = append(found, f)
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			found = append(found, s.missing(v[name], append(loc[:len(loc):len(loc)], name))...)
		}
	case []any:
		for i, elem := range v {
			found = append(found, s.missing(elem, append(loc[:len(loc):len(loc)], i))...)
		}
	}
	return found
}

// download answers with a file, or the part of it that is asked for. URLs of files are public.
func (s *Server) download(c *call) reply {
	body, contentType, ok := s.store.file(c.place)
	if !ok {
		return detail(http.StatusNotFound, "File not found")
	}
	return file{body, contentType}
}

// file is an answer that is a file.
type file struct {
	content
	contentType string
}

func (f file) write(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", f.contentType)
	w.Header().Set("Etag", strconv.Quote(f.etag))
	http.ServeContent(w, r, "", time.Time{}, io.NewSectionReader(f.content, 0, f.size))
}
