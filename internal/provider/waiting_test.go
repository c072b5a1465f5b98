// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// pending is an account of cst_a that is PENDING for that many reads.
func pending(id string, reads int) juspaytest.Fault {
	return juspaytest.Fault{CustomerAccountID: id, Times: reads, Body: juspaytest.NewAccount("cst_a", id).With("validation_status", "PENDING")}
}

const waitingOne = `
data "juspay_customer_account" "a" {
  customer_id         = "cst_a"
  customer_account_id = "banh_a"
  wait_for_validation = true
  timeouts            = { read = "%s" }
}
output "status" {
  value = data.juspay_customer_account.a.validation_status
}
`

const waitingMany = `
data "juspay_customer_accounts" "vendors" {
  customer_ids        = { banh_a = "cst_a", banh_b = "cst_a", banh_c = "cst_a" }
  wait_for_validation = true
  timeouts            = { read = "%s" }
}
output "statuses" {
  value = join(" ", [for account in data.juspay_customer_accounts.vendors.accounts : account.validation_status])
}
`

// anyReads matches how many reads two seconds were enough for, on this machine.
var anyReads = regexp.MustCompile(`reads: [1-9]`)

func TestAccWaitForValidation(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Fail(pending("banh_a", 2))
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+fmt.Sprintf(waitingOne, "1m")), "TF_LOG=INFO", "TF_LOG_PATH=trace.log")
	acctest.CheckContains(t, w.Run(0, "plan", "-no-color"), `+ status = "ACTIVE"`)
	if n := len(server.Requests()); n != 3 {
		t.Errorf("%d requests were sent", n)
	}
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
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+fmt.Sprintf(waitingMany, "1m")))
	acctest.CheckContains(t, w.Run(0, "plan", "-no-color"), `+ statuses = "ACTIVE ACTIVE FAILURE"`)
	if n := len(server.Requests()); n != 6 {
		t.Errorf("%d requests were sent", n)
	}

	server.Fail(pending("banh_a", 0), pending("banh_b", 0))
	w = acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+fmt.Sprintf(waitingMany, "2s")))
	printed := w.Run(1, "plan", "-no-color")
	acctest.CheckContains(t, anyReads.ReplaceAllString(printed, "reads: n"),
		"Error: Validation not finished in time",
		`Of 3 accounts, 2 were still in validation after 2s: accounts["banh_a"] (PENDING, reads: n), accounts["banh_b"] (PENDING, reads: n).`,
		"Run Terraform again later, or raise timeouts.read, which is 2s now.")
	if n := strings.Count(printed, "Error:"); n != 1 {
		t.Errorf("%d errors", n)
	}
}

func TestAccWaitForValidation_Timeout(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Fail(pending("banh_a", 0))
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+fmt.Sprintf(waitingOne, "2s")))
	acctest.CheckContains(t, anyReads.ReplaceAllString(w.Run(1, "plan", "-no-color"), "reads: n"),
		"Error: Validation not finished in time",
		`Customer account "banh_a" of customer "cst_a" is still PENDING after 2s (reads: n). Run Terraform again later, or raise timeouts.read, which is 2s now. Without wait_for_validation, the current status is returned.`)
}

func TestAccInterrupt_EndsAWait(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Fail(pending("banh_a", 0))
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+fmt.Sprintf(waitingOne, "1h")))
	ctx, interrupt := context.WithCancel(t.Context())
	go func() {
		if err := server.WaitForRequests(t.Context(), 2); err != nil {
			t.Error(err)
		}
		interrupt()
	}()
	_, printed := w.TryRun(ctx, "plan", "-no-color")
	acctest.CheckContains(t, printed, "Error: Read canceled", "Terraform stopped the read before a response came.")
}

