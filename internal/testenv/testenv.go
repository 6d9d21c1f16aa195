// Package testenv gives tests an environment that is not the user's. A test package imports it for that alone:
//
//	import _ "github.com/falgen/falgen/internal/testenv"
//
// The variables that fal's clients read, and those of HTTP proxies, are unset before the first test runs. A process that a
// test starts from its own binary has what the test gave it.
package testenv

import (
	"os"
	"strings"
)

// user is the environment that the tests were started in.
var user = os.Environ()

// Marker is set in the environment once the others are unset.
const Marker = "FALGEN_TESTENV"

func init() {
	if os.Getenv(Marker) != "" {
		return
	}
	_ = os.Setenv(Marker, "1")
	for _, v := range user {
		if name, _, _ := strings.Cut(v, "="); chosen(name) {
			_ = os.Unsetenv(name) // it is set, so it has a name
		}
	}
}

// chosen reports whether tests choose a variable themselves.
func chosen(name string) bool {
	return strings.HasPrefix(name, "FAL_") || strings.HasSuffix(strings.ToUpper(name), "_PROXY")
}

// User returns the environment that the tests were started in, for commands that are to reach what the user reaches, such
// as a module proxy.
func User() []string { return user }
