// Package specs holds the OpenAPI documents of the thirteen endpoints that
// this project generates clients for.
//
// The documents are authored by the project from the public facts about the
// endpoints: their structure, names, types, bounds, defaults and example media
// are those of the service, while the wording of their titles, descriptions
// and example prompts is ours. They are embedded so that other packages, such
// as the fake server, can use them wherever the module is.
package specs

import "embed"

// FS holds the documents, each at its endpoint id followed by ".json", such as
// "fal-ai/rife/video.json".
//
//go:embed fal-ai
var FS embed.FS
