package proxy

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// fal's hosts that the JavaScript client calls (docs/protocol.md, section 1).
const (
	runHost   = "fal.run"
	queueHost = "queue.fal.run"
	restHost  = "rest.fal.ai"
)

const maxTarget = 8 << 10 // of a target's URL, in bytes; a GET has its input in it

var (
	anyMethod = []string{http.MethodGet, http.MethodPost, http.MethodPut}
	runs      = []string{http.MethodGet, http.MethodPost}
	gets      = []string{http.MethodGet}
	posts     = []string{http.MethodPost}
	puts      = []string{http.MethodPut}
)

// target is where a call is for, and may go.
type target struct {
	url      *url.URL
	lifetime string // the field of the body that says how long a token lives; "" where no token is asked for
}

// route returns the target that a URL names, if it may be called with that method. The URL is taken apart by hand, and
// only what is expected is put together again: nothing of it is left to how somebody else reads it.
func (p *proxy) route(method, raw string) (*target, *refusal) {
	if len(raw) > maxTarget {
		return nil, refuse(http.StatusRequestURITooLong, "The URL in x-fal-target-url is longer than %d bytes; send the "+
			"input with POST.", maxTarget)
	}
	rest, https := strings.CutPrefix(raw, "https://")
	host, rest, _ := strings.Cut(rest, "/")
	path, query, _ := strings.Cut(rest, "?")
	if !https || !slices.Contains([]string{runHost, queueHost, restHost}, host) {
		return nil, refuse(http.StatusBadRequest, "The URL in x-fal-target-url is not for fal: it must begin with "+
			"https://%s/, https://%s/ or https://%s/.", runHost, queueHost, restHost)
	}
	if !plainQuery(query) {
		return nil, refuse(http.StatusBadRequest, "The query in x-fal-target-url is not encoded as a query has to be.")
	}
	to := &target{url: &url.URL{Scheme: "https", Host: host, Path: "/" + path, RawQuery: query}}
	var methods []string
	var refused *refusal
	if host == restHost {
		methods, to.lifetime, refused = p.rest(path, query)
	} else {
		methods, refused = p.model(host, path)
	}
	if refused == nil && !slices.Contains(methods, method) {
		refused = wrongMethod(methods)
	}
	if refused != nil {
		return nil, refused
	}
	return to, nil
}

// plainQuery reports whether a query has only what a URL can have there, and reads the same everywhere.
func plainQuery(query string) bool {
	_, err := url.ParseQuery(query)
	return err == nil && !strings.ContainsFunc(query, func(r rune) bool {
		return !plain(r) && !strings.ContainsRune("%&=+*~!$'(),:@/?", r)
	})
}

// model returns the methods for a path of an endpoint or a job (docs/protocol.md, section 3.2).
func (p *proxy) model(host, path string) ([]string, *refusal) {
	parts, ok := split(path)
	if !ok {
		return nil, refuse(http.StatusBadRequest, "The path in x-fal-target-url is not an endpoint's: its parts are "+
			"letters, digits, '.', '_' and '-'.")
	}
	app, ok := appOf(parts)
	if !ok {
		return nil, refuse(http.StatusBadRequest, "The path in x-fal-target-url names no endpoint: want owner/app.")
	}
	if job, ok := strings.CutPrefix(path, app+"/requests/"); ok && host == queueHost {
		return p.job(app, job)
	}
	if host == queueHost {
		return posts, p.gate(path, p.endpoints.endpoint(path))
	}
	streamed := strings.TrimSuffix(path, "/stream") // which the client puts behind an id (docs/protocol.md, section 10)
	return runs, p.gate(streamed, p.endpoints.endpoint(path) || p.endpoints.endpoint(streamed))
}

// job returns the methods for a path below an app's requests (docs/protocol.md, sections 6.2 to 6.5).
func (p *proxy) job(app, path string) ([]string, *refusal) {
	_, what, _ := strings.Cut(path, "/") // after the request id
	switch what {
	case "", "status", "status/stream":
		return gets, p.gate(app, p.endpoints.jobsOf(app))
	case "cancel":
		return puts, p.gate(app, p.endpoints.jobsOf(app))
	}
	return nil, unknown()
}

func (p *proxy) gate(what string, open bool) *refusal {
	if open {
		return nil
	}
	return refuse(http.StatusForbidden, "%s is not among what may be called; the server lists that in "+
		"proxy.Config.Endpoints.", what)
}

// rest returns the methods for a path of the REST host, and the field that limits a token's life (docs/protocol.md,
// sections 11 and 12.1).
func (p *proxy) rest(path, query string) (methods []string, lifetime string, refused *refusal) {
	switch {
	case path == "tokens/" && query == "":
		return posts, "token_expiration", nil
	case path == "tokens/realtime" && query == "":
		return posts, "duration", nil
	case query != "storage_type=fal-cdn-v3":
	case path == "storage/upload/initiate", path == "storage/upload/initiate-multipart",
		path == "storage/upload/complete-multipart":
		if !p.uploads {
			return nil, "", refuse(http.StatusForbidden, "Files may not be uploaded; the server allows it with "+
				"proxy.Config.Uploads.")
		}
		return posts, "", nil
	}
	return nil, "", unknown()
}

func unknown() *refusal {
	return refuse(http.StatusForbidden, "The proxy does not pass this call on. It knows run, stream, submit, status, "+
		"result and cancel of endpoints, tokens for realtime, and uploads.")
}
