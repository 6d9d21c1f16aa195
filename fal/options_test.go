package fal_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/falgen/falgen/fal"
)

// TestWhereOptionsFit pins which calls each option compiles in.
func TestWhereOptionsFit(t *testing.T) {
	calls := []struct {
		name   string
		option reflect.Type
	}{
		{"run", reflect.TypeFor[fal.RunOption]()},
		{"stream", reflect.TypeFor[fal.StreamOption]()},
		{"submit", reflect.TypeFor[fal.SubmitOption]()},
		{"subscribe", reflect.TypeFor[fal.SubscribeOption]()},
		{"wait", reflect.TypeFor[fal.WaitOption]()},
		{"status", reflect.TypeFor[fal.StatusOption]()},
		{"upload", reflect.TypeFor[fal.UploadOption]()},
	}
	const inputs = "run stream submit subscribe"
	tests := []struct {
		option any
		fits   string
	}{
		{fal.WithoutValidation, inputs},
		{fal.WithHeader, inputs},
		{fal.WithStartTimeout, inputs},
		{fal.WithRunnerHint, inputs},
		{fal.WithTags, inputs},
		{fal.WithoutStorage, inputs},
		{fal.WithOutputLifecycle, inputs},
		{fal.WithTimeout, "run stream subscribe wait"},
		{fal.WithUploadLifecycle, inputs + " upload"},
		{fal.WithUploadProgress, inputs + " upload"},
		{fal.WithPriority, "submit subscribe"},
		{fal.WithoutServerRetry, "submit subscribe"},
		{fal.WithMaxQueueLength, "submit subscribe"},
		{fal.WithWebhook, "submit"},
		{fal.WithEnqueueFunc, "subscribe"},
		{fal.WithoutCancel, "subscribe"},
		{fal.WithUpdateFunc, "subscribe wait"},
		{fal.WithPollInterval, "subscribe wait"},
		{fal.WithStatusStream, "subscribe wait"},
		{fal.WithLogs, "status"},
	}
	for _, test := range tests {
		made := reflect.TypeOf(test.option).Out(0)
		var fits []string
		for _, c := range calls {
			if made.Implements(c.option) {
				fits = append(fits, c.name)
			}
		}
		if got := strings.Join(fits, " "); got != test.fits {
			t.Errorf("%v fits %q, want %q", made, got, test.fits)
		}
	}
}
