// Package jsmock holds falgen mock against clients that do not come from here: fal's own for JavaScript, and curl. They
// must get from it what ours gets, down to the request ids, and both the outputs that the endpoint's document promises.
//
//	go test ./fal/internal/jsmock
//
// mock.mjs has the scenarios of the JavaScript client and ours_test.go the same with ours; each goes through each in
// front of a falgen mock of its own. rife.sh is the curl script. What package jsclient needs is needed here as well,
// and missing curl skips the test of the script, or fails it where FALGEN_REQUIRE_CURL=1 is in the environment.
package jsmock
