// Package webhook receives and verifies the webhooks that fal sends to the URL of [fal.WithWebhook] when a job has
// finished.
//
//	verifier := webhook.New()
//	http.Handle("/fal", webhook.Handler(verifier, func(ctx context.Context, d *webhook.Delivery[Output]) error {
//		if d.Err != nil {
//			return jobs.Fail(ctx, d.RequestID, d.Err)
//		}
//		return jobs.Finish(ctx, d.RequestID, d.Data)
//	}))
//
// No key and no configuration is needed: fal signs each delivery, and its public keys are at [JWKSURL]. [Handler] does
// everything. [Verifier.Middleware] verifies requests for your own handler. Use [Verifier.Verify] and [Decode] without a
// net/http server, for example in a cloud function.
//
// # What is checked
//
// The signature of body and headers is valid under one of fal's keys; its timestamp is at most five minutes off; and the
// body belongs to the request that the headers name (docs/protocol.md, section 8). The keys are cached for a day. If a
// signature matches none of them they are fetched again, in case fal has rotated them, but at most twice a minute.
//
// # Whose job it is
//
// A valid delivery need not be yours: anyone with an account at fal can submit a job with your URL. Check the request id
// against those that you submitted, or set your account with [WithUserID].
//
// # Answers
//
// fal retries a delivery for an hour or more until the response is 2xx; a redirect ends it (docs/protocol.md, section
// 8). [Handler] therefore answers
//
//   - 204 once your function has returned nil;
//   - 500 when it returned an error, or when the body, though signed, is no delivery that this version knows;
//   - 503 when fal's keys cannot be fetched, which is nobody's fault but passes;
//   - 400, 401 or 403 to what fal cannot have sent or did not send for you: see [ErrHeader] and the other errors;
//   - 405 to what is no POST, and 413 to a body beyond [WithMaxBody].
//
// The response has no details. [WithErrorFunc] receives the reason.
//
// fal waits about 15 seconds for the first answer. A function that needs longer should note down the delivery, return,
// and do the work elsewhere. Give your [http.Server] a ReadTimeout too, as for any handler that reads a body.
//
// # Twice
//
// A delivery can arrive twice: because a response was late or lost, or because someone replays it within five minutes.
// [Seen] handles each request id once.
package webhook
