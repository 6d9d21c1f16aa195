package proxy

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// refusal is an answer of the proxy's own.
type refusal struct {
	code   int
	detail string
	allow  []string // the methods to use instead, with a 405
}

func refuse(code int, format string, args ...any) *refusal {
	return &refusal{code: code, detail: fmt.Sprintf(format, args...)}
}

func wrongMethod(want []string) *refusal {
	r := refuse(http.StatusMethodNotAllowed, "This takes %s.", strings.Join(want, " or "))
	r.allow = want
	return r
}

func tooLong(limit int64) *refusal {
	return refuse(http.StatusRequestEntityTooLarge, "The body is longer than %d bytes. Upload what is large and send its "+
		"URL; the server sets the limit in proxy.Config.MaxBody.", limit)
}

// write answers in the form of fal's own errors. The JavaScript client shows the message and not the detail
// (docs/protocol.md, section 7.2).
func (r *refusal) write(w http.ResponseWriter) {
	body, err := json.Marshal(map[string]string{"detail": r.detail, "message": r.detail})
	if err != nil {
		panic(err) // strings always encode
	}
	if r.allow != nil {
		w.Header().Set("Allow", strings.Join(r.allow, ", "))
	}
	w.Header().Set("Cache-Control", noStore)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(r.code)
	_, _ = w.Write(body) // the caller may have gone
}
