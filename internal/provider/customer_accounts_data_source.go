// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

var (
	_ datasource.DataSourceWithConfigure      = (*customerAccountsDataSource)(nil)
	_ datasource.DataSourceWithValidateConfig = (*customerAccountsDataSource)(nil)
)

// readLimit bounds one read of all accounts.
const readLimit = 5 * time.Minute

type customerAccountsDataSource struct {
	client *juspay.Client
	limit  time.Duration
}

func newCustomerAccountsDataSource() datasource.DataSource {
	return &customerAccountsDataSource{limit: readLimit}
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
	ctx, cancel := context.WithTimeout(withClientLogger(ctx, d.client), d.limit)
	defer cancel()
	if config.Accounts.IsNull() {
		d.readAll(ctx, config, resp)
		return
	}
	d.readNamed(ctx, config, resp)
}

// readAll reads what accounts a customer has.
func (d *customerAccountsDataSource) readAll(ctx context.Context, config customerAccountsModel, resp *datasource.ReadResponse) {
	ref := config.ref()
	listed, err := d.client.List(ctx, ref.CustomerID, ref.RoutingID)
	if err != nil {
		resp.Diagnostics.Append(listErrorDiagnostic(ref.CustomerID, err))
		return
	}
	answer := newAccountsAnswer(len(listed))
	for _, id := range slices.Sorted(maps.Keys(listed)) {
		ref.CustomerAccountID = id
		answer.add(id, ref, listed[id])
	}
	resp.Diagnostics.Append(answer.set(ctx, config, resp)...)
}

// readNamed reads the accounts of the map, each by itself.
func (d *customerAccountsDataSource) readNamed(ctx context.Context, config customerAccountsModel, resp *datasource.ReadResponse) {
	named := config.named()
	keys := slices.Sorted(maps.Keys(named))
	refs := make([]juspay.AccountRef, 0, len(keys))
	for _, key := range keys {
		refs = append(refs, named[key])
	}
	var failed []failure
	answer := newAccountsAnswer(len(keys))
	for i, result := range d.client.GetAll(ctx, refs) {
		if result.Err != nil {
			failed = append(failed, failure{keys[i], refs[i], result.Err})
			continue
		}
		answer.add(keys[i], refs[i], result.Account)
	}
	if len(failed) > 0 {
		resp.Diagnostics.Append(failureDiagnostics(failed, len(keys), d.limit)...)
		return
	}
	resp.Diagnostics.Append(answer.set(ctx, config, resp)...)
}

// accountsAnswer is what a read found, in Terraform's values.
type accountsAnswer struct {
	accounts, statuses, vpas map[string]attr.Value
	warnings                 diag.Diagnostics
}

func newAccountsAnswer(size int) *accountsAnswer {
	room := func() map[string]attr.Value { return make(map[string]attr.Value, size) }
	return &accountsAnswer{accounts: room(), statuses: room(), vpas: room()}
}

func (a *accountsAnswer) add(key string, ref juspay.AccountRef, account juspay.CustomerAccount) {
	values, warnings := customerAccountValues(elementPath(key), ref, account)
	a.warnings.Append(warnings...)
	a.accounts[key] = types.ObjectValueMust(accountType.AttrTypes, values)
	a.statuses[key] = values["validation_status"]
	a.vpas[key] = stringOrNull(account.VPA)
}

func (a *accountsAnswer) set(ctx context.Context, config customerAccountsModel, resp *datasource.ReadResponse) diag.Diagnostics {
	config.Accounts = types.MapValueMust(accountType, a.accounts)
	config.ValidationStatuses = types.MapValueMust(types.StringType, a.statuses)
	config.VPAs = types.MapValueMust(types.StringType, a.vpas)
	return append(firstWarnings(a.warnings), resp.State.Set(ctx, config)...)
}
