package fal

import (
	"bytes"
	"encoding/json"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
)

func readEvents(in io.Reader, limit int) (events []string, err error) {
	r := newEventReader(in, limit)
	for {
		data, err := r.next()
		if err != nil {
			return events, err
		}
		events = append(events, string(data))
	}
}

// TestEvents reads streams as the HTML standard says, and tells what breaks off.
func TestEvents(t *testing.T) {
	tests := []struct {
		name, in string
		want     []string
		err      error
	}{
		{"nothing", "", nil, io.EOF},
		{"events", "data: 1\n\ndata: 2\n\n", []string{"1", "2"}, io.EOF},
		{"carriage returns", "data: 1\r\n\r\ndata: 2\r\rdata: 3\n\r\n", []string{"1", "2", "3"}, io.EOF},
		{"lines", "data: {\ndata:  \"a\":1\ndata:}\n\n", []string{"{\n \"a\":1\n}"}, io.EOF},
		{"comments and other fields", ": ping\n\nid: 4\nevent: x\nretry: 5\ndata: 1\nnonsense\n\n: ping\n\n", []string{"1"}, io.EOF},
		{"byte order mark", "\ufeffdata: 1\n\n", []string{"1"}, io.EOF},
		{"no data", "event: x\n\n", nil, io.EOF},
		{"empty data", "data\n\ndata:\n\n", []string{"", ""}, io.EOF},
		{"cut in the data", "data: 1\n\ndata: {\"a\":", []string{"1"}, io.ErrUnexpectedEOF},
		{"cut after a line", "data: {\n", nil, io.ErrUnexpectedEOF},
		{"only the empty line is missing", "data: {\"a\":1}", []string{`{"a":1}`}, io.EOF},
		{"cut in a field without data", "event: x", nil, io.EOF},
	}
	for _, test := range tests {
		for how, in := range map[string]io.Reader{
			"at once": strings.NewReader(test.in), "byte by byte": iotest.OneByteReader(strings.NewReader(test.in)),
		} {
			t.Run(test.name+" "+how, func(t *testing.T) {
				got, err := readEvents(in, 1000)
				if !slices.Equal(got, test.want) || err != test.err {
					t.Errorf("got %q, %v", got, err)
				}
			})
		}
	}
}

func TestEventsHaveALimit(t *testing.T) {
	endless := io.MultiReader(strings.NewReader("data: "), neverEnding('x'))
	lines := io.MultiReader(strings.NewReader(strings.Repeat("data: x\n", 1000)))
	comments := strings.NewReader(strings.Repeat(": ping\n\n", 1000) + "data: 1\n\n")
	for _, in := range []io.Reader{endless, lines} {
		if _, err := readEvents(in, 1000); err == nil || err == io.EOF || err == io.ErrUnexpectedEOF {
			t.Errorf("got %v", err)
		}
	}
	if got, err := readEvents(comments, 1000); len(got) != 1 || err != io.EOF { // they are no part of an event
		t.Errorf("got %q, %v", got, err)
	}
}

type neverEnding byte

func (b neverEnding) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(b)
	}
	return len(p), nil
}

// FuzzEvents writes a value as an event, with strange bytes around it, and reads it back.
func FuzzEvents(f *testing.F) {
	f.Add("a\nb", "\r", ": x\n")
	f.Add("", "\n", "")
	f.Add("\ufeffdata: 1", "\r\n", "data\n\n")
	f.Fuzz(func(t *testing.T, text, end, before string) {
		if end != "\n" && end != "\r" && end != "\r\n" {
			return
		}
		value, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		first, firstErr := readEvents(strings.NewReader(before), 1<<20)
		if firstErr != io.EOF {
			return // it would join what follows
		}
		stream := before + "\n\n" + "data: " + string(value) + end + end
		got, err := readEvents(strings.NewReader(stream), 1<<20)
		if err != io.EOF || len(got) < len(first)+1 || !bytes.Equal([]byte(got[len(got)-1]), value) {
			t.Errorf("%q: got %q, %v", stream, got, err)
		}
	})
}
