//go:build unix

package load_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/generated/falai/rife/video"
)

// falLoop does it with package fal.
type falLoop struct {
	endpoint *video.Client
	jobs     []*fal.Job[video.Output]
}

func newFalLoop(t *testing.T, url string, rt http.RoundTripper, n int) *falLoop {
	c, err := fal.NewClient(fal.WithBaseURL(url), fal.WithKey("load"), fal.WithHTTPClient(&http.Client{Transport: rt}),
		fal.WithWaitLimits(atOnce, 0))
	if err != nil {
		t.Fatal(err)
	}
	return &falLoop{video.New(c), make([]*fal.Job[video.Output], n)}
}

func (l *falLoop) submit(ctx context.Context, i int) (err error) {
	l.jobs[i], err = l.endpoint.Submit(ctx, in)
	return err
}

func (l *falLoop) finish(ctx context.Context, first func()) error {
	n := 0
	for end := range fal.Wait(ctx, l.jobs...) {
		if end.Err != nil {
			return end.Err
		}
		if end.Result.Data.Video.URL == "" {
			return fmt.Errorf("an empty result: %s", end.Result.Raw)
		}
		if n++; n == 1 {
			first()
		}
	}
	if n != len(l.jobs) {
		return fmt.Errorf("%d of %d jobs have ended", n, len(l.jobs))
	}
	return nil
}

// bareLoop is what one writes with net/http alone.
type bareLoop struct {
	url  string
	http *http.Client
	ids  []string
}

func newBareLoop(url string, rt http.RoundTripper, n int) *bareLoop {
	return &bareLoop{url + "/queue.fal.run/", &http.Client{Transport: rt}, make([]string, n)}
}

func (l *bareLoop) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, l.url+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Key load")
	req.Header.Set("Accept", "application/json")
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := l.http.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s: %s", resp.Status, text)
	}
	return json.Unmarshal(text, out)
}

func (l *bareLoop) submit(ctx context.Context, i int) error {
	var ticket struct {
		ID string `json:"request_id"`
	}
	err := l.call(ctx, http.MethodPost, video.EndpointID, in, &ticket)
	l.ids[i] = ticket.ID
	return err
}

// finish looks at all jobs in turn, again and again.
func (l *bareLoop) finish(ctx context.Context, first func()) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	due := make(chan string, len(l.ids))
	for _, id := range l.ids {
		due <- id
	}
	var wg, left sync.WaitGroup
	left.Add(len(l.ids))
	var once sync.Once
	for range atOnce {
		wg.Go(func() {
			for id := range due {
				done, err := l.look(ctx, id)
				switch {
				case err != nil:
					stop(err)
					left.Done()
				case done:
					once.Do(first)
					left.Done()
				default:
					due <- id
				}
			}
		})
	}
	left.Wait()
	close(due)
	wg.Wait()
	return context.Cause(ctx)
}

// look asks for the status of a job and, where it is done, for its result.
func (l *bareLoop) look(ctx context.Context, id string) (done bool, err error) {
	at := "fal-ai/rife/requests/" + id
	var status struct {
		Status string `json:"status"`
	}
	if err := l.call(ctx, http.MethodGet, at+"/status?logs=0", nil, &status); err != nil || status.Status != "COMPLETED" {
		return false, err
	}
	var out video.Output
	if err := l.call(ctx, http.MethodGet, at, nil, &out); err != nil {
		return false, err
	}
	if out.Video.URL == "" {
		return false, fmt.Errorf("an empty result of job %s", id)
	}
	return true, nil
}
