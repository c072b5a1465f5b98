// SPDX-License-Identifier: MPL-2.0

// Package gateways reads accounts through real gateways and proxies, configured as
// operators configure them. make gateways runs it.
package gateways

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"text/template"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

const (
	latency     = 50 * time.Millisecond // the time that the upstream takes for a response
	concurrency = juspay.DefaultMaxConcurrentRequests
	readTimeout = 5 * time.Minute
)

// gateway is a program with one configuration. Its fields go into the template of the
// program, together with those that start adds.
type gateway struct {
	Name                           string
	program                        string // the name of the program: nginx, haproxy, squid, apache2 or varnishd
	HTTP, Listen, Server, Location string
	Dir, Upstream, UpstreamPort    string
	Port                           int
	Root                           bool

	tls       bool // whether the gateway has a certificate of authority, or tunnels to a server with one
	mutual    bool // whether the gateway requires a certificate of clients
	perSecond func(accounts int) float64
	inFlight  int     // the maximum number of requests that the gateway passes on concurrently, 0 for all
	maxRatio  float64 // the maximum time as a multiple of the ideal one, to which a second is added
	command   *exec.Cmd
	disturb   map[int64]func() // what happens once so many attempts were made
}

func (g *gateway) onAttempt(n int64) {
	if disturb := g.disturb[n]; disturb != nil {
		disturb()
	}
}

// rate is the limit of a gateway: lower for few accounts, so that a run takes at most
// half a minute.
func rate(accounts int) float64 {
	if accounts > 1000 {
		return 500
	}
	return 50
}

// ideal is the least time in which so many accounts can be read.
func (g *gateway) ideal(accounts int) time.Duration {
	inFlight := concurrency
	if g.inFlight > 0 {
		inFlight = g.inFlight
	}
	least := time.Duration(accounts) * latency / time.Duration(inFlight)
	if g.perSecond != nil {
		least = max(least, time.Duration(float64(accounts)/g.perSecond(accounts)*float64(time.Second)))
	}
	return max(least, latency)
}

// packages has the Debian packages of each program and of the modules that its configurations load.
var packages = map[string][]string{
	"nginx": {"nginx-light"}, "haproxy": {"haproxy"}, "squid": {"squid"}, "apache2": {"apache2", "libapache2-mod-evasive"},
	"varnishd": {"varnish", "varnish-modules"},
}

// A gateway that the nightly does not install is skipped there, and nobody sees it.
func TestNightly_InstallsEachGateway(t *testing.T) {
	t.Parallel()
	nightly := acctest.ReadFile(t, filepath.Join(acctest.Root(t), ".github", "workflows", "nightly.yml"))
	_, installed, _ := strings.Cut(nightly, "apt-get install -y --no-install-recommends ")
	installed, _, _ = strings.Cut(installed, "\n")
	check.Equal(t, "the packages in nightly.yml", slices.Sorted(slices.Values(strings.Fields(installed))),
		slices.Sorted(slices.Values(slices.Concat(slices.Collect(maps.Values(packages))...))))
	for _, g := range gateways {
		if packages[g.program] == nil {
			t.Errorf("packages: got none for %s, the program of %s, want some", g.program, g.Name)
		}
	}
}

// requireGateways skips a test unless gateways are to be run, and the program is
// installed.
func requireGateways(t *testing.T, program string) string {
	t.Helper()
	if os.Getenv("GATEWAYS") == "" {
		t.Skip("make gateways sets GATEWAYS")
	}
	path, err := exec.LookPath(program)
	if err != nil {
		t.Skipf("%s is not installed: apt-get install %s", program, strings.Join(packages[program], " "))
	}
	return path
}

