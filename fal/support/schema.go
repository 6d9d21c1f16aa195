package support

// A Schema is what a document demands of a value: plain data, with the meaning that JSON Schema gives it. The zero Schema
// allows everything but null.
type Schema struct {
	Types Types // the JSON types that are allowed; none means any
	Null  bool  // null is allowed, whatever else is demanded

	// Decimals, of which "" is none. Values of other types pass. A multiple is one as decimals: 0.3 is one of 0.1.
	Min, Max, Above, Below, MultipleOf string // of numbers
	MinLength, MaxLength               string // of strings, in characters
	MinItems, MaxItems                 string // of lists
	MinMembers, MaxMembers             string // of objects

	Patterns []string // each matches somewhere in a string
	Unique   bool     // no two elements of a list are the same JSON
	Media    *MediaLimits
	Enum     []string // JSON: one of these values
	Fields   []Field  // of an object
	Items    *Schema  // each element of a list, or each value of a map
	Choices  []Choice // each is demanded
	Ref      string   // the schema is that of this name, among the recursive ones
}

// What many fields demand: Anything allows null, too, and the others do not.
var (
	Anything   = Schema{Null: true}
	NotNull    = Schema{}
	AnyString  = Schema{Types: String}
	AnyInteger = Schema{Types: Integer}
	AnyNumber  = Schema{Types: Number}
	AnyBoolean = Schema{Types: Boolean}
	AnyArray   = Schema{Types: Array}
	AnyObject  = Schema{Types: Object}
)

// A Field is a member of an object.
type Field struct {
	Name     string
	Tag      string // the name in the struct's tag, where it is another one
	Required bool
	Schema   *Schema
}

// A Choice demands that a value fits one of several schemas, at least or exactly.
type Choice struct {
	One  bool // exactly one
	Arms []*Schema
}

// Types is a set of JSON types.
type Types uint8

// The JSON types but for null.
const (
	Boolean Types = 1 << iota
	Integer       // a number without a fraction
	Number
	String
	Array
	Object
)

// A Named is a schema that contains itself.
type Named struct {
	Name   string
	Schema *Schema
}
