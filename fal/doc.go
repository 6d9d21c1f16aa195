// Package fal calls the models of fal.ai.
//
// A [Client] holds the key and the HTTP client. An [Endpoint] is one model, with Go types for its input and output.
// Generated packages return one from New. [NewEndpoint] makes one with your own types, and [Untyped] one without types:
//
//	client, err := fal.NewClient() // reads FAL_KEY
//	flux := fal.NewEndpoint[Input, Output](client, "fal-ai/flux/dev")
//	res, err := flux.Subscribe(ctx, Input{Prompt: "a lighthouse"})
//
// # Calls
//
//   - [Endpoint.Subscribe] adds the input to the queue, waits and returns the output. Use it unless there is a reason for
//     another.
//   - [Endpoint.Submit] adds the input to the queue and returns the [Job], for use with a webhook (package webhook) or in
//     another process ([Endpoint.Resume]). [Wait] waits for thousands of jobs.
//   - [Endpoint.Run] waits for the output on one open connection, without the queue.
//   - [Endpoint.Stream] yields partial outputs, if the model produces them.
//
// Each call accepts only the options that apply to it: any other does not compile.
//
// # Files
//
// An input takes media as a [URL], a [Path], [Bytes], a [Reader] or a [DataURI]. The call uploads local media before it
// sends the input; [Client.Upload] does so in advance. [Download] fetches output files.
//
// # Errors
//
// Every error is one of these types; use [errors.As] to tell them apart:
//
//   - [*ValidationError]: the input breaks the endpoint's document; nothing was sent.
//   - [*InvalidIDError]: the id of an endpoint or request is malformed; nothing was sent.
//   - [*APIError]: fal responded with an error, or a job failed.
//   - [*DecodeError]: fal responded with success, but the body could not be decoded; the error holds the body.
//   - [*CallError]: there was no response: a network error, a missing key, an unreadable file, or the end of the context.
//     It wraps the cause.
//
// No error message contains the key.
//
// # Retries
//
// Temporary failures are retried according to the [RetryPolicy] of the operation. By default an input is sent again only
// when fal cannot have accepted it: a second submission is a second job, and a second charge.
//
// # Observability
//
// [WithLogger] logs each attempt. [WithTransport] wraps the transport, for example with OpenTelemetry's.
package fal
