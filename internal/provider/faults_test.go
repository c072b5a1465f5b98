// SPDX-License-Identifier: MPL-2.0

//go:build unix

package provider

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"fmt"
	"io/fs"
	"maps"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/acctest/toxiproxy"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
	"github.com/juspay/terraform-provider-juspay/internal/tfcli"
)

// faultRow is a row of the fault matrix. Each runs through the real CLI with the
// provider's binary, and must end, in bounded time and memory, in the right
// account or in an error with the stated summary, and show nothing secret. The
// client's own tests decide which response is which error.
type faultRow struct {
	responses []juspaytest.Fault
	network   []toxiproxy.Toxic // the faults of the network between provider and server

	want     string   // the summary of the error, empty where the account must be read
	also     []string // further parts of the error
	requests int      // the number of requests that must reach the server; 0 for any number
}

const (
	maxMemory = 128 << 20
	// faultTimeout is the timeout of an attempt where one is expected, and longTimeout is
	// far above what any other row can take on a busy machine.
	faultTimeout, longTimeout = "2s", "3m"
)

var faultConfiguration = accountA + `
provider "juspay" {
  request_timeout = "TIMEOUT"
  max_retries     = 2
}
output "read" {
  value = join(" ", [for name in split(" ", "` + strings.Join(sampleNames, " ") + `") : ` + addressA + `[name]])
}
output "vpa" {
  value = nonsensitive(sha256(` + addressA + `.vpa))
}
`

var sampleNames = slices.Sorted(maps.Keys(sampleAccount))

// sampleTexts returns the values of sampleAccount as Terraform shows them.
func sampleTexts() []string {
	var texts []string
	for _, name := range sampleNames {
		value := sampleAccount[name]
		var number big.Float
		if value.As(&number) == nil {
			texts = append(texts, number.Text('f', -1))
		} else {
			texts = append(texts, stringFromTF(value))
		}
	}
	return texts
}

// theAccount has the outputs after a read of the right account.
var theAccount = []string{
	`+ read = "` + strings.Join(sampleTexts(), " ") + `"`,
	`+ vpa = "af7485b6f47b6b4b08779253dfe8a4a97604df76acf3c2b114befd4d68ca9116"`,
}

var secretsOfARead = []string{
	juspaytest.APIKey,
	base64.StdEncoding.EncodeToString([]byte(juspaytest.APIKey)),
	base64.StdEncoding.EncodeToString([]byte(juspaytest.APIKey + ":")),
	juspaytest.VPA,
}

func (f faultRow) run(t *testing.T, proxies *toxiproxy.Server) {
	t.Helper()
	server := acctest.StartAPI(t)
	server.Fail(f.responses...)
	env := []string{"TF_LOG=TRACE", "TF_LOG_PATH=trace.log"}
	if f.network != nil {
		proxy, err := proxies.NewProxy(t.Context(), strings.TrimPrefix(server.URL, "http://"))
		check.MustNoError(t, "proxies.NewProxy", err)
		check.MustNoError(t, "proxy.Add", proxy.Add(t.Context(), f.network...))
		env = append(env, "JUSPAY_BASE_URL=http://"+proxy.Address)
	}
	timeout := longTimeout
	if f.want == "Request timed out" {
		timeout = faultTimeout
	}
	w := newMeasuredWorkspace(t, server, strings.Replace(faultConfiguration, "TIMEOUT", timeout, 1), env...)

	code := 0
	if f.want != "" {
		code = 1
	}
	printed := w.Plan(code)
	if f.want == "" {
		check.ContainsEach(t, "the output", printed, theAccount)
	} else {
		check.Contains(t, "the output", printed, "Error: "+f.want+" ", f.also...)
		check.Lacks(t, "a failed plan", printed, "+ read", "+ vpa", "panic", "Plugin did not respond")
	}
	if f.requests != 0 {
		checkRequests(t, server, f.requests)
	}
	check.LacksEach(t, "the output", printed, secretsOfARead)
	check.LacksEach(t, "the log", w.Read("trace.log"), secretsOfARead)
	checkMemory(t, w)
	checkNoConnectionStays(t, server)
}

