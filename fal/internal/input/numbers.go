package input

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// Unmarshal is json.Unmarshal, but for whole numbers that are not written as such: 1024.0 and 1e3 decode into an integer,
// as JSON has them.
func Unmarshal(data []byte, v any) error {
	err := json.Unmarshal(data, v)
	if wrong := new(json.UnmarshalTypeError); errors.As(err, &wrong) && strings.HasPrefix(wrong.Value, "number") {
		if written := wholeNumbers(data); written != nil {
			return json.Unmarshal(written, v)
		}
	}
	return err
}

// Int returns the number of a JSON literal as an int64: of one that has a fraction its whole part, and of one beyond what
// an int64 holds the nearest. It is not ok for what is no number.
func Int(literal string) (n int64, ok bool) {
	if n, err := strconv.ParseInt(literal, 10, 64); err == nil {
		return n, true
	}
	r := rational(literal)
	switch {
	case r == nil:
		return 0, false
	case r.Cmp(new(big.Rat).SetInt64(math.MaxInt64)) > 0:
		return math.MaxInt64, true
	case r.Cmp(new(big.Rat).SetInt64(math.MinInt64)) < 0:
		return math.MinInt64, true
	}
	return new(big.Int).Quo(r.Num(), r.Denom()).Int64(), true
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