// The limit holds where nothing is waited for, too.
func TestAccTimeouts_BoundEveryRead(t *testing.T) {
	t.Parallel()
	const limit = "  timeouts = { read = \"1s\" }\n}\n"
	for name, test := range map[string]struct {
		configuration string
		fault         juspaytest.Fault
		want          []string
	}{
		"one account and a server that hangs": {
			strings.TrimSuffix(accountA, "}\n") + limit, juspaytest.Fault{Delay: time.Hour},
			[]string{"Error: Account not read in time", `Customer account "banh_a" of customer "cst_a" could not be read within 1s, the timeout of a read with all its retries.`, "Raise timeouts.read"},
		},
		"all of a customer and a server that hangs": {
			"data \"juspay_customer_accounts\" \"vendors\" {\n  customer_id = \"cst_a\"\n" + limit, juspaytest.Fault{Delay: time.Hour},
			[]string{"Error: Account not read in time", `The accounts of customer "cst_a" could not be read within 1s`},
		},
		"many and a server that always throttles": {
			"data \"juspay_customer_accounts\" \"vendors\" {\n  customer_ids = { for i in range(100) : i == 7 ? \"banh_a\" : \"banh_${i}\" => \"cst_a\" }\n" + limit,
			juspaytest.Fault{Status: 429, Header: http.Header{"Retry-After": {"20"}}},
			[]string{"Error: Requests throttled", "100 of 100 accounts (first accounts[", "Run Terraform again after 20s, the Retry-After of the response, which is longer than timeouts.read allows."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			server.Fail(test.fault)
			w := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+test.configuration))
			printed := w.Run(1, "plan", "-no-color")
			acctest.CheckContains(t, printed, test.want...)
			if n := strings.Count(printed, "Error:"); n != 1 {
				t.Errorf("%d errors", n)
			}
		})
	}
}

// Of many, those that were read in time are counted.
func TestAccTimeouts_CountReadAccounts(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := manyWorkspace(t, server, 100, "")
	server.Throttle(30)
	main := strings.Replace(w.Read("main.tf"), "  customer_ids = var.customer_ids\n", "  customer_ids = var.customer_ids\n  timeouts = { read = \"2500ms\" }\n", 1)
	w.Write("main.tf", main)
	printed := w.Run(1, "plan", "-no-color")
	var read, unread int
	found := regexp.MustCompile(`Of 100 accounts, \d+ were read and \d+ were not\.`).FindString(printed)
	if _, err := fmt.Sscanf(found, "Of 100 accounts, %d were read and %d were not.", &read, &unread); err != nil || read == 0 || unread == 0 || read+unread != 100 {
		t.Errorf("%d were read and %d were not, %v, in\n%s", read, unread, err, printed)
	}
}

func TestTimeouts_Invalid(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"0s", "0", "-1m", "5", "", "soon", "5 m", "1h-2h"} {
		for name, kind := range map[string]tftypes.Type{
			"juspay_customer_account":  customerAccountSchema().Type().TerraformType(t.Context()),
			"juspay_customer_accounts": customerAccountsSchema().Type().TerraformType(t.Context()),
		} {
			t.Run(name+" "+value, func(t *testing.T) {
				t.Parallel()
				limits := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"read": tftypes.String}}
				set := map[string]tftypes.Value{"customer_id": text("cst_a"), "timeouts": tftypes.NewValue(limits, map[string]tftypes.Value{"read": text(value)})}
				if name == "juspay_customer_account" {
					set["customer_account_id"] = text("banh_a")
				}
				resp, err := protocolServer(nil).ValidateDataResourceConfig(t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{TypeName: name, Config: encode(t, kind, set)})
				if err != nil {
					t.Fatal(err)
				}
				if got, want := located(resp.Diagnostics), []string{"timeouts.read: Invalid timeouts.read"}; !slices.Equal(got, want) {
					t.Fatalf("got %q", got)
				}
				if got, want := resp.Diagnostics[0].Detail, "timeouts.read must be a Go duration greater than zero, such as 90s or 10m."; got != want {
					t.Errorf("got %q", got)
				}
			})
		}
	}
}

func TestAccTimeouts_InvalidAndUnknown(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+fmt.Sprintf(waitingOne, "-5m")))
	acctest.CheckContains(t, w.Run(1, "validate", "-no-color"), "Error: Invalid timeouts.read", "timeouts.read must be a Go duration greater than zero, such as 90s or 10m.")
	unknown := acctest.NewWorkspace(t, server, acctest.MainFile(t, requirement+strings.Replace(fmt.Sprintf(waitingOne, ""), `read = ""`, "read = terraform_data.limit.output", 1)+"resource \"terraform_data\" \"limit\" {\n  input = \"10s\"\n}\n"))
	acctest.CheckContains(t, unknown.Run(0, "apply", "-auto-approve", "-no-color"), "(config refers to values not yet known)", `status = "ACTIVE"`)
}
