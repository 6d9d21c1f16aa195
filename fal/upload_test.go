package fal_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/support"
)

const initiate = "POST /rest.fal.ai/storage/upload/initiate"

// storage answers the requests of uploads, and keeps what is put. The first of each name in fails are answered with a
// 500: "put", "part 3", "complete".
type storage struct {
	*fake
	mu    sync.Mutex
	files map[string][]byte // by their place, such as "/signed/1"
	types map[string]string
	fails map[string]int
	put   int // how often anything was put
}

func newStorage(t *testing.T, more script) *storage {
	t.Helper()
	s := &storage{files: map[string][]byte{}, types: map[string]string{}, fails: map[string]int{}}
	n := 0
	begin := reply{Do: func(w http.ResponseWriter, _ *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		n++
		_, _ = fmt.Fprintf(w, `{"upload_url":"%s/signed/%d?signature=a%%2Bb","file_url":"https://v3.fal.media/files/%d"}`, s.URL, n, n)
	}}
	all := script{initiate: {begin}, initiate + "-multipart": {begin}}
	for k, v := range more {
		all[k] = v
	}
	s.fake = newFake(t, all)
	inner := s.Config.Handler
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/signed/") {
			s.signed(t, w, r)
			return
		}
		inner.ServeHTTP(w, r)
	})
	return s
}

func (s *storage) signed(t *testing.T, w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "" || r.URL.RawQuery != "signature=a%2Bb" {
		t.Errorf("a signed request with %v, %s", r.Header, r.URL)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Logf("%s: %v", r.URL.Path, err)
		return
	}
	part := strings.TrimPrefix(r.URL.Path, "/signed/1/")
	name := map[string]string{r.URL.Path: "put", "complete": "complete"}[part]
	if name == "" {
		name = "part " + part
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.put++
	if s.fails[name] > 0 {
		s.fails[name]--
		http.Error(w, "no", http.StatusInternalServerError)
		return
	}
	s.files[r.URL.Path], s.types[r.URL.Path] = body, r.Header.Get("Content-Type")
	if strings.HasPrefix(name, "part") {
		n, _ := strconv.Atoi(part)
		_, _ = fmt.Fprintf(w, `{"partNumber":%d,"etag":"e%d"}`, n, n)
	}
}

// quick repeats at once.
func quick() fal.ClientOption {
	return fal.WithRetry(fal.RetryPolicy{Max: 2, Backoff: time.Millisecond}, fal.OpUpload, fal.OpDownload)
}

func (s *storage) client(t *testing.T) *fal.Client {
	return newClient(t, fal.WithBaseURL(s.URL), quick())
}

type frame struct {
	ImageURL fal.Media `json:"image_url,omitzero"`
}

// mediaInput has media in every place that an input can have it.
type mediaInput struct {
	VideoURL fal.Media            `json:"video_url,omitzero"`
	URLs     []fal.Media          `json:"urls,omitzero"`
	Frames   []frame              `json:"frames,omitzero"`
	Frame    *frame               `json:"frame,omitzero"`
	ByName   map[string]fal.Media `json:"by_name,omitzero"`
	Maybe    fal.Opt[fal.Media]   `json:"maybe,omitzero"`
	Either   support.Union        `json:"either,omitzero"`
	Free     any                  `json:"free,omitzero"`
}

// TestUploadsFromAnywhere holds that media is found wherever it stands, and uploaded once (docs/protocol.md, section
// 12.3).
func TestUploadsFromAnywhere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "talk.MP4")
	if err := os.WriteFile(path, []byte("of a path"), 0o600); err != nil {
		t.Fatal(err)
	}
	of := func(s string) fal.Media { return fal.Bytes("text/plain", []byte(s)) }
	same := fal.Reader("image/png", iotest.OneByteReader(strings.NewReader("of a reader")))
	in := mediaInput{
		VideoURL: fal.Path(path),
		URLs:     []fal.Media{fal.URL("https://example.com/a"), fal.Path(path), of("listed"), {}},
		Frames:   []frame{{same}, {of("framed")}},
		Frame:    &frame{same},
		ByName:   map[string]fal.Media{"k": of("mapped")},
		Maybe:    fal.Some(of("maybe")),
		Either:   support.UnionOf(of("either")),
		Free:     map[string]any{"list": []any{of("free"), 1, nil, of("listed")}},
	}
	s := newStorage(t, script{"POST /fal.run/fal-ai/flux": {{Body: `{}`}}})
	if _, err := fal.NewEndpoint[mediaInput, output](s.client(t), "fal-ai/flux").Run(ctx, in); err != nil {
		t.Fatal(err)
	}
	calls := s.all()
	var sent map[string]any
	if err := json.Unmarshal([]byte(calls[len(calls)-1].Body), &sent); err != nil {
		t.Fatal(err)
	}
	content := func(v any) string {
		u, _ := v.(string)
		n, _ := strings.CutPrefix(u, "https://v3.fal.media/files/")
		return string(s.files["/signed/"+n])
	}
	list := func(v any) []any { l, _ := v.([]any); return l }
	at := func(v any, name string) any { m, _ := v.(map[string]any); return m[name] }
	for what, got := range map[string]any{
		"of a path":   sent["video_url"],
		"listed":      list(sent["urls"])[2],
		"of a reader": at(list(sent["frames"])[0], "image_url"),
		"framed":      at(list(sent["frames"])[1], "image_url"),
		"mapped":      at(sent["by_name"], "k"),
		"maybe":       sent["maybe"],
		"either":      sent["either"],
		"free":        list(at(sent["free"], "list"))[0],
	} {
		if content(got) != what {
			t.Errorf("%s: %v holds %q", what, got, content(got))
		}
	}
	if list(sent["urls"])[0] != "https://example.com/a" || list(sent["urls"])[3] != nil {
		t.Errorf("urls: %v", sent["urls"])
	}
	if sent["video_url"] != list(sent["urls"])[1] || at(sent["frame"], "image_url") != at(list(sent["frames"])[0], "image_url") ||
		list(sent["urls"])[2] != list(at(sent["free"], "list"))[3] {
		t.Error("the same media has several URLs")
	}
	if len(s.files) != 8 {
		t.Errorf("%d files", len(s.files))
	}
	if !slices.ContainsFunc(calls, func(c call) bool { return c.Body == `{"content_type":"video/mp4","file_name":"talk.MP4"}` }) {
		t.Error("the path's name and type were not sent")
	}
	if _, err := json.Marshal(in); err == nil { // outside of a call it has no URL
		t.Error("local media encodes")
	}
}

