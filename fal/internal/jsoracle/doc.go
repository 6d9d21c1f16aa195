// Package jsoracle holds the client of package fal against fal's own, @fal-ai/client of npm: both go through the same
// scenarios in front of one recording server, and what they sent is compared field by field.
//
//	go test ./fal/internal/jsoracle
//
// It needs what package jsclient needs, and skips or fails without it as told there.
//
// # A scenario
//
// A scenario is a name with the answers of the server (scenarios_test.go), and two ways to bring it about: driver.mjs
// does it with the JavaScript client, ours_test.go with ours. Both ask for https://queue.fal.run and so on, as they do
// anywhere, and only the last step to the network is bent, to http://127.0.0.1:PORT/queue.fal.run.
//
// # A failure
//
// A request is a line, such as "POST fal.run/fal-ai/flux/dev", and fields: "header.Accept", "query.logs",
// "body.image_size.width", or "body" with a length and a hash where it is not JSON. "times" says how often the same was
// sent in a row, and the last line of each scenario is the outcome: what the caller got. A failure names each field
// that the two disagree in or, where the lines differ already, shows those as a diff: JavaScript's with a -, ours with
// a +. The order of the requests that upload files is not compared, beyond what the one needs of the other.
//
// Where we mean to differ, differences_test.go says so in a row, with the reason. A row must hold for each request
// that it fits: one that the clients agree about, or that fits no request, is a failure as well. So the table is what
// is true of the two, no less and no more.
//
// # Another version
//
// Package jsclient has the version. After a change, run the test: the row for User-Agent names the version, and fails
// first.
package jsoracle
