package realtime

import (
	"bytes"
	"cmp"
	"encoding"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/coder/websocket"
	"github.com/vmihailenco/msgpack/v5"
)

// frame encodes an input as one message. A []byte is one already, whatever it holds.
func (c config) frame(in any) (websocket.MessageType, []byte, error) {
	if raw, ok := in.([]byte); ok {
		return websocket.MessageBinary, raw, nil
	}
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(in); err != nil {
		return 0, nil, err
	}
	form := bytes.TrimSuffix(text.Bytes(), []byte("\n"))
	if c.json {
		return websocket.MessageText, form, nil
	}
	packed, err := toMsgpack(form, in)
	return websocket.MessageBinary, packed, err
}

// isNil reports whether v is nil: JSON null, which no endpoint takes.
func isNil(v any) bool {
	value := reflect.ValueOf(v)
	switch value.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Map, reflect.Slice:
		return value.IsNil()
	}
	return false
}

// validate calls the Validate method of the first that has one: of an input, or else of the pointer to it.
func validate(inputs ...any) error {
	for _, in := range inputs {
		if v, ok := in.(interface{ Validate() error }); ok {
			return v.Validate()
		}
	}
	return nil
}

// toMsgpack encodes the JSON form of an input, so that what the types of fal say about themselves holds. The input
// itself only tells which text of that form stands for bytes.
func toMsgpack(form []byte, in any) ([]byte, error) {
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
		return fmt.Errorf("msgpack has no room for the digits of %.40s; realtime.WithJSON() sends them", n)
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
