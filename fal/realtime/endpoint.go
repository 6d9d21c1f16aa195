package realtime

import (
	"context"
	"errors"
	"strings"

	"github.com/falgen/falgen/fal"
)

// endpoint is where fal serves an endpoint, and what its tokens call it (protocol: sections 3 and 11).
type endpoint struct {
	id   string
	path string // without slashes around it
	app  string // without its owner
}

// parseEndpoint returns a *fal.InvalidIDError for what cannot be an endpoint's id.
func parseEndpoint(id string) (endpoint, error) {
	if err := checkID(id); err != nil {
		return endpoint{}, err
	}
	e := endpoint{id: id, path: id}
	if !strings.Contains(id, "/") {
		e.path = strings.Replace(id, "-", "/", 1) // the old form: 12345-app
	}
	parts := strings.Split(e.path, "/")
	e.app = parts[1]
	if parts[0] == "workflows" || parts[0] == "comfy" {
		e.app = parts[2]
	}
	return e, nil
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
	return e.path + "/" + rest, checkID(e.path + "/" + rest)
}

// checkID asks fal what ids there can be: a call without a client looks at the id, and has nothing to send with.
func checkID(id string) error {
	_, err := fal.NewEndpoint[struct{}, struct{}](nil, id).Run(context.Background(), struct{}{})
	var invalid *fal.InvalidIDError
	if errors.As(err, &invalid) {
		return invalid
	}
	return nil
}

// failed says what kept a call from getting an answer.
func (e endpoint) failed(op string, err error) error {
	return &fal.CallError{Op: op, EndpointID: e.id, Err: err}
}
