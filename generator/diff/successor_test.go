package diff_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/falgen/falgen/generator/diff"
	"github.com/falgen/falgen/generator/ir"
)

// endpoint models an endpoint whose input and output have the fields that are named.
func endpoint(t *testing.T, id, category, input, output string) *ir.Endpoint {
	t.Helper()
	object := func(fields string) *ir.Type {
		o := &ir.Object{}
		for name := range strings.FieldsSeq(fields) {
			o.Fields = append(o.Fields, &ir.Field{Name: name, Type: &ir.Type{Kind: ir.String}})
		}
		return &ir.Type{Kind: ir.ObjectKind, Object: o}
	}
	return &ir.Endpoint{ID: id, Category: category, Input: object(input), Output: object(output)}
}

// TestSuccessor holds what is said to have taken the place of an endpoint, of several that are there.
func TestSuccessor(t *testing.T) {
	const video = "image-to-video"
	gone := endpoint(t, "fal-ai/wave-video/v1.6/pro/image-to-video", video, "image_url prompt seed", "video")
	next := endpoint(t, "fal-ai/wave-video/v2/pro/image-to-video", video, "image_url prompt seed", "video")
	later := endpoint(t, "fal-ai/wave-video/v3/pro/image-to-video", video, "image_url prompt seed", "video")
	later.Since = "2026-01-02"
	deprecated := *later
	deprecated.Deprecated = true
	for _, tt := range []struct {
		name  string
		there []*ir.Endpoint
		want  string
	}{
		{"nothing", nil, ""},
		{"itself", []*ir.Endpoint{gone}, ""},
		{"the next version", []*ir.Endpoint{gone, next}, next.ID},
		{"of equals, the last to come", []*ir.Endpoint{later, next}, later.ID},
		{"not one that is to go, too", []*ir.Endpoint{&deprecated}, ""},
		{"another model of the category", []*ir.Endpoint{
			endpoint(t, "fal-ai/ocean/v1.6/pro/image-to-video", video, "image_url prompt seed", "video")}, ""},
		{"the same model for other work", []*ir.Endpoint{
			endpoint(t, "fal-ai/wave-video/v2/pro/text-to-video", "text-to-video", "image_url prompt seed", "video")}, ""},
		{"the same model, asked otherwise", []*ir.Endpoint{
			endpoint(t, "fal-ai/wave-video/v2/pro/image-to-video", video, "frames words", "clip")}, ""},
		{"half of it", []*ir.Endpoint{
			endpoint(t, "fal-ai/wave-video/v2/image-to-video", video, "image_url prompt seed loop mode", "video")},
			"fal-ai/wave-video/v2/image-to-video"},
	} {
		got := ""
		if e := diff.Successor(gone, tt.there); e != nil {
			got = e.ID
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

var (
	digits = regexp.MustCompile(`[0-9.]+`)
	words  = regexp.MustCompile(`[a-z]{2,}`)
)

// TestSuccessors takes each published endpoint away: one that has another version of itself gets a successor of the
// same name, and where all that share a word of its name are gone as well, nothing is suggested.
func TestSuccessors(t *testing.T) {
	if len(corpus(t)) == 0 {
		t.Skip("no published documents: set FALGEN_CORPUS")
	}
	versions, byName := map[string]int{}, map[string]*ir.Endpoint{}
	for _, s := range subjects(t, 10_000) {
		if strings.HasPrefix(s.endpoint.ID, "fal-ai/golden/") {
			continue
		}
		byName[s.endpoint.ID] = s.endpoint
	}
	var all []*ir.Endpoint
	for _, id := range slices.Sorted(maps.Keys(byName)) {
		all = append(all, byName[id])
		versions[digits.ReplaceAllString(id, "")]++
	}
	found, lost, alone := 0, 0, 0
	for _, e := range all {
		own := words.FindAllString(e.ID[strings.Index(e.ID, "/"):], -1)
		next := diff.Successor(e, all)
		if versions[digits.ReplaceAllString(e.ID, "")] > 1 {
			switch {
			case next == nil:
				lost++
				t.Logf("no successor: %s", e.ID)
			case !strings.Contains(next.ID, own[0]):
				t.Errorf("%s is said to follow %s", next.ID, e.ID)
			default:
				found++
			}
		}
		others := slices.DeleteFunc(slices.Clone(all), func(o *ir.Endpoint) bool {
			_, name, _ := strings.Cut(o.ID, "/")
			return slices.ContainsFunc(words.FindAllString(name, -1), func(w string) bool {
				return slices.Contains(own, w) && !strings.Contains(e.Category, w)
			})
		})
		if next := diff.Successor(e, others); next != nil {
			t.Errorf("%s is said to follow %s", next.ID, e.ID)
		}
		if next == nil {
			alone++
		}
	}
	t.Logf("of %d endpoints, %d with other versions have a successor, %d have none; %d of all have none", len(all), found, lost, alone)
	if found < 100 || lost > found/10 {
		t.Errorf("%d endpoints with other versions have a successor, %d have none", found, lost)
	}
}

// TestDeprecated holds what is said of endpoints that are to go, and of those that are gone.
func TestDeprecated(t *testing.T) {
	stays := endpoint(t, "fal-ai/wave/v1", "", "prompt", "url")
	goes := *stays
	goes.Deprecated = true
	named := goes
	named.Replacement = "fal-ai/other"
	other := endpoint(t, "fal-ai/other", "", "text", "file")
	next := endpoint(t, "fal-ai/wave/v2", "", "prompt", "url")
	for _, tt := range []struct {
		name            string
		old, new        []*ir.Endpoint
		kind, successor string
	}{
		{"as before", []*ir.Endpoint{&goes}, []*ir.Endpoint{&goes}, "", ""},
		{"deprecated", []*ir.Endpoint{stays}, []*ir.Endpoint{&goes}, "endpoint-deprecated", ""},
		{"deprecated for another", []*ir.Endpoint{stays}, []*ir.Endpoint{&named}, "endpoint-deprecated", "fal-ai/other"},
		{"not after all", []*ir.Endpoint{&goes}, []*ir.Endpoint{stays}, "deprecation-changed", ""},
		{"for another", []*ir.Endpoint{&goes}, []*ir.Endpoint{&named}, "deprecation-changed", ""},
		{"gone", []*ir.Endpoint{stays, other}, []*ir.Endpoint{other}, "endpoint-removed", ""},
		{"gone for the next", []*ir.Endpoint{stays, next}, []*ir.Endpoint{next}, "endpoint-removed", next.ID},
		{"gone as said", []*ir.Endpoint{&named, next, other}, []*ir.Endpoint{next, other}, "endpoint-removed", other.ID},
		{"gone with what was named", []*ir.Endpoint{&named, next}, []*ir.Endpoint{next}, "endpoint-removed", next.ID},
	} {
		changes, _ := diff.Endpoints(tt.old, tt.new)
		if tt.kind == "" {
			if len(changes) > 0 {
				t.Errorf("%s: %v", tt.name, changes)
			}
			continue
		}
		if len(changes) != 1 || string(changes[0].Kind) != tt.kind || changes[0].Successor != tt.successor {
			t.Errorf("%s: %+v", tt.name, changes)
			continue
		}
		texts := ""
		for _, e := range changes[0].Effects {
			texts += e.Text
		}
		if !strings.Contains(texts, tt.successor) {
			t.Errorf("%s: its effects do not name %s: %s", tt.name, tt.successor, texts)
		}
	}
}
