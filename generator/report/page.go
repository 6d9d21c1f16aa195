package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/falgen/falgen/generator/diff"
	"github.com/falgen/falgen/templates"
)

// means says what each level is.
var means = map[diff.Level]string{
	diff.Go:        "code stops compiling when it is generated again",
	diff.Wire:      "requests that worked are refused",
	diff.Behaviour: "the same code gets something else",
	diff.Doc:       "nothing changes for code that is there",
}

// view is a report for the templates.
type view struct {
	Title, Compared string
	Summary         string // both, and the levels
	Old, New        string
	Levels          []levelView
	Endpoints       []endpointView
	Failed          []string
	Callers         []useView
}

type useView struct{ At, Level, Class, Text string }

type levelView struct {
	Name, Class, Means string
	Count              int
}

type endpointView struct {
	ID      string
	Levels  []levelView
	Changes []changeView
}

type changeView struct {
	Level, Class, Kind, Path, At string
	Before, After                []segment
	Effects                      []effectView
	Symbols                      []diff.Symbol // those that break
}

type effectView struct {
	Also, Class string // the level, where it is not the change's own
	Text        string
}

// A segment is a part of a text that is the same before and after, or not.
type segment struct {
	Text    string
	Changed bool
}

func class(l diff.Level) string { return strings.ToLower(l.String()) }

func viewOf(r *diff.Report) view {
	v := view{
		Title: title(r), Compared: count(r.Compared, "endpoint"), Summary: summary(r),
		Old: visible(r.Old), New: visible(r.New), Levels: levelsOf(r.Changes),
	}
	for _, f := range r.Failed {
		v.Failed = append(v.Failed, visible(f))
	}
	for _, u := range r.Callers {
		v.Callers = append(v.Callers, useView{
			At: visible(fmt.Sprintf("%s:%d:%d", u.File, u.Line, u.Column)), Level: u.Level.String(), Class: class(u.Level), Text: visible(u.Text),
		})
	}
	for _, g := range groups(r) {
		e := endpointView{ID: g.Endpoint, Levels: levelsOf(g.Changes)}
		for _, c := range g.Changes {
			e.Changes = append(e.Changes, changeOf(c))
		}
		v.Endpoints = append(v.Endpoints, e)
	}
	return v
}

func levelsOf(changes []diff.Change) []levelView {
	list := make([]levelView, len(diff.Levels))
	for i, l := range diff.Levels {
		n := (&diff.Report{Changes: changes}).Count(l)
		list[i] = levelView{l.String(), class(l), means[l], n}
	}
	return list
}

// maxPageText bounds a text on the page.
const maxPageText = 4000

func changeOf(c diff.Change) changeView {
	v := changeView{Level: c.Level.String(), Class: class(c.Level), Kind: c.Kind.Words(), Path: visible(c.Path)}
	if pos := c.Pos(); pos.File != "" {
		v.At = visible(pos.String())
	}
	v.Before, v.After = compare(short(visible(c.Before), maxPageText), short(visible(c.After), maxPageText))
	for _, e := range c.Effects {
		effect := effectView{Text: e.Text}
		if e.Level != c.Level {
			effect.Also, effect.Class = e.Level.String(), class(e.Level)
		}
		if e.Level != diff.Go || c.Go == nil { // its symbols say so
			v.Effects = append(v.Effects, effect)
		}
	}
	if c.Level == diff.Go {
		v.Symbols = slices.DeleteFunc(slices.Clone(c.Go), func(s diff.Symbol) bool { return !s.Broken() })
	}
	return v
}

// compare splits two texts into what they start and end with in common, at the edges of words, and what lies between.
func compare(before, after string) (a, b []segment) {
	if before == "" || after == "" {
		return whole(before), whole(after)
	}
	x, y := strings.SplitAfter(before, " "), strings.SplitAfter(after, " ")
	start := 0
	for start < min(len(x), len(y)) && x[start] == y[start] {
		start++
	}
	end := 0
	for end < min(len(x), len(y))-start && x[len(x)-1-end] == y[len(y)-1-end] {
		end++
	}
	if start+end == 0 {
		return whole(before), whole(after)
	}
	split := func(words []string) []segment {
		return slices.DeleteFunc([]segment{
			{strings.Join(words[:start], ""), false},
			{strings.Join(words[start:len(words)-end], ""), true},
			{strings.Join(words[len(words)-end:], ""), false},
		}, func(s segment) bool { return s.Text == "" })
	}
	return split(x), split(y)
}

func whole(text string) []segment {
	if text == "" {
		return nil
	}
	return []segment{{text, false}}
}

// HTML writes a report as a page that needs no other file, with filters, for light and dark screens and for paper.
func HTML(w io.Writer, r *diff.Report) error { return templates.DiffPage(w, viewOf(r)) }
