// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
)

var _ datasource.DataSourceWithConfigure = (*customerAccountDataSource)(nil)

type customerAccountDataSource struct {
	reader accountReader
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
	reader, diags := newAccountReader(req.ProviderData)
	resp.Diagnostics.Append(diags...)
	d.reader = reader
}

func (d *customerAccountDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	state, diags := d.reader.readAccount(ctx, req.Config.Raw)
	resp.Diagnostics.Append(diags...)
	resp.State.Raw = state
}
