package webhook_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/falgen/falgen/fal/webhook"
)

func TestKeySets(t *testing.T) {
	const rsa = `{"kty":"RSA","use":"sig","alg":"RS256","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2ai","e":"AQAB"}`
	signer := NewSigner(1)
	mine := signer.JWK()
	padded := strings.Replace(mine, `"}`, `="}`, 1)
	if padded == mine {
		t.Fatal("nothing was padded")
	}
	short := base64.RawURLEncoding.EncodeToString(make([]byte, 31))
	many := make([]string, 20)
	for i := range many {
		many[i] = NewSigner(byte(i + 2)).JWK()
	}
	tests := []struct{ name, body, want string }{ // want is part of a KeysError
		{"one key", jwks(mine), ""},
		{"with padding", jwks(padded), ""},
		{"with more about it", jwks(strings.Replace(mine, "{", `{"kid":"a","use":"sig","alg":"EdDSA","x5c":[],`, 1)), ""},
		{"the last of many", jwks(append(many, mine)...), ""},
		{"among RSA keys", jwks(rsa, mine, rsa), ""},
		{"among broken ones", jwks(`7`, `null`, `{}`, `{"kty":"OKP","crv":"Ed25519","x":7}`,
			`{"kty":"OKP","crv":"Ed25519","x":"!"}`, `{"kty":"OKP","crv":"Ed25519","x":"QUJD"}`, mine), ""},
		{"RSA alone", jwks(rsa), "none of its 1 keys"},
		{"of another curve", jwks(strings.Replace(mine, "Ed25519", "X25519", 1)), "none of its 1 keys"},
		{"a short key", jwks(fmt.Sprintf(`{"kty":"OKP","crv":"Ed25519","x":%q}`, short)), "none of its 1 keys"},
		{"of another type", jwks(strings.Replace(mine, "OKP", "EC", 1)), "none of its 1 keys"},
		{"no keys", jwks(), "none of its 0 keys"},
		{"no set", `{}`, "none of its 0 keys"},
		{"null", `null`, "none of its 0 keys"},
		{"keys that are no list", `{"keys":{}}`, "not a key set"},
		{"HTML", "<html>502</html>", "not a key set"},
		{"nothing", "", "not a key set"},
		{"cut off", jwks(mine)[:40], "not a key set"},
		{"huge", `{"pad":"` + strings.Repeat("x", 256<<10) + `","keys":[` + mine + `]}`, "longer than 256 KiB"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server, c := newKeyServer(t), newClock()
			server.publish(test.body)
			err := server.verifier(c.option()).Verify(t.Context(), signer.Header(c.now(), okBody), []byte(okBody))
			if test.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			isKeysError(t, err, test.want)
		})
	}
}

func TestKeysThatCannotBeFetched(t *testing.T) {
	signer, c := NewSigner(1), newClock()
	plain := newKeyServer(t, signer.JWK())
	secure := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/keys":
			_, _ = io.WriteString(w, jwks(signer.JWK()))
		case "/moved":
			http.Redirect(w, r, "/keys", http.StatusFound)
		case "/away":
			http.Redirect(w, r, "http://example.com/keys?token=s3cret", http.StatusFound)
		case "/down":
			http.Redirect(w, r, plain.URL, http.StatusFound)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		case "/cut":
			w.Header().Set("Content-Length", "1000")
			_, _ = io.WriteString(w, jwks(signer.JWK()))
		default:
			w.WriteHeader(http.StatusInternalServerError)
			_, _ = io.WriteString(w, jwks(signer.JWK()))
		}
	}))
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // one client is to refuse the certificate
	secure.StartTLS()
	t.Cleanup(secure.Close)
	away := newKeyServer(t)
	away.do(http.RedirectHandler("http://example.com/keys", http.StatusFound).ServeHTTP)
	closed := httptest.NewServer(nil)
	closed.Close()
	strict := *secure.Client()
	strict.CheckRedirect = func(*http.Request, []*http.Request) error { return errors.New("none at all") }

	tests := []struct {
		name, url, want string // want is part of a KeysError
		client          *http.Client
	}{
		{"http of this machine", plain.URL, "", nil},
		{"localhost", strings.Replace(plain.URL, "127.0.0.1", "localhost", 1), "", nil},
		{"https", secure.URL + "/keys", "", secure.Client()},
		{"a redirect", secure.URL + "/moved", "", secure.Client()},
		{"a redirect to http", secure.URL + "/away", "refused a redirect to http://example.com", secure.Client()},
		{"a redirect to http of this machine", secure.URL + "/down", "refused a redirect to " + plain.URL, secure.Client()},
		{"a redirect of this machine to http", away.URL, "refused a redirect to http://example.com", nil},
		{"redirects without end", secure.URL + "/loop", "5 redirects", secure.Client()},
		{"a redirect that the client refuses", secure.URL + "/moved", "none at all", &strict},
		{"500", secure.URL + "/broken", "500 Internal Server Error", secure.Client()},
		{"an answer that breaks off", secure.URL + "/cut", "unexpected EOF", secure.Client()},
		{"a stranger's certificate", secure.URL + "/keys", "certificate", nil},
		{"nobody there", closed.URL, "connect", nil},
		{"http", "http://rest.fal.ai/.well-known/jwks.json", "not an https URL", nil},
		{"a name that only begins well", "http://localhost.example.com/", "not an https URL", nil},
		{"a file", "file:///etc/passwd", "not an https URL", nil},
		{"no host", "https:///keys", "not an https URL", nil},
		{"no URL", "https://%", "not an https URL", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := webhook.New(webhook.WithJWKSURL(test.url+"?token=s3cret"), webhook.WithHTTPClient(test.client), c.option())
			err := v.Verify(t.Context(), signer.Header(c.now(), okBody), []byte(okBody))
			if test.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			isKeysError(t, err, test.want)
		})
	}
}

