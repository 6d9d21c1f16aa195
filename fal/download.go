package fal

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// FileRef is the argument of [Download]: a URL or a file of an output.
type FileRef interface {
	~string | File | Image | Video | Audio
}

// DownloadOption is an option of [Download].
type DownloadOption interface{ applyDownload(*download) error }

type downloadOption func(*download) error

func (o downloadOption) applyDownload(v *download) error { return o(v) }

// WithMaxSize limits the download to n bytes. A larger file is an error that wraps [ErrTooLarge]: before the download if
// the server sends its size, else after n bytes.
func WithMaxSize(n int64) DownloadOption {
	return downloadOption(func(d *download) error {
		if n < 0 {
			return fmt.Errorf("fal: WithMaxSize was given %d", n)
		}
		d.max, d.bounded = n, true
		return nil
	})
}

// WithOffset skips the first n bytes, to continue an earlier download.
func WithOffset(n int64) DownloadOption {
	return downloadOption(func(d *download) error {
		if n < 0 {
			return fmt.Errorf("fal: WithOffset was given %d", n)
		}
		d.start = n
		return nil
	})
}

// WithDownloadProgress calls f after each write.
func WithDownloadProgress(f func(Progress)) DownloadOption {
	return downloadOption(func(d *download) error {
		d.progress = f
		return nil
	})
}

// WithClient downloads with the transport, logger and retry policy of c. The key is not sent: fal's files are public to
// anyone who knows their URL.
func WithClient(c *Client) DownloadOption {
	return downloadOption(func(d *download) error {
		if c == nil || c.http == nil {
			return errors.New("fal: WithClient was given no client")
		}
		public := *c.http
		public.CheckRedirect = nil // with no key to lose, it may go from host to host
		d.client = &Client{http: &public, retry: c.retry, log: c.log}
		return nil
	})
}

// Download writes a file to w and returns the number of bytes written. It resumes a broken connection where it stopped,
// according to the [RetryPolicy] of [OpDownload]; it is an error if the file has changed in between. Data URIs are
// decoded.
//
// It returns an [*APIError] or a [*CallError]; the latter wraps [ErrTooLarge], the error of w, or the context's error.
// After an error, the bytes that were written are valid: continue after them with [WithOffset].
func Download[F FileRef](ctx context.Context, file F, w io.Writer, opts ...DownloadOption) (int64, error) {
	u := ""
	switch f := any(file).(type) {
	case File:
		u = f.URL
	case Image:
		u = f.URL
	case Video:
		u = f.URL
	case Audio:
		u = f.URL
	default:
		u = fmt.Sprint(f)
	}
	d := &download{client: plainClient, out: w}
	for _, o := range opts {
		if o == nil {
			continue
		}
		if err := o.applyDownload(d); err != nil {
			return 0, err
		}
	}
	err := d.fetch(ctx, u)
	return d.written, err
}

// plainClient downloads where no other client is given.
var plainClient = &Client{http: &http.Client{}}

// download is one call of Download.
type download struct {
	client   *Client
	out      io.Writer
	max      int64
	bounded  bool
	start    int64
	progress func(Progress)

	written int64
	etag    string // of the file that the bytes so far are from
}

func (d *download) fetch(ctx context.Context, from string) error {
	r := &request{op: OpDownload, method: http.MethodGet, foreign: true}
	if err := d.client.ready(ctx, r); err != nil {
		return err
	}
	if data, ok := strings.CutPrefix(from, "data:"); ok {
		if err := d.decode(data); err != nil {
			return r.callError(err)
		}
		return nil
	}
	u, err := parseHTTPURL(from)
	if err != nil {
		return r.callError(fmt.Errorf("the file's URL is %w", err))
	}
	r.query, u.RawQuery, u.Fragment = u.RawQuery, "", ""
	r.url = u.String()
	return d.client.repeat(ctx, r, func() error {
		if err := d.attempt(ctx, r); err != nil {
			return ended(ctx, err)
		}
		return nil
	})
}

