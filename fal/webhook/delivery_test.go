package webhook_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/webhook"
	_ "github.com/falgen/falgen/internal/testenv"
)

type output struct {
	OK   bool  `json:"ok"`
	Seed int64 `json:"seed"`
}

const failedBody = `{"request_id":"req-1","gateway_request_id":"req-9","status":"ERROR",` +
	`"error":"Invalid status code: 422","payload":{"detail":[` +
	`{"loc":["body","prompt"],"msg":"field required","type":"missing"}]}}`

func TestDecode(t *testing.T) {
	ok := webhook.Delivery[output]{RequestID: "req-1", Raw: json.RawMessage(`{"ok":true}`), Data: output{OK: true}}
	tests := []struct {
		name, body string
		want       webhook.Delivery[output] // without Err
	}{
		{"as fal sends it", okBody, webhook.Delivery[output]{RequestID: "req-1", GatewayRequestID: "req-1",
			Raw: json.RawMessage(`{"ok":true}`), Data: output{OK: true}}},
		{"with nulls", `{"request_id":"req-1","gateway_request_id":null,"status":"OK","error":null,"payload_error":null,` +
			`"payload":{"ok":true}}`, ok},
		{"with more", `{"request_id":"req-1","status":"OK","payload":{"ok":true},"new":[{}]}`, ok},
		{"with other types", `{"request_id":"req-1","gateway_request_id":7,"status":"OK","error":{},` +
			`"payload":{"ok":true}}`, ok},
		{"an empty payload error", `{"request_id":"req-1","status":"OK","payload":{"ok":true},"payload_error":""}`, ok},
		{"a big seed", `{"request_id":"req-1","status":"OK","payload":{"seed":196619188014358660}}`, webhook.Delivery[output]{
			RequestID: "req-1", Raw: json.RawMessage(`{"seed":196619188014358660}`), Data: output{Seed: 196619188014358660}}},
		{"null, as a result can be", `{"request_id":"req-1","status":"OK","payload":null}`, webhook.Delivery[output]{
			RequestID: "req-1", Raw: json.RawMessage(`null`)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := webhook.Decode[output]([]byte(test.body))
			if err != nil {
				t.Fatal(err)
			}
			if got.Err != nil {
				t.Error(got.Err)
			}
			if diff := cmp.Diff(test.want, *got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDecodeFailedJobs(t *testing.T) {
	long := strings.Repeat("é", 5000)
	detail := []fal.FieldError{{Loc: fal.Loc{"body", "prompt"}, Msg: "field required", Type: "missing"}}
	tests := []struct {
		name, rest string // of the body, after the ids and the status
		want       fal.APIError
	}{
		{"fields", failedBody[strings.Index(failedBody, `"error"`):], fal.APIError{StatusCode: 422, Detail: detail,
			Message: "body.prompt: field required (missing)",
			Body:    []byte(`{"detail":[{"loc":["body","prompt"],"msg":"field required","type":"missing"}]}`)}},
		{"a text", `"error":"Invalid status code: 422","payload":{"detail":"no such voice"}}`, fal.APIError{StatusCode: 422,
			Message: "no such voice", Body: []byte(`{"detail":"no such voice"}`),
			Detail: []fal.FieldError{{Loc: fal.Loc{"body"}, Msg: "no such voice", Type: "value_error"}}}},
		{"infrastructure", `"error":"STATUS code 504","payload":{"detail":"too slow","error_type":"request_timeout"}}`,
			fal.APIError{StatusCode: 504, ErrorType: "request_timeout", Message: "too slow",
				Body: []byte(`{"detail":"too slow","error_type":"request_timeout"}`)}},
		{"an error that says more", `"error":"the runner\nis gone","payload":{"detail":"it broke"}}`,
			fal.APIError{Message: "the runner is gone: it broke", Body: []byte(`{"detail":"it broke"}`)}},
		{"no payload", `"error":"Invalid status code: 500","payload":null}`,
			fal.APIError{StatusCode: 500, Message: "Invalid status code: 500"}},
		{"no code", `"error":"Invalid status code: 5000"}`, fal.APIError{Message: "Invalid status code: 5000"}},
		{"a code that is none", `"error":"Invalid status code: 042"}`, fal.APIError{Message: "Invalid status code: 042"}},
		{"nothing", `"error":null}`, fal.APIError{Message: "the job failed, and fal does not say why"}},
		{"an error that is no text", `"error":{"code": 7}}`, fal.APIError{Message: `{"code": 7}`}},
		{"a long error", `"error":"` + long + `"}`, fal.APIError{Message: long[:2000]}},
		{"a payload that is a text", `"payload":"it broke"}`,
			fal.APIError{Message: `"it broke"`, Body: []byte(`"it broke"`)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			body := `{"request_id":"req-1","gateway_request_id":"req-9","status":"ERROR",` + test.rest
			got, err := webhook.Decode[output]([]byte(body))
			if err != nil {
				t.Fatal(err)
			}
			var failure *fal.APIError
			if !errors.As(got.Err, &failure) {
				t.Fatalf("got %v", got.Err)
			}
			test.want.RequestID = "req-1"
			if diff := cmp.Diff(test.want, *failure); diff != "" {
				t.Error(diff)
			}
			if got.RequestID != "req-1" || got.GatewayRequestID != "req-9" || got.Data != (output{}) {
				t.Errorf("got %+v", got)
			}
			if test.want.Body != nil && string(got.Raw) != string(test.want.Body) {
				t.Errorf("raw %s", got.Raw)
			}
		})
	}
}

func TestDecodeWithoutOutput(t *testing.T) {
	const body = `{"request_id":"req-1","status":"OK","payload":null,"payload_error":"NaN is no JSON"}`
	got, err := webhook.Decode[output]([]byte(body))
	if err != nil || !errors.Is(got.Err, webhook.ErrNoPayload) || got.RequestID != "req-1" {
		t.Fatalf("got %+v, %v", got, err)
	}
	for _, part := range []string{"req-1", "NaN is no JSON", "Attach"} {
		if !strings.Contains(got.Err.Error(), part) {
			t.Errorf("%q is not in: %v", part, got.Err)
		}
	}
	for _, status := range []string{`"status":"CANCELLED",`, `"status":"ok",`, `"status":7,`, `"status":null,`, ""} {
		got, err := webhook.Decode[output]([]byte(`{"request_id":"req-1",` + status + `"payload":{"ok":true}}`))
		if err != nil || !errors.Is(got.Err, webhook.ErrUnknownStatus) || got.Data.OK || string(got.Raw) != `{"ok":true}` {
			t.Errorf("%s: got %+v, %v", status, got, err)
		}
	}
	for _, payload := range []string{`,"payload":{"ok":true,"seed":1.5}`, `,"payload":[]`, `,"payload":"text"`, ""} {
		got, err := webhook.Decode[output]([]byte(`{"request_id":"req-1","status":"OK"` + payload + `}`))
		if err != nil {
			t.Errorf("%s: %v", payload, err)
			continue
		}
		var unreadable *fal.DecodeError
		raw := strings.TrimPrefix(payload, `,"payload":`)
		if !errors.As(got.Err, &unreadable) || unreadable.RequestID != "req-1" || string(unreadable.Raw) != raw ||
			string(got.Raw) != raw || got.Data != (output{}) {
			t.Errorf("%s: got %+v", payload, got)
		}
	}
}

func TestDecodeRefusesWhatIsNoDelivery(t *testing.T) {
	bodies := []string{"", "null", "7", `"text"`, "[]", "{}", "<html>", okBody[:30], okBody + "}",
		`{"request_id":7,"status":"OK","payload":{}}`, `{"request_id":"","status":"OK","payload":{}}`,
		`{"gateway_request_id":"req-1","status":"OK","payload":{}}`}
	for _, body := range bodies {
		got, err := webhook.Decode[json.RawMessage]([]byte(body))
		var unreadable *fal.DecodeError
		if got != nil || !errors.As(err, &unreadable) || string(unreadable.Raw) != body {
			t.Errorf("%s: got %+v, %v", body, got, err)
		}
	}
}
