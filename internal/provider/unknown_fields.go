// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/fields"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/redact"
)

// maxUnknownFields is the maximum number of unknown fields that a warning names.
const maxUnknownFields = 10

// unknownFieldsWarning returns one warning that names the unknown fields of accounts, or none.
func unknownFieldsWarning(accounts ...juspay.CustomerAccount) diag.Diagnostics {
	counts := map[string]int{}
	for _, account := range accounts {
		names := strings.Fields(account.UnknownFieldNames)
		slices.Sort(names)
		for _, name := range slices.Compact(names) { // names that are not shown are all ***, and count once
			counts[name]++
		}
	}
	if len(counts) == 0 {
		return nil
	}
	var shown, entries []string
	for i, name := range slices.Sorted(maps.Keys(counts)) {
		if i == maxUnknownFields {
			shown = append(shown, fmt.Sprintf("and %d more", len(counts)-maxUnknownFields))
			break
		}
		if name == redact.Hidden {
			shown = append(shown, fmt.Sprintf("fields whose names are not shown (%s)", countAccounts(counts[name])))
			continue
		}
		shown = append(shown, fmt.Sprintf("%s (%s)", name, countAccounts(counts[name])))
		if fields.ValidateAccepted("", name) == nil {
			entries = append(entries, quoteEntry(name))
		}
	}
	detail := fmt.Sprintf("Juspay sent fields that this version of the provider does not know: %s. They may limit an account. The accounts were returned.\n\n"+
		"Check with Juspay's support what they mean, or look for a newer version of the provider. "+
		"To refuse ACTIVE accounts with unknown fields, set unknown_fields = \"error\" in the provider block.",
		strings.Join(shown, ", "))
	if len(entries) > 0 {
		detail += fmt.Sprintf(" If Juspay confirms that they limit no account, set accepted_fields = [%s].", strings.Join(entries, ", "))
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic(summaryUnknownFields, detail)}
}
