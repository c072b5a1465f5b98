// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// vendor makes an example read another account than its default.
func vendor(customerID, customerAccountID string) []string {
	return []string{"-var", "customer_id=" + customerID, "-var", "customer_account_id=" + customerAccountID}
}

// plan is a command line of terraform plan.
func plan(more ...string) []string {
	return append([]string{"plan", "-no-color"}, more...)
}

// apply is a command line of terraform apply, which does not prompt.
func apply(more ...string) []string {
	return append([]string{"apply", "-no-color", "-auto-approve"}, more...)
}

// newPageExample returns a workspace with an example, completed by a block
// required_providers if it has none.
func newPageExample(t *testing.T, server *juspaytest.Server, directory string, env ...string) *acctest.Workspace {
	t.Helper()
	w := acctest.NewWorkspace(t, server, os.DirFS(directory), env...)
	if !strings.Contains(readExample(t, directory), "required_providers") {
		w.Write("versions.tf", requirement)
	}
	return w
}

func TestAccReadme(t *testing.T) {
	t.Parallel()
	blocks := strings.Split(readFile(t, "../README.md"), "```terraform\n")
	read, _, _ := strings.Cut(blocks[1], "```")
	assertion, _, _ := strings.Cut(blocks[2], "```")
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, read))
	acctest.CheckContains(t, w.Run(0, plan()...), `+ status = "ACTIVE"`)

	withoutData, _, _ := strings.Cut(read, "data \"juspay_customer_account\" \"vendor\" {")
	w = acctest.NewWorkspace(t, server, acctest.MainFile(t, withoutData+assertion))
	acctest.CheckContains(t, w.Run(1, plan()...), "Account banh_dairy_pending must be ACTIVE.")
	server.Put(juspaytest.NewAccount("cst_dairy", "banh_dairy_pending"))
	acctest.CheckContains(t, w.Run(0, plan()...), `+ status = "ACTIVE"`)
}

// asPrinted returns a sample of output with whitespace as Workspace.Run returns it.
func asPrinted(t *testing.T, name string) string {
	t.Helper()
	return strings.Join(strings.Fields(readFile(t, name)), " ")
}

func TestAccDataSource(t *testing.T) {
	t.Parallel()
	w := newPageExample(t, acctest.StartAPI(t), "data-sources/juspay_customer_account")
	acctest.CheckContains(t, w.Run(0, apply()...), asPrinted(t, "data-sources/juspay_customer_account/output.txt"))
	if got := w.Output("vendor_account_status"); got != "ACTIVE" {
		t.Errorf("got %v", got)
	}
}

func TestAccDataSourceWithAPostcondition(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := newPageExample(t, server, "data-sources/juspay_customer_account/postcondition")
	for _, status := range []string{"CREATED", "PENDING", "FAILURE", "ON_HOLD"} {
		server.Put(juspaytest.NewAccount("cst_acme", "banh_acme_active").With("validation_status", status))
		acctest.CheckContains(t, w.Run(1, plan()...), "Error: Resource postcondition failed", "Account banh_acme_active must be ACTIVE, but is "+status+".")
	}
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme_active").Without("validation_status"))
	acctest.CheckContains(t, w.Run(1, apply()...), "Account banh_acme_active must be ACTIVE, but is without a status.")
	if paidOut(w) {
		t.Error("a payout was made to an account without a status")
	}
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme_active"))
	w.Run(0, apply()...)
	if !paidOut(w) {
		t.Error("no payout was made to an ACTIVE account")
	}
}

func TestAccFunction(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.Functions)
	server := acctest.StartAPI(t)
	w := newPageExample(t, server, "functions/validated_within")
	acctest.CheckContains(t, w.Run(0, plan()...), "+ recently_validated = true")
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme_active"))
	acctest.CheckContains(t, w.Run(0, plan()...), "+ recently_validated = false")
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme_active").Without("last_validated"))
	acctest.CheckContains(t, w.Run(0, plan()...), "+ recently_validated = false")
}

