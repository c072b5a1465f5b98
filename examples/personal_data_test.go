// SPDX-License-Identifier: MPL-2.0

package examples

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

var noFeature = acctest.Feature{Name: "data sources", Terraform: "1.0", OpenTofu: "1.6"}

const one = `
data "juspay_customer_account" "vendor" {
  customer_id         = "cst_acme"
  customer_account_id = "banh_acme_active"
}
`

const allOf = `
data "juspay_customer_accounts" "vendor" {
  customer_id = "cst_acme"
}
`

// without makes a data source one that leaves the VPA out.
func without(configuration string) string {
	return strings.TrimSuffix(configuration, "}\n") + "  include_vpa = false\n}\n"
}

// apiKey is a provider block with a key, and the variable that it may come from.
func apiKey(value, variable string) string {
	block := "provider \"juspay\" {\n  api_key = " + value + "\n}\n"
	if variable != "" {
		block += "variable \"api_key\" {\n  type      = string\n  sensitive = true\n" + variable + "}\n"
	}
	return block
}

// TestAccTheTablesOfPersonalDataAreWhatHappens runs each way and looks for what
// should not be stored in each place.
func TestAccTheTablesOfPersonalDataAreWhatHappens(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessAcc(t)
	const quoted = `"` + juspaytest.APIKey + `"`
	passed := "TF_VAR_api_key=" + juspaytest.APIKey
	guide := readFile(t, "../templates/guides/personal-data.md.tmpl")
	for row, way := range map[string]struct {
		feature       acctest.Feature
		configuration string
		secret        string
		env           []string
	}{
		"data source":                                     {noFeature, one, juspaytest.VPA, nil},
		"data source with `include_vpa = false`":          {noFeature, without(one), juspaytest.VPA, nil},
		"data source for many":                            {noFeature, allOf, juspaytest.VPA, nil},
		"data source for many with `include_vpa = false`": {noFeature, without(allOf), juspaytest.VPA, nil},
		"ephemeral resource":                              {acctest.EphemeralResources, readFile(t, "ephemeral-resources/juspay_customer_account/ephemeral-resource.tf"), juspaytest.VPA, nil},

		"environment variable `JUSPAY_API_KEY`":          {noFeature, without(one), juspaytest.APIKey, nil},
		"`api_key` with the key itself":                  {noFeature, apiKey(quoted, "") + without(one), juspaytest.APIKey, []string{"JUSPAY_API_KEY="}},
		"`api_key` from a variable":                      {noFeature, apiKey("var.api_key", "") + "variable \"api_key\" {\n  type = string\n}\n" + without(one), juspaytest.APIKey, []string{"JUSPAY_API_KEY=", passed}},
		"`api_key` from a sensitive variable":            {noFeature, apiKey("var.api_key", "\n") + without(one), juspaytest.APIKey, []string{"JUSPAY_API_KEY=", passed}},
		"`api_key` from an ephemeral variable":           {acctest.EphemeralResources, apiKey("var.api_key", "  ephemeral = true\n") + without(one), juspaytest.APIKey, []string{"JUSPAY_API_KEY=", passed}},
		"`api_key` from an ephemeral variable's default": {acctest.EphemeralResources, apiKey("var.api_key", "  ephemeral = true\n  default   = "+quoted+"\n") + without(one), juspaytest.APIKey, []string{"JUSPAY_API_KEY="}},
	} {
		t.Run(row, func(t *testing.T) {
			t.Parallel()
			acctest.SkipUnlessSupported(t, way.feature)
			configuration := way.configuration
			if !strings.Contains(configuration, "required_providers") {
				configuration = requirement + configuration
			}
			found := whereFound(t, configuration, way.secret, way.env)
			want := fmt.Sprintf("| %s | %s | %s |", row, found, firstVersions(way.feature))
			if !strings.Contains(guide, want) {
				t.Errorf("the guide lacks\n%s", want)
			}
		})
	}
}

// firstVersions returns the versions that the guide names for a feature.
func firstVersions(f acctest.Feature) string {
	if f.Name == noFeature.Name {
		return "any"
	}
	return "Terraform " + f.Terraform + ", OpenTofu " + f.OpenTofu
}

// whereFound plans and applies with all logs, and reports in which places it found
// the secret: a column of the guide's tables each.
func whereFound(t *testing.T, configuration, secret string, env []string) string {
	t.Helper()
	w := acctest.NewWorkspace(t, acctest.StartAPI(t), acctest.MainFile(t, configuration), append([]string{"TF_LOG=TRACE", "TF_LOG_PATH=trace.log"}, env...)...)
	printed := w.Run(0, plan("-out", "saved.plan")...) + w.Run(0, apply("saved.plan")...) + w.Run(0, plan()...)
	places := []string{
		w.Read("terraform.tfstate"),
		w.Unzip("saved.plan"),
		w.Run(0, "show", "-json") + w.Run(0, "show", "-json", "saved.plan"),
		printed + w.Run(0, "show", "-no-color") + w.Run(0, "show", "-no-color", "saved.plan"),
		w.Read("trace.log"),
	}
	var columns []string
	for i, place := range places {
		if len(place) < 100 {
			t.Errorf("place %d is only %q", i, place)
		}
		columns = append(columns, map[bool]string{true: "yes", false: "no"}[holds(place, secret)])
	}
	return strings.Join(columns, " | ")
}

