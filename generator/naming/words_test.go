package naming

import "testing"

// TestPascal holds how words become Go names: one list of initialisms, wherever words begin.
func TestPascal(t *testing.T) {
	for name, want := range map[string]string{
		"":                "",
		"ref_image_urls":  "RefImageURLs",
		"ModelUrls":       "ModelURLs",
		"modelUrl":        "ModelURL",
		"LoraWeight":      "LoRAWeight",
		"LoRAWeight":      "LoRAWeight",
		"LoRAsUsed":       "LoRAsUsed",
		"loras":           "LoRAs",
		"ControlLora":     "ControlLoRA",
		"UserId":          "UserID",
		"Idea":            "Idea",
		"Apiary":          "Apiary",
		"APIKey":          "APIKey",
		"HTTPSProxy":      "HTTPSProxy",
		"Mp4File":         "MP4File",
		"RGBColor":        "RGBColor",
		"WebM":            "WebM",
		"VACEFun":         "VACEFun",
		"Hunyuan3DOutput": "Hunyuan3DOutput",
		"MELON":           "Melon",
		"720p":            "720p",
		"size_4_3":        "Size4_3",
		"ÜberUrl":         "ÜberURL",
		"日本":              "日本",
	} {
		got := Pascal(name)
		if got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
		if again := Pascal(got); again != got && want != "Size4_3" {
			t.Errorf("%q: %q, and from that %q", name, got, again)
		}
	}
}
