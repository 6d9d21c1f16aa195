package ir

import "strings"

// About says in short sentences what kind of endpoint it is, as far as that is known.
func (e *Endpoint) About() string {
	var facts []string
	for _, f := range [][2]string{{"Category: ", e.Category}, {"Licence: ", e.License}, {"At fal since ", e.Since}} {
		if f[1] != "" {
			facts = append(facts, f[0]+f[1]+".")
		}
	}
	return strings.Join(facts, " ")
}

// Deprecation says that the endpoint is to go, and what to call in its place where that is known. It is empty where
// the endpoint stays.
func (e *Endpoint) Deprecation() string {
	switch {
	case !e.Deprecated:
		return ""
	case e.Replacement != "" && e.Sunset != "":
		return "call " + e.Replacement + " in the place of " + e.ID + ", which goes on " + e.Sunset + "."
	case e.Replacement != "":
		return "call " + e.Replacement + " in the place of " + e.ID + "."
	case e.Sunset != "":
		return "fal advises against " + e.ID + ", which goes on " + e.Sunset + "."
	}
	return "fal advises against " + e.ID + ", which may go without further notice."
}
