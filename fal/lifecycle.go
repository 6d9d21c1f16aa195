package fal

import (
	"fmt"
	"time"

	"github.com/falgen/falgen/fal/internal/input"
)

// Lifecycle says how long fal keeps a file, and who may see it (docs/protocol.md, section 4.2). The zero Lifecycle
// leaves both to the account's settings.
type Lifecycle struct {
	Expires time.Duration // how long the file is kept, in whole seconds; 0 for the account's default
	ACL     *ACL          // nil for the account's default
}

// ACL says who may see a file.
type ACL struct {
	Default Decision  `json:"default,omitzero"` // for whom no rule names
	Rules   []ACLRule `json:"rules,omitempty"`
}

// ACLRule is what one user may do.
type ACLRule struct {
	User     string   `json:"user"`
	Decision Decision `json:"decision"`
}

// Decision is what those may do who ask for a file.
type Decision string

// The decisions that fal knows.
const (
	DecisionAllow  Decision = "allow"
	DecisionForbid Decision = "forbid" // it is there, but not for them
	DecisionHide   Decision = "hide"   // for them, there is no such file
)

// WithUploadLifecycle says how long fal keeps the files that are uploaded, and who may see them.
func WithUploadLifecycle(l Lifecycle) UploadOption {
	return option(func(c *config) error {
		var err error
		c.uploads.lifecycle, err = l.header()
		return err
	})
}

// header is the lifecycle as fal reads it, "" where it says nothing.
func (l Lifecycle) header() (string, error) {
	if l.Expires < 0 || l.Expires%time.Second != 0 {
		return "", fmt.Errorf("fal: a Lifecycle expires after whole seconds, not %v", l.Expires)
	}
	wire := struct {
		Seconds int64 `json:"expiration_duration_seconds,omitzero"`
		ACL     *ACL  `json:"initial_acl,omitzero"`
	}{int64(l.Expires / time.Second), l.ACL}
	if wire.ACL != nil && wire.ACL.Default == "" && len(wire.ACL.Rules) == 0 {
		wire.ACL = nil
	}
	if wire.Seconds == 0 && wire.ACL == nil {
		return "", nil
	}
	value, err := input.JSON(wire)
	return string(value), err
}
