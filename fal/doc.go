// Package fal calls the models of fal.ai.
//
// A [Client] holds the key and the HTTP client. An [Endpoint] is one model with its input and output types. The
// packages that falgen generates make it; [NewEndpoint] makes one with types of one's own, and [Untyped] one without:
//
//	client, err := fal.NewClient() // reads FAL_KEY
//	flux := fal.NewEndpoint[Input, Output](client, "fal-ai/flux/dev")
//	res, err := flux.Subscribe(ctx, Input{Prompt: "a lighthouse"})
//
// # Calls
//
//   - [Endpoint.Subscribe] queues the input, follows the job and returns its output: the one to take unless there is a
//     reason for another.
//   - [Endpoint.Submit] queues the input and returns the [Job], for a webhook (package webhook) or for another process
//     to go on with: [Endpoint.Resume]. [Wait] follows thousands of jobs.
//   - [Endpoint.Run] asks for the output on one open connection, without the queue.
//   - [Endpoint.Stream] yields the output bit by bit, where the model makes it so.
//
// Which options a call takes is a matter of types: one that means nothing to it does not compile.
//
// # Files
//
// An input takes media as a [URL], a [Path], [Bytes], a [Reader] or a [DataURI]. What is not at fal yet is uploaded by the
// call; [Client.Upload] does it beforehand. [Download] fetches what a model has made.
//
// # Errors
//
// Every failure is one of these, to be told apart with [errors.As]:
//
//   - [*ValidationError]: the input breaks the endpoint's document; nothing was sent.
//   - [*InvalidIDError]: no endpoint or request can have that id; nothing was sent.
//   - [*APIError]: fal answered, and the answer is a failure. So is a job that ends with one.
//   - [*DecodeError]: fal answered with a success that could not be read; the bytes are in the error.
//   - [*CallError]: there is no answer: the network, the key, a file, the caller's context. [errors.Is] finds the cause.
//
// No message has the key in it.
//
// # Retries
//
// What fails for a reason that passes is repeated, as the [RetryPolicy] of the operation says. An input is only ever sent
// again when fal surely did not take it, unless the policy says otherwise: a second submission is a second job and a
// second bill.
//
// # Seeing it
//
// [WithLogger] logs each attempt, and [WithTransport] hands it to a transport of one's own, such as OpenTelemetry's.
package fal