func TestAccProvider(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, readFile(t, "provider/provider.tf")))
	w.ReadFrom(server)
	acctest.CheckContains(t, w.Run(0, plan()...), `+ status = "ACTIVE"`)
}

func TestAccProviderAliases(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	server := acctest.StartAPI(t)
	server.AcceptKeys("fake-key-of-production", "fake-key-of-sandbox")
	w := newPageExample(t, server, "provider-aliases", "JUSPAY_API_KEY=fake-key-of-production")
	w.ReadFrom(server)
	w.Run(0, plan("-var", "sandbox_api_key=fake-key-of-sandbox", "-out", "saved.plan")...)
	keys := map[string]string{}
	for _, request := range server.Requests() {
		keys[request.Segments[1]] = request.Key()
	}
	if len(server.Requests()) != 2 || keys["cst_acme"] != "fake-key-of-production" || keys["cst_dairy"] != "fake-key-of-sandbox" {
		t.Errorf("%d requests, with the keys %v", len(server.Requests()), keys)
	}
	acctest.CheckLacks(t, "the plan", w.Unzip("saved.plan"), "fake-key-of-production", "fake-key-of-sandbox")
}

func TestAccInstallFromSource(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	home := t.TempDir()
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, readFile(t, "provider/provider.tf")), "HOME="+home)
	w.ReadFrom(server)
	w.Write("cli.tfrc", "") // without the override that other tests use
	install := exec.CommandContext(t.Context(), "sh", "install/install.sh", "..", "0.1.0")
	install.Env = append(os.Environ(), "PLUGINS="+filepath.Join(home, ".terraform.d", "plugins"))
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	acctest.CheckContains(t, w.Run(0, "init", "-no-color"), "juspay/juspay v0.1.0")
	acctest.CheckContains(t, w.Run(0, plan()...), `+ status = "ACTIVE"`)
}

func TestInstallFromSource_Usage(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{nil, {"."}, {".", "0.1.0", "more"}} {
		install := exec.CommandContext(t.Context(), "sh", append([]string{"install/install.sh"}, args...)...)
		out, err := install.CombinedOutput()
		if install.ProcessState.ExitCode() != 2 {
			t.Errorf("%q: %v", args, err)
		}
		if want := "Usage: sh install.sh CLONE VERSION, such as: sh install.sh . 0.1.0\n"; string(out) != want {
			t.Errorf("%q: printed %q, want %q", args, out, want)
		}
	}
}

// An example that no test runs is wrong sooner or later.
func TestEveryExampleIsTested(t *testing.T) {
	t.Parallel()
	var tests strings.Builder
	for _, pattern := range []string{"*_test.go", "../internal/cmd/demo/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			tests.WriteString(readFile(t, file))
		}
	}
	directories := 0
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".tf" {
			return err
		}
		directories++
		if strings.HasPrefix(path, "testdata/") {
			return nil
		}
		directory := strings.TrimSuffix(filepath.ToSlash(filepath.Dir(path)), "/payout")
		if !strings.Contains(tests.String(), `"`+directory) && directory != "demo" {
			t.Errorf("no test names %s", path)
		}
		return nil
	})
	if err != nil || directories < 10 {
		t.Errorf("%d examples, %v", directories, err)
	}
}

// readExample is the whole configuration of an example.
func readExample(t *testing.T, directory string) string {
	t.Helper()
	files, err := fs.Glob(os.DirFS(directory), "*.tf")
	if err != nil || len(files) == 0 {
		t.Fatalf("%s has the files %q, %v", directory, files, err)
	}
	var all strings.Builder
	for _, file := range files {
		all.WriteString(readFile(t, directory+"/"+file) + "\n")
	}
	return all.String()
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	content, err := fs.ReadFile(os.DirFS(filepath.Dir(name)), filepath.Base(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
