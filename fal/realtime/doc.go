// Package realtime talks to fal's realtime endpoints: one open connection, on which inputs go out and outputs come in
// as fast as the model makes them.
//
// A [Conn] has the types of one endpoint, as fal.Endpoint does:
//
//	conn, err := realtime.Dial[Input, Output](ctx, client, "fal-ai/fast-lcm-diffusion")
//	defer conn.Close()
//	err = conn.Send(ctx, Input{Prompt: "a lighthouse"})
//	msg, err := conn.Receive(ctx)
//	msg.Data.Images
//
// Input and Output may be those of a generated package, or any types that encoding/json takes.
//
// An output does not name its input, and there may be fewer or more outputs than inputs. If inputs arrive on their own,
// for example from a camera, send in one goroutine and receive in another.
//
// Always keep a call of Receive running: it answers the server's pings, without which the server may close the
// connection.
//
// # What is sent
//
// An input has the JSON form that the rest of fal gives it: the json tags of its fields and the MarshalJSON of
// fal.Opt, fal.Media and unions hold. It travels as msgpack, in which a []byte field is bytes and not text, or as JSON
// with [WithJSON]. Outputs are taken as either: bytes in msgpack decode into a []byte field, and whole numbers keep
// all their digits where the field's type has room for them. NaN and the infinities, which JSON lacks, decode as null.
//
// # The key, or a token
//
// Dial sends the client's key with the handshake, and needs no token. A token is for those who must not have the key:
// make one with [Token] and give it away, to a browser for instance. A Go program that holds one gives it to
// [WithToken].
//
// # The end of a connection
//
// Receive returns [io.EOF] when the conversation is over: the server has closed the connection as it should, or this
// side has called Close. All else that it returns is an error of one of these types:
//
//   - [*Error]: the server says that something is wrong. The connection may go on: call Receive again.
//   - [*fal.DecodeError]: a message could not be read. The next one may be fine: call Receive again.
//   - [*CloseError]: the server has closed the connection for a reason.
//   - [*fal.CallError]: the connection is lost, or the context has ended. [errors.Is] finds the cause.
//
// A context that ends in the middle of a Send or a Receive ends the connection too, since the rest of a message cut in
// half cannot be told from the next one. So take a context that lives as long as the connection, not one per message.
//
// Nothing here dials again, keeps inputs for later, or thins them out. Which inputs still matter after a break, and
// whether a new connection with its costs is wanted at all, only the caller knows; a loop around Dial is all it takes.
package realtime
