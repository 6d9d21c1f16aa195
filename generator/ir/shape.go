package ir

// Shape is how a Go field holds a value that may be unset or null.
type Shape int

const (
	// Plain holds the value itself, and is always sent.
	Plain Shape = iota
	// OmitZero holds the value itself, and is left out while it is Go's zero.
	OmitZero
	// Optional is a fal.Opt that is left out while unset.
	Optional
	// Pointer is left out while nil.
	Pointer
	// NullWhenUnset is a fal.Opt that is always sent: as null while unset.
	NullWhenUnset
)

// Shape returns how a Go field holds f. Only a fal.Opt tells unset, null and zero apart; where one of them cannot
// be or means the same as another, the value goes plain.
func (f *Field) Shape() Shape {
	switch nullIsNews := f.Type.Nullable && f.Default != nil; {
	case f.Required && f.Type.Nullable && f.Type.Kind == Media:
		return Plain // an unset Media is sent as null
	case f.Required && f.Type.Nullable:
		return NullWhenUnset
	case nullIsNews:
		return Optional
	}
	switch f.Type.Kind {
	case Any, Media, UnionKind, List, Map, NamedKind:
		return OmitZero
	case EnumKind:
		if !f.Required && !f.Type.Enum.Integer && !f.Type.Enum.HasZero() {
			return OmitZero
		}
	case ObjectKind, SharedKind:
		if !f.Required || f.Circular {
			return Pointer
		}
	}
	if f.Required {
		return Plain
	}
	return Optional
}
