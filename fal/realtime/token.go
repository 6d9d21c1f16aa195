package realtime

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/falgen/falgen/fal"
)

// maxLifetime keeps a token that has got into the wrong hands from being of use for long.
const maxLifetime = time.Hour

// Token creates a token that lets its holder connect to the endpoint's app without the key. lifetime is 1 second to 1
// hour, in whole seconds; fal's own clients use two minutes. An open connection may outlive its token.
// (docs/protocol.md, section 11)
//
// It sends one request with the client's key, with a limit of 90 seconds.
//
// It returns a [*fal.InvalidIDError], a [*fal.APIError] or a [*fal.CallError]; an invalid lifetime is a plain error.
func Token(ctx context.Context, client *fal.Client, endpointID string, lifetime time.Duration) (string, error) {
	if lifetime < time.Second || lifetime > maxLifetime {
		return "", fmt.Errorf("realtime: Token was given a lifetime of %v; it goes from 1s to %v", lifetime, maxLifetime)
	}
	e, err := parseEndpoint(endpointID)
	if err != nil {
		return "", err
	}
	return e.token(ctx, client, lifetime)
}

func (e endpoint) token(caller context.Context, client *fal.Client, lifetime time.Duration) (string, error) {
	const target = "https://rest.fal.ai/tokens/" // it is not found without the last slash
	failed := func(err error) (string, error) { return "", e.failed("token", err) }
	if caller == nil || client == nil {
		return failed(errNothingToCallWith)
	}
	body, err := json.Marshal(struct {
		Apps    []string `json:"allowed_apps"`
		Seconds int64    `json:"token_expiration"`
	}{[]string{e.app}, int64(lifetime / time.Second)})
	if err != nil {
		return failed(err)
	}
	ctx, cancel := context.WithTimeout(caller, openBudget)
	defer cancel()
	var hidden secrets
	req, err := http.NewRequestWithContext(hidden.watch(ctx), http.MethodPost, target, bytes.NewReader(body))
	if err != nil {
		return failed(err)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("Content-Type", "application/json")
	resp, err := client.HTTPClient().Do(req)
	if err != nil {
		return failed(callError(caller, ctx, err))
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return "", fal.NewAPIError(e.id, resp, []byte(hidden.hide(string(answer))))
	}
	if err != nil {
		return failed(callError(caller, ctx, err))
	}
	token, ok := readToken(answer)
	if !ok {
		// The answer is not shown: it may hold a token all the same.
		return failed(errors.New("the answer holds no token: it is neither a text nor an object with one as token or detail"))
	}
	return token, nil
}

// readToken reads a token in the three forms that there are: alone, from fal, and in an object, from proxies.
func readToken(answer []byte) (string, bool) {
	var token string
	var object struct{ Token, Detail string }
	switch {
	case json.Unmarshal(answer, &token) == nil && token != "":
		return token, true
	case json.Unmarshal(answer, &object) != nil:
		return "", false
	case object.Token != "":
		return object.Token, true
	}
	return object.Detail, object.Detail != ""
}
