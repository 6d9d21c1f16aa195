package fal

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
)

// spoolLimit is how much of a reader is kept in memory; what is longer goes into a temporary file.
const spoolLimit = 10 << 20

// local is media that is not at fal yet: a path, a section of something, or else a reader.
type local struct {
	path        string
	section     *io.SectionReader
	reader      io.Reader
	sum         [sha256.Size]byte // of Bytes
	contentType string            // "" where it is to be found out

	used   atomic.Bool            // reader has been read
	length atomic.Pointer[int64]  // of reader, once it has been read
	url    atomic.Pointer[string] // where it is at fal, while an input that holds it is encoded
}

// section is what can be read of r, from where it stands, at any place; nil where r cannot do that.
func section(r io.Reader) *io.SectionReader {
	at, ok := r.(interface {
		io.ReaderAt
		io.Seeker
	})
	if !ok {
		return nil
	}
	start, err := at.Seek(0, io.SeekCurrent)
	if err != nil { // such as of a pipe
		return nil
	}
	end, err := at.Seek(0, io.SeekEnd)
	if _, back := at.Seek(start, io.SeekStart); err != nil || back != nil {
		return nil
	}
	return io.NewSectionReader(at, start, max(end-start, 0))
}

// String names l in messages.
func (l *local) String() string {
	switch {
	case l.path != "":
		return l.path
	case l.section != nil:
		return fmt.Sprintf("media of %d bytes", l.section.Size())
	}
	return "media from a reader"
}

// key is equal for two that have the same content, as far as that can be told without reading it.
func (l *local) key() any {
	type key struct{ path, contentType, sum string }
	switch {
	case l.path != "":
		return key{path: filepath.Clean(l.path), contentType: l.contentType}
	case l.sum != [sha256.Size]byte{}:
		return key{sum: string(l.sum[:]), contentType: l.contentType}
	}
	return l
}

// size is the length in bytes, where it is known.
func (l *local) size() (int64, bool) {
	switch {
	case l.section != nil:
		return l.section.Size(), true
	case l.path != "":
		if info, err := os.Stat(l.path); err == nil && info.Mode().IsRegular() {
			return info.Size(), true
		}
	case l.length.Load() != nil:
		return *l.length.Load(), true
	}
	return 0, false
}

// blob is a local that is open.
type blob struct {
	io.ReaderAt
	size              int64
	name, contentType string
	close             func()
}

// open makes l readable at any place. The blob is to be closed.
func (l *local) open(ctx context.Context) (*blob, error) {
	b := &blob{close: func() {}}
	switch {
	case l.section != nil:
		b.ReaderAt, b.size = l.section, l.section.Size()
	case l.path != "":
		if err := b.openFile(ctx, l.path); err != nil {
			return nil, err
		}
	case l.reader == nil:
		return nil, errors.New("fal.Reader was given nil")
	case l.used.Swap(true):
		return nil, errors.New("the reader was read by an earlier call; upload it with Client.Upload to send it twice")
	default:
		if err := b.spool(ctx, l.reader); err != nil {
			return nil, fmt.Errorf("reading %s: %w", l, err)
		}
		l.length.Store(&b.size)
	}
	b.contentType = cmp.Or(l.contentType, typeOfName(l.path))
	if b.contentType == "" {
		head := make([]byte, min(b.size, 512))
		n, _ := b.ReadAt(head, 0)
		b.contentType = typeOfContent(head[:n])
	}
	b.name = "upload" + endingOf(b.contentType)
	if l.path != "" {
		b.name = filepath.Base(l.path)
	}
	return b, nil
}

func (b *blob) openFile(ctx context.Context, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	switch {
	case err != nil:
	case info.IsDir():
		err = fmt.Errorf("%s is a folder", path)
	case info.Mode().IsRegular():
		b.ReaderAt, b.size, b.close = file, info.Size(), func() { _ = file.Close() }
		return nil
	default: // a pipe, or a device
		err = b.spool(ctx, file)
	}
	_ = file.Close()
	return err
}

// spool reads r to its end, to where it can be read again. A Read that hangs is not interrupted.
func (b *blob) spool(ctx context.Context, r io.Reader) error {
	r = contextReader{ctx, r}
	var head bytes.Buffer
	n, err := io.CopyN(&head, r, spoolLimit)
	if err == io.EOF {
		b.ReaderAt, b.size = bytes.NewReader(head.Bytes()), n
		return nil
	}
	if err != nil {
		return err
	}
	file, err := os.CreateTemp("", "fal-upload-*")
	if err != nil {
		return err
	}
	remove := func() {
		_ = file.Close()
		_ = os.Remove(file.Name())
	}
	if b.size, err = io.Copy(file, io.MultiReader(&head, r)); err != nil {
		remove()
		return err
	}
	b.ReaderAt, b.close = file, remove
	return nil
}

// contextReader is a reader that ends with a context.
type contextReader struct {
	ctx context.Context
	io.Reader
}

func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}
