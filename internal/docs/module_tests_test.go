// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
	"github.com/juspay/terraform-provider-juspay/internal/provider"
)

// newModule returns a directory in which no Juspay can be reached, but for one whose
// URL a test names.
func newModule(t *testing.T, feature acctest.Feature, server *juspaytest.Server, directory string) *acctest.Workspace {
	t.Helper()
	acctest.SkipUnlessSupported(t, feature)
	return acctest.NewWorkspace(t, server, acctest.Example(t, directory), "JUSPAY_API_KEY=", "JUSPAY_BASE_URL=")
}

func test(w *acctest.Workspace, code int) string { return w.Run(code, "test", "-no-color") }

// TestAccModuleTests runs the tests of each module without a Juspay. They are worth
// something if they fail once the condition is gone.
func TestAccModuleTests(t *testing.T) {
	t.Parallel()
	for directory, row := range map[string]struct {
		feature          acctest.Feature
		success          string
		old, replacement string
		failure          []string
	}{
		"module-tests": {
			acctest.MockFiles, "Success! 4 passed, 0 failed.",
			`self.validation_status == "ACTIVE"`, `self.validation_status != "x"`,
			[]string{`run "an_account_in_pending_stops_the_run"... fail`, "Failure! 2 passed, 1 failed, 1 skipped."},
		},
		"module-tests/many": {
			acctest.MockFiles, "Success! 2 passed, 0 failed.",
			"condition = self.all_active", "condition = self.all_active || true",
			[]string{`run "one_account_in_failure_stops_the_run"... fail`, "Failure! 1 passed, 1 failed."},
		},
		"module-tests-validation-age": {
			acctest.MocksAndFunctions, "Success! 2 passed, 0 failed.",
			`"720h"`, `"721h"`,
			[]string{"Failure! 1 passed, 1 failed."},
		},
	} {
		t.Run(directory, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			w := newModule(t, row.feature, server, directory)
			acctest.CheckContains(t, test(w, 0), row.success)
			w.Change("main.tf", row.old, row.replacement)
			acctest.CheckContains(t, test(w, 1), append(row.failure, "Missing expected failure")...)
			acctest.CheckRequests(t, server, 0)
		})
	}
}

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
	if diff := cmp.Diff(directories, slices.Sorted(maps.Keys(changed))); diff != "" {
		t.Errorf("mocks (-want +got):\n%s", diff)
	}
	for directory, changes := range changed {
		t.Run(directory, func(t *testing.T) {
			t.Parallel()
			account := map[string]any{}
			for _, literal := range literalRE.FindAllStringSubmatch(acctest.ReadFile(t, "examples/module-tests/mocks/active/account.tfmock.hcl"), -1) {
				account[literal[1]] = json.RawMessage(literal[2])
			}
			maps.Copy(account, changes)
			want, err := json.Marshal(account)
			acctest.NoError(t, err)
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
			acctest.CheckContains(t, test(w, 0), "Success! 1 passed, 0 failed.")
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
	objects := 0
	for pattern, block := range map[string]*regexp.Regexp{
		"examples/module-tests/mocks/*/*.tfmock.hcl":              regexp.MustCompile(`(?s)defaults = \{\n(.*?)\n *\}`),
		"examples/module-tests-validation-age/tests/*.tftest.hcl": regexp.MustCompile(`(?s)defaults = \{\n(.*?)\n *\}`),
		"examples/module-tests/many/mocks/*/*.tfmock.hcl":         regexp.MustCompile(`(?s)banh_\w+ = \{\n(.*?)\n *\}`),
	} {
		files, err := filepath.Glob(pattern)
		acctest.NoError(t, err)
		for _, file := range files {
			want := want
			if strings.Contains(pattern, "many") {
				want = ofMany
			}
			for _, object := range block.FindAllStringSubmatch(acctest.ReadFile(t, filepath.ToSlash(file)), -1) {
				objects++
				var got []string
				for _, name := range regexp.MustCompile(`(?m)^ *(\w+) *=`).FindAllStringSubmatch(object[1], -1) {
					got = append(got, name[1])
				}
				slices.Sort(got)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("the attributes in %s; make fmt adds those of module-tests/mocks/active (-want +got):\n%s", file, diff)
				}
			}
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
			acctest.CheckContains(t, test(w, 0), "Success! 1 passed, 0 failed.")
		})
	}
}

