package faltest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/faltest"
	"github.com/falgen/falgen/generated/falai/rife/video"
)

const storage = "/rest.fal.ai/storage/upload/"

// ticket is where an upload goes, without the server's URL.
type ticket struct {
	Upload string `json:"upload_url"`
	File   string `json:"file_url"`
}

func (u ticket) at(tail string) string {
	path, query, _ := strings.Cut(u.Upload, "?")
	return path + "/" + tail + "?" + query
}

func initiate(t *testing.T, s *faltest.Server, how string) (u ticket) {
	t.Helper()
	got := ask(t, s, "POST", storage+how+"?storage_type=fal-cdn-v3", `{"content_type":"video/mp4","file_name":"a b?.mp4"}`)
	if err := json.Unmarshal([]byte(got.Body), &u); err != nil || got.Code != 200 {
		t.Fatalf("%+v: %v", got, err)
	}
	return u
}

var noKey = []string{"Authorization", ""}

func TestUpload(t *testing.T) {
	s := faltest.New(t)
	u := initiate(t, s, "initiate")
	if !strings.HasPrefix(u.File, "/v3.fal.media/files/") || !strings.HasSuffix(u.File, "/a%20b%3F.mp4") {
		t.Errorf("the file is to be at %s", u.File)
	}
	expect(t, ask(t, s, "GET", u.File, ""), 404, `{"detail":"File not found"}`)
	expect(t, ask(t, s, "PUT", u.Upload, "content"), 400,
		`{"detail":"A presigned URL takes no Authorization: the key would leak to the storage"}`)
	path, _, _ := strings.Cut(u.Upload, "?")
	for _, query := range []string{"", "?scope=x", strings.ReplaceAll(u.Upload[len(path):], "signature=", "signature=0")} {
		if got := ask(t, s, "PUT", path+query, "content", noKey...); got.Code != 403 {
			t.Errorf("without the signature: %+v", got)
		}
	}
	for _, content := range []string{"what was tried first", "content"} { // the last one counts
		if got := ask(t, s, "PUT", u.Upload, content, noKey...); got.Code != 200 || got.Header.Get("Etag") == "" {
			t.Errorf("%+v", got)
		}
	}
	got := ask(t, s, "GET", u.File, "", noKey...)
	if got.Code != 200 || got.Body != "content" || got.Header.Get("Content-Type") != "video/mp4" {
		t.Errorf("the download: %+v, %v", got, got.Header)
	}
	if body, ok := s.File(s.URL + u.File); !ok || string(body) != "content" {
		t.Errorf("the file: %q, %v", body, ok)
	}
	for _, url := range []string{s.URL, s.URL + "/", s.URL + u.File + "x", u.File, "%", s.URL + "/%zz"} {
		if _, ok := s.File(url); ok {
			t.Errorf("there is a file at %s", url)
		}
	}
	if got := ask(t, s, "PUT", u.at("1"), "part", noKey...); got.Code != 400 {
		t.Errorf("a part of what goes at once: %+v", got)
	}
	seen := s.Requests()
	if last := seen[len(seen)-1]; last.Op != faltest.OpPart || last.Body != nil {
		t.Errorf("saw %+v", last)
	}
}

// TestRanges: a download that broke off can be taken up again.
func TestRanges(t *testing.T) {
	s := faltest.New(t)
	content := strings.Repeat("0123456789", 30_000)
	url := strings.TrimPrefix(s.Store("../deep/n.txt", []byte(content)), s.URL)
	whole := ask(t, s, "GET", url, "")
	if whole.Body != content || !strings.HasPrefix(whole.Header.Get("Content-Type"), "text/plain") ||
		!strings.HasSuffix(url, "/n.txt") {
		t.Errorf("%s: %v", url, whole.Header)
	}
	etag := whole.Header.Get("Etag")
	for _, c := range []struct {
		header []string
		code   int
		want   string
	}{
		{[]string{"Range", "bytes=299990-"}, 206, "0123456789"},
		{[]string{"Range", "bytes=65534-65537", "If-Range", etag}, 206, "4567"},
		{[]string{"Range", "bytes=5-6", "If-Range", `"other"`}, 200, content},
		{[]string{"If-None-Match", etag}, 304, ""},
		{[]string{"Range", "bytes=300000-"}, 416, "invalid range: failed to overlap\n"},
	} {
		if got := ask(t, s, "GET", url, "", c.header...); got.Code != c.code || got.Body != c.want {
			t.Errorf("%v: %d, %d bytes", c.header, got.Code, len(got.Body))
		}
	}
	head, err := http.Head(s.URL + url)
	if err != nil || head.ContentLength != 300_000 || head.StatusCode != 200 {
		t.Errorf("%+v, %v", head, err)
	}
	s.On("").At(faltest.OpDownload, faltest.Disconnect(100_000)).Times(1)
	if _, text, err := send(t, s, "GET", url, ""); err == nil || text != content[:100_000] {
		t.Errorf("%d bytes before the end: %v", len(text), err)
	}
}

