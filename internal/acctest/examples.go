// SPDX-License-Identifier: MPL-2.0

package acctest

import (
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// Parts of configurations.
const (
	// VendorAddress is the address of the account in most examples.
	VendorAddress = "data.juspay_customer_account.vendor"

	// Requirement begins each configuration that is not an example.
	Requirement = `
terraform {
  required_providers {
    juspay = {
      source = "juspay/juspay"
    }
  }
}
`
	// InProduction is a provider block, whose environment Workspace.PointAt replaces.
	InProduction = `
provider "juspay" {
  environment = "production"
}
`
	// SingleRead is a data source.
	SingleRead = `
data "juspay_customer_account" "vendor" {
  customer_id         = "cst_acme"
  customer_account_id = "banh_acme_active"
}
`
)

// Example returns a directory of examples.
func Example(t testing.TB, directory string) fs.FS {
	t.Helper()
	return os.DirFS(filepath.Join(Root(t), "examples", directory))
}

// ReadExample returns the whole configuration in a directory of examples.
func ReadExample(t testing.TB, directory string) string {
	t.Helper()
	example := Example(t, directory)
	files, err := fs.Glob(example, "*.tf")
	if err != nil || len(files) == 0 {
		t.Fatalf("examples/%s: got the files %q, %v; want at least one", directory, files, err)
	}
	var all strings.Builder
	for _, file := range files {
		content, err := fs.ReadFile(example, file)
		check.MustNoError(t, "fs.ReadFile", err)
		all.Write(append(content, '\n'))
	}
	return all.String()
}

// ExampleWithLateID returns the configuration of an example whose account id is known only during
// apply.
func ExampleWithLateID(t testing.TB, directory string) string {
	t.Helper()
	const old = "customer_account_id = var.customer_account_id"
	configuration := ReadExample(t, directory)
	if !strings.Contains(configuration, old) {
		t.Fatalf("examples/%s: got no line %q, want one", directory, old)
	}
	return strings.Replace(configuration, old, "customer_account_id = terraform_data.late.output", 1) +
		"\nresource \"terraform_data\" \"late\" {\n  input = var.customer_account_id\n}\n"
}

// AcmeWith returns the account that the examples read by default, with another status.
func AcmeWith(status string) juspaytest.Account {
	return juspaytest.NewAccount("cst_acme", "banh_acme_active").With("validation_status", status)
}

// PutValidatedToday replaces the server's sample accounts by ones that were validated today, all in INR,
// so that their status is all that a policy can deny. It returns the server.
func PutValidatedToday(server *juspaytest.Server) *juspaytest.Server {
	today := time.Now().UTC().Format(time.RFC3339)
	for _, account := range juspaytest.Samples() {
		server.Put(account.With("last_validated", today).With("currency", "INR"))
	}
	return server
}

// VendorArgs returns the arguments that make an example read another account than its default.
func VendorArgs(customerID, customerAccountID string) []string {
	return []string{"-var", "customer_id=" + customerID, "-var", "customer_account_id=" + customerAccountID}
}

// IsPaid reports whether the placeholder for a payout was made.
func (w *Workspace) IsPaid() bool {
	w.t.Helper()
	code, printed := w.TryRun(context.Background(), "state", "list")
	if code != 0 && !strings.Contains(printed, "No state file was found") {
		w.t.Fatalf("state list: got the exit code %d, want 0 or no state:\n%s", code, printed)
	}
	return strings.Contains(printed, "terraform_data.payout")
}

// CheckPaid fails unless the placeholder for a payout was made, or not, as wanted.
func (w *Workspace) CheckPaid(want bool) {
	w.t.Helper()
	check.Equal(w.t, "whether a payout was made", w.IsPaid(), want)
}

// PlanPartsWithAccount returns the parts of saved.plan's JSON that contain the account, and "checks" if that
// part contains anything.
func (w *Workspace) PlanPartsWithAccount() string {
	w.t.Helper()
	var parts map[string]json.RawMessage
	w.JSON(&parts, "show", "-json", "saved.plan")
	var withAccount []string
	for _, part := range []string{"prior_state", "planned_values", "resource_changes"} {
		if strings.Contains(string(parts[part]), `"address":"`+VendorAddress+`"`) {
			withAccount = append(withAccount, part)
		}
	}
	if strings.Contains(string(parts["checks"]), `"status":"pass"`) {
		withAccount = append(withAccount, "checks")
	}
	return strings.Join(withAccount, ", ")
}

// ComputedAttributes returns the attributes that the data source of one account computes.
func ComputedAttributes(t testing.TB, plugin tfprotov6.ProviderServer) (names []string) {
	t.Helper()
	schemas, err := plugin.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	check.MustNoError(t, "plugin.GetProviderSchema", err)
	for _, attribute := range schemas.DataSourceSchemas["juspay_customer_account"].Block.Attributes {
		if attribute.Computed {
			names = append(names, attribute.Name)
		}
	}
	slices.Sort(names)
	return names
}