func TestKeysComeFromFalByDefault(t *testing.T) {
	signer := NewSigner(1)
	var asked string
	v := webhook.New(roundTripper(func(r *http.Request) (*http.Response, error) {
		asked = r.Method + " " + r.URL.String()
		return answer(strings.NewReader(jwks(signer.JWK()))), nil
	}).option())
	if err := v.Verify(t.Context(), signer.Header(time.Now(), okBody), []byte(okBody)); err != nil {
		t.Error(err)
	}
	if asked != "GET https://rest.fal.ai/.well-known/jwks.json" {
		t.Errorf("asked %q", asked)
	}
}

func TestKeysAreKeptForADay(t *testing.T) {
	signer, c := NewSigner(1), newClock()
	server := newKeyServer(t, signer.JWK())
	v := server.verifier(c.option())
	verify := func(fetches int32) error {
		t.Helper()
		err := v.Verify(t.Context(), signer.Header(c.now(), okBody), []byte(okBody))
		if n := server.fetches.Load(); n != fetches {
			t.Errorf("%d fetches, want %d", n, fetches)
		}
		return err
	}
	ok := func(fetches int32) {
		t.Helper()
		if err := verify(fetches); err != nil {
			t.Error(err)
		}
	}
	ok(1)
	c.pass(24*time.Hour - time.Second)
	ok(1)
	c.pass(time.Second)
	ok(2)

	server.publish("broken")
	c.pass(24*time.Hour - time.Second)
	ok(2)
	c.pass(time.Second)
	isKeysError(t, verify(3), "not a key set")
	isKeysError(t, verify(3), "not a key set") // not asked again at once
	server.publish(jwks(signer.JWK()))
	c.pass(30 * time.Second)
	ok(4)
}

func TestRotation(t *testing.T) {
	before, after, c := NewSigner(1), NewSigner(2), newClock()
	server := newKeyServer(t, before.JWK())
	v := server.verifier(c.option())
	verify := func(s Signer, fetches int32) error {
		t.Helper()
		err := v.Verify(t.Context(), s.Header(c.now(), okBody), []byte(okBody))
		if n := server.fetches.Load(); n != fetches {
			t.Errorf("%d fetches, want %d", n, fetches)
		}
		return err
	}
	if err := verify(before, 1); err != nil {
		t.Fatal(err)
	}
	server.publish(jwks(after.JWK(), before.JWK()))
	// So soon after the keys were fetched they are taken to be all there are.
	if err := verify(after, 1); !errors.Is(err, webhook.ErrSignature) {
		t.Errorf("got %v", err)
	}
	c.pass(time.Minute)
	if err := verify(before, 1); err != nil {
		t.Error(err)
	}
	for _, s := range []Signer{after, before, after} {
		if err := verify(s, 2); err != nil {
			t.Error(err)
		}
	}

	// A fetch that fails takes nothing away, and says nothing about the signature.
	c.pass(time.Minute)
	server.publish("broken")
	garbage := NewSigner(3)
	isKeysError(t, verify(garbage, 3), "not a key set")
	if err := verify(after, 3); err != nil {
		t.Error(err)
	}
	isKeysError(t, verify(garbage, 3), "not a key set")

	// The key that fal has withdrawn is good no longer.
	c.pass(time.Minute)
	server.publish(jwks(after.JWK()))
	if err := verify(garbage, 4); !errors.Is(err, webhook.ErrSignature) {
		t.Errorf("got %v", err)
	}
	if err := verify(before, 4); !errors.Is(err, webhook.ErrSignature) {
		t.Errorf("got %v", err)
	}
}

