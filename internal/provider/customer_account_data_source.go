// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

var _ datasource.DataSourceWithConfigure = (*customerAccountDataSource)(nil)

type customerAccountDataSource struct {
	client *juspay.Client
}

func newCustomerAccountDataSource() datasource.DataSource {
	return &customerAccountDataSource{}
}

func (d *customerAccountDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_customer_account"
}

func (d *customerAccountDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = customerAccountSchema()
}

// Configure is called without provider data before the provider is configured.
func (d *customerAccountDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	client, diags := clientOf(req.ProviderData)
	resp.Diagnostics.Append(diags...)
	d.client = client
}

// clientOf returns the client that the provider hands to its data sources, or why
// there is none.
func clientOf(providerData any) (*juspay.Client, diag.Diagnostics) {
	switch data := providerData.(type) {
	case nil:
		return nil, nil
	case *juspay.Client:
		return data, nil
	case unknownSettings:
		return nil, diag.Diagnostics(data)
	}
	return nil, diag.Diagnostics{diag.NewErrorDiagnostic("Unexpected provider data",
		fmt.Sprintf("The provider data is a %T, not a *juspay.Client. This is a bug in the provider. Report it to the provider's developers.", providerData))}
}

func (d *customerAccountDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	state, diags := readAccount(ctx, d.client, req.Config.Raw)
	resp.Diagnostics.Append(diags...)
	resp.State.Raw = state
}