// start runs the gateway in front of an upstream until the test ends.
func (g *gateway) start(t *testing.T, authority *juspaytest.Authority, upstream string) {
	t.Helper()
	path := requireGateways(t, g.program)
	g.Dir, g.Upstream, g.Port, g.Root = t.TempDir(), upstream, freePort(t), os.Getuid() == 0
	_, g.UpstreamPort, _ = net.SplitHostPort(upstream)
	for _, dir := range []string{g.Dir, filepath.Dir(g.Dir)} { // a program that root starts may become another user
		check.MustNoError(t, "os.Chmod", os.Chmod(dir, 0o777))
	}
	certificate, key := authority.Issue(t, subject("gateway"))
	g.write(t, "cert.pem", certificate)
	g.write(t, "key.pem", key)
	g.write(t, "both.pem", certificate+key)
	g.write(t, "ca.pem", authority.CertPEM)
	g.write(t, "hosts", "127.0.0.1 example.com\n")
	file := map[string]string{
		"nginx": "nginx.conf", "haproxy": "haproxy.cfg", "squid": "squid.conf", "apache2": "apache2.conf", "varnishd": "varnish.vcl",
	}[g.program]
	var text strings.Builder
	check.MustNoError(t, "Execute", template.Must(template.ParseFiles(filepath.Join("testdata", file+".tmpl"))).Execute(&text, g))
	// The snippets of a gateway name its directory too.
	g.write(t, file, strings.ReplaceAll(text.String(), "$DIR", g.Dir))
	arguments := map[string][]string{
		"nginx":   {"-p", g.Dir, "-e", filepath.Join(g.Dir, "error.log"), "-c", filepath.Join(g.Dir, file)},
		"haproxy": {"-db", "-f", filepath.Join(g.Dir, file)},
		"squid":   {"-N", "-n", fmt.Sprintf("juspay%d", g.Port), "-f", filepath.Join(g.Dir, file)}, // the name of its shared memory
		"apache2": {"-X", "-f", filepath.Join(g.Dir, file)},
		"varnishd": {"-F", "-j", "none", "-n", filepath.Join(g.Dir, "varnish"), "-a", fmt.Sprintf("127.0.0.1:%d", g.Port),
			"-s", "malloc,16m", "-f", filepath.Join(g.Dir, file)},
	}[g.program]
	g.command = exec.CommandContext(context.WithoutCancel(t.Context()), path, arguments...) // stop ends it, and its children with it
	check.MustNoError(t, "command.Start", g.command.Start())
	t.Cleanup(g.stop)
	address := fmt.Sprintf("127.0.0.1:%d", g.Port)
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", address); err == nil {
			_ = conn.Close()
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s: got no listener, want one; see %s", g.program, g.Dir)
		}
	}
}

// startWith starts the gateway in front of a server with so many accounts.
func (g *gateway) startWith(t *testing.T, n int) (*juspaytest.Authority, []juspay.AccountRef) {
	t.Helper()
	requireGateways(t, g.program)
	server, authority := juspaytest.NewServer(), juspaytest.NewAuthority(t)
	t.Cleanup(server.Close)
	server.Delay(latency)
	g.start(t, authority, strings.TrimPrefix(server.URL, "http://"))
	return authority, putAccounts(server, n)
}

// stop ends the process that start started.
func (g *gateway) stop() {
	if g.command.ProcessState == nil {
		_ = g.command.Process.Signal(syscall.SIGTERM)
		_ = g.command.Wait()
	}
}

func (g *gateway) write(t *testing.T, name, text string) {
	t.Helper()
	check.MustNoError(t, "os.WriteFile", os.WriteFile(filepath.Join(g.Dir, name), []byte(text), 0o644))
}

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	check.MustNoError(t, "net.Listen", err)
	defer func() { _ = listener.Close() }()
	address, _ := listener.Addr().(*net.TCPAddr)
	return address.Port
}

// putAccounts returns references to so many accounts, which the server has.
func putAccounts(server *juspaytest.Server, n int) []juspay.AccountRef {
	refs := make([]juspay.AccountRef, n)
	for i := range refs {
		refs[i] = juspay.AccountRef{CustomerID: "cst_a", CustomerAccountID: fmt.Sprintf("banh_%d", i)}
		server.Put(juspaytest.NewAccount("cst_a", refs[i].CustomerAccountID))
	}
	return refs
}

// subject names a certificate. OpenSSL takes one that has the name of its issuer for
// self-signed.
func subject(name string) func(*x509.Certificate) {
	return func(c *x509.Certificate) { c.Subject.CommonName = name }
}

func (g *gateway) newClient(t *testing.T, authority *juspaytest.Authority, changes ...func(*juspay.Config)) *juspay.Client {
	t.Helper()
	scheme := "http"
	if g.tls {
		scheme = "https"
	}
	cfg := juspay.Config{
		APIKey:     juspaytest.APIKey,
		BaseURL:    fmt.Sprintf("%s://127.0.0.1:%d", scheme, g.Port),
		MaxRetries: juspay.DefaultMaxRetries,
		RootCAs:    x509.NewCertPool(),
	}
	cfg.RootCAs.AppendCertsFromPEM([]byte(authority.CertPEM))
	if g.mutual {
		certificate, key := authority.Issue(t, subject("client"))
		pair, err := tls.X509KeyPair([]byte(certificate), []byte(key))
		check.MustNoError(t, "tls.X509KeyPair", err)
		cfg.ClientCertificate = &pair
	}
	for _, change := range changes {
		change(&cfg)
	}
	client, err := juspay.New(cfg)
	check.MustNoError(t, "juspay.New", err)
	return client
}