func TestGarbageFetchesLittle(t *testing.T) {
	signer, garbage, c := NewSigner(1), NewSigner(2), newClock()
	server := newKeyServer(t, signer.JWK())
	v := server.verifier(c.option())
	for round := range int32(3) {
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				err := v.Verify(context.Background(), garbage.Header(c.now(), okBody), []byte(okBody))
				if !errors.Is(err, webhook.ErrSignature) {
					t.Errorf("got %v", err)
				}
			})
		}
		all.Wait()
		if n := server.fetches.Load(); n != round+1 {
			t.Errorf("%d fetches after %d rounds", n, round+1)
		}
		c.pass(30 * time.Second)
	}

	// The same where there are no keys to be had at all.
	server.do(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	v = server.verifier(c.option())
	server.fetches.Store(0)
	for range 100 {
		isKeysError(t, v.Verify(t.Context(), garbage.Header(c.now(), okBody), []byte(okBody)), "502")
	}
	if n := server.fetches.Load(); n != 1 {
		t.Errorf("%d fetches", n)
	}
	c.pass(-time.Hour) // a clock that was set back must not stop the fetches
	server.publish(jwks(signer.JWK()))
	if err := v.Verify(t.Context(), signer.Header(c.now(), okBody), []byte(okBody)); err != nil {
		t.Error(err)
	}
}

func TestFirstFetchIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		signer, release, fetches := NewSigner(1), make(chan struct{}), 0
		v := webhook.New(roundTripper(func(r *http.Request) (*http.Response, error) {
			fetches++ // the race detector would tell if there were two at a time
			select {
			case <-release:
				return answer(strings.NewReader(jwks(signer.JWK()))), nil
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
		}).option())
		header := signer.Header(time.Now(), okBody)
		var all sync.WaitGroup
		first, leave := context.WithCancel(t.Context())
		all.Go(func() {
			err := v.Verify(first, header, []byte(okBody))
			isKeysError(t, err, "canceled")
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		})
		synctest.Wait()
		for range 50 {
			all.Go(func() {
				if err := v.Verify(t.Context(), header, []byte(okBody)); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait()
		leave() // the one who asked first, and that must not matter to the others
		synctest.Wait()
		close(release)
		all.Wait()
		if fetches != 1 {
			t.Errorf("%d fetches", fetches)
		}
	})
}

func TestEndlessKeys(t *testing.T) {
	v := webhook.New(roundTripper(func(*http.Request) (*http.Response, error) {
		return answer(spaces{}), nil
	}).option())
	isKeysError(t, v.Verify(t.Context(), NewSigner(1).Header(time.Now(), okBody), []byte(okBody)), "longer than")
}

type spaces struct{}

func (spaces) Read(p []byte) (int, error) { return copy(p, "                "), nil }

// The fetch ends after ten seconds, and with it its goroutine: the bubble waits for it.
func TestSlowKeys(t *testing.T) {
	hang := roundTripper(func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	})
	trickle := roundTripper(func(r *http.Request) (*http.Response, error) {
		return answer(drip{r.Context()}), nil
	})
	for name, transport := range map[string]roundTripper{"hang": hang, "trickle": trickle} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				v, begin := webhook.New(transport.option()), time.Now()
				err := v.Verify(t.Context(), NewSigner(1).Header(begin, okBody), []byte(okBody))
				isKeysError(t, err, "deadline exceeded")
				if !errors.Is(err, context.DeadlineExceeded) || time.Since(begin) != 10*time.Second {
					t.Errorf("got %v after %v", err, time.Since(begin))
				}
			})
		})
	}
}

// drip is a body that gives a byte a second.
type drip struct{ ctx context.Context }

func (d drip) Read(p []byte) (int, error) {
	select {
	case <-d.ctx.Done():
		return 0, d.ctx.Err()
	case <-time.After(time.Second):
		return copy(p, " "), nil
	}
}

func isKeysError(t *testing.T, err error, part string) {
	t.Helper()
	var failure *webhook.KeysError
	if !errors.As(err, &failure) {
		t.Errorf("got %v", err)
		return
	}
	if !strings.Contains(err.Error(), part) || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("%q is not in, or s3cret is: %v", part, err)
	}
}
