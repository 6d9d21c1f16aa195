package realtime

import (
	"cmp"
	"encoding/json"
	"fmt"
)

// Error is what the server says is wrong, in a message of its own: with an input, with the model, or with the connection
// (docs/protocol.md, section 11).
type Error struct {
	EndpointID string
	Code       string          // fal's name for it, such as "TIMEOUT" or "Unauthorized"; "" where it has none
	Reason     string          // often ""
	Raw        json.RawMessage // the message, as JSON
}

// Error names the endpoint, what is wrong and, where there is something to do, what.
func (e *Error) Error() string {
	s := fmt.Sprintf("fal: %s: the server says %.200q", e.EndpointID, cmp.Or(e.Code, "error"))
	if e.Reason != "" {
		s += fmt.Sprintf(": %.1000q", e.Reason)
	}
	switch {
	case e.IsIdle():
		s += "; it has had no input for a while: dial again when there is one"
	case e.Code == "Unauthorized":
		s += "; check the key, or the token and how long it lives"
	}
	return s
}

// IsIdle reports whether this is but the server's notice that it has had no input for a while, which fal's clients for
// other languages pass over or fail with. Here it is for the caller to see, and no failure of any input.
func (e *Error) IsIdle() bool { return e.Code == "TIMEOUT" }

// CloseError says that the server has closed the connection, and not because the conversation was over.
type CloseError struct {
	EndpointID string
	Code       int    // of RFC 6455, section 7.4, such as 1011; 1005 where the server gave none
	Reason     string // often ""
}

func (e *CloseError) Error() string {
	s := fmt.Sprintf("fal: %s: the server has closed the connection with code %d", e.EndpointID, e.Code)
	if e.Reason != "" {
		s += fmt.Sprintf(": %q", e.Reason)
	}
	return s
}
