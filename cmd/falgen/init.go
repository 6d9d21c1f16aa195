package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/build"
	"go/token"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"
	"golang.org/x/mod/modfile"

	"github.com/falgen/falgen/generator/output"
	"github.com/falgen/falgen/generator/spec"
	"github.com/falgen/falgen/templates"
)

func initCommand() *cobra.Command {
	var f flags
	var ci string
	cmd := &cobra.Command{
		Use:   "init [ID...]",
		Short: "Set up falgen in this module",
		Long: `Init writes falgen.yaml, a Go file with a go:generate line, and .gitattributes to the current folder. With --ci github
it also writes two workflows: one checks each push, the other fetches changed documents every night and opens a pull
request.

Existing files are not overwritten: init prints what they lack. Then it prints the next steps, for the endpoints given as
arguments.`,
		RunE: func(cmd *cobra.Command, ids []string) error {
			if ci != "" && ci != "github" {
				return fmt.Errorf("--ci %s: there are workflows for github alone", ci)
			}
			for _, id := range ids {
				if err := spec.CheckID(id); err != nil {
					return err
				}
			}
			c, err := readConfig("")
			if err != nil {
				return err
			}
			c.Specs, c.Out = either(f.specs, c.Specs), either(f.out, c.Out)
			p, err := openProject(c)
			if err != nil {
				return err
			}
			if err := p.write(cmd.ErrOrStderr(), ci != ""); err != nil {
				return err
			}
			p.next(cmd.OutOrStdout(), ids, ci != "")
			return nil
		},
	}
	cmd.Flags().StringVar(&f.specs, "specs", "", "`folder` of documents (default specs)")
	cmd.Flags().StringVar(&f.out, "out", "", "`folder` of the generated packages (default generated)")
	cmd.Flags().StringVar(&ci, "ci", "", "write workflows, too, for a `service`: github")
	return cmd
}

func either(given, otherwise string) string {
	if given != "" {
		return given
	}
	return otherwise
}

// userProject is the folder that init runs in.
type userProject struct {
	templates.Project
	repository string // its folder, from here
	hasTool    bool   // go.mod names falgen as a tool
	directive  bool   // a Go file has the go:generate line
}

// openProject looks at what is there. An error tells what has to be there first.
func openProject(c config) (*userProject, error) {
	here, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	module, ok := above(here, "go.mod")
	if !ok {
		return nil, errors.New("there is no go.mod here or above: run go mod init first, such as go mod init example.com/you")
	}
	text, err := os.ReadFile(filepath.Join(module, "go.mod"))
	if err != nil {
		return nil, err
	}
	mod, err := modfile.Parse(filepath.Join(module, "go.mod"), text, nil)
	if err != nil {
		return nil, err
	}
	p := &userProject{}
	for _, t := range mod.Tool {
		p.hasTool = p.hasTool || t.Path == tool
	}
	repository, ok := above(here, ".git")
	if !ok {
		repository = module
	}
	for _, rel := range []struct {
		to       *string
		from, at string
	}{{&p.repository, here, repository}, {&p.Folder, repository, here}, {&p.Module, repository, module}} {
		if *rel.to, err = filepath.Rel(rel.from, rel.at); err != nil {
			return nil, err
		}
		*rel.to = filepath.ToSlash(*rel.to)
	}
	if p.Module += "/"; p.Module == "./" {
		p.Module = ""
	}
	if p.Specs, err = yamlText(c.Specs); err != nil {
		return nil, err
	}
	if p.Out, err = yamlText(c.Out); err != nil {
		return nil, err
	}
	p.Documents, p.Generated = patterns(c.Specs), patterns(c.Out)
	p.GoPackage, p.directive, err = goFiles(here)
	return p, err
}

// tool is the import path of this command.
const tool = "github.com/falgen/falgen/cmd/falgen"

