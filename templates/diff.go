package templates

import (
	_ "embed"
	htmltemplate "html/template"
	"io"
	"strings"
	"text/template"
)

//go:embed diff.html.tmpl
var diffPageText string

//go:embed diff.md.tmpl
var diffMarkdownText string

var (
	diffPage     = htmltemplate.Must(htmltemplate.New("diff").Parse(diffPageText))
	diffMarkdown = template.Must(template.New("diff").Funcs(markdownFuncs).Parse(diffMarkdownText))

	markdownFuncs = template.FuncMap{"md": markdown, "code": code}
)

// DiffPage writes a report of changes as a page of HTML that needs no other file. data is what package report makes
// for it.
func DiffPage(w io.Writer, data any) error { return diffPage.Execute(w, data) }

// DiffMarkdown returns a part of a report of changes as Markdown.
func DiffMarkdown(part string, data any) (string, error) {
	var b strings.Builder
	err := diffMarkdown.ExecuteTemplate(&b, part, data)
	return b.String(), err
}

// code returns text as Markdown's code, in which nothing is a link, an address of somebody, or the end of the code.
func code(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if text == "" {
		return ""
	}
	fence := "`"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	if len(fence) > 1 || strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return fence + text + fence
}
