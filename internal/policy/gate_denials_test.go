// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"fmt"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
)

const (
	bankRequirement = "terraform {\n  required_providers {\n    juspay = {\n      source = \"juspay/juspay\"\n    }\n" +
		"    bank = {\n      source = \"hashicorp/bank\"\n    }\n  }\n}\n"
	boundPayout = "resource \"terraform_data\" \"payout\" {\n  input = data.juspay_customer_account.vendor.customer_account_id\n%s}\n"
	bankPayout  = "resource \"bank_transfer\" \"x\" {\n  payee = data.juspay_customer_account.vendor.customer_account_id\n%s}\n"
)

func unlistedType(address, resourceType string) string {
	return fmt.Sprintf("%s: its type %s is in neither juspay.payouts nor juspay.other_resources."+
		" Add it to juspay.payouts with where it names an account, or to juspay.other_resources if it pays nobody.", address, resourceType)
}

func unlistedEphemeral(address, resourceType string) string {
	return fmt.Sprintf("%s: it runs whenever the plan is applied, no plan shows what it is given, and juspay.other_resources does not list its type %s."+
		" Remove it, or add its type if it pays nobody.", address, resourceType)
}

// TestAccPolicyGate_DeniesWhateverRunsAndIsNotListed plans each way in which something
// other than a bound payout may pay, with payouts bound, through the gate.
func TestAccPolicyGate_DeniesWhateverRunsAndIsNotListed(t *testing.T) {
	t.Parallel()
	const (
		lateRead = `
data "bank_transfer" "x" {
  payee      = "banh_dairy_pending"
  depends_on = [terraform_data.payout]
}
`
		session = `
ephemeral "bank_transfer" "x" {
  payee = "banh_dairy_pending"
}
`
		block       = "\nprovider \"bank\" {\n  token = \"banh_dairy_pending\"\n}\n"
		provisioned = "  provisioner \"local-exec\" {\n    command = \"true\"\n  }\n"
		notReadLate = "data.bank_transfer.x: its payee is neither the id nor the VPA of an account that this plan reads." +
			" Pay out to an account that is read in the same plan."
		unlisted = "provider bank: its block has arguments, and neither juspay.payouts nor juspay.other_resources lists a type of %s/hashicorp/bank." +
			" Remove the block; or add a type of the provider, or its address to juspay.other_resources if it pays nobody."
		provisioner = "terraform_data.payout: it has a provisioner of type local-exec, which juspay.other_resources does not list." +
			" Remove it, or add its type if it pays nobody."
		writeOnly = "bank_transfer.x: the configuration sets its payee_wo, and the plan shows null," +
			" as it does for write-only arguments, which may name an account. Remove it; or, if it names none, add bank_transfer.payee_wo to juspay.other_resources."
	)
	registry := map[bool]string{false: "registry.terraform.io", true: "registry.opentofu.org"}[acctest.IsOpenTofu()]
	for name, row := range map[string]struct {
		needs         acctest.Feature
		configuration string
		payouts       string
		others        string
		want          []string
	}{
		"a bound payout is allowed": {configuration: fmt.Sprintf(boundPayout, "")},
		"a data source that is read during apply is denied": {
			configuration: fmt.Sprintf(boundPayout, "") + lateRead, want: []string{unlistedType("data.bank_transfer.x", "bank_transfer")},
		},
		"a data source that is read during apply is bound if its type is listed": {
			configuration: fmt.Sprintf(boundPayout, "") + lateRead, payouts: `, "bank_transfer": ["payee"]`, want: []string{notReadLate},
		},
		"a data source that is read during apply is allowed if its type is listed": {
			configuration: fmt.Sprintf(boundPayout, "") + lateRead, others: `"bank_transfer"`,
		},
		"a data source that was read for the plan has run already": {
			configuration: fmt.Sprintf(boundPayout, "") + "data \"bank_transfer\" \"x\" {\n  payee = \"banh_dairy_pending\"\n}\n",
		},
		"an ephemeral resource is denied": {
			needs: acctest.EphemeralResources, configuration: fmt.Sprintf(boundPayout, "") + session,
			want: []string{unlistedEphemeral("ephemeral.bank_transfer.x", "bank_transfer")},
		},
		"an ephemeral resource of a type that pays is denied": {
			needs: acctest.EphemeralResources, configuration: fmt.Sprintf(boundPayout, "") + session, payouts: `, "bank_transfer": ["payee"]`,
			want: []string{unlistedEphemeral("ephemeral.bank_transfer.x", "bank_transfer")},
		},
		"an ephemeral resource of a listed type is allowed": {
			needs: acctest.EphemeralResources, configuration: fmt.Sprintf(boundPayout, "") + session, others: `"bank_transfer"`,
		},
		"a provider block with arguments is denied": {
			configuration: fmt.Sprintf(boundPayout, "") + block + strings.Replace(lateRead, "  depends_on = [terraform_data.payout]\n", "", 1),
			want:          []string{fmt.Sprintf(unlisted, registry)},
		},
		"a provisioner is denied": {configuration: fmt.Sprintf(boundPayout, provisioned), want: []string{provisioner}},
		"a listed provisioner is allowed": {
			configuration: fmt.Sprintf(boundPayout, provisioned), others: `"local-exec"`,
		},
		"a write-only argument of a payout is denied": {
			needs: acctest.WriteOnly, configuration: fmt.Sprintf(bankPayout, "  payee_wo = \"banh_dairy_pending\"\n"), payouts: `, "bank_transfer": ["payee"]`,
			want: []string{writeOnly},
		},
		"a payout without its write-only argument is allowed": {
			needs: acctest.WriteOnly, configuration: fmt.Sprintf(bankPayout, ""), payouts: `, "bank_transfer": ["payee"]`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.SkipUnlessSupported(t, row.needs)
			configuration := acctest.InProduction + bankRequirement + acctest.SingleRead + row.configuration
			w, gate := acctest.NewGate(t, acctest.PutValidatedToday(acctest.StartAPI(t)), acctest.MainFile(t, configuration))
			w.AddProvider("bank")
			w.Change("policies/settings.json", `"payouts": false`, `"payouts": {"terraform_data": ["input"]`+row.payouts+`}`)
			w.Change("policies/settings.json", `"other_resources": []`, `"other_resources": [`+row.others+`]`)
			code, printed := gate()
			checkDenied(t, denials(printed), row.want)
			checkGate(t, w, code, printed, row.want == nil, "")
		})
	}
}

