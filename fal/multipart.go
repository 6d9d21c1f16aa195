package fal

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"

	"github.com/falgen/falgen/fal/internal/input"
)

// Above this size a file is sent in parts (docs/protocol.md, section 12.1).
const (
	multipartAbove = 90 << 20
	partSize       = 10 << 20
)

// part is one that fal has, as the completion lists it.
type part struct {
	Number int    `json:"partNumber"`
	ETag   string `json:"etag"`
}

// multipart uploads a large file in parts and returns its URL.
func (u *uploader) multipart(ctx context.Context, b *blob, m *meter) (string, error) {
	to, at, err := u.initiate(ctx, b, "initiate-multipart")
	if err != nil {
		return "", err
	}
	parts := make([]part, (b.size+partSize-1)/partSize)
	err = parallel(ctx, len(parts), uploadsAtOnce, func(ctx context.Context, i int) error {
		start := int64(i) * partSize
		r := u.signed(http.MethodPut, to, fmt.Sprintf("/%d", i+1))
		r.body = m.content(b, start, min(partSize, b.size-start))
		resp, err := u.client.do(ctx, r)
		if err != nil {
			return err
		}
		_ = json.Unmarshal(resp.body, &parts[i]) // a storage that answers without a body has a header
		parts[i].Number = i + 1                  // in the order of the file, whichever comes first
		parts[i].ETag = cmp.Or(parts[i].ETag, resp.header.Get("ETag"))
		if parts[i].ETag == "" {
			return resp.unreadable(fmt.Errorf("part %d has no etag", i+1))
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	body, err := input.JSON(map[string][]part{"parts": parts})
	if err != nil {
		return "", u.request(http.MethodPost).callError(err)
	}
	r := u.signed(http.MethodPost, to, "/complete")
	r.body = jsonContent(body)
	if _, err := u.client.do(ctx, r); err != nil {
		return "", err
	}
	return at, nil
}

// parallel calls f for 0 to n-1, up to atOnce at a time, and returns the first error once all have returned. With it, the
// context of the others ends.
func parallel(ctx context.Context, n, atOnce int, f func(context.Context, int) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var (
		wg    sync.WaitGroup
		once  sync.Once
		first error
	)
	slots := make(chan struct{}, atOnce)
	for i := range n {
		slots <- struct{}{}
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer func() { <-slots }()
			if err := f(ctx, i); err != nil {
				once.Do(func() {
					first = err
					stop()
				})
			}
		}()
	}
	wg.Wait()
	return first
}
