package msgpackjson

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// FuzzToJSON holds that no frame does harm, and that what can be translated is JSON that means the same when it is
// packed and translated once more.
func FuzzToJSON(f *testing.F) {
	for _, seed := range []string{
		"", "\xc0", "\xc1", "\x7f", "\xe0", "\xcc\xff", "\xd1\x80\x00", "\xcf\xff\xff\xff\xff\xff\xff\xff\xff",
		"\xca\x3d\xcc\xcc\xcd", "\xcb\x7f\xf8\x00\x00\x00\x00\x00\x01", "\xcb\x44\x15\xaf\x1d\x78\xb5\x8c\x40",
		"\xcb\x80\x00\x00\x00\x00\x00\x00\x00", "\xa2\xc3\x28", "\xd9\x04<\u2028", "\xc4\x02\x00\xff", "\xc6\xff\xff\xff\xff",
		"\xdb\x00\x00\x00\x01", "\x92\xc2\xc3", "\xdd\x00\x00\x00\x01\x90", "\xdf\xff\xff\xff\xff", "\x82\xa1a\x01\xa1a\x80",
		"\x83\x01\x02\xc4\x01k\xc0\xd3\x80\x00\x00\x00\x00\x00\x00\x00\xc0", "\xd6\xff\x65\x00\x00\x00",
		"\xd7\xff\xff\xff\xff\xff\xff\xff\xff\xff", "\xc7\x0c\xff\xff\xff\xff\xff\x00\x00\x00\x00\x00\x00\x00\x00",
		"\xc9\xff\xff\xff\xff\xff", "\xd4\x05x",
		strings.Repeat("\x91", maxDepth) + "\xc0", strings.Repeat("\x81\xa0", maxDepth+1) + "\xc0",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		once, err := ToJSON(frame)
		if err != nil {
			return
		}
		packed, err := FromJSON(once, nil)
		if err != nil {
			t.Fatalf("%s: %v", once, err)
		}
		again, err := ToJSON(packed)
		if err != nil {
			t.Fatalf("%s: %v", once, err)
		}
		if a, b := tree(t, once), tree(t, again); !reflect.DeepEqual(a, b) {
			t.Errorf("%s\nbecame %s", once, again)
		}
	})
}

// tree decodes JSON with all its digits.
func tree(t *testing.T, text []byte) (v any) {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&v); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if !json.Valid(text) {
		t.Fatalf("not JSON: %q", text)
	}
	return v
}
