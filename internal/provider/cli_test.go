// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
	"github.com/juspay/terraform-provider-juspay/internal/tfcli"
)

// The tests of this file run the CLI with the provider's binary, for what
// terraform-plugin-testing, whose provider runs inside the test, cannot show:
// warnings, logs, files, for_each, and several configurations of one provider.

// workspace is a folder with a configuration in which the CLI is run.
type workspace struct {
	t   *testing.T
	dir string
	cli *tfcli.CLI
}

// newWorkspace copies the files of configuration, a folder or the text of
// main.tf, and points the provider at server.
func newWorkspace(t *testing.T, server *juspaytest.Server, configuration fs.FS, env ...string) *workspace {
	t.Helper()
	return newWorkspaceWith(t, binaryDir, server, configuration, env...)
}

func newWorkspaceWith(t *testing.T, providerDir string, server *juspaytest.Server, configuration fs.FS, env ...string) *workspace {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("acceptance tests run when TF_ACC is set")
	}
	dir := filepath.Join(t.TempDir(), "configuration")
	if err := os.CopyFS(dir, configuration); err != nil {
		t.Fatal(err)
	}
	cli, err := tfcli.New(os.Getenv("TF_ACC_TERRAFORM_PATH"), dir, providerDir,
		append([]string{"JUSPAY_API_KEY=" + juspaytest.APIKey, "JUSPAY_BASE_URL=" + server.URL}, env...)...)
	if err != nil {
		t.Fatal(err)
	}
	return &workspace{t: t, dir: dir, cli: cli}
}

// mainFile is a folder with nothing but a main.tf.
func mainFile(t *testing.T, content string) fs.FS {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.tf"), []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return os.DirFS(dir)
}

func exampleFolder(name string) fs.FS {
	return os.DirFS(filepath.Join("..", "..", "examples", filepath.FromSlash(name)))
}

// run returns all that a command printed, each run of white space and of what
// Terraform draws boxes with as one space, and fails unless it exits with want.
func (w *workspace) run(want int, args ...string) string {
	w.t.Helper()
	got, printed := w.tryRun(w.t.Context(), args...)
	if got != want {
		w.t.Fatalf("%v exited with %d, want %d:\n%s", args, got, want, printed)
	}
	return printed
}

// tryRun is run with any exit code, until ctx ends.
func (w *workspace) tryRun(ctx context.Context, args ...string) (int, string) {
	w.t.Helper()
	var printed bytes.Buffer
	err := w.cli.Run(ctx, &printed, &printed, args...)
	code := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		w.t.Fatalf("%v: %v\n%s", args, err, &printed)
	}
	return code, strings.Join(strings.Fields(strings.NewReplacer("│", " ", "╷", " ", "╵", " ").Replace(printed.String())), " ")
}

// output returns the value of one output of the last apply.
func (w *workspace) output(name string) any {
	w.t.Helper()
	var printed bytes.Buffer
	if err := w.cli.Run(w.t.Context(), &printed, io.Discard, "output", "-json", name); err != nil {
		w.t.Fatal(err)
	}
	var value any
	if err := json.Unmarshal(printed.Bytes(), &value); err != nil {
		w.t.Fatal(err)
	}
	return value
}

func (w *workspace) read(name string) string {
	w.t.Helper()
	content, err := fs.ReadFile(os.DirFS(w.dir), name)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(content)
}

func checkContains(t *testing.T, text string, wanted ...string) {
	t.Helper()
	for _, want := range wanted {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%.5000s", want, text)
		}
	}
}

