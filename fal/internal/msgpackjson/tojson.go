// Package msgpackjson translates between msgpack and JSON, the two languages of fal's sockets.
package msgpackjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/vmihailenco/msgpack/v5"
	"github.com/vmihailenco/msgpack/v5/msgpcode"
)

// maxDepth is how deep lists and objects may stand in each other.
const maxDepth = 500

// timestamp is the extension type that msgpack itself defines.
const timestamp = -1

// ToJSON translates one msgpack value. Bytes become base64, as encoding/json has them, a timestamp RFC 3339 text, and
// NaN and the infinities null, as in JavaScript. Keys may be text, bytes or whole numbers.
//
// It walks the value itself, since the library would make room for whatever length a frame claims.
func ToJSON(frame []byte) ([]byte, error) {
	t := &translator{frame: frame, in: bytes.NewReader(frame)}
	t.msgpack = msgpack.NewDecoder(t.in) // which reads no further than it must from a reader of this kind
	t.json = json.NewEncoder(&t.out)
	t.json.SetEscapeHTML(false)
	err := t.value(0)
	if err == nil && t.in.Len() > 0 {
		err = fmt.Errorf("%d bytes follow the value", t.in.Len())
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, fmt.Errorf("not msgpack that JSON has a form for: byte %d of %d: %w", t.at(), len(frame), err)
	}
	return t.out.Bytes(), nil
}

type translator struct {
	frame   []byte
	in      *bytes.Reader
	msgpack *msgpack.Decoder
	out     bytes.Buffer
	json    *json.Encoder
}

func (t *translator) value(depth int) error {
	code, err := t.msgpack.PeekCode()
	if err != nil {
		return err
	}
	switch {
	case isList(code):
		return t.list(depth + 1)
	case isObject(code):
		return t.object(depth + 1)
	case msgpcode.IsString(code), msgpcode.IsBin(code):
		data, err := t.bytes()
		if err != nil {
			return err
		}
		if msgpcode.IsBin(code) {
			return t.scalar(data)
		}
		return t.scalar(string(data))
	case msgpcode.IsExt(code):
		return t.extension()
	}
	v, err := t.msgpack.DecodeInterface() // a number, a bool or nil
	if err != nil {
		return err
	}
	switch f := v.(type) {
	case float32:
		v = finite(v, float64(f))
	case float64:
		v = finite(v, f)
	}
	return t.scalar(v)
}

func (t *translator) list(depth int) error {
	n, err := t.msgpack.DecodeArrayLen()
	if err != nil {
		return err
	}
	return t.members('[', ']', n, depth, func() error { return t.value(depth) })
}

func (t *translator) object(depth int) error {
	n, err := t.msgpack.DecodeMapLen()
	if err != nil {
		return err
	}
	return t.members('{', '}', n, depth, func() error {
		if err := t.key(); err != nil {
			return err
		}
		t.out.WriteByte(':')
		return t.value(depth)
	})
}

func (t *translator) members(open, end byte, n, depth int, member func() error) error {
	if depth > maxDepth {
		return fmt.Errorf("lists and objects stand in each other more than %d deep", maxDepth)
	}
	t.out.WriteByte(open)
	for i := range n {
		if i > 0 {
			t.out.WriteByte(',')
		}
		if err := member(); err != nil {
			return err
		}
	}
	t.out.WriteByte(end)
	return nil
}

func (t *translator) key() error {
	code, err := t.msgpack.PeekCode()
	if err != nil {
		return err
	}
	switch {
	case msgpcode.IsString(code), msgpcode.IsBin(code):
		data, err := t.bytes()
		if err != nil {
			return err
		}
		return t.scalar(string(data))
	case msgpcode.IsFixedNum(code), msgpcode.Uint8 <= code && code <= msgpcode.Int64:
		v, err := t.msgpack.DecodeInterface()
		if err != nil {
			return err
		}
		return t.scalar(fmt.Sprint(v))
	}
	return fmt.Errorf("a key (code %#x) that is neither text nor a whole number", code)
}

// bytes reads text or bytes, whose length is not believed before it is there.
func (t *translator) bytes() ([]byte, error) {
	n, err := t.msgpack.DecodeBytesLen()
	if err != nil {
		return nil, err
	}
	return t.take(n)
}

// at is where in the frame it is.
func (t *translator) at() int { return len(t.frame) - t.in.Len() }

// take returns the next n bytes of the frame.
func (t *translator) take(n int) ([]byte, error) {
	if n < 0 || n > t.in.Len() { // a length may be beyond what an int of 32 bits holds
		return nil, io.ErrUnexpectedEOF
	}
	at := t.at()
	_, err := t.in.Seek(int64(n), io.SeekCurrent)
	return t.frame[at : at+n], err
}

func (t *translator) extension() error {
	start := t.at()
	id, n, err := t.msgpack.DecodeExtHeader()
	if err != nil {
		return err
	}
	if id != timestamp {
		return fmt.Errorf("an extension of type %d", id)
	}
	if _, err := t.take(n); err != nil {
		return err
	}
	whole := t.frame[start:t.at()]
	when, err := msgpack.NewDecoder(bytes.NewReader(whole)).DecodeTime()
	if err != nil {
		return err
	}
	return t.scalar(when.UTC())
}

// scalar writes what encoding/json makes of v.
func (t *translator) scalar(v any) error {
	if err := t.json.Encode(v); err != nil {
		return err
	}
	t.out.Truncate(t.out.Len() - 1) // the line break
	return nil
}

func isList(code byte) bool {
	return msgpcode.IsFixedArray(code) || code == msgpcode.Array16 || code == msgpcode.Array32
}

func isObject(code byte) bool {
	return msgpcode.IsFixedMap(code) || code == msgpcode.Map16 || code == msgpcode.Map32
}

// finite returns v, or nil where f is no number that JSON has.
func finite(v any, f float64) any {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}
	return v
}
