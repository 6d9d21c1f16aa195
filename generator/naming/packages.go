package naming

import (
	"fmt"
	"go/token"
	"path"
	"regexp"
	"strings"

	"golang.org/x/mod/module"

	"github.com/falgen/falgen/generator/ir"
)

// Packages returns the package of each endpoint. Where two ids differ only in what a path does not show, the one that
// has its package already keeps it, and the other gets a number behind.
func Packages(ids []string, lock Lock) map[string]ir.Package {
	packages := map[string]ir.Package{}
	taken := map[string]bool{}
	give := func(id, dir string) {
		packages[id] = ir.Package{Name: path.Base(dir), Path: dir}
		taken[dir] = true
	}
	for _, id := range ids {
		if old := lock[id].Package; validPath(old) && !taken[old] {
			give(id, old)
		}
	}
	for _, id := range ids {
		if _, ok := packages[id]; ok {
			continue
		}
		dir := packagePath(id)
		for n := 2; taken[dir] || !validPath(dir); n++ { // such as com2, which is no folder on Windows
			dir = fmt.Sprint(packagePath(id), n)
		}
		give(id, dir)
	}
	return packages
}

var pathPattern = regexp.MustCompile(`^[a-z0-9]+/([a-z0-9]+/)?[a-z][a-z0-9]*$`)

func validPath(dir string) bool {
	return pathPattern.MatchString(dir) && usable(path.Base(dir)) && module.CheckImportPath(dir) == nil
}

// packagePath returns the path of an endpoint's package under the output folder: its owner, its app, and the rest of
// its id joined, as fal routes by owner and app.
func packagePath(id string) string {
	segments := strings.Split(id, "/")
	for i, s := range segments {
		segments[i] = strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, strings.ToLower(s))
	}
	owner, app, rest := segments[0], segments[1], strings.Join(segments[2:], "")
	name := rest
	if len(segments) == 2 {
		name = app
	}
	if !usable(name) {
		name = app + rest
	}
	if !usable(name) {
		name = "api" + name
	}
	if len(segments) == 2 {
		return path.Join(folder(owner), name)
	}
	return path.Join(folder(owner), folder(app), name)
}

// usable reports whether name can name a package and a folder that others import.
func usable(name string) bool {
	switch name {
	case "", "main", "internal", "vendor", "testdata", "init", "fal", "support":
		return false
	}
	return !token.IsKeyword(name) && name[0] >= 'a' && module.CheckImportPath(name) == nil
}

// folder returns a folder name that the go command does not treat as special, and that Windows can have: "con" it cannot.
func folder(name string) string {
	switch name {
	case "internal", "vendor", "testdata":
		return "api" + name
	}
	if module.CheckImportPath(name) != nil {
		return "api" + name
	}
	return name
}