// TestUpload pins the requests of a small file (docs/protocol.md, section 12.1).
func TestUpload(t *testing.T) {
	s := newStorage(t, nil)
	s.fails["put"] = 1
	var progress []fal.Progress
	m, err := s.client(t).Upload(ctx, fal.Bytes("image/svg+xml", []byte("<svg/>")),
		fal.WithUploadLifecycle(fal.Lifecycle{Expires: time.Hour}), fal.WithUploadProgress(func(p fal.Progress) { progress = append(progress, p) }))
	if err != nil || m.String() != "https://v3.fal.media/files/1" {
		t.Fatalf("%v, %v", m, err)
	}
	first := s.all()[0]
	if first.URL != "/rest.fal.ai/storage/upload/initiate?storage_type=fal-cdn-v3" ||
		first.Body != `{"content_type":"image/svg+xml","file_name":"upload.svg"}` || first.Header.Get("Authorization") != "Key "+testKey ||
		first.Header.Get("X-Fal-Object-Lifecycle") != `{"expiration_duration_seconds":3600}` {
		t.Errorf("got %+v", first)
	}
	if string(s.files["/signed/1"]) != "<svg/>" || s.types["/signed/1"] != "image/svg+xml" || s.put != 2 {
		t.Errorf("put %q as %q, %d times", s.files, s.types, s.put)
	}
	if last := progress[len(progress)-1]; last != (fal.Progress{Name: "upload.svg", Done: 6, Total: 6}) {
		t.Errorf("progress %+v", progress)
	}
	for _, m := range []fal.Media{fal.URL("https://example.com"), fal.DataURI("", []byte("x"))} { // nothing to do
		if got, err := s.client(t).Upload(ctx, m); got != m || err != nil {
			t.Errorf("%v, %v", got, err)
		}
	}
	if len(s.all()) != 1 {
		t.Errorf("got %q", s.seen())
	}
}

