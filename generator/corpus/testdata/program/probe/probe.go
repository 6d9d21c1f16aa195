// Package probe tells what the generated packages make of JSON values, and what their clients get for them from the fal
// that the environment names.
package probe

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/falgen/falgen/fal"
)

// An Answer is what became of a value.
type Answer struct {
	Error      string          `json:"error,omitempty"`      // why it does not decode, or what the call failed with
	Violations []Violation     `json:"violations,omitempty"` // what Validate says of it
	Encoded    json.RawMessage `json:"encoded,omitempty"`    // it as it is encoded, or a call's output
	Refused    []Violation     `json:"refused,omitempty"`    // what the server's refusal says
	Raw        json.RawMessage `json:"raw,omitempty"`        // a call's output as it came
}

// A Violation is a place and what is wrong there.
type Violation struct {
	Loc  fal.Loc `json:"loc"`
	Type string  `json:"type"`
}

// A Probe takes a value, as JSON.
type Probe func(json.RawMessage) Answer

// Probes are those of each endpoint, by its id and by the kind of value.
var Probes = map[string]map[string]Probe{}

// Client is what the packages' clients send their requests through.
var Client *fal.Client

// Add adds an endpoint. Each package calls it by itself, which compiles a lot faster than one package that knows the
// types of all.
func Add[I, O any](id string, connect func(*fal.Client) *fal.Endpoint[I, O]) {
	Probes[id] = map[string]Probe{
		"input":     decoded[I],
		"output":    decoded[O],
		"defaults":  defaults[I],
		"subscribe": subscribed(connect),
		"unchecked": subscribed(connect, fal.WithoutValidation()),
	}
}

func decoded[T any](text json.RawMessage) Answer {
	var v T
	if err := json.Unmarshal(text, &v); err != nil {
		return Answer{Error: err.Error()}
	}
	a := encoded(v)
	a.Violations = violations(v)
	return a
}

func defaults[T any](text json.RawMessage) Answer {
	var v T
	if err := json.Unmarshal(text, &v); err != nil {
		return Answer{Error: err.Error()}
	}
	if in, ok := any(v).(interface{ WithDefaults() T }); ok {
		v = in.WithDefaults()
	}
	return encoded(v)
}

func subscribed[I, O any](connect func(*fal.Client) *fal.Endpoint[I, O], opts ...fal.SubscribeOption) Probe {
	opts = append(opts, fal.WithPollInterval(time.Millisecond), fal.WithTimeout(time.Minute))
	return func(text json.RawMessage) Answer {
		var in I
		if err := json.Unmarshal(text, &in); err != nil {
			return Answer{Error: err.Error()}
		}
		res, err := connect(Client).Subscribe(context.Background(), in, opts...)
		var a Answer
		var refused *fal.APIError
		switch {
		case err == nil:
			a = encoded(res.Data)
			a.Raw = res.Raw
		case errors.As(err, &refused) && refused.IsValidation():
			a.Refused = brief(refused.Detail)
		default:
			a.Error = err.Error()
		}
		a.Violations = violations(in)
		return a
	}
}

func encoded(v any) Answer {
	text, err := json.Marshal(v)
	if err != nil {
		return Answer{Error: "does not encode: " + err.Error()}
	}
	return Answer{Encoded: text}
}

func violations(v any) []Violation {
	in, ok := v.(interface{ Validate() error })
	if !ok {
		return nil
	}
	var invalid *fal.ValidationError
	if !errors.As(in.Validate(), &invalid) {
		return nil
	}
	return brief(invalid.Detail)
}

func brief(detail []fal.FieldError) (all []Violation) {
	for _, f := range detail {
		all = append(all, Violation{f.Loc, f.Type})
	}
	return all
}
