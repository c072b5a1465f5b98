// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// Where Terraform cannot defer a read, it fails during plan. A read that is deferred
// to apply is not made before the settings are known.
func TestAccountReader_FailsReads(t *testing.T) {
	t.Parallel()
	key := map[string]string{"JUSPAY_API_KEY": "fake"}
	unknown := tfObject{"merchant_id": tfString(tftypes.UnknownValue)}
	for name, test := range map[string]struct {
		env    map[string]string
		config tfObject
		want   []string
	}{
		"a setting is unknown":               {key, unknown, []string{"-: Unknown merchant_id"}},
		"the key is missing":                 {nil, nil, []string{"-: Missing api_key"}},
		"the key is empty":                   {key, tfObject{"api_key": tfString("")}, []string{"-: Missing api_key"}},
		"one is unknown, the key is missing": {nil, unknown, []string{"-: Missing api_key", "-: Unknown merchant_id"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plugin := newPlugin(test.env)
			checkLocated(t, "configure", configure(t, plugin, false, test.config))
			for what, read := range readFuncs {
				_, diags := read(t, plugin, typeAccount, configAccountA)
				checkLocated(t, what+" for one", diags, test.want...)
				_, diags = read(t, plugin, typeAccounts, tfObject{"customer_ids": tfStrings(numberedIDs(10_000, "cst_a"))})
				checkLocated(t, what+" for many", diags, test.want...)
				_, diags = read(t, plugin, typeAccounts, tfObject{"customer_id": tfString("cst_a")})
				checkLocated(t, what+" for a customer", diags, test.want...)
				got, diags := read(t, plugin, typeAccounts, tfObject{"customer_ids": tfStrings(nil)})
				checkLocated(t, what+" for none", diags)
				check.Equal(t, "not_active", got["not_active"], tfStrings(nil))
			}
		})
	}
}

func TestNewAccountReader(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		data any
		want []string
	}{
		"before the provider is configured": {nil, nil},
		"after the provider is configured":  {accountReader{client: &juspay.Client{}}, nil},
		"with other data": {"a string", []string{"-: Unexpected provider data: The provider data is a string, not an accountReader. " +
			"This is a bug in the provider. Report it to the provider's developers."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var resp datasource.ConfigureResponse
			new(customerAccountDataSource).Configure(t.Context(), datasource.ConfigureRequest{ProviderData: test.data}, &resp)
			checkProblems(t, resp.Diagnostics, test.want...)
		})
	}
}
