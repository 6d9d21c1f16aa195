package faltest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/falgen/falgen/fal"
)

// uploadsPath is where presigned URLs lead.
const uploadsPath = mediaHost + "uploads/"

func (s *Server) routeREST(c *call, path string) {
	switch c.Method + " " + path {
	case "POST storage/upload/initiate", "POST storage/upload/initiate-multipart":
		c.op, c.answer = OpInitiate, s.initiate
	case "POST tokens/":
		c.op, c.answer = OpRealtimeToken, s.realtimeToken
	case "POST storage/auth/token":
		c.op, c.answer = OpToken, s.cdnToken
	case "GET .well-known/jwks.json":
		c.op, c.access, c.answer = OpKeys, public, s.hooks.jwks
	}
}

// routeMedia: a file's place is an id and a name, and what follows it is a matter of its upload.
func (s *Server) routeMedia(c *call, path string) {
	switch c.Method + " " + path {
	case "POST files/upload":
		c.op, c.access, c.answer = OpUpload, withToken, s.cdnUpload
		return
	case "POST files/upload/multipart":
		c.op, c.access, c.answer = OpInitiate, withToken, s.cdnInitiate
		return
	}
	kind, rest, _ := strings.Cut(path, "/")
	id, rest, _ := strings.Cut(rest, "/")
	name, tail, _ := strings.Cut(rest, "/")
	access := presigned
	if kind == "files" {
		access = withToken
		var ok bool
		if tail, ok = strings.CutPrefix(tail, "multipart/"+id+"/"); !ok && tail != "" {
			return
		}
	}
	if n, err := strconv.Atoi(tail); err == nil && n > 0 {
		c.part, tail = n, "N"
	}
	switch kind + " " + c.Method + " " + tail {
	case "files GET ", "files HEAD ":
		c.op, access, c.answer = OpDownload, public, s.download
	case "uploads PUT ":
		c.op, c.answer = OpUpload, s.upload
	case "uploads PUT N", "files PUT N":
		c.op, c.answer = OpPart, s.upload
	case "uploads POST complete", "files POST complete":
		c.op, c.answer = OpComplete, s.complete
	default:
		return
	}
	c.access, c.place = access, id+"/"+name
}

// initiate hands out the URL to upload a file to and the URL that the file will have (docs/protocol.md, section 12.1).
func (s *Server) initiate(c *call) reply {
	if storage := c.URL.Query().Get("storage_type"); storage != "fal-cdn-v3" {
		return detail(http.StatusBadRequest, "storage_type is %q, and should be fal-cdn-v3", storage)
	}
	var body struct {
		ContentType *string `json:"content_type"`
		FileName    *string `json:"file_name"`
	}
	if err := json.Unmarshal(c.body, &body); err != nil {
		return refuse(notJSON(err))
	}
	for _, field := range []struct {
		name  string
		value *string
	}{{"content_type", body.ContentType}, {"file_name", body.FileName}} {
		if field.value == nil || *field.value == "" {
			return refuse(fal.FieldError{Loc: fal.Loc{"body", field.name}, Type: "missing", Msg: "is required"})
		}
	}
	o := s.store.create(*body.FileName, *body.ContentType, strings.HasSuffix(c.URL.Path, "-multipart"), true)
	u := url.URL{Path: uploadsPath + o.place, RawQuery: o.signature.Encode()}
	return Answer{Code: http.StatusOK, Body: map[string]string{
		"upload_url": s.URL + u.String(), "file_url": s.store.fileURL(o.place),
	}}
}

// addressed returns the upload that a request is about, or the refusal.
func (s *Server) addressed(c *call) (*object, *Answer) {
	o := s.store.find(c.place)
	var refused Answer
	switch {
	case o == nil || c.access == withToken && o.signature != nil:
		refused = detail(http.StatusNotFound, "There is no such upload")
	case c.access == presigned && !reflect.DeepEqual(o.signature, c.URL.Query()):
		refused = detail(http.StatusForbidden, "The signature does not match: the URL's query is to come back as it was")
	case o.multipart != (c.op == OpPart || c.op == OpComplete):
		refused = detail(http.StatusBadRequest, "An upload in parts needs initiate-multipart, and one at once initiate")
	default:
		return o, nil
	}
	return nil, &refused
}

