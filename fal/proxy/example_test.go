package proxy_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/proxy"
)

// An app with sessions lets those who are signed in call one model.
func Example() {
	fake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Println("fal gets:", r.Method, r.URL.Path, r.Header.Get("Authorization"))
		fmt.Fprint(w, `{"request_id":"764cabcf"}`)
	}))
	defer fake.Close()
	client, err := fal.NewClient(fal.WithKey("id:secret"), fal.WithBaseURL(fake.URL)) // fal.NewClient() for the real one
	if err != nil {
		fmt.Println(err)
		return
	}

	handler, err := proxy.New(client, proxy.Config{
		Authenticate: func(r *http.Request) bool {
			session, err := r.Cookie("session")
			return err == nil && session.Value == "1"
		},
		Endpoints: []string{"fal-ai/flux/dev"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	mux := http.NewServeMux()
	mux.Handle("/api/fal/proxy", handler)
	app := httptest.NewServer(mux)
	defer app.Close()

	// submit does what fal.queue.submit does in the browser.
	submit := func(endpoint, session string) {
		r, _ := http.NewRequest("POST", app.URL+"/api/fal/proxy", strings.NewReader(`{"prompt":"a lighthouse"}`))
		r.Header.Set("X-Fal-Target-Url", "https://queue.fal.run/"+endpoint)
		r.AddCookie(&http.Cookie{Name: "session", Value: session})
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			fmt.Println(err)
			return
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			fmt.Println(resp.Status)
			return
		}
		body, _ := io.ReadAll(resp.Body)
		fmt.Println(string(body))
	}
	submit("fal-ai/flux/dev", "1")
	submit("fal-ai/flux-pro/v1.1-ultra", "1")
	submit("fal-ai/flux/dev", "expired")
	// Output:
	// fal gets: POST /queue.fal.run/fal-ai/flux/dev Key id:secret
	// {"request_id":"764cabcf"}
	// 403 Forbidden
	// 401 Unauthorized
}
