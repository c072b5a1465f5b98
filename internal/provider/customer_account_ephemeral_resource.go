// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
)

var _ ephemeral.EphemeralResourceWithConfigure = (*customerAccountEphemeralResource)(nil)

// customerAccountEphemeralResource reads like the data source, but Terraform does not store
// its values.
type customerAccountEphemeralResource struct {
	reader accountReader
}

func newCustomerAccountEphemeralResource() ephemeral.EphemeralResource {
	return &customerAccountEphemeralResource{}
}

func (r *customerAccountEphemeralResource) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_customer_account"
}

func (r *customerAccountEphemeralResource) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	attributes := ephemeralAttributes(customerAccountSchema().Attributes)
	attributes["vpa"] = schema.StringAttribute{
		MarkdownDescription: vpaDescription + " Terraform does not store it.",
		Computed:            true,
		Sensitive:           true,
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one customer account that Juspay stores for a customer, and stores nothing of it: " +
			"neither state nor plan files hold its values, its VPA included. " +
			"The account is read at every plan and again at every apply. It requires Terraform 1.10 or OpenTofu 1.11.",
		Attributes: attributes,
	}
}

// Configure is called without provider data before the provider is configured.
func (r *customerAccountEphemeralResource) Configure(_ context.Context, req ephemeral.ConfigureRequest, resp *ephemeral.ConfigureResponse) {
	reader, diags := newAccountReader(req.ProviderData)
	resp.Diagnostics.Append(diags...)
	r.reader = reader
}

func (r *customerAccountEphemeralResource) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	result, diags := r.reader.readAccount(ctx, req.Config.Raw)
	resp.Diagnostics.Append(diags...)
	resp.Result.Raw = result
}
