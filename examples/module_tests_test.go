// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// newModule is a directory in which no Juspay can be reached.
func newModule(t *testing.T, server *juspaytest.Server) *acctest.Workspace {
	t.Helper()
	acctest.SkipUnlessSupported(t, acctest.MockFiles)
	return acctest.NewWorkspace(t, server, os.DirFS("module-tests"), "JUSPAY_API_KEY=", "JUSPAY_BASE_URL=")
}

func TestAccModuleTestsNeedNoJuspay(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	printed := newModule(t, server).Run(0, "test", "-no-color")
	acctest.CheckContains(t, printed, "Success! 6 passed, 0 failed.")
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// Tests are worth something if they fail once the condition is gone.
func TestAccModuleTestsNoticeAMissingCondition(t *testing.T) {
	t.Parallel()
	w := newModule(t, acctest.StartAPI(t))
	change(t, w, "main.tf", `self.validation_status == "ACTIVE"`, `self.validation_status != "x"`)
	acctest.CheckContains(t, w.Run(1, "test", "-no-color"),
		`run "an_account_in_pending_stops_the_run"... fail`, "Missing expected failure", "Failure! 2 passed, 1 failed, 3 skipped.")
}

// mockNames lists the attributes that a mock file sets: all that Juspay returns, so
// that Terraform makes no value up.
var mockNames = []string{"currency", "date_created", "last_validated", "routing_id", "validation_amount", "validation_status", "vpa"}

func TestMocksHaveEveryFieldOfTheResponse(t *testing.T) {
	t.Parallel()
	directories := []string{"bank"}
	for _, status := range juspay.ValidationStatuses() {
		directories = append(directories, strings.ToLower(string(status)))
	}
	found, err := filepath.Glob("module-tests/mocks/*")
	if err != nil || len(found) != len(directories) {
		t.Errorf("the mocks are %v, %v", found, err)
	}
	for _, directory := range directories {
		mock := readFile(t, "module-tests/mocks/"+directory+"/account.tfmock.hcl")
		var names []string
		for _, match := range regexp.MustCompile(`(?m)^    (\w+) +=`).FindAllStringSubmatch(mock, -1) {
			names = append(names, match[1])
		}
		slices.Sort(names)
		if !slices.Equal(names, mockNames) {
			t.Errorf("%s says %v", directory, names)
		}
	}
}

// The values of each mock reach the configuration, null included.
func TestAccMocks(t *testing.T) {
	t.Parallel()
	for directory, want := range map[string]string{
		"active":  `{"currency":"INR","date_created":"2026-01-05T09:30:00Z","last_validated":"2026-01-05T09:30:04Z","routing_id":"cst_mock","validation_amount":1,"validation_status":"ACTIVE","vpa":"vendor@mock"}`,
		"bank":    `{"currency":"INR","date_created":"2026-01-05T09:30:00Z","last_validated":"2026-01-05T09:30:04Z","routing_id":"cst_mock","validation_amount":1,"validation_status":"ACTIVE","vpa":null}`,
		"failure": `{"currency":"INR","date_created":"2026-01-05T09:30:00Z","last_validated":"2026-01-05T09:30:04Z","routing_id":"cst_mock","validation_amount":1,"validation_status":"FAILURE","vpa":"vendor@mock"}`,
		"pending": `{"currency":"INR","date_created":"2026-01-05T09:30:00Z","last_validated":null,"routing_id":"cst_mock","validation_amount":1,"validation_status":"PENDING","vpa":"vendor@mock"}`,
		"created": `{"currency":null,"date_created":"2026-01-05T09:30:00Z","last_validated":null,"routing_id":"cst_mock","validation_amount":null,"validation_status":"CREATED","vpa":"vendor@mock"}`,
	} {
		t.Run(directory, func(t *testing.T) {
			t.Parallel()
			w := newModule(t, acctest.StartAPI(t))
			w.Write("main.tf", readFile(t, "data-sources/juspay_customer_account/data-source.tf"))
			w.Write("tests/payout.tftest.hcl", fmt.Sprintf(`
mock_provider "juspay" {
  source = "./mocks/%s"
}

run "mock" {
  assert {
    condition = jsonencode(nonsensitive({
      for name, value in data.juspay_customer_account.vendor : name => value if !contains(["customer_id", "customer_account_id", "include_vpa", "timeouts", "wait_for_validation"], name)
    })) == %q
    error_message = "It is ${jsonencode(nonsensitive({ for name, value in data.juspay_customer_account.vendor : name => value }))}."
  }
}
`, directory, want))
			acctest.CheckContains(t, w.Run(0, "test", "-no-color"), "Success! 1 passed, 0 failed.")
		})
	}
}

// Of many accounts too, a test fails once the condition is gone.
func TestAccModuleTestsOfManyAccounts(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.MockFiles)
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, os.DirFS("module-tests/many"), "JUSPAY_API_KEY=", "JUSPAY_BASE_URL=")
	acctest.CheckContains(t, w.Run(0, "test", "-no-color"), "Success! 2 passed, 0 failed.")
	change(t, w, "main.tf", "condition = self.all_active", "condition = self.all_active || true")
	acctest.CheckContains(t, w.Run(1, "test", "-no-color"),
		`run "one_account_in_failure_stops_the_run"... fail`, "Missing expected failure", "Failure! 1 passed, 1 failed.")
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// The mocks of many accounts say what the provider would compute of them.
func TestAccMocksOfManyAccounts(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.MockFiles)
	server := acctest.StartAPI(t)
	one := juspaytest.NewAccount("cst_one", "banh_one").With("date_created", "2026-01-05T09:30:00Z").With("last_validated", "2026-01-05T09:30:04Z").With("account_details", map[string]any{"vpa": "one@mock"})
	two := juspaytest.NewAccount("cst_two", "banh_two").With("date_created", "2026-01-05T09:30:00Z").With("last_validated", "2026-01-05T09:30:04Z").WithBankDetails()
	for mock, status := range map[string]string{"all-active": "ACTIVE", "some-not-active": "FAILURE"} {
		server.Put(one)
		server.Put(two.With("validation_status", status))
		const output = `
output "all" {
  value = jsonencode([
    data.juspay_customer_accounts.vendors.accounts, data.juspay_customer_accounts.vendors.all_active,
    data.juspay_customer_accounts.vendors.not_active, nonsensitive(data.juspay_customer_accounts.vendors.vpas)
  ])
}
`
		module := strings.Replace(readFile(t, "module-tests/many/main.tf"), "self.all_active", "self.all_active || !self.all_active", 1)
		w := acctest.NewWorkspace(t, server, acctest.MainFile(t, module+output))
		const vendors = `vendors={ banh_one = "cst_one", banh_two = "cst_two" }`
		w.Run(0, apply("-var", vendors)...)
		want := w.Output("all")

		mocked := acctest.NewWorkspace(t, server, os.DirFS("module-tests/many"), "JUSPAY_API_KEY=", "JUSPAY_BASE_URL=")
		mocked.Write("main.tf", module+output)
		mocked.Write("tests/payouts.tftest.hcl", fmt.Sprintf(`
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
		acctest.CheckContains(t, mocked.Run(0, "test", "-no-color"), "Success! 1 passed, 0 failed.")
	}
}

// Without defaults, Terraform makes up a status, so that the condition fails
// whatever it is: a run that expects the failure passes by accident.
func TestAccAMockWithoutDefaultsMakesUpAStatus(t *testing.T) {
	t.Parallel()
	w := newModule(t, acctest.StartAPI(t))
	change(t, w, "tests/payout.tftest.hcl", "source = \"./mocks/active\"\n", "")
	printed := w.Run(1, "test", "-no-color")
	if !regexp.MustCompile(`Account banh_vendor must be ACTIVE, but is [a-z0-9]{8}\.`).MatchString(printed) {
		t.Errorf("got\n%s", printed)
	}
}

// Terraform makes up each attribute that override_data does not set or misspells,
// whatever the mock sets, and reports no error.
func TestAccOverrideDataTakesMisspeltNamesAndDropsTheDefaults(t *testing.T) {
	t.Parallel()
	w := newModule(t, acctest.StartAPI(t))
	change(t, w, "tests/payout.tftest.hcl", `currency          = "EUR"`, `curency           = "EUR"`)
	printed := w.Run(1, "test", "-no-color")
	acctest.CheckContains(t, printed, "Failure! 5 passed, 1 failed.")
	acctest.CheckLacks(t, "the output", printed, "curency", `"EUR\"`, `"INR\"`)
}

func change(t *testing.T, w *acctest.Workspace, name, old, replacement string) {
	t.Helper()
	before := w.Read(name)
	if !strings.Contains(before, old) {
		t.Fatalf("%q is not in %s", old, name)
	}
	w.Write(name, strings.Replace(before, old, replacement, 1))
}

// newModuleOfAge is the module whose tests give the time.
func newModuleOfAge(t *testing.T, server *juspaytest.Server) *acctest.Workspace {
	t.Helper()
	acctest.SkipUnlessSupported(t, acctest.MocksAndFunctions)
	return acctest.NewWorkspace(t, server, os.DirFS("module-tests-validation-age"), "JUSPAY_API_KEY=", "JUSPAY_BASE_URL=")
}

func TestAccModuleTestsOfAgePassOnAnyDay(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	acctest.CheckContains(t, newModuleOfAge(t, server).Run(0, "test", "-no-color"), "Success! 2 passed, 0 failed.")
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

func TestAccModuleTestsOfAgeNoticeALongerAge(t *testing.T) {
	t.Parallel()
	w := newModuleOfAge(t, acctest.StartAPI(t))
	change(t, w, "main.tf", `"720h"`, `"721h"`)
	acctest.CheckContains(t, w.Run(1, "test", "-no-color"), "Missing expected failure", "Failure! 1 passed, 1 failed.")
}

// Without a time from the test, the time of the plan counts.
func TestAccModuleOfAgeTakesTheTimeOfThePlan(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.Functions)
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, os.DirFS("module-tests-validation-age"))
	w.Run(0, plan(vendor("cst_acme", "banh_acme_active")...)...)
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme_active"))
	acctest.CheckContains(t, w.Run(1, plan(vendor("cst_acme", "banh_acme_active")...)...), "Account banh_acme_active must have been validated within 30 days.")
}

// From that version on, a mock keeps its age by itself.
func TestAccMocksCanCallFunctions(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.FunctionsInMocks)
	w := newModuleOfAge(t, acctest.StartAPI(t))
	change(t, w, "tests/age.tftest.hcl", `"2026-01-05T09:30:04Z"`, `timeadd(timestamp(), "-24h")`)
	change(t, w, "tests/age.tftest.hcl", `    now = "2026-02-04T09:30:04Z"`, "")
	acctest.CheckContains(t, w.Run(0, "test", "-no-color"), "Success! 2 passed, 0 failed.")
	change(t, w, "tests/age.tftest.hcl", `"-24h"`, `"-721h"`)
	acctest.CheckContains(t, w.Run(1, "test", "-no-color"), `run "an_account_that_was_validated_30_days_ago_passes"... fail`)
}