// TestAccPolicyGate_EphemeralAccounts plans what depends on an ephemeral account in
// some way, through the gate, with the settings as they are shipped.
func TestAccPolicyGate_EphemeralAccounts(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.WriteOnly)
	const (
		account = `
ephemeral "juspay_customer_account" "vendor" {
  customer_id         = "cst_acme"
  customer_account_id = "banh_acme_active"
}
`
		many = `
ephemeral "juspay_customer_accounts" "vendor" {
  customer_ids = { banh_acme_active = "cst_acme" }
}
`
		// The edge to the provider is left out, since another edge implies it.
		foreign = `
resource "bank_transfer" "x" {}

ephemeral "juspay_customer_account" "vendor" {
  provider          = bank
  validation_status = "ACTIVE"
  depends_on        = [bank_transfer.x]
}
`
		status    = "ephemeral.juspay_customer_account.vendor.validation_status"
		condition = "  lifecycle {\n    precondition {\n      condition     = %s == \"ACTIVE\"\n      error_message = \"It is not ACTIVE.\"\n    }\n  }\n"
		writeOnly = "resource \"bank_transfer\" \"x\" {\n  payee_wo = %s\n%s}\n"
		local     = "locals {\n  payee = ephemeral.juspay_customer_account.vendor.vpa\n}\n"
		payout    = "resource \"terraform_data\" \"payout\" {\n%s}\n"
		hidden    = ephemeralAddress + ": the graph of the plan does not show that a provider of juspay.providers reads it." +
			" Set the provider's source to one that is listed, in required_providers; or list your own mirror."
	)
	guard := fmt.Sprintf(condition, status)
	for name, row := range map[string]struct {
		configuration string
		others        string
		want          []string
	}{
		"one on which nothing depends is allowed":    {configuration: account},
		"many on which nothing depends are allowed":  {configuration: many},
		"a payout with a condition on it is allowed": {configuration: account + fmt.Sprintf(payout, guard)},
		"a payout with another condition on it is allowed": {
			configuration: account + local + fmt.Sprintf(payout, fmt.Sprintf(condition, `local.payee == "x" ? "" : "ACTIVE"`)),
		},
		"a write-only argument is denied": {
			configuration: account + fmt.Sprintf(writeOnly, "ephemeral.juspay_customer_account.vendor.vpa", ""),
			want:          []string{unguarded("bank_transfer.x", "bank_transfer")},
		},
		"a write-only argument through a local value is denied": {
			configuration: account + local + fmt.Sprintf(writeOnly, "local.payee", ""), want: []string{unguarded("bank_transfer.x", "bank_transfer")},
		},
		"a write-only argument with a condition is allowed": {
			configuration: account + local + fmt.Sprintf(writeOnly, "local.payee", guard),
		},
		"a write-only argument of a type that pays nobody is allowed": {
			configuration: account + local + fmt.Sprintf(writeOnly, "local.payee", ""), others: `"bank_transfer"`,
		},
		"another ephemeral resource is denied": {
			configuration: account + "ephemeral \"bank_transfer\" \"x\" {\n  payee = ephemeral.juspay_customer_account.vendor.vpa\n}\n",
			want:          []string{unguarded("ephemeral.bank_transfer.x", "bank_transfer")},
		},
		"a provider block makes all of its provider depend on it": {
			configuration: account + "provider \"bank\" {\n  token = ephemeral.juspay_customer_account.vendor.vpa\n}\nresource \"bank_transfer\" \"x\" {}\n",
			want:          []string{unguarded("bank_transfer.x", "bank_transfer")},
		},
		"what depends on a payout depends on it too": {
			configuration: account + fmt.Sprintf(payout, guard) + "resource \"terraform_data\" \"after\" {\n  input = terraform_data.payout.id\n}\n",
			want:          []string{unguarded("terraform_data.after", "terraform_data")},
		},
		"one of another provider is denied though the graph leaves out its edge": {
			configuration: foreign + fmt.Sprintf(payout, guard), want: []string{hidden},
		},
		"one of another provider on which nothing depends is denied": {
			configuration: strings.Replace(foreign, "  depends_on        = [bank_transfer.x]\n", "", 1), want: []string{hidden},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.PutValidatedToday(acctest.StartAPI(t))
			w, gate := acctest.NewGate(t, server, acctest.MainFile(t, acctest.InProduction+bankRequirement+acctest.SingleRead+row.configuration))
			w.AddProvider("bank")
			w.Change("policies/settings.json", `"other_resources": []`, `"other_resources": [`+row.others+`]`)
			code, printed := gate()
			want := row.want
			if acctest.IsOpenTofu() && len(want) == 1 && want[0] == hidden { // which shows the account in the configuration too
				want = []string{foreignProvider(ephemeralAddress, "registry.opentofu.org/hashicorp/bank"), unlistedServer("bank", server.URL)}
			}
			checkDenied(t, denials(printed), want)
			checkGate(t, w, code, printed, row.want == nil, "")
		})
	}
}