// read reads accounts through the gateway, prints the run as a line of a table, and
// returns the errors by account and the number of attempts.
func (g *gateway) read(
	t *testing.T, authority *juspaytest.Authority, refs []juspay.AccountRef, changes ...func(*juspay.Config),
) (failed map[string]error, took time.Duration, attempts int) {
	t.Helper()
	var sent atomic.Int64
	client := g.newClient(t, authority, append(changes, func(c *juspay.Config) {
		c.OnAttempt = func(context.Context, juspay.Attempt) { g.onAttempt(sent.Add(1)) }
	})...)
	ctx, cancel := context.WithTimeout(t.Context(), readTimeout)
	defer cancel()
	begun := time.Now()
	results := client.GetAll(ctx, refs, juspay.ReadOptions{})
	took = time.Since(begun)
	failed = map[string]error{}
	for i, result := range results {
		if result.Err != nil {
			failed[refs[i].CustomerAccountID] = result.Err
		}
	}
	ideal := g.ideal(len(refs)).Seconds()
	t.Logf("%-45s %6d of %6d read  %6.1f s  ideal %6.1f s  ratio %5.2f  %6d requests",
		g.Name, len(refs)-len(failed), len(refs), took.Seconds(), ideal, took.Seconds()/ideal, sent.Load())
	return failed, took, int(sent.Load())
}

func checkNoneLost(t *testing.T, failed map[string]error) {
	t.Helper()
	for id, err := range failed {
		t.Fatalf("%s: got the error %v, want the account", id, err)
	}
}

var gateways = []gateway{
	{Name: "nginx limit_req, burst 20 nodelay, 503", program: "nginx", perSecond: rate, maxRatio: 1.3,
		HTTP: "limit_req_zone $binary_remote_addr zone=z:1m rate=RATEr/s;", Location: "limit_req zone=z burst=20 nodelay;"},
	{Name: "nginx limit_req, burst 20 delayed, 503", program: "nginx", perSecond: rate, maxRatio: 1.3,
		HTTP: "limit_req_zone $binary_remote_addr zone=z:1m rate=RATEr/s;", Location: "limit_req zone=z burst=20;"},
	{Name: "nginx limit_req, burst 20 nodelay, 429", program: "nginx", perSecond: rate, maxRatio: 1.3,
		HTTP: "limit_req_zone $binary_remote_addr zone=z:1m rate=RATEr/s; limit_req_status 429;", Location: "limit_req zone=z burst=20 nodelay;"},
	{Name: "nginx limit_conn 10, 503", program: "nginx", inFlight: 10, maxRatio: 2.5,
		HTTP: "limit_conn_zone $binary_remote_addr zone=c:1m;", Location: "limit_conn c 10;"},
	{Name: "nginx keepalive_requests 100", program: "nginx", maxRatio: 1.3, HTTP: "keepalive_requests 100;"},
	{Name: "nginx TLS, each connection closed", program: "nginx", maxRatio: 3, tls: true, Listen: "ssl", HTTP: "keepalive_timeout 0;"},
	{Name: "nginx HTTP/2", program: "nginx", maxRatio: 1.5, tls: true, Listen: "ssl http2"},
	{Name: "nginx HTTP/2, keepalive_requests 1", program: "nginx", maxRatio: 40, tls: true, Listen: "ssl http2", HTTP: "keepalive_requests 1;"},
	{Name: "nginx HTTP/2, keepalive_requests 2", program: "nginx", maxRatio: 40, tls: true, Listen: "ssl http2", HTTP: "keepalive_requests 2;"},
	{Name: "nginx HTTP/2, keepalive_requests 5", program: "nginx", maxRatio: 40, tls: true, Listen: "ssl http2", HTTP: "keepalive_requests 5;"},
	{Name: "nginx HTTP/2, keepalive_timeout 0", program: "nginx", maxRatio: 40, tls: true, Listen: "ssl http2", HTTP: "keepalive_timeout 0;"},
	{Name: "haproxy stick-table, refused ones count, 429", program: "haproxy", perSecond: rate, maxRatio: 1.5,
		HTTP: "stick-table type ip size 1 expire 10s store http_req_rate(1s)\n  http-request track-sc0 src\n" +
			"  http-request deny deny_status 429 if { sc_http_req_rate(0) gt RATE }"},
	{Name: "haproxy stick-table, RateLimit fields, 429", program: "haproxy", perSecond: rate, maxRatio: 1.5,
		HTTP: "stick-table type ip size 1 expire 10s store http_req_rate(1s)\n  http-request track-sc0 src\n" +
			"  http-request set-var(txn.left) int(RATE),sub(txn.rate) if { sc_http_req_rate(0),set-var(txn.rate) -m found }\n" +
			"  http-request deny deny_status 429 if { sc_http_req_rate(0) gt RATE }\n" +
			"  http-after-response set-header RateLimit-Remaining %[var(txn.left)]\n  http-after-response set-header RateLimit-Reset 1"},
	{Name: "apache, 5 requests a connection", program: "apache2", maxRatio: 1.5, HTTP: "MaxKeepAliveRequests 5"},
	{Name: "apache, connections idle for 1 s are closed", program: "apache2", maxRatio: 1.5, HTTP: "KeepAliveTimeout 1"},
	{Name: "apache mod_evasive, 403 for 3 s", program: "apache2", perSecond: func(int) float64 { return 500 }, maxRatio: 12,
		HTTP: "LoadModule evasive20_module /usr/lib/apache2/modules/mod_evasive20.so\nDOSHashTableSize 3097\nDOSPageCount 1000\n" +
			"DOSPageInterval 1\nDOSSiteCount 500\nDOSSiteInterval 1\nDOSBlockingPeriod 3\nDOSLogDir $DIR"},
	{Name: "varnish vsthrottle, 429", program: "varnishd", perSecond: rate, maxRatio: 3.5, // it rounds the tokens of short intervals down
		HTTP: "import vsthrottle;\nsub vcl_recv { if (vsthrottle.is_denied(client.identity, RATE, 1s)) { return (synth(429)); } }"},
	{Name: "varnish max_connections 10, 503", program: "varnishd", inFlight: 10, maxRatio: 2.5, Server: ".max_connections = 10;"},
	{Name: "haproxy maxconn 10, queue 100 ms, 503", program: "haproxy", inFlight: 10, maxRatio: 1.5, Server: "maxconn 10"},
	{Name: "haproxy mutual TLS", program: "haproxy", maxRatio: 1.5, tls: true, mutual: true, Listen: "ssl crt $DIR/both.pem ca-file $DIR/ca.pem verify required"},
}

