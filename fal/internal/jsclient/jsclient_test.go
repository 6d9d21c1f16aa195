package jsclient

import (
	"bytes"
	"testing"
)

// TestLock keeps the name of whoever's registry made the lock out of it.
func TestLock(t *testing.T) {
	lock, err := wanted.ReadFile("package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"resolved"`, "://"} {
		if bytes.Contains(lock, []byte(part)) {
			t.Errorf("%s is in package-lock.json; make it again with this folder's .npmrc", part)
		}
	}
}
