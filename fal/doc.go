// Package fal calls the models of fal.ai.
//
// A [Client] holds the key and the HTTP client. An [Endpoint] is one model with its input and output types; the
// packages that falgen generates make it, and [NewEndpoint] makes one for any other endpoint:
//
//	client, err := fal.NewClient() // reads FAL_KEY
//	flux := fal.NewEndpoint[Input, Output](client, "fal-ai/flux/dev")
//	res, err := flux.Subscribe(ctx, Input{Prompt: "a lighthouse"})
//
// There are three ways to call it. [Endpoint.Subscribe] queues the input, follows the job and returns its result: the
// one to take unless there is a reason for another. [Endpoint.Submit] queues it and returns the [Job], for a webhook or
// for another process to go on with. [Endpoint.Run] asks for the answer on one open connection, without the queue.
//
// # Errors
//
// Every failure is one of these, to be told apart with [errors.As]:
//
//   - [*ValidationError]: the input breaks the endpoint's document; nothing was sent.
//   - [*InvalidIDError]: no endpoint or request can have that id; nothing was sent.
//   - [*APIError]: fal answered, and the answer is a failure.
//   - [*DecodeError]: fal answered with a success that could not be read; the bytes are in the error.
//   - [*CallError]: there is no answer: the network, the key, the caller's context. [errors.Is] finds the cause.
//
// # Retries
//
// Status, result and cancel are repeated after a failure of the network and after answers that pass. An input is only
// ever sent again when fal surely did not take it, because a second submission is a second job and a second bill; see
// [WithRetry].
package fal