// TestMultipart: parts in any order, each perhaps twice, joined in theirs.
func TestMultipart(t *testing.T) {
	s := faltest.New(t)
	u := initiate(t, s, "initiate-multipart")
	etags := map[int]string{}
	for _, p := range []struct {
		n    int
		body string
	}{{3, "three"}, {1, "first"}, {2, "two"}, {1, "one"}} {
		got := ask(t, s, "PUT", u.at(fmt.Sprint(p.n)), p.body, noKey...)
		var part struct {
			Number int `json:"partNumber"`
			Etag   string
		}
		if err := json.Unmarshal([]byte(got.Body), &part); err != nil || part.Number != p.n ||
			part.Etag != got.Header.Get("Etag") {
			t.Fatalf("%+v: %v", got, err)
		}
		etags[p.n] = part.Etag
	}
	parts := func(numbers ...int) string {
		var all []string
		for _, n := range numbers {
			all = append(all, fmt.Sprintf(`{"partNumber":%d,"etag":%q}`, n, etags[n]))
		}
		return `{"parts":[` + strings.Join(all, ",") + `]}`
	}
	for _, c := range []struct{ body, want string }{
		{parts(1, 3, 2), "Part 2 comes after part 3"},
		{parts(1, 1, 2), "Part 1 comes after part 1"},
		{parts(1, 2), "3 parts were uploaded, and 2 are named"},
		{parts(), "3 parts were uploaded, and 0 are named"},
		{parts(1, 2, 4), "Part 4 was not uploaded"},
		{strings.ReplaceAll(parts(1, 2, 3), etags[2][1:9], "00000000"), "Part 2 has the etag"},
	} {
		if got := ask(t, s, "POST", u.at("complete"), c.body, noKey...); got.Code != 400 ||
			!strings.Contains(got.Body, c.want) {
			t.Errorf("%s: %+v", c.want, got)
		}
	}
	for header, want := range map[string]int{"": 200, "Key k": 400} {
		if got := ask(t, s, "POST", u.at("complete"), parts(1, 2, 3), "Authorization", header); got.Code != want {
			t.Errorf("%q: %+v", header, got)
		}
	}
	if got := ask(t, s, "POST", u.at("complete"), parts(1, 2, 3), noKey...); got.Code != 200 {
		t.Errorf("once more: %+v", got)
	}
	if got := ask(t, s, "PUT", u.at("1"), "late", noKey...); got.Code != 200 {
		t.Errorf("a late part: %+v", got)
	}
	if got := ask(t, s, "GET", u.File, ""); got.Body != "onetwothree" {
		t.Errorf("the file: %+v", got)
	}
	if got := ask(t, s, "PUT", u.Upload, "at once", noKey...); got.Code != 400 {
		t.Errorf("at once: %+v", got)
	}
	for _, tail := range []string{"0", "-1", "x", "1/2"} {
		if got := ask(t, s, "PUT", u.at(tail), "part", noKey...); got.Code/100 != 4 {
			t.Errorf("part %s: %+v", tail, got)
		}
	}
}

