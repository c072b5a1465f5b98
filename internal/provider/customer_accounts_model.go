// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// mostAccounts is how many accounts one data source reads at most.
const mostAccounts = 50_000

// customerAccountsModel is the accounts that are named, or all of a customer.
//
// The VPAs stand beside the accounts, in one sensitive attribute: Terraform takes
// time that grows with the square of the number of sensitive values, and tens of
// thousands of accounts would take it an hour.
//
// The statuses stand beside them too, since OpenTofu, and Terraform up to 1.11,
// show the elements of a map from the configuration as null, not as unknown, while
// a read waits for apply.
type customerAccountsModel struct {
	Accounts           types.Map    `tfsdk:"accounts"`
	VPAs               types.Map    `tfsdk:"vpas"`
	ValidationStatuses types.Map    `tfsdk:"validation_statuses"`
	CustomerID         types.String `tfsdk:"customer_id"`
	RoutingID          types.String `tfsdk:"routing_id"`

	IncludeVPA        types.Bool     `tfsdk:"include_vpa"`
	WaitForValidation types.Bool     `tfsdk:"wait_for_validation"`
	Timeouts          timeouts.Value `tfsdk:"timeouts"`
}

func customerAccountsSchema() schema.Schema {
	attributes := readAttributes("vpas")
	maps.Copy(attributes, customerAccountsAttributes())
	return schema.Schema{
		MarkdownDescription: "Reads many payout accounts at the same time: those that `accounts` names, or all of the customer that `customer_id` names. " +
			"For more than a few accounts it is much faster than a `juspay_customer_account` for each. " +
			"It reads all or nothing: an account that cannot be read is an error, and every such account is reported in one run.",
		Attributes: attributes,
	}
}

func customerAccountsAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"accounts": schema.MapNestedAttribute{
			MarkdownDescription: "The accounts, by names of your own. Give `customer_id` and `customer_account_id` of each, and `routing_id` if need be (other names are ignored by Terraform, so mind the spelling); each is read with one request, and the rest of it is then what Juspay answered. " +
				"At most 50,000. An empty map reads nothing. With the outer `customer_id` instead, these are all accounts of that customer, by their `customer_account_id`.",
			Optional:     true,
			Computed:     true,
			NestedObject: schema.NestedAttributeObject{Attributes: customerAccountAttributes(true)},
		},
		"validation_statuses": schema.MapAttribute{
			MarkdownDescription: "The `validation_status` of each account, by the keys of `accounts`: what conditions should test. " +
				"While a read waits for apply, because an id in `accounts` is not known before, this is unknown, and so are the conditions on it; OpenTofu, and Terraform up to 1.11, then show the elements of `accounts` with a status of null, on which conditions fail.",
			ElementType: types.StringType,
			Computed:    true,
		},
		"vpas": schema.MapAttribute{
			MarkdownDescription: "UPI address (virtual payment address) of each account, such as `someone@bank`, by the keys of `accounts`; null for a bank account. With `include_vpa = false` there is no map. " + describePersonal,
			ElementType:         types.StringType,
			Computed:            true,
			Sensitive:           true,
		},
		"customer_id": schema.StringAttribute{
			MarkdownDescription: "The customer whose accounts to read, all of them, with one request: Juspay's id (`cst_...`), or your own reference. Give either this or `accounts`. An answer that says that there are more accounts than it holds is an error.",
			Optional:            true,
			Validators:          []validator.String{identifierValidator},
		},
		"routing_id": schema.StringAttribute{
			MarkdownDescription: "Sent as the header `x-routing-id`, beside the outer `customer_id` only. Default: the value of `customer_id`.",
			Optional:            true,
			Validators:          []validator.String{headerValueValidator},
		},
	}
}

// accountType is that of an element of accounts.
var accountType = types.ObjectType{AttrTypes: typesOf(customerAccountAttributes(true))}

func typesOf(attributes map[string]schema.Attribute) map[string]attr.Type {
	kinds := map[string]attr.Type{}
	for name, attribute := range attributes {
		kinds[name] = attribute.GetType()
	}
	return kinds
}

