package proxy

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
)

const (
	maxTokenRequest = 16 << 10
	maxLifetime     = 300 // of a token, in seconds; the JavaScript client asks for 120
)

// tokenRequest reads what a token is asked for, and returns the body that asks fal for just that: written anew, so that
// fal cannot read it as something else than what was checked. A token is for apps, not for endpoints.
func (p *proxy) tokenRequest(w http.ResponseWriter, r *http.Request, lifetime string) ([]byte, *refusal) {
	data, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxTokenRequest))
	if errors.As(err, new(*http.MaxBytesError)) {
		return nil, tooLong(maxTokenRequest)
	}
	var fields map[string]json.RawMessage
	var apps []string
	var seconds int
	if err != nil || json.Unmarshal(data, &fields) != nil || len(fields) != 2 ||
		json.Unmarshal(fields["allowed_apps"], &apps) != nil || json.Unmarshal(fields[lifetime], &seconds) != nil {
		return nil, refuse(http.StatusBadRequest, "The body does not ask for a token: want {\"allowed_apps\": [names], "+
			"%q: seconds} and nothing else.", lifetime)
	}
	if seconds < 1 || seconds > maxLifetime {
		return nil, refuse(http.StatusForbidden, "%s is %d: a token may live for 1 to %d seconds.", lifetime, seconds,
			maxLifetime)
	}
	if len(apps) == 0 {
		return nil, refuse(http.StatusForbidden, "allowed_apps is empty: a token has to be for an app.")
	}
	for _, name := range apps {
		app, ok := tokenApp(name)
		if !ok {
			return nil, refuse(http.StatusBadRequest, "allowed_apps has something that is neither an app's name nor an "+
				"endpoint's id.")
		}
		if !p.endpoints.whole(app) {
			return nil, refuse(http.StatusForbidden, "There are no tokens for %s: a token is good for all of an app, and "+
				"the server does not allow all of this one. It would with owner/app/** in proxy.Config.Endpoints.", name)
		}
	}
	body, err := json.Marshal(map[string]any{"allowed_apps": apps, lifetime: seconds})
	if err != nil {
		panic(err) // strings and a number always encode
	}
	return body, nil
}

// tokenApp returns the app that a token is asked for: by its name alone, or by an id (docs/protocol.md, section 11).
func tokenApp(name string) (string, bool) {
	parts, ok := split(name)
	if ok && len(parts) == 1 {
		return name, true
	}
	if !ok {
		return "", false
	}
	return appOf(parts)
}