func TestAccReadme(t *testing.T) {
	t.Parallel()
	readme, err := fs.ReadFile(os.DirFS("../.."), "README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, configuration, _ := strings.Cut(string(readme), "```terraform\n")
	configuration, _, _ = strings.Cut(configuration, "```")
	server := startAPI(t)
	w := newWorkspace(t, server, mainFile(t, configuration))
	checkContains(t, w.run(0, "plan", "-no-color"), `+ status = "ACTIVE"`)
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme_active").With("validation_status", "FAILURE"))
	checkContains(t, w.run(1, "plan", "-no-color"), "Account banh_acme_active must be ACTIVE, but is FAILURE.")
}

func TestAccExampleProviderAliases(t *testing.T) {
	t.Parallel()
	server := startAPI(t)
	server.AcceptKeys("fake-key-of-production", "fake-key-of-sandbox")
	w := newWorkspace(t, server, exampleFolder("provider-aliases"), "JUSPAY_API_KEY=fake-key-of-production")
	w.run(0, "plan", "-no-color", "-var", "sandbox_api_key=fake-key-of-sandbox", "-out", "saved.plan")
	keys := map[string]string{}
	for _, request := range server.Requests() {
		keys[request.Segments[1]] = request.Key()
	}
	if len(server.Requests()) != 2 || keys["cst_acme"] != "fake-key-of-production" || keys["cst_dairy"] != "fake-key-of-sandbox" {
		t.Errorf("%d requests, with the keys %v", len(server.Requests()), keys)
	}
	checkLacks(t, "the plan", unzip(t, filepath.Join(w.dir, "saved.plan")), "fake-key-of-production", "fake-key-of-sandbox")
}

func TestAccExampleForEach(t *testing.T) {
	t.Parallel()
	server := startAPI(t)
	w := newWorkspace(t, server, exampleFolder("assertions/for-each"))
	w.run(0, "apply", "-auto-approve", "-no-color")
	if got, _ := json.Marshal(w.output("payable_vendors")); string(got) != `["acme","bank"]` {
		t.Errorf("got %s", got)
	}
	if n := len(server.Requests()); n != 2 {
		t.Errorf("%d requests for two accounts", n)
	}
	printed := w.run(1, "plan", "-no-color", "-var", `vendors={
		acme  = { customer_id = "cst_acme", customer_account_id = "banh_acme_active" }
		shop  = { customer_id = "cst_corner_shop", customer_account_id = "banh_corner_shop_failure" }
		dairy = { customer_id = "cst_dairy", customer_account_id = "banh_dairy_pending" }
	}`)
	checkContains(t, printed, "Error: Module output value precondition failed", "Not ACTIVE: dairy, shop.")
}

func TestAccExampleCheck(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, startAPI(t), exampleFolder("assertions/check"))
	const warning = "Warning: Check block assertion failed"
	if printed := w.run(0, "plan", "-no-color"); strings.Contains(printed, warning) {
		t.Errorf("an ACTIVE account was warned of:\n%s", printed)
	}
	printed := w.run(0, "apply", "-auto-approve", "-no-color", "-var", "customer_id=cst_dairy", "-var", "customer_account_id=banh_dairy_pending")
	checkContains(t, printed, warning, "Account banh_dairy_pending is not ACTIVE.")
}

func TestAccATimestampInAnotherFormIsWarnedOf(t *testing.T) {
	t.Parallel()
	server := startAPI(t)
	server.Put(juspaytest.NewAccount("cst_a", "banh_a").With("last_validated", "last week"))
	w := newWorkspace(t, server, mainFile(t, requirement+accountA))
	checkContains(t, w.run(0, "plan", "-no-color"),
		"Warning: Unexpected form of last_validated",
		"Juspay sent a value for last_validated that is not a timestamp in the form of RFC 3339 that Terraform's functions take. It is passed through as it came, so timecmp and others may fail on it.")
}

func TestAccAllProblemsOfAConfigurationAtOnce(t *testing.T) {
	t.Parallel()
	server := startAPI(t)
	w := newWorkspace(t, server, mainFile(t, requirement+`
provider "juspay" {
  environment     = "prod"
  base_url        = "http://example.com"
  merchant_id     = ""
  request_timeout = "soon"
  max_retries     = 1.5
}
`+accountA), "JUSPAY_API_KEY=")
	problems := []string{
		"Error: Invalid environment", `environment = "prod"`,
		"Error: Invalid base_url", `base_url = "http://example.com"`,
		"Error: Invalid merchant_id", `merchant_id = ""`,
		"Error: Invalid request_timeout", `request_timeout = "soon"`,
		"Error: Invalid max_retries", `max_retries is 1.5. It must be a whole number from 0 to 10`,
		"Error: Missing api_key", "JUSPAY_API_KEY",
	}
	checkContains(t, w.run(1, "plan", "-no-color"), problems...)
	checkContains(t, w.run(1, "validate", "-no-color"), problems...)
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestAccAnOverriddenEnvironmentIsWarnedOf(t *testing.T) {
	t.Parallel()
	server := startAPI(t)
	w := newWorkspace(t, server, mainFile(t, requirement+accountA+"provider \"juspay\" {\n  environment = \"production\"\n}\n"))
	printed := w.run(0, "plan", "-no-color")
	checkContains(t, printed, "Warning: environment has no effect", "Accounts are read from "+server.URL+", because the environment variable JUSPAY_BASE_URL says so. Unset it to read from production.")
	if n := strings.Count(printed, "Warning: environment has no effect"); n != 1 {
		t.Errorf("it is warned of %d times", n)
	}
}

// Terraform quotes the line of an error on an attribute, and here that line is
// the key.
func TestAccAMalformedKeyIsNotQuoted(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, startAPI(t), mainFile(t, requirement+accountA+"provider \"juspay\" {\n  api_key = \"fake:secret\"\n}\n"))
	printed := w.run(1, "plan", "-no-color")
	checkContains(t, printed, "Error: Invalid api_key", "api_key contains a colon")
	checkLacks(t, "the output", printed, "fake:secret")
}

