package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"
	"golang.org/x/mod/modfile"
)

const defaultConfig = "falgen.yaml"

// config is falgen.yaml. Its paths are relative to the file.
type config struct {
	Specs   string `yaml:"specs"`   // the folder of documents
	Out     string `yaml:"out"`     // the folder of packages
	Package string `yaml:"package"` // the import path of Out; from go.mod where it is not given

	strict bool
}

// flags are what commands take on the command line. They win over the config.
type flags struct {
	config, specs, out string
	strict             bool
}

// register adds the flags of commands that generate.
func (f *flags) register(cmd *cobra.Command) {
	f.registerFolders(cmd)
	cmd.Flags().BoolVar(&f.strict, "strict", false, "refuse documents that have to be repaired")
}

// registerFolders adds the flags that say where things are.
func (f *flags) registerFolders(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.config, "config", "", "configuration `file` (default falgen.yaml, if there is one)")
	cmd.Flags().StringVar(&f.specs, "specs", "", "`folder` of documents, one document, or a catalogue dump (default specs)")
	cmd.Flags().StringVar(&f.out, "out", "", "`folder` of the generated packages (default generated)")
}

// folders returns where things are. The import path may be missing.
func (f *flags) folders() (config, error) {
	c, err := readConfig(f.config)
	if err != nil {
		return c, err
	}
	c.strict = f.strict
	if f.specs != "" {
		c.Specs = f.specs
	}
	if f.out != "" && filepath.Clean(f.out) != filepath.Clean(c.Out) {
		c.Out, c.Package = f.out, ""
	}
	return c, nil
}

// load returns the configuration of a run that generates.
func (f *flags) load(stderr io.Writer) (config, error) {
	c, err := f.folders()
	if err != nil {
		return c, err
	}
	if c.Package == "" {
		if c.Package, err = importPath(c.Out); err != nil {
			return c, err
		}
		if c.Package == "" {
			c.Package = filepath.Base(c.Out)
			fmt.Fprintf(stderr, "falgen: no go.mod above %s, so its import path is taken to be %q: run go mod init, or set package in %s\n",
				c.Out, c.Package, defaultConfig)
		}
	}
	return c, nil
}

// readConfig reads a config file; where none is named, the one in this folder, if there is one.
func readConfig(name string) (config, error) {
	c := config{Specs: "specs", Out: "generated"}
	given := name != ""
	if !given {
		name = defaultConfig
	}
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) && !given {
		return c, nil
	} else if err != nil {
		return c, fmt.Errorf("cannot read the configuration: %w", err)
	}
	dec := yaml.NewDecoder(bytes.NewReader(text), yaml.DisallowUnknownField())
	if err := dec.Decode(&c); err != nil && !errors.Is(err, io.EOF) {
		return c, yamlError(name, err)
	}
	if c.Specs == "" || c.Out == "" {
		return c, fmt.Errorf("%s: specs and out must each name a folder", name)
	}
	dir := filepath.Dir(name)
	for _, p := range []*string{&c.Specs, &c.Out} {
		if !filepath.IsAbs(*p) {
			*p = filepath.Join(dir, *p)
		}
	}
	return c, nil
}

// yamlError puts the place in front of what is wrong with a config file.
func yamlError(name string, err error) error {
	var bad yaml.Error
	if errors.As(err, &bad) && bad.GetToken() != nil {
		at := bad.GetToken().Position
		return fmt.Errorf("%s:%d:%d: %s", name, at.Line, at.Column, bad.GetMessage())
	}
	return fmt.Errorf("%s: %w", name, err)
}

// importPath returns the import path of a folder by the go.mod above it, or "" where there is none.
func importPath(folder string) (string, error) {
	abs, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	for dir := abs; ; dir = filepath.Dir(dir) {
		text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil {
			module := modfile.ModulePath(text)
			if module == "" {
				return "", fmt.Errorf("%s names no module", filepath.Join(dir, "go.mod"))
			}
			rel, err := filepath.Rel(dir, abs)
			return path.Join(module, filepath.ToSlash(rel)), err
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		if dir == filepath.Dir(dir) {
			return "", nil
		}
	}
}
