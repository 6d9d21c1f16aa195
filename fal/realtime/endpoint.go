package realtime

import (
	"path"
	"strings"

	"github.com/falgen/falgen/fal"
)

// endpoint is where fal serves an endpoint, and what its tokens call it (docs/protocol.md, sections 3 and 11).
type endpoint struct {
	id   string
	path string // without slashes around it
	app  string // without its owner
}

// parseEndpoint returns a *fal.InvalidIDError for what cannot be an endpoint's id.
func parseEndpoint(id string) (endpoint, error) {
	route, err := fal.ParseEndpointID(id)
	return endpoint{id: id, path: route.Path, app: path.Base(route.App)}, err
}

// socketPath is the path of the endpoint's socket; custom is that of WithPath, or nil.
func (e endpoint) socketPath(custom *string) (string, error) {
	switch {
	case custom == nil && strings.HasSuffix(e.path, "/realtime"):
		return e.path, nil
	case custom == nil:
		return e.path + "/realtime", nil
	}
	rest := strings.TrimPrefix(*custom, "/")
	if rest == "" {
		return e.path, nil
	}
	route, err := fal.ParseEndpointID(e.path + "/" + rest)
	return route.Path, err
}

// failed says what kept a call from getting an answer.
func (e endpoint) failed(op fal.Op, err error) error {
	return &fal.CallError{Op: op, EndpointID: e.id, Err: err}
}
