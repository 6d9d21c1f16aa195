// Package diff tells what changed between two models of endpoints, and what that does to callers. It compares what
// documents mean: two spellings of one meaning are no change.
//
// Models are walked side by side from Input and Output on, by names on the wire. Each thing that means something else is
// one [Change], with all that it does as its effects, and the gravest of these as its level:
//
//	change                                 input       output
//	endpoint-removed, package-moved        GO          GO
//	endpoint-added, about-changed,         DOC         DOC
//	endpoint-deprecated
//	field-removed                          GO          GO
//	field-added                            DOC         DOC
//	required-field-added                   WIRE        -
//	became-required                        WIRE *      DOC *
//	became-optional                        DOC *       BEHAVIOUR *
//	type-changed                           WIRE *      BEHAVIOUR *
//	type-widened                           DOC *       -
//	null-added                             DOC *       BEHAVIOUR *
//	null-removed                           WIRE *      DOC *
//	default-added                          BEHAVIOUR * DOC *
//	default-changed                        BEHAVIOUR   DOC
//	default-removed                        GO          DOC *
//	value-added                            DOC *       DOC *
//	value-removed                          GO          GO
//	enum-opened                            DOC *       DOC *
//	enum-closed                            WIRE *      DOC *
//	alternative-added                      DOC         DOC
//	alternative-removed                    GO          GO
//	limit-tightened, limit-changed         WIRE        DOC
//	limit-loosened                         BEHAVIOUR   DOC
//	server-rule-added,                     WIRE        DOC
//	server-rule-changed
//	server-rule-removed                    BEHAVIOUR   DOC
//	discriminator-changed                  WIRE        BEHAVIOUR
//	go-changed **                          GO          GO
//	deprecation, description, examples,    DOC         DOC
//	hints, order-changed
//
//	change of an operation
//	operation-removed, server-changed,     WIRE
//	required-parameter-added,
//	parameter-changed, became-required
//	parameter-removed                      BEHAVIOUR
//	operation-added, parameter-added,      DOC
//	became-optional, deprecation-changed
//
//	*  GO where the Go type of the field changes
//	** BEHAVIOUR where a name has become that of something else, of the same type
//
// A server rule is one that only the server checks, such as "not", "if" and "additionalProperties: false". An operation is
// a request that the document describes, such as POST /ID/stream; its parameters are headers and parts of the query.
//
// A value or an alternative that an answer may have in addition is DOC, since generated types hold what their document
// does not list. Field order is DOC: Go code that names its fields does not depend on it. Neither comparing generated
// structs with == nor literals without field names is part of what generated packages promise.
//
// That an endpoint is deprecated is DOC, too: requests are answered as before. Of one that is gone, the change names the
// endpoint that has perhaps taken its place, see [Successor].
//
// What is GO is not guessed: the packages of both models are compared symbol by symbol, as [emit.API] lists them. Each
// symbol that is gone, or has another type, belongs to the change of meaning that made it so; where there is none, such
// as for a component with another name, it is go-changed.
//
// This package does no I/O. What it returns is the same for the same models.
package diff
