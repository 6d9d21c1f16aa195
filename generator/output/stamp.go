package output

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// stamp remembers, on this machine, that a folder was up to date: what it was generated from, and what was in it.
// Whoever finds the same again need not generate. It goes by content alone, never by time.
type stamp[R any] struct {
	Fingerprint string            // of all that the files are made from
	Files       map[string]string // their hashes, by path
	Report      R
}

// ReadStamp returns the report that was left with [WriteStamp], if it still holds: nothing that goes into the files
// has changed since, nor any of the files, and there is none that should not be there. Else it returns nil.
func ReadStamp[R any](folder, fingerprint string) *R {
	name, err := cacheFile(folder, ".json")
	if err != nil {
		return nil
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return nil
	}
	var s stamp[R]
	if json.Unmarshal(text, &s) != nil || s.Fingerprint != fingerprint || len(s.Files) == 0 {
		return nil
	}
	have, err := read(folder, nil)
	if err != nil || len(have) != len(s.Files) {
		return nil
	}
	for p, text := range have {
		if s.Files[p] != hash(text) {
			return nil
		}
	}
	return &s.Report
}

// WriteStamp notes that a folder is up to date, and how the run went that made it so. It is no error where it cannot:
// the next run generates, that is all.
func WriteStamp[R any](folder, fingerprint string, report R) {
	name, err := cacheFile(folder, ".json")
	if err != nil {
		return
	}
	have, err := read(folder, nil)
	if err != nil {
		return
	}
	s := stamp[R]{Fingerprint: fingerprint, Files: map[string]string{}, Report: report}
	for p, text := range have {
		s.Files[p] = hash(text)
	}
	text, err := json.Marshal(s)
	if err != nil || os.MkdirAll(filepath.Dir(name), 0o700) != nil {
		return
	}
	temporary := name + ".new"
	if os.WriteFile(temporary, text, 0o600) == nil {
		_ = os.Rename(temporary, name)
	}
}

func hash(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// cacheFile is where falgen keeps something about a folder: among what the user's machine may forget.
func cacheFile(folder, ext string) (string, error) {
	real, err := resolve(folder)
	if err != nil {
		return "", err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "falgen", hash([]byte(real))+ext), nil
}

// resolve returns the one path of a folder that has many. The folder need not be there yet.
func resolve(folder string) (string, error) {
	there, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	rest := ""
	for {
		real, err := filepath.EvalSymlinks(there)
		if err == nil {
			return filepath.Join(real, rest), nil
		}
		if !errors.Is(err, fs.ErrNotExist) || there == filepath.Dir(there) {
			return "", err
		}
		there, rest = filepath.Dir(there), filepath.Join(filepath.Base(there), rest)
	}
}