// TestCDN: the way of fal's Python client.
func TestCDN(t *testing.T) {
	s := faltest.New(t)
	var token struct {
		Token string
		Type  string `json:"token_type"`
		Base  string `json:"base_url"`
	}
	got := ask(t, s, "POST", "/rest.fal.ai/storage/auth/token?storage_type=fal-cdn-v3", "{}")
	if err := json.Unmarshal([]byte(got.Body), &token); err != nil {
		t.Fatal(err)
	}
	auth := []string{"Authorization", token.Type + " " + token.Token, "Content-Type", "a/b", "X-Fal-File-Name", "n.bin"}
	if got := ask(t, s, "POST", token.Base+"/files/upload", "content"); got.Code != 401 {
		t.Errorf("with the key: %+v", got)
	}
	var file struct {
		URL string `json:"access_url"`
		ID  string `json:"uploadId"`
	}
	got = ask(t, s, "POST", token.Base+"/files/upload", "content", auth...)
	if err := json.Unmarshal([]byte(got.Body), &file); err != nil {
		t.Fatal(got)
	}
	if got := ask(t, s, "GET", file.URL, ""); got.Body != "content" || got.Header.Get("Content-Type") != "a/b" {
		t.Errorf("%+v", got)
	}
	got = ask(t, s, "POST", token.Base+"/files/upload/multipart", "", auth...)
	if err := json.Unmarshal([]byte(got.Body), &file); err != nil || file.ID == "" {
		t.Fatal(got)
	}
	var parts []string
	for n, body := range []string{"one", "two"} {
		got := ask(t, s, "PUT", fmt.Sprintf("%s/multipart/%s/%d", file.URL, file.ID, n+1), body, auth...)
		parts = append(parts, fmt.Sprintf(`{"partNumber":%d,"etag":%q}`, n+1, got.Header.Get("Etag")))
	}
	complete := file.URL + "/multipart/" + file.ID + "/complete"
	if got := ask(t, s, "POST", complete, `{"parts":[`+strings.Join(parts, ",")+`]}`, auth...); got.Code != 200 {
		t.Fatal(got)
	}
	if got := ask(t, s, "GET", file.URL, ""); got.Body != "onetwo" {
		t.Errorf("%+v", got)
	}
	if got := ask(t, s, "PUT", file.URL+"/multipart/other/1", "x", auth...); got.Code != 404 {
		t.Errorf("another upload's: %+v", got)
	}
}

// TestUploadRefusals: what is wrong with a request for an upload is said.
func TestUploadRefusals(t *testing.T) {
	s := faltest.New(t)
	const (
		v3   = "?storage_type=fal-cdn-v3"
		fine = `{"content_type":"a/b","file_name":"c"}`
	)
	for _, c := range []struct {
		query, body string
		header      []string
		code        int
		want        string
	}{
		{"", fine, nil, 400, "storage_type"},
		{"?storage_type=gcs", fine, nil, 400, "gcs"},
		{v3, `{"content_type":"a/b"}`, nil, 422, "file_name"},
		{v3, `{"content_type":"","file_name":"c"}`, nil, 422, "content_type"},
		{v3, `{`, nil, 422, "json_invalid"},
		{v3, fine, noKey, 401, "key"},
		{v3, fine, []string{"X-Fal-Object-Lifecycle", `{"expiration_duration_seconds":0}`}, 400, "Lifecycle"},
		{v3, fine, []string{"X-Fal-Object-Lifecycle", `7d`}, 400, "Lifecycle"},
		{v3, fine, []string{"X-Fal-Object-Lifecycle", `{"initial_acl":{"default":"deny"}}`}, 400, "Lifecycle"},
		{v3, fine, []string{"X-Fal-Object-Lifecycle",
			`{"initial_acl":{"rules":[{"user":"u","decision":""}]}}`}, 400, "Lifecycle"},
		{v3, fine, []string{"X-Fal-Object-Lifecycle",
			`{"expiration_duration_seconds":60,"initial_acl":{"default":"hide","rules":[{"user":"u","decision":"allow"}]}}`},
			200, "upload_url"},
	} {
		got := ask(t, s, "POST", storage+"initiate"+c.query, c.body, c.header...)
		if got.Code != c.code || !strings.Contains(got.Body, c.want) {
			t.Errorf("%s %s %q: %+v", c.query, c.body, c.header, got)
		}
	}
}

// TestStorageBounds: no more is kept than is to be, and what is kept is the newest.
func TestStorageBounds(t *testing.T) {
	s := faltest.New(t, faltest.WithStorage(1000), faltest.WithHistory(3))
	put := func(n int) (file string, code int) {
		u := initiate(t, s, "initiate")
		return u.File, ask(t, s, "PUT", u.Upload, strings.Repeat("x", n), noKey...).Code
	}
	there := func(file string) bool { return ask(t, s, "GET", file, "").Code == 200 }
	if _, code := put(1001); code != 413 {
		t.Errorf("more than there is room for: %d", code)
	}
	first, code := put(600)
	if code != 200 || !there(first) {
		t.Errorf("the first: %d", code)
	}
	second, code := put(500)
	if code != 200 || there(first) || !there(second) {
		t.Errorf("the second: %d", code)
	}
	third, _ := put(500)
	if !there(second) || !there(third) {
		t.Error("there is room for two")
	}
	for range 3 {
		put(0)
	}
	if there(second) || there(third) {
		t.Error("more files are kept than are to be")
	}
	u := initiate(t, s, "initiate-multipart")
	for n, want := range []int{200, 200, 413} {
		if got := ask(t, s, "PUT", u.at(fmt.Sprint(n+1)), strings.Repeat("x", 400), noKey...); got.Code != want {
			t.Errorf("part %d: %+v", n+1, got)
		}
	}
	for range 10 { // a part that is sent again takes no more room
		if got := ask(t, s, "PUT", u.at("2"), strings.Repeat("y", 500), noKey...); got.Code != 200 && got.Code != 413 {
			t.Errorf("%+v", got)
		}
	}
	if got := ask(t, s, "PUT", "/v3.fal.media/uploads/00000001/a", "x", noKey...); got.Code != 404 {
		t.Errorf("what was forgotten: %+v", got)
	}
}

