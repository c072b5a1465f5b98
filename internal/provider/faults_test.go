// SPDX-License-Identifier: MPL-2.0

//go:build unix

package provider

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/acctest/toxiproxy"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// The fault matrix: one row a fault. Each runs through the real CLI with the
// provider's binary, and must end, in bounded time and memory, in the right
// account or in an error with the stated summary, and show nothing secret.
type fault struct {
	// The fault: a response, a network between provider and Juspay, a
	// base URL (with SERVER as the placeholder for the server's address), an environment.
	responses []juspaytest.Fault
	network   []toxiproxy.Toxic
	baseURL   string
	env       []string
	tls       func(*testing.T) *juspaytest.Server

	want     string   // the error's summary; empty where the account must be read
	also     []string // further parts of the error
	requests int      // how many requests must reach the server; 0 is any number
}

const (
	// faultTimeout is the timeout of an attempt where one is expected.
	faultTimeout = 2 * time.Second
	faultRetries = 2
	maxMemory    = 128 << 20
	// maxRowTime is far above what a row can take: three attempts of
	// two seconds, the backoff between them, and a busy machine.
	maxRowTime = 3 * time.Minute
)

// soon, as a Retry-After, is a date shortly after the row begins.
const soon = "in three seconds"

const faultConfiguration = requirement + accountA + `
provider "juspay" {
  request_timeout = "TIMEOUT"
  max_retries     = 2
}
output "read" {
  value = join(" ", [` + addressA + `.validation_status, ` + addressA + `.validation_amount, ` + addressA + `.currency, ` + addressA + `.date_created, ` + addressA + `.last_validated])
}
output "vpa" {
  value = nonsensitive(sha256(` + addressA + `.vpa))
}
`

// theAccount holds the outputs after a read of the right account.
var theAccount = []string{
	`+ read = "ACTIVE 1 INR 2023-06-06T13:29:49Z 2023-06-06T13:29:53Z"`,
	`+ vpa = "af7485b6f47b6b4b08779253dfe8a4a97604df76acf3c2b114befd4d68ca9116"`,
}

var secretsOfARead = []string{
	juspaytest.APIKey,
	base64.StdEncoding.EncodeToString([]byte(juspaytest.APIKey)),
	base64.StdEncoding.EncodeToString([]byte(juspaytest.APIKey + ":")),
	juspaytest.VPA,
}

func runFaults(t *testing.T, faults map[string]fault) {
	t.Helper()
	for name, row := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row.run(t)
		})
	}
}

func (f fault) run(t *testing.T) {
	t.Helper()
	server := f.server(t)
	for i, response := range f.responses {
		if response.Header.Get("Retry-After") == soon {
			f.responses[i].Header = http.Header{"Retry-After": {time.Now().Add(3 * time.Second).UTC().Format(http.TimeFormat)}}
		}
	}
	server.Fail(f.responses...)
	baseURL := strings.ReplaceAll(f.baseURL, "SERVER", strings.TrimPrefix(server.URL, "http://"))
	if f.baseURL == "" {
		baseURL = f.through(t, server)
	}
	env := append([]string{"JUSPAY_BASE_URL=" + baseURL, "TF_LOG=TRACE", "TF_LOG_PATH=trace.log"}, f.env...)
	timeout := maxRowTime
	if f.want == "Request timed out" {
		timeout = faultTimeout
	}
	w := newMeasuredWorkspace(t, server, acctest.MainFile(t, strings.Replace(faultConfiguration, "TIMEOUT", timeout.String(), 1)), env...)

	ctx, cancel := context.WithTimeout(t.Context(), maxRowTime)
	defer cancel()
	code, printed := w.TryRun(ctx, "plan", "-no-color")
	if ctx.Err() != nil {
		t.Errorf("the run did not end within %s", maxRowTime)
	}
	f.check(t, code, printed)
	if n := len(server.Requests()); f.requests != 0 && n != f.requests {
		t.Errorf("%d requests, want %d", n, f.requests)
	}
	acctest.CheckLacks(t, "the output", printed, secretsOfARead...)
	acctest.CheckLacks(t, "the log", w.Read("trace.log"), secretsOfARead...)
	if peak := providerNumber(t, w, "memory"); peak == 0 || peak > maxMemory {
		t.Errorf("the provider used %d MiB", peak>>20)
	}
	checkNoConnectionStays(t, server)
}

func (f fault) server(t *testing.T) *juspaytest.Server {
	t.Helper()
	if f.tls == nil {
		return acctest.StartAPI(t)
	}
	server := f.tls(t)
	t.Cleanup(server.Close)
	server.Put(juspaytest.NewAccount("cst_a", "banh_a"))
	return server
}

