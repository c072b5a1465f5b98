// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"

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
	if req.ProviderData == nil {
		return
	}
	client, ok := req.ProviderData.(*juspay.Client)
	if !ok {
		resp.Diagnostics.AddError("Unexpected provider data",
			fmt.Sprintf("The data source was given a %T where it needs a *juspay.Client. This is a bug in the provider; please report it.", req.ProviderData))
		return
	}
	d.client = client
}

func (d *customerAccountDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var config customerAccountModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	ref := juspay.AccountRef{
		CustomerID:        config.CustomerID.ValueString(),
		CustomerAccountID: config.CustomerAccountID.ValueString(),
		RoutingID:         cmp.Or(config.RoutingID.ValueString(), config.CustomerID.ValueString()),
	}
	account, err := d.client.Get(withClientLogger(ctx, d.client), ref)
	if err != nil {
		resp.Diagnostics.Append(errorDiagnostic(ref, err))
		return
	}
	model, diags := newCustomerAccountModel(ref, account)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}
