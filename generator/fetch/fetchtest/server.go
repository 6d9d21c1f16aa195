// Package fetchtest plays those of fal's servers that give documents, for tests: the URL of each document, and the
// catalogue with its pages. It can be told what goes wrong.
package fetchtest

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A Server is a fake fal. Its URL is a base URL for [fetch.Config]. Its methods may be called at any time.
type Server struct {
	*httptest.Server

	mu     sync.Mutex
	models map[string]Model
	order  []string // as the catalogue lists them
	faults map[string][]Fault
	calls  []Call
	gone   chan struct{} // closed when the server closes
}

// A Model is what the server has of an endpoint.
type Model struct {
	ID          string
	Title       string
	Description string
	Category    string
	Status      string // "" for active
	License     string
	Date        string
	Document    string // "" for none
	Expanded    string // what the catalogue gives in its place, if it is set
	Hidden      bool   // from the catalogue
}

// A Call is a request that the server had.
type Call struct {
	URL    string // host, path and query as at fal
	Header http.Header
}

// New starts a server.
func New() *Server {
	s := &Server{models: map[string]Model{}, faults: map[string][]Fault{}, gone: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /fal.ai/api/openapi/queue/openapi.json", s.document)
	mux.HandleFunc("GET /api.fal.ai/v1/models", s.catalogue)
	s.Server = httptest.NewServer(mux)
	return s
}

// Close stops the server, and what hangs in it.
func (s *Server) Close() {
	close(s.gone)
	s.Server.Close()
}

// Add gives the server endpoints, or other documents for those that it has.
func (s *Server) Add(models ...Model) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range models {
		if _, ok := s.models[m.ID]; !ok {
			s.order = append(s.order, m.ID)
		}
		s.models[m.ID] = m
	}
}

// Remove takes endpoints away.
func (s *Server) Remove(ids ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		delete(s.models, id)
	}
	s.order = slices.DeleteFunc(s.order, func(id string) bool { return slices.Contains(ids, id) })
}

// What can go wrong, beside the document of an id. Before the first id of a request, Found and Expanded are what the
// catalogue answers to it.
const (
	Pages    = "pages"     // of the whole catalogue
	Found    = "found "    // by id
	Expanded = "expanded " // by id, with documents
)

// Break makes the next answers of a kind, or with the document of an id, go wrong, one fault each.
func (s *Server) Break(what string, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[what] = append(s.faults[what], faults...)
}

// Mend takes back what is still to go wrong.
func (s *Server) Mend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.faults)
}

// Calls returns the requests since the last call of Calls.
func (s *Server) Calls() []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	calls := s.calls
	s.calls = nil
	return calls
}

// begin notes a request and returns what goes wrong with it.
func (s *Server) begin(r *http.Request, what string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, Call{strings.TrimPrefix(r.URL.String(), "/"), r.Header})
	faults := s.faults[what]
	if len(faults) == 0 {
		return nil
	}
	if !faults[0].always {
		s.faults[what] = faults[1:]
	}
	return &faults[0]
}

func (s *Server) document(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Query().Get("endpoint_id")
	fault := s.begin(r, id)
	s.mu.Lock()
	m := s.models[id]
	s.mu.Unlock()
	switch {
	case m.Document == "" && fault == nil:
		refuse(w, http.StatusNotFound, "no such endpoint")
	default:
		s.answer(w, r, m.Document, fault)
	}
}

