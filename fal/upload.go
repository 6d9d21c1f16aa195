package fal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"

	"github.com/falgen/falgen/fal/internal/input"
)

// uploadsAtOnce is how many files of an input are uploaded at the same time, and how many parts of a file.
const uploadsAtOnce = 4

// uploads is what the options of a call say about the files in its input.
type uploads struct {
	lifecycle string // the header; "" for none
	progress  func(Progress)
}

// Progress is the progress of an upload or download.
type Progress struct {
	Name  string // of the file; for a download its URL without the query
	Done  int64  // bytes; it goes back where a part is sent again
	Total int64  // bytes; -1 where it is not known
}

// WithUploadProgress calls f while files are uploaded, from one goroutine at a time.
func WithUploadProgress(f func(Progress)) UploadOption {
	return option(func(c *config) error {
		c.uploads.progress = f
		return nil
	})
}

// Upload uploads media and returns its URL, to use it in several inputs. A URL or data URI is returned unchanged. A file
// above 90 MiB is uploaded in parts, several at a time; each part is retried on its own.
//
// Anyone who knows the URL can read the file, unless [WithUploadLifecycle] restricts it. Upload returns an [*APIError],
// [*DecodeError] or [*CallError]; the last wraps errors such as fs.ErrNotExist.
func (c *Client) Upload(ctx context.Context, m Media, opts ...UploadOption) (Media, error) {
	cfg, err := configure(opts)
	if err != nil {
		return Media{}, err
	}
	r := &request{op: OpUpload}
	if err := c.ready(ctx, r); err != nil {
		return Media{}, err
	}
	if m.local == nil {
		if m.state != optSet {
			return Media{}, r.callError(errors.New("the media is unset or null"))
		}
		return m, nil
	}
	urls, err := c.uploadAll(ctx, "", []*local{m.local}, cfg.uploads, nil)
	if err != nil {
		return Media{}, err
	}
	return URL(urls[m.local]), nil
}

var encoding sync.Mutex // held while local media encode as their URLs

// encodeUploaded encodes an input, with its local media as the URLs where they are now.
func encodeUploaded(in any, at map[*local]string) ([]byte, error) {
	if len(at) > 0 {
		encoding.Lock()
		defer encoding.Unlock()
		for l, u := range at {
			l.url.Store(&u)
			defer l.url.Store(nil)
		}
	}
	return input.JSON(in)
}

// uploadAll uploads each distinct content once, and returns where each is then. check, if any, is asked again where a
// size was not known before.
func (c *Client) uploadAll(ctx context.Context, endpoint string, all []*local, cfg uploads, check func() error) (map[*local]string, error) {
	if len(all) == 0 {
		return nil, nil
	}
	u := uploader{client: c, endpoint: endpoint, uploads: cfg}
	same := map[any][]*local{}
	var blobs []*blob
	var keys []any
	unsized := false
	for _, l := range all {
		key := l.key()
		if same[key] = append(same[key], l); len(same[key]) > 1 {
			continue
		}
		_, sized := l.size()
		unsized = unsized || !sized
		b, err := l.open(ctx)
		if err != nil {
			return nil, u.request(http.MethodPost).callError(ended(ctx, err))
		}
		defer b.close()
		blobs, keys = append(blobs, b), append(keys, key)
	}
	if unsized && check != nil {
		if err := check(); err != nil {
			return nil, err
		}
	}
	var mu sync.Mutex
	urls := map[*local]string{}
	err := parallel(ctx, len(blobs), uploadsAtOnce, func(ctx context.Context, i int) error {
		at, err := u.upload(ctx, blobs[i])
		mu.Lock()
		defer mu.Unlock()
		for _, l := range same[keys[i]] {
			urls[l] = at
		}
		return err
	})
	return urls, err
}

// uploader uploads files the way of the official JavaScript client (docs/protocol.md, section 12.1): fal gives a URL to
// put a file to, and the one where it will be. The first is signed, and so it needs no key, and gets none.
type uploader struct {
	client   *Client
	endpoint string // "" where no input waits
	uploads
	mu sync.Mutex // held while progress is called
}

