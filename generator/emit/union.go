package emit

import (
	"fmt"

	"github.com/dave/jennifer/jen"

	"github.com/falgen/falgen/generator/ir"
)

// union declares a union's type, and a constructor and an accessor for each arm.
func (f *file) union(u *ir.Union) {
	other := "JSON that is neither"
	if len(u.Arms) > 2 {
		other = "JSON that is none of these"
	}
	f.declare("type "+u.Name, []string{
		u.Name + " is " + u.Phrase(false) + ". " + other + " decodes, too, and encodes as it came.",
	}, jen.Type().Id(u.Name).Struct(jen.Qual(supportPath, "Union")))
	var arms, tagged []jen.Code
	for _, arm := range u.Arms {
		t := goType(arm.Type, "")
		constructor := u.Name + "From" + arm.Name
		f.declare("func "+constructor, []string{constructor + " returns " + ir.Article(u.Name) + " that holds v."},
			jen.Func().Id(constructor).Params(jen.Id("v").Add(t)).Id(u.Name).Block(append(setTag(u, arm),
				jen.Return(jen.Id(u.Name).Values(supportName("UnionOf").Call(jen.Id("v")))),
			)...))
		f.declare("method "+u.Name+"."+arm.Name, []string{arm.Name + " returns the value where it is " + arm.Type.Phrase() + "."},
			jen.Func().Params(jen.Id("u").Id(u.Name)).Id(arm.Name).Params().Params(t.Clone(), jen.Bool()).Block(
				jen.Return(supportName("As").Types(t.Clone()).Call(jen.Id("u").Dot("Union"))),
			))
		if arm.Tag == "" {
			arms = append(arms, armDecoder(arm.Type))
		} else {
			tagged = append(tagged, jen.Values(jen.Id("Tag").Op(":").Lit(arm.Tag), jen.Id("Arm").Op(":").Add(armDecoder(arm.Type))))
		}
	}
	doc, decode, args := "UnmarshalJSON decodes whichever alternative the JSON fits.", "Decode", []jen.Code{jen.Id("data")}
	if u.Tag != "" {
		doc, decode = fmt.Sprintf("UnmarshalJSON decodes the alternative that %q of the JSON names.", u.Tag), "DecodeTagged"
		args = append(args, jen.Lit(u.Tag), lineList(jen.Index().Add(supportName("Tagged")), tagged))
	}
	f.declare("method *"+u.Name+".UnmarshalJSON", []string{doc},
		jen.Func().Params(jen.Id("u").Op("*").Id(u.Name)).Id("UnmarshalJSON").Params(jen.Id("data").Index().Byte()).Error().Block(
			jen.Return(jen.Id("u").Dot(decode).Call(append(args, arms...)...)),
		))
}

// setTag returns the statement that gives the object of an arm its tag.
func setTag(u *ir.Union, arm ir.Arm) []jen.Code {
	if arm.Tag == "" {
		return nil
	}
	for _, field := range arm.Type.Object.Fields {
		if field.Name == u.Tag {
			return []jen.Code{jen.Id("v").Dot(field.GoName).Op("=").Add(literals{}.field(field, arm.Tag))}
		}
	}
	return nil
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