// ref names the customer whose accounts were asked for.
func (m customerAccountsModel) ref() juspay.AccountRef {
	return juspay.AccountRef{
		CustomerID: m.CustomerID.ValueString(),
		RoutingID:  cmp.Or(m.RoutingID.ValueString(), m.CustomerID.ValueString()),
	}
}

// named returns the accounts that the map names.
func (m customerAccountsModel) named() map[string]juspay.AccountRef {
	named := map[string]juspay.AccountRef{}
	for key, element := range m.Accounts.Elements() {
		account, _ := element.(types.Object)
		named[key] = refOf(account)
	}
	return named
}

// fill sets what was found. Its only diagnostics are warnings.
func (m *customerAccountsModel) fill(all []found) diag.Diagnostics {
	var warnings diag.Diagnostics
	room := func() map[string]attr.Value { return make(map[string]attr.Value, len(all)) }
	accounts, statuses, vpas := room(), room(), room()
	for _, f := range all {
		values, diags := customerAccountValues(elementPath(f.key), f.ref, f.result.Account)
		warnings.Append(diags...)
		accounts[f.key] = types.ObjectValueMust(accountType.AttrTypes, values)
		statuses[f.key] = values["validation_status"]
		vpas[f.key] = stringOrNull(f.result.Account.VPA)
	}
	m.Accounts = types.MapValueMust(accountType, accounts)
	m.ValidationStatuses = types.MapValueMust(types.StringType, statuses)
	m.VPAs = types.MapValueMust(types.StringType, vpas)
	if isSet(m.IncludeVPA) && !m.IncludeVPA.ValueBool() {
		m.VPAs = types.MapNull(types.StringType)
	}
	return firstWarnings(warnings)
}

// validate reports what the validators of single attributes cannot find. What is
// unknown is passed over.
func (m customerAccountsModel) validate() diag.Diagnostics {
	var diags diag.Diagnostics
	accounts := path.Root("accounts")
	switch {
	case m.Accounts.IsNull() && m.CustomerID.IsNull():
		diags.AddError("Missing accounts", "Set accounts, to read the accounts that it names, or customer_id, to read all accounts of that customer.")
	case isSet(m.Accounts) && isSet(m.CustomerID):
		diags.AddAttributeError(accounts, "Invalid accounts", "accounts and customer_id are both set. Set accounts, to read the accounts that it names, or customer_id, to read all accounts of that customer.")
	case isSet(m.Accounts) && isSet(m.RoutingID):
		diags.AddAttributeError(path.Root("routing_id"), "Invalid routing_id", "routing_id goes with customer_id. Where accounts names each account, set the routing_id of each there.")
	case len(m.Accounts.Elements()) > mostAccounts:
		diags.AddAttributeError(accounts, "Too many accounts", fmt.Sprintf("accounts names %d accounts. One data source reads at most %d: split them among several.", len(m.Accounts.Elements()), mostAccounts))
	}
	elements := m.Accounts.Elements()
	for _, key := range slices.Sorted(maps.Keys(elements)) {
		diags.Append(validateElement(elementPath(key), elements[key])...)
	}
	return diags
}

func validateElement(at path.Path, element attr.Value) diag.Diagnostics {
	var diags diag.Diagnostics
	account, isObject := element.(types.Object)
	if !isObject || element.IsNull() {
		diags.AddAttributeError(at, "Missing account", fmt.Sprintf("%s is null. Give its customer_id and customer_account_id, or leave it out.", at))
		return diags
	}
	for _, name := range []string{"customer_id", "customer_account_id"} {
		if value, ok := account.Attributes()[name]; ok && value.IsNull() {
			diags.AddAttributeError(at.AtName(name), "Missing "+name, fmt.Sprintf("%s is not set. Each account needs a customer_id and a customer_account_id.", at.AtName(name)))
		}
	}
	return diags
}

func elementPath(key string) path.Path {
	return path.Root("accounts").AtMapKey(key)
}