// TestGateways reads through each gateway. A lost account fails it.
func TestGateways(t *testing.T) { //nolint:paralleltest // it measures
	for _, g := range gateways { //nolint:paralleltest // it measures
		for _, n := range []int{1, 1000, 2000, 10_000} {
			t.Run(fmt.Sprintf("%s/%d", g.Name, n), func(t *testing.T) {
				g := g // each run has a rate of its own
				if g.perSecond != nil {
					g.HTTP = strings.ReplaceAll(g.HTTP, "RATE", fmt.Sprintf("%.0f", g.perSecond(n)))
				}
				authority, refs := g.startWith(t, n)
				failed, took, _ := g.read(t, authority, refs)
				checkNoneLost(t, failed)
				if ideal := g.ideal(n); took > time.Duration(g.maxRatio*float64(ideal))+time.Second {
					t.Errorf("got %.2f times the ideal duration, want at most %.2f times and a second", took.Seconds()/ideal.Seconds(), g.maxRatio)
				}
			})
		}
	}
}

// TestGateways_OneAccountIsCutOff reads through an nginx that resets the HTTP/2 stream
// of one account, with return 444.
func TestGateways_OneAccountIsCutOff(t *testing.T) { //nolint:paralleltest // it measures
	g := &gateway{Name: "nginx HTTP/2, return 444 for one account", program: "nginx", tls: true, Listen: "ssl http2",
		Server: "location ~ /banh_7$ { return 444; }"}
	authority, refs := g.startWith(t, 1000)
	failed, _, attempts := g.read(t, authority, refs)
	log, err := os.ReadFile(filepath.Join(g.Dir, "access.log"))
	check.MustNoError(t, "os.ReadFile", err)
	cutOff := strings.Count(string(log), "/banh_7\n")
	if len(failed) != 1 || failed["banh_7"] == nil {
		t.Errorf("got %d accounts that failed, banh_7 with %v; want banh_7 alone", len(failed), failed["banh_7"])
	}
	// nginx closes the connection too, so that others on it are sent again. It declares the stream
	// unprocessed, which net/http sends again within the attempt, at most MaxResends times a read.
	const maxAttempts = juspay.DefaultMaxRetries + 1
	if maxCutOff, maxTotal := maxAttempts+juspay.MaxResends, len(refs)+maxAttempts*concurrency; cutOff > maxCutOff || attempts > maxTotal {
		t.Errorf("got %d requests for banh_7 and %d attempts, want at most %d and %d", cutOff, attempts, maxCutOff, maxTotal)
	}
}