// upload takes the content of a file, or a part of it.
func (s *Server) upload(c *call) reply {
	o, refusal := s.addressed(c)
	if refusal != nil {
		return *refusal
	}
	etag, refusal := s.take(c, o)
	if refusal != nil {
		return *refusal
	}
	a := Answer{Code: http.StatusOK}
	if c.part > 0 {
		a.Body = part{c.part, strconv.Quote(etag)}
	}
	return a.with("Etag", strconv.Quote(etag))
}

// part is one of an upload, as fal describes it and is told of it.
type part struct {
	Number int    `json:"partNumber"`
	Etag   string `json:"etag"`
}

func (s *Server) take(c *call, o *object) (etag string, refusal *Answer) {
	got, err := s.store.read(o, c.Body)
	if err != nil {
		code := http.StatusBadRequest
		if errors.Is(err, errTooLarge) {
			code = http.StatusRequestEntityTooLarge
		} else if errors.Is(err, errForgotten) {
			code = http.StatusInsufficientStorage
		}
		refused := detail(code, "The file was not stored: %v", err)
		return "", &refused
	}
	s.store.put(o, c.part, got)
	return got.etag, nil
}

// complete joins the parts of an upload: all that were sent, in order, by the etags that they were given.
func (s *Server) complete(c *call) reply {
	o, refusal := s.addressed(c)
	if refusal != nil {
		return *refusal
	}
	var body struct {
		Parts []part `json:"parts"`
	}
	if err := json.Unmarshal(c.body, &body); err != nil {
		return refuse(notJSON(err))
	}
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	if o.whole { // a client that did not see the answer asks again
		return Answer{Code: http.StatusOK, Body: map[string]string{"etag": strconv.Quote(o.content.etag)}}
	}
	var whole content
	hash := sha256.New()
	for i, p := range body.Parts {
		sent, ok := o.parts[p.Number]
		switch {
		case i > 0 && p.Number <= body.Parts[i-1].Number:
			before := body.Parts[i-1].Number
			return detail(http.StatusBadRequest, "Part %d comes after part %d: they are to ascend", p.Number, before)
		case !ok:
			return detail(http.StatusBadRequest, "Part %d was not uploaded", p.Number)
		case strings.Trim(p.Etag, `"`) != sent.etag:
			return detail(http.StatusBadRequest, "Part %d has the etag %q, not %s", p.Number, sent.etag, p.Etag)
		}
		whole.pieces, whole.size = append(whole.pieces, sent.pieces...), whole.size+sent.size
		fmt.Fprintln(hash, sent.etag)
	}
	if len(body.Parts) != len(o.parts) || len(o.parts) == 0 {
		return detail(http.StatusBadRequest, "%d parts were uploaded, and %d are named", len(o.parts), len(body.Parts))
	}
	whole.etag = hex.EncodeToString(hash.Sum(nil)[:16])
	o.content, o.whole, o.parts = whole, true, nil
	return Answer{Code: http.StatusOK, Body: map[string]string{"etag": strconv.Quote(whole.etag)}}
}

// cdnToken hands out the token of the CDN (docs/protocol.md, section 12.2).
func (s *Server) cdnToken(c *call) reply {
	return Answer{Code: http.StatusOK, Body: map[string]string{
		"token": s.store.token, "token_type": cdnScheme, "base_url": s.URL + strings.TrimSuffix(mediaHost, "/"),
		"expires_at": time.Now().Add(time.Hour).UTC().Format(time.RFC3339),
	}}
}

func (s *Server) cdnCreate(c *call, multipart bool) *object {
	name, contentType := c.Header.Get("X-Fal-File-Name"), c.Header.Get("Content-Type")
	if contentType == "" {
		contentType = "application/octet-stream"
	}
	return s.store.create(name, contentType, multipart, false)
}

// cdnUpload takes a file at once.
func (s *Server) cdnUpload(c *call) reply {
	o := s.cdnCreate(c, false)
	if _, refusal := s.take(c, o); refusal != nil {
		return *refusal
	}
	return Answer{Code: http.StatusOK, Body: map[string]string{"access_url": s.store.fileURL(o.place)}}
}

// cdnInitiate makes room for a file in parts.
func (s *Server) cdnInitiate(c *call) reply {
	o := s.cdnCreate(c, true)
	id, _, _ := strings.Cut(o.place, "/")
	return Answer{Code: http.StatusOK, Body: map[string]string{"access_url": s.store.fileURL(o.place), "uploadId": id}}
}