// Without defaults, Terraform makes up a status, so that the condition fails
// whatever it is: a run that expects the failure passes by accident.
func TestAccMocks_WithoutDefaults(t *testing.T) {
	t.Parallel()
	w := newModule(t, acctest.MockFiles, acctest.StartAPI(t), "module-tests")
	w.Change("tests/payout.tftest.hcl", "source = \"./mocks/active\"\n", "")
	printed := test(w, 1)
	wanted := regexp.MustCompile(`Account banh_vendor must be ACTIVE, but is [a-z0-9]{8}\.`)
	if !wanted.MatchString(printed) {
		t.Errorf("got the output\n%s\nwant one with %s", printed, wanted)
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
	printed := test(w, 1)
	acctest.CheckContains(t, printed, "Failure! 4 passed, 1 failed.")
	acctest.CheckLacks(t, "the output", printed, "curency", `"EUR\"`, `"INR\"`)
}

// From that version on, a mock keeps its age by itself.
func TestAccMocks_CallFunctions(t *testing.T) {
	t.Parallel()
	w := newModule(t, acctest.FunctionsInMocks, acctest.StartAPI(t), "module-tests-validation-age")
	w.Change("tests/age.tftest.hcl", `"2026-01-05T09:30:04Z"`, `timeadd(timestamp(), "-24h")`)
	w.Change("tests/age.tftest.hcl", `    now = "2026-02-04T09:30:04Z"`, "")
	acctest.CheckContains(t, test(w, 0), "Success! 2 passed, 0 failed.")
	w.Change("tests/age.tftest.hcl", `"-24h"`, `"-721h"`)
	acctest.CheckContains(t, test(w, 1), `run "an_account_that_was_validated_30_days_ago_passes"... fail`)
}

// Without a time from the test, the time of the plan counts.
func TestAccValidationAge_TakesTheTimeOfThePlan(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.Functions)
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, acctest.Example(t, "module-tests-validation-age"))
	args := acctest.Vendor("cst_acme", "banh_acme_active")
	w.Plan(0, args...)
	server.Put(acctest.AcmeWith("ACTIVE"))
	acctest.CheckContains(t, w.Plan(1, args...), "Account banh_acme_active must have been validated within 30 days.")
}

const applyTimeTests = "tests/payout.tftest.hcl"

func TestAccModuleTestsApplyTime_RunAgainstTheFake(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := newModule(t, acctest.EphemeralResources, server, "module-tests-apply-time")
	w.Change(applyTimeTests, "http://127.0.0.1:8787", server.URL)
	acctest.CheckContains(t, test(w, 0), "Success! 2 passed, 0 failed.")
	if n := len(server.Requests()); n == 0 {
		t.Error("requests to the fake: got 0, want some")
	}
	w.Change("main.tf", `validation_status == "ACTIVE"`, `validation_status != "x"`)
	acctest.CheckContains(t, test(w, 1), "Missing expected failure", "Failure! 1 passed, 1 failed.")
}

// Terraform before the version of EphemeralMocks has no such block.
func TestAccModuleTestsApplyTime_Mocked(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.MockFiles)
	server := acctest.StartAPI(t)
	w := newModule(t, acctest.EphemeralResources, server, "module-tests-apply-time")
	args := []string{"test", "-no-color", "-test-directory=mocked"}
	if supported, _ := acctest.Supports(t, acctest.EphemeralMocks); !supported {
		acctest.CheckContains(t, w.Run(1, args...), `Blocks of type "mock_ephemeral" are not expected here.`)
		w.Write("mocked/payout.tftest.hcl", "mock_provider \"juspay\" {\n}\n"+`
run "mocked" {
  command = plan
  variables {
    customer_id         = "cst_acme"
    customer_account_id = "banh_acme"
  }
}
`)
		acctest.CheckContains(t, w.Run(1, args...), "No ephemeral resource types in mock providers", "Failure! 0 passed, 1 failed.")
		return
	}
	acctest.CheckContains(t, w.Run(0, args...), "Success! 2 passed, 0 failed.")
	w.Change("main.tf", `validation_status == "ACTIVE"`, `validation_status != "x"`)
	acctest.CheckContains(t, w.Run(1, args...), "Missing expected failure", "Failure! 1 passed, 1 failed.")
	acctest.CheckRequests(t, server, 0)
}

// A directory of test files that Terraform does not search passes without a run.
func TestAccModuleTests_FindNoFileElsewhere(t *testing.T) {
	t.Parallel()
	w := newModule(t, acctest.EphemeralResources, acctest.StartAPI(t), "module-tests-apply-time")
	acctest.NoError(t, os.RemoveAll(filepath.Join(w.Dir, "tests")))
	acctest.CheckContains(t, test(w, 0), "Success! 0 passed, 0 failed.")
}
