// Smooth makes a video smoother and puts sound to it: it chains two endpoints, the first one's output being the second
// one's input.
//
// It runs against a fake fal on this machine, or, where FAL_KEY is set, against fal itself, which costs money.
//
//	go run ./examples/smooth
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"time"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/faltest"
	"github.com/falgen/falgen/generated/falai/amtinterpolation"
	"github.com/falgen/falgen/generated/falai/ffmpegapi/mergeaudiovideo"
)

const (
	clip  = "https://storage.googleapis.com/falserverless/example_inputs/interpolation-video-input.mp4"
	sound = "https://storage.googleapis.com/falserverless/example_inputs/ffmpeg-audio.wav"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	client, done, err := connect()
	if err != nil {
		log.Fatal(err)
	}
	defer done()
	file, err := smooth(ctx, client, fal.URL(clip), fal.URL(sound), os.Stdout)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(file.URL)
}

// connect returns a client of fal, or of a fake where there is no key.
func connect() (client *fal.Client, done func(), err error) {
	if os.Getenv("FAL_KEY") != "" {
		client, err = fal.NewClient()
		return client, func() {}, err
	}
	fmt.Println("FAL_KEY is not set: asking a fake fal")
	fake, err := faltest.Start()
	if err != nil {
		return nil, nil, err
	}
	return fake.Client(), fake.Close, nil
}

// smooth adds frames to a video until it runs at 48 a second, then puts sound to it. It reports to w.
func smooth(ctx context.Context, client *fal.Client, video, sound fal.Media, w io.Writer) (*fal.File, error) {
	smoother, err := amtinterpolation.New(client).Subscribe(ctx, amtinterpolation.Input{
		VideoURL:  video,
		OutputFPS: fal.Int(48),
	}, report(w, "interpolate"), fal.WithPollInterval(100*time.Millisecond))
	if err != nil {
		return nil, err
	}
	merged, err := mergeaudiovideo.New(client).Subscribe(ctx, mergeaudiovideo.Input{
		VideoURL: fal.URL(smoother.Data.Video.URL),
		AudioURL: sound,
	}, report(w, "add sound"), fal.WithPollInterval(100*time.Millisecond))
	if err != nil {
		return nil, err
	}
	return &merged.Data.Video, nil
}

// report prints how a job comes along: each line of its log once.
func report(w io.Writer, step string) fal.FollowOption {
	seen := 0
	return fal.WithUpdateFunc(func(s fal.Status) {
		fmt.Fprintf(w, "%s: %s\n", step, s.State)
		for ; seen < len(s.Logs); seen++ {
			fmt.Fprintf(w, "  %s\n", s.Logs[seen].Message)
		}
	})
}
