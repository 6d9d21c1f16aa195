package fal

// LoRA is weights that change the style or the subject of what a model makes.
type LoRA struct {
	// Path is where the weights are: a URL, or a name that the endpoint knows.
	Path string `json:"path"`
	// Scale is how strong they are: from 0 to 4. Default: 1.
	Scale Opt[float64] `json:"scale,omitzero"`
	// WeightName is the file's name, where Path leads to several. Not every endpoint looks at it.
	WeightName Opt[string] `json:"weight_name,omitzero"`
}
