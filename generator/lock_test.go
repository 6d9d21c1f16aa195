package generator_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/falgen/falgen/generator"
	"github.com/falgen/falgen/generator/ir"
	"github.com/falgen/falgen/generator/naming"
)

// lockOf generates with a lock and returns the lock after it.
func lockOf(t *testing.T, specs string, lock naming.Lock) naming.Lock {
	t.Helper()
	r, err := generator.Generate(context.Background(), read(t, specs), generator.Config{Package: "example.com/x", Lock: lock})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Failed) > 0 {
		t.Fatalf("failed: %v, %v", r.Failed, r.Diagnostics)
	}
	next, err := naming.ParseLock(naming.LockFile, r.Files[naming.LockFile])
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// kept fails the test for each name that is another one now.
func kept(t *testing.T, before, after naming.Lock) {
	t.Helper()
	for id, pins := range before {
		if after[id].Package != pins.Package {
			t.Errorf("%s: the package %s is %s now", id, pins.Package, after[id].Package)
		}
		for key, name := range pins.Names {
			if now := after[id].Names[key]; now != name {
				t.Errorf("%s: %s was %s and is %q", id, key, name, now)
			}
		}
	}
}

// TestNamesStay adds to a document, where it comes first, whatever takes the name of what was there, and reorders the
// rest: each name stays with what it was given to.
func TestNamesStay(t *testing.T) {
	for _, seed := range []uint64{1, 2, 3, 4, 5} {
		rng := rand.New(rand.NewPCG(seed, seed))
		for _, name := range append(documents(t, "../specs"), "../testdata/golden/names/document.json", "../testdata/golden/union/document.json", "../testdata/golden/enum/document.json") {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var doc map[string]any
			if err := json.Unmarshal(text, &doc); err != nil {
				t.Fatal(err)
			}
			before := lockOf(t, name, nil)
			crowd(doc["components"].(map[string]any)["schemas"].(map[string]any), before, rng)
			out, err := json.Marshal(doc)
			if err != nil {
				t.Fatal(err)
			}
			crowded := filepath.Join(t.TempDir(), "document.json")
			write(t, crowded, out)
			after := lockOf(t, crowded, before)
			kept(t, before, after)
			kept(t, after, lockOf(t, crowded, after))
			if len(after[only(after)].Names) <= len(before[only(before)].Names) {
				t.Errorf("%s: nothing was added", name)
			}
		}
	}
}

func only(l naming.Lock) string { return slices.Collect(maps.Keys(l))[0] }

// crowd changes each schema: it shuffles the order of fields and enum values, and adds, in front, fields, values and
// components whose natural names are taken.
func crowd(schemas map[string]any, lock naming.Lock, rng *rand.Rand) {
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		schema := schemas[name].(map[string]any)
		props, _ := schema["properties"].(map[string]any)
		if props == nil || name == "QueueStatus" {
			continue
		}
		var order []any
		for _, p := range slices.Sorted(maps.Keys(props)) {
			order = append(order, p)
			crowdEnum(props[p], rng)
		}
		shuffle(rng, order)
		for _, p := range slices.Sorted(maps.Keys(props)) {
			twin := strings.ToUpper(p[:1]) + p[1:] + "-" // another name on the wire, the same in Go
			props[twin] = map[string]any{"type": "string", "enum": []any{"a", "b"}, "default": "b"}
			order = append([]any{twin}, order...)
		}
		schema["x-fal-order-properties"] = order
	}
	for _, pins := range lock { // components called like what is there
		for _, key := range slices.Sorted(maps.Keys(pins.Names)) {
			if kind, _, _ := strings.Cut(key, " "); kind != "type" && kind != "default" {
				continue
			}
			component := pins.Names[key] + "_"
			schemas[component] = map[string]any{"type": "object", "properties": map[string]any{"x": map[string]any{"type": "string"}}}
			for _, name := range slices.Sorted(maps.Keys(schemas)) {
				if strings.HasSuffix(name, "Input") {
					schema := schemas[name].(map[string]any)
					schema["properties"].(map[string]any)["a_"+component] = map[string]any{"$ref": "#/components/schemas/" + component}
					schema["x-fal-order-properties"] = append([]any{"a_" + component}, schema["x-fal-order-properties"].([]any)...)
				}
			}
		}
	}
}

