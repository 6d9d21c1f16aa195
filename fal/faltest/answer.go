package faltest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/falgen/falgen/fal"
)

// Answer is a response in place of the fake's own. It is also a [Fault].
type Answer struct {
	Code   int // an HTTP status
	Header http.Header
	Body   any // encoded as JSON; a string is sent as the text or HTML that it is, and nil is no body
}

// String returns the status and error type: "422 content_policy_violation".
func (a Answer) String() string {
	code := strconv.Itoa(a.Code)
	text, kind := a.explain()
	return code + " " + cmp.Or(kind, text, http.StatusText(a.Code))
}

func (a Answer) failed() bool { return a.Code < 200 || a.Code > 299 }

// explain returns what a failure's body says went wrong, and fal's word for it, as far as it says either.
func (a Answer) explain() (text, kind string) {
	var body struct {
		Detail any    `json:"detail"`
		Type   string `json:"error_type"`
		Error  struct{ Message, Type string }
	}
	encoded, _ := json.Marshal(a.Body)
	if _, plain := a.Body.(string); plain || json.Unmarshal(encoded, &body) != nil {
		return "", ""
	}
	switch detail := body.Detail.(type) {
	case string:
		return detail, body.Type
	case []any:
		if len(detail) > 0 {
			first, _ := detail[0].(map[string]any)
			kind, _ = first["type"].(string)
		}
		return "", cmp.Or(body.Type, kind)
	}
	return body.Error.Message, cmp.Or(body.Type, body.Error.Type)
}

// generalKind is fal's word for a failure of which no more is known than the status.
func (a Answer) generalKind() string {
	if a.Code >= 500 {
		return "internal_error"
	}
	return "bad_request"
}

func (a Answer) write(w http.ResponseWriter, _ *http.Request) {
	var body []byte
	switch text, plain := a.Body.(string); {
	case a.Body == nil:
	case !plain:
		w.Header().Set("Content-Type", "application/json")
		var err error
		if body, err = json.Marshal(a.Body); err != nil {
			http.Error(w, "faltest: the answer is no JSON: "+err.Error(), http.StatusInternalServerError)
			return
		}
	case strings.HasPrefix(text, "<"):
		w.Header().Set("Content-Type", "text/html")
		body = []byte(text)
	default:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		body = []byte(text)
	}
	maps.Copy(w.Header(), a.Header)
	w.WriteHeader(a.Code)
	_, _ = w.Write(body) // the client may have gone
}

// with returns the answer with a header more.
func (a Answer) with(name, value string) Answer {
	if a.Header = a.Header.Clone(); a.Header == nil {
		a.Header = http.Header{}
	}
	a.Header.Set(name, value)
	return a
}

func detail(code int, format string, args ...any) Answer {
	return Answer{Code: code, Body: map[string]string{"detail": fmt.Sprintf(format, args...)}}
}

func refuse(found ...fal.FieldError) Answer {
	return Answer{Code: http.StatusUnprocessableEntity, Body: map[string]any{"detail": found}}
}

// requestErrors are the failures of fal's infrastructure, by status (docs/protocol.md, section 7.1).
var requestErrors = []struct {
	kind string
	code int
}{
	{"request_timeout", 504}, {"startup_timeout", 504}, {"runner_scheduling_failure", 503},
	{"runner_connection_timeout", 503}, {"runner_disconnected", 503}, {"runner_connection_refused", 503},
	{"runner_connection_error", 503}, {"runner_incomplete_response", 502}, {"runner_server_error", 500},
	{"client_disconnected", 499}, {"client_cancelled", 499}, {"bad_request", 400}, {"internal_error", 500},
}

// RequestError returns a failure of fal's infrastructure, such as "runner_disconnected", with its usual status; an
// unknown kind has status 500 (docs/protocol.md, section 7.1).
func RequestError(kind string) Answer {
	code := http.StatusInternalServerError
	for _, known := range requestErrors {
		if known.kind == kind {
			code = known.code
		}
	}
	a := Answer{Code: code, Body: map[string]string{"detail": "The request failed: " + words(kind), "error_type": kind}}
	return a.with("X-Fal-Error-Type", kind)
}

