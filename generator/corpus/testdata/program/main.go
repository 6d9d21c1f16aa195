// Program answers, for each line that it reads, what a generated package makes of a JSON value: see package probe. The
// test that writes it puts a file beside it that imports the packages.
package main

import (
	"bufio"
	"encoding/json"
	"io"
	"log"
	"os"

	"github.com/falgen/falgen/fal"

	"scratch/probe"
)

type question struct {
	ID    string          `json:"id"`
	Kind  string          `json:"kind"` // input, output, defaults, subscribe or unchecked
	Value json.RawMessage `json:"value"`
}

func main() {
	var err error
	if probe.Client, err = fal.NewClient(); err != nil {
		log.Fatal(err)
	}
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
			err = enc.Encode(probe.Probes[q.ID][q.Kind](q.Value))
		}
		if err == nil && in.Buffered() == 0 { // whoever asks may be waiting
			err = out.Flush()
		}
		if err != nil {
			log.Fatal(err)
		}
	}
}
