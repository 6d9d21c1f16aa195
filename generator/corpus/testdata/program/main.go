// Program answers, for each line that it reads, what a generated package makes of a JSON value. The test that writes
// it puts a file beside it that lists the packages.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"log"
	"os"

	"github.com/falgen/falgen/fal"
)

type question struct {
	ID    string          `json:"id"`
	Kind  string          `json:"kind"` // input, output or defaults
	Value json.RawMessage `json:"value"`
}

type answer struct {
	Error      string          `json:"error,omitempty"` // why the value does not decode
	Violations []violation     `json:"violations,omitempty"`
	Encoded    json.RawMessage `json:"encoded,omitempty"`
}

type violation struct {
	Loc  fal.Loc `json:"loc"`
	Type string  `json:"type"`
}

type kinds map[string]func(json.RawMessage) answer

func endpoint[I, O any]() kinds {
	return kinds{
		"input":    decoded[I],
		"output":   decoded[O],
		"defaults": defaults[I],
	}
}

func decoded[T any](text json.RawMessage) answer {
	var v T
	if err := json.Unmarshal(text, &v); err != nil {
		return answer{Error: err.Error()}
	}
	a := encoded(v)
	if in, ok := any(v).(interface{ Validate() error }); ok {
		var invalid *fal.ValidationError
		if err := in.Validate(); errors.As(err, &invalid) {
			for _, f := range invalid.Detail {
				a.Violations = append(a.Violations, violation{f.Loc, f.Type})
			}
		}
	}
	return a
}

func defaults[T any](text json.RawMessage) answer {
	var v T
	if err := json.Unmarshal(text, &v); err != nil {
		return answer{Error: err.Error()}
	}
	if in, ok := any(v).(interface{ WithDefaults() T }); ok {
		v = in.WithDefaults()
	}
	return encoded(v)
}

func encoded(v any) answer {
	text, err := json.Marshal(v)
	if err != nil {
		return answer{Error: "does not encode: " + err.Error()}
	}
	return answer{Encoded: text}
}

func main() {
	in, out := bufio.NewReader(os.Stdin), bufio.NewWriter(os.Stdout)
	enc := json.NewEncoder(out)
	for {
		line, err := in.ReadBytes('\n')
		if err == io.EOF {
			return
		}
		var q question
		if err == nil {
			err = json.Unmarshal(line, &q)
		}
		if err == nil {
			err = enc.Encode(endpoints[q.ID][q.Kind](q.Value))
		}
		if err == nil && in.Buffered() == 0 { // whoever asks may be waiting
			err = out.Flush()
		}
		if err != nil {
			log.Fatal(err)
		}
	}
}