// above returns the nearest folder, dir or one above it, that holds a file or folder of this name.
func above(dir, name string) (string, bool) {
	for {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return dir, true
		}
		if dir == filepath.Dir(dir) {
			return "", false
		}
		dir = filepath.Dir(dir)
	}
}

// yamlText returns a path as it is written in YAML.
func yamlText(name string) (string, error) {
	text, err := yaml.Marshal(filepath.ToSlash(name))
	return strings.TrimSpace(string(text)), err
}

// patterns returns the patterns of git for a file, or for the files in a folder; none where that is not below this one.
func patterns(name string) []string {
	name = filepath.ToSlash(filepath.Clean(name))
	if !filepath.IsLocal(name) || name == "." || strings.ContainsAny(name, " \t\"\\*?[!#") {
		return nil
	}
	if strings.EqualFold(path.Ext(name), ".json") {
		return []string{"/" + name}
	}
	return []string{name + "/**"}
}

// goFiles returns the package name for a Go file in a folder: that of the others, else one after the folder's import
// path. And it tells whether one of them runs falgen already.
func goFiles(dir string) (name string, directive bool, err error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return "", false, err
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return "", false, err
		}
		directive = directive || bytes.Contains(text, []byte("\n//go:generate go tool falgen generate"))
	}
	if pkg, _ := build.ImportDir(dir, 0); pkg.Name != "" { // whatever else may be wrong with it
		return pkg.Name, directive, nil
	}
	in, err := importPath(dir)
	if err != nil {
		return "", false, err
	}
	name = strings.ToLower(strings.Map(func(r rune) rune {
		if r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, path.Base(in)))
	if !token.IsIdentifier(name) || name == "main" {
		name = "generate"
	}
	return name, directive, nil
}

// write writes what is not there, and says what is.
func (p *userProject) write(stderr io.Writer, workflows bool) error {
	files, err := p.Files()
	if err != nil {
		return err
	}
	if p.directive {
		delete(files, "generate.go")
	}
	if err := create(stderr, ".", files); err != nil || !workflows {
		return err
	}
	if files, err = p.Workflows(); err != nil {
		return err
	}
	return create(stderr, p.repository, files)
}

// create writes the files that are not there. Of one that is, it says what it lacks.
func create(stderr io.Writer, folder string, files map[string][]byte) error {
	made, there, err := output.Create(folder, files)
	for _, name := range made {
		fmt.Fprintf(stderr, "falgen: wrote %s\n", path.Join(folder, name))
	}
	for _, name := range there {
		have, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return err
		}
		lines := lacking(have, files[name])
		fmt.Fprintf(stderr, "falgen: %s is there and stays as it is", path.Join(folder, name))
		if len(lines) > 0 && (name == ".gitattributes" || name == "generate.go") {
			fmt.Fprintf(stderr, "; add to it\n\t%s", strings.Join(lines, "\n\t"))
		}
		fmt.Fprintln(stderr)
	}
	return err
}

// lacking returns the lines of wanted that have does not hold, but for remarks.
func lacking(have, wanted []byte) (lines []string) {
	there := strings.FieldsFunc(string(have), func(r rune) bool { return r == '\n' || r == '\r' })
	for line := range strings.Lines(string(wanted)) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") && !slices.Contains(there, line) {
			lines = append(lines, line)
		}
	}
	return lines
}

// next prints what to do now.
func (p *userProject) next(w io.Writer, ids []string, workflows bool) {
	fmt.Fprintln(w, "Next:")
	if !p.hasTool {
		fmt.Fprintf(w, "  go get -tool %s\n", tool)
	}
	which := strings.Join(ids, " ")
	if which == "" {
		which = "ID..."
	}
	fmt.Fprintf(w, "  go tool falgen fetch %s\n  go generate .\n", which)
	if workflows {
		fmt.Fprintln(w, "and, for the pull requests, in the settings of the repository on GitHub, under Actions, General:\n"+
			`  check "Allow GitHub Actions to create and approve pull requests"`)
	}
}
