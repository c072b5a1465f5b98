// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestServer_InterruptCancelsReads(t *testing.T) {
	t.Parallel()
	config := tfObject{"customer_ids": tfStrings(map[string]any{"banh_a": "cst_a"}), "wait_for_validation": tfBool(true), "timeouts": timeouts("1m")}
	for name, fault := range map[string]juspaytest.Fault{"a request": {Delay: time.Hour}, "a wait": pending("banh_a", 0)} {
		for what, read := range readFuncs {
			t.Run(name+", "+what, func(t *testing.T) {
				t.Parallel()
				server := acctest.StartAPI(t)
				server.Fail(fault)
				interrupt, cancel := context.WithCancel(t.Context())
				defer cancel()
				plugin := NewServer(interrupt, newWithEnvironment("1.2.3", environ(envFor(server)))())()
				checkSummaries(t, "configure", configure(t, plugin, false, nil))
				go func() {
					untilRequest(t, server)
					cancel()
				}()
				for _, when := range []string{"during a read", "before a read"} {
					_, diags := read(t, plugin, typeAccounts, config)
					checkSummaries(t, when, diags, `customer_ids["banh_a"]: Read canceled`)
				}
			})
		}
	}
}
