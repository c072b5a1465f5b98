// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// frameServer speaks HTTP/2 frame by frame, as net/http's server resets no stream
// with a code of the test's choice. It resets the streams of one account.
type frameServer struct {
	sick string
	code http2.ErrCode

	mu    sync.Mutex
	reset int // requests for the sick account
}

// serve responds on one connection until the client closes it.
func (s *frameServer) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	preface := make([]byte, len(http2.ClientPreface))
	if _, err := io.ReadFull(conn, preface); err != nil {
		return
	}
	framer := http2.NewFramer(conn, conn)
	framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	_ = framer.WriteSettings()
	for {
		frame, err := framer.ReadFrame()
		if err != nil {
			return
		}
		switch frame := frame.(type) {
		case *http2.SettingsFrame:
			if !frame.IsAck() {
				_ = framer.WriteSettingsAck()
			}
		case *http2.PingFrame:
			if !frame.IsAck() {
				_ = framer.WritePing(true, frame.Data)
			}
		case *http2.MetaHeadersFrame:
			s.respond(framer, frame)
		}
	}
}

func (s *frameServer) respond(framer *http2.Framer, request *http2.MetaHeadersFrame) {
	stream := request.StreamID
	segments := strings.Split(request.PseudoValue("path"), "/")
	customerID, id := segments[len(segments)-3], segments[len(segments)-1]
	if id == s.sick {
		s.mu.Lock()
		s.reset++
		s.mu.Unlock()
		_ = framer.WriteRSTStream(stream, s.code)
		return
	}
	var header bytes.Buffer
	encoder := hpack.NewEncoder(&header)
	_ = encoder.WriteField(hpack.HeaderField{Name: ":status", Value: "200"})
	_ = encoder.WriteField(hpack.HeaderField{Name: "content-type", Value: "application/json"})
	_ = framer.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: header.Bytes(), EndHeaders: true})
	_ = framer.WriteData(stream, true, []byte(mustJSON(juspaytest.NewAccount(customerID, id))))
}

// start listens with TLS until the test ends, and returns the base URL and the authority.
func (s *frameServer) start(t *testing.T) (baseURL string, authorities *x509.CertPool) {
	t.Helper()
	authority := juspaytest.NewAuthority(t)
	certPEM, keyPEM := authority.Issue(t)
	certificate, err := tls.X509KeyPair([]byte(certPEM), []byte(keyPEM))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"h2"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go s.serve(conn)
		}
	}()
	return "https://" + listener.Addr().String(), certPool(authority)
}

func TestClient_SendsOneRequestForOneAttemptOverHTTP2(t *testing.T) {
	t.Parallel()
	for _, code := range []http2.ErrCode{http2.ErrCodeRefusedStream, http2.ErrCodeProtocol} {
		t.Run(code.String(), func(t *testing.T) {
			t.Parallel()
			all := refs(100)
			server := &frameServer{sick: all[7].CustomerAccountID, code: code}
			baseURL, authorities := server.start(t)
			const maxRetries = 2
			var mu sync.Mutex
			attempts := 0
			client, err := New(Config{APIKey: "fake-key", BaseURL: baseURL, RootCAs: authorities, MaxRetries: maxRetries, OnAttempt: func(_ context.Context, a Attempt) {
				mu.Lock()
				defer mu.Unlock()
				if strings.HasSuffix(a.Path, "/"+server.sick) {
					attempts++
				}
			}})
			if err != nil {
				t.Fatal(err)
			}
			client.retry.minBackoff, client.retry.maxBackoff = 1, 1
			for i, result := range client.GetAll(t.Context(), all, ReadOptions{}) {
				if isSick := i == 7; (result.Err != nil) != isSick {
					t.Errorf("account %d: got error %v", i, result.Err)
				}
			}
			if attempts != maxRetries+1 {
				t.Errorf("got %d attempts, want %d", attempts, maxRetries+1)
			}
			server.mu.Lock()
			defer server.mu.Unlock()
			// An attempt that is given a connection which is closing ends before it sends anything.
			if server.reset == 0 || server.reset > attempts {
				t.Errorf("got %d requests for %d attempts", server.reset, attempts)
			}
		})
	}
}
