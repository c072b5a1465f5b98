// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

var (
	_ datasource.DataSourceWithConfigure      = (*customerAccountsDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*customerAccountsDataSource)(nil)
)

type customerAccountsDataSource struct {
	client *juspay.Client
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
	client, diags := clientOf(req.ProviderData)
	resp.Diagnostics.Append(diags...)
	d.client = client
}

// ValidateConfig finds what the validators of single attributes cannot.
func (d *customerAccountsDataSource) ValidateConfig(ctx context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	var config customerAccountsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(config.validate()...)
}

func (d *customerAccountsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var config customerAccountsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	how, diags := newReading(ctx, config.IncludeVPA, config.WaitForValidation, config.Timeouts)
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	readCtx, cancel := context.WithTimeout(withClientLogger(ctx, d.client), how.limit)
	defer cancel()
	found, err := d.find(readCtx, config, how.options)
	if err != nil {
		resp.Diagnostics.Append(listErrorDiagnostic(config.CustomerID.ValueString(), how.limit, err))
		return
	}
	resp.Diagnostics.Append(failureDiagnostics(found, how.limit)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(config.fill(found)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, config)...)
}

// found is an account, and how its read ended.
type found struct {
	key    string
	ref    juspay.AccountRef
	result juspay.Result
}

// find reads the accounts of customer_ids, or all of customer_id, and returns them
// in the order of their ids.
func (d *customerAccountsDataSource) find(ctx context.Context, config customerAccountsModel, options juspay.ReadOptions) ([]found, error) {
	if config.CustomerIDs.IsNull() {
		return d.list(ctx, config, options)
	}
	refs := config.refs()
	all := make([]found, 0, len(refs))
	for i, result := range d.client.GetAll(ctx, refs, options) {
		all = append(all, found{refs[i].CustomerAccountID, refs[i], result})
	}
	return all, nil
}

func (d *customerAccountsDataSource) list(ctx context.Context, config customerAccountsModel, options juspay.ReadOptions) ([]found, error) {
	ref := refOfCustomer(config.CustomerID.ValueString(), "", config.RoutingIDs.Elements())
	listed, err := d.client.List(ctx, ref.CustomerID, ref.RoutingID, options)
	all := make([]found, 0, len(listed))
	for _, id := range slices.Sorted(maps.Keys(listed)) {
		ref.CustomerAccountID = id
		all = append(all, found{id, ref, *listed[id]})
	}
	return all, err
}