// crowdEnum adds to an enum, in front, values whose names are taken, and shuffles the others.
func crowdEnum(property any, rng *rand.Rand) {
	schema := property.(map[string]any)
	for _, key := range []string{"items", "anyOf", "allOf"} {
		switch inner := schema[key].(type) {
		case map[string]any:
			crowdEnum(inner, rng)
		case []any:
			for _, arm := range inner {
				crowdEnum(arm, rng)
			}
		}
	}
	values, _ := schema["enum"].([]any)
	if len(values) == 0 {
		return
	}
	shuffle(rng, values)
	var twins []any
	for _, v := range values {
		if s, ok := v.(string); ok {
			twins = append(twins, s+"~~", " "+s)
		}
	}
	schema["enum"] = append(twins, values...)
}

func shuffle(rng *rand.Rand, list []any) {
	rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}

// TestPackagesStay adds endpoints whose ids differ from one that is there in ways that a path does not show.
func TestPackagesStay(t *testing.T) {
	text, err := os.ReadFile("../specs/fal-ai/rife/video.json")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	add := func(id string) {
		write(t, filepath.Join(dir, id+".json"), []byte(strings.ReplaceAll(string(text), "fal-ai/rife/video", id)))
	}
	add("fal-ai/rife/video")
	before := lockOf(t, dir, nil)
	for _, id := range []string{"Fal-AI/RIFE/Video", "fal.ai/ri-fe/vid_eo", "fal-ai/rife/video2"} {
		add(id)
		after := lockOf(t, dir, before)
		kept(t, before, after)
		before = after
	}
	paths := map[string]bool{}
	for _, pins := range before {
		paths[pins.Package] = true
	}
	if len(paths) != 4 {
		t.Errorf("four endpoints have the packages %v", paths)
	}
	// An endpoint that goes frees nothing that another one has.
	if err := os.Remove(filepath.Join(dir, "fal-ai/rife/video.json")); err != nil {
		t.Fatal(err)
	}
	after := lockOf(t, dir, before)
	delete(before, "fal-ai/rife/video")
	kept(t, before, after)
	if len(after) != 3 {
		t.Errorf("the lock still holds %v", slices.Sorted(maps.Keys(after)))
	}
}

// TestHostileLock gives locks that somebody has edited: no name in them becomes anything but a name.
func TestHostileLock(t *testing.T) {
	for _, name := range []string{"", "1x", "lower", "A B", "X() {}; func init", "type", "Input", "Client", "é", "New"} {
		for _, pkg := range []string{"", "..", "/etc", "a/../../b", "falai/rife", "a/b/c/d", "A/b", "falai/rife/internal"} {
			lock := naming.Lock{"fal-ai/rife/video": {Package: pkg, Names: map[string]string{
				"field Input.fps": name, "default Input.fps": name, "field Input.loop": name, "default Input.loop": name}}}
			r, err := generator.Generate(context.Background(), read(t, "../specs/fal-ai/rife/video.json"), generator.Config{Package: "example.com/x", Lock: lock})
			if err != nil || len(r.Failed) > 0 {
				t.Errorf("%q, %q: %v %v", name, pkg, err, r.Diagnostics)
				continue
			}
			next, err := naming.ParseLock(naming.LockFile, r.Files[naming.LockFile])
			if err != nil {
				t.Fatal(err)
			}
			given := map[string]string{"Input": "", "Output": "", "Client": "", "New": "", "EndpointID": ""}
			for key, is := range next["fal-ai/rife/video"].Names {
				if other, twice := given[is]; twice && strings.HasPrefix(key, "default ") {
					t.Errorf("%q: %s and %q are both %s", name, key, other, is)
				}
				if strings.HasPrefix(key, "default ") {
					given[is] = key
				}
			}
			for file := range r.Files {
				if !filepath.IsLocal(file) {
					t.Errorf("%q: writes %s", pkg, file)
				}
			}
		}
	}
	for _, text := range []string{"{", "[]", `{"x": 1}`, `{"x": {"package": 1}}`, `{"x": {"nonsense": {}}}`, "\xff"} {
		if _, err := naming.ParseLock("a/falgen.lock", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), "a/falgen.lock ") {
			t.Errorf("%s: %v", text, err)
		}
	}
	if lock, err := naming.ParseLock("falgen.lock", nil); err != nil || fmt.Sprint(lock) != "map[]" {
		t.Errorf("an empty lock: %v, %v", lock, err)
	}
}

