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
		fal.PollEvery(time.Millisecond),
		fal.OnUpdate(func(s fal.Status) { fmt.Println(s.State, s.QueuePosition, len(s.Logs)) }))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(res.Data.Video.URL)
	sent := server.Requests()[0]
	fmt.Println(sent.Method, sent.Path, string(sent.Body))

	_, err = rife.Run(context.Background(), video.Input{NumFrames: fal.Int(9)}, fal.SkipValidation())
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
