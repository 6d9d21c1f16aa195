// Package webhook receives what fal sends to the URL of [fal.WithWebhook] once a job is finished, and makes sure that
// it is fal who sends it.
//
//	verifier := webhook.New()
//	http.Handle("/fal", webhook.Handler(verifier, func(ctx context.Context, d *webhook.Delivery[Output]) error {
//		if d.Err != nil {
//			return jobs.Fail(ctx, d.RequestID, d.Err)
//		}
//		return jobs.Finish(ctx, d.RequestID, d.Data)
//	}))
//
// No key and no setting is needed: fal signs each delivery, and its public keys are at [JWKSURL]. [Handler] does all
// there is to do. [Verifier.Middleware] verifies for a handler of one's own, and [Verifier.Verify] with [Decode] are
// for what is no net/http server, such as a function of a cloud.
//
// # What is checked
//
// The signature fits the raw body and the headers, under one of fal's keys; fal signed it no more than five minutes ago
// or ahead; and the body is about the request that the headers name (docs/protocol.md, section 8). The keys are kept for
// a day. Where a signature fits none of them they are fetched again, in case fal has new ones, but never more than twice
// a minute, however much garbage arrives.
//
// # Whose job it is
//
// That fal sends a delivery does not mean that you asked for it: whoever has an account at fal can submit a job and
// name your URL. So look the request id up among those that you have submitted, or name your account with [WithUserID].
//
// # Answers
//
// fal takes a 2xx as delivered and sends the same again after anything else, for an hour or more, except that a redirect
// ends it (docs/protocol.md, section 8). [Handler] therefore answers
//
//   - 204 once your function has returned nil;
//   - 500 when it returned an error, or when the body, though signed, is no delivery that this version knows;
//   - 503 when fal's keys cannot be fetched, which is nobody's fault but passes;
//   - 400, 401 or 403 to what fal cannot have sent or did not send for you: see [ErrHeader] and the other errors;
//   - 405 to what is no POST, and 413 to a body beyond [WithMaxBody].
//
// The answer holds no more than that. Why it was given, [WithErrorFunc] tells you.
//
// fal waits about 15 seconds for the first answer. A function that needs longer should note down the delivery, return,
// and do the work elsewhere. Give your [http.Server] a ReadTimeout too, as for any handler that reads a body.
//
// # Twice
//
// The same delivery can arrive twice: because an answer was late or lost, or because somebody who saw it sends it again
// within the five minutes. [Seen] lets each request id through once.
package webhook
