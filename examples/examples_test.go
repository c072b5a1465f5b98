// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"io/fs"
	"os"
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

// apply is a command line of terraform apply, which does not ask.
func apply(more ...string) []string {
	return append([]string{"apply", "-no-color", "-auto-approve"}, more...)
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

func TestAccDataSource(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, acctest.StartAPI(t), os.DirFS("data-sources/juspay_customer_account"))
	w.Run(0, apply()...)
	if got := w.Output("vendor_account_status"); got != "ACTIVE" {
		t.Errorf("got %v", got)
	}
}

func TestAccFunction(t *testing.T) {
	t.Parallel()
	acctest.NeedFeature(t, acctest.Functions)
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, os.DirFS("functions/validated_within"))
	acctest.CheckContains(t, w.Run(0, plan()...), "+ recently_validated = true")
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme_active"))
	acctest.CheckContains(t, w.Run(0, plan()...), "+ recently_validated = false")
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme_active").Without("last_validated"))
	acctest.CheckContains(t, w.Run(0, plan()...), "+ recently_validated = false")
}

func TestAccProvider(t *testing.T) {
	t.Parallel()
	const account = `
data "juspay_customer_account" "vendor" {
  customer_id         = "cst_acme"
  customer_account_id = "banh_acme_active"
}

output "status" {
  value = data.juspay_customer_account.vendor.validation_status
}
`
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, readFile(t, "provider/provider.tf")+account))
	w.ReadFrom(server)
	acctest.CheckContains(t, w.Run(0, plan()...), `+ status = "ACTIVE"`)
}

func TestAccProviderAliases(t *testing.T) {
	t.Parallel()
	acctest.NeedFeature(t, acctest.EphemeralResources)
	server := acctest.StartAPI(t)
	server.AcceptKeys("fake-key-of-production", "fake-key-of-sandbox")
	w := acctest.NewWorkspace(t, server, os.DirFS("provider-aliases"), "JUSPAY_API_KEY=fake-key-of-production")
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

func readFile(t *testing.T, name string) string {
	t.Helper()
	content, err := fs.ReadFile(os.DirFS(filepath.Dir(name)), filepath.Base(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
