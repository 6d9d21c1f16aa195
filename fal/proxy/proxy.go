package proxy

import (
	"errors"
	"fmt"
	"log"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/falgen/falgen/fal"
)

const (
	targetHeader = "X-Fal-Target-Url"   // where the call is really for (docs/protocol.md, section 13)
	clientHeader = "X-Fal-Client-Proxy" // which proxy passed it on (docs/protocol.md, section 13)

	defaultMaxBody = 10 << 20
	maxHeader      = 16 << 10 // of what is passed on of a request's header
)

// Config sets who may call which endpoints. The zero Config allows nothing.
type Config struct {
	// Authenticate reports whether the caller may use the proxy, for example by the app's session. It must not read the
	// body, and must be safe for concurrent use. Nil rejects everyone; [Anyone] accepts everyone.
	Authenticate func(*http.Request) bool

	// Endpoints lists the allowed endpoints. An id, such as "fal-ai/flux/dev", allows that endpoint only. With the
	// suffix "/**", as in "fal-ai/flux/**", it allows the endpoint and all below it; "fal-ai/**" allows every endpoint
	// of an owner. An empty list allows none.
	Endpoints []string

	// Uploads allows callers to upload files to the storage of the key's account. The JavaScript client does so for each
	// Blob or File in an input.
	Uploads bool

	// MaxBody is the maximum size of a request body in bytes; 0 means 10 MiB. Inputs with data URIs are large.
	MaxBody int64
}

// Anyone is the [Config.Authenticate] of an app that is public: whoever finds it spends the key's money.
func Anyone(*http.Request) bool { return true }

// proxy is the handler that New returns.
type proxy struct {
	transport    http.RoundTripper
	authenticate func(*http.Request) bool
	endpoints    allowList
	uploads      bool
	maxBody      int64
}

// New returns a handler that forwards requests to fal with the key of client. Mount it on its own path. It is safe for
// concurrent use.
//
// It uses only the transport of the HTTP client of [fal.WithHTTPClient]: no cookie jar, timeout or redirect policy.
//
// New returns an error that wraps a [*fal.InvalidIDError] if an entry of cfg.Endpoints is malformed, and an error if
// client is nil or cfg.MaxBody is negative.
func New(client *fal.Client, cfg Config) (http.Handler, error) {
	if client == nil {
		return nil, errors.New("proxy: the client is nil; make one with fal.NewClient")
	}
	if cfg.MaxBody < 0 {
		return nil, fmt.Errorf("proxy: Config.MaxBody is %d; 0 is the default of %d bytes", cfg.MaxBody, defaultMaxBody)
	}
	endpoints, err := parseAllowList(cfg.Endpoints)
	if err != nil {
		return nil, fmt.Errorf("proxy: Config.Endpoints: %w", err)
	}
	p := &proxy{
		transport:    client.HTTPClient().Transport,
		authenticate: cfg.Authenticate,
		endpoints:    endpoints,
		uploads:      cfg.Uploads,
		maxBody:      cfg.MaxBody,
	}
	if p.maxBody == 0 {
		p.maxBody = defaultMaxBody
	}
	return p, nil
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begun := false // whether fal's answer is on its way
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if v != http.ErrAbortHandler {
			logger(r).Printf("fal/proxy: panic: %v\n%s", v, debug.Stack())
		}
		if v == http.ErrAbortHandler || begun { // a broken answer must not look like a whole one
			panic(http.ErrAbortHandler)
		}
		refuse(http.StatusInternalServerError, "The proxy failed; the server's log says how.").write(w)
	}()
	out, refused := p.admit(w, r)
	if refused != nil {
		refused.write(w)
		return
	}
	p.forward(w, out, &begun)
}

// admit returns the request to fal that r asks for, or why there is none.
func (p *proxy) admit(w http.ResponseWriter, r *http.Request) (*http.Request, *refusal) {
	if !slices.Contains(anyMethod, r.Method) {
		return nil, wrongMethod(anyMethod)
	}
	if p.authenticate == nil {
		return nil, refuse(http.StatusUnauthorized, "Nobody may call: this server has not set proxy.Config.Authenticate.")
	}
	if !p.authenticate(r) {
		return nil, refuse(http.StatusUnauthorized, "You may not call: sign in to this app first.")
	}
	targets := r.Header[targetHeader]
	if len(targets) != 1 {
		return nil, refuse(http.StatusBadRequest, "The request has %d x-fal-target-url headers, and needs one. "+
			"fal.config({proxyUrl}) has the JavaScript client set it.", len(targets))
	}
	to, refused := p.route(r.Method, targets[0])
	if refused != nil {
		return nil, refused
	}
	header := passedOn(r.Header)
	if size(header) > maxHeader {
		return nil, refuse(http.StatusRequestHeaderFieldsTooLarge, "The x-fal- headers are longer than %d bytes together.",
			maxHeader)
	}

	out := r.WithContext(r.Context()) // a copy: the caller's stays as it is
	out.URL, out.Host, out.Header, out.Trailer = to.url, "", header, nil
	if r.Method != http.MethodPost { // no other call has a body
		setBody(out, nil)
		return out, nil
	}
	if to.lifetime != "" {
		body, refused := p.tokenRequest(w, r, to.lifetime)
		if refused != nil {
			return nil, refused
		}
		setBody(out, body)
		return out, nil
	}
	if r.ContentLength > p.maxBody {
		return nil, tooLong(p.maxBody)
	}
	out.Body = http.MaxBytesReader(w, r.Body, p.maxBody)
	return out, nil
}

// passedOn returns what goes to fal of a request's header: nothing of the app's own, such as cookies.
func passedOn(in http.Header) http.Header {
	out := http.Header{clientHeader: {"falgen/proxy"}}
	for name, values := range in {
		switch name {
		case targetHeader, clientHeader:
		case "User-Agent", "Accept", "Content-Type", "Connection": // httputil takes out what the last one names, and it
			out[name] = values
		case "Authorization":
			// Another scheme than fal's is the app's own, and none of fal's business (docs/protocol.md, section 2).
			if len(values) == 1 && strings.HasPrefix(values[0], "Key ") {
				out[name] = values
			}
		default:
			if strings.HasPrefix(name, "X-Fal-") {
				out[name] = values
			}
		}
	}
	return out
}

// size is the length of a header, in bytes.
func size(h http.Header) int {
	n := 0
	for name, values := range h {
		for _, v := range values {
			n += len(name) + len(v)
		}
	}
	return n
}

// logger returns the log of the server that r came to.
func logger(r *http.Request) *log.Logger {
	if s, ok := r.Context().Value(http.ServerContextKey).(*http.Server); ok && s.ErrorLog != nil {
		return s.ErrorLog
	}
	return log.Default()
}
