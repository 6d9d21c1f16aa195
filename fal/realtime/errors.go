package realtime

import (
	"cmp"
	"encoding/json"
	"fmt"
)

// Error is an error message of the server: about an input, the model, or the connection (docs/protocol.md, section 11).
type Error struct {
	EndpointID string
	Code       string          // fal's name for it, such as "TIMEOUT" or "Unauthorized"; "" where it has none
	Reason     string          // often ""
	Raw        json.RawMessage // the message, as JSON
}

// Error returns the endpoint, the problem, and what to do about it if known.
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

// IsIdle reports whether e is only the server's notice that no input has arrived for a while. It is not the failure of
// an input.
func (e *Error) IsIdle() bool { return e.Code == "TIMEOUT" }

// CloseError is returned when the server closed the connection with another code than 1000.
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