// modelErrors are the failures that models tell of, with what their ctx holds. A code of 0 is 422 (docs/protocol.md,
// section 7.1).
var modelErrors = []struct {
	kind string
	code int
	ctx  map[string]any
}{
	{"internal_server_error", 500, nil}, {"generation_timeout", 504, nil}, {"downstream_service_error", 400, nil},
	{"downstream_service_unavailable", 500, nil}, {"content_policy_violation", 0, nil}, {"no_media_generated", 0, nil},
	{"image_too_small", 0, map[string]any{"min_height": 512, "min_width": 512}},
	{"image_too_large", 0, map[string]any{"max_height": 4096, "max_width": 4096}},
	{"image_load_error", 0, nil}, {"file_download_error", 0, nil}, {"face_detection_error", 0, nil},
	{"file_too_large", 0, map[string]any{"max_size": 10 << 20}},
	{"greater_than", 0, map[string]any{"gt": 0}}, {"greater_than_equal", 0, map[string]any{"ge": 1}},
	{"less_than", 0, map[string]any{"lt": 100}}, {"less_than_equal", 0, map[string]any{"le": 100}},
	{"multiple_of", 0, map[string]any{"multiple_of": 8}},
	{"sequence_too_short", 0, map[string]any{"min_length": 1}}, {"sequence_too_long", 0, map[string]any{"max_length": 10}},
	{"one_of", 0, map[string]any{"expected": []string{"a", "b"}}}, {"feature_not_supported", 0, nil},
	{"invalid_archive", 0, map[string]any{"supported_extensions": []string{".zip"}}},
	{"archive_file_count_below_minimum", 0, nil}, {"archive_file_count_exceeds_maximum", 0, nil},
	{"audio_duration_too_long", 0, nil}, {"audio_duration_too_short", 0, nil},
	{"unsupported_audio_format", 0, map[string]any{"supported_formats": []string{"mp3"}}},
	{"unsupported_image_format", 0, map[string]any{"supported_formats": []string{"png"}}},
	{"unsupported_video_format", 0, map[string]any{"supported_formats": []string{"mp4"}}},
	{"video_duration_too_long", 0, nil}, {"video_duration_too_short", 0, nil}, {"value_error.missing", 0, nil},
}

// ModelError returns a failure of a model, such as "content_policy_violation", with its usual status and ctx. loc is the
// path of the invalid value below "body": field names and indexes. An unknown kind has status 422 (docs/protocol.md,
// section 7.1).
func ModelError(kind string, loc ...any) Answer {
	f := fal.FieldError{Loc: append(fal.Loc{"body"}, loc...), Type: kind, Msg: "the model refused it: " + words(kind)}
	a := refuse(f)
	for _, known := range modelErrors {
		if known.kind == kind {
			f.Ctx = known.ctx
			a = refuse(f)
			a.Code = cmp.Or(known.code, a.Code)
		}
	}
	return a
}

// Detail returns an error response with a text as its detail (docs/protocol.md, section 7.1).
func Detail(code int, text string) Answer { return detail(code, "%s", text) }

// PlatformError returns an error of fal's platform API, such as 429 with "rate_limited" (docs/protocol.md, section 7.1).
func PlatformError(code int, kind string) Answer {
	return Answer{Code: code, Body: map[string]any{"error": map[string]string{"type": kind, "message": words(kind)}}}
}

// RateLimited returns status 429 with a Retry-After header in whole seconds; 0 omits the header.
func RateLimited(retryAfter time.Duration) Answer {
	a := Answer{Code: http.StatusTooManyRequests,
		Body: map[string]string{"detail": "Too many requests", "error_type": "concurrent_requests_limit"}}
	if retryAfter > 0 {
		a = a.with("Retry-After", strconv.FormatInt(int64((retryAfter+time.Second-1)/time.Second), 10))
	}
	return a
}

// BadGateway returns the HTML error of a gateway that could not reach fal.
func BadGateway() Answer {
	return Answer{Code: http.StatusBadGateway, Body: "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n" +
		"<body><h1>502 Bad Gateway</h1><hr>nginx</body>\r\n</html>\r\n"}
}

// Failures returns one failure of every known kind, for tests that cover them all.
func Failures() []Answer {
	var all []Answer
	for _, known := range requestErrors {
		all = append(all, RequestError(known.kind))
	}
	for _, known := range modelErrors {
		all = append(all, ModelError(known.kind))
	}
	return append(all, Detail(http.StatusUnprocessableEntity, "The input makes no sense"),
		PlatformError(http.StatusForbidden, "authorization_error"), RateLimited(0), BadGateway())
}

func words(kind string) string { return strings.NewReplacer("_", " ", ".", " ").Replace(kind) }
