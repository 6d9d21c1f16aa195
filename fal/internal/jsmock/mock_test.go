package jsmock

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/internal/jsclient"
	"github.com/falgen/falgen/fal/webhook"
	"github.com/falgen/falgen/generated/falai/rife/video"
)

// TestMock takes clients that are not ours, and ours, to falgen mock, and compares what they get.
func TestMock(t *testing.T) {
	falgen := build(t)
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			folder := jsclient.Folder(t)
			t.Parallel()
			js, our := start(t, falgen, "--speed", "0"), start(t, falgen, "--speed", "0")
			theirs := js.decode(t, throughJS(t, js, folder, s.name))
			compare(t, our.decode(t, throughOurs(t, our, s.ours)), theirs, s.promised)
		})
	}
	t.Run("webhook", func(t *testing.T) {
		folder := jsclient.Folder(t)
		t.Parallel()
		js, our := start(t, falgen, "--speed", "100"), start(t, falgen, "--speed", "100")
		theirs := delivered(t, js, func(hook string) []byte { return throughJS(t, js, folder, "webhook", hook) })
		ours := delivered(t, our, func(hook string) []byte { return throughOurs(t, our, submitted(hook)) })
		compare(t, ours, theirs, `"brings":`+made)
	})
	t.Run("curl", func(t *testing.T) {
		needCurl(t)
		t.Parallel()
		curl, our := start(t, falgen, "--speed", "50"), start(t, falgen, "--speed", "50")
		theirs := curl.decode(t, throughCurl(t, curl))
		compare(t, our.decode(t, throughOurs(t, our, ranAndQueued)), theirs, `[`+made+`,`+made+`]`)
	})
}

// compare holds what another client got from a mock against what ours got, and against what must be in it.
func compare(t *testing.T, ours, theirs any, promised string) {
	t.Helper()
	if diff := cmp.Diff(ours, theirs); diff != "" {
		t.Errorf("- ours, + the other client's:\n%s", diff)
	}
	text, err := json.Marshal(theirs)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(text), promised) {
		t.Errorf("%s\nis not in\n%s", promised, text)
	}
}

// throughJS returns what the JavaScript client gets from a mock.
func throughJS(t *testing.T, m *mock, args ...string) []byte {
	t.Helper()
	outcome, err := jsclient.Run(t.Context(), m.environ(), "mock.mjs", args...)
	if err != nil {
		t.Fatalf("the JavaScript client: %v", err)
	}
	return outcome
}

// delivered returns what a client gets from a mock that it submits a job to, and what the job's webhook brings.
func delivered(t *testing.T, m *mock, submit func(hook string) []byte) any {
	t.Helper()
	got := make(chan *webhook.Delivery[json.RawMessage], 1)
	verifier := webhook.New(webhook.WithJWKSURL(m.env["FAL_BASE_URL"] + "/rest.fal.ai/.well-known/jwks.json"))
	receiver := httptest.NewServer(webhook.Handler(verifier,
		func(_ context.Context, d *webhook.Delivery[json.RawMessage]) error {
			got <- d
			return d.Err
		}))
	defer receiver.Close()
	outcome := m.decode(t, submit(receiver.URL))
	select {
	case d := <-got:
		return map[string]any{"submitted": outcome, "for": d.RequestID, "brings": m.decode(t, d.Raw)}
	case <-time.After(10 * time.Second):
		t.Fatal("no webhook comes that fal could have sent")
		return nil
	}
}

func submitted(hook string) side {
	return func(ctx context.Context, c *fal.Client) (any, error) {
		job, err := video.New(c).Submit(ctx, input, fal.WithWebhook(hook))
		if err != nil {
			return nil, err
		}
		return job.ID, nil
	}
}

// needCurl skips the test where rife.sh cannot be run.
func needCurl(t *testing.T) {
	t.Helper()
	for _, name := range []string{"bash", "curl", "sed"} {
		_, err := exec.LookPath(name)
		if err != nil && os.Getenv("FALGEN_REQUIRE_CURL") == "1" {
			t.Fatalf("FALGEN_REQUIRE_CURL is set, but %v", err)
		}
		if err != nil {
			t.Skipf("rife.sh cannot be run: %v", err)
		}
	}
}

// throughCurl returns what rife.sh gets from a mock.
func throughCurl(t *testing.T, m *mock) []byte {
	t.Helper()
	if _, err := os.Stat("rife.sh"); err != nil { // which tells go test to run again when it changes
		t.Fatal(err)
	}
	script := exec.CommandContext(t.Context(), "bash", "rife.sh", "https://example.com/in.mp4")
	script.Env = append(os.Environ(), append(m.environ(), "no_proxy=127.0.0.1")...)
	out, err := script.Output()
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		t.Fatalf("rife.sh: %v\n%s%s", err, out, exit.Stderr)
	} else if err != nil {
		t.Fatal(err)
	}
	return []byte(`{"value":[` + strings.Join(strings.Split(strings.TrimSpace(string(out)), "\n"), ",") + `]}`)
}

// ranAndQueued does as rife.sh does.
func ranAndQueued(ctx context.Context, c *fal.Client) (any, error) {
	ran, err := video.New(c).Run(ctx, input)
	if err != nil {
		return nil, err
	}
	queued, err := video.New(c).Subscribe(ctx, input)
	if err != nil {
		return nil, err
	}
	return []json.RawMessage{ran.Raw, queued.Raw}, nil
}
