package proxy

import (
	"slices"
	"strings"

	"github.com/falgen/falgen/fal"
)

// allowList is the endpoints that may be called.
type allowList []allowed

// allowed is an entry of Config.Endpoints.
type allowed struct {
	id    string
	below bool   // whether it allows what is below id, too
	app   string // of id: its owner and app; "" where id is too short to name one
}

func parseAllowList(entries []string) (allowList, error) {
	var list allowList
	for _, entry := range entries {
		invalid := func(reason string) (allowList, error) {
			return nil, &fal.InvalidIDError{Kind: "endpoint", ID: entry, Reason: reason}
		}
		id, below := strings.CutSuffix(entry, "/**")
		parts, ok := split(id)
		if !ok {
			return invalid("want an endpoint's id, perhaps with /** behind it; " +
				"its parts are letters, digits, '.', '_' and '-'")
		}
		app, ok := appOf(parts)
		if !ok && !below {
			return invalid("it names no app; want owner/app, or owner/** for all of an owner")
		}
		list = append(list, allowed{id, below, app})
	}
	return list, nil
}

// endpoint reports whether the endpoint of that id may be called.
func (l allowList) endpoint(id string) bool {
	return slices.ContainsFunc(l, func(a allowed) bool { return a.covers(id) })
}

// jobsOf reports whether an endpoint of an app may be called: a job's URL says no more than its app (docs/protocol.md,
// section 3.2).
func (l allowList) jobsOf(app string) bool {
	return slices.ContainsFunc(l, func(a allowed) bool { return a.app == app || a.covers(app) })
}

// whole reports whether all endpoints of an app may be called. The app may be named without its owner, as tokens do
// (docs/protocol.md, section 11). Then the entry must name that app: one for a whole owner would allow the apps of
// others.
func (l allowList) whole(app string) bool {
	return slices.ContainsFunc(l, func(a allowed) bool {
		if !strings.Contains(app, "/") {
			return a.below && a.id == a.app && strings.HasSuffix(a.app, "/"+app)
		}
		return a.below && a.covers(app)
	})
}

func (a allowed) covers(id string) bool {
	return id == a.id || a.below && strings.HasPrefix(id, a.id+"/")
}

// split takes a path without a leading slash apart. It is false of one with a part that is empty, only dots, or has a
// character that could mean something to whoever reads the path next.
func split(path string) ([]string, bool) {
	parts := strings.Split(path, "/")
	for _, p := range parts {
		if strings.Trim(p, ".") == "" || strings.ContainsFunc(p, func(r rune) bool { return !plain(r) }) {
			return nil, false
		}
	}
	return parts, true
}

func plain(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '.' || r == '_' || r == '-'
}

// appOf is the beginning of an id that names its app (docs/protocol.md, section 3.1). It is false of an id that is too
// short.
func appOf(parts []string) (string, bool) {
	n := 2
	if parts[0] == "workflows" || parts[0] == "comfy" {
		n = 3
	}
	if len(parts) < n {
		return "", false
	}
	return strings.Join(parts[:n], "/"), true
}
