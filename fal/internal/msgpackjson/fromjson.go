package msgpackjson

import (
	"bytes"
	"cmp"
	"encoding"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/vmihailenco/msgpack/v5"
)

// ErrDigits says that a whole number has more digits than msgpack has room for.
var ErrDigits = errors.New("msgpack has no room for the digits")

// FromJSON encodes the JSON form of a value, so that what the types of fal say about themselves holds. The value itself
// only tells which text of that form stands for bytes; it may be nil.
func FromJSON(form []byte, in any) ([]byte, error) {
	dec := json.NewDecoder(bytes.NewReader(form))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return nil, err
	}
	var out bytes.Buffer
	p := packer{msgpack.NewEncoder(&out)}
	if err := p.value(tree, reflect.ValueOf(in)); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

type packer struct{ *msgpack.Encoder }

// value encodes a part of the JSON form and, where there is one, the part of the input that it comes from.
func (p packer) value(form any, of reflect.Value) error {
	of = settle(of)
	switch form := form.(type) {
	case string:
		if isBytes(of) && base64.StdEncoding.EncodeToString(of.Bytes()) == form {
			return p.EncodeBytes(of.Bytes())
		}
		return p.EncodeString(form)
	case json.Number:
		return p.number(form.String())
	case []any:
		if err := p.EncodeArrayLen(len(form)); err != nil {
			return err
		}
		for i, elem := range form {
			if err := p.value(elem, element(of, i)); err != nil {
				return err
			}
		}
		return nil
	case map[string]any:
		if err := p.EncodeMapLen(len(form)); err != nil {
			return err
		}
		for _, name := range slices.Sorted(maps.Keys(form)) {
			if err := p.EncodeString(name); err != nil {
				return err
			}
			if err := p.value(form[name], member(of, name)); err != nil {
				return err
			}
		}
		return nil
	}
	return p.Encode(form) // null or a bool
}

// number encodes a number as the smallest kind that holds all of it.
func (p packer) number(n string) error {
	if i, err := strconv.ParseInt(n, 10, 64); err == nil && n != "-0" {
		return p.EncodeInt(i)
	}
	if u, err := strconv.ParseUint(n, 10, 64); err == nil {
		return p.EncodeUint(u)
	}
	f, err := strconv.ParseFloat(n, 64)
	if err != nil {
		return err
	}
	if !strings.ContainsAny(n, ".eE") && strconv.FormatFloat(f, 'f', -1, 64) != n {
		return fmt.Errorf("%w of %.40s", ErrDigits, n)
	}
	return p.EncodeFloat64(f)
}

// settle follows pointers and interfaces to a value. There is none where a type writes its JSON itself: what it makes
// of its bytes is its own affair.
func settle(v reflect.Value) reflect.Value {
	for v.IsValid() {
		t := v.Type()
		if p := reflect.PointerTo(t); p.Implements(marshaler) || p.Implements(textMarshaler) { // t's own methods are p's too
			return reflect.Value{}
		}
		if t.Kind() != reflect.Pointer && t.Kind() != reflect.Interface {
			return v
		}
		v = v.Elem()
	}
	return v
}

var (
	marshaler     = reflect.TypeFor[json.Marshaler]()
	textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()
)

func isBytes(v reflect.Value) bool {
	return v.IsValid() && v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8
}

// element returns the element of a list that has one at i.
func element(v reflect.Value, i int) reflect.Value {
	if v.IsValid() && (v.Kind() == reflect.Slice || v.Kind() == reflect.Array) && i < v.Len() {
		return v.Index(i)
	}
	return reflect.Value{}
}

// member returns what a map or a struct has under a name of its JSON form.
func member(v reflect.Value, name string) reflect.Value {
	switch {
	case !v.IsValid():
	case v.Kind() == reflect.Map && v.Type().Key().Kind() == reflect.String:
		return v.MapIndex(reflect.ValueOf(name).Convert(v.Type().Key()))
	case v.Kind() == reflect.Struct:
		for _, f := range reflect.VisibleFields(v.Type()) {
			tag, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if f.IsExported() && cmp.Or(tag, f.Name) == name {
				field, err := v.FieldByIndexErr(f.Index)
				if err == nil {
					return field
				}
			}
		}
	}
	return reflect.Value{}
}