// checkMemory fails unless the measured provider used at most maxMemory.
func checkMemory(t *testing.T, w *acctest.Workspace) {
	t.Helper()
	peak := readNumber(t, w, "provider.memory")
	t.Logf("the provider used %d MiB", peak>>20)
	check.Within(t, "the memory of the provider", peak, 1, maxMemory)
}

// checkNoConnectionStays waits for the server to notice that the provider, which
// has ended, has closed its connections.
func checkNoConnectionStays(t *testing.T, server *juspaytest.Server) {
	t.Helper()
	check.NoError(t, "waiting for the end of all connections", server.WaitForNoConnections(t.Context()))
}

// buildMeasured builds the stand-in for the provider that writes down the
// provider's process id and memory.
var buildMeasured = sync.OnceValues(func() (dir string, err error) {
	dir = filepath.Join(acctest.ProviderDir, "measured")
	return dir, tfcli.BuildAs(context.Background(), "./testdata/measured", dir)
})

// newMeasuredWorkspace is a newWorkspace whose provider is measured.
func newMeasuredWorkspace(t *testing.T, server *juspaytest.Server, configuration string, env ...string) *acctest.Workspace {
	t.Helper()
	acctest.SkipUnlessAcc(t)
	dir, err := buildMeasured()
	check.MustNoError(t, "buildMeasured", err)
	env = append([]string{"MEASURED_PROVIDER=" + filepath.Join(acctest.ProviderDir, tfcli.ProviderName())}, env...)
	return acctest.NewWorkspaceWith(t, dir, server, acctest.MainFile(t, acctest.Requirement+configuration), env...)
}

// readNumber reads what the stand-in, or a shell, wrote. It does not end the test, since
// other goroutines call it too.
func readNumber(t *testing.T, w *acctest.Workspace, file string) int {
	t.Helper()
	content, err := fs.ReadFile(os.DirFS(w.Dir), file)
	check.NoError(t, "reading "+file, err)
	number, err := strconv.Atoi(strings.TrimSpace(string(content)))
	check.NoError(t, "the number in "+file, err)
	return number
}

