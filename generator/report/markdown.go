package report

import (
	"io"
	"strings"
	"unicode/utf8"

	"github.com/falgen/falgen/generator/diff"
	"github.com/falgen/falgen/templates"
)

// maxMarkdown is how many characters the body of a pull request may have, less some room for what is put around it.
const maxMarkdown = 65_536 - 4_096

// maxListed bounds how many changes of one endpoint Markdown lists, and how many documents that cannot be used.
const maxListed = 50

// Markdown writes a report for the body of a pull request. What does not fit into one is left out, the least grave
// first, and counted.
func Markdown(w io.Writer, r *diff.Report) error {
	v := viewOf(r)
	v.Failed = v.Failed[:min(len(v.Failed), maxListed)]
	v.Callers = v.Callers[:min(len(v.Callers), maxListed)]
	head, err := templates.DiffMarkdown("head", v)
	if err != nil {
		return err
	}
	room := maxMarkdown - utf8.RuneCountInString(head)
	list := groups(r)
	var body string
	for least := diff.Doc; least <= diff.Go; least++ {
		whole := false
		if body, whole, err = endpoints(list, least, room); err != nil {
			return err
		}
		if whole {
			break
		}
	}
	_, err = io.WriteString(w, head+body)
	return err
}

// endpoints writes the changes from a level on, as far as there is room, and tells whether there was.
func endpoints(list []group, least diff.Level, room int) (body string, whole bool, err error) {
	var b strings.Builder
	whole = true
	left := 0
	for _, g := range list {
		e := listed(g, least)
		part := ""
		if len(e.Changes) > 0 && whole {
			if part, err = templates.DiffMarkdown("endpoint", e); err != nil {
				return "", false, err
			}
		}
		if room -= utf8.RuneCountInString(part); room < 0 {
			whole = false
		}
		if part == "" || !whole {
			left += len(g.Changes)
			continue
		}
		left += len(g.Changes) - len(e.Changes)
		b.WriteString(part)
	}
	if left > 0 {
		rest, err := templates.DiffMarkdown("rest", count(left, "change"))
		if err != nil {
			return "", false, err
		}
		b.WriteString(rest)
	}
	return b.String(), whole, nil
}

// A listing is an endpoint as Markdown lists it.
type listing struct {
	ID      string
	Changes []line
}

type line struct {
	Level, Path, Kind, Before, After string
	Effects                          []diff.Effect
}

func listed(g group, least diff.Level) listing {
	e := listing{ID: g.Endpoint}
	for _, c := range g.Changes {
		if c.Level >= least && len(e.Changes) < maxListed {
			before, after := parts(c)
			l := line{c.Level.String(), visible(c.Path), c.Kind.Words(), before, after, c.Effects}
			e.Changes = append(e.Changes, l)
		}
	}
	return e
}
