// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// clientSource is what data sources and ephemeral resources get from the provider:
// a client, or the errors of a read that needs one. Settings that are unknown during
// plan, and a missing API key, fail reads only: a run that reads nothing needs neither.
type clientSource struct {
	client *juspay.Client
	errors diag.Diagnostics
}

// clientFromProviderData is called with nil before the provider is configured, when
// only a read is an error.
func clientFromProviderData(providerData any) (clientSource, diag.Diagnostics) {
	if source, ok := providerData.(clientSource); ok {
		return source, nil
	}
	unexpected := diag.Diagnostics{diag.NewErrorDiagnostic(summaryUnexpectedData,
		fmt.Sprintf("The provider data is a %T, not a clientSource. This is a bug in the provider. Report it to the provider's developers.", providerData))}
	if providerData == nil {
		return clientSource{errors: unexpected}, nil
	}
	return clientSource{}, unexpected
}
