package fal_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/falgen/falgen/fal"
)

// offline stands in for fal in the examples.
func offline() (*fal.Client, func()) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/strict"):
			w.WriteHeader(http.StatusUnprocessableEntity)
			fmt.Fprint(w, `{"detail":[{"loc":["body","prompt"],"msg":"field required","type":"missing"}]}`)
		case r.Method == http.MethodPost:
			fmt.Fprint(w, `{"request_id":"764cabcf"}`)
		case strings.HasSuffix(r.URL.Path, "/status"):
			fmt.Fprint(w, `{"status":"COMPLETED"}`)
		default:
			fmt.Fprint(w, `{"image":{"url":"https://v3.fal.media/lighthouse.png"}}`)
		}
	}))
	client, err := fal.NewClient(fal.WithKey("id:secret"), fal.WithBaseURL(server.URL))
	if err != nil {
		panic(err)
	}
	return client, server.Close
}

type Input struct {
	Prompt string `json:"prompt"`
}

type Output struct {
	Image struct {
		URL string `json:"url"`
	} `json:"image"`
}

func ExampleEndpoint_Subscribe() {
	client, stop := offline() // fal.NewClient() for the real one
	defer stop()

	flux := fal.NewEndpoint[Input, Output](client, "fal-ai/flux/dev")
	res, err := flux.Subscribe(context.Background(), Input{Prompt: "a lighthouse"},
		fal.OnUpdate(func(s fal.Status) { fmt.Println(s.State) }))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(res.Data.Image.URL)
	// Output:
	// COMPLETED
	// https://v3.fal.media/lighthouse.png
}

// One process submits and writes the job down; another goes on with it.
func ExampleEndpoint_Attach() {
	client, stop := offline()
	defer stop()
	ctx := context.Background()

	flux := fal.NewEndpoint[Input, Output](client, "fal-ai/flux/dev")
	job, err := flux.Submit(ctx, Input{Prompt: "a lighthouse"}, fal.WithPriority(fal.PriorityLow))
	if err != nil {
		fmt.Println(err)
		return
	}
	note, _ := json.Marshal(job)
	fmt.Println(string(note))

	res, err := flux.Attach(job.ID).Wait(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(res.Data.Image.URL)
	// Output:
	// {"endpoint_id":"fal-ai/flux/dev","request_id":"764cabcf"}
	// https://v3.fal.media/lighthouse.png
}

func ExampleAPIError() {
	client, stop := offline()
	defer stop()

	strict := fal.NewEndpoint[Input, Output](client, "fal-ai/flux/strict")
	_, err := strict.Run(context.Background(), Input{})
	var failure *fal.APIError
	if errors.As(err, &failure) && failure.IsValidation() {
		for _, f := range failure.Detail {
			fmt.Println(f.Loc, "-", f.Msg)
		}
	}
	// Output:
	// body.prompt - field required
}
