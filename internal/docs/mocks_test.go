// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
	"github.com/juspay/terraform-provider-juspay/internal/provider"
)

// The values of each mock reach the configuration, null included. A mock sets all that
// Juspay returns, so that Terraform makes no value up.
func TestAccMocks(t *testing.T) {
	t.Parallel()
	changed := map[string]map[string]any{
		"active":  {},
		"bank":    {"vpa": nil},
		"failure": {"validation_status": "FAILURE"},
		"pending": {"validation_status": "PENDING", "last_validated": nil},
		"created": {"validation_status": "CREATED", "last_validated": nil, "currency": nil, "validation_amount": nil},
	}
	directories := []string{"bank"}
	for _, status := range juspay.ValidationStatuses() {
		directories = append(directories, strings.ToLower(string(status)))
	}
	slices.Sort(directories)
	found, err := filepath.Glob("examples/module-tests/mocks/*")
	if err != nil || len(found) != len(directories) {
		t.Errorf("the mocks: got %q, %v; want one each for %q", found, err, directories)
	}
	check.Equal(t, "the mocks that have a row", slices.Sorted(maps.Keys(changed)), directories)
	for directory, changes := range changed {
		t.Run(directory, func(t *testing.T) {
			t.Parallel()
			account := map[string]any{}
			for _, literal := range literalRE.FindAllStringSubmatch(acctest.ReadFile(t, "examples/module-tests/mocks/active/account.tfmock.hcl"), -1) {
				account[literal[1]] = json.RawMessage(literal[2])
			}
			maps.Copy(account, changes)
			want := check.MustJSON(account)
			w := newModule(t, acctest.MockFiles, acctest.StartAPI(t), "module-tests")
			w.Write("main.tf", acctest.ReadExample(t, "data-sources/juspay_customer_account"))
			w.Write("tests/payout.tftest.hcl", fmt.Sprintf(`
mock_provider "juspay" {
  source = "./mocks/%s"
}

run "mock" {
  assert {
    condition = jsonencode(nonsensitive({
      for name, value in data.juspay_customer_account.vendor : name => value
      if !contains(["customer_id", "customer_account_id", "include_vpa", "timeouts", "wait_for_validation"], name)
    })) == %q
    error_message = "It is ${jsonencode(nonsensitive({ for name, value in data.juspay_customer_account.vendor : name => value }))}."
  }
}
`, directory, want))
			check.Contains(t, "the output of test", runTests(w, 0), "Success! 1 passed, 0 failed.")
		})
	}
}

// TestMocks_SetEachAttribute names the mock that lacks an attribute: Terraform would make up
// a value of it.
func TestMocks_SetEachAttribute(t *testing.T) {
	t.Parallel()
	want := acctest.ComputedAttributes(t, providerserver.NewProtocol6(provider.New("test")())())
	ofMany := slices.DeleteFunc(slices.Clone(want), func(name string) bool { return name == "vpa" })
	ofMany = slices.Sorted(slices.Values(append(ofMany, "customer_id", "customer_account_id")))
	const original = "examples/module-tests/mocks/active/account.tfmock.hcl"
	for _, name := range want {
		if !regexp.MustCompile(`(?m)^ *` + name + ` *=`).MatchString(acctest.ReadFile(t, original)) {
			t.Fatalf("%s: got no %s, want it there. make fmt adds it to the other mocks", original, name)
		}
	}
	objects := 0
	for pattern, block := range map[string]*regexp.Regexp{
		"examples/module-tests/mocks/*/*.tfmock.hcl":              regexp.MustCompile(`(?s)defaults = \{\n(.*?)\n *\}`),
		"examples/module-tests-validation-age/tests/*.tftest.hcl": regexp.MustCompile(`(?s)defaults = \{\n(.*?)\n *\}`),
		"examples/module-tests/many/mocks/*/*.tfmock.hcl":         regexp.MustCompile(`(?s)banh_\w+ = \{\n(.*?)\n *\}`),
	} {
		files, err := filepath.Glob(pattern)
		check.MustNoError(t, "filepath.Glob", err)
		for _, file := range files {
			want := want
			if strings.Contains(pattern, "many") {
				want = ofMany
			}
			mocked := block.FindAllStringSubmatch(acctest.ReadFile(t, filepath.ToSlash(file)), -1)
			objects += len(mocked)
			t.Run(filepath.ToSlash(file), func(t *testing.T) {
				t.Parallel()
				for _, object := range mocked {
					var got []string
					for _, name := range regexp.MustCompile(`(?m)^ *(\w+) *=`).FindAllStringSubmatch(object[1], -1) {
						got = append(got, name[1])
					}
					slices.Sort(got)
					check.Equal(t, "the attributes in "+file+", to which make fmt adds those of module-tests/mocks/active", got, want)
				}
			})
		}
	}
	if objects < 10 {
		t.Errorf("got %d mocked accounts, want at least 10", objects)
	}
}

