// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// pending is an account of cst_a that is PENDING for that many reads.
func pending(id string, reads int) juspaytest.Fault {
	return juspaytest.Fault{CustomerAccountID: id, Times: reads, Body: juspaytest.NewAccount("cst_a", id).With("validation_status", "PENDING")}
}

// waitingOne and waitingMany wait up to a timeout.
func waitingOne(timeout string) string {
	const more = "\n  wait_for_validation = true\n  timeouts = { read = %s }\n}\noutput \"status\" {\n  value = data.juspay_customer_account.a.validation_status\n}"
	return strings.Replace(accountA, "\n}", fmt.Sprintf(more, timeout), 1)
}

func waitingMany(timeout string) string {
	return vendors("  customer_ids = { banh_a = \"cst_a\", banh_b = \"cst_a\", banh_c = \"cst_a\" }\n  wait_for_validation = true\n  timeouts = { read = \""+timeout+"\" }") +
		"output \"statuses\" {\n  value = join(\" \", [for account in data.juspay_customer_accounts.vendors.accounts : account.validation_status])\n}\n"
}

func TestAccWaitForValidation(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Fail(pending("banh_a", 2))
	w := newWorkspace(t, server, waitingOne(`"1m"`), "TF_LOG=INFO", "TF_LOG_PATH=trace.log")
	acctest.CheckContains(t, w.Run(0, "plan", "-no-color"), `+ status = "ACTIVE"`)
	checkRequests(t, server, 3)
	log := w.Read("trace.log")
	acctest.CheckContains(t, log, "Waiting for a validation to end", "customer_account_id=banh_a", "status=PENDING", "reads=1", "next_read_ms=1000", "reads=2")
	acctest.CheckLacks(t, "the log", log, juspaytest.VPA)

	server.Fail(juspaytest.Fault{Times: 1, Body: juspaytest.NewAccount("cst_a", "banh_a").With("validation_status", "FAILURE")})
	acctest.CheckContains(t, w.Run(0, "plan", "-no-color"), `+ status = "FAILURE"`)
}

func TestAccWaitForValidation_ManyShareOneTimeout(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Put(juspaytest.NewAccount("cst_a", "banh_b"))
	server.Put(juspaytest.NewAccount("cst_a", "banh_c").With("validation_status", "FAILURE"))
	server.Fail(pending("banh_a", 1), pending("banh_b", 2))
	acctest.CheckContains(t, newWorkspace(t, server, waitingMany("1m")).Run(0, "plan", "-no-color"), `+ statuses = "ACTIVE ACTIVE FAILURE"`)
	checkRequests(t, server, 6)

	server.Fail(pending("banh_a", 0), pending("banh_b", 0))
	printed := newWorkspace(t, server, waitingMany("2s")).Run(1, "plan", "-no-color")
	acctest.CheckContains(t, anyReads(printed), "Error: Validation not finished in time",
		`Of 3 accounts, 2 were still in validation after 2s: accounts["banh_a"] (PENDING, reads: n), accounts["banh_b"] (PENDING, reads: n).`)
	checkOneError(t, printed)
}

// anyReads hides how many reads the time was enough for, on this machine.
func anyReads(text string) string {
	return regexp.MustCompile(`reads: [1-9]`).ReplaceAllString(text, "reads: n")
}

