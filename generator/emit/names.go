package emit

import (
	"strings"

	"github.com/dave/jennifer/jen"

	"github.com/falgen/falgen/generator/chars"
	"github.com/falgen/falgen/generator/ir"
)

// carried reports whether a struct tag can carry a name, for every version of encoding/json.
func carried(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool { return !carries(r) })
}

func carries(r rune) bool {
	return strings.ContainsRune("!#$%&()*+-./:;<=>?@[]^_{|}~ ", r) || chars.IsLetter(r) || chars.IsDigit(r)
}

// standIns returns, by the names of an object's fields that no tag can carry, the names that stand in the tags. None is
// the name of another field, in whatever case.
func standIns(o *ir.Object) map[string]string {
	var names map[string]string
	taken := map[string]bool{}
	for _, f := range o.Fields {
		taken[strings.ToLower(f.Name)] = true
	}
	for _, f := range o.Fields {
		if carried(f.Name) {
			continue
		}
		name := strings.Map(func(r rune) rune {
			if carries(r) {
				return r
			}
			return '_'
		}, f.Name) + "_"
		for taken[strings.ToLower(name)] {
			name += "_"
		}
		taken[strings.ToLower(name)] = true
		if names == nil {
			names = map[string]string{}
		}
		names[f.Name] = name
	}
	return names
}

// wireNames declares the methods that put the names of the wire in place of their stand-ins.
func (f *file) wireNames(o *ir.Object, names map[string]string) {
	if len(names) == 0 {
		return
	}
	call := func(what string, args ...jen.Code) *jen.Statement {
		list := supportName(what).Op("(")
		for _, arg := range args {
			list.Add(arg).Op(",")
		}
		for _, field := range o.Fields {
			if name, ok := names[field.Name]; ok {
				list.Line().Lit(name).Op(",").Lit(field.Name).Op(",")
			}
		}
		return jen.Return(list.Line().Op(")"))
	}
	plain := jen.Type().Id("plain").Id(o.Name)
	f.declare("method "+o.Name+".MarshalJSON", []string{
		"MarshalJSON encodes v with the names of the document, of which Go's struct tags cannot carry all.",
	}, jen.Func().Params(jen.Id("v").Id(o.Name)).Id("MarshalJSON").Params().Params(jen.Index().Byte(), jen.Error()).Block(
		plain.Clone(),
		call("MarshalNames", jen.Id("plain").Call(jen.Id("v"))),
	))
	f.declare("method *"+o.Name+".UnmarshalJSON", []string{"UnmarshalJSON decodes what MarshalJSON encodes."},
		jen.Func().Params(jen.Id("v").Op("*").Id(o.Name)).Id("UnmarshalJSON").Params(jen.Id("data").Index().Byte()).Error().Block(
			plain.Clone(),
			call("UnmarshalNames", jen.Id("data"), jen.Parens(jen.Op("*").Id("plain")).Call(jen.Id("v"))),
		))
}
