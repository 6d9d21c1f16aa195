package main

import (
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/falgen/falgen/generator/fetch/fetchtest"
)

// startFal gives a script a fake fal of its own, which commands ask in the place of fal's hosts.
func startFal(env *testscript.Env) {
	s := fetchtest.New()
	env.Defer(s.Close)
	env.Values["fal"] = s
	env.Setenv("FAL_BASE_URL", s.URL)
	env.Setenv("FAL_KEY", "")
}

// falInScript changes the fake fal: "fal has ID FIELD [TITLE DESCRIPTION [STATUS DATE]]" gives it an endpoint with a field, where
// \x1b in the description is one character, "fal breaks WHAT STATUS" makes it answer so for ever, "fal hangs WHAT" not at all.
func falInScript(ts *testscript.TestScript, neg bool, args []string) {
	s := ts.Value("fal").(*fetchtest.Server)
	switch {
	case neg || len(args) < 2:
		ts.Fatalf("usage: fal has|breaks|hangs ...")
	case args[0] == "has":
		args = append(args, "", "", "", "")
		description, err := strconv.Unquote(`"` + args[4] + `"`)
		ts.Check(err)
		s.Add(fetchtest.Model{ID: args[1], Title: args[3], Description: description, Category: "text-to-image",
			Status: args[5], Date: args[6],
			Document: fetchtest.Document(args[1], args[2], false)})
	case args[0] == "breaks":
		status, err := strconv.Atoi(args[2])
		ts.Check(err)
		s.Break(args[1], fetchtest.Status(status).Always())
	case args[0] == "hangs":
		s.Break(args[1], fetchtest.Hang().Always())
	}
}

// await waits for a file that a command in the background writes, and for a text in it if one is given.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: await FILE")
	}
	for range 1000 {
		if text, err := os.ReadFile(ts.MkAbs(args[0])); err == nil && strings.TrimSpace(string(text)) != "" {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	ts.Fatalf("%s was not written", args[0])
}
