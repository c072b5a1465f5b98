// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// mostTold is how many accounts that could not be read are told in full.
const mostTold = 20

// failure is an account of a map that could not be read.
type failure struct {
	key string
	ref juspay.AccountRef
	err error
}

// failureDiagnostics tells of each account that could not be read, on its path:
// the first ones as if it had been read alone, and the others by their number.
func failureDiagnostics(failed []failure, asked int, limit time.Duration) diag.Diagnostics {
	var diags diag.Diagnostics
	var late, canceled, others []failure
	for _, f := range failed {
		switch {
		case errors.Is(f.err, context.DeadlineExceeded):
			late = append(late, f)
		case errors.Is(f.err, context.Canceled):
			canceled = append(canceled, f)
		default:
			others = append(others, f)
		}
	}
	of := fmt.Sprintf("Of %d accounts, %d were read and %d were not.", asked, asked-len(failed), len(failed))
	if len(late) > 0 {
		first := elementPath(late[0].key)
		diags.AddAttributeError(first, "Accounts not read in time",
			fmt.Sprintf("%s For %d of them, %s the first, there was not enough time: all reads together may take %s.\n\n"+
				"If Juspay is throttling requests, split the accounts among several runs, or agree on a higher limit with Juspay. If it is slow, raise max_concurrent_requests in the provider block. "+
				"With TF_LOG_PROVIDER=DEBUG, each request is logged.", of, len(late), first, limit))
	}
	if len(canceled) > 0 {
		diags.AddAttributeError(elementPath(canceled[0].key), "Read canceled",
			of+" Terraform stopped the read before it had ended.\n\nNothing was changed; run Terraform again.")
	}
	for i, f := range others {
		if i == mostTold {
			diags.AddError("More accounts could not be read", of+" Beside those told in full: "+countBySummary(others[mostTold:])+".")
			break
		}
		told := errorDiagnostic(f.ref, f.err)
		at := elementPath(f.key)
		// Terraform does not print the path, and shows no line of its own for an
		// account where the map is computed.
		diags.AddAttributeError(at, told.Summary(), told.Detail()+fmt.Sprintf("\n  Path: %s", at))
	}
	return diags
}

// firstWarnings are the warnings that are told in full, and the number of the
// others.
func firstWarnings(warnings diag.Diagnostics) diag.Diagnostics {
	if len(warnings) <= mostTold {
		return warnings
	}
	told := slices.Clone(warnings[:mostTold])
	told.AddWarning("More warnings", fmt.Sprintf("There are %d more warnings like those before.", len(warnings)-mostTold))
	return told
}

// countBySummary counts failures by the first lines of their errors.
func countBySummary(failed []failure) string {
	counts := map[string]int{}
	for _, f := range failed {
		counts[errorDiagnostic(f.ref, f.err).Summary()]++
	}
	var parts []string
	for _, summary := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d times %q", counts[summary], summary))
	}
	return strings.Join(parts, ", ")
}
