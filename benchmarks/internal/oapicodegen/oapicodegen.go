// Package oapicodegen calls oapi-codegen as its command does.
package oapicodegen

import (
	"fmt"

	"github.com/oapi-codegen/oapi-codegen/v2/pkg/codegen"
	"github.com/oapi-codegen/oapi-codegen/v2/pkg/util"

	_ "github.com/oapi-codegen/runtime"       // what it generates imports these, so that
	_ "github.com/oapi-codegen/runtime/types" // go.mod pins them
)

// Generate returns the models and the client of the document in a file, with the options that a user who asks for
// those two gets. It is not safe for concurrent use: oapi-codegen keeps its options in variables.
func Generate(file string) (code string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	opts := codegen.Configuration{
		PackageName: "endpoint",
		Generate:    codegen.GenerateOptions{Models: true, Client: true},
	}
	opts = opts.UpdateDefaults()
	if err := opts.Validate(); err != nil {
		return "", err
	}
	doc, err := util.LoadSwagger(file)
	if err != nil {
		return "", err
	}
	return codegen.Generate(doc, opts)
}
