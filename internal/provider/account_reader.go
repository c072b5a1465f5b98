// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// accountReader reads for data sources and ephemeral resources, whose provider data it is. It
// has a client, or the errors of a read that needs one. A missing API key and settings that are
// unknown during plan fail reads only, since a run without reads needs neither.
type accountReader struct {
	client     *juspay.Client
	readErrors diag.Diagnostics
}

// newAccountReader returns the accountReader of providerData. Before the provider is
// configured, providerData is nil, and only a read fails.
func newAccountReader(providerData any) (accountReader, diag.Diagnostics) {
	if reader, ok := providerData.(accountReader); ok {
		return reader, nil
	}
	unexpected := diag.Diagnostics{diag.NewErrorDiagnostic(summaryUnexpectedData,
		fmt.Sprintf("The provider data is a %T, not an accountReader.", providerData)+remedyReportBug)}
	if providerData == nil {
		return accountReader{readErrors: unexpected}, nil
	}
	return accountReader{}, unexpected
}