func TestAccFaults(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessAcc(t)
	proxies, err := toxiproxy.Start(t.Context())
	check.MustNoError(t, "toxiproxy.Start", err)
	t.Cleanup(proxies.Stop)
	type toxic = map[string]any
	network := func(kind string, attributes toxic) []toxiproxy.Toxic {
		return []toxiproxy.Toxic{toxiproxy.Downstream(kind, attributes)}
	}
	stuck := []toxiproxy.Toxic{{Type: "timeout", Stream: "upstream", Toxicity: 1, Attributes: toxic{"timeout": 0}}}
	begun := "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"
	const timedOut, failed, attempts = "Request timed out", "Connection to Juspay failed", "Attempts: 3"
	header := "X-A: " + strings.Repeat("b", 1000) + "\r\n"
	raw := func(text string) []juspaytest.Fault { return []juspaytest.Fault{{Raw: text}} }
	unavailable := juspaytest.Fault{Status: 503, Body: juspayError("INTERNAL_SERVER_ERROR", "Sorry."), Header: http.Header{"Retry-After": {"0"}}}
	twice := unavailable
	twice.Times = 2
	body := func(b any) []juspaytest.Fault { return []juspaytest.Fault{{Body: b}} }
	nested := func(open, leaf, end string) []juspaytest.Fault {
		deep := strings.Repeat(open, 100_000) + leaf + strings.Repeat(end, 100_000)
		return body(`{"object":"customer_account","customer_account_id":"banh_a","customer_id":"cst_a","x":` + deep + `}`)
	}
	account := check.MustJSON(juspaytest.NewAccount("cst_a", "banh_a"))
	zipped := http.Header{"Content-Encoding": {"gzip"}}
	for name, row := range map[string]faultRow{
		"latency below the timeout": {network: network("latency", toxic{"latency": 300})},
		"latency above the timeout": {network: network("latency", toxic{"latency": 60_000}), want: timedOut,
			also: []string{"within 2s", "request_timeout", attempts}},
		"1 kB a second":             {network: network("bandwidth", toxic{"rate": 1})},
		"a reset before a response": {network: network("reset_peer", toxic{"timeout": 0}), want: failed, also: []string{attempts}},
		"a reset within a response": {responses: []juspaytest.Fault{{Raw: begun, Reset: true}}, want: failed,
			also: []string{"connection reset by peer", "HTTP status: 200", attempts}, requests: 3},
		"an end within a response": {network: network("limit_data", toxic{"bytes": 300}), want: failed, also: []string{"unexpected EOF", attempts}, requests: 3},
		"a response that drips": {network: network("slicer", toxic{"average_size": 1, "size_variation": 0, "delay": 500_000}), want: timedOut,
			also: []string{attempts}},
		"a response in small pieces": {network: network("slicer", toxic{"average_size": 7, "delay": 1000})},
		"headers that never come":    {network: network("timeout", toxic{"timeout": 0}), want: timedOut, also: []string{attempts}},
		"a request that gets stuck":  {network: stuck, want: timedOut},
		"half-closed after headers": {responses: []juspaytest.Fault{{Raw: begun, HalfClose: true}}, want: failed, also: []string{"unexpected EOF", attempts},
			requests: 3},
		"half-closed after one byte": {responses: []juspaytest.Fault{{Raw: "H", HalfClose: true}}, want: failed, also: []string{attempts}, requests: 3},
		"something that is not HTTP": {responses: []juspaytest.Fault{{Raw: "220 " + juspaytest.VPA + " ESMTP\r\n"}}, want: failed},

		// Such a response is final, although the next would be the account.
		"401 with a code": {responses: []juspaytest.Fault{{Times: 1, Status: 401, Body: juspayError("UNAUTHORIZED", juspaytest.APIKey)}},
			want: "API key rejected", also: []string{"HTTP status: 401", "Juspay's code: UNAUTHORIZED", "Attempts: 1"}, requests: 1},
		"503, twice": {responses: []juspaytest.Fault{twice}, requests: 3},
		"503, always": {responses: []juspaytest.Fault{unavailable}, want: "Server error at Juspay", also: []string{
			"HTTP status: 503", "Juspay's code: INTERNAL_SERVER_ERROR", `"Sorry."`, "Request id: b2e0fd33-7655-4778-83a8-5179ed21b0b7", "Attempts: 3"}, requests: 3},
		"Retry-After that is neither a date nor seconds": {
			responses: []juspaytest.Fault{{Times: 1, Status: 429, Header: http.Header{"Retry-After": {"soon; " + juspaytest.VPA}}}}, requests: 2},
		"many early hints":    {responses: raw(strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 20)), want: "Request timed out"},
		"endless early hints": {responses: raw(strings.Repeat("HTTP/1.1 103 Early Hints\r\n"+header+"\r\n", 3000)), want: "Connection to Juspay failed"},
		"endless headers":     {responses: raw("HTTP/1.1 200 OK\r\n" + strings.Repeat(header, 3000)), want: "Connection to Juspay failed"},
		"a megabyte of headers under 503": {responses: []juspaytest.Fault{{Status: 503, Header: http.Header{"X-A": {strings.Repeat("b", 1<<20)}}}},
			want: "Connection to Juspay failed"},

		"arrays 100,000 levels deep":  {responses: nested("[", "", "]"), want: "Response is not JSON", requests: 1},
		"objects 100,000 levels deep": {responses: nested(`{"a":`, "1", "}"), want: "Response is not JSON", requests: 1},
		"a stream of 4 GiB":           {responses: []juspaytest.Fault{{Body: strings.Repeat(" ", 1<<16), Repeat: 4 << 30}}, want: "Response too large", requests: 1},
		// net/http itself logs data that arrives on an idle connection, unless that is prevented.
		"data after the response": {responses: raw(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s%s", len(account), account, juspaytest.VPA)),
			requests: 1},
		"very many tiny fields": {responses: body(`{"object":"customer_account"` + tinyFields() + "}"), want: "Response is not the account",
			also: []string{"more than 200 fields"}, requests: 1},
		"a gzip bomb":            {responses: []juspaytest.Fault{{Body: gzipOfZeros(256), Header: zipped}}, want: "Response too large", requests: 1},
		"the key as the account": {responses: body(juspaytest.NewAccount("cst_a", juspaytest.APIKey)), want: "Response is not the account", requests: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row.run(t, proxies)
		})
	}
}

