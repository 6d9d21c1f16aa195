package realtime_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/coder/websocket"
	"github.com/vmihailenco/msgpack/v5"

	"github.com/falgen/falgen/fal"
	"github.com/falgen/falgen/fal/realtime"
)

// offline stands in for fal in the examples: it makes a picture of each prompt, and has enough after two.
func offline(opts ...fal.ClientOption) (*fal.Client, func()) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/rest.fal.ai/tokens/" {
			fmt.Fprint(w, `"eyJhbGciOi"`)
			return
		}
		ws, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		for range 2 {
			_, frame, err := ws.Read(r.Context())
			if err != nil {
				return
			}
			var in map[string]string
			_ = msgpack.Unmarshal(frame, &in)
			out, _ := msgpack.Marshal(map[string]any{"image": []byte("picture of " + in["prompt"])})
			_ = ws.Write(r.Context(), websocket.MessageBinary, out)
		}
		_ = ws.Close(websocket.StatusNormalClosure, "")
	}))
	opts = append([]fal.ClientOption{fal.WithKey("id:secret"), fal.WithBaseURL(server.URL)}, opts...)
	client, err := fal.NewClient(opts...)
	if err != nil {
		panic(err)
	}
	return client, server.Close
}

type Input struct {
	Prompt string `json:"prompt"`
}

type Output struct {
	Image []byte `json:"image"`
}

func ExampleDial() {
	client, stop := offline() // fal.NewClient() for the real one
	defer stop()
	ctx := context.Background()

	conn, err := realtime.Dial[Input, Output](ctx, client, "fal-ai/fast-lcm-diffusion")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer conn.Close()

	go func() {
		for _, prompt := range []string{"a lighthouse", "a lighthouse at night"} {
			if err := conn.Send(ctx, Input{Prompt: prompt}); err != nil {
				fmt.Println(err)
				return
			}
		}
	}()
	for {
		msg, err := conn.Receive(ctx)
		var told *realtime.Error
		switch {
		case err == io.EOF:
			fmt.Println("the end")
			return
		case errors.As(err, &told) && told.IsIdle():
			continue
		case err != nil:
			fmt.Println(err)
			return
		}
		fmt.Printf("%s\n", msg.Data.Image)
	}
	// Output:
	// picture of a lighthouse
	// picture of a lighthouse at night
	// the end
}

// A server keeps the key and gives tokens away.
func ExampleToken() {
	client, stop := offline() // fal.NewClient() for the real one
	defer stop()

	token, err := realtime.Token(context.Background(), client, "fal-ai/fast-lcm-diffusion", 2*time.Minute)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(token)
	// Output:
	// eyJhbGciOi
}

// Whoever has a token needs no key.
func ExampleWithToken() {
	client, stop := offline(fal.WithoutKey()) // fal.NewClient(fal.WithoutKey()) for the real one
	defer stop()

	conn, err := realtime.Dial[Input, Output](context.Background(), client, "fal-ai/fast-lcm-diffusion",
		realtime.WithToken("eyJhbGciOi"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(conn.Close())
	// Output:
	// <nil>
}