// TestBrokenUpload: content that does not arrive whole is none.
func TestBrokenUpload(t *testing.T) {
	s := faltest.New(t)
	u := initiate(t, s, "initiate")
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: fake\r\nContent-Length: 7\r\n\r\ncon", u.Upload)
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if answer, err := io.ReadAll(conn); err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 400 ") {
		t.Errorf("it was taken: %q, %v", answer, err)
	}
	if got := ask(t, s, "GET", u.File, ""); got.Code != 404 {
		t.Errorf("there is a file: %+v", got)
	}
	s.On("").At(faltest.OpUpload, faltest.BadGateway()).Times(1)
	large := bytes.NewReader(make([]byte, 4<<20)) // more than fits on the wire before the answer
	req, err := http.NewRequestWithContext(t.Context(), "PUT", s.URL+u.Upload, large)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != 502 {
		t.Fatalf("%+v, %v", resp, err)
	}
	resp.Body.Close()
}

// TestMediaInputs: an input may name a file of the server only where there is one.
func TestMediaInputs(t *testing.T) {
	s := faltest.New(t)
	const id = "/fal.run/fal-ai/ltx-video-13b-distilled/multiconditioning"
	file := s.Store("a.png", []byte("image"))
	pending := initiate(t, s, "initiate")
	body := func(url string) string {
		return `{"prompt":"p","images":[{"image_url":"https://example.com/a.png"},{"image_url":"` + url + `"}]}`
	}
	if got := ask(t, s, "POST", id, body(file)); got.Code != 200 {
		t.Errorf("a file that is there: %+v", got)
	}
	for _, url := range []string{file + "x", s.URL + pending.File, s.URL + "/elsewhere"} {
		expect(t, ask(t, s, "POST", id, body(url)), 422, `{"detail":[{"loc":["body","images",1,"image_url"],`+
			`"msg":"there is no file at that URL","type":"file_download_error","input":"`+strings.TrimPrefix(url, s.URL)+`"}]}`)
	}
}

// TestMadeFiles: an output whose document has no example holds files that can be downloaded, and be inputs again.
func TestMadeFiles(t *testing.T) {
	s := faltest.New(t)
	made := func(s *faltest.Server, body string) (v struct {
		Video fal.Video
		Seed  int64
	}) {
		t.Helper()
		if err := json.Unmarshal([]byte(strings.ReplaceAll(ask(t, s, "POST", "/fal.run/fal-ai/stable-video", body).Body,
			`"/v3`, `"`+s.URL+`/v3`)), &v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	first := made(s, `{"image_url":"u"}`)
	size, _ := first.Video.FileSize.Get()
	got := ask(t, s, "GET", strings.TrimPrefix(first.Video.URL, s.URL), "")
	if got.Code != 200 || got.Header.Get("Content-Type") != "video/mp4" || int64(len(got.Body)) != size {
		t.Errorf("%+v is %d, %v", first, got.Code, got.Header)
	}
	if again := made(s, `{ "image_url" : "u" }`); again.Video.URL != first.Video.URL || again.Seed != first.Seed {
		t.Errorf("once %+v, once %+v", first, again)
	}
	if other := made(s, `{"image_url":"v"}`); other.Video.URL == first.Video.URL {
		t.Error("another input makes the same")
	}
	seeded := made(faltest.New(t, faltest.WithSeed(1)), `{"image_url":"u"}`)
	if strings.HasSuffix(seeded.Video.URL, first.Video.URL[len(first.Video.URL)-20:]) {
		t.Error("the seed changes nothing")
	}
	if _, err := video.New(s.Client()).Run(t.Context(), video.Input{VideoURL: fal.URL(first.Video.URL)}); err != nil {
		t.Error(err)
	}
	for _, place := range []string{"made/1.mp4", "made/zz00000000000000.mp4", "made/0000000000000000.exe"} {
		if got := ask(t, s, "GET", "/v3.fal.media/files/"+place, ""); got.Code != 404 {
			t.Errorf("%s: %+v", place, got)
		}
	}
}