// attempt asks for what is still missing, and writes it.
func (d *download) attempt(ctx context.Context, r *request) error {
	at := d.start + d.written
	r.header = http.Header{"Accept": {"*/*"}, "Accept-Encoding": {"identity"}} // so that places and sizes are the file's
	if at > 0 {
		r.header.Set("Range", "bytes="+strconv.FormatInt(at, 10)+"-")
		if d.etag != "" {
			r.header.Set("If-Range", d.etag)
		}
	}
	resp, _, err := d.client.open(ctx, r)
	var failure *APIError
	if errors.As(err, &failure) && failure.StatusCode == http.StatusRequestedRangeNotSatisfiable && at > 0 &&
		failure.Header.Get("Content-Range") == "bytes */"+strconv.FormatInt(at, 10) {
		return nil // all of it is there already
	}
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	total, err := d.place(resp, at)
	if err != nil {
		return err
	}
	if d.bounded && total > d.max {
		return permanent{fmt.Errorf("%w: the file has %d bytes, and the limit is %d", ErrTooLarge, total, d.max)}
	}
	return d.copy(resp, total)
}

// place makes sure that an answer's body begins at the place that is wanted, and returns the size of the whole file, -1
// where it is not told.
func (d *download) place(resp *http.Response, at int64) (total int64, err error) {
	if etag := resp.Header.Get("ETag"); !strings.HasPrefix(etag, "W/") { // a weak one does not vouch for each byte
		if d.etag != "" && etag != d.etag {
			return 0, permanent{errors.New("the file has changed since its beginning was read; download it anew")}
		}
		d.etag = etag
	}
	if resp.StatusCode == http.StatusPartialContent {
		// Content-Range: bytes 5-9/10, or bytes 5-9/*
		var from, to int64
		size := ""
		if _, err := fmt.Sscanf(resp.Header.Get("Content-Range"), "bytes %d-%d/%s", &from, &to, &size); err != nil || from != at {
			return 0, permanent{fmt.Errorf("asked for the bytes from %d on, and got %q", at, resp.Header.Get("Content-Range"))}
		}
		if total, err := strconv.ParseInt(size, 10, 64); err == nil {
			return total, nil
		}
		return -1, nil
	}
	// The whole file: a server that knows no ranges.
	if _, err := io.CopyN(io.Discard, resp.Body, at); err != nil {
		return 0, fmt.Errorf("skipping the first %d bytes: %w", at, err)
	}
	return resp.ContentLength, nil
}

// copy writes the body of an answer.
func (d *download) copy(resp *http.Response, total int64) error {
	name := *resp.Request.URL
	name.RawQuery = ""
	buf := make([]byte, 64<<10)
	for {
		n, err := resp.Body.Read(buf)
		if over := d.start + d.written + int64(n) - d.max; d.bounded && over > 0 {
			n -= int(over)
			err = permanent{fmt.Errorf("%w: the limit is %d bytes", ErrTooLarge, d.max)}
		}
		if n > 0 {
			wrote, failed := d.out.Write(buf[:n])
			d.written += int64(max(wrote, 0))
			if failed == nil && wrote != n {
				failed = io.ErrShortWrite
			}
			if failed != nil {
				return permanent{fmt.Errorf("writing the file: %w", failed)}
			}
			if d.progress != nil {
				d.progress(Progress{Name: name.Redacted(), Done: d.start + d.written, Total: total})
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("after %d bytes: %w", d.written, err)
		}
	}
}

// decode writes the content of a data URI.
func (d *download) decode(data string) error {
	kind, text, ok := strings.Cut(data, ",")
	if !ok {
		return errors.New("the data URI has no comma")
	}
	var content []byte
	var err error
	if strings.HasSuffix(kind, ";base64") {
		content, err = base64.StdEncoding.DecodeString(text)
	} else {
		text, err = url.PathUnescape(text)
		content = []byte(text)
	}
	if err != nil {
		return fmt.Errorf("the data URI: %w", err)
	}
	if d.bounded && int64(len(content)) > d.max {
		return fmt.Errorf("%w: the file has %d bytes, and the limit is %d", ErrTooLarge, len(content), d.max)
	}
	content = content[min(d.start, int64(len(content))):]
	n, err := io.Copy(d.out, bytes.NewReader(content))
	d.written = n
	return err
}
