package naming

import (
	"fmt"
	"unicode"
)

// An allocator holds the names that are taken.
type allocator map[string]bool

// take returns the first of the names that is free; where none is, the last one with the lowest number that makes it.
func (a allocator) take(names ...string) string { return a.takeBoth("", names...) }

// takeBoth is take for a name that is needed with and without a suffix.
func (a allocator) takeBoth(suffix string, names ...string) string {
	free := func(name string) bool {
		if a[name] || a[name+suffix] {
			return false
		}
		a[name], a[name+suffix] = true, true
		return true
	}
	for _, name := range names {
		if free(name) {
			return name
		}
	}
	last := names[len(names)-1]
	if unicode.IsDigit(rune(last[len(last)-1])) {
		last += "_"
	}
	for n := 2; ; n++ {
		if name := fmt.Sprint(last, n); free(name) {
			return name
		}
	}
}
