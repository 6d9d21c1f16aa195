package webhook

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/falgen/falgen/fal"
)

// Values of [Delivery].Err besides the error types of package fal. Use errors.Is.
var (
	// ErrNoPayload means that the job succeeded, but the delivery has no output. Fetch it with
	// Endpoint.Attach(requestID).Result.
	ErrNoPayload = errors.New("webhook: the output is not in the delivery")
	// ErrUnknownStatus means that the delivery has a status that this version does not know. Fetch the result with
	// Endpoint.Attach(requestID).Result.
	ErrUnknownStatus = errors.New("webhook: unknown status")
)

// Delivery is the outcome of a job: its output or its error.
type Delivery[O any] struct {
	RequestID        string          // of the job, as Submit returned it
	GatewayRequestID string          // of the last try, where fal tried the job more than once
	Data             O               // the job's output; the zero value where Err is set
	Raw              json.RawMessage // the payload as it came: Data, or what tells of a failure
	// Err is nil where Data is good. Otherwise it is
	//   - a [*fal.APIError]: the job failed; StatusCode is 0 where fal does not tell;
	//   - [ErrNoPayload]: the job went well, and its output must be fetched;
	//   - a [*fal.DecodeError]: the job went well, and O does not fit its output, which is in Raw;
	//   - [ErrUnknownStatus].
	Err error
}

// Decode decodes the body of a webhook. It does not verify it.
//
// A failed job is not an error of Decode: see Delivery.Err. If the body is not JSON or has no request id, Decode returns
// a [*fal.DecodeError].
func Decode[O any](body []byte) (*Delivery[O], error) {
	o, err := open(body)
	if err != nil {
		return nil, err
	}
	d := &Delivery[O]{RequestID: o.RequestID, GatewayRequestID: o.GatewayRequestID, Raw: o.Payload, Err: o.err()}
	if d.Err == nil {
		var data O
		if err := json.Unmarshal(o.Payload, &data); err != nil {
			d.Err = decodeError(o.RequestID, o.Payload, err)
		} else {
			d.Data = data
		}
	}
	return d, nil
}

// envelope is the body of a webhook (docs/protocol.md, section 8).
type envelope struct {
	RequestID        string          `json:"request_id"`
	GatewayRequestID string          `json:"gateway_request_id"`
	Status           string          `json:"status"`
	Payload          json.RawMessage `json:"payload"`
	Error            json.RawMessage `json:"error"`
	PayloadError     json.RawMessage `json:"payload_error"`
}

func open(body []byte) (*envelope, error) {
	e := new(envelope)
	// A field of another type than expected must not hide the rest.
	err := json.Unmarshal(body, e)
	if err != nil && !errors.As(err, new(*json.UnmarshalTypeError)) {
		return nil, decodeError("", body, err)
	}
	if e.RequestID == "" {
		return nil, decodeError("", body, errors.New("it has no request_id"))
	}
	return e, nil
}

func decodeError(requestID string, raw []byte, err error) error {
	return &fal.DecodeError{Op: "webhook", RequestID: requestID, Raw: raw, Err: err}
}

// err is what a delivery brings instead of an output, or nil.
func (e *envelope) err() error {
	switch e.Status {
	case "OK":
		if reason := textOf(e.PayloadError); reason != "" {
			return fmt.Errorf("%w: request %s: %s; fetch it with Endpoint.Attach(%q).Result",
				ErrNoPayload, e.RequestID, reason, e.RequestID)
		}
		return nil
	case "ERROR":
		return e.failure()
	}
	return fmt.Errorf("%w: request %s is %.40q; see what became of it with Endpoint.Attach(%q).Result",
		ErrUnknownStatus, e.RequestID, e.Status, e.RequestID)
}

// statusCode finds the code in an error's text, such as "Invalid status code: 422" (docs/protocol.md, section 8).
var statusCode = regexp.MustCompile(`(?i)\bstatus code:? *([1-5][0-9][0-9])\b`)

func (e *envelope) failure() *fal.APIError {
	f := &fal.APIError{RequestID: e.RequestID}
	text := textOf(e.Error)
	if m := statusCode.FindStringSubmatch(text); m != nil {
		f.StatusCode, _ = strconv.Atoi(m[1])
	}
	if isNull(e.Payload) {
		f.Message = cmp.Or(text, "the job failed, and fal does not say why")
		return f
	}
	_ = json.Unmarshal(e.Payload, f) // it was valid as part of the body
	if f.StatusCode == 0 && text != "" {
		f.Message = text + ": " + f.Message // the text says something of its own
	}
	return f
}

func isNull(raw json.RawMessage) bool { return len(raw) == 0 || bytes.Equal(raw, []byte("null")) }

// textOf is the string that raw encodes or, where it is something else than a string or null, raw itself; on one line,
// and no longer than an error message should be.
func textOf(raw json.RawMessage) string {
	if isNull(raw) {
		return ""
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		s = string(raw)
	}
	fields := strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
	return fmt.Sprintf("%.1000s", strings.Join(fields, " "))
}
