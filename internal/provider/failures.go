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

// failureDiagnostics tells of each account that could not be read, on its path:
// the first ones as if it had been read alone, and the others by their number.
func failureDiagnostics(all []found, limit time.Duration) diag.Diagnostics {
	var late, waiting, canceled, others []found
	for _, f := range all {
		var wait *juspay.WaitError
		switch {
		case f.result.Err == nil:
		case errors.As(f.result.Err, &wait):
			waiting = append(waiting, f)
		case isLate(f.result.Err):
			late = append(late, f)
		case errors.Is(f.result.Err, context.Canceled):
			canceled = append(canceled, f)
		default:
			others = append(others, f)
		}
	}
	failed := len(late) + len(waiting) + len(canceled) + len(others)
	of := fmt.Sprintf("Of %d accounts, %d were read and %d were not.", len(all), len(all)-failed, failed)
	if len(waiting) > 0 {
		of = fmt.Sprintf("Of %d accounts, %d were read, %d are still in validation, and %d were not read.", len(all), len(all)-failed, len(waiting), failed-len(waiting))
	}
	var diags diag.Diagnostics
	if len(late) > 0 {
		diags.AddAttributeError(elementPath(late[0].key), summaryManyLate,
			fmt.Sprintf("%s For %d of them, %s the first, there was not enough time: all reads together may take %s.\n\n"+
				"Raise timeouts.read, or split the accounts among several runs. What makes reads slow may be requests_per_second or max_concurrent_requests in the provider block, if they are low, or Juspay, if it is slow or throttling requests. "+
				"With TF_LOG_PROVIDER=DEBUG, each request is logged.", of, len(late), elementPath(late[0].key), limit))
	}
	if len(waiting) > 0 {
		diags.AddAttributeError(elementPath(waiting[0].key), summaryWait,
			fmt.Sprintf("Of %d accounts, %d were still in validation when the time of %s was over: %s.\n\n%s", len(all), len(waiting), limit, describeWaits(waiting), waitRemedy(limit)))
	}
	if len(canceled) > 0 {
		diags.AddAttributeError(elementPath(canceled[0].key), "Read canceled",
			of+" Terraform stopped the read before it had ended.\n\nNothing was changed; run Terraform again.")
	}
	for i, f := range others {
		if i == mostTold {
			diags.AddError(summaryMore, of+" Beside those told in full: "+countBySummary(others[mostTold:], limit)+".")
			break
		}
		told := errorDiagnostic(f.ref, limit, f.result.Err)
		at := elementPath(f.key)
		// Terraform does not print the path, and shows no line of its own for an
		// account where the map is computed.
		diags.AddAttributeError(at, told.Summary(), told.Detail()+fmt.Sprintf("\n  Path: %s", at))
	}
	return diags
}

// describeWaits lists accounts whose validation has not ended, the first ones in
// full.
func describeWaits(waiting []found) string {
	var parts []string
	for i, f := range waiting {
		if i == mostTold {
			parts = append(parts, fmt.Sprintf("and %d more", len(waiting)-mostTold))
			break
		}
		var wait *juspay.WaitError
		if errors.As(f.result.Err, &wait) {
			parts = append(parts, fmt.Sprintf("%s (%s, reads: %d)", elementPath(f.key), wait.Status, wait.Reads))
		}
	}
	return strings.Join(parts, ", ")
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
func countBySummary(failed []found, limit time.Duration) string {
	counts := map[string]int{}
	for _, f := range failed {
		counts[errorDiagnostic(f.ref, limit, f.result.Err).Summary()]++
	}
	var parts []string
	for _, summary := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d times %q", counts[summary], summary))
	}
	return strings.Join(parts, ", ")
}
