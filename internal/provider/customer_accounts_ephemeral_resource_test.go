// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"slices"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestCustomerAccountsEphemeralResource_ReturnsWhatTheDataSourceReturns(t *testing.T) {
	t.Parallel()
	api := acctest.StartAPI(t)
	api.Put(juspaytest.NewAccount("cst_a", "banh_b").With("validation_status", "FAILURE").With("date_created", "yesterday"))
	server := protocolServer(map[string]string{"JUSPAY_API_KEY": juspaytest.APIKey, "JUSPAY_BASE_URL": api.URL})
	if diags := configure(t, server, false, nil); len(diags) != 0 {
		t.Fatalf("got %q", summaries(diags))
	}
	named := texts(map[string]any{"banh_a": "cst_a", "banh_b": "cst_a"})
	for name, test := range map[string]struct {
		set  tfObject
		want []string
	}{
		"named accounts":         {tfObject{"customer_ids": named, "routing_ids": texts(map[string]any{"cst_a": "order-12"})}, []string{`accounts["banh_b"].date_created: Unexpected format of date_created`}},
		"accounts of a customer": {tfObject{"customer_id": text("cst_a")}, []string{`accounts["banh_b"].date_created: Unexpected format of date_created`}},
		"without VPAs":           {tfObject{"customer_ids": texts(map[string]any{"banh_a": "cst_a"}), "include_vpa": tftypes.NewValue(tftypes.Bool, false)}, nil},
		"an unknown account":     {tfObject{"customer_ids": texts(map[string]any{"banh_x": "cst_a"})}, []string{`customer_ids["banh_x"]: Customer account not found`}},
		"no accounts":            {tfObject{"customer_id": text("cst_x")}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read, readDiags := readMany(t, server, test.set)
			opened, openDiags := openMany(t, server, test.set)
			if !maps.EqualFunc(opened, read, tftypes.Value.Equal) {
				t.Errorf("got %v, want %v", opened, read)
			}
			if got := located(readDiags); !slices.Equal(got, test.want) {
				t.Errorf("data source: got %q, want %q", got, test.want)
			}
			if got := located(openDiags); !slices.Equal(got, test.want) {
				t.Errorf("ephemeral resource: got %q, want %q", got, test.want)
			}
		})
	}
}