// literalRE matches an attribute with a literal that JSON writes in the same way.
var literalRE = regexp.MustCompile(`(?m)^ *(\w+) *= ("[^"]*"|[0-9]+)$`)

// The mocks of many accounts say what the provider would compute of them.
func TestAccMocks_ManyAccounts(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.MockFiles)
	mocked := func(customerID, id string) juspaytest.Account {
		return juspaytest.NewAccount(customerID, id).With("date_created", "2026-01-05T09:30:00Z").With("last_validated", "2026-01-05T09:30:04Z")
	}
	for mock, status := range map[string]string{"all-active": "ACTIVE", "some-not-active": "FAILURE"} {
		t.Run(mock, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			server.Put(mocked("cst_one", "banh_one").With("account_details", map[string]any{"vpa": "one@mock"}))
			server.Put(mocked("cst_two", "banh_two").WithBankDetails().With("validation_status", status))
			const output = `
output "all" {
  value = jsonencode([
    data.juspay_customer_accounts.vendors.accounts, data.juspay_customer_accounts.vendors.all_active,
    data.juspay_customer_accounts.vendors.not_active, nonsensitive(data.juspay_customer_accounts.vendors.vpas)
  ])
}
`
			module := strings.Replace(acctest.ReadFile(t, "examples/module-tests/many/main.tf"), "self.all_active", "self.all_active || !self.all_active", 1)
			w := acctest.NewWorkspace(t, server, acctest.MainFile(t, module+output))
			const vendors = `vendors={ banh_one = "cst_one", banh_two = "cst_two" }`
			w.Apply(0, "-var", vendors)
			want := w.Output("all")

			w = newModule(t, acctest.MockFiles, server, "module-tests/many")
			w.Write("main.tf", module+output)
			w.Write("tests/payouts.tftest.hcl", fmt.Sprintf(`
mock_provider "juspay" {
  source = "./mocks/%s"
}

run "mock" {
  variables {
    %s
  }

  assert {
    condition     = output.all == %q
    error_message = "It is ${output.all}."
  }
}
`, mock, vendors, want))
			check.Contains(t, "the output of test", runTests(w, 0), "Success! 1 passed, 0 failed.")
		})
	}
}

// Without defaults, Terraform makes up a status, so that the condition fails
// whatever it is: a run that expects the failure passes by accident.
func TestAccMocks_WithoutDefaults(t *testing.T) {
	t.Parallel()
	w := newModule(t, acctest.MockFiles, acctest.StartAPI(t), "module-tests")
	w.Change("tests/payout.tftest.hcl", "source = \"./mocks/active\"\n", "")
	printed := runTests(w, 1)
	wantedRE := regexp.MustCompile(`Account banh_vendor must be ACTIVE, but is [a-z0-9]{8}\.`)
	if !wantedRE.MatchString(printed) {
		t.Errorf("the output: got\n%s\nwant it to match %s", printed, wantedRE)
	}
}

// Terraform makes up each attribute that override_data does not set or misspells,
// whatever the mock sets, and reports no error.
func TestAccMocks_OverrideDataDropsDefaults(t *testing.T) {
	t.Parallel()
	w := newModule(t, acctest.MockFiles, acctest.StartAPI(t), "module-tests")
	w.Write("tests/payout.tftest.hcl", w.Read("tests/payout.tftest.hcl")+`
run "an_account_in_another_currency_is_paid_out_to" {
  override_data {
    target = data.juspay_customer_account.vendor
    values = {
      validation_status = "ACTIVE"
      curency           = "EUR"
    }
  }

  assert {
    condition     = output.payout.currency == "EUR"
    error_message = "The payout is ${jsonencode(output.payout)}."
  }
}
`)
	printed := runTests(w, 1)
	check.Contains(t, "the output", printed, "Failure! 3 passed, 1 failed.")
	check.Lacks(t, "the output", printed, "curency", `"EUR\"`, `"INR\"`)
}

// From that version on, a mock keeps its age by itself.
func TestAccMocks_CallFunctions(t *testing.T) {
	t.Parallel()
	w := newModule(t, acctest.FunctionsInMocks, acctest.StartAPI(t), "module-tests-validation-age")
	w.Change("tests/age.tftest.hcl", `"2026-01-05T09:30:04Z"`, `timeadd(timestamp(), "-24h")`)
	w.Change("tests/age.tftest.hcl", `    now = "2026-02-04T09:30:04Z"`, "")
	check.Contains(t, "the output of test", runTests(w, 0), "Success! 2 passed, 0 failed.")
	w.Change("tests/age.tftest.hcl", `"-24h"`, `"-721h"`)
	check.Contains(t, "the output of test", runTests(w, 1), `run "an_account_that_was_validated_30_days_ago_passes"... fail`)
}
