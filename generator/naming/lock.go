package naming

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/token"
	"strconv"

	"github.com/falgen/falgen/generator/ir"
)

// LockFile is the name of the file that holds a [Lock], in the output folder.
const LockFile = "falgen.lock"

// A Lock holds the names that were given, by endpoint id. A name in it is given again to what it was given to before,
// whatever has joined since, so that code that uses it goes on compiling.
type Lock map[string]Pins

// Pins are the names of one endpoint.
type Pins struct {
	Package string            `json:"package"` // its path under the output folder
	Names   map[string]string `json:"names"`   // by kind and place in the document, such as "field Input.fps"

	reasons map[string]string // of names that are not as the rules alone would have them
}

// Reason says why a name is what it is.
func (p Pins) Reason(key string) string {
	if why, ok := p.reasons[key]; ok {
		return why
	}
	return "by rule"
}

// ParseLock reads a lock file; name is what errors call it. An empty text is an empty lock.
func ParseLock(name string, text []byte) (Lock, error) {
	lock := Lock{}
	if len(bytes.TrimSpace(text)) == 0 {
		return lock, nil
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&lock); err != nil {
		return nil, fmt.Errorf("%s is not a lock of falgen: %w; restore it, or delete it to name everything anew", name, err)
	}
	return lock, nil
}

// Encode returns the lock's file, the same for the same lock.
func (l Lock) Encode() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(l) // with sorted keys
	return b.Bytes(), err
}

// pinned returns the name under one of the keys, or "". A name that Go would not take counts for nothing.
func (p Pins) pinned(keys []string) string {
	for _, key := range keys {
		if name := p.Names[key]; token.IsIdentifier(name) && token.IsExported(name) {
			return name
		}
	}
	return ""
}

// places are where in its document each named type stands, in words that do not depend on any order.
type places struct {
	owner map[*ir.Object]string // what the places of an object's fields start with
	types map[any][]string      // of *ir.Object, *ir.Enum, *ir.Union and *ir.Named
}

func placesOf(e *ir.Endpoint) places {
	p := places{owner: map[*ir.Object]string{}, types: map[any][]string{}}
	p.visit(e.Input, "Input")
	p.visit(e.Output, "Output")
	return p
}

// visit notes that a value of type t stands at a place.
func (p places) visit(t *ir.Type, place string) {
	switch t.Kind {
	case ir.List:
		p.visit(t.Elem, place+"[]")
	case ir.Map:
		p.visit(t.Elem, place+"{}")
	case ir.NamedKind:
		met := p.types[t.Named] != nil
		if p.types[t.Named] = []string{origin(t.Named.Origin, place)}; !met {
			p.visit(t.Named.Type, place)
		}
	case ir.UnionKind:
		met := p.types[t.Union] != nil
		p.types[t.Union] = append(p.types[t.Union], origin(t.Union.Origin, place))
		if met && t.Union.Schema != "" {
			return
		}
		seen := map[ir.Kind]int{}
		for _, arm := range t.Union.Arms {
			kind := armKinds[arm.Type.Kind]
			if seen[arm.Type.Kind]++; seen[arm.Type.Kind] > 1 {
				kind += strconv.Itoa(seen[arm.Type.Kind])
			}
			p.visit(arm.Type, place+"|"+kind)
		}
	case ir.EnumKind:
		p.types[t.Enum] = append(p.types[t.Enum], origin(t.Enum.Origin, place))
	case ir.ObjectKind:
		if _, met := p.owner[t.Object]; met {
			return
		}
		if !t.Object.Root {
			place = origin(t.Object.Origin, place)
		}
		p.owner[t.Object] = place
		p.types[t.Object] = []string{place}
		for _, f := range t.Object.Fields {
			p.visit(f.Type, place+"."+f.Name)
		}
	}
}

// armKinds tell the alternatives of one place apart.
var armKinds = map[ir.Kind]string{ir.EnumKind: "enum", ir.ObjectKind: "object", ir.List: "list", ir.Map: "map"}

// origin is the component's name where there is one, since a component may stand in many places.
func origin(from ir.Origin, place string) string {
	if from.Schema != "" {
		return "#" + from.Schema
	}
	return place
}
