package jsoracle

// differences are all that we intend; see the package's documentation.
var differences = []difference{
	{": [A-Z]+ ", "header.Accept-Encoding", "gzip, deflate", "gzip", "each asks for what its HTTP library can unpack"},
	{": [A-Z]+ ", "header.Accept-Language", "*", "", "node's fetch adds it; fal's answers are in one language"},
	{": [A-Z]+ ", "header.Connection", "keep-alive", "", "node's fetch adds it; in HTTP/1.1 it is the default"},
	{": [A-Z]+ ", "header.Sec-Fetch-Mode", "cors", "", "node's fetch adds it, for browsers' sake"},

	{": [A-Z]+ (fal.run|queue.fal.run|rest.fal.ai)/", "header.User-Agent", "@fal-ai/client/1.10.1", "*",
		"each names itself"},
	{": (GET|PUT) queue", "header.Content-Type", "application/json", "",
		"there is no body that it could be the type of"},
	{"^(submit( with blobs| refused with 502)?|queue calls.*|subscribe.*): POST queue",
		"header.X-Fal-Queue-Priority", "normal", "",
		"it is the server's default; we send what was asked for"},

	{"^(run|submit) refused with 50[23]: POST ", "times", "2", "1",
		"fal may have taken the input; sent again it could run, and be billed, twice"},
	{"^(run|submit) refused with 50[23]: outcome", "outcome.error.status", "400", "*",
		"the answer to the first of them"},

	{"^submit with every option: POST ", "query.fal_max_queue_length", "", "5", "JavaScript has no option for it"},
	{"^stream.*: POST fal.run/", "header.Accept", "application/json, text/event-stream", "text/event-stream",
		"a stream is read as one; what is wrong comes as JSON whatever is asked for"},
	{"^subscribe by stream: GET .*/stream$", "header.Accept",
		"application/json, text/event-stream", "text/event-stream",
		"as above"},
	{"^(.* with blobs|upload|upload (without|with|of a reader|in parts|after).*): POST rest",
		"body.file_name", "*", "*",
		"JavaScript names what has no name after the time of day"},
	{": (PUT|POST) v3.fal.media/", "header.User-Agent", "node", "*", "each names itself"},
	{": (PUT|POST) v3.fal.media/", "header.Accept", "*/*", "application/json",
		"its answer is JSON, or not looked at"},
	{"^upload after 503: PUT ", "times", "1", "2", "a file that is put there twice is there once"},
	{"^upload after 503: outcome", "outcome.error.status", "503", "400", "the answer to the last of them"},
}
