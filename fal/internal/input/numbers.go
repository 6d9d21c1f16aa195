package input

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"reflect"
	"strconv"
	"strings"
)

// Unmarshal is json.Unmarshal, but for whole numbers that are not written as such: 1024.0 and 1e3 decode into an integer,
// as JSON has them.
func Unmarshal(data []byte, v any) error {
	err := json.Unmarshal(data, v)
	if isNumber(err) {
		if written := wholeNumbers(data); written != nil {
			return json.Unmarshal(written, v)
		}
	}
	return err
}

// UnmarshalOutput is Unmarshal, but for numbers that an integer cannot hold. A result is not lost for one: of a number
// with a fraction the integer is the whole part, and of one beyond its range the nearest that it can be.
func UnmarshalOutput(data []byte, v any) error {
	err := Unmarshal(data, v)
	if !isNumber(err) {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var value any
	if dec.Decode(&value) != nil {
		return err
	}
	nearest, marshalErr := json.Marshal(toIntegers(value, reflect.TypeOf(v).Elem()))
	if marshalErr != nil {
		return err
	}
	return json.Unmarshal(nearest, v)
}

// isNumber reports whether an error says that a number does not fit a Go type.
func isNumber(err error) bool {
	wrong := new(json.UnmarshalTypeError)
	return errors.As(err, &wrong) && strings.HasPrefix(wrong.Value, "number")
}

// toIntegers returns a JSON value in which numbers are whole where a value of type t has integers.
func toIntegers(value any, t reflect.Type) any {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if or, ok := t.MethodByName("Or"); ok && or.Type.NumIn() == 2 { // it is a fal.Opt
		t = or.Type.In(1)
	}
	switch v := value.(type) {
	case json.Number:
		switch t.Kind() {
		case reflect.Int64:
			return nearest(v, big.NewInt(math.MinInt64), big.NewInt(math.MaxInt64))
		case reflect.Uint64:
			return nearest(v, new(big.Int), new(big.Int).SetUint64(math.MaxUint64))
		}
	case []any:
		if t.Kind() == reflect.Slice || t.Kind() == reflect.Array {
			for i := range v {
				v[i] = toIntegers(v[i], t.Elem())
			}
		}
	case map[string]any:
		for name := range v {
			if t.Kind() == reflect.Map {
				v[name] = toIntegers(v[name], t.Elem())
			} else if t.Kind() == reflect.Struct {
				for i := range t.NumField() {
					if tag, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); strings.EqualFold(tag, name) {
						v[name] = toIntegers(v[name], t.Field(i).Type)
					}
				}
			}
		}
	}
	return value
}

func nearest(n json.Number, least, most *big.Int) json.Number {
	r := rational(string(n))
	if r == nil {
		return n
	}
	whole := new(big.Int).Quo(r.Num(), r.Denom())
	if whole.Cmp(least) < 0 {
		whole = least
	} else if whole.Cmp(most) > 0 {
		whole = most
	}
	return json.Number(whole.String())
}

// maxLiteral bounds the numbers that are worked out exactly.
const maxLiteral = 400

func rational(literal string) *big.Rat {
	if _, err := strconv.ParseFloat(literal, 64); err != nil || len(literal) > maxLiteral {
		return nil
	}
	r, ok := new(big.Rat).SetString(literal)
	if !ok {
		return nil
	}
	return r
}

// wholeNumbers returns JSON with its whole numbers written without point and exponent; nil where they all are.
func wholeNumbers(data []byte) []byte {
	var out []byte
	done := 0
	for i := 0; i < len(data); {
		switch c := data[i]; {
		case c == '"':
			for i++; i < len(data) && data[i] != '"'; i++ {
				if data[i] == '\\' {
					i++
				}
			}
			i++
		case c == '-' || '0' <= c && c <= '9':
			start := i
			for i < len(data) && strings.IndexByte("+-.0123456789eE", data[i]) >= 0 {
				i++
			}
			literal := string(data[start:i])
			if r := rational(literal); strings.ContainsAny(literal, ".eE") && r != nil && r.IsInt() {
				out = append(append(out, data[done:start]...), r.Num().String()...)
				done = i
			}
		default:
			i++
		}
	}
	if done == 0 {
		return nil
	}
	return append(out, data[done:]...)
}
