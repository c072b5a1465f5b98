// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"maps"
	"os"
	"runtime/debug"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

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
func (d *customerAccountsDataSource) ValidateConfig(_ context.Context, req datasource.ValidateConfigRequest, resp *datasource.ValidateConfigResponse) {
	resp.Diagnostics.Append(validateCustomerAccounts(attributesOf(req.Config.Raw))...)
}

func (d *customerAccountsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	config := attributesOf(req.Config.Raw)
	how := readingOf(config)
	readCtx, cancel := context.WithTimeout(withClientLogger(ctx, d.client), how.limit)
	defer cancel()
	found, err := d.find(readCtx, config, how.options)
	if err != nil {
		resp.Diagnostics.Append(listErrorDiagnostic(textOf(config["customer_id"]), how.limit, err))
		return
	}
	resp.Diagnostics.Append(failureDiagnostics(found, how.limit)...)
	if resp.Diagnostics.HasError() {
		return
	}
	values, diags := customerAccountsValues(found, how.options.OmitVPA)
	resp.Diagnostics.Append(diags...)
	state := maps.Clone(config)
	maps.Copy(state, values)
	resp.State.Raw = tftypes.NewValue(req.Config.Raw.Type(), state)
}

// found is an account, and how its read ended.
type found struct {
	key    string
	ref    juspay.AccountRef
	result juspay.Result
}

// find reads the accounts of customer_ids, or all of customer_id, and returns them
// in the order of their ids.
func (d *customerAccountsDataSource) find(ctx context.Context, config attributes, options juspay.ReadOptions) ([]found, error) {
	if config["customer_ids"].IsNull() {
		return d.list(ctx, config, options)
	}
	refs := accountRefs(config)
	if len(refs) > manyAccounts {
		saveMemory()
	}
	all := make([]found, 0, len(refs))
	for i, result := range d.client.GetAll(ctx, refs, options) {
		all = append(all, found{refs[i].CustomerAccountID, refs[i], result})
	}
	return all, nil
}

// manyAccounts is how many accounts take so much memory that it matters more than
// the time for collecting garbage.
const manyAccounts = 1000

// saveMemory makes the process keep at most half as much garbage as data.
func saveMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(50)
	}
}

func (d *customerAccountsDataSource) list(ctx context.Context, config attributes, options juspay.ReadOptions) ([]found, error) {
	customerID := textOf(config["customer_id"])
	ref := accountRef(customerID, "", textOf(attributesOf(config["routing_ids"])[customerID]))
	listed, err := d.client.List(ctx, ref.CustomerID, ref.RoutingID, options)
	all := make([]found, 0, len(listed))
	for _, id := range slices.Sorted(maps.Keys(listed)) {
		ref.CustomerAccountID = id
		all = append(all, found{id, ref, listed[id]})
	}
	return all, err
}
