package fal_test

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/falgen/falgen/fal"
)

func TestErrorBodies(t *testing.T) {
	yes, no := true, false
	tests := []struct {
		name   string
		code   int
		header map[string]string
		body   string
		want   fal.APIError // ErrorType, TimeoutType, Retryable, Message, Detail
	}{
		{name: "fields", code: 422, body: `{"detail":[
			{"loc":["body","images",2,"image_url"],"msg":"too small","type":"image_too_small","ctx":{"min_height":64},"input":"u","url":"https://d","new":1},
			{"loc":["body","prompt"],"msg":"field required","type":"value_error.missing","ctx":null}]}`,
			want: fal.APIError{
				Message: "body.images[2].image_url: too small (image_too_small); body.prompt: field required (value_error.missing)",
				Detail: []fal.FieldError{
					{Loc: fal.Loc{"body", "images", 2, "image_url"}, Msg: "too small", Type: "image_too_small",
						Ctx: map[string]any{"min_height": 64.0}, Input: json.RawMessage(`"u"`), URL: "https://d"},
					{Loc: fal.Loc{"body", "prompt"}, Msg: "field required", Type: "value_error.missing"},
				}}},
		{name: "fields that are a little off", code: 400, body: `{"detail":["a",{"loc":"body","msg":5},{"loc":[1.5,true],"msg":"m","ctx":[]},7]}`,
			want: fal.APIError{Message: `a; body: {"loc":"body","msg":5}; 1.5.true: m; 7`, Detail: []fal.FieldError{
				{Msg: "a"}, {Loc: fal.Loc{"body"}, Msg: `{"loc":"body","msg":5}`}, {Loc: fal.Loc{"1.5", "true"}, Msg: "m"}, {Msg: "7"}}}},
		{name: "one field", code: 400, body: `{"detail":{"msg":"m","type":"t"}}`,
			want: fal.APIError{Message: "m (t)", Detail: []fal.FieldError{{Msg: "m", Type: "t"}}}},
		{name: "text at 422", code: 422, body: `{"detail":"no such voice"}`,
			want: fal.APIError{Message: "no such voice", Detail: []fal.FieldError{{Loc: fal.Loc{"body"}, Msg: "no such voice", Type: "value_error"}}}},
		{name: "infrastructure", code: 500, body: `{"detail":"it broke","error_type":"runner_server_error"}`,
			header: map[string]string{"X-Fal-Error-Type": "less exact", "X-Fal-Retryable": "true"},
			want:   fal.APIError{Message: "it broke", ErrorType: "runner_server_error", Retryable: &yes}},
		{name: "type in the header", code: 500, body: `{"detail":"it broke"}`,
			header: map[string]string{"X-Fal-Error-Type": "internal_error", "X-Fal-Needs-Retry": "0"},
			want:   fal.APIError{Message: "it broke", ErrorType: "internal_error", Retryable: &no}},
		{name: "user timeout", code: 504, body: `{"detail":"Request timed out","error_type":"request_timeout"}`,
			header: map[string]string{"X-Fal-Request-Timeout-Type": "user", "Retry-After": "0"},
			want:   fal.APIError{Message: "Request timed out", ErrorType: "request_timeout", TimeoutType: "user"}},
		{name: "cancel", code: 400, body: `{"status":"ALREADY_COMPLETED"}`, want: fal.APIError{Message: "ALREADY_COMPLETED"}},
		{name: "platform", code: 403, body: `{"error":{"type":"authorization_error","message":"no","docs_url":"u","request_id":"other"}}`,
			want: fal.APIError{Message: "no", ErrorType: "authorization_error"}},
		{name: "error text", code: 400, body: `{"error":"no"}`, want: fal.APIError{Message: "no"}},
		{name: "message", code: 400, body: `{"message":"no","detail":null}`, want: fal.APIError{Message: "no"}},
		{name: "html", code: 502, body: "<html>\r\n<h1>502 Bad\x1b[0m Gateway</h1>\x00", want: fal.APIError{Message: "<html> <h1>502 Bad [0m Gateway</h1>"}},
		{name: "long text", code: 418, body: strings.Repeat("é", 5000), want: fal.APIError{Message: strings.Repeat("é", 1000) + "…"}},
		{name: "other json", code: 400, body: `[1]`, want: fal.APIError{Message: "[1]"}},
		{name: "other object", code: 400, body: `{"a":1}`, want: fal.APIError{Message: `{"a":1}`}},
		{name: "nothing", code: 404, want: fal.APIError{Message: "the answer has no body"}},
		{name: "an echo of the key in a header", code: 400, header: map[string]string{"X-Fal-Error-Type": "no " + testKey},
			want: fal.APIError{Message: "the answer has no body", ErrorType: "no [key]"}},
		{name: "an echo of the key", code: 400, body: "you sent Key " + testKey, want: fal.APIError{Message: "you sent Key [key]"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t, script{"PUT " + request + "/cancel": {{Code: test.code, Header: test.header, Body: test.body}}})
			err := f.endpoint(t, "fal-ai/flux/dev", fal.WithRetry(fal.RetryPolicy{})).Attach("r-1").Cancel(ctx)
			var got *fal.APIError
			if !errors.As(err, &got) {
				t.Fatalf("got %v", err)
			}
			if got.EndpointID != "fal-ai/flux/dev" || got.RequestID != "r-1" || got.StatusCode != test.code || got.Method != "PUT" ||
				got.URL != f.URL+request+"/cancel" || got.Header.Get("Date") == "" {
				t.Errorf("got %+v", got)
			}
			if want := strings.ReplaceAll(test.body, testKey, "[key]"); string(got.Body) != want {
				t.Errorf("body %q", got.Body)
			}
			cut := fal.APIError{ErrorType: got.ErrorType, TimeoutType: got.TimeoutType, Retryable: got.Retryable,
				Message: got.Message, Detail: got.Detail}
			if !reflect.DeepEqual(cut, test.want) {
				t.Errorf("got  %+v\nwant %+v", cut, test.want)
			}
			contains(t, err, "fal-ai/flux/dev", "r-1", test.want.Message, test.want.ErrorType)
		})
	}
}

