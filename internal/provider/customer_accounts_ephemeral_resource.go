// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

var (
	_ ephemeral.EphemeralResourceWithConfigure      = (*customerAccountsEphemeralResource)(nil)
	_ ephemeral.EphemeralResourceWithValidateConfig = (*customerAccountsEphemeralResource)(nil)
)

// customerAccountsEphemeralResource reads like the data source, but Terraform does not
// store its values.
type customerAccountsEphemeralResource struct {
	reader accountReader
}

func newCustomerAccountsEphemeralResource() ephemeral.EphemeralResource {
	return &customerAccountsEphemeralResource{}
}

func (r *customerAccountsEphemeralResource) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_customer_accounts"
}

func (r *customerAccountsEphemeralResource) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	attributes := ephemeralAttributes(customerAccountsSchema().Attributes)
	attributes["vpas"] = schema.MapAttribute{
		MarkdownDescription: vpasDescription + " Terraform does not store it.",
		ElementType:         types.StringType,
		Computed:            true,
		Sensitive:           true,
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads many customer accounts concurrently, without storing their values in state or plan files: " +
			"the accounts of `customer_ids`, or all accounts of one `customer_id`. " +
			"The accounts are read at every plan and again at every apply. It requires Terraform 1.10 or OpenTofu 1.11.",
		Attributes: attributes,
	}
}

// Configure is called without provider data before the provider is configured.
func (r *customerAccountsEphemeralResource) Configure(_ context.Context, req ephemeral.ConfigureRequest, resp *ephemeral.ConfigureResponse) {
	reader, diags := newAccountReader(req.ProviderData)
	resp.Diagnostics.Append(diags...)
	r.reader = reader
}

// ValidateConfig validates arguments that depend on each other.
func (r *customerAccountsEphemeralResource) ValidateConfig(_ context.Context, req ephemeral.ValidateConfigRequest, resp *ephemeral.ValidateConfigResponse) {
	resp.Diagnostics.Append(validateCustomerAccounts(objectFromTF(req.Config.Raw))...)
}

func (r *customerAccountsEphemeralResource) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	result, diags := r.reader.readAccounts(ctx, req.Config.Raw)
	resp.Diagnostics.Append(diags...)
	resp.Result.Raw = result
}