// generatedFrom returns the lock after generating from a document with a lock.
func generatedFrom(t *testing.T, text string, lock naming.Lock) naming.Lock {
	t.Helper()
	name := filepath.Join(t.TempDir(), "document.json")
	write(t, name, []byte(text))
	return lockOf(t, name, lock)
}

// TestRenamedComponents gives each component of a document another name. What stands where it stood keeps its Go name, and
// so do its fields.
func TestRenamedComponents(t *testing.T) {
	for _, name := range append(documents(t, "../specs"), "../testdata/golden/union/document.json", "../testdata/golden/names/document.json", "../testdata/golden/enum/document.json", "../testdata/golden/recursive-alias/document.json") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var doc map[string]any
		if err := json.Unmarshal(text, &doc); err != nil {
			t.Fatal(err)
		}
		before := lockOf(t, name, nil)
		renamed := string(text)
		for _, component := range slices.Sorted(maps.Keys(doc["components"].(map[string]any)["schemas"].(map[string]any))) {
			if ir.SharedType(component) != nil || strings.ContainsAny(component, `"\`) {
				continue
			}
			renamed = strings.ReplaceAll(renamed, `"#/components/schemas/`+component+`"`, `"#/components/schemas/Zz`+component+`"`)
			renamed = strings.ReplaceAll(renamed, `"`+component+`": {`, `"Zz`+component+`": {`)
		}
		after := generatedFrom(t, renamed, before)
		id := only(before)
		now := map[string]bool{}
		for _, name := range after[id].Names {
			now[name] = true
		}
		for key, name := range before[id].Names {
			if !now[name] {
				t.Errorf("%s: %s was %s and is gone", id, key, name)
			}
		}
		if len(after[id].Names) != len(before[id].Names) {
			t.Errorf("%s: %d names became %d", id, len(before[id].Names), len(after[id].Names))
		}
		kept(t, after, generatedFrom(t, renamed, after))
	}
}

// twoParts returns a document whose input has two properties, each of a component of its own.
func twoParts(first, second string) string {
	return `{"info": {"x-fal-metadata": {"endpointId": "fal-ai/two"}}, "components": {"schemas": {
		"First": {"type": "object", "properties": {` + first + `}},
		"Second": {"type": "object", "properties": {` + second + `}},
		"First.mode": {"type": "object", "properties": {"n": {"type": "integer"}}}
	}}, "paths": {
		"/fal-ai/two": {"post": {"requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {
			"first": {"$ref": "#/components/schemas/First"}, "second": {"$ref": "#/components/schemas/Second"},
			"third": {"$ref": "#/components/schemas/First.mode"}
		}}}}}}},
		"/fal-ai/two/requests/{request_id}": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {"type": "object"}}}}}}}
	}}`
}

// TestEqualEnums changes the values of one of two enums that were one type: the other one keeps its name.
func TestEqualEnums(t *testing.T) {
	const equal, grown, shrunk = `"mode": {"enum": ["a", "b"]}`, `"mode": {"enum": ["c", "a", "b"]}`, `"mode": {"enum": ["b"]}`
	before := generatedFrom(t, twoParts(equal, equal), nil)
	for _, tt := range []struct{ first, second, kept, other string }{
		{grown, equal, "type #Second.mode", "type #First.mode"}, {equal, grown, "type #First.mode", "type #Second.mode"},
		{shrunk, equal, "type #Second.mode", "type #First.mode"}, {equal, shrunk, "type #First.mode", "type #Second.mode"},
	} {
		after := generatedFrom(t, twoParts(tt.first, tt.second), before)
		names := after["fal-ai/two"].Names
		if names[tt.kept] != before["fal-ai/two"].Names[tt.kept] || names[tt.other] == names[tt.kept] {
			t.Errorf("%s is %s, and %s is %s", tt.kept, names[tt.kept], tt.other, names[tt.other])
		}
		kept(t, after, generatedFrom(t, twoParts(tt.first, tt.second), after))
	}
}

// TestDottedNames holds that a component called a.b and the property b of a component a do not share a key.
func TestDottedNames(t *testing.T) {
	const inline = `"mode": {"type": "object", "properties": {"n": {"type": "string"}}}`
	before := generatedFrom(t, twoParts(inline, inline), nil)
	names := before["fal-ai/two"].Names
	if a, b := names["type #First.mode"], names[`type #First\.mode`]; a == "" || b == "" || a == b {
		t.Errorf("the names are %q and %q of %v", a, b, names)
	}
	kept(t, before, generatedFrom(t, twoParts(inline, inline), before))
}
