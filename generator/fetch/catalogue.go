package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/falgen/falgen/generator/spec"
)

// Where fal's documents are (docs/protocol.md, sections 1 and 14).
const (
	catalogueHost = "api.fal.ai"
	catalogueURL  = "https://" + catalogueHost + "/v1/models"
	documentURL   = "https://fal.ai/api/openapi/queue/openapi.json"
)

// How many entries the catalogue is asked for at once: as many as it gives.
const (
	perPage      = 100
	perAnswer    = 50 // by id
	perExpansion = 10 // by id, with their documents
	maxPages     = 1000
)

// A Model is an endpoint as the catalogue has it.
type Model struct {
	ID string
	spec.Meta

	document *spec.Node // nil where there is none, or where it was not asked for
	problem  string     // why there is none, in the catalogue's words
}

// Search returns what the catalogue lists, in its order: everything, or what it finds for a query. With an error there
// may be models, those of the pages before it.
func Search(ctx context.Context, cfg Config, query string) ([]Model, error) {
	c, err := newClient(cfg.BaseURL, cfg.Key)
	if err != nil {
		return nil, err
	}
	defer c.http.CloseIdleConnections()
	return c.list(ctx, query)
}

func (c *client) list(ctx context.Context, query string) ([]Model, error) {
	q := url.Values{"limit": {fmt.Sprint(perPage)}}
	if query != "" {
		q.Set("q", query)
	}
	models, err := c.pages(ctx, catalogueURL+"?"+q.Encode(), true)
	if err != nil {
		err = fmt.Errorf("the catalogue could not be read to its end: %w", err)
	}
	return models, err
}

// find returns what the catalogue has of some endpoints, with their documents or without. It may lack some of them.
func (c *client) find(ctx context.Context, ids []string, documents bool) (map[string]Model, error) {
	q := url.Values{"endpoint_id": ids}
	if documents {
		q.Set("expand", "openapi-3.0")
	}
	models, err := c.pages(ctx, catalogueURL+"?"+q.Encode(), true)
	found := map[string]Model{}
	for _, m := range models {
		found[m.ID] = m
	}
	return found, err
}

// pages reads the catalogue from a URL on, page by page. The pages that were read before an error are returned with
// it. A model that is listed twice is returned once, since what is listed may move between two pages.
func (c *client) pages(ctx context.Context, first string, fal bool) ([]Model, error) {
	var models []Model
	listed := map[string]bool{}
	seen := map[string]bool{}
	for at := first; ; {
		var page []Model
		var next string
		_, err := c.get(ctx, request{url: at, fal: fal, limit: maxPage, read: func(text []byte) (err error) {
			page, next, err = readPage(at, text, fal)
			return err
		}})
		if err != nil {
			return models, err
		}
		for _, m := range page {
			if !listed[m.ID] {
				listed[m.ID] = true
				models = append(models, m)
			}
		}
		if next == "" {
			return models, nil
		}
		if seen[next] || len(seen) >= maxPages {
			return models, errors.New("its pages have no end")
		}
		seen[next] = true
		u, err := url.Parse(first)
		if err != nil {
			return models, err
		}
		q := u.Query()
		q.Set("cursor", next)
		u.RawQuery = q.Encode()
		at = u.String()
	}
}

// readPage reads one page, and the cursor of the next one. Elsewhere than at fal it may be a single document, too.
func readPage(name string, text []byte, fal bool) (models []Model, next string, err error) {
	root, err := spec.ParseFile(name, text)
	if err != nil {
		return nil, "", err
	}
	entries := root.Get("models")
	if !entries.Is(spec.Array) {
		if fal {
			return nil, "", fmt.Errorf("%s answered with JSON that is no page of a catalogue", name)
		}
		doc, diags := spec.Parse(name, text)
		if doc == nil {
			return nil, "", fmt.Errorf("%s: %s", diags[0].Pos, diags[0].Message)
		}
		return []Model{{ID: doc.ID, Meta: doc.Meta, document: doc.Root}}, "", nil
	}
	for _, e := range entries.Elems {
		m := Model{ID: e.Get("endpoint_id").String(), Meta: spec.MetaOf(e.Get("metadata"))}
		if err := spec.CheckID(m.ID); err != nil {
			m.problem = err.Error()
		} else {
			m.document, m.problem = documentOf(e)
		}
		models = append(models, m)
	}
	if more := root.Get("has_more"); more == nil || more.True() {
		next = root.Get("next_cursor").String()
	}
	return models, next, nil
}

// documentOf returns the document in an entry of the catalogue, or why there is none.
func documentOf(entry *spec.Node) (*spec.Node, string) {
	doc := entry.Get("openapi")
	switch {
	case doc == nil:
		return nil, "the catalogue gives no document for it"
	case doc.Get("paths") == nil:
		why := doc.Get("error", "message").String()
		if code := doc.Get("error", "code").String(); code != "" {
			why = strings.Join([]string{code, why}, ": ")
		}
		return nil, fmt.Sprintf("the catalogue has no document for it: %.200q", why)
	}
	return doc, ""
}
