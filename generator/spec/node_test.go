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
	for text, want := range map[string]string{
		"":                                 "a.json:1:1: ",
		"{\"a\": 1, \"a\": 2}":             "a.json:1:10: the name \"a\" is given twice",
		twice.String():                     "a.json:2:1: the name \"k3\" is given twice",
		"[1, 2":                            "a.json:1:6: the JSON text ends too early",
		"{} {}":                            "a.json:1:4: more text",
		"\"\xff\"":                         "a.json:1:2: the text is not UTF-8",
		strings.Repeat("[", 300):           "a.json:1:257: values nest deeper",
		"{\n  \"a\": tru\n}":               "a.json:2:",
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
