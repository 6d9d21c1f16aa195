package jsoracle

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// exchange is a request as it is compared, or the outcome of a scenario.
type exchange struct {
	line   string // such as "POST fal.run/fal-ai/flux/dev"
	fields map[string]string
}

// read takes a request apart.
func read(r *http.Request) (exchange, error) {
	x := exchange{r.Method + " " + strings.TrimPrefix(r.URL.EscapedPath(), "/"), map[string]string{}}
	for name, values := range r.Header {
		x.fields["header."+name] = strings.Join(values, ", ")
	}
	if len(r.TransferEncoding) > 0 { // net/http takes it out of the header
		x.fields["header.Transfer-Encoding"] = strings.Join(r.TransferEncoding, ", ")
	}
	if x.phase() > 1 {
		x.fields["query"] = r.URL.RawQuery // it is signed as it is written
	} else {
		for name, values := range r.URL.Query() {
			x.fields["query."+name] = strings.Join(values, " & ")
		}
	}
	if r.Header.Get("Content-Type") == "application/json" {
		body, err := io.ReadAll(r.Body)
		if err != nil || len(body) == 0 {
			return x, err
		}
		delete(x.fields, "header.Content-Length") // the same JSON may be written in two ways
		return x, x.add("body", body)
	}
	sum := sha256.New()
	n, err := io.Copy(sum, r.Body)
	if n > 0 {
		x.fields["body"] = fmt.Sprintf("%d bytes, sha256 %.8x", n, sum.Sum(nil))
	}
	return x, err
}

// add adds a field for each value in a JSON text.
func (x exchange) add(at string, text []byte) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber() // 1 and 1.0 are not the same on the wire
	var v any
	if err := dec.Decode(&v); err != nil {
		return fmt.Errorf("%s: %w in %.200q", at, err, text)
	}
	x.flatten(at, v)
	return nil
}

func (x exchange) flatten(at string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			x.flatten(at+"."+name, member)
		}
		if len(v) == 0 {
			x.fields[at] = "{}"
		}
	case []any:
		for i, item := range v {
			x.flatten(fmt.Sprintf("%s[%d]", at, i), item)
		}
		if len(v) == 0 {
			x.fields[at] = "[]"
		}
	case string:
		x.fields[at] = strconv.Quote(v)
	case nil:
		x.fields[at] = "null"
	default:
		x.fields[at] = fmt.Sprint(v)
	}
}

// phase orders the requests of uploads, which a client may make at once or one after the other. It is 0 for others.
func (x exchange) phase() int {
	switch {
	case strings.HasPrefix(x.line, "POST rest.fal.ai/storage/"):
		return 1
	case strings.HasPrefix(x.line, "PUT v3.fal.media/"):
		return 2
	case strings.HasPrefix(x.line, "POST v3.fal.media/"):
		return 3
	}
	return 0
}

// settle brings requests whose order means nothing into one order, and counts those that were sent again as they were.
func settle(list []exchange) []exchange {
	list = slices.Clone(list)
	for from := 0; from < len(list); from++ {
		to := from
		for to < len(list) && list[to].phase() > 0 {
			to++
		}
		slices.SortStableFunc(list[from:to], func(a, b exchange) int {
			return cmp.Or(
				cmp.Compare(a.phase(), b.phase()),
				cmp.Compare(a.line, b.line),
				cmp.Compare(a.fields["body.content_type"], b.fields["body.content_type"]),
			)
		})
		from = to
	}
	var settled []exchange
	times := 1
	for i, x := range list {
		if i+1 < len(list) && x.line == list[i+1].line && maps.Equal(x.fields, list[i+1].fields) {
			times++
			continue
		}
		fields := map[string]string{"times": strconv.Itoa(times)}
		maps.Copy(fields, x.fields)
		settled, times = append(settled, exchange{x.line, fields}), 1
	}
	return settled
}
