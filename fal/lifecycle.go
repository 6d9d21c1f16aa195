package fal

import (
	"fmt"
	"time"

	"github.com/falgen/falgen/fal/internal/input"
)

// Lifecycle sets how long fal keeps a file, and who may read it (docs/protocol.md, section 4.2). The zero Lifecycle
// leaves both to the account's settings.
type Lifecycle struct {
	Expires time.Duration // how long the file is kept, in whole seconds; 0 for the account's default
	ACL     *ACL          // nil for the account's default
}

// ACL is the access control list of a file.
type ACL struct {
	Default Decision  `json:"default,omitzero"` // for users without a rule
	Rules   []ACLRule `json:"rules,omitempty"`
}

// ACLRule sets the access of one user.
type ACLRule struct {
	User     string   `json:"user"`
	Decision Decision `json:"decision"`
}

// Decision is the access that a user has to a file.
type Decision string

// Access decisions.
const (
	DecisionAllow  Decision = "allow"
	DecisionForbid Decision = "forbid" // reading it returns 403
	DecisionHide   Decision = "hide"   // reading it returns 404
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
