// Package report writes what [diff] found: as text for terminals, as JSON, as Markdown for pull requests, as a page of
// HTML, and as annotations for GitHub's checks. The same report always gives the same bytes.
//
// Much in a report is text of strangers. Each format escapes it in its own way.
package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/falgen/falgen/generator/chars"
	"github.com/falgen/falgen/generator/diag"
	"github.com/falgen/falgen/generator/diff"
)

// Formats are the funcs that write a report, by the name of their format.
var Formats = map[string]func(w io.Writer, r *diff.Report) error{
	"text": Text, "json": JSON, "markdown": Markdown, "html": HTML, "github": GitHub,
}

// A group is the changes of one endpoint.
type group struct {
	Endpoint, Package string
	Level             diff.Level // the gravest
	Changes           []diff.Change
}

// groups returns the changes by endpoint, the gravest first.
func groups(r *diff.Report) []group {
	var list []group
	for _, c := range r.Changes {
		if n := len(list); n == 0 || list[n-1].Endpoint != c.Endpoint {
			list = append(list, group{Endpoint: c.Endpoint, Package: c.Package})
		}
		g := &list[len(list)-1]
		g.Changes, g.Level = append(g.Changes, c), max(g.Level, c.Level)
	}
	slices.SortStableFunc(list, func(a, b group) int {
		return cmp.Or(cmp.Compare(b.Level, a.Level), cmp.Compare(a.Endpoint, b.Endpoint))
	})
	return list
}

// title says how much there is.
func title(r *diff.Report) string {
	if len(r.Changes) == 0 {
		return "No changes"
	}
	return fmt.Sprintf("%s to %s", count(len(r.Changes), "change"), count(len(groups(r)), "endpoint"))
}

// summary says in a line what there is.
func summary(r *diff.Report) string {
	line := fmt.Sprintf("%s, %s compared", title(r), count(r.Compared, "endpoint"))
	var counts []string
	for _, l := range diff.Levels {
		if n := r.Count(l); n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, l))
		}
	}
	if len(counts) == 0 {
		return line
	}
	return line + ": " + strings.Join(counts, ", ")
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// visible returns text as one line in which nothing is hidden: no control characters, no marks that turn the direction.
func visible(text string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(text), " ") {
		if r == ' ' || chars.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(chars.Escape(r))
		}
	}
	return b.String()
}

// short cuts a text to a number of characters.
func short(text string, max int) string {
	if runes := []rune(text); len(runes) > max {
		return string(runes[:max-1]) + "…"
	}
	return text
}

// maxText bounds how much of a text is shown where it is not shown whole.
const maxText = 160

// parts are what a change says of before and after, cut and on one line.
func parts(c diff.Change) (before, after string) {
	return short(visible(c.Before), maxText), short(visible(c.After), maxText)
}

// Text writes a report for a terminal.
func Text(w io.Writer, r *diff.Report) error {
	var b strings.Builder
	for _, g := range groups(r) {
		fmt.Fprintf(&b, "%s, package %s\n", g.Endpoint, g.Package)
		for _, c := range g.Changes {
			fmt.Fprintf(&b, "  %-10s %s\n", c.Level, headline(c))
			for _, e := range c.Effects {
				level := ""
				if e.Level != c.Level {
					level = e.Level.String() + ": "
				}
				fmt.Fprintf(&b, "  %10s %s%s\n", "", level, e.Text)
			}
			if pos := c.Pos(); pos.File != "" {
				fmt.Fprintf(&b, "  %10s %s\n", "", visible(pos.String()))
			}
		}
		b.WriteByte('\n')
	}
	for _, u := range r.Callers {
		fmt.Fprintln(&b, visible(u.String()))
	}
	for _, f := range r.Failed {
		fmt.Fprintf(&b, "not compared: %s\n", visible(f))
	}
	fmt.Fprintln(&b, summary(r))
	_, err := io.WriteString(w, b.String())
	return err
}

// headline says in a line what a change is.
func headline(c diff.Change) string {
	line := c.Kind.Words()
	if c.Path != "" {
		line = visible(c.Path) + ": " + line
	}
	switch before, after := parts(c); {
	case before != "" && after != "":
		line += ": " + before + " -> " + after
	case before != "" || after != "":
		line += ": " + before + after
	}
	return line
}

// JSON writes a report for programs.
func JSON(w io.Writer, r *diff.Report) error {
	type change struct {
		diff.Change
		New string `json:"new_at,omitempty"` // file:line:col
		Old string `json:"old_at,omitempty"`
	}
	counts := map[string]int{}
	for _, l := range diff.Levels {
		counts[l.String()] = r.Count(l)
	}
	changes := make([]change, len(r.Changes))
	for i, c := range r.Changes {
		changes[i] = change{c, position(c.New), position(c.Old)}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(struct {
		*diff.Report
		Counts  map[string]int `json:"counts"`
		Changes []change       `json:"changes"`
	}{r, counts, changes})
	if err != nil {
		return err
	}
	_, err = w.Write(escaped.ReplaceAllFunc(b.Bytes(), func(s []byte) []byte {
		if string(s) == `\ufffd` {
			return []byte("�")
		}
		return s
	}))
	return err
}

// escaped finds each escape in JSON. For a byte that is no UTF-8, such as in the name of a file, some versions of Go write
// the escape of U+FFFD, and others the character.
var escaped = regexp.MustCompile(`\\(u[0-9a-f]{4}|.)`)

func position(p diag.Pos) string {
	if p.File == "" {
		return ""
	}
	return p.String()
}

var (
	message  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// commands are those of GitHub for each level.
var commands = map[diff.Level]string{diff.Go: "error", diff.Wire: "error", diff.Behaviour: "warning", diff.Doc: "notice"}

// GitHub writes a report as workflow commands, which GitHub shows beside the lines of documents and code: GO and WIRE as
// errors, BEHAVIOUR as warnings, DOC as notices.
func GitHub(w io.Writer, r *diff.Report) error {
	var b strings.Builder
	for _, g := range groups(r) {
		for _, c := range g.Changes {
			title := property.Replace(c.Level.String() + " " + c.Endpoint)
			at := ""
			if c.New.File != "" {
				at = fmt.Sprintf("file=%s,line=%d,col=%d,", property.Replace(visible(c.New.File)), c.New.Line, c.New.Col)
			}
			text := headline(c)
			for _, e := range c.Effects {
				text += "\n" + e.Text
			}
			fmt.Fprintf(&b, "::%s %stitle=%s::%s\n", commands[c.Level], at, title, message.Replace(text))
		}
	}
	for _, u := range r.Callers {
		fmt.Fprintf(&b, "::%s file=%s,line=%d,col=%d,title=%s::%s\n", commands[u.Level], property.Replace(visible(u.File)), u.Line,
			u.Column, u.Level, message.Replace(visible(u.Text)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
