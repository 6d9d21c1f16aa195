package spec_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/falgen/falgen/generator/spec"
)

// TestParseFile pins what is read and where it stands, and where each broken text breaks.
func TestParseFile(t *testing.T) {
	root, err := spec.ParseFile("a.json", []byte("{\n  \"n\": 9007199254740993,\n  \"list\": [null, true, \"ü\", {\"x\": 1.50}]\n}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(root.Value()); got != "map[list:[<nil> true ü map[x:1.50]] n:9007199254740993]" {
		t.Error(got)
	}
	for _, tt := range []struct {
		at   *spec.Node
		want string
	}{
		{root, "a.json:1:1"}, {root.Get("n"), "a.json:2:8"}, {root.Get("list"), "a.json:3:11"},
		{root.Get("list").Elems[2], "a.json:3:24"}, {root.Get("list").Elems[3].Get("x"), "a.json:3:36"},
	} {
		if got := tt.at.Pos().String(); got != tt.want {
			t.Errorf("%v stands at %s, want %s", tt.at.Value(), got, tt.want)
		}
		if pointer, at := root.At(tt.at.Pos()); at != tt.at {
			t.Errorf("at %s there is %v, by %q", tt.want, at, pointer)
		}
	}
	if pointer, _ := root.At(root.Get("list").Elems[3].Get("x").Pos()); pointer != "/list/3/x" {
		t.Error(pointer)
	}

	var many, twice strings.Builder
	many.WriteString("{")
	for i := range 50 {
		fmt.Fprintf(&many, "%q: 1,", fmt.Sprint("k", i))
	}
	twice.WriteString(many.String() + "\n\"k3\": 2}")
	many.WriteString("\"last\": 1}")
	if root, err := spec.ParseFile("a.json", []byte(many.String())); err != nil || len(root.Members) != 51 {
		t.Errorf("many names: %v", err)
	}
	deep := strings.Repeat("[", 300) + strings.Repeat("]", 300)
	for text, want := range map[string]string{
		deep:                               "a.json:1:257: values nest deeper",
		"":                                 "a.json:1:1: ",
		"{\"a\": 1, \"a\": 2}":             "a.json:1:10: the name \"a\" is given twice",
		twice.String():                     "a.json:2:1: the name \"k3\" is given twice",
		"[1, 2":                            "a.json:1:6: the JSON text ends too early",
		"{} {}":                            "a.json:1:4: more text",
		"\"\xff\"":                         "a.json:1:2: the text is not UTF-8",
		strings.Repeat("[", 300):           "a.json:1:301: the JSON text ends too early",
		"{\n  \"a\": tru\n}":               "a.json:2:8: expected true, false or null, found 't'",
		"{\"a\": 1 \"b\": 2}":              "a.json:1:9: expected a comma or \"}\", found '\"'",
		"[1, ]":                            "a.json:1:5: expected a value, found ']'",
		"{\"a\" 1}":                        "a.json:1:6: expected a colon",
		"{a: 1}":                           "a.json:1:2: expected the name of a member in quotes, found 'a'",
		"[01]":                             "a.json:1:3: expected a comma",
		"[1.]":                             "a.json:1:4: expected a digit after the point",
		"[\"\\x\"]":                        "a.json:1:4: expected an escape that JSON has, found 'x'",
		"[\"\\u12G4\"]":                    "a.json:1:7: expected four hexadecimal digits, found 'G'",
		"[\"a\nb\"]":                       "a.json:1:4: expected no control character in a string",
		"[-]":                              "a.json:1:3: expected a digit, found ']'",
		"\xef\xbb\xbf{\"a\": 1, \"a\": 2}": "a.json:1:10: the name",
	} {
		_, err := spec.ParseFile("a.json", []byte(text))
		var syntax *spec.SyntaxError
		if !errors.As(err, &syntax) || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%.40q: %v, want %s", text, err, want)
		}
	}
}

// TestCheckID pins which ids may become paths.
func TestCheckID(t *testing.T) {
	for id, ok := range map[string]bool{
		"fal-ai/rife/video": true, "a/b": true, "fal-ai/wan/v2.1/1.3b/text-to-video": true, "bria/fibo_x/y": true,
		"": false, "rife": false, "/rife": false, "rife/": false, "a//b": false, "a/..": false, "../a/b": false, "a/.b": false,
		"a\\b/c": false, "a/b c": false, "a/b\n": false, "f\u0430l-ai/x": false, "C:/x": false, "a/" + strings.Repeat("b", 300): false,
	} {
		if err := spec.CheckID(id); (err == nil) != ok {
			t.Errorf("%q: %v", id, err)
		}
	}
}