func TestErrorHelpers(t *testing.T) {
	field := []fal.FieldError{{Msg: "m", Type: "content_policy_violation"}}
	if !(&fal.APIError{StatusCode: 422, Detail: field}).IsValidation() || (&fal.APIError{StatusCode: 422}).IsValidation() ||
		(&fal.APIError{StatusCode: 400, Detail: field}).IsValidation() {
		t.Error("IsValidation")
	}
	if !(&fal.APIError{StatusCode: 504, TimeoutType: "user"}).IsUserTimeout() ||
		(&fal.APIError{StatusCode: 504, TimeoutType: "server"}).IsUserTimeout() {
		t.Error("IsUserTimeout")
	}
	e := &fal.APIError{ErrorType: "internal_error", Detail: field}
	if !e.HasType("internal_error") || !e.HasType("content_policy_violation") || e.HasType("other") {
		t.Error("HasType")
	}
	for _, e := range []error{new(fal.APIError), new(fal.ValidationError), new(fal.DecodeError), new(fal.CallError), new(fal.InvalidIDError)} {
		if e.Error() == "" {
			t.Errorf("%T", e)
		}
	}
}

func TestErrorsHideTheQuery(t *testing.T) {
	f := newFake(t, script{"POST " + queue: {{Code: 400, Body: `{}`}, {Do: hangUp("")}}})
	e := f.endpoint(t, "fal-ai/flux")
	for range 2 {
		_, err := e.Submit(ctx, input{}, fal.WithWebhook("https://me.example/?token=s3cret"))
		if err == nil || strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "fal_webhook") {
			t.Errorf("got %v", err)
		}
	}
}

func TestTransportErrorsKeepTheirCause(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	listener.Close()
	c := newClient(t, fal.WithBaseURL("http://"+listener.Addr().String()), fal.WithRetry(fal.RetryPolicy{}))
	_, err = fal.NewEndpoint[input, output](c, "fal-ai/flux").Attach("r-1").Result(ctx)
	var lost *fal.CallError
	var dial *net.OpError
	if !errors.As(err, &lost) || lost.Op != "result" || lost.RequestID != "r-1" || !errors.As(err, &dial) {
		t.Errorf("got %v", err)
	}
	contains(t, err, "fal-ai/flux", "r-1", "result")

	f := newFake(t, script{"POST /fal.run/fal-ai/flux": {{Do: hangUp("")}}})
	_, err = f.endpoint(t, "fal-ai/flux").Run(ctx, input{})
	if !errors.Is(err, io.EOF) {
		t.Errorf("got %v", err)
	}
	contains(t, err, "fal-ai/flux", "run", "billed twice")
}

func TestBodiesAreLimited(t *testing.T) {
	endless := func(code int) transport {
		return func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: code, Header: http.Header{}, Body: io.NopCloser(zeros{})}, nil
		}
	}
	e := fal.NewEndpoint[input, output](newClient(t, endless(200).option()), "fal-ai/flux")
	var unreadable *fal.DecodeError
	if _, err := e.Attach("r-1").Result(ctx); !errors.As(err, &unreadable) || len(unreadable.Raw) != 64<<20 {
		t.Errorf("got %v", err)
	}
	e = fal.NewEndpoint[input, output](newClient(t, endless(400).option()), "fal-ai/flux")
	var failure *fal.APIError
	if _, err := e.Attach("r-1").Result(ctx); !errors.As(err, &failure) || len(failure.Body) != 1<<20 {
		t.Errorf("got %v", err)
	}
}

type zeros struct{}

var block = []byte(strings.Repeat("0", 1<<20))

func (zeros) Read(p []byte) (int, error) { return copy(p, block), nil }

func TestLoc(t *testing.T) {
	tests := []struct {
		json string
		loc  fal.Loc
		text string
	}{
		{`["body","images",2,"image_url"]`, fal.Loc{"body", "images", 2, "image_url"}, "body.images[2].image_url"},
		{`[0,"a"]`, fal.Loc{0, "a"}, "[0].a"},
		{`[]`, nil, ""},
		{`null`, nil, ""},
	}
	for _, test := range tests {
		var got fal.Loc
		if err := json.Unmarshal([]byte(test.json), &got); err != nil || !reflect.DeepEqual(got, test.loc) {
			t.Errorf("%s: %#v, %v", test.json, got, err)
		}
		if got.String() != test.text {
			t.Errorf("%s: %q", test.json, got.String())
		}
	}
}

// TestErrorOfAWebhook has no exchange to name.
func TestErrorOfAWebhook(t *testing.T) {
	e := &fal.APIError{RequestID: "r-1"}
	if err := json.Unmarshal([]byte(`{"detail":"it broke"}`), e); err != nil {
		t.Fatal(err)
	}
	if got, want := e.Error(), "fal: request r-1: it broke"; got != want {
		t.Errorf("got %q", got)
	}
	e.StatusCode = 422
	if got, want := e.Error(), "fal: request r-1: 422 Unprocessable Entity: it broke"; got != want {
		t.Errorf("got %q", got)
	}
}
