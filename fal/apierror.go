package fal

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// APIError is an error response from fal.
//
// A failed job is reported as an APIError, too. StatusCode is then the status of its result, or 2xx if only the job's
// status reported the failure. An APIError from a webhook has no Method, URL and Header, and may have no StatusCode.
type APIError struct {
	EndpointID  string
	Method      string
	URL         string // without the query, which may hold secrets
	RequestID   string // of the job, or else of this request; may be empty
	StatusCode  int
	ErrorType   string       // fal's name for an infrastructure failure, such as "request_timeout"; often ""
	TimeoutType string       // "user" where the limit of [WithStartTimeout] was reached
	Retryable   *bool        // whether fal says that a retry may succeed; nil if it does not say
	Message     string       // what was wrong, on one line
	Detail      []FieldError // what was wrong, field by field; often empty
	Body        []byte       // the answer, up to 1 MiB
	Header      http.Header
}

// Error returns the endpoint, the request id, the problem, and what to do about it if known.
func (e *APIError) Error() string {
	var b strings.Builder
	b.WriteString("fal: " + subject(e.EndpointID, e.RequestID))
	if e.Method != "" {
		fmt.Fprintf(&b, "%s %s: ", e.Method, e.URL)
	}
	if e.StatusCode != 0 {
		fmt.Fprintf(&b, "%d %s: ", e.StatusCode, http.StatusText(e.StatusCode))
	}
	b.WriteString(e.Message)
	if e.ErrorType != "" {
		fmt.Fprintf(&b, " (%s)", e.ErrorType)
	}
	switch {
	case e.IsUserTimeout():
		b.WriteString("; no runner started it within the limit of fal.WithStartTimeout")
	case e.StatusCode == http.StatusUnauthorized, e.StatusCode == http.StatusForbidden:
		b.WriteString("; check the key, and what it may do")
	case e.StatusCode == http.StatusNotFound:
		b.WriteString("; check the endpoint id and the request id")
	case e.StatusCode == http.StatusTooManyRequests:
		b.WriteString("; send less at a time, or later")
	}
	return b.String()
}

// IsValidation reports whether the server refused the input, field by field: a 422 with details.
func (e *APIError) IsValidation() bool {
	return e.StatusCode == http.StatusUnprocessableEntity && len(e.Detail) > 0
}

// IsUserTimeout reports whether the request did not start within the limit of [WithStartTimeout].
func (e *APIError) IsUserTimeout() bool {
	return e.StatusCode == http.StatusGatewayTimeout && e.TimeoutType == "user"
}

// HasType reports whether the failure, or one of its details, is of one of fal's error types, such as
// "content_policy_violation" or "file_download_error".
func (e *APIError) HasType(typ string) bool {
	for _, f := range e.Detail {
		if f.Type == typ {
			return true
		}
	}
	return e.ErrorType == typ
}

// NewAPIError returns the error for a response that this package did not request itself; see [Client.HTTPClient]. body
// is the response body.
func NewAPIError(endpointID string, resp *http.Response, body []byte) *APIError {
	e := newAPIError(endpointID, resp.StatusCode, resp.Header, body)
	if r := resp.Request; r != nil {
		place := *r.URL
		place.User, place.RawQuery, place.Fragment = nil, "", ""
		e.Method, e.URL = r.Method, place.String()
	}
	e.parseBody()
	return e
}

// newAPIError makes the error for an answer. Its Message is the caller's to set, with parseBody or otherwise.
func newAPIError(endpointID string, code int, header http.Header, body []byte) *APIError {
	e := &APIError{
		EndpointID:  endpointID,
		RequestID:   header.Get("X-Fal-Request-Id"),
		StatusCode:  code,
		ErrorType:   header.Get("X-Fal-Error-Type"),
		TimeoutType: header.Get("X-Fal-Request-Timeout-Type"),
		Body:        body,
		Header:      header,
	}
	// Two names, since fal's documents know the header by both.
	again := cmp.Or(header.Get("X-Fal-Retryable"), header.Get("X-Fal-Needs-Retry"))
	if v, err := strconv.ParseBool(again); err == nil {
		e.Retryable = &v
	}
	return e
}

// UnmarshalJSON sets e from the JSON body of an error response, such as the payload of a webhook. It keeps the fields
// that the body does not set, and accepts any JSON.
func (e *APIError) UnmarshalJSON(body []byte) error {
	e.Body = bytes.Clone(body)
	e.parseBody()
	return nil
}

// parseBody reads the failure out of the body. fal has many shapes: detail as a list of fields or as a text, a text with
// an error_type, the status of a cancellation, the error object of the platform, and the text or HTML of a gateway.
func (e *APIError) parseBody() {
	var body struct {
		Detail    json.RawMessage `json:"detail"`
		ErrorType string          `json:"error_type"`
		Message   string          `json:"message"`
		Status    string          `json:"status"`
		Error     json.RawMessage `json:"error"`
	}
	var platform struct {
		Type      string `json:"type"`
		Message   string `json:"message"`
		RequestID string `json:"request_id"`
	}
	if lenient(e.Body, &body) == nil {
		_ = lenient(body.Error, &platform) // absent, or a text: see below
	}
	var messages []string
	e.Detail = parseDetail(body.Detail)
	for _, f := range e.Detail {
		messages = append(messages, f.String())
	}
	text := textOf(body.Detail)
	if text != "" && e.StatusCode == http.StatusUnprocessableEntity {
		e.Detail = []FieldError{{Loc: Loc{"body"}, Msg: text, Type: "value_error"}} // it is about the input as a whole
	}
	e.ErrorType = cmp.Or(body.ErrorType, platform.Type, e.ErrorType)
	e.RequestID = cmp.Or(e.RequestID, platform.RequestID)
	message := cmp.Or(text, strings.Join(messages, "; "), body.Message, platform.Message, textOf(body.Error), body.Status,
		string(e.Body), "the answer has no body")
	e.Message = excerpt([]byte(message), 1000)
}

// parseDetail reads a list of field errors, or a single one. What is not a field error becomes the message of one.
func parseDetail(raw json.RawMessage) []FieldError {
	if len(raw) == 0 || isNull(raw) || textOf(raw) != "" {
		return nil
	}
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		items = []json.RawMessage{raw}
	}
	var list []FieldError
	for _, item := range items {
		var f FieldError
		_ = lenient(item, &f) // it was valid as part of the body
		f.Msg = cmp.Or(f.Msg, textOf(item), excerpt(item, 200))
		list = append(list, f)
	}
	return list
}

// textOf is the string that raw encodes, or "".
func textOf(raw json.RawMessage) string {
	var s string
	if len(raw) > 0 {
		_ = json.Unmarshal(raw, &s)
	}
	return s
}
