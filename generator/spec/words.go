package spec

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// wordsKey is where, in its "info", a document that was fetched keeps what the catalogue says of its endpoint: most
// documents do not say what their endpoint does. Its names are those of the catalogue's "metadata".
const wordsKey = "x-falgen-catalogue"

// Meta is what is said of an endpoint in words.
type Meta struct {
	Title, Description, Category string
	Status                       string // "active" or "deprecated", as the catalogue has it; "" where that is not known
	License                      string // such as "commercial"
	Date                         string // when the endpoint came, in ISO 8601
}

// field is one of the words by its name in the catalogue. The catalogue's "updated_at" is not among them: it moves every
// day, and documents would with it.
type field struct {
	name string
	text *string
}

func (m *Meta) fields() []field {
	return []field{
		{"display_name", &m.Title}, {"description", &m.Description}, {"category", &m.Category}, {"status", &m.Status},
		{"license_type", &m.License}, {"date", &m.Date},
	}
}

// MetaOf reads the "metadata" of an entry of the catalogue.
func MetaOf(n *Node) (m Meta) {
	for _, f := range m.fields() {
		*f.text = n.Get(f.name).String()
	}
	return m
}

// Words returns what is said of the endpoint: by its document, else by the catalogue.
func (d *Document) Words() Meta {
	info := d.Root.Get("info")
	title := boilerplateTitle.ReplaceAllString(info.Get("title").String(), "")
	description := boilerplateDescription.ReplaceAllString(info.Get("description").String(), "")
	return Meta{
		Title:       cmp.Or(title, d.Meta.Title),
		Description: cmp.Or(description, d.Meta.Description),
		Category:    cmp.Or(info.Get("x-fal-metadata", "category").String(), d.Meta.Category),
		Status:      d.status(),
		License:     cmp.Or(info.Get("license", "name").String(), d.Meta.License),
		Date:        d.Meta.Date,
	}
}

const deprecated = "deprecated"

// status is what the document or the catalogue says, if only one of them calls the endpoint deprecated, too.
func (d *Document) status() string {
	if d.Root.Get("paths", "/"+d.ID, "post", "deprecated").True() {
		return deprecated
	}
	return d.Meta.Status
}

// The platform writes these into every document.
var (
	boilerplateTitle       = regexp.MustCompile(`^Queue OpenAPI for \S+$`)
	boilerplateDescription = regexp.MustCompile(`^The OpenAPI schema for the \S+ queue\.$`)
)

// Summary says in a sentence what the endpoint does.
func (m Meta) Summary() string {
	sentence, _, cut := strings.Cut(strings.Join(strings.Fields(m.Description), " "), ". ")
	if cut {
		sentence += "."
	}
	return cmp.Or(sentence, m.Title, m.Category)
}

// Deprecated reports whether the endpoint is to go.
func (m Meta) Deprecated() bool { return m.Status == deprecated }

// Day is the day on which the endpoint came, such as "2025-02-14", or "".
func (m Meta) Day() string { return Day(m.Date) }

// Day returns the day of a time in ISO 8601, or "".
func Day(date string) string {
	day, _, _ := strings.Cut(date, "T")
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return ""
	}
	return day
}

// Replacement returns what takes the place of an endpoint that is deprecated: the other one that its description names,
// where it names just one. The catalogue has no field for it.
func (m Meta) Replacement(id string) string {
	if !m.Deprecated() {
		return ""
	}
	owner, _, _ := strings.Cut(id, "/")
	found := ""
	for _, word := range strings.FieldsFunc(m.Description, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("`'\"()[]<>,;", r) }) {
		named, linked := strings.CutPrefix(word, modelPage)
		named = strings.TrimRight(named, ".:!?/")
		switch by, _, _ := strings.Cut(named, "/"); {
		case !linked && by != owner && by != "fal-ai", named == id, CheckID(named) != nil, named == found:
		case found != "":
			return ""
		default:
			found = named
		}
	}
	return found
}

// modelPage is what the address of an endpoint's page starts with.
const modelPage = "https://fal.ai/models/"

// KeptWords returns what a document's root keeps of the catalogue's words. It may be nil.
func KeptWords(root *Node) Meta { return MetaOf(root.Get("info", wordsKey)) }

// WithWords returns a document's root that keeps what the catalogue says of its endpoint. The root that is given stays
// as it is.
func WithWords(root *Node, words Meta) *Node {
	if words == (Meta{}) || !root.Get("info").Is(Object) {
		return root
	}
	kept := &Node{Kind: Object}
	for _, f := range words.fields() {
		if *f.text != "" {
			kept.Members = append(kept.Members, Member{f.name, &Node{Kind: String, Text: *f.text}})
		}
	}
	return with(root, "info", with(root.Get("info"), wordsKey, kept))
}

// with returns an object with one member set.
func with(object *Node, name string, value *Node) *Node {
	o := *object
	o.Members = slices.DeleteFunc(slices.Clone(o.Members), func(m Member) bool { return m.Name == name })
	o.Members = append(o.Members, Member{name, value})
	return &o
}
