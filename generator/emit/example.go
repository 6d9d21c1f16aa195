package emit

import (
	"github.com/dave/jennifer/jen"

	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/sample"
)

// exampleSource is a program that calls the endpoint with the document's example.
func exampleSource(e *ir.Endpoint, importPath string) *file {
	f := newFile(e, importPath+"_test", e.Package.Name+"_test")
	f.jen.ImportName(importPath, e.Package.Name)
	fatal := jen.If(jen.Err().Op("!=").Nil()).Block(jen.Qual("log", "Fatal").Call(jen.Err()))
	input := literals{importPath}.value(e.Input, sample.Input(e))
	f.declared = append(f.declared, "func Example")
	f.jen.Func().Id("Example").Params().Block(
		jen.List(jen.Id("client"), jen.Err()).Op(":=").Qual(falPath, "NewClient").Call().Op("// with the key in FAL_KEY"),
		fatal.Clone(),
		jen.List(jen.Id("res"), jen.Err()).Op(":=").Qual(importPath, "New").Call(jen.Id("client")).
			Dot("Subscribe").Call(jen.Qual("context", "Background").Call(), input),
		fatal.Clone(),
		result(e.Output),
	)
	return f
}

// result prints what a reader would look for first in an output: the URL of the file that was made.
func result(output *ir.Type) jen.Code {
	data := jen.Id("res").Dot("Data")
	if output.Kind == ir.ObjectKind {
		for _, field := range output.Object.Fields {
			at := data.Clone().Dot(field.GoName)
			switch t := field.Type; {
			case isFile(t) && field.Shape() == ir.Plain:
				return jen.Qual("fmt", "Println").Call(at.Dot("URL"))
			case t.Kind == ir.List && isFile(t.Elem) && field.Shape() == ir.OmitZero:
				return jen.For(jen.List(jen.Id("_"), jen.Id("file")).Op(":=").Range().Add(at)).Block(
					jen.Qual("fmt", "Println").Call(jen.Id("file").Dot("URL")),
				)
			}
		}
	}
	return jen.Qual("fmt", "Printf").Call(jen.Lit("%+v\n"), data)
}

func isFile(t *ir.Type) bool {
	return t.Kind == ir.SharedKind && t.Shared.Fields[0].Name == "url" && !t.Nullable
}