// TestMultipart pins the requests of a large file, of which two parts and the completion fail at first.
func TestMultipart(t *testing.T) {
	const size = 90<<20 + 5
	s := newStorage(t, nil)
	s.fails = map[string]int{"part 3": 2, "part 10": 1, "complete": 1}
	var last fal.Progress
	m, err := s.client(t).Upload(ctx, fal.Reader("video/mp4", io.NewSectionReader(pattern{}, 0, size)),
		fal.WithUploadProgress(func(p fal.Progress) { last = p }))
	if err != nil || m.String() != "https://v3.fal.media/files/1" {
		t.Fatalf("%v, %v", m, err)
	}
	want := `{"parts":[`
	for i := 1; i <= 10; i++ {
		want += fmt.Sprintf(`{"partNumber":%d,"etag":"e%d"},`, i, i)
		part := s.files[fmt.Sprintf("/signed/1/%d", i)]
		expected := make([]byte, min(10<<20, size-(i-1)*10<<20))
		_, _ = pattern{}.ReadAt(expected, int64(i-1)*10<<20)
		if !bytes.Equal(part, expected) {
			t.Errorf("part %d has %d bytes", i, len(part))
		}
	}
	if got := string(s.files["/signed/1/complete"]); got != strings.TrimSuffix(want, ",")+"]}" {
		t.Errorf("completed with %s", got)
	}
	if last.Done != size || last.Total != size || s.put != 10+3+1+1 {
		t.Errorf("progress %+v after %d requests", last, s.put)
	}
	if got := s.all()[0].URL; got != "/rest.fal.ai/storage/upload/initiate-multipart?storage_type=fal-cdn-v3" {
		t.Errorf("began with %s", got)
	}
}

// pattern is endless content that differs from place to place.
type pattern struct{}

func (pattern) ReadAt(p []byte, at int64) (int, error) {
	for i := range p {
		n := at + int64(i)
		p[i] = byte(n>>20) ^ byte(n>>8) ^ byte(n)
	}
	return len(p), nil
}

// limited is an input whose media has a limit.
type limited struct {
	VideoURL fal.Media `json:"video_url,omitzero"`
	Title    string    `json:"title"`
}

func (l limited) Validate() error {
	return support.Validate("fal-ai/flux", l, &support.Schema{Fields: []support.Field{
		{Name: "video_url", Required: true, Schema: &support.Schema{MinLength: "3", Media: &support.MediaLimits{MaxFileSize: 5}}},
		{Name: "title", Required: true, Schema: &support.Schema{MinLength: "1"}},
	}})
}

// TestFilesThatAreNotSent holds that nothing is sent where the file is too large, or cannot be read.
func TestFilesThatAreNotSent(t *testing.T) {
	dir := t.TempDir()
	large := filepath.Join(dir, "large")
	if err := os.WriteFile(large, []byte("123456"), 0o600); err != nil {
		t.Fatal(err)
	}
	used := fal.Reader("", iotest.HalfReader(strings.NewReader("12345")))
	broken := errors.New("the disk is broken")
	tests := []struct {
		name  string
		media fal.Media
		want  string // the place and type of a violation
		err   error
	}{
		{"a path", fal.Path(large), "body.video_url file_too_large", nil},
		{"bytes", fal.Bytes("", []byte("123456")), "body.video_url file_too_large", nil},
		{"a seeker", fal.Reader("", strings.NewReader("123456")), "body.video_url file_too_large", nil},
		{"a reader", fal.Reader("", iotest.HalfReader(strings.NewReader("123456"))), "body.video_url file_too_large", nil},
		{"no file", fal.Path(filepath.Join(dir, "none")), "", fs.ErrNotExist},
		{"a folder", fal.Path(dir), "", nil},
		{"nothing", fal.Reader("", nil), "", nil},
		{"a broken reader", fal.Reader("", iotest.ErrReader(broken)), "", broken},
		{"a used reader", used, "", nil},
	}
	ok := newStorage(t, script{"POST " + queue: {{Body: `{"request_id":"r-1"}`}}})
	if _, err := fal.NewEndpoint[limited, output](ok.client(t), "fal-ai/flux").Submit(ctx, limited{used, "t"}); err != nil {
		t.Fatal(err)
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newStorage(t, nil)
			_, err := fal.NewEndpoint[limited, output](s.client(t), "fal-ai/flux").Submit(ctx, limited{test.media, "t"})
			var invalid *fal.ValidationError
			var lost *fal.CallError
			switch {
			case test.want != "":
				if !errors.As(err, &invalid) || invalid.Detail[0].Loc.String()+" "+invalid.Detail[0].Type != test.want {
					t.Errorf("got %v", err)
				}
			case !errors.As(err, &lost) || lost.Op != fal.OpUpload || test.err != nil && !errors.Is(err, test.err):
				t.Errorf("got %v", err)
			}
			contains(t, err, "fal-ai/flux")
			if len(s.seen()) != 0 || s.put != 0 {
				t.Errorf("sent %q", s.seen())
			}
		})
	}
}

// pictured is an input whose media has sides, and a length.
type pictured struct {
	ImageURL fal.Media `json:"image_url,omitzero"`
}

