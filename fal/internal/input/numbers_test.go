package input

import (
	"encoding/json"
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

// TestUnmarshalOutput holds that a result is not lost for a number, and that numbers elsewhere stay what they are.
func TestUnmarshalOutput(t *testing.T) {
	type part struct {
		Seed uint64  `json:"seed"`
		Rate float64 `json:"rate"`
	}
	type output struct {
		N     int64            `json:"n"`
		Parts []part           `json:"parts"`
		Named map[string]*part `json:"named"`
		Raw   json.RawMessage  `json:"raw"`
	}
	for text, want := range map[string]string{
		`{"n":1.9,"parts":[{"seed":-1,"rate":1.5}],"raw":1.5}`:  `{"n":1,"parts":[{"seed":0,"rate":1.5}],"named":null,"raw":1.5}`,
		`{"n":1e30,"named":{"a":{"seed":1e30,"rate":2}}}`:       `{"n":9223372036854775807,"parts":null,"named":{"a":{"seed":18446744073709551615,"rate":2}},"raw":null}`,
		`{"n":-1e30,"parts":[{"seed":18446744073709551615.0}]}`: `{"n":-9223372036854775808,"parts":[{"seed":18446744073709551615,"rate":0}],"named":null,"raw":null}`,
	} {
		var got output
		if err := UnmarshalOutput([]byte(text), &got); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if again, _ := json.Marshal(got); string(again) != want {
			t.Errorf("%s is read as %s, want %s", text, again, want)
		}
	}
	for _, text := range []string{`{"n":"1"}`, `{"n":1e400}`, `{"n":1.5`} {
		if err := UnmarshalOutput([]byte(text), new(output)); err == nil {
			t.Errorf("%s is read", text)
		}
	}
}
