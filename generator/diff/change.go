package diff

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/falgen/falgen/generator/diag"
)

// A Level says what a change does to a caller. A higher one is graver.
type Level int

const (
	// Doc changes nothing for code that is there: something was added, or is said in other words.
	Doc Level = iota
	// Behaviour gives callers something else than before though they do the same: a default or a limit moved.
	Behaviour
	// Wire has requests refused that worked before.
	Wire
	// Go stops code from compiling once the package is generated again.
	Go
)

// Levels are all levels, the gravest first.
var Levels = []Level{Go, Wire, Behaviour, Doc}

var levelNames = [...]string{"DOC", "BEHAVIOUR", "WIRE", "GO"}

func (l Level) String() string { return levelNames[l] }

// MarshalText encodes the level as its name.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// UnmarshalText decodes a level's name, in capitals or not.
func (l *Level) UnmarshalText(text []byte) (err error) {
	*l, err = ParseLevel(string(text))
	return err
}

// ParseLevel returns the level of a name, in capitals or not.
func ParseLevel(name string) (Level, error) {
	for i, known := range levelNames {
		if strings.EqualFold(name, known) {
			return Level(i), nil
		}
	}
	return 0, fmt.Errorf("there is no level %q: take go, wire, behaviour or doc", name)
}

// A Kind is a kind of change. Its text names it in reports.
type Kind string

// The kinds of change. What each does to callers is in the table at the head of this package.
const (
	EndpointAdded      Kind = "endpoint-added"
	EndpointRemoved    Kind = "endpoint-removed"
	PackageMoved       Kind = "package-moved"
	AboutChanged       Kind = "about-changed" // title, description, category, licence, date or pages of an endpoint
	EndpointDeprecated Kind = "endpoint-deprecated"
	FieldAdded         Kind = "field-added"
	RequiredFieldAdded Kind = "required-field-added"
	FieldRemoved       Kind = "field-removed"
	BecameRequired     Kind = "became-required"
	BecameOptional     Kind = "became-optional"
	TypeChanged        Kind = "type-changed"
	TypeWidened        Kind = "type-widened" // of an input: all that fitted fits still
	NullAdded          Kind = "null-added"
	NullRemoved        Kind = "null-removed"
	DefaultAdded       Kind = "default-added"
	DefaultChanged     Kind = "default-changed"
	DefaultRemoved     Kind = "default-removed"
	ValueAdded         Kind = "value-added" // of an enum
	ValueRemoved       Kind = "value-removed"
	EnumOpened         Kind = "enum-opened" // any other text is a value, too
	EnumClosed         Kind = "enum-closed"
	AlternativeAdded   Kind = "alternative-added" // of a union
	AlternativeRemoved Kind = "alternative-removed"
	// DiscriminatorChanged is another value that tells an alternative from the others.
	DiscriminatorChanged   Kind = "discriminator-changed"
	LimitTightened         Kind = "limit-tightened"
	LimitLoosened          Kind = "limit-loosened"
	LimitChanged           Kind = "limit-changed"     // allows other values, neither more nor fewer
	ServerRuleAdded        Kind = "server-rule-added" // which only the server checks, such as "not"
	ServerRuleRemoved      Kind = "server-rule-removed"
	ServerRuleChanged      Kind = "server-rule-changed"
	OperationAdded         Kind = "operation-added" // such as POST /ID/stream
	OperationRemoved       Kind = "operation-removed"
	ServerChanged          Kind = "server-changed"  // where requests go
	ParameterAdded         Kind = "parameter-added" // a header or part of the query
	RequiredParameterAdded Kind = "required-parameter-added"
	ParameterRemoved       Kind = "parameter-removed"
	ParameterChanged       Kind = "parameter-changed"   // it takes other values
	GoChanged              Kind = "go-changed"          // the meaning is the same, the Go name or type is not
	DeprecationChanged     Kind = "deprecation-changed" // of a field, or of an endpoint that was deprecated before
	DescriptionChanged     Kind = "description-changed"
	ExamplesChanged        Kind = "examples-changed"
	HintsChanged           Kind = "hints-changed"
	OrderChanged           Kind = "order-changed"
)

