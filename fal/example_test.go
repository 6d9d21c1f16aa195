package fal_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/falgen/falgen/fal"
)

// offline stands in for fal in the examples; package faltest does so in your tests.
func offline() (*fal.Client, func()) {
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch path := r.URL.Path; {
		case strings.HasSuffix(path, "/strict"):
			w.WriteHeader(http.StatusUnprocessableEntity)
			fmt.Fprint(w, `{"detail":[{"loc":["body","prompt"],"msg":"field required","type":"missing"}]}`)
		case strings.HasSuffix(path, "/storage/upload/initiate"):
			fmt.Fprintf(w, `{"upload_url":"%s/signed","file_url":"https://v3.fal.media/sketch.png"}`, server.URL)
		case strings.HasSuffix(path, "/stream"):
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprint(w, "data: {\"text\":\"A light\"}\n\ndata: {\"text\":\"A lighthouse.\"}\n\n")
		case path == "/lighthouse.png":
			fmt.Fprint(w, "a picture")
		case r.Method == http.MethodPost:
			fmt.Fprint(w, `{"request_id":"764cabcf"}`)
		case strings.HasSuffix(path, "/status"):
			fmt.Fprint(w, `{"status":"COMPLETED"}`)
		case r.Method == http.MethodGet:
			fmt.Fprintf(w, `{"image":{"url":"%s/lighthouse.png"}}`, server.URL)
		}
	}))
	client, err := fal.NewClient(fal.WithKey("id:secret"), fal.WithBaseURL(server.URL))
	if err != nil {
		panic(err)
	}
	return client, server.Close
}

type Input struct {
	Prompt   string    `json:"prompt"`
	ImageURL fal.Media `json:"image_url,omitzero"`
}

type Output struct {
	Image fal.Image `json:"image"`
}

func ExampleEndpoint_Subscribe() {
	client, stop := offline() // fal.NewClient() for the real one
	defer stop()

	flux := fal.NewEndpoint[Input, Output](client, "fal-ai/flux/dev")
	res, err := flux.Subscribe(context.Background(), Input{Prompt: "a lighthouse"},
		fal.WithUpdateFunc(func(s fal.Status) { fmt.Println(s.State) }))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(res.RequestID, res.Data.Image.URL != "")
	// Output:
	// COMPLETED
	// 764cabcf true
}

// The output of one endpoint is the input of the next: fal reads it from its own storage.
func Example_chain() {
	client, stop := offline()
	defer stop()
	ctx := context.Background()

	draw := fal.NewEndpoint[Input, Output](client, "fal-ai/flux/dev")
	enlarge := fal.NewEndpoint[Input, Output](client, "fal-ai/aura-sr")
	drawn, err := draw.Subscribe(ctx, Input{Prompt: "a lighthouse"})
	if err != nil {
		fmt.Println(err)
		return
	}
	enlarged, err := enlarge.Subscribe(ctx, Input{ImageURL: fal.URL(drawn.Data.Image.URL)})
	if err != nil {
		fmt.Println(err)
		return
	}
	var picture strings.Builder // or a file
	n, err := fal.Download(ctx, enlarged.Data.Image, &picture, fal.WithMaxSize(100<<20))
	fmt.Println(n, picture.String(), err)
	// Output:
	// 9 a picture <nil>
}

// An input takes files as they are, and the call uploads them. Upload does so by itself, for a file that several calls
// take.
func ExampleClient_Upload() {
	client, stop := offline()
	defer stop()
	ctx := context.Background()

	sketch, err := client.Upload(ctx, fal.Bytes("image/png", []byte("a sketch")), // or fal.Path("sketch.png")
		fal.WithUploadLifecycle(fal.Lifecycle{Expires: 24 * time.Hour}),
		fal.WithUploadProgress(func(p fal.Progress) { fmt.Println(p.Done, "of", p.Total) }))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(sketch)
	flux := fal.NewEndpoint[Input, Output](client, "fal-ai/flux/dev")
	for _, prompt := range []string{"by day", "by night"} {
		if _, err := flux.Subscribe(ctx, Input{Prompt: prompt, ImageURL: sketch}); err != nil {
			fmt.Println(err)
			return
		}
	}
	// Output:
	// 8 of 8
	// https://v3.fal.media/sketch.png
}

// One process submits and writes the job down; another goes on with it.
func ExampleEndpoint_Resume() {
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

	again, err := flux.Resume(note)
	if err != nil {
		fmt.Println(err)
		return
	}
	res, err := again.Wait(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(res.RequestID)
	// Output:
	// {"endpoint_id":"fal-ai/flux/dev","request_id":"764cabcf"}
	// 764cabcf
}

// Many jobs at a time, each told of as soon as it is there.
func ExampleWait() {
	client, stop := offline()
	defer stop()
	ctx := context.Background()

	flux := fal.NewEndpoint[Input, Output](client, "fal-ai/flux/dev")
	var jobs []*fal.Job[Output]
	for _, prompt := range []string{"by day", "by night"} {
		job, err := flux.Submit(ctx, Input{Prompt: prompt})
		if err != nil {
			fmt.Println(err)
			continue
		}
		jobs = append(jobs, job)
	}
	for out := range fal.Wait(ctx, jobs...) {
		if out.Err != nil {
			fmt.Println(out.Err)
			continue
		}
		fmt.Println(out.Result.RequestID)
	}
	// Output:
	// 764cabcf
	// 764cabcf
}

// An endpoint of which there is no package, and an answer that comes bit by bit.
func ExampleEndpoint_Stream() {
	client, stop := offline()
	defer stop()

	llm := fal.Untyped(client, "fal-ai/any-llm")
	for res, err := range llm.Stream(context.Background(), map[string]any{"prompt": "What stands on a cliff?"}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(string(res.Data))
	}
	// Output:
	// {"text":"A light"}
	// {"text":"A lighthouse."}
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