func TestAccValidateNeedsNoKey(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, startAPI(t), mainFile(t, requirement+accountA), "JUSPAY_API_KEY=")
	w.run(0, "validate", "-no-color")
}

// TestAccSecretsStayOut looks into everything that a run leaves behind.
func TestAccSecretsStayOut(t *testing.T) {
	t.Parallel()
	server := startAPI(t)
	server.Put(juspaytest.NewAccount("cst_a", "banh_b").WithBankDetails())
	// A failed attempt and a failed read make the provider say what it can.
	server.Fail(
		juspaytest.Fault{Times: 1, Status: 503, Body: juspayError("X", juspaytest.APIKey+" "+juspaytest.VPA)},
		juspaytest.Fault{Times: 1, CustomerAccountID: "banh_a", Body: juspaytest.VPA, Truncate: true},
		juspaytest.Fault{CustomerAccountID: "banh_c", Status: 400, Body: juspayError("X", juspaytest.APIKey+" "+juspaytest.VPA)},
	)
	w := newWorkspace(t, server, mainFile(t, requirement+accountA+`
data "juspay_customer_account" "bank" {
  customer_id         = "cst_a"
  customer_account_id = "banh_b"
}
data "juspay_customer_account" "bad" {
  count               = var.with_bad ? 1 : 0
  customer_id         = "cst_a"
  customer_account_id = "banh_c"
}
variable "with_bad" {
  type    = bool
  default = false
}
`), "TF_LOG=TRACE", "TF_LOG_PATH=trace.log")
	printed := w.run(0, "plan", "-no-color", "-out", "saved.plan") +
		w.run(0, "apply", "-no-color", "saved.plan") +
		w.run(1, "plan", "-no-color", "-var", "with_bad=true")

	authorization := base64.StdEncoding.EncodeToString([]byte(juspaytest.APIKey + ":"))
	trace := w.read("trace.log")
	plan := unzip(t, filepath.Join(w.dir, "saved.plan"))
	state := w.read("terraform.tfstate")

	bank := []string{"000111222333444", "Asha Example", "EXMP0000001", "Example Bank"}
	checkLacks(t, "the output", printed, append(bank, juspaytest.APIKey, authorization, juspaytest.VPA)...)
	checkLacks(t, "the log", trace, append(bank, juspaytest.APIKey, authorization, juspaytest.VPA)...)
	checkLacks(t, "the plan", plan, append(bank, juspaytest.APIKey, authorization)...)
	checkLacks(t, "the state", state, append(bank, juspaytest.APIKey, authorization)...)

	planJSON, stateJSON := w.run(0, "show", "-json", "saved.plan"), w.run(0, "show", "-json")
	checkLacks(t, "the plan's JSON", planJSON, append(bank, juspaytest.APIKey, authorization)...)
	checkLacks(t, "the state's JSON", stateJSON, append(bank, juspaytest.APIKey, authorization)...)
	checkContains(t, planJSON, juspaytest.VPA)
	checkContains(t, stateJSON, juspaytest.VPA)

	// What was looked into is what was written: the VPA is in state and plan,
	// and each request is in the log.
	checkContains(t, state, juspaytest.VPA)
	checkContains(t, plan, juspaytest.VPA)
	checkContains(t, trace, "[DEBUG] provider.terraform-provider-juspay: Juspay request:", "@module=juspay.client", "method=GET", "path=/customers/cst_a/customer-accounts/banh_a",
		"status=503", "status=200", "attempt=2", "duration_ms=", "request_id=b2e0fd33-7655-4778-83a8-5179ed21b0b7", `error="unexpected EOF"`)
}

