package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/faltest"
	_ "github.com/falgen/falgen/internal/testenv"
)

// TestSmooth holds that the second endpoint gets what the first one made.
func TestSmooth(t *testing.T) {
	fake := faltest.New(t)
	var log strings.Builder
	file, err := smooth(t.Context(), fake.Client(), fal.URL(clip), fal.URL(sound), &log)
	if err != nil {
		t.Fatal(err)
	}
	if file.URL == "" {
		t.Error("there is no file at the end")
	}
	var bodies []map[string]any
	made := ""
	for _, r := range fake.Requests() {
		if r.Method != "POST" {
			continue
		}
		var body map[string]any
		if err := json.Unmarshal(r.Body, &body); err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, body)
	}
	if len(bodies) != 2 {
		t.Fatalf("%d submissions, want 2", len(bodies))
	}
	if bodies[0]["video_url"] != clip || bodies[1]["audio_url"] != sound {
		t.Errorf("sent %v", bodies)
	}
	made, _ = bodies[1]["video_url"].(string)
	if made == "" || made == clip {
		t.Errorf("the second endpoint was given %q, not what the first one made", made)
	}
	for _, want := range []string{"interpolate: IN_QUEUE", "interpolate: COMPLETED", "add sound: COMPLETED", "  "} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, log.String())
		}
	}
}