// holds reports whether text holds the secret, in one of the forms in which it is
// sent or logged.
func holds(text, secret string) bool {
	encoded := base64.StdEncoding.EncodeToString([]byte(secret + ":"))
	return strings.Contains(text, secret) || strings.Contains(text, encoded) || strings.Contains(text, strings.ReplaceAll(secret, "@", `\u0040`))
}

func TestAccAPlanHoldsTheVPAOfTheStateThatItIsMadeFrom(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, acctest.StartAPI(t), acctest.MainFile(t, requirement+one))
	w.Run(0, apply()...)
	w.Write("main.tf", requirement+without(one))
	w.Run(0, plan("-out", "first.plan")...)
	w.Run(0, apply("first.plan")...)
	w.Run(0, plan("-out", "second.plan")...)
	if !holds(w.Unzip("first.plan"), juspaytest.VPA) || holds(w.Unzip("second.plan"), juspaytest.VPA) || holds(w.Read("terraform.tfstate"), juspaytest.VPA) {
		t.Error("the VPA is not where the guide says")
	}
}

func TestAccFindVPAs(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, acctest.StartAPI(t), acctest.MainFile(t, requirement+one), "TERRAFORM="+acctest.CLI)
	w.Write("find-vpas.sh", readFile(t, "personal-data/find-vpas.sh"))
	find := func(want int, plan string, wanted ...string) {
		t.Helper()
		code, printed := w.TryRunProgram(t.Context(), "sh", "find-vpas.sh", plan)
		if code != want {
			t.Errorf("exited with %d, want %d: %s", code, want, printed)
		}
		acctest.CheckContains(t, printed, wanted...)
		acctest.CheckLacks(t, "the output", printed, juspaytest.VPA)
	}
	w.Run(0, plan("-out", "first.plan")...)
	find(1, "first.plan", "The plan holds")
	w.Run(0, apply("first.plan")...)
	find(1, "first.plan", "The plan holds", "The state holds")

	w.Write("main.tf", requirement+without(one))
	w.Run(0, plan("-out", "second.plan")...)
	w.Run(0, apply("second.plan")...)
	find(1, "second.plan", "The plan holds")
	w.Run(0, plan("-out", "third.plan")...)
	find(0, "third.plan", "Neither the plan nor the state holds")
	if code, printed := w.TryRunProgram(t.Context(), "sh", "find-vpas.sh"); code != 2 || printed != "Usage: sh find-vpas.sh PLAN, such as: sh find-vpas.sh saved.plan" {
		t.Errorf("exited with %d: %s", code, printed)
	}
	w.Write("text.plan", "not a plan")
	for _, name := range []string{"missing.plan", "text.plan"} {
		if code, printed := w.TryRunProgram(t.Context(), "sh", "find-vpas.sh", name); code == 0 {
			t.Errorf("%s holds no VPA: %s", name, printed)
		}
	}
}

func TestAccWithoutVPA(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := acctest.NewWorkspace(t, server, os.DirFS("personal-data/without-vpa"))
	w.Run(0, apply()...)
	if !paidOut(w) {
		t.Error("no payout was made to an ACTIVE account")
	}
	acctest.CheckContains(t, strings.ReplaceAll(w.Read("terraform.tfstate"), `": `, `":`), `"vpa":null`, `"include_vpa":false`)
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme_active").With("validation_status", "PENDING"))
	acctest.CheckContains(t, w.Run(1, plan()...), "Account banh_acme_active must be ACTIVE, but is PENDING.")
}

func TestAccAnEphemeralAccountGuardsThePayout(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	server := acctest.StartAPI(t)
	w := newPageExample(t, server, "ephemeral-resources/juspay_customer_account")
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme_active").With("validation_status", "FAILURE"))
	acctest.CheckContains(t, w.Run(1, plan()...), "Error: Resource precondition failed", "The vendor's account must be ACTIVE.")
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme_active"))
	w.Run(0, plan("-out", "saved.plan")...)

	// It is read afresh each time: what has changed since the plan is found.
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme_active").With("validation_status", "FAILURE"))
	server.DrainRequests()
	acctest.CheckContains(t, w.Run(1, apply("saved.plan")...), "The vendor's account must be ACTIVE.")
	if n := len(server.DrainRequests()); n == 0 || paidOut(w) {
		t.Errorf("the payout was made after %d requests", n)
	}
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme_active"))
	w.Run(0, apply()...)
	if !paidOut(w) {
		t.Error("no payout was made to an ACTIVE account")
	}
}