// What arrives on an idle connection is logged by net/http itself, unless that
// is prevented.
func TestAccWhatComesUnaskedIsNotLogged(t *testing.T) {
	t.Parallel()
	server := startAPI(t)
	const body = `{"object":"customer_account","customer_account_id":"banh_a"}`
	server.Fail(juspaytest.Fault{Raw: fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s%s", len(body), body, juspaytest.VPA)})
	w := newWorkspace(t, server, mainFile(t, requirement+accountA), "TF_LOG=TRACE", "TF_LOG_PATH=trace.log")
	printed := w.run(0, "plan", "-no-color")
	trace := w.read("trace.log")
	checkLacks(t, "the output", printed, juspaytest.VPA)
	checkLacks(t, "the log", trace, juspaytest.VPA)
	checkContains(t, trace, "status=200")
}

func TestAccAKeyInTheConfigurationIsInThePlan(t *testing.T) {
	t.Parallel()
	server := startAPI(t)
	server.AcceptKeys("fake-key-in-the-configuration")
	w := newWorkspace(t, server, mainFile(t, requirement+accountA+"provider \"juspay\" {\n  api_key = \"fake-key-in-the-configuration\"\n}\n"))
	w.run(0, "plan", "-no-color", "-out", "saved.plan")
	w.run(0, "apply", "-no-color", "saved.plan")
	checkContains(t, unzip(t, filepath.Join(w.dir, "saved.plan")), "fake-key-in-the-configuration")
	checkLacks(t, "the state", w.read("terraform.tfstate"), "fake-key-in-the-configuration")
}

func checkLacks(t *testing.T, where, text string, unwanted ...string) {
	t.Helper()
	for _, secret := range unwanted {
		if strings.Contains(text, secret) {
			t.Errorf("%s holds %q", where, secret)
		}
	}
}

// unzip returns all files of an archive, one after the other.
func unzip(t *testing.T, name string) string {
	t.Helper()
	archive, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = archive.Close() }()
	var content bytes.Buffer
	for _, file := range archive.File {
		reader, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := content.ReadFrom(io.LimitReader(reader, 64<<20)); err != nil {
			t.Fatal(err)
		}
		_ = reader.Close()
	}
	return content.String()
}

func TestAccAProxyIsAskedForHTTPSUnlessNoProxySaysOtherwise(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodConnect && r.Host == "juspay.example:443" {
			asked.Add(1)
		}
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	t.Cleanup(proxy.Close)
	server := startAPI(t)
	configuration := mainFile(t, requirement+accountA+"provider \"juspay\" {\n  max_retries = 0\n}\n")
	w := newWorkspace(t, server, configuration, "JUSPAY_BASE_URL=https://juspay.example", "HTTPS_PROXY="+proxy.URL)
	checkContains(t, w.run(1, "plan", "-no-color"), "Error: Proxy failed", "the proxy answered 407", "Attempts: 1")
	// A name that does not exist, whatever this machine's name server says of it.
	w = newWorkspace(t, server, configuration, "JUSPAY_BASE_URL=https://juspay.example", "HTTPS_PROXY="+proxy.URL, "NO_PROXY=juspay.example")
	checkLacks(t, "the output", w.run(1, "plan", "-no-color"), "Proxy failed")
	newWorkspace(t, server, configuration, "HTTP_PROXY="+proxy.URL).run(0, "plan", "-no-color")
	if n := asked.Load(); n != 1 {
		t.Errorf("the proxy was asked %d times", n)
	}
}

func TestAccAPrivateCertificateAuthority(t *testing.T) {
	t.Parallel()
	server := juspaytest.NewTLSServer()
	t.Cleanup(server.Close)
	server.Put(juspaytest.NewAccount("cst_a", "banh_a"))
	configuration := mainFile(t, requirement+accountA)
	newWorkspace(t, server, configuration, "SSL_CERT_FILE="+writeCertificate(t, server)).run(0, "plan", "-no-color")
	checkContains(t, newWorkspace(t, server, configuration).run(1, "plan", "-no-color"), "Error: Server certificate not trusted")
}
