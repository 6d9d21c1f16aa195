package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/webhook"
)

// fake stands in for fal in the examples: it publishes a key, and delivers what it has signed with it.
type fake struct {
	*httptest.Server
	signer Signer
}

func offline() *fake {
	signer := NewSigner(1)
	return &fake{signer: signer, Server: httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, jwks(signer.JWK()))
	}))}
}

func (f *fake) deliver(signer Signer, to http.Handler, requestID, rest string) {
	body := `{"request_id":"` + requestID + `",` + rest
	r := httptest.NewRequest(http.MethodPost, "/fal", strings.NewReader(body))
	r.Header = signer.HeaderOf(requestID, "user-1", strconv.FormatInt(time.Now().Unix(), 10), body)
	w := httptest.NewRecorder()
	to.ServeHTTP(w, r)
	fmt.Println("answered", w.Code)
}

type Output struct {
	Image struct {
		URL string `json:"url"`
	} `json:"image"`
}

func ExampleHandler() {
	fake := offline()
	defer fake.Close()

	verifier := webhook.New( // webhook.New() for the real one
		webhook.WithJWKSURL(fake.URL),
		webhook.WithErrorFunc(func(_ *http.Request, err error) { fmt.Println(err) }))
	seen := webhook.NewSeen(10_000)
	handler := webhook.Handler(verifier, func(ctx context.Context, d *webhook.Delivery[Output]) error {
		return seen.Once(ctx, d.RequestID, func() error {
			var failed *fal.APIError
			switch {
			case d.Err == nil:
				fmt.Println(d.RequestID, "made", d.Data.Image.URL)
			case errors.As(d.Err, &failed):
				fmt.Println(d.RequestID, "failed:", failed.Message)
			default:
				return d.Err // for fal to deliver again; of ErrNoPayload, see the other example
			}
			return nil
		})
	})

	made := `"status":"OK","payload":{"image":{"url":"https://v3.fal.media/lighthouse.png"}}}`
	fake.deliver(fake.signer, handler, "req-1", made)
	fake.deliver(fake.signer, handler, "req-1", made) // once more, as happens when an answer is late
	fake.deliver(fake.signer, handler, "req-2", `"status":"ERROR","error":"Invalid status code: 422",`+
		`"payload":{"detail":[{"loc":["body","prompt"],"msg":"field required","type":"missing"}]}}`)
	fake.deliver(NewSigner(2), handler, "req-3", made)
	// Output:
	// req-1 made https://v3.fal.media/lighthouse.png
	// answered 204
	// answered 204
	// req-2 failed: body.prompt: field required (missing)
	// answered 204
	// webhook: the signature does not fit: request "req-3"; it is not fal's, or something on the way changed its body
	// answered 401
}

// A handler of one's own gets what fal has sent, and only that.
func ExampleVerifier_Middleware() {
	fake := offline()
	defer fake.Close()

	verifier := webhook.New(webhook.WithJWKSURL(fake.URL), webhook.WithMaxBody(1<<20))
	handler := verifier.Middleware(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println("noted down", r.Header.Get("X-Fal-Webhook-Request-Id"), r.ContentLength, "bytes")
		w.WriteHeader(http.StatusAccepted)
	}))
	fake.deliver(fake.signer, handler, "req-1", `"status":"OK","payload":{}}`)
	fake.deliver(fake.signer, handler, "req-2", strings.Repeat(" ", 1<<20))
	// Output:
	// noted down req-1 49 bytes
	// answered 202
	// answered 413
}

// What a delivery says, without the question who sent it.
func ExampleDecode() {
	body := `{"request_id":"req-1","status":"OK","payload":null,"payload_error":"it is no JSON"}`
	d, err := webhook.Decode[Output]([]byte(body))
	if err != nil {
		fmt.Println(err)
		return
	}
	if errors.Is(d.Err, webhook.ErrNoPayload) {
		fmt.Println("fetch", d.RequestID) // with Endpoint.Attach(d.RequestID).Result(ctx)
	}
	// Output:
	// fetch req-1
}
