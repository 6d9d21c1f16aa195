package proxy

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"slices"
	"strings"
)

// forward sends a request to fal and passes the answer on as it comes. It sets begun as soon as there is one.
func (p *proxy) forward(w http.ResponseWriter, r *http.Request, begun *bool) {
	to := r.URL
	forwarder := httputil.ReverseProxy{
		Transport:     p.transport, // which follows no redirects
		FlushInterval: -1,          // each event as it comes
		ErrorLog:      logger(r),
		Rewrite: func(pr *httputil.ProxyRequest) {
			pr.Out.URL = to // as it is: what was checked is what is sent
		},
		ModifyResponse: func(resp *http.Response) error {
			if resp.StatusCode < 200 || resp.StatusCode >= 300 && resp.StatusCode < 400 {
				return fmt.Errorf("the answer is %s, which leads elsewhere", resp.Status)
			}
			clean(resp.Header)
			*begun = true
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			if over := new(http.MaxBytesError); errors.As(err, &over) {
				tooLong(over.Limit).write(w)
				return
			}
			if r.Context().Err() == nil { // otherwise it is the caller who has gone
				logger(r).Printf("fal/proxy: %s https://%s%s: %v", r.Method, to.Host, to.Path, err)
			}
			refuse(http.StatusBadGateway, "There is no answer from fal; the server's log says why.").write(w)
		},
	}
	forwarder.ServeHTTP(w, r)
}

// noStore is the Cache-Control of every answer: all calls have the one URL, so that a cache on the way would take the
// answer to one for the answer to another.
const noStore = "no-store"

// ofTheSite are headers that tell a browser something about the whole site that they come from. The site that it sees
// is the app, for which fal cannot speak.
var ofTheSite = []string{
	"Set-Cookie", "Www-Authenticate", "Strict-Transport-Security", "Alt-Svc", "Clear-Site-Data",
	"Nel", "Report-To", "Reporting-Endpoints",
}

// clean takes out of the header of an answer what is not for the app's browsers.
func clean(h http.Header) {
	for name := range h {
		if slices.Contains(ofTheSite, name) || strings.HasPrefix(name, "Access-Control-") {
			delete(h, name)
		}
	}
	h.Set("Cache-Control", noStore)
}

// setBody gives a request a body of ours.
func setBody(r *http.Request, body []byte) {
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
}
