package faltest

import (
	"net/http"
	"net/url"
	"slices"
)

// throughProxy returns the request that r, made as if to a proxy, is meant to be, or why there is none. Such a request
// says in a header where it is for, and the proxy would add the key (docs/protocol.md, section 13).
func throughProxy(r *http.Request) (meant *http.Request, refusal *Answer) {
	target, err := url.Parse(r.Header.Get("X-Fal-Target-Url"))
	if err != nil || target.Scheme != "https" || target.User != nil || target.Fragment != "" ||
		!slices.Contains([]string{"fal.run", "queue.fal.run", "rest.fal.ai"}, target.Host) {
		refused := detail(http.StatusBadRequest, "x-fal-target-url is no URL of fal's: it begins with https:// and fal.run, "+
			"queue.fal.run or rest.fal.ai")
		return r, &refused
	}
	meant = r.WithContext(r.Context())
	meant.URL = &url.URL{Path: "/" + target.Host + target.Path, RawQuery: target.RawQuery}
	return meant, nil
}
