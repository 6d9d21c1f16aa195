// Package proxy lets a browser app call fal without exposing the key. The app's server holds the key, authorizes
// callers, and forwards their requests:
//
//	client, err := fal.NewClient() // reads FAL_KEY
//	handler, err := proxy.New(client, proxy.Config{
//		Authenticate: func(r *http.Request) bool { return sessions.Valid(r) },
//		Endpoints:    []string{"fal-ai/flux/dev", "fal-ai/fast-lcm-diffusion/**"},
//		Uploads:      true,
//	})
//	http.Handle("/api/fal/proxy", handler)
//
// In the browser, the official JavaScript client then needs no key:
//
//	import { fal } from "@fal-ai/client";
//	fal.config({ proxyUrl: "/api/fal/proxy" });
//	const result = await fal.subscribe("fal-ai/flux/dev", { input: { prompt: "a lighthouse" } });
//
// # What may be called
//
// Nothing, until the [Config] says so. It takes a caller whom Authenticate accepts, and then:
//
//   - run, stream and submit of what Endpoints lists;
//   - status, status stream, result and cancel of a job, where Endpoints lists something of its app. The URL of a
//     job names owner and app, and not the endpoint; what keeps jobs apart is that request ids cannot be guessed;
//   - tokens for realtime, for apps that Endpoints lists as a whole, such as "fal-ai/fast-lcm-diffusion/**". With a
//     token the browser calls fal directly, any endpoint of the app, until it runs out: after 300 seconds at most.
//     The JavaScript client names the app without its owner, and so the token may fit another owner's app of that
//     name;
//   - uploads, with Uploads. The file itself goes from the browser to storage directly.
//
// Whatever else fal's hosts offer is refused: accounts, keys, billing. Anything that is not https://fal.run,
// https://queue.fal.run or https://rest.fal.ai, written just so, is refused too.
//
// Tokens and the uploads of files above 90 MiB (storage/upload/initiate-multipart) work here, and do not by default with
// fal's own proxy for JavaScript servers, though its client needs both (docs/protocol.md, section 13).
//
// # What is passed on
//
// To fal go the method, the body of a POST, and of the header User-Agent, Accept, Content-Type and what begins with
// x-fal-. Cookies stay here, and so does Authorization, which is the app's own, with one exception: "Authorization:
// Key" is a key for fal that the caller brings, and is used instead of the server's.
//
// The answer comes back as it is made, so that streams stream; when the caller leaves, the call to fal ends, though
// not a job in the queue. Left out are cookies and what speaks for a whole site, such as
// Access-Control-Allow-Origin. A redirect is refused. No answer may be cached, since all calls have the same URL.
//
// # What the server around it has to do
//
// Runs take minutes, and streams as long as they like: leave http.Server's WriteTimeout at 0, or above the longest.
// The proxy itself waits as long as the caller does.
//
// A page of another site cannot make a browser call the proxy with the session's cookie: x-fal-target-url makes it
// ask first, by OPTIONS, and the proxy does not grant that. A CORS handler around the proxy does, for the origins
// that it names: name the app's own and no other.
//
// Nor does the proxy count calls. Whoever is let in spends money; a limit for each user belongs into Authenticate
// or into a handler around the proxy.
//
// # Refusals
//
// A refusal is JSON, {"detail": "...", "message": "..."}, as an error of fal's has the one and the JavaScript
// client shows the other: 400 for a target that is none, 401 for a caller who is not let in, 403 for what is not
// allowed, 405 for another method, 413, 414 and 431 for what is too long, 502 where fal does not answer. Why it
// does not is in the log of the http.Server.
package proxy
