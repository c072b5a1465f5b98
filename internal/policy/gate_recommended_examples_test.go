// SPDX-License-Identifier: MPL-2.0

package policy

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// recommendation is an example that a guide or a page recommends.
type recommendation struct {
	needs    acctest.Feature
	provider string // the stand-in for another provider
	read     string // the data source that an ephemeral account needs beside it
	env      string
	settings []string // each old text of settings.json, followed by its new one
}

// Keys that the stand-ins for secret stores return.
const (
	vaultKey = "VAULT_STAND_IN=" + juspaytest.APIKey
	awsKey   = "AWS_STAND_IN=" + juspaytest.APIKey
)

// recommendations are all examples of the guides on asserting, many accounts, personal
// data and pipelines, and of the pages of the ephemeral resources.
var recommendations = map[string]recommendation{
	"policy-gate":                                  {},
	"pipelines":                                    {needs: acctest.EphemeralResources},
	"assertions/apply-time":                        {needs: acctest.EphemeralResources},
	"assertions/apply-time-many":                   {needs: acctest.EphemeralResources},
	"assertions/check":                             {},
	"assertions/check-nested":                      {},
	"assertions/freshness":                         {needs: acctest.Functions},
	"assertions/freshness-without-functions":       {},
	"assertions/output-precondition":               {},
	"assertions/payout-module":                     {},
	"assertions/postcondition":                     {},
	"assertions/precondition":                      {},
	"many-accounts/conditions":                     {},
	"many-accounts/csv":                            {},
	"many-accounts/single-customer":                {},
	"personal-data/without-vpa":                    {},
	"personal-data/payout-module":                  {needs: acctest.EphemeralResources, read: acctest.SingleRead},
	"personal-data/write-only":                     {needs: acctest.WriteOnly, provider: "aws", read: acctest.SingleRead},
	"api-key/vault":                                {needs: acctest.EphemeralResources, read: acctest.SingleRead, provider: "vault", env: vaultKey},
	"api-key/aws-secrets-manager":                  {needs: acctest.EphemeralResources, read: acctest.SingleRead, provider: "aws", env: awsKey},
	"ephemeral-resources/juspay_customer_account":  {needs: acctest.EphemeralResources, read: acctest.SingleRead},
	"ephemeral-resources/juspay_customer_accounts": {needs: acctest.EphemeralResources, read: acctest.SingleRead},
}

// TestAccPolicyGate_AllowsEachRecommendation runs each example that a guide recommends
// through the gate, with the settings as they are shipped.
func TestAccPolicyGate_AllowsEachRecommendation(t *testing.T) {
	t.Parallel()
	for directory, row := range recommendations {
		t.Run(directory, func(t *testing.T) {
			t.Parallel()
			checkRecommendation(t, directory, row)
		})
	}
}

// With payouts bound, the pair of a data source and an ephemeral account passes too.
func TestAccPolicyGate_AllowsTheRecommendedPairWithPayoutsBound(t *testing.T) {
	t.Parallel()
	for directory, pattern := range map[string]string{"assertions/apply-time": "input", "assertions/apply-time-many": "input.*"} {
		t.Run(directory, func(t *testing.T) {
			t.Parallel()
			bound := []string{`"payouts": false`, `"payouts": {"terraform_data": ["` + pattern + `"]}`}
			checkRecommendation(t, directory, recommendation{needs: acctest.EphemeralResources, settings: bound})
		})
	}
}

// Without the provider block that the guide adds, the gate denies the recommended pair.
func TestAccPolicyGate_AsksForTheServerOfTheRecommendedPair(t *testing.T) {
	t.Parallel()
	acctest.SkipUnlessSupported(t, acctest.EphemeralResources)
	server := acctest.PutValidatedToday(acctest.StartAPI(t))
	w, gate := acctest.NewGate(t, server, acctest.Example(t, "assertions/apply-time"))
	code, printed := gate()
	checkDenied(t, denials(printed), []string{unlistedServer("juspay", server.URL)})
	checkGateDenies(t, w, code, printed, " Plan to apply: none.")
}

func checkRecommendation(t *testing.T, directory string, row recommendation) {
	t.Helper()
	acctest.SkipUnlessSupported(t, row.needs)
	server := acctest.PutValidatedToday(acctest.StartAPI(t))
	w, gate := acctest.NewGate(t, server, complete(t, directory, row.read), row.env)
	if row.provider != "" {
		w.AddProvider(row.provider)
	}
	for pair := range slices.Chunk(row.settings, 2) {
		w.Change("policies/settings.json", pair[0], pair[1])
	}
	w.Run(0, "get")
	code, printed := gate()
	checkDenied(t, denials(printed), nil)
	checkGate(t, w, code, printed, true, "")
}

// complete returns an example and the parts that its page leaves out: the provider's source, a
// block that reads from production, and a data source.
func complete(t *testing.T, directory, more string) fs.FS {
	t.Helper()
	dir := filepath.Join(t.TempDir(), filepath.Base(directory))
	check.MustNoError(t, "os.CopyFS", os.CopyFS(dir, acctest.Example(t, directory)))
	configuration := acctest.ReadExample(t, directory)
	if !strings.Contains(configuration, "required_providers") {
		more += acctest.Requirement
	}
	if !strings.Contains(configuration, "provider \"juspay\"") {
		more += acctest.InProduction
	}
	main := filepath.Join(dir, "main.tf")
	content, err := os.ReadFile(main)
	if !os.IsNotExist(err) {
		check.MustNoError(t, "os.ReadFile", err)
	}
	acctest.WriteFile(t, dir, "main.tf", string(content)+"\n"+more)
	return os.DirFS(dir)
}

// TestAccPolicyGate_ProviderBlocksThatAreAllAliases plans with no provider block but
// those that have an alias, as for_each of OpenTofu demands it.
func TestAccPolicyGate_ProviderBlocksThatAreAllAliases(t *testing.T) {
	t.Parallel()
	const aliased = "provider \"juspay\" {\n  alias       = \"main\"\n%  environment = \"production\"\n}\n"
	read := strings.Replace(acctest.SingleRead, "{\n", "{\n  provider            = juspay.main%\n", 1)
	empty := "provider juspay: its block does not set environment or base_url to one of"
	for name, row := range map[string]struct {
		needs         acctest.Feature
		configuration string
		denied        bool
	}{
		"an alias alone is allowed": {configuration: strings.ReplaceAll(aliased+read, "%", "")},
		"an alias for each instance is allowed": {
			needs:         acctest.ProviderForEach,
			configuration: strings.Replace(strings.Replace(aliased, "%", "  for_each    = toset([\"a\"])\n", 1)+read, "%", "[\"a\"]", 1),
		},
		"a block that is implied and read from is denied": {
			configuration: strings.ReplaceAll(aliased+read, "%", "") + strings.Replace(acctest.SingleRead, "\"vendor\"", "\"other\"", 1), denied: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.SkipUnlessSupported(t, row.needs)
			w, gate := acctest.NewGate(t, acctest.PutValidatedToday(acctest.StartAPI(t)), acctest.MainFile(t, acctest.Requirement+row.configuration))
			code, printed := gate()
			shown := denials(printed)
			if row.denied && (len(shown) != 1 || !strings.HasPrefix(shown[0], empty)) || !row.denied && len(shown) != 0 {
				t.Errorf("got the denials %q, want one of the implied block: %t", shown, row.denied)
			}
			checkGate(t, w, code, printed, !row.denied, "")
		})
	}
}