func (p pictured) Validate() error {
	return support.Validate("fal-ai/flux", p, &support.Schema{Fields: []support.Field{
		{Name: "image_url", Required: true, Schema: &support.Schema{Media: &support.MediaLimits{MinWidth: 30, MaxDuration: 5}}},
	}})
}

// TestMediaThatIsNotSent holds that nothing is sent where media is beyond its limits, wherever it comes from.
func TestMediaThatIsNotSent(t *testing.T) {
	narrow, wide := picture(t, 29, 90), picture(t, 30, 90)
	dir := t.TempDir()
	for name, content := range map[string][]byte{"narrow": narrow, "wide": wide, "long": silence(6)} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name  string
		media fal.Media
		want  string // the place and type of a violation, "" where it is sent
	}{
		{"a path", fal.Path(filepath.Join(dir, "narrow")), "body.image_url image_too_small"},
		{"bytes", fal.Bytes("", narrow), "body.image_url image_too_small"},
		{"a seeker", fal.Reader("", bytes.NewReader(narrow)), "body.image_url image_too_small"},
		{"a data URI", fal.DataURI("image/png", narrow), "body.image_url image_too_small"},
		{"sound", fal.Path(filepath.Join(dir, "long")), "body.image_url audio_duration_too_long"},
		{"what fits", fal.Path(filepath.Join(dir, "wide")), ""},
		{"a data URI that fits", fal.DataURI("image/png", wide), ""},
		{"an unknown format", fal.Bytes("", []byte("BM as a bitmap begins")), ""},
		{"a reader", fal.Reader("", iotest.HalfReader(bytes.NewReader(narrow))), ""},
		{"a URL", fal.URL("https://example.com/narrow.png"), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newStorage(t, script{"POST " + queue: {{Body: `{"request_id":"r-1"}`}}})
			_, err := fal.NewEndpoint[pictured, output](s.client(t), "fal-ai/flux").Submit(ctx, pictured{test.media})
			var invalid *fal.ValidationError
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (!errors.As(err, &invalid) || invalid.Detail[0].Loc.String()+" "+invalid.Detail[0].Type != test.want):
				t.Errorf("got %v", err)
			case test.want != "" && (len(s.seen()) != 0 || s.put != 0):
				t.Errorf("sent %q", s.seen())
			}
		})
	}
}

// TestAnInvalidInputUploadsNothing holds that what the document refuses costs no upload.
func TestAnInvalidInputUploadsNothing(t *testing.T) {
	s := newStorage(t, nil)
	_, err := fal.NewEndpoint[limited, output](s.client(t), "fal-ai/flux").Submit(ctx, limited{VideoURL: fal.Bytes("", []byte("x"))})
	if !errors.As(err, new(*fal.ValidationError)) || len(s.seen()) != 0 {
		t.Errorf("%v after %q", err, s.seen())
	}
}

// TestUploadAnswers refuses URLs that no file, and no secret, should go to.
func TestUploadAnswers(t *testing.T) {
	for _, body := range []string{
		`{}`, `[]`, `{"upload_url":"https://x/y"}`, `{"upload_url":"http://thief.example/y","file_url":"https://x/y"}`,
		`{"upload_url":"ftp://x/y","file_url":"https://x/y"}`, `{"upload_url":"https://x/y","file_url":"javascript:x"}`,
	} {
		f := newFake(t, script{initiate: {{Body: body}}})
		_, err := newClient(t, fal.WithBaseURL(f.URL)).Upload(ctx, fal.Bytes("", []byte("x")))
		if !errors.As(err, new(*fal.DecodeError)) || len(f.seen()) != 1 {
			t.Errorf("%s: %v after %q", body, err, f.seen())
		}
	}
}

// TestAnUploadEndsWithItsContext stops all parts of a file, and leaves no file behind.
func TestAnUploadEndsWithItsContext(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	s := newStorage(t, nil)
	inner := s.Config.Handler
	ctx, stop := context.WithCancel(ctx)
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/signed/") {
			stop()
			_, _ = io.Copy(io.Discard, r.Body) // the server sees that the client has gone once it has read the body
			<-r.Context().Done()
			return
		}
		inner.ServeHTTP(w, r)
	})
	endless := struct{ io.Reader }{io.NewSectionReader(pattern{}, 0, 91<<20)} // which is copied to a file first
	_, err := s.client(t).Upload(ctx, fal.Reader("", endless))
	if !errors.Is(err, context.Canceled) || !errors.As(err, new(*fal.CallError)) {
		t.Errorf("got %v", err)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v", left, err)
	}
}
