package fal

import (
	"reflect"
	"sync"
)

var mediaType = reflect.TypeFor[Media]()

// localMedia finds the media in an input that is still to be uploaded, wherever it stands, in the order of the fields.
func localMedia(in any) []*local {
	var found []*local
	collect(reflect.ValueOf(in), 0, &found)
	return found
}

// maxDepth ends the search in a value that holds itself. encoding/json refuses such a value afterwards.
const maxDepth = 500

func collect(v reflect.Value, depth int, found *[]*local) {
	if !v.IsValid() || depth > maxDepth || !mayHold(v.Type()) {
		return
	}
	if v.Type() == mediaType {
		// Read by its address, since an unexported field, such as that of a union, hands out no interface.
		if l := (*local)(v.FieldByName("local").UnsafePointer()); l != nil {
			*found = append(*found, l)
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		collect(v.Elem(), depth+1, found)
	case reflect.Struct:
		for i := range v.NumField() {
			collect(v.Field(i), depth+1, found)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			collect(v.Index(i), depth+1, found)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			collect(v.MapIndex(key), depth+1, found)
		}
	}
}

var holds sync.Map // of reflect.Type to bool

// mayHold reports whether a value of type t can have media in it.
func mayHold(t reflect.Type) bool {
	if known, ok := holds.Load(t); ok {
		return known.(bool)
	}
	may := reaches(t, map[reflect.Type]bool{})
	holds.Store(t, may)
	return may
}

// reaches reports whether t leads to media, other than by the types that are being looked at.
func reaches(t reflect.Type, seen map[reflect.Type]bool) bool {
	if t == mediaType || t.Kind() == reflect.Interface {
		return true
	}
	if seen[t] {
		return false
	}
	seen[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return reaches(t.Elem(), seen)
	case reflect.Struct:
		for i := range t.NumField() {
			if reaches(t.Field(i).Type, seen) {
				return true
			}
		}
	}
	return false
}
