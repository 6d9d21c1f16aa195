package input

import (
	"encoding/json"
	"math"
	"testing"
)

// TestUnmarshal holds that whole numbers decode however they are written, and that nothing else is changed.
func TestUnmarshal(t *testing.T) {
	type row struct {
		N    int64
		F    float64
		Text string
		List []int64
	}
	for _, tt := range []struct {
		json string
		want row
		ok   bool
	}{
		{`{"N": 1024.0, "List": [1e3, -2.50e1, 0.0]}`, row{N: 1024, List: []int64{1000, -25, 0}}, true},
		{`{"N": 12300e-2, "F": 1.5, "Text": "1.0 \" 2.0\\"}`, row{N: 123, F: 1.5, Text: `1.0 " 2.0\`}, true},
		{`{"N": 9007199254740993.0}`, row{N: 9007199254740993}, true},
		{`{"N": 1.5}`, row{}, false},
		{`{"N": "1.0"}`, row{}, false},
		{`{"N": 1e400}`, row{}, false},
		{`{"N": 1.0`, row{}, false},
	} {
		var got row
		err := Unmarshal([]byte(tt.json), &got)
		if (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.json, err)
		}
		a, _ := json.Marshal(got)
		b, _ := json.Marshal(tt.want)
		if tt.ok && string(a) != string(b) {
			t.Errorf("%s is read as %s, want %s", tt.json, a, b)
		}
	}
}

// TestInt holds that each number becomes the nearest that there is.
func TestInt(t *testing.T) {
	for literal, want := range map[string]int64{
		"7": 7, "7.0": 7, "1e5": 100000, "1.9": 1, "-1.9": -1, "18446744073709551615": math.MaxInt64, "-1e30": math.MinInt64,
		"9223372036854775807": math.MaxInt64,
	} {
		if got, ok := Int(literal); !ok || got != want {
			t.Errorf("%s is %d, want %d", literal, got, want)
		}
	}
	if _, ok := Int(`"7"`); ok {
		t.Error("a string is a number")
	}
}
