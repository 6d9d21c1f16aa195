package faltest_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/falgen/falgen/fal/faltest"
)

// delivered is a webhook as it came.
type delivered struct {
	header http.Header
	body   string
}

// receiver takes webhooks, with the statuses that it is given and then 200s.
func receiver(t *testing.T, statuses ...int) (address string, got chan delivered) {
	t.Helper()
	got = make(chan delivered, 100)
	next := make(chan int, len(statuses))
	for _, status := range statuses {
		next <- status
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		select {
		case status := <-next:
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
		default:
		}
		got <- delivered{r.Header, string(body)}
	}))
	t.Cleanup(server.Close)
	return server.URL + "/hook?a=b", got
}

func receive(t *testing.T, got chan delivered) delivered {
	t.Helper()
	select {
	case d := <-got:
		return d
	case <-time.After(10 * time.Second):
		t.Fatal("no webhook came")
		return delivered{}
	}
}

// verify computes by hand what fal's documents say of a signature.
func verify(t *testing.T, s *faltest.Server, d delivered) bool {
	t.Helper()
	var set struct{ Keys []map[string]string }
	resp, err := http.Get(s.URL + "/rest.fal.ai/.well-known/jwks.json") // it takes no key
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(&set); err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte(d.body))
	message := strings.Join([]string{d.header.Get("X-Fal-Webhook-Request-Id"), d.header.Get("X-Fal-Webhook-User-Id"),
		d.header.Get("X-Fal-Webhook-Timestamp"), hex.EncodeToString(digest[:])}, "\n")
	signature, err := hex.DecodeString(d.header.Get("X-Fal-Webhook-Signature"))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range set.Keys {
		public, err := base64.RawURLEncoding.DecodeString(key["x"])
		if err != nil || len(public) != ed25519.PublicKeySize || key["kty"] != "OKP" || key["crv"] != "Ed25519" {
			t.Fatalf("%v: %v", key, err)
		}
		if ed25519.Verify(public, []byte(message), signature) {
			return true
		}
	}
	return false
}

