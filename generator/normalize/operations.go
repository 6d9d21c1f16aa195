package normalize

import (
	"regexp"
	"strings"

	"github.com/falgen/falgen/generator/spec"
)

var resultPath = regexp.MustCompile(`/requests/\{[^/{}]+\}$`)

// operations returns what the document says of the input and of the output: the body of the POST, and the answer to
// the GET of the result. The answer to the POST is no output: it is always the queue's status.
func (n *normalizer) operations() (body, result *spec.Node) {
	post := n.path("post", "/"+n.doc.ID, func(path string) bool { return true })
	get := n.path("get", "/"+n.doc.ID+"/requests/{request_id}", resultPath.MatchString)
	n.parameters(post)
	n.parameters(get)
	n.protocol(post, get)
	return n.follow(post.Get("requestBody")), n.response(get.Get("responses"))
}

// response returns the answer that is no error: to 200, else to another status that means success, else whichever.
func (n *normalizer) response(responses *spec.Node) *spec.Node {
	for _, status := range []string{"200", "201", "2XX", "2xx", "default"} {
		if r := n.follow(responses.Get(status)); r != nil {
			return r
		}
	}
	return nil
}

// parameters notes what an operation takes besides its body: nothing of it is part of the Go input.
func (n *normalizer) parameters(op *spec.Node) {
	list := op.Get("parameters")
	if !list.Is(spec.Array) {
		return
	}
	for _, at := range list.Elems {
		p := n.follow(at)
		name, in := p.Get("name").String(), p.Get("in").String()
		with := map[string]string{"header": "give it with fal.WithHeader", "query": "it cannot be given"}[in]
		if with == "" || strings.EqualFold(name, "Authorization") {
			continue
		}
		what := "takes"
		if p.Get("required").True() {
			what = "requires"
		}
		n.note(at, "parameter", "the endpoint %s the %s parameter %q: %s", what, in, name, with)
	}
}

// path returns the operation at a path; where there is none, the only one that it can be.
func (n *normalizer) path(method, want string, like func(string) bool) *spec.Node {
	paths := n.doc.Root.Get("paths")
	if op := n.follow(paths.Get(want)).Get(method); op != nil {
		return op
	}
	var found []spec.Member
	for _, m := range paths.Members {
		if n.follow(m.Value).Get(method) != nil && like(m.Name) {
			found = append(found, m)
		}
	}
	if len(found) != 1 {
		return nil
	}
	n.repair(found[0].Value, "path", "read as that", "there is no %s %s, only %s", strings.ToUpper(method), want, found[0].Name)
	return n.follow(found[0].Value).Get(method)
}

// follow returns what a reference in place of a path, body or answer refers to.
func (n *normalizer) follow(at *spec.Node) *spec.Node {
	for range 8 { // a chain that is longer goes in a circle
		ref := at.Get("$ref")
		if ref == nil {
			return at
		}
		at = n.resolve(ref)
	}
	return nil
}

// schemaOf returns the schema of a body or answer's JSON.
func (n *normalizer) schemaOf(at *spec.Node) *spec.Node {
	content := at.Get("content")
	if schema := content.Get("application/json", "schema"); schema != nil || !content.Is(spec.Object) {
		return schema
	}
	var found *spec.Node
	for _, m := range content.Members {
		if kind, _, _ := strings.Cut(m.Name, ";"); strings.HasSuffix(kind, "/json") || strings.HasSuffix(kind, "+json") {
			if found != nil {
				return nil // which one, nobody says
			}
			found = m.Value.Get("schema")
		}
	}
	return found
}
