package fal

import (
	"fmt"
	"strings"
)

// InvalidIDError is returned for a malformed endpoint or request id, before anything is sent.
type InvalidIDError struct {
	Kind   string // "endpoint" or "request"
	ID     string
	Reason string
}

func (e *InvalidIDError) Error() string {
	return fmt.Sprintf("fal: %s id %q: %s", e.Kind, e.ID, e.Reason)
}

// Route is the parsed id of an endpoint, as URL paths without a leading slash (docs/protocol.md, section 3).
type Route struct {
	Path string // the whole id: run, stream, submit and sockets
	App  string // owner and app alone, with workflows or comfy before them: the URLs of jobs drop the rest
}

// ParseEndpointID parses an endpoint id: "owner/app[/path]", "workflows/owner/app[/path]", "comfy/owner/app[/path]", or
// the legacy "12345-app", which means "12345/app". It returns an [*InvalidIDError] for any other.
func ParseEndpointID(id string) (Route, error) {
	invalid := func(reason string) (Route, error) {
		return Route{}, &InvalidIDError{Kind: "endpoint", ID: id, Reason: reason}
	}
	parts := strings.Split(id, "/")
	if owner, app, ok := strings.Cut(id, "-"); ok && len(parts) == 1 && owner != "" && strings.Trim(owner, "0123456789") == "" {
		parts = []string{owner, app}
	}
	n := 2
	if parts[0] == "workflows" || parts[0] == "comfy" {
		n = 3
	}
	if len(parts) < n {
		return invalid("want owner/app, perhaps with a path, as the endpoint's page on fal.ai shows it " +
			"(workflows/owner/app and comfy/owner/app for those)")
	}
	for _, p := range parts {
		if reason := checkSegment(p); reason != "" {
			return invalid(reason)
		}
	}
	return Route{Path: strings.Join(parts, "/"), App: strings.Join(parts[:n], "/")}, nil
}

// checkRequestID keeps an id that came from a file or a message from pointing a request elsewhere.
func checkRequestID(id string) error {
	if reason := checkSegment(id); reason != "" {
		return &InvalidIDError{Kind: "request", ID: id, Reason: reason}
	}
	return nil
}

// checkSegment says what keeps s from being one element of a path, or "".
func checkSegment(s string) string {
	switch {
	case s == "":
		return "it is empty, or has an empty part"
	case s == "." || s == "..":
		return "it has a part that is only dots"
	case strings.ContainsFunc(s, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("._-", r))
	}):
		return "only letters, digits, '.', '_' and '-' can stand in a part of it"
	}
	return ""
}