// through returns the base URL of the server, behind the row's network.
func (f fault) through(t *testing.T, server *juspaytest.Server) string {
	t.Helper()
	if f.network == nil {
		return server.URL
	}
	return "http://" + newProxy(t, server, f.network...).Address
}

func (f fault) check(t *testing.T, code int, printed string) {
	t.Helper()
	if f.want == "" {
		if code != 0 {
			t.Errorf("it exited with %d", code)
		}
		acctest.CheckContains(t, printed, theAccount...)
		return
	}
	if code != 1 {
		t.Errorf("it exited with %d", code)
	}
	acctest.CheckContains(t, printed, append([]string{"Error: " + f.want + " "}, f.also...)...)
	acctest.CheckLacks(t, "a failed plan", printed, "+ read", "+ vpa", "panic", "Plugin did not respond")
}

// checkNoConnectionStays waits for the server to notice that the provider, which
// has ended, has closed its connections.
func checkNoConnectionStays(t *testing.T, server *juspaytest.Server) {
	t.Helper()
	if err := server.WaitForNoConnections(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAccFaults_Network(t *testing.T) {
	t.Parallel()
	toxic := toxiproxy.Downstream
	runFaults(t, map[string]fault{
		"latency below the timeout":  {network: []toxiproxy.Toxic{toxic("latency", map[string]any{"latency": 300})}},
		"latency above the timeout":  {network: []toxiproxy.Toxic{toxic("latency", map[string]any{"latency": 60_000})}, want: "Request timed out", also: []string{"within 2s", "request_timeout", "Attempts: 3"}},
		"1 kB a second":              {network: []toxiproxy.Toxic{toxic("bandwidth", map[string]any{"rate": 1})}},
		"a reset before a response":  {network: []toxiproxy.Toxic{toxic("reset_peer", map[string]any{"timeout": 0})}, want: "Connection to Juspay failed", also: []string{"Attempts: 3"}},
		"a reset within a response":  {responses: []juspaytest.Fault{{Raw: "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{", Reset: true}}, want: "Connection to Juspay failed", also: []string{"connection reset by peer", "HTTP status: 200", "Attempts: 3"}, requests: 3},
		"an end within a response":   {network: []toxiproxy.Toxic{toxic("limit_data", map[string]any{"bytes": 300})}, want: "Connection to Juspay failed", also: []string{"unexpected EOF", "Attempts: 3"}, requests: 3},
		"a response that drips":      {network: []toxiproxy.Toxic{toxic("slicer", map[string]any{"average_size": 1, "size_variation": 0, "delay": 500_000})}, want: "Request timed out", also: []string{"Attempts: 3"}},
		"a response in small pieces": {network: []toxiproxy.Toxic{toxic("slicer", map[string]any{"average_size": 7, "delay": 1000})}},
		"headers that never come":    {network: []toxiproxy.Toxic{toxic("timeout", map[string]any{"timeout": 0})}, want: "Request timed out", also: []string{"Attempts: 3"}},
		"a request that gets stuck":  {network: []toxiproxy.Toxic{{Type: "timeout", Stream: "upstream", Toxicity: 1, Attributes: map[string]any{"timeout": 0}}}, want: "Request timed out"},
		"a body that never ends":     {responses: []juspaytest.Fault{{Body: `{"object":`, Hang: true}}, want: "Request timed out", also: []string{"Attempts: 3"}, requests: 3},
		"half-closed after headers":  {responses: []juspaytest.Fault{{Raw: "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{", HalfClose: true}}, want: "Connection to Juspay failed", also: []string{"unexpected EOF", "Attempts: 3"}, requests: 3},
		"half-closed after one byte": {responses: []juspaytest.Fault{{Raw: "H", HalfClose: true}}, want: "Connection to Juspay failed", also: []string{"Attempts: 3"}, requests: 3},
		"a dropped connection, once": {responses: []juspaytest.Fault{{Times: 1, Drop: true}}, requests: 2},
		"nobody listens":             {baseURL: "http://127.0.0.1:1", want: "Connection refused", also: []string{"nothing listens at http://127.0.0.1:1", "Attempts: 3"}},
		"something that is not HTTP": {responses: []juspaytest.Fault{{Raw: "220 " + juspaytest.VPA + " ESMTP\r\n"}}, want: "Connection to Juspay failed"},
		"HTTP in response to HTTPS":  {baseURL: "https://SERVER", want: "Server does not speak TLS", also: []string{"Attempts: 1"}},
	})
}

// An idle connection may close between two reads. net/http would send the request
// again by itself, as it does not know whether the server has read it: the provider
// makes that a retry.
func TestAccFaults_IdleConnectionsMayClose(t *testing.T) {
	t.Parallel()
	api := acctest.StartAPI(t)
	server := protocolServer(map[string]string{"JUSPAY_API_KEY": juspaytest.APIKey, "JUSPAY_BASE_URL": api.URL})
	if diags := configure(t, server, false, map[string]tftypes.Value{"max_retries": number("1")}); len(diags) != 0 {
		t.Fatalf("got %q", summaries(diags))
	}
	for range 2 {
		_ = readA(t, server)
	}
	if n := api.Connections(); n != 1 {
		t.Fatalf("%d connections for two reads: none became idle", n)
	}
	for range 6 {
		api.CloseConnections()
		if resp := readA(t, server); len(resp.Diagnostics) != 0 {
			t.Fatalf("got %q", summaries(resp.Diagnostics))
		}
	}
	if n := len(api.Requests()); n != 8 {
		t.Errorf("%d requests for 8 reads", n)
	}
}

func TestAccFaults_HTTP(t *testing.T) {
	t.Parallel()
	faults := map[string]fault{}
	for _, final := range []struct {
		status     int
		code, want string
	}{
		{400, "INVALID_INPUT", "Request rejected as malformed"},
		{401, "UNAUTHORIZED", "API key rejected"},
		{403, "BAD_ORIGIN", "IP address not allowed"},
		{404, "RESOURCE_NOT_FOUND", "Customer account not found"},
	} {
		// Such a response is final, although the next would be the account.
		faults[fmt.Sprintf("%d %s", final.status, final.code)] = fault{
			responses: []juspaytest.Fault{{Times: 1, Status: final.status, Body: juspayError(final.code, secretsOfARead[0])}},
			want:      final.want,
			also:      []string{fmt.Sprintf("HTTP status: %d", final.status), "Juspay's code: " + final.code, "Attempts: 1"},
			requests:  1,
		}
	}
	for _, status := range []int{429, 503} {
		want := "Requests throttled"
		failing := juspaytest.Fault{Status: status, Body: juspayError("INTERNAL_SERVER_ERROR", "Sorry."), Header: http.Header{"Retry-After": {"0"}}}
		some := failing
		some.Times = faultRetries
		faults[fmt.Sprintf("%d, %d times", status, faultRetries)] = fault{responses: []juspaytest.Fault{some}, requests: faultRetries + 1}
		faults[fmt.Sprintf("%d, always", status)] = fault{
			responses: []juspaytest.Fault{failing},
			want:      want,
			also:      []string{fmt.Sprintf("HTTP status: %d", status), "Juspay's code: INTERNAL_SERVER_ERROR", `"Sorry."`, "Request id: b2e0fd33-7655-4778-83a8-5179ed21b0b7", "Attempts: 3"},
			requests:  faultRetries + 1,
		}
	}
	retryAfter := func(status int, value string) []juspaytest.Fault {
		return []juspaytest.Fault{{Times: 1, Status: status, Header: http.Header{"Retry-After": {value}}}}
	}
	maps.Copy(faults, map[string]fault{
		"Retry-After as a date":                          {responses: retryAfter(429, soon), requests: 2},
		"Retry-After that is neither a date nor seconds": {responses: retryAfter(429, "soon; "+juspaytest.VPA), requests: 2},
		"Retry-After above the maximum":                  {responses: retryAfter(503, "3600"), want: "Requests throttled", also: []string{"the Retry-After of the response, which is longer than timeouts.read allows", "Attempts: 1"}, requests: 1},
		"204":                                            {responses: []juspaytest.Fault{{Status: 204}}, want: "Response not from Juspay", also: []string{"HTTP status: 204"}, requests: 1},
		"206":                                            {responses: []juspaytest.Fault{{Status: 206, Body: juspaytest.NewAccount("cst_a", "banh_a")}}, want: "Response not from Juspay", requests: 1},
		"101":                                            {responses: []juspaytest.Fault{{Raw: "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"}}, want: "Response not from Juspay", requests: 1},
		"many early hints":                               {responses: []juspaytest.Fault{{Raw: strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 20)}}, want: "Request timed out"},
		"endless early hints":                            {responses: []juspaytest.Fault{{Raw: strings.Repeat("HTTP/1.1 103 Early Hints\r\nX-A: "+strings.Repeat("b", 1000)+"\r\n\r\n", 3000)}}, want: "Connection to Juspay failed"},
		"a megabyte of headers under 503":                {responses: []juspaytest.Fault{{Status: 503, Header: http.Header{"X-A": {strings.Repeat("b", 1<<20)}}}}, want: "Connection to Juspay failed"},
		"endless headers":                                {responses: []juspaytest.Fault{{Raw: "HTTP/1.1 200 OK\r\n" + strings.Repeat("X-A: "+strings.Repeat("b", 1000)+"\r\n", 3000)}}, want: "Connection to Juspay failed"},
		"403 of a firewall":                              {responses: []juspaytest.Fault{{Status: 403, Body: "<html>"}}, want: "Response not from Juspay", requests: 1},
	})
	runFaults(t, faults)
}

// No server that a redirect points to ever gets a request.
func TestAccFaults_Redirect(t *testing.T) {
	t.Parallel()
	other := acctest.StartAPI(t)
	for _, status := range []int{301, 302, 303, 307, 308} {
		t.Run(strconv.Itoa(status), func(t *testing.T) {
			t.Parallel()
			fault{
				responses: []juspaytest.Fault{{Status: status, Header: http.Header{"Location": {other.URL + "/customers/cst_a/customer-accounts/banh_a"}}}},
				want:      "Redirect not followed",
				also:      []string{"redirects to another address", "Attempts: 1"},
				requests:  1,
			}.run(t)
		})
	}
	t.Cleanup(func() {
		if n := len(other.Requests()); n != 0 {
			t.Errorf("%d requests were redirected", n)
		}
	})
}

func TestAccFaults_Body(t *testing.T) {
	t.Parallel()
	account := juspaytest.NewAccount("cst_a", "banh_a")
	body := func(b any) []juspaytest.Fault { return []juspaytest.Fault{{Body: b}} }
	text := func(fields string) []juspaytest.Fault {
		return body(`{"object":"customer_account","customer_account_id":"banh_a","customer_id":"cst_a",` + fields + `}`)
	}
	runFaults(t, map[string]fault{
		"empty":                        {responses: body(""), want: "Response is not JSON", requests: 1},
		"HTML, as of a captive portal": {responses: []juspaytest.Fault{{Body: "<html>sign in</html>", Header: http.Header{"Content-Type": {"text/html"}}}}, want: "Response is not JSON", also: []string{"sign-in page", "Content type: text/html"}, requests: 1},
		"nested 100,000 levels deep":   {responses: text(`"x":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000)), want: "Response is not JSON", requests: 1},
		"objects 100,000 levels deep":  {responses: text(`"x":` + strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000)), want: "Response is not JSON", requests: 1},
		"a stream of 4 GiB":            {responses: []juspaytest.Fault{{Body: strings.Repeat(" ", 1<<16), Repeat: 4 << 30}}, want: "Response too large", requests: 1},
		"very many tiny fields":        {responses: body(`{"object":"customer_account"` + tinyFields() + "}"), want: "Response is not the account", also: []string{"more than 200 fields"}, requests: 1},
		"a gzip bomb":                  {responses: []juspaytest.Fault{{Body: gzipOfZeros(t, 256<<20), Header: http.Header{"Content-Encoding": {"gzip"}}}}, want: "Response too large", requests: 1},
		"gzip that is none":            {responses: []juspaytest.Fault{{Body: "zip", Header: http.Header{"Content-Encoding": {"gzip"}}}}, want: "Connection to Juspay failed"},
		"an encoding nobody knows":     {responses: []juspaytest.Fault{{Body: "\x28\xb5\x2f\xfd", Header: http.Header{"Content-Encoding": {"zstd"}}}}, want: "Response is not JSON", requests: 1},
		"another account":              {responses: body(juspaytest.NewAccount("cst_a", "banh_b")), want: "Response is not the account", also: []string{`"banh_b"; "banh_a" was requested`}, requests: 1},
		"the key as the account":       {responses: body(juspaytest.NewAccount("cst_a", juspaytest.APIKey)), want: "Response is not the account", requests: 1},
		"an account that is an error":  {responses: body(account.With("status", "error").With("error_code", "access_denied")), want: "API key rejected", requests: 1},
	})
}

// tinyFields are members that fill a body up to its limit.
func tinyFields() string {
	var members strings.Builder
	for i := 0; members.Len() < 1_000_000; i++ {
		fmt.Fprintf(&members, `,"%x":1`, i)
	}
	return members.String()
}

func gzipOfZeros(t *testing.T, size int) string {
	t.Helper()
	var packed bytes.Buffer
	writer, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	chunk := make([]byte, 1<<20)
	for range size >> 20 {
		if _, err := writer.Write(chunk); err != nil {
			t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.String()
}
