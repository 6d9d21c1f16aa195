package faltest

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"

	"github.com/falgen/falgen/fal"
)

// Server is a fake of fal that listens on a loopback port, unless [WithURL] is given. It is safe for concurrent use.
type Server struct {
	URL string // for fal.WithBaseURL

	t         testing.TB // nil where Start made it
	config    *config
	endpoints *endpoints
	listener  *httptest.Server // nil with WithURL
	client    *http.Client     // of Client
	store     *store
	hooks     *hooks
	tokens    tokens
	open      context.Context // until Close
	stop      context.CancelFunc
	talks     sync.WaitGroup // of sockets

	mu      sync.Mutex
	issued  int        // request ids
	rng     *rand.Rand // of WithFailRate
	jobs    jobs
	history history
	rules   []*Rule
}

// New starts a server that is closed when the test ends. It fails the test if [Start] returns an error.
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

// Start starts a server. Close it with [Server.Close]. It returns an error if an option is invalid.
func Start(opts ...Option) (*Server, error) {
	c, err := newConfig(opts)
	if err != nil {
		return nil, err
	}
	known, err := readEndpoints(c.specs)
	if err != nil {
		return nil, err
	}
	return serve(c, known)
}

func serve(c *config, known *endpoints) (*Server, error) {
	hooks, err := newHooks(c)
	if err != nil {
		return nil, err
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 256
	s := &Server{
		URL: c.url, config: c, endpoints: known, hooks: hooks, tokens: newTokens(),
		client: &http.Client{Transport: transport},
		jobs:   newJobs(c.history), history: history{limit: c.history},
		rng: rand.New(rand.NewPCG(c.seed, 0)),
	}
	s.open, s.stop = context.WithCancel(context.Background())
	if c.url == "" {
		s.listener = httptest.NewUnstartedServer(s)
		s.URL = "http://" + s.listener.Listener.Addr().String()
	}
	s.store = newStore(s.URL, c)
	if s.listener != nil {
		s.listener.Start()
	}
	return s, nil
}

// Close stops the server and everything that is pending, including webhooks. It may be called twice.
func (s *Server) Close() {
	s.mu.Lock()
	s.stop()
	s.mu.Unlock()
	s.client.CloseIdleConnections()
	if s.listener != nil {
		s.listener.Close()
	}
	s.talks.Wait()
	s.hooks.close()
}

// Client returns a client of the server. The options go on top of the base URL, a key and an HTTP client that Close
// disconnects. One that fal.NewClient refuses ends the test, or, where there is none, panics.
func (s *Server) Client(opts ...fal.ClientOption) *fal.Client {
	own := []fal.ClientOption{fal.WithBaseURL(s.URL), fal.WithKey("faltest"), fal.WithHTTPClient(s.client)}
	c, err := fal.NewClient(append(own, opts...)...)
	if err != nil {
		s.fatal(err)
	}
	return c
}

// fatal ends the test, or panics where there is none: the caller's code is wrong.
func (s *Server) fatal(err error) {
	if s.t == nil {
		panic(err)
	}
	s.t.Helper()
	s.t.Fatal(err)
}

// Endpoints returns the sorted ids of the served endpoints, without those whose documents turned out to be invalid.
func (s *Server) Endpoints() []string { return s.endpoints.ids() }

// Skipped returns an error for each document that cannot be served. It reads all documents, which may take a moment.
func (s *Server) Skipped() []error {
	found := s.endpoints.skipped
	for _, id := range slices.Sorted(maps.Keys(s.endpoints.byID)) {
		if err := s.endpoints.byID[id].load(); err != nil {
			found = append(found[:len(found):len(found)], err)
		}
	}
	return found
}

var errClosed = errors.New("faltest: the server is closed")
