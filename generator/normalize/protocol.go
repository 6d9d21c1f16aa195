package normalize

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/spec"
)

// queueServer is where requests go where a document does not say.
const queueServer = "https://queue.fal.run"

// methods are the members of a path that are operations.
var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

// variable is a part of a path of which the name means nothing.
var variable = regexp.MustCompile(`\{[^{}]*\}`)

// protocol models the operations of the document; post sends the input, and get fetches the result, whatever their paths
// are.
func (n *normalizer) protocol(post, get *spec.Node) {
	for _, m := range n.doc.Root.Get("paths").Members {
		item := n.follow(m.Value)
		for _, method := range methods {
			op := item.Get(method)
			if !op.Is(spec.Object) {
				continue
			}
			path := m.Name
			switch op {
			case post:
				path = "/" + n.doc.ID
			case get:
				path = "/" + n.doc.ID + "/requests/{}"
			}
			name := strings.ToUpper(method) + " " + variable.ReplaceAllString(path, "{}")
			n.operation(name, item, op, op == post)
		}
	}
	slices.SortFunc(n.out.Operations, func(a, b *ir.Operation) int { return strings.Compare(a.Name, b.Name) })
}

// operation models an operation of a path. What the one that sends the input says of going, it says of the endpoint.
func (n *normalizer) operation(name string, item, op *spec.Node, sends bool) {
	if slices.ContainsFunc(n.out.Operations, func(o *ir.Operation) bool { return o.Name == name }) {
		return
	}
	o := &ir.Operation{Name: name, Servers: servers(op, item, n.doc.Root)}
	n.out.Places[o] = op.Pos()
	for _, list := range []*spec.Node{op.Get("parameters"), item.Get("parameters")} { // the operation's own win
		if !list.Is(spec.Array) {
			continue
		}
		for _, at := range list.Elems {
			n.parameter(o, at)
		}
	}
	slices.SortFunc(o.Parameters, func(a, b *ir.Parameter) int {
		return cmp.Or(strings.Compare(a.In, b.In), strings.Compare(a.Name, b.Name))
	})
	sunset := spec.Day(op.Get("x-sunset").String())
	if sends {
		n.out.Deprecated, n.out.Sunset = n.out.Deprecated || sunset != "", sunset
	} else {
		o.Deprecated, o.Sunset = op.Get("deprecated").True() || sunset != "", sunset
	}
	n.out.Operations = append(n.out.Operations, o)
}

// parameter models a parameter of an operation, but for one of the path and the key, which the client sends.
func (n *normalizer) parameter(o *ir.Operation, at *spec.Node) {
	at = n.follow(at)
	p := &ir.Parameter{In: at.Get("in").String(), Name: at.Get("name").String(), Required: at.Get("required").True()}
	if p.In == "header" {
		p.Name = strings.ToLower(p.Name)
	}
	same := func(other *ir.Parameter) bool { return other.In == p.In && other.Name == p.Name }
	named := slices.Contains([]string{"header", "query", "cookie"}, p.In) && p.Name != ""
	if !named || p.In == "header" && p.Name == "authorization" || slices.ContainsFunc(o.Parameters, same) {
		return
	}
	if schema := at.Get("schema"); schema != nil {
		p.Schema = n.text("schema", schema)
	}
	n.out.Places[p] = at.Pos()
	o.Parameters = append(o.Parameters, p)
}

// servers returns the URLs of the innermost of some objects that lists any.
func servers(of ...*spec.Node) string {
	for _, at := range of {
		list := at.Get("servers")
		if !list.Is(spec.Array) {
			continue
		}
		var urls []string
		for _, s := range list.Elems {
			if url := strings.TrimRight(s.Get("url").String(), "/"); url != "" {
				urls = append(urls, url)
			}
		}
		if urls != nil {
			return strings.Join(urls, ", ")
		}
	}
	return queueServer
}
