package fetch

import (
	"fmt"
	"regexp"
	"strings"
)

// device matches what Windows takes for a device, whatever stands behind a dot.
var device = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`)

// documentPath returns where the document of an endpoint is stored, under the folder of documents: at its id. Where a
// file system would not have that name, or where it could be another document's, a "~" is added, which no id has. n
// counts the ids that differ in upper and lower case only, from 1.
func documentPath(id string, n int) string {
	segments := strings.Split(id, "/")
	for i, s := range segments {
		if m := device.FindStringSubmatchIndex(s); m != nil {
			s = s[:m[3]] + "~" + s[m[3]:]
		}
		folder := i < len(segments)-1
		if folder && (strings.HasSuffix(s, ".") || strings.EqualFold(s[max(0, len(s)-len(".json")):], ".json")) {
			s += "~"
		}
		segments[i] = s
	}
	path := strings.Join(segments, "/")
	if n > 1 {
		path += fmt.Sprint("~", n)
	}
	return path + ".json"
}
