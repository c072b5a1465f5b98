// SPDX-License-Identifier: MPL-2.0

// Package toxiproxy runs the toxiproxy that is pinned in tools/, for tests in
// which real sockets misbehave. It speaks toxiproxy's HTTP API by itself, so that
// the provider's own module does not depend on toxiproxy.
package toxiproxy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"sync/atomic"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/acctest/programs"
)

// Server is a running toxiproxy.
type Server struct {
	api     string
	command *exec.Cmd
	ended   chan struct{}
	proxies atomic.Int64
}

// startTime bounds how long toxiproxy may take to listen, on a busy machine.
const startTime = time.Minute

// Start runs toxiproxy on a free loopback port. Stop it after use.
func Start(ctx context.Context) (*Server, error) {
	binary, err := programs.Path("toxiproxy")
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	var s *Server
	for range 5 { // something else may take a port that was free
		if s, err = startOnFreePort(ctx, binary); err == nil {
			return s, nil
		}
	}
	return nil, err
}

func startOnFreePort(ctx context.Context, binary string) (*Server, error) {
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	// It runs until Stop, beyond ctx, which bounds its start.
	command := exec.Command(binary, "-host", "127.0.0.1", "-port", port) //nolint:gosec,noctx // tools/ pins the program, and Stop ends it
	s := &Server{api: "http://127.0.0.1:" + port, command: command, ended: make(chan struct{})}
	if err := s.command.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = s.command.Wait()
		close(s.ended)
	}()
	if err := s.waitForAPI(ctx); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

func freePort(ctx context.Context) (string, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer func() { _ = listener.Close() }()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, err
}

// waitForAPI returns once the API responds, or with an error once toxiproxy or ctx
// ends.
func (s *Server) waitForAPI(ctx context.Context) error {
	for {
		err := s.call(ctx, http.MethodGet, "/version", nil, nil)
		if err == nil {
			return nil
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-s.ended:
			return err
		case <-ctx.Done():
			return err
		}
	}
}

// Stop ends the server.
func (s *Server) Stop() {
	_ = s.command.Process.Kill()
	<-s.ended
}

// Proxy forwards connections and applies its toxics to them.
type Proxy struct {
	// Address is where it listens, as host:port.
	Address string

	server *Server
	path   string
}

// NewProxy listens on a free loopback port, and connects to upstream.
func (s *Server) NewProxy(ctx context.Context, upstream string) (*Proxy, error) {
	name := fmt.Sprintf("proxy-%d", s.proxies.Add(1))
	var made struct {
		Listen string `json:"listen"`
	}
	err := s.call(ctx, http.MethodPost, "/proxies", map[string]any{"name": name, "listen": "127.0.0.1:0", "upstream": upstream, "enabled": true}, &made)
	return &Proxy{Address: made.Listen, server: s, path: "/proxies/" + name}, err
}

// Toxic is a fault of one stream of every connection; see toxiproxy's documentation for
// types and attributes.
type Toxic struct {
	Type       string         `json:"type"`
	Stream     string         `json:"stream"` // "downstream" (responses) or "upstream" (requests)
	Toxicity   float64        `json:"toxicity"`
	Attributes map[string]any `json:"attributes"`
}

// Downstream is a Toxic that spoils every response.
func Downstream(kind string, attributes map[string]any) Toxic {
	return Toxic{Type: kind, Stream: "downstream", Toxicity: 1, Attributes: attributes}
}

// Add makes connections suffer from the toxics.
func (p *Proxy) Add(ctx context.Context, toxics ...Toxic) error {
	for _, toxic := range toxics {
		if err := p.server.call(ctx, http.MethodPost, p.path+"/toxics", toxic, nil); err != nil {
			return err
		}
	}
	return nil
}

// call sends body as JSON to toxiproxy's API, and decodes the response into result unless that is nil.
func (s *Server) call(ctx context.Context, method, path string, body, result any) error {
	encoded, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, method, s.api+path, bytes.NewReader(encoded))
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	var received bytes.Buffer
	if _, err := received.ReadFrom(resp.Body); err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		return errors.New("toxiproxy: " + strings.TrimSpace(received.String()))
	}
	if result == nil {
		return nil
	}
	return json.Unmarshal(received.Bytes(), result)
}
