package diag

import (
	"fmt"
	"path"
	"runtime"
	"strings"
)

// Recover, deferred, passes a panic on to found as an [Error] of rule "internal": a fault of falgen's own, which is to
// stop no document but the one at hand. Without a panic it does nothing.
func Recover(pos Pos, endpoint string, found func(Diagnostic)) {
	fault := recover()
	if fault == nil {
		return
	}
	found(Diagnostic{
		Pos: pos, Endpoint: endpoint, Rule: "internal", Severity: Error,
		Message: fmt.Sprintf("falgen failed on this document, in %s: %v; please report it, with the document, at "+
			"https://github.com/falgen/falgen/issues", panicked(), fault),
	})
}

// panicked returns the function of falgen that panicked, or called what did.
func panicked() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	for past := false; ; {
		frame, more := frames.Next()
		if past && strings.HasPrefix(frame.Function, "github.com/falgen/") {
			return path.Base(frame.Function)
		}
		past = past || frame.Function == "runtime.gopanic"
		if !more {
			return "an unknown place"
		}
	}
}
