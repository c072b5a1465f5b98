// SPDX-License-Identifier: MPL-2.0

package docs

import (
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestAccFreshness(t *testing.T) {
	t.Parallel()
	const invalid = "Error: Invalid function argument"
	for directory, test := range map[string]struct {
		feature     acctest.Feature
		noTimestamp string
	}{
		"assertions/freshness":                   {acctest.Functions, `Invalid value for "timestamp" parameter: must be a timestamp in RFC 3339`},
		"assertions/freshness-without-functions": {noFeature, "not a valid RFC3339 timestamp"},
	} {
		t.Run(directory, func(t *testing.T) {
			t.Parallel()
			acctest.SkipUnlessSupported(t, test.feature)
			server := acctest.StartAPI(t)
			w := acctest.NewWorkspace(t, server, acctest.Example(t, directory))
			daysAgo := func(days int) string { return time.Now().AddDate(0, 0, -days).UTC().Format(time.RFC3339) }
			const message = "Account banh_acme_active must have been validated within "
			stops := func(account juspaytest.Account, want ...string) string {
				t.Helper()
				server.Put(account)
				printed := w.Plan(1)
				check.ContainsEach(t, "the output", printed, want)
				return printed
			}

			server.Put(acctest.AcmeWith("ACTIVE").With("last_validated", daysAgo(29)))
			w.Plan(0)
			check.Contains(t, "the output of plan", w.Plan(1, "-var", "max_age=24h"), message+"24h, but was last validated at 20")

			stops(acctest.AcmeWith("ACTIVE").With("last_validated", daysAgo(31)), "Error: Resource postcondition failed", message+"720h, but was last validated at 20")
			printed := stops(acctest.AcmeWith("ACTIVE").Without("last_validated"), message+"720h, but was never validated.")
			check.Lacks(t, "a postcondition that is safe for null", printed, "Invalid function argument", "Error in function call")
			stops(acctest.AcmeWith("ACTIVE").With("last_validated", "last week"), invalid, test.noTimestamp)
			stops(acctest.AcmeWith("PENDING").With("last_validated", daysAgo(1)), "Account banh_acme_active must be ACTIVE.")
		})
	}
}

// TestAccFreshness_AtApply applies a plan after the account was validated again. The time of
// that validation is two hours after the plan.
func TestAccFreshness_AtApply(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	const account = "ephemeral.juspay_customer_account.vendor"
	const status = account + ".validation_status == \"ACTIVE\""
	for name, row := range map[string]struct {
		more string
		exit int
	}{
		"the status alone":             {"", 0},
		"the age at plantimestamp too": {" && provider::juspay::validated_within(" + account + ".last_validated, \"720h\", plantimestamp())", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			w := newApplyTimeGuard(t, server, "assertions/apply-time")
			w.Change("main.tf", status, status+row.more)
			validatedAt := func(at time.Time) {
				server.Put(acctest.AcmeWith("ACTIVE").With("last_validated", at.UTC().Format(time.RFC3339)))
			}
			validatedAt(time.Now())
			w.Plan(0, "-out", "saved.plan")
			validatedAt(time.Now().Add(2 * time.Hour))
			w.Apply(row.exit, "saved.plan")
			w.CheckPaid(row.exit == 0)
		})
	}
}

func TestAccTimecmp_FailsOnNull(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Put(acctest.AcmeWith("ACTIVE").Without("last_validated"))
	const lastValidated = "data.juspay_customer_account.vendor.last_validated"
	for name, guard := range map[string]string{
		"alone":                 "",
		"to the right of an &&": lastValidated + " != null && ",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			configuration := acctest.ReadExample(t, "data-sources/juspay_customer_account") +
				"output \"fresh\" {\n  value = " + guard + "timecmp(" + lastValidated + ", plantimestamp()) > 0\n}\n"
			w := acctest.NewWorkspace(t, server, acctest.MainFile(t, configuration))
			if supported, _ := acctest.Supports(t, acctest.LazyAnd); supported && guard != "" {
				check.Contains(t, "the output of plan", w.Plan(0), "+ fresh = false")
				return
			}
			check.Contains(t, "the output of plan", w.Plan(1), "Error: Invalid function argument", "argument must not be null")
		})
	}
}