// tinyFields are members that fill a body up to its limit.
func tinyFields() string {
	var members strings.Builder
	for i := 0; members.Len() < 1_000_000; i++ {
		fmt.Fprintf(&members, `,"%x":1`, i)
	}
	return members.String()
}

// gzipOfZeros returns so many gzip members of a mebibyte each, which decompress as one.
func gzipOfZeros(mebibytes int) string {
	var packed bytes.Buffer // whose writes never fail
	writer := gzip.NewWriter(&packed)
	_, _ = writer.Write(make([]byte, 1<<20))
	_ = writer.Close()
	return strings.Repeat(packed.String(), mebibytes)
}

// An idle connection may close between two reads. net/http would send the request
// again by itself, as it does not know whether the server has read it: the provider
// makes that a retry.
func TestFaults_IdleConnectionsMayClose(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	plugin := newConfiguredPlugin(t, server, tfObject{"max_retries": tfNumber("1")})
	for range 2 {
		readData(t, plugin, typeAccount, configAccountA)
	}
	if n := server.Connections(); n != 1 {
		t.Fatalf("two reads: got %d connections, want 1", n)
	}
	for range 6 {
		server.CloseConnections()
		_, diags := readData(t, plugin, typeAccount, configAccountA)
		checkSummaries(t, "the read", diags)
	}
	checkRequests(t, server, 8)
}

// hostileAccounts are bodies just below the maximum size that are costly to decode.
func hostileAccounts() map[string]string {
	const size = 1<<20 - 1000
	account := `{"object":"customer_account","customer_account_id":"ID","customer_id":"cst_a","validation_status":"ACTIVE","x":`
	deep := strings.Repeat(`{"a":`, 3000) + "[" + strings.Repeat("{},", size/3-8000) + "{}]" + strings.Repeat("}", 3000)
	return map[string]string{
		"empty objects": account + "[" + strings.Repeat(`{"":0},`, size/7-20) + "0]}",
		"deep objects":  account + deep + "}",
		"a long name":   account + `1,"` + strings.Repeat("é", size/2-100) + `":1}`,
		"escapes":       account + `"` + strings.Repeat(`\u00e9`, size/6-100) + `"}`,
	}
}

// As many accounts of nearly 1 MiB each as are read concurrently by default take bounded memory.
func TestAccFaults_HostileAccountsTakeLittleMemory(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessAcc(t)
	const accounts = 32 // the default of max_concurrent_requests
	var configuration strings.Builder
	for i := range accounts {
		fmt.Fprintf(&configuration, "data \"juspay_customer_account\" \"number_%[1]d\" {\n  customer_id         = \"cst_a\"\n  customer_account_id = "+
			"\"banh_%[1]d\"\n}\n", i)
	}
	for name, body := range hostileAccounts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			for i := range accounts {
				id := fmt.Sprintf("banh_%d", i)
				server.Fail(juspaytest.Fault{CustomerAccountID: id, Body: strings.Replace(body, "ID", id, 1)})
			}
			w := newMeasuredWorkspace(t, server, configuration.String())
			printed := w.Plan(0, "-parallelism=32")
			check.Contains(t, "the output", printed, "Unknown fields in Juspay's response")
			checkRequests(t, server, accounts)
			checkMemory(t, w)
		})
	}
}

// A list that is costly to decode ends in an error, and not after the timeout of the read.
func TestAccFaults_HostileListEndsImmediately(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	account := check.MustJSON(juspaytest.NewAccount("cst_a", "banh_a"))
	deep := strings.Repeat(`{"a":`, 3000) + "[" + strings.Repeat(`{"":0},`, 100_000) + "0]" + strings.Repeat("}", 3000)
	server.Fail(juspaytest.Fault{Body: `{"list":[` + account + `],"x":` + deep + "}"})
	w := newMeasuredWorkspace(t, server, `
data "juspay_customer_accounts" "all" {
  customer_id = "cst_a"
  timeouts    = { read = "30s" }
}
`)
	printed := w.Plan(1)
	check.Contains(t, "the output", printed, "List of accounts may be incomplete", "the field x is unknown", `add "x" to accepted_fields`)
	checkRequests(t, server, 1)
}