// TestWebhooks: a job with a webhook is completed though nobody looks, and tells what became of it, signed.
func TestWebhooks(t *testing.T) {
	refused := compact(t, faltest.ModelError("one_of", "fps").Body)
	const head = `"gateway_request_id":"` + jobID + `","payload":`
	const tail = `,"request_id":"` + jobID + `","status":`
	for name, c := range map[string]struct {
		steer func(*faltest.Rule)
		want  string
	}{
		"success": {func(*faltest.Rule) {}, `{"error":null,` + head + usual + tail + `"OK"}`},
		"model": {func(r *faltest.Rule) { r.Fail(faltest.ModelError("one_of", "fps")) },
			`{"error":"Invalid status code: 422",` + head + refused + tail + `"ERROR"}`},
		"request": {func(r *faltest.Rule) { r.Fail(faltest.RequestError("startup_timeout")) },
			`{"error":"The request failed: startup timeout",` + head +
				`{"detail":"The request failed: startup timeout","error_type":"startup_timeout"}` + tail + `"ERROR"}`},
		"null": {func(r *faltest.Rule) { r.Output(nil) }, `{"error":null,` + head + `null` + tail + `"OK"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := faltest.New(t)
			c.steer(s.On(""))
			hook, got := receiver(t)
			id := submitted(t, s, "?fal_webhook="+url.QueryEscape(hook))
			d := receive(t, got)
			if diff := cmp.Diff(c.want, d.body); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			at, err := strconv.ParseInt(d.header.Get("X-Fal-Webhook-Timestamp"), 10, 64)
			if err != nil || time.Since(time.Unix(at, 0)).Abs() > time.Minute {
				t.Errorf("sent at %d", at)
			}
			if d.header.Get("X-Fal-Webhook-Request-Id") != id || d.header.Get("X-Fal-Webhook-User-Id") == "" ||
				d.header.Get("Content-Type") != "application/json" {
				t.Errorf("the headers are %v", d.header)
			}
			if !verify(t, s, d) {
				t.Error("the signature is not of the keys that are served")
			}
			if verify(t, faltest.New(t), d) {
				t.Error("another server has the same key")
			}
			if d.body += " "; verify(t, s, d) {
				t.Error("the signature is of another body as well")
			}
			if got := stand(t, ask(t, s, "GET", rife+"/requests/"+id+"/status", "").Body); !strings.HasPrefix(got, "c") {
				t.Errorf("the job stands at %s", got)
			}
		})
	}
}

// TestWebhookRetries: a webhook is sent again until it is taken, some times, and each time signed anew.
func TestWebhookRetries(t *testing.T) {
	for name, c := range map[string]struct {
		answers []int
		want    int
	}{
		"at once": {nil, 1},
		"later":   {[]int{500, 429, 404}, 4},
		"never":   {[]int{500, 500, 500, 500, 500, 500}, 5},
		"moved":   {[]int{302}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := faltest.New(t)
			hook, got := receiver(t, c.answers...)
			submitted(t, s, "?fal_webhook="+url.QueryEscape(hook))
			first := receive(t, got)
			for n := 1; n < c.want; n++ {
				if d := receive(t, got); d.body != first.body || !verify(t, s, d) {
					t.Errorf("attempt %d is another: %+v", n+1, d)
				}
			}
			all := attempts(t, s, c.want)
			last := all[c.want-1]
			if last.Attempt != c.want || last.RequestID != jobID || last.URL != hook ||
				(last.Err == nil) != (last.Status == 200) {
				t.Errorf("the last attempt is noted as %+v", last)
			}
			s.Close()
			if n := len(s.Deliveries()); n != c.want || len(got) != 0 {
				t.Errorf("%d attempts, want %d", n, c.want)
			}
		})
	}
}

// attempts waits until the server has noted n attempts.
func attempts(t *testing.T, s *faltest.Server, n int) []faltest.Delivery {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if all := s.Deliveries(); len(all) >= n {
			return all
		}
		if time.Now().After(end) {
			t.Fatalf("%d attempts, want %d", len(s.Deliveries()), n)
		}
	}
}

func TestWebhookOfCancelledJob(t *testing.T) {
	s := faltest.New(t)
	s.On("").Delay(time.Hour)
	hook, got := receiver(t)
	id := submitted(t, s, "?fal_webhook="+url.QueryEscape(hook))
	if got := ask(t, s, "PUT", rife+"/requests/"+id+"/cancel", ""); got.Code != 202 {
		t.Fatal(got)
	}
	d := receive(t, got)
	if !strings.Contains(d.body, `"status":"ERROR"`) || !strings.Contains(d.body, "client_cancelled") {
		t.Errorf("got %s", d.body)
	}
}

// TestWebhooksStayHere: a webhook leaves the machine only where that is allowed.
func TestWebhooksStayHere(t *testing.T) {
	s := faltest.New(t)
	for _, address := range []string{"http://192.0.2.1/hook", "https://example.com/hook", "http://[2001:db8::1]:80/"} {
		submitted(t, s, "?fal_webhook="+url.QueryEscape(address))
	}
	for _, d := range attempts(t, s, 3) {
		if d.Err == nil || !strings.Contains(d.Err.Error(), "WithPublicWebhooks") || d.Attempt != 1 {
			t.Errorf("%+v", d)
		}
	}
	for _, address := range []string{"ftp://127.0.0.1/hook", "hook", "http://"} {
		if got := ask(t, s, "POST", rife+"/video?fal_webhook="+url.QueryEscape(address), good); got.Code != 400 {
			t.Errorf("%s: %+v", address, got)
		}
	}
}

// TestWebhookEndsWithServer: one that is under way when the server closes is given up.
func TestWebhookEndsWithServer(t *testing.T) {
	reached, release := make(chan struct{}), make(chan struct{})
	stuck := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(reached)
		<-release
	}))
	defer stuck.Close()
	defer close(release)
	s := faltest.New(t, faltest.WithHistory(2))
	submitted(t, s, "?fal_webhook="+url.QueryEscape(stuck.URL))
	<-reached
	s.On("").Delay(time.Hour)
	submitted(t, s, "?fal_webhook="+url.QueryEscape(stuck.URL))
	if got := ask(t, s, "POST", rife+"/video?fal_webhook="+url.QueryEscape(stuck.URL), good); got.Code != 429 {
		t.Errorf("more webhooks wait than are to: %+v", got)
	}
	s.Close()
	if all := s.Deliveries(); len(all) != 1 || all[0].Err == nil || errors.Is(all[0].Err, io.EOF) {
		t.Errorf("%+v", all)
	}
}
