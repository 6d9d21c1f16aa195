package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log"
	"math"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/falgen/falgen/fal/faltest"
)

const (
	mockPatience = 3 * time.Second // for the answers that are on their way when the mock is stopped
	mockHistory  = 1000            // jobs and files
)

// mock is what the command line asks of falgen mock.
type mock struct {
	config, specs, listen string
	speed, fail           float64
	seed                  uint64
}

func mockCommand() *cobra.Command {
	var m mock
	cmd := &cobra.Command{
		Use:   "mock",
		Short: "Run a local fake of fal",
		Long: `Mock serves the endpoints of the local documents like fal, until it is interrupted: queue, streams, sockets, uploads,
and webhooks to this machine. It validates each input against the endpoint's document, and needs neither a key nor the
network. Without documents it serves the endpoints that come with falgen.

Once it listens, it prints the environment variables that point package fal to it:

    $ falgen mock > mock.env &
    $ . ./mock.env
    $ go run .

The JavaScript client takes the URL as that of a proxy.

Each request is a line on stderr: method, operation, endpoint or path, request, status, and how long it took. "cut" is
an answer that was broken off.

URLs of files hold the host that --listen names, or 127.0.0.1 for 0.0.0.0: to serve other machines, name the host as
they know it. Anyone who can reach the address can use the mock.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return m.run(ctx, cmd)
		},
	}
	f := cmd.Flags()
	f.StringVar(&m.config, "config", "", "configuration `file`, for its specs (default falgen.yaml, if there is one)")
	f.StringVar(&m.specs, "specs", "",
		"`folder` of documents, one document, or a catalogue dump (default specs or falgen's)")
	f.StringVar(&m.listen, "listen", "127.0.0.1:0", "`host:port` to serve at; port 0 is any that is free")
	f.Float64Var(&m.speed, "speed", 1, "`steps` a second that a job moves on; 0 for one each time its status is asked for")
	f.Float64Var(&m.fail, "fail", 0, "`part` of the inputs that fail, from 0 to 1, each in one of fal's ways")
	f.Uint64Var(&m.seed, "seed", 0, "`number` that decides which inputs fail, and what outputs are made up of")
	return cmd
}

func (m *mock) run(ctx context.Context, cmd *cobra.Command) error {
	opts, err := m.options()
	if err != nil {
		return err
	}
	listener, address, err := listen(m.listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	logger := newMockLog(cmd.ErrOrStderr())
	fake, err := faltest.Start(append(opts, faltest.WithURL(address), faltest.WithLog(logger.request))...)
	if err != nil {
		return err
	}
	defer fake.Close()
	logger.begin(fake)

	server := &http.Server{
		Handler: fake, ErrorLog: log.New(logger, "falgen: ", 0),
		ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	fmt.Fprintf(cmd.OutOrStdout(), "export FAL_BASE_URL=%s\nexport FAL_KEY=mock\n", address)
	select {
	case err := <-ended:
		return fmt.Errorf("cannot serve at %s any longer: %w", address, err)
	case <-ctx.Done():
	}
	done := shutDown(server, mockPatience)
	fake.Close() // which cuts short what waits
	if !done && !shutDown(server, time.Second) {
		_ = server.Close()
	}
	logger.end()
	return nil
}

// shutDown lets a server answer what it has begun to, and reports whether that took no longer than d.
func shutDown(server *http.Server, d time.Duration) bool {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	return server.Shutdown(ctx) == nil
}

// options checks what the command line asks for.
func (m *mock) options() ([]faltest.Option, error) {
	var step time.Duration
	switch {
	case !(m.fail >= 0 && m.fail <= 1):
		return nil, fmt.Errorf("--fail is %v, and goes from 0, for none, to 1, for all", m.fail)
	case m.speed != 0 && !(m.speed >= 0.001 && m.speed <= 1000):
		return nil, fmt.Errorf("--speed is %v, and goes from 0.001 to 1000 steps a second, or is 0", m.speed)
	case m.speed != 0:
		step = time.Duration(math.Round(float64(time.Second) / m.speed))
	}
	specs, err := m.documents()
	return []faltest.Option{
		faltest.WithSpecs(specs), faltest.WithStep(step), faltest.WithFailRate(m.fail), faltest.WithSeed(m.seed),
		faltest.WithHistory(mockHistory),
	}, err
}

// documents returns where the documents are: where generate finds them, or "" for those that falgen comes with.
func (m *mock) documents() (string, error) {
	c, err := readConfig(m.config)
	if err != nil {
		return "", err
	}
	missing := func(name string) bool {
		_, err := os.Stat(name)
		return errors.Is(err, fs.ErrNotExist)
	}
	if m.specs == "" && m.config == "" && missing(defaultConfig) && missing(c.Specs) {
		return "", nil
	}
	return cmp.Or(m.specs, c.Specs), nil
}

// listen listens at host:port, and returns the URL to ask it by.
func listen(address string) (net.Listener, string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, "", fmt.Errorf("--listen is %q, which is not host:port: %w", address, err)
	}
	if host == "" {
		return nil, "", fmt.Errorf("--listen is %q, without a host: 127.0.0.1:%[2]s is for this machine alone, "+
			"0.0.0.0:%[2]s for everyone", address, port)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, "", fmt.Errorf("cannot serve at %s: %w; with port 0 it takes one that is free", address, err)
	}
	_, port, err = net.SplitHostPort(l.Addr().String())
	if err != nil {
		return nil, "", errors.Join(err, l.Close())
	}
	if ip := net.ParseIP(host); ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return l, (&url.URL{Scheme: "http", Host: net.JoinHostPort(host, port)}).String(), nil
}
