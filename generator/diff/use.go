package diff

import "fmt"

// A Use is a place in somebody's code, and what a change does to it. Package callers finds it.
type Use struct {
	File   string `json:"file"` // relative to the folder that was searched, with slashes
	Line   int    `json:"line"` // from 1
	Column int    `json:"column"`
	Level  Level  `json:"level"` // what the change does here; it may be graver elsewhere
	Text   string `json:"text"`
}

// String writes the use as compilers write what they find: "main.go:31:2: GO: sets modify.Input.Mode to ...".
func (u Use) String() string {
	return fmt.Sprintf("%s:%d:%d: %s: %s", u.File, u.Line, u.Column, u.Level, u.Text)
}
