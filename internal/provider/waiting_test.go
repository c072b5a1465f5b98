// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// pending is an account of cst_a that is PENDING for that many reads.
func pending(id string, reads int) juspaytest.Fault {
	return juspaytest.Fault{CustomerAccountID: id, Times: reads, Body: juspaytest.NewAccount("cst_a", id).With("validation_status", "PENDING")}
}

// waitingConfiguration waits up to a timeout.
func waitingConfiguration(timeout string) string {
	const more = "\n  wait_for_validation = true\n  timeouts = { read = %s }\n}\noutput \"status\" {\n  value = " +
		"data.juspay_customer_account.a.validation_status\n}"
	return strings.Replace(accountA, "\n}", fmt.Sprintf(more, timeout), 1)
}

func TestAccWaitForValidation(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Fail(pending("banh_a", 2))
	w := newWorkspace(t, server, waitingConfiguration(`"1m"`), "TF_LOG=INFO", "TF_LOG_PATH=trace.log")
	check.Contains(t, w.Run(0, "plan", "-no-color"), `+ status = "ACTIVE"`)
	checkRequests(t, server, 3)
	log := w.Read("trace.log")
	check.Contains(t, log, "Waiting for a validation to end", "customer_account_id=banh_a", "status=PENDING", "reads=1", "next_read_ms=1000", "reads=2")
	check.Lacks(t, "the log", log, juspaytest.VPA)

	server.Fail(juspaytest.Fault{Times: 1, Body: juspaytest.NewAccount("cst_a", "banh_a").With("validation_status", "FAILURE")})
	check.Contains(t, w.Plan(0), `+ status = "FAILURE"`)
}

// anyReads hides how many reads the time was enough for, on this machine.
func anyReads(text string) string {
	return regexp.MustCompile(`reads: [1-9]`).ReplaceAllString(text, "reads: n")
}

// The timeout of a read applies where nothing is waited for, too.
func TestReads_EndAtTheirTimeout(t *testing.T) {
	t.Parallel()
	hang := []juspaytest.Fault{{Delay: time.Hour}}
	three := map[string]any{"banh_a": "cst_a", "banh_b": "cst_a", "banh_c": "cst_a"}
	one := tfObject{"customer_id": tfString("cst_a"), "customer_account_id": tfString("banh_a"), "wait_for_validation": tfBool(true)}
	for name, test := range map[string]struct {
		kind         string
		set          tfObject
		faults       []juspaytest.Fault
		want, detail string
	}{
		"a validation that does not finish": {typeAccount, one, []juspaytest.Fault{pending("banh_a", 0)}, "-: Validation not finished in time",
			`Customer account "banh_a" of customer "cst_a" is still PENDING after 2s (reads: n).`},
		"validations of many that do not finish": {typeAccounts, tfObject{"customer_ids": tfStrings(three), "wait_for_validation": tfBool(true)},
			[]juspaytest.Fault{pending("banh_a", 0), pending("banh_b", 0)}, `accounts["banh_a"]: Validation not finished in time`,
			`Of 3 accounts, 2 were still in validation after 2s: accounts["banh_a"] (PENDING, reads: n), accounts["banh_b"] (PENDING, reads: n).`},
		"one account and a server that hangs": {typeAccount, one, hang, "-: Account not read in time",
			`Customer account "banh_a" of customer "cst_a" could not be read within 2s, the timeout of a read with all its retries.`},
		"all of a customer and a server that hangs": {typeAccounts, tfObject{"customer_id": tfString("cst_a")}, hang, "customer_id: Account not read in time",
			`The accounts of customer "cst_a" could not be read within 2s`},
		"many and a server that always throttles": {typeAccounts, tfObject{"customer_ids": tfStrings(numberedIDs(100, "cst_a"))},
			[]juspaytest.Fault{{Status: 429, Header: http.Header{"Retry-After": {"20"}}}}, "-: Requests throttled",
			"Run Terraform again after 20s, the Retry-After of the response, which is longer than timeouts.read allows."},
	} {
		for what, read := range readers {
			t.Run(name+", "+what, func(t *testing.T) {
				t.Parallel()
				api := acctest.StartAPI(t)
				api.Put(juspaytest.NewAccount("cst_a", "banh_c").With("validation_status", "FAILURE"))
				api.Fail(test.faults...)
				set := tfObject{"timeouts": timeouts("2s")}
				maps.Copy(set, test.set)
				_, diags := read(t, configuredServer(t, api, nil), test.kind, set)
				checkLocated(t, "the read", diags, test.want)
				check.Contains(t, anyReads(diags[0].Detail), test.detail)
			})
		}
	}
}

// A timeout may be known only after apply.
func TestAccTimeouts_Unknown(t *testing.T) {
	t.Parallel()
	const limit = "resource \"terraform_data\" \"limit\" {\n  input = \"10s\"\n}\n"
	w := newWorkspace(t, acctest.StartAPI(t), waitingConfiguration("terraform_data.limit.output")+limit)
	check.Contains(t, w.Run(0, "apply", "-auto-approve", "-no-color"), "(config refers to values not yet known)", `status = "ACTIVE"`)
}

// untilRequest waits for the first request to reach the server.
func untilRequest(t *testing.T, server *juspaytest.Server) {
	t.Helper()
	check.Error(t, "waiting for a request", server.WaitForRequests(t.Context(), 1), "")
}
