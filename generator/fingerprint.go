package generator

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/falgen/falgen/generator/spec"
)

// Fingerprint identifies all that a result depends on: the documents, the configuration, and this very program.
func Fingerprint(sources *spec.Sources, cfg Config) (string, error) {
	h := sha256.New()
	program, err := programHash()
	if err != nil {
		return "", err
	}
	h.Write(program)
	config, err := json.Marshal(cfg)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(h, "%d %s\n", len(config), config)
	h.Write(sources.Hash[:])
	return hex.EncodeToString(h.Sum(nil)), nil
}

// programHash is the hash of the executable, since another version of falgen may generate otherwise.
var programHash = sync.OnceValues(func() ([]byte, error) {
	name, err := os.Executable()
	if err != nil {
		return nil, err
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h := sha256.New()
	_, err = io.Copy(h, f)
	return h.Sum(nil), err
})
