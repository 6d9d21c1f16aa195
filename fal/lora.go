package fal

// LoRA refers to LoRA weights, which adapt the style or subject of the output.
type LoRA struct {
	// Path is the URL of the weights, or a name that the endpoint knows.
	Path string `json:"path"`
	// Scale is how strong they are: from 0 to 4. Default: 1.
	Scale Opt[float64] `json:"scale,omitzero"`
	// WeightName selects a file if Path has several. Not every endpoint uses it.
	WeightName Opt[string] `json:"weight_name,omitzero"`
}