// TestGateways_Reload reads through an nginx that is reloaded, and then loses a worker.
func TestGateways_Reload(t *testing.T) { //nolint:paralleltest // it measures
	g := &gateway{Name: "nginx, a reload and a killed worker", program: "nginx"}
	authority, refs := g.startWith(t, 1000)
	g.disturb = map[int64]func(){
		250: func() { _ = g.command.Process.Signal(syscall.SIGHUP) },
		500: func() { killWorker(g.command.Process.Pid) },
	}
	failed, _, _ := g.read(t, authority, refs)
	checkNoneLost(t, failed)
}

// killWorker kills the first child of an nginx.
func killWorker(parent int) {
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", parent, parent))
	var child int
	if _, err := fmt.Sscan(string(children), &child); err != nil {
		return
	}
	if worker, err := os.FindProcess(child); err == nil {
		_ = worker.Kill()
	}
}

// TestGateways_Squid reads through a proxy. What a proxy rejects affects all reads, and
// is one error after few requests.
func TestGateways_Squid(t *testing.T) { //nolint:paralleltest // it measures
	const authenticate = "auth_param basic program /usr/lib/squid/basic_fake_auth\nacl known proxy_auth REQUIRED\nhttp_access allow known"
	for _, test := range []struct { //nolint:paralleltest // it measures
		gateway

		credentials string
		down        bool
		wantStatus  string // a part of the only error, "" if the accounts are read
	}{
		{gateway: gateway{Name: "squid", HTTP: "http_access allow all"}},
		{gateway: gateway{Name: "squid with a password", HTTP: authenticate}, credentials: "user:fake-password@"},
		{gateway: gateway{Name: "squid without the password", HTTP: authenticate}, wantStatus: "the proxy responded with 407"},
		{gateway: gateway{Name: "squid that denies", HTTP: "http_access deny all"}, wantStatus: "the proxy responded with 403"},
		{gateway: gateway{Name: "squid that is down", HTTP: "http_access allow all"}, down: true, wantStatus: "connection refused"},
	} {
		for _, n := range []int{1, 1000, 2000, 10_000} {
			t.Run(fmt.Sprintf("%s/%d", test.Name, n), func(t *testing.T) {
				g := test.gateway
				g.program = "squid"
				requireGateways(t, g.program)
				server, authority := juspaytest.NewTLSServer(), juspaytest.NewAuthority(t)
				t.Cleanup(server.Close)
				server.Delay(latency)
				refs := putAccounts(server, n)
				g.start(t, authority, "")
				if test.down {
					g.stop()
				}
				failed, _, attempts := g.read(t, authority, refs, func(c *juspay.Config) {
					c.BaseURL = "https://example.com:" + server.URL[strings.LastIndex(server.URL, ":")+1:] // which the certificate is for
					c.HTTPSProxy = fmt.Sprintf("http://%s127.0.0.1:%d", test.credentials, g.Port)
					certificate, err := x509.ParseCertificate(server.Certificate())
					check.MustNoError(t, "x509.ParseCertificate", err)
					c.RootCAs.AddCert(certificate)
				})
				if test.wantStatus == "" {
					checkNoneLost(t, failed)
					return
				}
				checkOneError(t, failed, test.wantStatus, n)
				if maxAttempts := (juspay.DefaultMaxRetries + 1) * concurrency; attempts > maxAttempts {
					t.Errorf("got %d attempts, want at most %d", attempts, maxAttempts)
				}
			})
		}
	}
}

// checkOneError checks that no account was read, and that one error affects all if there are many.
func checkOneError(t *testing.T, failed map[string]error, want string, accounts int) {
	t.Helper()
	check.Equal(t, "the number of accounts that failed", len(failed), accounts)
	affecting, others := 0, map[string]int{}
	for _, err := range failed {
		others[err.Error()]++
		var apiErr *juspay.APIError
		if errors.As(err, &apiErr) && (apiErr.IsShared() || accounts == 1) && strings.Contains(apiErr.Error(), want) {
			affecting++
		}
	}
	if affecting == 0 {
		t.Errorf("got the errors %v, want one of all accounts with %q", others, want)
	}
}