func (u *uploader) request(method string) *request {
	return &request{op: OpUpload, endpoint: u.endpoint, method: method}
}

// upload uploads a file and returns its URL.
func (u *uploader) upload(ctx context.Context, b *blob) (string, error) {
	m := u.meter(b)
	if b.size > multipartAbove {
		return u.multipart(ctx, b, m)
	}
	to, at, err := u.initiate(ctx, b, "initiate")
	if err != nil {
		return "", err
	}
	r := u.signed(http.MethodPut, to, "")
	r.body = m.content(b, 0, b.size)
	r.body.contentType = b.contentType
	if _, err := u.client.do(ctx, r); err != nil {
		return "", err
	}
	return at, nil
}

// initiate announces a file and returns where to put it, and where it will be.
func (u *uploader) initiate(ctx context.Context, b *blob, how string) (to *url.URL, at string, err error) {
	r := u.request(http.MethodPost)
	r.url = "https://" + restHost + "/storage/upload/" + how
	r.query = "storage_type=fal-cdn-v3"
	r.timeout = attemptTimeout
	if u.lifecycle != "" {
		r.header = http.Header{"X-Fal-Object-Lifecycle": {u.lifecycle}}
	}
	body, err := input.JSON(struct {
		ContentType string `json:"content_type"`
		FileName    string `json:"file_name"`
	}{b.contentType, b.name})
	if err != nil {
		return nil, "", r.callError(err)
	}
	r.body = jsonContent(body)
	resp, err := u.client.do(ctx, r)
	if err != nil {
		return nil, "", err
	}
	var given struct {
		UploadURL string `json:"upload_url"`
		FileURL   string `json:"file_url"`
	}
	if err := resp.decode(&given); err != nil {
		return nil, "", err
	}
	if _, err := parseHTTPURL(given.FileURL); err != nil {
		return nil, "", resp.unreadable(fmt.Errorf("file_url is %w", err))
	}
	to, err = parseHTTPURL(given.UploadURL)
	if err == nil && to.Scheme != "https" && !u.client.isBase(to) {
		err = errors.New("not an https URL")
	}
	if err != nil {
		return nil, "", resp.unreadable(fmt.Errorf("upload_url is %w", err))
	}
	return to, given.FileURL, nil
}

// signed makes a request to a place below a signed URL.
func (u *uploader) signed(method string, to *url.URL, below string) *request {
	r := u.request(method)
	r.foreign = true
	r.query = to.RawQuery
	place := *to
	place.RawQuery, place.Fragment = "", ""
	r.url = place.String() + below
	return r
}

// meter counts what is sent of a file.
type meter struct {
	uploader *uploader
	Progress
}

func (u *uploader) meter(b *blob) *meter {
	return &meter{u, Progress{Name: b.name, Total: b.size}}
}

// content is a part of the file as a body. What an attempt has sent counts until the next one begins.
func (m *meter) content(b *blob, start, size int64) content {
	var current *meteredReader
	return content{size: size, open: func() io.Reader {
		r := &meteredReader{Reader: io.NewSectionReader(b, start, size), meter: m, current: &current}
		if m.uploader.progress != nil {
			m.uploader.mu.Lock()
			defer m.uploader.mu.Unlock()
			if current != nil {
				m.Done -= current.sent
			}
			current = r
		}
		return r
	}}
}

// meteredReader is one attempt's reading. The transport may still read for an attempt that has failed: only the
// current one counts.
type meteredReader struct {
	io.Reader
	meter   *meter
	current **meteredReader
	sent    int64
}

func (r *meteredReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	u := r.meter.uploader
	if u.progress == nil || n == 0 {
		return n, err
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if *r.current == r {
		r.sent += int64(n)
		r.meter.Done += int64(n)
		u.progress(r.meter.Progress)
	}
	return n, err
}
