package faltest

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/falgen/falgen/fal"
)

const maxTokenLife = 365 * 24 * 60 * 60 // seconds

// tokens makes the tokens of sockets and knows them again, so that none has to be kept.
type tokens struct{ secret []byte }

func newTokens() tokens {
	t := tokens{make([]byte, sha256.Size)}
	_, _ = rand.Read(t.secret) // it cannot fail
	return t
}

// claims is what a token says.
type claims struct {
	Apps    []string `json:"allowed_apps"`
	Expires int64    `json:"exp"` // Unix time in seconds
}

var tokenCode = base64.RawURLEncoding

func (t tokens) issue(apps []string, seconds int64) (string, error) {
	body, err := json.Marshal(claims{apps, time.Now().Unix() + seconds + 1}) // rather longer than shorter
	if err != nil {
		return "", err
	}
	text := tokenCode.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + tokenCode.EncodeToString(body)
	return text + "." + t.sign(text), nil
}

func (t tokens) sign(text string) string {
	mac := hmac.New(sha256.New, t.secret)
	_, _ = mac.Write([]byte(text))
	return tokenCode.EncodeToString(mac.Sum(nil))
}

// allow reports whether a token is ours, for that app, and not too old.
func (t tokens) allow(token, app string) bool {
	i := max(strings.LastIndexByte(token, '.'), 0)
	text, signature := token[:i], strings.TrimPrefix(token[i:], ".")
	if !hmac.Equal([]byte(signature), []byte(t.sign(text))) {
		return false
	}
	_, body, _ := strings.Cut(text, ".")
	var c claims
	decoded, err := tokenCode.DecodeString(body)
	return err == nil && json.Unmarshal(decoded, &c) == nil && slices.Contains(c.Apps, app) &&
		time.Now().Unix() < c.Expires
}

// realtimeToken hands out a token for the sockets of some apps, as the JSON text that fal's is (docs/protocol.md,
// section 11).
func (s *Server) realtimeToken(c *call) reply {
	var body struct {
		Apps    []string `json:"allowed_apps"`
		Seconds int64    `json:"token_expiration"`
	}
	var wrong []fal.FieldError
	if err := json.Unmarshal(c.body, &body); err != nil {
		return refuse(notJSON(err))
	}
	if len(body.Apps) == 0 {
		wrong = append(wrong, fal.FieldError{
			Loc: fal.Loc{"body", "allowed_apps"}, Type: "missing", Msg: "must name an app, without its owner",
		})
	}
	if body.Seconds < 1 || body.Seconds > maxTokenLife {
		wrong = append(wrong, fal.FieldError{
			Loc: fal.Loc{"body", "token_expiration"}, Type: "value_error", Msg: "must be from a second to a year, in seconds",
		})
	}
	if wrong != nil {
		return refuse(wrong...)
	}
	token, err := s.tokens.issue(body.Apps, body.Seconds)
	if err != nil {
		return detail(http.StatusInternalServerError, "%v", err)
	}
	return Answer{Code: http.StatusOK, Body: json.RawMessage(`"` + token + `"`)}
}
