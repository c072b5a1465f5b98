// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
)

var (
	_ datasource.DataSourceWithConfigure      = (*customerAccountsDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*customerAccountsDataSource)(nil)
)

type customerAccountsDataSource struct {
	reader accountReader
}

func newCustomerAccountsDataSource() datasource.DataSource {
	return &customerAccountsDataSource{}
}

func (d *customerAccountsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_customer_accounts"
}

func (d *customerAccountsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = customerAccountsSchema()
}

// Configure is called without provider data before the provider is configured.
func (d *customerAccountsDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	reader, diags := newAccountReader(req.ProviderData)
	resp.Diagnostics.Append(diags...)
	d.reader = reader
}

// ValidateConfig validates arguments that depend on each other.
func (d *customerAccountsDataSource) ValidateConfig(_ context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	resp.Diagnostics.Append(validateCustomerAccounts(objectFromTF(req.Config.Raw))...)
}

func (d *customerAccountsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	state, diags := d.reader.readAccounts(ctx, req.Config.Raw)
	resp.Diagnostics.Append(diags...)
	resp.State.Raw = state
}