// TestAccPolicyGate_WhoseAccounts plans with arguments that choose whose accounts are
// read, through the gate, with the settings as they are shipped.
func TestAccPolicyGate_WhoseAccounts(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	unlisted := func(name string) string {
		return "provider juspay: its argument " + name + " is not one that juspay.provider_arguments lists, so the accounts may be another merchant's," +
			" or be read in another way. Remove it, or add it to juspay.provider_arguments."
	}
	const (
		stored = "provider juspay: its argument api_key is neither ephemeral nor a file, so it may be one of the configuration's author." +
			" Let it refer to an ephemeral resource, to an ephemeral variable of the root module without a default, or to a file below path.module."
		variable = "variable \"key\" {\n  type = string\n%s}\n"
	)
	for name, row := range map[string]struct {
		arguments, beside string
		want              []string
	}{
		"limits are allowed":                    {arguments: "  max_retries = 2\n  requests_per_second = 100\n  request_timeout = \"10s\"\n"},
		"a literal key is denied":               {arguments: "  api_key = \"fake-key-accepted-by-juspaytest\"\n", want: []string{stored}},
		"a literal key within a call is denied": {arguments: "  api_key = trimspace(\"fake-key-accepted-by-juspaytest\")\n", want: []string{stored}},
		"a key from a local value is denied": {
			arguments: "  api_key = local.key\n", beside: "locals {\n  key = \"fake-key-accepted-by-juspaytest\"\n}\n", want: []string{stored},
		},
		"a key from a variable is denied": {
			arguments: "  api_key = var.key\n", beside: fmt.Sprintf(variable, "  sensitive = true\n"), want: []string{stored},
		},
		"a key from an ephemeral variable is good": {arguments: "  api_key = var.key\n", beside: fmt.Sprintf(variable, "  ephemeral = true\n")},
		"the default of an ephemeral variable is denied": {
			arguments: "  api_key = var.key\n", want: []string{stored},
			beside: fmt.Sprintf(variable, "  ephemeral = true\n  default = \"fake-key-accepted-by-juspaytest\"\n"),
		},
		"a key from a file is allowed": {arguments: "  api_key = file(\"${path.module}/key.txt\")\n"},
		"a merchant is denied":         {arguments: "  merchant_id = \"acme\"\n", want: []string{unlisted("merchant_id")}},
		"headers are denied":           {arguments: "  request_headers = { \"X-Merchant\" = \"acme\" }\n", want: []string{unlisted("request_headers")}},
		"null is as good as nothing":   {arguments: "  merchant_id = null\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			block := strings.Replace(acctest.InProduction, "\n}\n", "\n"+row.arguments+"}\n", 1)
			configuration := acctest.MainFile(t, block+acctest.Requirement+acctest.SingleRead+row.beside)
			w, gate := acctest.NewGate(t, acctest.PutValidatedToday(acctest.StartAPI(t)), configuration, "TF_VAR_key=fake-key-accepted-by-juspaytest")
			w.Write("key.txt", "fake-key-accepted-by-juspaytest")
			code, printed := gate()
			checkDenied(t, denials(printed), row.want)
			checkGate(t, w, code, printed, row.want == nil, "")
		})
	}
}
