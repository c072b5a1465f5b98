// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// clientSource is the provider data of data sources and ephemeral resources: a client, or
// the errors of a read that needs one. A missing API key and settings that are unknown
// during plan fail reads only, since a run without reads needs neither.
type clientSource struct {
	client     *juspay.Client
	readErrors diag.Diagnostics
}

// newClientSource returns the clientSource of providerData. Before the provider is
// configured, providerData is nil, and only a read fails.
func newClientSource(providerData any) (clientSource, diag.Diagnostics) {
	if source, ok := providerData.(clientSource); ok {
		return source, nil
	}
	unexpected := diag.Diagnostics{diag.NewErrorDiagnostic(summaryUnexpectedData,
		fmt.Sprintf("The provider data is a %T, not a clientSource.", providerData)+remedyReportBug)}
	if providerData == nil {
		return clientSource{readErrors: unexpected}, nil
	}
	return clientSource{}, unexpected
}