// The timeout of a read holds where nothing is waited for, too.
func TestReads_EndAtTheirTimeout(t *testing.T) {
	t.Parallel()
	hang := juspaytest.Fault{Delay: time.Hour}
	one := tfObject{"customer_id": text("cst_a"), "customer_account_id": text("banh_a"), "wait_for_validation": boolean(true)}
	for name, test := range map[string]struct {
		kind         string
		set          tfObject
		fault        juspaytest.Fault
		want, detail string
	}{
		"a validation that does not finish": {typeAccount, one, pending("banh_a", 0), "-: Validation not finished in time",
			`Customer account "banh_a" of customer "cst_a" is still PENDING after 1s (reads: n).`},
		"one account and a server that hangs": {typeAccount, one, hang, "-: Account not read in time",
			`Customer account "banh_a" of customer "cst_a" could not be read within 1s, the timeout of a read with all its retries.`},
		"all of a customer and a server that hangs": {typeAccounts, tfObject{"customer_id": text("cst_a")}, hang, "customer_id: Account not read in time",
			`The accounts of customer "cst_a" could not be read within 1s`},
		"many and a server that always throttles": {typeAccounts, tfObject{"customer_ids": texts(many(100, "cst_a"))},
			juspaytest.Fault{Status: 429, Header: http.Header{"Retry-After": {"20"}}}, "-: Requests throttled",
			"Run Terraform again after 20s, the Retry-After of the response, which is longer than timeouts.read allows."},
	} {
		for what, read := range readers {
			t.Run(name+", "+what, func(t *testing.T) {
				t.Parallel()
				api := acctest.StartAPI(t)
				api.Fail(test.fault)
				set := tfObject{"timeouts": timeouts("1s")}
				for argument, value := range test.set {
					set[argument] = value
				}
				_, diags := read(t, configuredServer(t, api, nil), test.kind, set)
				checkLocated(t, "the read", diags, test.want)
				acctest.CheckContains(t, anyReads(diags[0].Detail), test.detail)
			})
		}
	}
}

// Of many, those that were read in time are counted.
func TestAccTimeouts_CountReadAccounts(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := manyWorkspace(t, server, 100, "")
	server.Throttle(30)
	w.Write("main.tf", strings.Replace(w.Read("main.tf"), "= var.customer_ids\n", "= var.customer_ids\n  timeouts = { read = \"2500ms\" }\n", 1))
	printed := w.Run(1, "plan", "-no-color")
	var read, unread int
	found := regexp.MustCompile(`Of 100 accounts, \d+ were read and \d+ were not\.`).FindString(printed)
	if _, err := fmt.Sscanf(found, "Of 100 accounts, %d were read and %d were not.", &read, &unread); err != nil || read == 0 || unread == 0 || read+unread != 100 {
		t.Errorf("%d were read and %d were not, %v, in\n%s", read, unread, err, printed)
	}
}

// A timeout that is known only after apply is no error.
func TestAccTimeouts_Unknown(t *testing.T) {
	t.Parallel()
	const limit = "resource \"terraform_data\" \"limit\" {\n  input = \"10s\"\n}\n"
	w := newWorkspace(t, acctest.StartAPI(t), waitingOne("terraform_data.limit.output")+limit)
	acctest.CheckContains(t, w.Run(0, "apply", "-auto-approve", "-no-color"), "(config refers to values not yet known)", `status = "ACTIVE"`)
}

func TestAccInterrupt_EndsAWait(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Fail(pending("banh_a", 0))
	printed := interruptAfter(t, server, newWorkspace(t, server, waitingOne(`"1h"`)), 2)
	acctest.CheckContains(t, printed, "Error: Read canceled", "Terraform stopped the read before a response came.")
}

func TestServer_InterruptCancelsReads(t *testing.T) {
	t.Parallel()
	for name, read := range readers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := acctest.StartAPI(t)
			api.Fail(juspaytest.Fault{Delay: time.Hour})
			interrupt, cancel := context.WithCancel(t.Context())
			defer cancel()
			server := NewServer(interrupt, newWithEnvironment("1.2.3", environ(envFor(api)))())()
			checkLocated(t, "configure", configure(t, server, false, nil))
			go func() {
				untilRequest(t, api)
				cancel()
			}()
			for _, when := range []string{"during a read", "before a read"} {
				_, diags := read(t, server, typeAccounts, tfObject{"customer_ids": texts(map[string]any{"banh_a": "cst_a"})})
				checkLocated(t, when, diags, `accounts["banh_a"]: Read canceled`)
			}
		})
	}
}

// untilRequest waits for the first request to reach the server.
func untilRequest(t *testing.T, server *juspaytest.Server) {
	t.Helper()
	if err := server.WaitForRequests(t.Context(), 1); err != nil {
		t.Error(err)
	}
}
