// Package golden compiles the golden packages, by importing them. Written by go test ./generator -update.
package golden

//lint:file-ignore SA1019 one of them is deprecated, for a case

import (
	_ "github.com/falgen/falgen/testdata/golden/all-of/falai/golden/allof"
	_ "github.com/falgen/falgen/testdata/golden/bounds/falai/golden/bounds"
	_ "github.com/falgen/falgen/testdata/golden/circular-schema/falai/golden/circularschema"
	_ "github.com/falgen/falgen/testdata/golden/default-repair/falai/golden/defaultrepair"
	_ "github.com/falgen/falgen/testdata/golden/default/falai/golden/goldendefault"
	_ "github.com/falgen/falgen/testdata/golden/deprecated/falai/golden/deprecated"
	_ "github.com/falgen/falgen/testdata/golden/endpoint-deprecated/falai/golden/endpointdeprecated"
	_ "github.com/falgen/falgen/testdata/golden/enum-integer/falai/golden/enuminteger"
	_ "github.com/falgen/falgen/testdata/golden/enum/falai/golden/enum"
	_ "github.com/falgen/falgen/testdata/golden/file-size/falai/golden/filesize"
	_ "github.com/falgen/falgen/testdata/golden/free-form-root/falai/golden/freeformroot"
	_ "github.com/falgen/falgen/testdata/golden/free-form/falai/golden/freeform"
	_ "github.com/falgen/falgen/testdata/golden/hint/falai/golden/hint"
	_ "github.com/falgen/falgen/testdata/golden/hostile-text/falai/golden/hostiletext"
	_ "github.com/falgen/falgen/testdata/golden/media/falai/golden/media"
	_ "github.com/falgen/falgen/testdata/golden/missing-ref/falai/golden/missingref"
	_ "github.com/falgen/falgen/testdata/golden/names-read/falai/golden/namesread"
	_ "github.com/falgen/falgen/testdata/golden/names/falai/golden/names"
	_ "github.com/falgen/falgen/testdata/golden/nullable-default/falai/golden/nullabledefault"
	_ "github.com/falgen/falgen/testdata/golden/nullable/falai/golden/nullable"
	_ "github.com/falgen/falgen/testdata/golden/operations/falai/golden/operations"
	_ "github.com/falgen/falgen/testdata/golden/optional/falai/golden/optional"
	_ "github.com/falgen/falgen/testdata/golden/order/falai/golden/order"
	_ "github.com/falgen/falgen/testdata/golden/package-name/falai/apiinternal/internal3dgoswitch"
	_ "github.com/falgen/falgen/testdata/golden/recursion/falai/golden/recursion"
	_ "github.com/falgen/falgen/testdata/golden/reference/falai/golden/reference"
	_ "github.com/falgen/falgen/testdata/golden/shared/falai/golden/shared"
	_ "github.com/falgen/falgen/testdata/golden/text/falai/golden/text"
	_ "github.com/falgen/falgen/testdata/golden/tuple/falai/golden/tuple"
	_ "github.com/falgen/falgen/testdata/golden/union-fallback/falai/golden/unionfallback"
	_ "github.com/falgen/falgen/testdata/golden/union-of-one/falai/golden/unionofone"
	_ "github.com/falgen/falgen/testdata/golden/union/falai/golden/union"
)
