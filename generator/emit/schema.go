package emit

import (
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dave/jennifer/jen"

	"github.com/falgen/falgen/fal/support"
	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/table"
)

// tables declares the schemas of the input, and its Validate.
func (f *file) tables() {
	set := table.Of(f.endpoint.Input, standIns)
	p := schemaPrinter{}
	for name, s := range table.Plain {
		p[s] = supportName(name)
	}
	for name, s := range table.OfFal {
		p[s] = supportName(name)
	}
	names := make([]string, len(set.Named))
	for i, n := range set.Named {
		names[i] = "schemaOf" + n.Name
		if first := n.Name[0]; first < utf8.RuneSelf {
			names[i] = strings.ToLower(string(first)) + n.Name[1:] + "Schema"
		}
		p[n.Schema] = jen.Id(names[i])
	}
	args := []jen.Code{jen.Id("EndpointID"), jen.Id("in"), p.pointer(set.Root)}
	for i, n := range set.Named {
		f.declare("var "+names[i], []string{names[i] + " is what the document demands of " + ir.Article(n.Name) + "."},
			jen.Var().Id(names[i]).Op("=").Add(supportName("Schema")).Add(p.body(reflect.ValueOf(*n.Schema))))
		if n.Recursive {
			args = append(args, supportName("Named").Values(
				jen.Id("Name").Op(":").Lit(n.Name), jen.Id("Schema").Op(":").Op("&").Id(names[i])))
		}
	}
	if ownRoot(f.endpoint.Input) {
		f.declare("method Input.Validate", []string{
			"Validate returns a [*fal.ValidationError] that lists every rule of the document that in breaks, or nil. " +
				"Run, Submit and Subscribe call it before they send anything.",
		}, jen.Func().Params(jen.Id("in").Id("Input")).Id("Validate").Params().Error().Block(
			jen.Return(supportName("Validate").Call(args...)),
		))
	}
}

// A schemaPrinter writes schemas as Go. It holds the names of those that are variables.
type schemaPrinter map[*support.Schema]*jen.Statement

// pointer writes a pointer to a schema.
func (p schemaPrinter) pointer(s *support.Schema) *jen.Statement {
	if name := p[s]; name != nil {
		return jen.Op("&").Add(name)
	}
	return jen.Op("&").Add(supportName("Schema")).Add(p.body(reflect.ValueOf(*s)))
}

// body writes the fields of a struct of package support that are set, in braces.
func (p schemaPrinter) body(v reflect.Value) *jen.Statement {
	var set []jen.Code
	for i := range v.NumField() {
		if name := v.Type().Field(i).Name; !v.Field(i).IsZero() {
			set = append(set, jen.Id(name).Op(":").Add(p.value(name, v.Field(i))))
		}
	}
	return jen.Values(set...)
}

// typeNames are the JSON types of package support.
var typeNames = map[support.Types]string{
	support.String: "String", support.Integer: "Integer", support.Number: "Number", support.Boolean: "Boolean",
	support.Array: "Array", support.Object: "Object",
}

// value writes the value of a field that is called name.
func (p schemaPrinter) value(name string, v reflect.Value) jen.Code {
	switch v := v.Interface().(type) {
	case support.Types:
		return supportName(typeNames[v])
	case *support.Schema:
		return p.pointer(v)
	case *support.MediaLimits:
		return jen.Op("&").Add(supportName("MediaLimits")).Add(p.body(reflect.ValueOf(*v)))
	case float64:
		return jen.Op(strconv.FormatFloat(v, 'f', -1, 64))
	case []string:
		return stringList(v)
	case []support.Field:
		list := make([]jen.Code, len(v))
		for i := range v {
			list[i] = p.body(reflect.ValueOf(v[i]))
		}
		return lineList(jen.Index().Add(supportName("Field")), list)
	case []support.Choice:
		list := make([]jen.Code, len(v))
		for i := range v {
			list[i] = p.body(reflect.ValueOf(v[i]))
		}
		return jen.Index().Add(supportName("Choice")).Values(list...)
	case []*support.Schema:
		list := make([]jen.Code, len(v))
		for i, s := range v {
			if list[i] = p.pointer(s); p[s] == nil { // gofmt -s leaves the type away
				list[i] = p.body(reflect.ValueOf(*s))
			}
		}
		return lineList(jen.Index().Op("*").Add(supportName("Schema")), list)
	}
	return jen.Lit(v.Interface())
}

// stringList writes texts, JSON among them, in quotes that leave them as readable as can be.
func stringList(texts []string) jen.Code {
	list := make([]jen.Code, len(texts))
	for i, text := range texts {
		if list[i] = jen.Lit(text); strings.Contains(text, `"`) && plainASCII(text) {
			list[i] = jen.Op("`" + text + "`")
		}
	}
	if len(list) <= perLine {
		return jen.Index().String().Values(list...)
	}
	return jen.Index().String().Add(valueList(list))
}

// plainASCII reports whether a text can stand between backquotes, and shows all that is in it.
func plainASCII(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' || r == '`' })
}

// lineList returns a list with a line for each element.
func lineList(of *jen.Statement, elems []jen.Code) *jen.Statement {
	list := of.Op("{")
	for _, e := range elems {
		list.Line().Add(e).Op(",")
	}
	return list.Line().Op("}")
}
