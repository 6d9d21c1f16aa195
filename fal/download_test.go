package fal_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/falgen/falgen/fal"
)

const text = "0123456789"

var noTime time.Time

// ranged serves text with ranges, breaking the connection of the first answers after the given numbers of bytes.
func ranged(etag string, breaks ...int) reply {
	n := 0
	return reply{Do: func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", etag)
		if n < len(breaks) {
			w = &breaking{w, breaks[n]}
			n++
		}
		http.ServeContent(w, r, "", noTime, strings.NewReader(text))
	}}
}

type breaking struct {
	http.ResponseWriter
	left int
}

func (b *breaking) Write(p []byte) (int, error) {
	if len(p) > b.left {
		_, _ = b.ResponseWriter.Write(p[:b.left])
		b.ResponseWriter.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	b.left -= len(p)
	return b.ResponseWriter.Write(p)
}

// TestDownload goes on where a connection broke, and refuses what is not the same file, or too large.
func TestDownload(t *testing.T) {
	const place = "/v3.fal.media/files/x"
	whole := reply{Body: text}
	tests := []struct {
		name    string
		replies []reply
		opts    []fal.DownloadOption
		want    string
		ranges  string // what was asked for, by request
		err     error  // nil, ErrTooLarge, or the type
	}{
		{"whole", []reply{ranged(`"a"`)}, nil, text, "", nil},
		{"broken twice", []reply{ranged(`"a"`, 3, 2)}, nil, text, "; bytes=3- if \"a\"; bytes=5- if \"a\"", nil},
		{"broken too often", []reply{ranged(`"a"`, 1, 1, 1)}, nil, "012", "; bytes=1- if \"a\"; bytes=2- if \"a\"", &fal.CallError{}},
		{"no ranges", []reply{{Do: hangUp("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n012")}, whole}, nil, text, "; bytes=3-", nil},
		{"changed", []reply{ranged(`"a"`, 3), {Header: map[string]string{"ETag": `"b"`}, Body: "other text"}}, nil, "012", "; bytes=3- if \"a\"", &fal.CallError{}},
		{"from the middle", []reply{ranged(`"a"`)}, []fal.DownloadOption{fal.WithOffset(7)}, "789", "bytes=7-", nil},
		{"nothing is missing", []reply{ranged(`"a"`)}, []fal.DownloadOption{fal.WithOffset(10)}, "", "bytes=10-", nil},
		{"beyond the end", []reply{ranged(`"a"`)}, []fal.DownloadOption{fal.WithOffset(11)}, "", "bytes=11-", &fal.APIError{}},
		{"just small enough", []reply{ranged(`"a"`)}, []fal.DownloadOption{fal.WithMaxSize(10)}, text, "", nil},
		{"too large, declared", []reply{ranged(`"a"`)}, []fal.DownloadOption{fal.WithMaxSize(9)}, "", "", fal.ErrTooLarge},
		{"too large, undeclared", []reply{{Do: func(w http.ResponseWriter, _ *http.Request) {
			for range 3 {
				_, _ = io.WriteString(w, text)
				w.(http.Flusher).Flush()
			}
		}}}, []fal.DownloadOption{fal.WithMaxSize(15)}, text + "01234", "", fal.ErrTooLarge},
		{"another part", []reply{ranged(`"a"`, 3), {Code: 206, Header: map[string]string{"Content-Range": "bytes 4-9/10"}, Body: "456789"}},
			nil, "012", "; bytes=3- if \"a\"", &fal.CallError{}},
		{"busy", []reply{{Code: 503, Body: "{}"}, ranged(`"a"`)}, nil, text, "; ", nil},
		{"gone", []reply{{Code: 404, Body: "{}"}}, nil, "", "", &fal.APIError{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t, script{"GET " + place: test.replies})
			c := newClient(t, fal.WithBaseURL("http://127.0.0.1:1"), quick())
			var out bytes.Buffer
			n, err := fal.Download(ctx, fal.Video{URL: f.URL + place + "?token=secret"}, &out, append(test.opts, fal.WithClient(c))...)
			if out.String() != test.want || n != int64(out.Len()) {
				t.Errorf("wrote %q, %d bytes", out.String(), n)
			}
			if test.err == fal.ErrTooLarge && errors.Is(err, test.err) {
				test.err = &fal.CallError{}
			}
			if !sameType(err, test.err) {
				t.Errorf("got the error %v", err)
			}
			if err != nil {
				contains(t, err, "")
				if strings.Contains(err.Error(), "secret") {
					t.Errorf("the query is in %v", err)
				}
			}
			var ranges []string
			for _, c := range f.all() {
				if c.Header.Get("Authorization") != "" {
					t.Error("the key was sent")
				}
				asked := c.Header.Get("Range")
				if tag := c.Header.Get("If-Range"); tag != "" {
					asked += " if " + tag
				}
				ranges = append(ranges, asked)
			}
			if got := strings.Join(ranges, "; "); got != test.ranges {
				t.Errorf("asked for %q", got)
			}
		})
	}
}

func TestDownloadOfOtherThings(t *testing.T) {
	tests := []struct {
		url, want, err string
		opts           []fal.DownloadOption
	}{
		{url: fal.DataURI("text/plain", []byte("hello")).String(), want: "hello"},
		{url: "data:text/plain,a%20b", want: "a b"},
		{url: "data:,abc", want: "bc", opts: []fal.DownloadOption{fal.WithOffset(1)}},
		{url: "data:,abc", err: "too large", opts: []fal.DownloadOption{fal.WithMaxSize(2)}},
		{url: "data:nothing", err: "comma"},
		{url: "data:;base64,???", err: "data URI"},
		{url: "", err: "http"},
		{url: "ftp://x/y", err: "http"},
	}
	for _, test := range tests {
		var out strings.Builder
		_, err := fal.Download(ctx, test.url, &out, test.opts...)
		if out.String() != test.want {
			t.Errorf("%s: wrote %q", test.url, out.String())
		}
		if test.err != "" {
			contains(t, err, "download", test.err)
		} else if err != nil {
			t.Error(err)
		}
	}
}

// TestDownloadToABrokenWriter returns the writer's own error.
func TestDownloadToABrokenWriter(t *testing.T) {
	f := newFake(t, script{"GET /x": {{Body: text}}})
	r, w := io.Pipe()
	mine := errors.New("the disk is full")
	_ = r.CloseWithError(mine)
	if _, err := fal.Download(ctx, fal.File{URL: f.URL + "/x"}, w); !errors.Is(err, mine) || len(f.seen()) != 1 {
		t.Errorf("%v after %q", err, f.seen())
	}
}