func (s *Server) catalogue(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	ids := q["endpoint_id"]
	documents := q.Get("expand") == "openapi-3.0"
	what, most := Pages, 1000
	switch {
	case ids != nil && documents:
		what, most = Expanded+ids[0], 10
	case ids != nil:
		what, most = Found+ids[0], 50
	case documents:
		most = 10
	}
	fault := s.begin(r, what)
	limit, err := strconv.Atoi(q.Get("limit"))
	if q.Get("limit") == "" {
		limit, err = most, nil
	}
	if err != nil || limit < 1 || limit > most || len(ids) > most {
		refuse(w, http.StatusBadRequest, fmt.Sprintf("at most %d", most))
		return
	}
	start, err := decodeCursor(q.Get("cursor"))
	if err != nil {
		refuse(w, http.StatusBadRequest, "bad cursor")
		return
	}
	models := s.find(ids, q.Get("q"))
	page := map[string]any{"has_more": false, "next_cursor": nil}
	models = models[min(start, len(models)):]
	if len(models) > limit {
		models = models[:limit]
		page["has_more"], page["next_cursor"] = true, base64.StdEncoding.EncodeToString(fmt.Append(nil, start+limit))
	}
	entries := []any{}
	for _, m := range models {
		entries = append(entries, m.entry(documents))
	}
	page["models"] = entries
	text, err := json.Marshal(page)
	if err != nil {
		refuse(w, http.StatusInternalServerError, err.Error())
		return
	}
	s.answer(w, r, string(text), fault)
}

// find returns endpoints: those of some ids, or those that the catalogue lists and that a query finds.
func (s *Server) find(ids []string, query string) []Model {
	s.mu.Lock()
	defer s.mu.Unlock()
	var models []Model
	if ids != nil {
		for _, id := range ids {
			if m, ok := s.models[id]; ok && !m.Hidden {
				models = append(models, m)
			}
		}
		return models
	}
	for _, id := range s.order {
		m := s.models[id]
		text := strings.ToLower(m.ID + m.Title + m.Description)
		if !m.Hidden && strings.Contains(text, strings.ToLower(query)) {
			models = append(models, m)
		}
	}
	return models
}

func (m Model) entry(document bool) map[string]any {
	entry := map[string]any{
		"endpoint_id": m.ID,
		"metadata": map[string]any{
			"display_name": m.Title, "description": m.Description, "category": m.Category,
			"status": cmp.Or(m.Status, "active"), "license_type": m.License, "date": m.Date,
			"tags": []string{}, "updated_at": "2026-01-26T21:41:23.647Z",
		},
	}
	switch {
	case document && m.Expanded != "":
		entry["openapi"] = json.RawMessage(m.Expanded)
	case document && m.Document == "":
		entry["openapi"] = map[string]any{"error": map[string]string{"code": "expansion_failed", "message": "not available"}}
	case document:
		entry["openapi"] = json.RawMessage(m.Document)
	}
	return entry
}

func decodeCursor(cursor string) (int, error) {
	if cursor == "" {
		return 0, nil
	}
	text, err := base64.StdEncoding.DecodeString(cursor)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(string(text))
}

func refuse(w http.ResponseWriter, code int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	fmt.Fprintf(w, `{"error":{"type":"validation_error","message":%q}}`, message)
}

// Document returns a small document of an endpoint, with its names in one order or another: that means the same.
func Document(id, field string, backwards bool) string {
	members := []string{`
"openapi": "3.0.4"`, `
"info": {"title": "Queue OpenAPI for ID", "version": "1.0.0", "description": "The OpenAPI schema for the ID queue.",
  "x-fal-metadata": {"endpointId": "ID"}}`, `
"components": {"schemas": {
  "In": {"type": "object", "x-fal-order-properties": ["FIELD", "seed"], "required": ["FIELD"],
    "properties": {"seed": {"type": "integer"}, "FIELD": {"type": "string", "description": "<b> & more"}}},
  "Out": {"type": "object"}}}`, `
"paths": {
  "/ID": {"post": {"requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/In"}}}}}},
  "/ID/requests/{request_id}": {"get": {"responses": {"200": {"content": {
    "application/json": {"schema": {"$ref": "#/components/schemas/Out"}}}}}}}}`,
	}
	if backwards {
		slices.Reverse(members)
	}
	return strings.NewReplacer("ID", id, "FIELD", field).Replace("{" + strings.Join(members, ",") + "}")
}
