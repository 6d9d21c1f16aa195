package mediainfo

import (
	"encoding/base64"
	"strings"
)

// DataURI returns what a data URI carries in base64, and false for any other text.
func DataURI(ref string) ([]byte, bool) {
	kind, data, ok := strings.Cut(ref, ",")
	if !ok || len(kind) < 5 || !strings.EqualFold(kind[:5], "data:") || !strings.HasSuffix(kind, ";base64") {
		return nil, false
	}
	content, err := base64.StdEncoding.DecodeString(data)
	return content, err == nil
}
