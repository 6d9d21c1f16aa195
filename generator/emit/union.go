package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/falgen/falgen/generator/ir"
)

// union declares a union's type, and a constructor and an accessor for each arm.
func (f *file) union(u *ir.Union) {
	f.declare("type "+u.Name, []string{
		u.Name + " is " + u.Words(false) + ". JSON that is neither decodes, too, and encodes as it came.",
	}, jen.Type().Id(u.Name).Struct(jen.Qual(supportPath, "Union")))
	var arms []jen.Code
	for _, arm := range u.Arms {
		t := goType(arm.Type, "")
		constructor := u.Name + "From" + arm.Name
		f.declare("func "+constructor, []string{constructor + " returns " + ir.Article(u.Name) + " that holds v."},
			jen.Func().Id(constructor).Params(jen.Id("v").Add(t)).Id(u.Name).Block(
				jen.Return(jen.Id(u.Name).Values(supportName("UnionOf").Call(jen.Id("v")))),
			))
		f.declare("method "+u.Name+"."+arm.Name, []string{arm.Name + " returns the value where it is " + arm.Type.Words() + "."},
			jen.Func().Params(jen.Id("u").Id(u.Name)).Id(arm.Name).Params().Params(t.Clone(), jen.Bool()).Block(
				jen.Return(supportName("As").Types(t.Clone()).Call(jen.Id("u").Dot("Union"))),
			))
		arms = append(arms, armDecoder(arm.Type))
	}
	f.declare("method *"+u.Name+".UnmarshalJSON", []string{"UnmarshalJSON decodes whichever alternative the JSON fits."},
		jen.Func().Params(jen.Id("u").Op("*").Id(u.Name)).Id("UnmarshalJSON").Params(jen.Id("data").Index().Byte()).Error().Block(
			jen.Return(jen.Id("u").Dot("Decode").Call(append([]jen.Code{jen.Id("data")}, arms...)...)),
		))
}

// armDecoder returns what decodes an arm of type t.
func armDecoder(t *ir.Type) jen.Code {
	switch t.Kind {
	case ir.EnumKind:
		return supportName("EnumArm").Call(jen.Id(t.Enum.ValuesName))
	case ir.ObjectKind:
		var required []jen.Code
		for _, field := range t.Object.Fields {
			if field.Required {
				required = append(required, jen.Lit(field.Name))
			}
		}
		return supportName("Arm").Types(goType(t, "")).Call(required...)
	}
	return supportName("Arm").Types(goType(t, "")).Call()
}
