package fal

import (
	"cmp"
	"runtime/debug"
	"strings"
	"sync"
)

const modulePath = "github.com/falgen/falgen"

// userAgent returns the name of this module with its version, such as "falgen/1.2.0 (go)".
var userAgent = sync.OnceValue(func() string { return "falgen/" + moduleVersion() + " (go)" })

// moduleVersion returns the version of this module that the program was built with, "devel" where the build does not tell.
func moduleVersion() string {
	version := ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range append(info.Deps, &info.Main) {
			if m.Path == modulePath && m.Version != "(devel)" {
				version = m.Version
			}
		}
	}
	return cmp.Or(strings.TrimPrefix(version, "v"), "devel")
}
