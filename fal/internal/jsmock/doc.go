// Package jsmock holds falgen mock against clients that do not come from here: fal's own for JavaScript, and curl. They
// must get from it what our client gets, down to the request ids, and the output that the endpoint's document promises.
//
//	go test ./fal/internal/jsmock
//
// mock.mjs has the scenarios of the JavaScript client, ours_test.go has the same with ours, and each is played in front
// of a falgen mock of its own. rife.sh is the curl script.
//
// What package jsclient needs is needed here as well. Where curl is missing, the test of the script skips; with
// FALGEN_REQUIRE_CURL=1 in the environment it fails.
package jsmock
