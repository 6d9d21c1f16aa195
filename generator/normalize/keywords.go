package normalize

// use is what becomes of a keyword.
type use int

const (
	unknown use = iota // reported
	used               // it shapes the type, the checks or the docs
	hinted             // it is shown in the docs and binds nobody
	ignored            // it says nothing to a caller
)

// keywords are the keywords that may stand in a schema.
var keywords = map[string]use{
	"$ref": used, "allOf": used, "anyOf": used, "oneOf": used,
	"type": used, "enum": used, "const": used, "nullable": used, "format": used,
	"properties": used, "required": used, "additionalProperties": used, "x-fal-order-properties": used,
	"items": used, "minItems": used, "maxItems": used, "uniqueItems": used,
	"minProperties": used, "maxProperties": used,
	"minLength": used, "maxLength": used, "pattern": used,
	"minimum": used, "maximum": used, "exclusiveMinimum": used, "exclusiveMaximum": used, "multipleOf": used,
	"description": used, "default": used, "examples": used, "example": used, "deprecated": used,

	"min": hinted, "max": hinted, "ge": hinted, "le": hinted, "gt": hinted, "lt": hinted, "step": hinted,
	"limit_description": hinted, "max_file_size": hinted, "min_pixels": hinted, "max_pixels": hinted,

	"title": ignored, "ui": ignored, "_fal_ui_field": ignored, "x-fal": ignored,
	"$schema": ignored, "$id": ignored, "$comment": ignored, "$defs": ignored, "definitions": ignored,
	"readOnly": ignored, "writeOnly": ignored, "externalDocs": ignored, "xml": ignored,
}
