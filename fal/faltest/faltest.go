package faltest

import (
	"io/fs"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/specs"
)

// Server is a fake fal on a port of this machine. It is safe for concurrent use.
type Server struct {
	URL string // for fal.WithBaseURL

	t         testing.TB // nil where Start made it
	http      *httptest.Server
	endpoints map[string]*endpoint

	mu       sync.Mutex
	issued   int // request ids
	jobs     map[string]*job
	requests []Request
}

// Option is an option of [New] and [Start].
type Option func(*config)

type config struct {
	documents fs.FS // nil for our own
}

// WithDocuments serves the endpoints that fsys describes, instead of those that come with falgen. Each of its files
// that end in .json, at any depth, holds the OpenAPI document of one endpoint.
func WithDocuments(fsys fs.FS) Option {
	return func(c *config) { c.documents = fsys }
}

// New starts a server that is closed when the test ends. A document that cannot be served ends the test.
func New(t testing.TB, opts ...Option) *Server {
	t.Helper()
	s, err := Start(opts...)
	if err != nil {
		t.Fatal(err)
	}
	s.t = t
	t.Cleanup(s.Close)
	return s
}

// Start starts a server, to be closed with [Server.Close]. It returns an error where a document cannot be served.
func Start(opts ...Option) (*Server, error) {
	var c config
	for _, o := range opts {
		if o != nil {
			o(&c)
		}
	}
	read := builtin
	if c.documents != nil {
		read = func() (map[string]*endpoint, error) { return readDocuments(c.documents) }
	}
	endpoints, err := read()
	if err != nil {
		return nil, err
	}
	return serve(endpoints), nil
}

// builtin reads our own documents, once: servers only look at them.
var builtin = sync.OnceValues(func() (map[string]*endpoint, error) { return readDocuments(specs.FS) })

func serve(endpoints map[string]*endpoint) *Server {
	s := &Server{endpoints: endpoints, jobs: map[string]*job{}}
	s.http = httptest.NewServer(s.handler())
	s.URL = s.http.URL
	return s
}

// Close stops the server once the requests that it is answering are answered. It may be called twice.
func (s *Server) Close() { s.http.Close() }

// Client returns a client of the server. The options go on top of the base URL, a key and an HTTP client that Close
// disconnects. One that fal.NewClient refuses ends the test, or, where there is none, panics.
func (s *Server) Client(opts ...fal.ClientOption) *fal.Client {
	own := []fal.ClientOption{fal.WithBaseURL(s.URL), fal.WithKey("faltest"), fal.WithHTTPClient(s.http.Client())}
	c, err := fal.NewClient(append(own, opts...)...)
	if err == nil {
		return c
	}
	if s.t == nil {
		panic(err)
	}
	s.t.Helper()
	s.t.Fatal(err)
	return nil
}

// Request is one that the server has received.
type Request struct {
	Method string
	Path   string // with the host that it would have gone to, such as "queue.fal.run/fal-ai/rife/video"
	Query  url.Values
	Header http.Header
	Body   []byte
}

// Requests returns the requests received so far, in order, with those that were refused.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}