func TestAccAnEphemeralAccountWithAPostcondition(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	server := acctest.StartAPI(t)
	w := newPageExample(t, server, "ephemeral-resources/juspay_customer_account/postcondition")
	w.Run(0, plan()...)
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme_active").With("validation_status", "PENDING"))
	acctest.CheckContains(t, w.Run(1, plan()...), "Error: Resource postcondition failed", "The vendor's account must be ACTIVE.")
	server.Put(juspaytest.NewAccount("cst_acme", "banh_acme_active").Without("validation_status"))
	acctest.CheckContains(t, w.Run(1, plan()...), "The vendor's account must be ACTIVE.")
}

func TestAccAnEphemeralAccountFailsAsTheDataSourceDoes(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	server := acctest.StartAPI(t)
	server.Fail(juspaytest.Fault{Status: 404, Body: juspaytest.Error("invalid_request_error", "x", "RESOURCE_NOT_FOUND", "None.", "None.")})
	w := newPageExample(t, server, "ephemeral-resources/juspay_customer_account")
	acctest.CheckContains(t, w.Run(1, plan()...), "Error: Customer account not found", `Customer account "banh_acme_active" of customer "cst_acme" could not be read`, "Juspay's code: RESOURCE_NOT_FOUND")
	w.Write("ephemeral-resource.tf", strings.Replace(readFile(t, "ephemeral-resources/juspay_customer_account/ephemeral-resource.tf"), `"cst_acme"`, `""`, 1))
	acctest.CheckContains(t, w.Run(1, "validate", "-no-color"), "Error: Invalid customer_id", "customer_id must not be empty.")
}

func TestAccAnEphemeralAccountWaitsAndIsOpenedWhenItsIDIsKnown(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	server := acctest.StartAPI(t)
	pending := juspaytest.NewAccount("cst_acme", "banh_acme_active").With("validation_status", "PENDING")
	server.Fail(juspaytest.Fault{CustomerAccountID: "banh_acme_active", Times: 1, Body: pending})
	configuration := readFile(t, "ephemeral-resources/juspay_customer_account/ephemeral-resource.tf")
	configuration = strings.Replace(configuration, `= "banh_acme_active"`, "= terraform_data.made.output\n  wait_for_validation = true", 1)
	w := acctest.NewWorkspace(t, server, acctest.MainFile(t, configuration+"resource \"terraform_data\" \"made\" {\n  input = \"banh_acme_active\"\n}\n"))
	w.Run(0, plan()...)
	if n := len(server.DrainRequests()); n != 0 {
		t.Errorf("%d requests before the id was known", n)
	}
	w.Run(0, apply()...)
	if n := len(server.Requests()); !paidOut(w) || n < 2 {
		t.Errorf("no payout after %d requests", n)
	}
}

func TestAccAnAPIKeyFromASecretStoreIsStoredNowhere(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	const key = "fake-key-of-a-secret-store"
	for directory, standIn := range map[string]string{"api-key/vault": "vault", "api-key/aws-secrets-manager": "aws"} {
		t.Run(directory, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			server.AcceptKeys(key)
			w := acctest.NewWorkspace(t, server, os.DirFS(directory), "JUSPAY_API_KEY=", strings.ToUpper(standIn)+"_STAND_IN="+key, "TF_LOG=TRACE", "TF_LOG_PATH=trace.log")
			addProvider(t, w, standIn)
			printed := w.Run(0, "validate", "-no-color") + w.Run(0, plan("-out", "saved.plan")...) + w.Run(0, apply("saved.plan")...)
			requests := server.Requests()
			if len(requests) != 1 || requests[0].Key() != key {
				t.Errorf("%d requests, not one with the key of the store", len(requests))
			}
			checkStoredNowhere(t, w, printed, key)
		})
	}
}

func TestAccAVPAForAWriteOnlyArgumentIsStoredNowhere(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.WriteOnly)
	received := filepath.Join(t.TempDir(), "received")
	w := acctest.NewWorkspace(t, acctest.StartAPI(t), os.DirFS("personal-data/write-only"), "AWS_STAND_IN="+received, "TF_LOG=TRACE", "TF_LOG_PATH=trace.log")
	addProvider(t, w, "aws")
	printed := w.Run(0, plan("-out", "saved.plan")...) + w.Run(0, apply("saved.plan")...)
	if got := readFile(t, received); got != juspaytest.VPA {
		t.Errorf("the resource received %q", got)
	}
	checkStoredNowhere(t, w, printed, juspaytest.VPA)
}
