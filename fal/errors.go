package fal

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// Loc is the path to a value in a request: strings are field names, ints are list indexes.
type Loc []any

// String writes the place as in "body.images[2].image_url".
func (l Loc) String() string {
	var b strings.Builder
	for i, part := range l {
		switch part := part.(type) {
		case int:
			fmt.Fprintf(&b, "[%d]", part)
		default:
			if i > 0 {
				b.WriteByte('.')
			}
			fmt.Fprint(&b, part)
		}
	}
	return b.String()
}

// UnmarshalJSON decodes a list of strings and integers. What is neither is kept as text: an error report that is a little
// off is still worth reading.
func (l *Loc) UnmarshalJSON(data []byte) error {
	var parts []json.RawMessage
	if json.Unmarshal(data, &parts) != nil {
		parts = []json.RawMessage{data}
	}
	*l = nil
	for _, part := range parts {
		var name string
		if n, err := strconv.Atoi(string(part)); err == nil {
			*l = append(*l, n)
		} else if json.Unmarshal(part, &name) == nil {
			*l = append(*l, name)
		} else {
			*l = append(*l, string(part))
		}
	}
	return nil
}

// FieldError describes one invalid value of an input, with the error types of fal's 422 responses.
type FieldError struct {
	Loc   Loc             `json:"loc"`
	Msg   string          `json:"msg"`
	Type  string          `json:"type"`            // such as "missing" or "content_policy_violation"
	Ctx   map[string]any  `json:"ctx,omitempty"`   // the bound that was broken, such as {"ge": 1}
	Input json.RawMessage `json:"input,omitempty"` // the value that was refused
	URL   string          `json:"url,omitempty"`   // documentation of the type
}

// String writes the error as in "body.prompt: field required (missing)".
func (f FieldError) String() string {
	s := f.Msg
	if len(f.Loc) > 0 {
		s = f.Loc.String() + ": " + s
	}
	if f.Type != "" {
		s += " (" + f.Type + ")"
	}
	return s
}

// ValidationError says that an input breaks the endpoint's document. Nothing was sent.
type ValidationError struct {
	EndpointID string
	Detail     []FieldError
}

// Error lists every violation, one a line.
func (e *ValidationError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "fal: %sthe input is not valid and was not sent:\n", subject(e.EndpointID, ""))
	for _, f := range e.Detail {
		fmt.Fprintf(&b, "  %s\n", f)
	}
	b.WriteString("fal.WithoutValidation() sends it anyway, for the day a document lags behind its server")
	return b.String()
}

// CallError is returned when a call got no response from fal: a network error, a refused redirect, a missing key, or the
// end of the context. It wraps the cause, so errors.Is(err, context.Canceled) works.
type CallError struct {
	Op         Op
	EndpointID string // "" where the call belongs to none, as a download does
	RequestID  string // of the job, which may continue at fal; "" before it is submitted
	Err        error
}

func (e *CallError) Error() string {
	return fmt.Sprintf("fal: %s%s: %v", subject(e.EndpointID, e.RequestID), e.Op, e.Err)
}

func (e *CallError) Unwrap() error { return e.Err }

// DecodeError is returned when fal responded with success, but the body could not be decoded: the connection broke, the
// body exceeds 64 MiB ([ErrTooLarge]), it is not JSON, or it does not match the Go type. Raw holds what was received, so
// that no result is lost.
type DecodeError struct {
	Op         Op
	EndpointID string
	RequestID  string
	Raw        []byte // as it came
	Err        error
}

func (e *DecodeError) Error() string {
	return fmt.Sprintf("fal: %s%s: cannot read the answer: %v; DecodeError.Raw has what came, which begins %q",
		subject(e.EndpointID, e.RequestID), e.Op, e.Err, excerpt(e.Raw, 120))
}

func (e *DecodeError) Unwrap() error { return e.Err }

// subject is the beginning of a message: what it is about.
func subject(endpoint, request string) string {
	switch {
	case endpoint != "" && request != "":
		return endpoint + " (request " + request + "): "
	case endpoint != "":
		return endpoint + ": "
	case request != "":
		return "request " + request + ": "
	}
	return ""
}

// excerpt is the beginning of a text on one line, fit for an error message and a terminal.
func excerpt(text []byte, limit int) string {
	if len(text) > 4*limit { // cut early: the text may be long, and white space seldom is three quarters of it
		text = text[:4*limit]
	}
	clean := bytes.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
	runes := []rune(strings.Join(strings.Fields(string(clean)), " "))
	if len(runes) > limit {
		return string(runes[:limit]) + "…"
	}
	return string(runes)
}

// lenient decodes JSON and leaves out the fields whose type is not the expected one: what fal adds or changes must not
// hide the rest. Only text that is not JSON is an error.
func lenient(data []byte, v any) error {
	err := json.Unmarshal(data, v)
	if err != nil && errors.As(err, new(*json.UnmarshalTypeError)) {
		return nil
	}
	return err
}
