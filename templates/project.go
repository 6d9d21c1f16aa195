package templates

import (
	"bytes"
	"embed"
	"fmt"
	"text/template"
)

//go:embed project
var projectFiles embed.FS

var project = template.Must(template.New("").Delims("[[", "]]").ParseFS(projectFiles, "project/*"))

// A Project is what falgen's files in a user's project depend on. Paths have slashes.
type Project struct {
	Specs, Out string // as YAML, relative to the folder of falgen.yaml
	GoPackage  string // of the Go files in that folder
	Folder     string // that folder under the repository, "." where it is the repository's
	Module     string // go.mod's folder under the repository with a slash behind, "" where it is the repository's

	Documents, Generated []string // patterns of git for the files in Specs and Out
}

// Files returns the files that falgen init writes, by path under the folder of falgen.yaml.
func (p Project) Files() (map[string][]byte, error) {
	files := map[string]string{"falgen.yaml": "falgen.yaml", "generate.go": "generate.go"}
	if len(p.Documents)+len(p.Generated) > 0 {
		files[".gitattributes"] = "gitattributes"
	}
	return p.execute(files)
}

// Workflows returns the workflow files for GitHub, by path under the repository: the check of each push, and the update
// of each night.
func (p Project) Workflows() (map[string][]byte, error) {
	return p.execute(map[string]string{
		".github/workflows/falgen-check.yml":  "falgen-check.yml",
		".github/workflows/falgen-update.yml": "falgen-update.yml",
	})
}

// execute fills in the templates, given by the path of what they make.
func (p Project) execute(names map[string]string) (map[string][]byte, error) {
	files := map[string][]byte{}
	for path, name := range names {
		var b bytes.Buffer
		if err := project.ExecuteTemplate(&b, name+".tmpl", p); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		files[path] = b.Bytes()
	}
	return files, nil
}
