// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestServer_InterruptCancelsReads(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func(testing.TB, tfprotov6.ProviderServer, tfObject) (tfObject, []*tfprotov6.Diagnostic){"data source": readMany, "ephemeral resource": openMany} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := acctest.StartAPI(t)
			api.Fail(juspaytest.Fault{Delay: time.Hour})
			interrupt, cancel := context.WithCancel(t.Context())
			defer cancel()
			env := environ(map[string]string{"JUSPAY_API_KEY": juspaytest.APIKey, "JUSPAY_BASE_URL": api.URL})
			server := NewServer(interrupt, newWithEnvironment("1.2.3", env)())()
			if diags := configure(t, server, false, nil); len(diags) != 0 {
				t.Fatalf("got %q", summaries(diags))
			}
			go func() {
				untilRequest(t, api)
				cancel()
			}()
			for _, when := range []string{"during a read", "before a read"} {
				_, diags := read(t, server, tfObject{"customer_ids": texts(map[string]any{"banh_a": "cst_a"})})
				if got := located(diags); !slices.Equal(got, []string{`accounts["banh_a"]: Read canceled`}) {
					t.Errorf("%s: got %q", when, got)
				}
			}
		})
	}
}
