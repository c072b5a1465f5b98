// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// The message of many accounts that are still in validation stays short.
func TestOnlyTheFirstOfManyValidationsAreListed(t *testing.T) {
	t.Parallel()
	var all []found
	for i := range maxReported + 5 {
		all = append(all, found{key: fmt.Sprintf("banh_%02d", i), result: juspay.Result{Err: &juspay.WaitError{Status: juspay.StatusPending, Reads: 3, Err: context.DeadlineExceeded}}})
	}
	all = append(all, found{key: "banh_active"})
	diags := failureDiagnostics(all, time.Minute)
	if len(diags) != 1 || diags[0].Summary() != summaryWait {
		t.Fatalf("got %v", diags)
	}
	detail := diags[0].Detail()
	want := `Of 26 accounts, 25 were still in validation after 1m0s: accounts["banh_00"] (PENDING, reads: 3), `
	if !strings.HasPrefix(detail, want) || !strings.Contains(detail, `accounts["banh_19"] (PENDING, reads: 3), and 5 more.`) || strings.Contains(detail, "banh_20") {
		t.Errorf("got %s", detail)
	}
}