// Words is the kind as words.
func (k Kind) Words() string { return strings.ReplaceAll(string(k), "-", " ") }

// A Change is one thing that means something else now.
type Change struct {
	Level    Level  `json:"level"` // the gravest of its effects
	Kind     Kind   `json:"kind"`
	Endpoint string `json:"endpoint"`
	Package  string `json:"package"` // the old package's path under the output folder; of an added endpoint the new one
	// Path is the place on the wire, such as "Input.loras[].scale"; [] stands for the elements of a list, {} for the
	// values of a map. It is empty where the change is of the endpoint as a whole, and names an operation where it is of
	// that, such as "POST /fal-ai/x/stream", and what the operation takes behind it, such as "POST /fal-ai/x header x-team".
	Path    string   `json:"path,omitempty"`
	Before  string   `json:"before,omitempty"` // in words, or a value as JSON; empty where there was nothing
	After   string   `json:"after,omitempty"`
	Effects []Effect `json:"effects"` // the gravest first
	// Successor is the endpoint to call in the place of one that is gone or deprecated, as far as that can be told.
	Successor string   `json:"successor,omitempty"`
	Go        []Symbol `json:"go,omitempty"`
	// Old and New are where the old and the new document say so. A Pos is zero where a document says nothing of it; for
	// what was removed, New is the place that it was removed from, if that is still there.
	Old diag.Pos `json:"-"`
	New diag.Pos `json:"-"`
}

// An Effect is what a change does to callers on one level.
type Effect struct {
	Level Level  `json:"level"`
	Text  string `json:"text"` // a sentence
}

// A Symbol is a Go identifier that a change concerns. Callers break who use one whose Before and After differ, and
// that has a Before.
type Symbol struct {
	Kind   string `json:"kind"`             // type, field, method, const or func
	Name   string `json:"name"`             // such as "Input", "Input.FPS" or "DefaultFPS"
	Before string `json:"before,omitempty"` // its Go type in the old package; empty where it is new
	After  string `json:"after,omitempty"`  // its Go type in the new package; empty where it is gone
	Now    string `json:"now,omitempty"`    // the name that took its place, where it has another one now
}

// Broken reports whether code that uses the symbol stops compiling.
func (s Symbol) Broken() bool { return s.Before != "" && s.Before != s.After }

// Pos is where to look: in the new document, or in the old one where the new one has no such place.
func (c Change) Pos() diag.Pos {
	if c.New.File != "" {
		return c.New
	}
	return c.Old
}

// A Report is all that differs between two sets of documents.
type Report struct {
	Old      string   `json:"old"` // what was compared, as the user named it
	New      string   `json:"new"`
	Compared int      `json:"compared"` // how many endpoints are on both sides
	Changes  []Change `json:"changes"`  // by endpoint, the gravest of each first
	// Failed are the endpoints, or files where no id is known, that could not be used on either side. Nothing is said
	// of them, nor of the endpoints that such a file may hold.
	Failed []string `json:"failed,omitempty"`
	// Callers are the places in the user's code that the changes break or touch, by place, where they were searched for.
	Callers []Use `json:"callers,omitempty"`
}

// Count returns how many changes there are of a level.
func (r *Report) Count(l Level) int {
	n := 0
	for _, c := range r.Changes {
		if c.Level == l {
			n++
		}
	}
	return n
}

// Reaches reports whether a change is of a level or a graver one.
func (r *Report) Reaches(l Level) bool {
	return slices.ContainsFunc(r.Changes, func(c Change) bool { return c.Level >= l })
}

// sortChanges orders changes by endpoint, the gravest first, then by place.
func sortChanges(changes []Change) {
	slices.SortStableFunc(changes, func(a, b Change) int {
		return cmp.Or(
			cmp.Compare(a.Endpoint, b.Endpoint), cmp.Compare(b.Level, a.Level), cmp.Compare(a.Path, b.Path),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Before, b.Before), cmp.Compare(a.After, b.After),
		)
	})
}
