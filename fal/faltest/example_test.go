package faltest_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"time"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/faltest"
	"github.com/falgen/falgen/generated/falai/rife/video"
)

func Example() {
	server, err := faltest.Start() // faltest.New(t) in a test
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	rife := video.New(server.Client())

	res, err := rife.Subscribe(context.Background(), video.Input{VideoURL: fal.URL("https://example.com/in.mp4")},
		fal.WithPollInterval(time.Millisecond),
		fal.WithUpdateFunc(func(s fal.Status) { fmt.Println(s.State, s.QueuePosition, len(s.Logs)) }))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(res.Data.Video.URL)
	sent := server.Requests()[0]
	fmt.Println(sent.Method, sent.Path, string(sent.Body))

	_, err = rife.Run(context.Background(), video.Input{NumFrames: fal.Int(9)}, fal.WithoutValidation())
	var refused *fal.APIError
	if errors.As(err, &refused) {
		fmt.Println(refused.StatusCode, refused.Message)
	}
	// Output:
	// IN_QUEUE 1 0
	// IN_QUEUE 0 0
	// IN_PROGRESS 0 1
	// IN_PROGRESS 0 2
	// COMPLETED 0 3
	// https://storage.googleapis.com/falserverless/example_outputs/rife-video-output.mp4
	// POST queue.fal.run/fal-ai/rife/video {"video_url":"https://example.com/in.mp4"}
	// 422 body.video_url: is required (missing); body.num_frames: must be at most 4 (less_than_equal)
}

// A test of what a program does when fal is busy, and when a model refuses.
func ExampleServer_On() {
	server, err := faltest.Start()
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	rife := video.New(server.Client(fal.WithRetry(fal.RetryPolicy{})))
	server.On(video.EndpointID).At(faltest.OpRun, faltest.RateLimited(time.Second)).Times(2)
	server.On(video.EndpointID).Fail(faltest.ModelError("content_policy_violation", "video_url")).Times(1)
	server.On(video.EndpointID).Output(video.Output{Video: fal.File{URL: server.Store("out.mp4", []byte("film"))}})

	for range 4 {
		res, err := rife.Run(context.Background(), video.Input{VideoURL: fal.URL("https://example.com/in.mp4")})
		var failed *fal.APIError
		if errors.As(err, &failed) {
			fmt.Println(failed.StatusCode, failed.Message)
			continue
		}
		film, _ := server.File(res.Data.Video.URL)
		fmt.Println(string(film))
	}
	fmt.Println(len(faltest.Inputs[video.Input](server, video.EndpointID)), "inputs")
	// Output:
	// 429 Too many requests
	// 429 Too many requests
	// 422 body.video_url: the model refused it: content policy violation (content_policy_violation)
	// film
	// 4 inputs
}
