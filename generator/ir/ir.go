// Package ir is the generator's model of an endpoint: what its document means, in one normal form, free of how the
// document spelled it and of how Go will.
//
// Package normalize builds it, package naming fills in the Go names, and everything later only reads it.
package ir

import (
	"reflect"

	"github.com/falgen/falgen/generator/diag"
)

// An Endpoint is one fal.ai endpoint.
type Endpoint struct {
	ID               string
	Title            string // a few words; may be empty
	Description      string // what the endpoint does; may be empty
	Category         string
	License          string // such as "commercial"; may be empty
	Since            string // the day on which it came, such as "2025-02-14"; may be empty
	Status           string // as the catalogue has it; may be empty
	Deprecated       bool   // it is to go
	Sunset           string // the day on which a deprecated one goes, such as "2026-05-01"; may be empty
	Replacement      string // the endpoint to call in the place of a deprecated one, where the catalogue says so
	PlaygroundURL    string
	DocumentationURL string
	Input, Output    *Type
	Objects          []*Object    // in the order in which they are first met, Input and Output first
	Enums            []*Enum      // in the order in which they are first met
	Unions           []*Union     // in the order in which they are first met
	Named            []*Named     // lists and maps that contain themselves
	Operations       []*Operation // by name

	// Places are where the document describes the *Endpoint itself, each *Object, *Field, *Operation and *Parameter. They are kept apart,
	// since what a thing means does not depend on where it stands.
	Places map[any]diag.Pos

	Package Package // set by naming
}

// A Package is where an endpoint's Go code goes.
type Package struct {
	Name string // the package clause
	Path string // under the output folder, with slashes
}

// Kind is the kind of a [Type].
type Kind int

const (
	Any        Kind = iota // free-form JSON
	String                 // a string
	Integer                // a whole number
	Float                  // any number
	Bool                   // true or false
	Media                  // a URL or data URI of media that the model reads
	EnumKind               // one of the values of Type.Enum
	ObjectKind             // the properties of Type.Object
	SharedKind             // the type of package fal that Type.Shared names
	UnionKind              // one of the alternatives of Type.Union
	List                   // of Type.Elem
	Map                    // from string to Type.Elem
	NamedKind              // the list or map of Type.Named
)

func (k Kind) String() string {
	return [...]string{"any JSON", "a string", "a whole number", "a number", "a bool", "media", "an enum", "an object",
		"a type of package fal", "a union", "a list", "a map", "a named type"}[k]
}

// A Type is what one place of a document accepts.
type Type struct {
	Kind     Kind
	Elem     *Type
	Object   *Object
	Enum     *Enum
	Union    *Union
	Shared   *Shared
	Named    *Named
	Nullable bool
	Rules    Rules
	Choices  []Choice // each demands more of the value, whatever its kind
	// Unchecked is what a document demands besides, and only the server checks: by keyword and text, each once.
	Unchecked []Unchecked
}

// An Unchecked is a demand that only the server checks. Two that demand the same, in however other words they describe it,
// have the same text.
type Unchecked struct {
	Keyword string // such as "not"
	Text    string // its value as JSON, without what binds nobody
}

// A Choice demands that a value is what one of several types accepts. Its arms only check: they give no Go type, so
// the objects in them have no name and are in no list of the endpoint.
type Choice struct {
	One  bool // exactly one of the arms, not two
	Arms []*Type
}

// Rules are the constraints on a value beyond its kind. The zero Rules allow everything.
type Rules struct {
	Min, Max             *Number // inclusive
	Above, Below         *Number // exclusive
	MultipleOf           *Number
	MinLength, MaxLength *int         // of a string in characters, of a list in elements, of a map in entries
	Media                []MediaLimit // of the file that media is, in the order of the quantities
	Patterns             []string
	Foreign              []string // patterns in a syntax that Go lacks: told, not checked
	Unique               bool
	Values               []Value // one of these, where the kind is not an enum
}

// Equal reports whether two sets of rules say the same.
func (r Rules) Equal(other Rules) bool { return reflect.DeepEqual(r, other) }

// IsZero reports whether r allows everything.
func (r Rules) IsZero() bool { return r.Equal(Rules{}) }

// A Number is the literal of a JSON number in its shortest form: whole numbers have neither point nor exponent.
type Number string

// An Object is a set of named fields.
type Object struct {
	Origin
	Root        bool // it is the Input or Output itself
	Description string
	Fields      []*Field
	InInput     bool // it is part of a request, so it is validated and has defaults
	Examples    []Value

	Name string // set by naming
}

// An Origin is where a document declares an object or an enum: as a component, or on the spot where it is used.
type Origin struct {
	Schema   string  // the component's name, or ""
	Owner    *Object // else the object
	Property string  // and the property in which it stands
	Item     bool    // as what the property's list or map holds
	Arm      bool    // as one of the property's alternatives
}

// A Field is one property of an object.
type Field struct {
	Name        string // as on the wire
	Description string
	Type        *Type
	Required    bool
	Circular    bool // its object contains the object that the field is part of
	Deprecated  bool
	Loose       bool   // what is demanded of it, the choices of its object say
	Default     *Value // nil where there is none; never null
	Examples    []Value
	Hints       []Hint

	GoName      string // set by naming
	DefaultName string // set by naming: the constant or func that holds the default
}

// A Hint is what a document says of a field with a keyword that binds nobody.
type Hint struct {
	Name string // such as "min"
	Text string // its value; empty where the name says it all
}

// An Enum is a list of values that may grow: unknown ones decode.
type Enum struct {
	Origin
	Integer bool
	Open    bool // the document allows other values, too
	Values  []EnumValue

	Name       string // set by naming
	ValuesName string // set by naming: the func that lists the values
}

// An EnumValue is one value of an enum.
type EnumValue struct {
	Value Value  // a string or a json.Number
	Name  string // set by naming
}

// A Union is a value of one of several types.
type Union struct {
	Origin
	Root   bool   // it is the Input or Output itself
	One    bool   // the value is exactly one of the alternatives, not two
	Tag    string // the member that tells the objects among the alternatives apart, or ""
	Arms   []Arm
	Shared string // the type of package fal that it is, or "": the package declares it then

	Name string // set by naming
}

// An Arm is one alternative of a union.
type Arm struct {
	Type *Type
	Tag  string // the value of the union's tag, where it is an object and the union has one

	Name string // set by naming: of the accessor, and behind "From" of the constructor
}

// A Named is a list or map that contains itself, so that Go has to give it a name.
type Named struct {
	Origin
	Type *Type

	Name string // set by naming
}

// A Value is a JSON value as encoding/json decodes it into an any, with numbers as json.Number.
type Value struct{ JSON any }

// IsEmpty reports whether v is an empty list or object.
func (v Value) IsEmpty() bool {
	switch v := v.JSON.(type) {
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

// HasZero reports whether Go's zero value is one of the enum's values, so that it cannot stand for "unset".
func (e *Enum) HasZero() bool {
	if e.Open {
		return true
	}
	for _, v := range e.Values {
		if s, ok := v.Value.JSON.(string); ok && s == "" {
			return true
		}
	}
	return false
}
