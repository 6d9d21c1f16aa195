package generator

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/falgen/falgen/generator/spec"
)

// Fingerprint identifies all that a result depends on: the documents, the configuration, and this very program.
func Fingerprint(sources *spec.Sources, cfg Config) (string, error) {
	h := sha256.New()
	if err := hashProgram(h); err != nil {
		return "", err
	}
	config, err := json.Marshal(cfg)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(h, "%d %s\n", len(config), config)
	h.Write(sources.Hash[:])
	return hex.EncodeToString(h.Sum(nil)), nil
}

// hashProgram adds the executable, since another version of falgen may generate otherwise.
func hashProgram(h io.Writer) error {
	name, err := os.Executable()
	if err != nil {
		return err
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(h, f)
	return err
}
