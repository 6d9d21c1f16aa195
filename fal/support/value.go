package support

import (
	"bytes"
	"encoding/json"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/falgen/falgen/fal"
)

// A value is what the wire shows of a Go value.
type value struct {
	types  Types // one type; 0 for null, and for what is absent
	absent bool
	rv     reflect.Value
	number json.Number
	media  fal.Media
	local  bool // media that is still to be uploaded: a string that has no text yet
}

// valueOf looks at a Go value as encoding/json would encode it.
func valueOf(rv reflect.Value) value {
	for rv.IsValid() {
		if rv.CanInterface() {
			switch v := rv.Interface().(type) {
			case fal.Media:
				return mediaValue(v)
			case json.RawMessage:
				return rawValue(v)
			case fal.FrameSize:
				return frameSizeValue(v)
			case json.Number:
				return value{types: numberType(string(v)), rv: rv, number: v}
			case interface { // fal.Opt, Union
				IsZero() bool
				IsNull() bool
				Any() any
			}:
				switch {
				case v.IsNull():
					return value{rv: rv}
				case v.IsZero():
					return value{absent: true}
				}
				rv = reflect.ValueOf(v.Any())
				continue
			}
		}
		switch rv.Kind() {
		case reflect.Pointer, reflect.Interface:
			rv = rv.Elem() // of nil, it is the zero Value
			continue
		case reflect.Slice, reflect.Map:
			if rv.IsNil() {
				return value{rv: rv}
			}
		}
		return plainValue(rv)
	}
	return value{}
}

func mediaValue(m fal.Media) value {
	switch {
	case m.IsNull():
		return value{}
	case m.IsZero():
		return value{absent: true}
	}
	text, ok := m.Any().(string)
	return value{types: String, rv: reflect.ValueOf(text), media: m, local: !ok}
}

func frameSizeValue(s fal.FrameSize) value {
	if s == "" {
		return value{absent: true}
	}
	text, err := s.MarshalJSON()
	if err != nil {
		return value{types: String, rv: reflect.ValueOf(string(s))} // encoding it will say what is wrong
	}
	return rawValue(text)
}

func rawValue(raw json.RawMessage) value {
	if raw == nil {
		return value{absent: true}
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return value{types: String, rv: reflect.ValueOf(string(raw))} // encoding it will say what is wrong
	}
	return valueOf(reflect.ValueOf(v))
}

func plainValue(rv reflect.Value) value {
	v := value{rv: rv}
	switch rv.Kind() {
	case reflect.Bool:
		v.types = Boolean
	case reflect.String:
		v.types = String
	case reflect.Slice, reflect.Array:
		v.types = Array
	case reflect.Map, reflect.Struct:
		v.types = Object
	case reflect.Float32, reflect.Float64:
		v.number = json.Number(strconv.FormatFloat(rv.Float(), 'g', -1, 64))
		v.types = numberType(string(v.number))
	default:
		switch {
		case rv.CanInt():
			v.types, v.number = Integer|Number, json.Number(strconv.FormatInt(rv.Int(), 10))
		case rv.CanUint():
			v.types, v.number = Integer|Number, json.Number(strconv.FormatUint(rv.Uint(), 10))
		}
	}
	return v
}

// numberType is that of a number's literal: 1.0 is a whole number, too.
func numberType(literal string) Types {
	if !strings.ContainsAny(literal, ".eE") {
		return Integer | Number
	}
	if r := rat(literal); r != nil && r.IsInt() {
		return Integer | Number
	}
	return Number
}

// isNull reports whether the wire shows null, and not any other value.
func (v value) isNull() bool { return v.types == 0 && !v.absent }

// finite reports whether v is no number that JSON lacks.
func (v value) finite() bool {
	return v.types&Number == 0 || !v.rv.CanFloat() || !math.IsNaN(v.rv.Float()) && !math.IsInf(v.rv.Float(), 0)
}

// maxLiteral bounds the numbers that are worked out exactly.
const maxLiteral = 400

// rat returns a number exactly; nil for what is none.
func rat(literal string) *big.Rat {
	if f, err := strconv.ParseFloat(literal, 64); err != nil || len(literal) > maxLiteral || math.IsNaN(f) || math.IsInf(f, 0) {
		return nil
	}
	r, _ := new(big.Rat).SetString(literal)
	return r
}

// member returns the member of an object that a schema's field speaks of.
func (v value) member(f *Field) value {
	switch v.rv.Kind() {
	case reflect.Map:
		key := reflect.ValueOf(f.Name)
		if v.rv.Type().Key().Kind() != reflect.String {
			return value{absent: true}
		}
		m := v.rv.MapIndex(key.Convert(v.rv.Type().Key()))
		if !m.IsValid() {
			return value{absent: true}
		}
		return valueOf(m)
	case reflect.Struct:
		fields := fieldsOf(v.rv.Type())
		name := f.Name
		if f.Tag != "" {
			name = f.Tag
		}
		if i, ok := fields.byName[name]; ok {
			return fields.list[i].of(v.rv)
		}
	}
	return value{absent: true}
}

// structField is a field that encoding/json encodes.
type structField struct {
	index    int
	name     string
	omitZero bool
}

// of returns the field's value in a struct, absent where it is left out.
func (f structField) of(rv reflect.Value) value {
	field := rv.Field(f.index)
	v := valueOf(field)
	if f.omitZero && field.IsZero() {
		return value{absent: true}
	}
	if v.absent && !f.omitZero {
		return value{} // sent as null
	}
	return v
}

type structFields struct {
	list   []structField
	byName map[string]int // of list
}

var knownStructs sync.Map // of reflect.Type to *structFields

func fieldsOf(t reflect.Type) *structFields {
	if known, ok := knownStructs.Load(t); ok {
		return known.(*structFields)
	}
	fields := &structFields{byName: map[string]int{}}
	for i := range t.NumField() {
		f := t.Field(i)
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || f.Tag.Get("json") == "-" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		fields.byName[name] = len(fields.list)
		fields.list = append(fields.list, structField{i, name, strings.Contains(options, "omitzero")})
	}
	known, _ := knownStructs.LoadOrStore(t, fields)
	return known.(*structFields)
}

// members counts the members that the wire shows.
func (v value) members() int {
	if v.rv.Kind() == reflect.Map {
		return v.rv.Len()
	}
	n := 0
	for _, f := range fieldsOf(v.rv.Type()).list {
		if !f.of(v.rv).absent {
			n++
		}
	}
	return n
}

// text returns v as JSON that is the same for the same value: numbers as decimals, the members of objects sorted.
func (v value) text() string {
	var b strings.Builder
	v.write(&b, 0)
	return b.String()
}

func (v value) write(b *strings.Builder, depth int) {
	switch {
	case depth > maxDepth:
	case v.types&Number != 0:
		if r := rat(string(v.number)); r != nil {
			b.WriteString(r.RatString())
		} else {
			b.WriteString(string(v.number))
		}
	case v.types == String:
		b.WriteString(strconv.Quote(v.rv.String()))
	case v.types == Boolean:
		b.WriteString(strconv.FormatBool(v.rv.Bool()))
	case v.types == Array:
		b.WriteByte('[')
		for i := range v.rv.Len() {
			valueOf(v.rv.Index(i)).write(b, depth+1)
			b.WriteByte(',')
		}
		b.WriteByte(']')
	case v.types == Object:
		b.WriteByte('{')
		for _, m := range v.sorted() {
			b.WriteString(strconv.Quote(m.name) + ":")
			m.value.write(b, depth+1)
			b.WriteByte(',')
		}
		b.WriteByte('}')
	default:
		b.WriteString("null")
	}
}
