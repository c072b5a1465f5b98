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

// maxAccounts is the maximum number of accounts that one data source reads.
const maxAccounts = 50_000

// customerAccountsModel is the accounts of customer_ids, or all of one customer.
//
// What is configured is a map of strings, and what is computed stands beside it:
// Terraform takes ten times as long for a map of objects that is both, and shows
// null for the computed values in it while a read is deferred.
//
// The VPAs stand beside the accounts, in one sensitive attribute: Terraform takes
// time that grows with the square of the number of sensitive values, and tens of
// thousands of accounts would take it an hour.
type customerAccountsModel struct {
	CustomerIDs types.Map    `tfsdk:"customer_ids"`
	CustomerID  types.String `tfsdk:"customer_id"`
	RoutingIDs  types.Map    `tfsdk:"routing_ids"`

	IncludeVPA        types.Bool     `tfsdk:"include_vpa"`
	WaitForValidation types.Bool     `tfsdk:"wait_for_validation"`
	Timeouts          timeouts.Value `tfsdk:"timeouts"`

	Accounts  types.Map  `tfsdk:"accounts"`
	VPAs      types.Map  `tfsdk:"vpas"`
	AllActive types.Bool `tfsdk:"all_active"`
	NotActive types.Map  `tfsdk:"not_active"`
}

func customerAccountsSchema() schema.Schema {
	attributes := readAttributes("vpas")
	maps.Copy(attributes, customerAccountsAttributes())
	return schema.Schema{
		MarkdownDescription: "Reads many payout accounts concurrently: those of `customer_ids`, or all of one `customer_id`. " +
			"For more than a hundred accounts it is faster than a `juspay_customer_account` for each. " +
			"It reads all or nothing: an account that cannot be read is an error, and every such account is reported in one run.",
		Attributes: attributes,
	}
}

func customerAccountsAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"customer_ids": schema.MapAttribute{
			MarkdownDescription: fmt.Sprintf("Accounts to read: a map from `customer_account_id` to `customer_id`. The provider sends one request for each. At most %s accounts. An empty map reads nothing. Set either this or `customer_id`.", thousands(maxAccounts)),
			ElementType:         types.StringType,
			Optional:            true,
		},
		"customer_id": schema.StringAttribute{
			MarkdownDescription: "Customer whose accounts to read, all of them, with one request: Juspay's id (`cst_...`), or your own reference. A response that says that there are more accounts than it holds is an error. Set either this or `customer_ids`.",
			Optional:            true,
			Validators:          []validator.String{identifierValidator},
		},
		"routing_ids": schema.MapAttribute{
			MarkdownDescription: "Values of the header `x-routing-id`, keyed by `customer_id`. Juspay requires the same value in all calls for a customer. Set it for each customer for whom your other programs do not send the customer id. Default for a customer: the `customer_id`.",
			ElementType:         types.StringType,
			Optional:            true,
		},
		// Not a nested attribute: the framework takes half as long again for those,
		// and Terraform's mocks leave them empty.
		"accounts": schema.MapAttribute{
			MarkdownDescription: "Accounts that were read, keyed by `customer_account_id`. Each has the attributes of the data source `juspay_customer_account` but `vpa`; a table below lists them.",
			ElementType:         accountType,
			Computed:            true,
		},
		"vpas": schema.MapAttribute{
			MarkdownDescription: "UPI address (virtual payment address) of each account, such as `someone@bank`, keyed by `customer_account_id`; null for a bank account. The map is null if `include_vpa` is false. " + describePersonal,
			ElementType:         types.StringType,
			Computed:            true,
			Sensitive:           true,
		},
		"all_active": schema.BoolAttribute{
			MarkdownDescription: "Whether there is at least one account, and every account is `ACTIVE`. Use it as the condition of a postcondition. Unknown while the read is deferred to apply, so that a condition waits for it.",
			Computed:            true,
		},
		"not_active": schema.MapAttribute{
			MarkdownDescription: "Status of every account that is not `ACTIVE`, keyed by `customer_account_id`; null where Juspay sent none. Use it in the message of a postcondition.",
			ElementType:         types.StringType,
			Computed:            true,
		},
	}
}

// thousands formats a number of thousands for people: 50,000.
func thousands(n int) string { return fmt.Sprintf("%d,%03d", n/1000, n%1000) }

// accountType is that of an element of accounts.
var accountType = types.ObjectType{AttrTypes: typesOf(customerAccountAttributes())}

func typesOf(attributes map[string]schema.Attribute) map[string]attr.Type {
	kinds := map[string]attr.Type{}
	for name, attribute := range attributes {
		kinds[name] = attribute.GetType()
	}
	return kinds
}

// refs are the accounts of customer_ids, in the order of their ids.
func (m customerAccountsModel) refs() []juspay.AccountRef {
	customerIDs, routingIDs := m.CustomerIDs.Elements(), m.RoutingIDs.Elements()
	refs := make([]juspay.AccountRef, 0, len(customerIDs))
	for _, id := range slices.Sorted(maps.Keys(customerIDs)) {
		refs = append(refs, refOfCustomer(textOf(customerIDs[id]), id, routingIDs))
	}
	return refs
}

// refOfCustomer names an account of a customer; the id is empty for all of them.
func refOfCustomer(customerID, id string, routingIDs map[string]attr.Value) juspay.AccountRef {
	return juspay.AccountRef{
		CustomerID:        customerID,
		CustomerAccountID: id,
		RoutingID:         cmp.Or(textOf(routingIDs[customerID]), customerID),
	}
}

// fill sets what was read. Its only diagnostics are warnings.
func (m *customerAccountsModel) fill(all []found) diag.Diagnostics {
	var warnings diag.Diagnostics
	accounts, vpas, notActive := make(map[string]attr.Value, len(all)), make(map[string]attr.Value, len(all)), map[string]attr.Value{}
	for _, f := range all {
		values, diags := customerAccountValues(elementPath(f.key), f.ref, f.result.Account)
		warnings.Append(diags...)
		accounts[f.key] = types.ObjectValueMust(accountType.AttrTypes, values)
		vpas[f.key] = stringOrNull(f.result.Account.VPA)
		if f.result.Account.ValidationStatus != juspay.StatusActive {
			notActive[f.key] = values["validation_status"]
		}
	}
	m.Accounts = types.MapValueMust(accountType, accounts)
	m.NotActive = types.MapValueMust(types.StringType, notActive)
	m.AllActive = types.BoolValue(len(all) > 0 && len(notActive) == 0)
	m.VPAs = types.MapValueMust(types.StringType, vpas)
	if isSet(m.IncludeVPA) && !m.IncludeVPA.ValueBool() {
		m.VPAs = types.MapNull(types.StringType)
	}
	return firstWarnings(warnings)
}

// validate reports what the validators of single attributes cannot find. It skips
// what is unknown; Terraform validates again once that is known.
func (m customerAccountsModel) validate() diag.Diagnostics {
	var diags diag.Diagnostics
	const remedy = "Set customer_ids to read the accounts that it names, or customer_id to read all accounts of one customer."
	customerIDs := path.Root("customer_ids")
	switch n := len(m.CustomerIDs.Elements()); {
	case m.CustomerIDs.IsNull() && m.CustomerID.IsNull():
		diags.AddError("Missing customer_ids", "Neither customer_ids nor customer_id is set. "+remedy)
	case isSet(m.CustomerIDs) && isSet(m.CustomerID):
		diags.AddAttributeError(customerIDs, "Invalid customer_ids", "customer_ids and customer_id are both set. "+remedy)
	case n > maxAccounts:
		diags.AddAttributeError(customerIDs, "Too many accounts", fmt.Sprintf("customer_ids holds %d accounts. One data source reads at most %d: split them among several.", n, maxAccounts))
	default:
		diags.Append(m.validateCustomerIDs()...)
		diags.Append(m.validateRoutingIDs()...)
		diags = firstErrors(diags)
	}
	return diags
}

func (m customerAccountsModel) validateCustomerIDs() diag.Diagnostics {
	var diags diag.Diagnostics
	elements := m.CustomerIDs.Elements()
	for _, id := range slices.Sorted(maps.Keys(elements)) {
		at := path.Root("customer_ids").AtMapKey(id)
		if err := juspay.ValidateCustomerAccountID(id); err != nil {
			diags.AddAttributeError(at, "Invalid key in customer_ids", fmt.Sprintf("The key of %s, a customer_account_id, %v.", at, err))
		}
		switch value := elements[id]; {
		case value.IsUnknown():
		case value.IsNull():
			diags.AddAttributeError(at, "Missing customer_id in customer_ids", fmt.Sprintf("The value of %s, a customer_id, is null. Set it, or remove the account from the map.", at))
		default:
			if err := juspay.ValidateIdentifier(textOf(value)); err != nil {
				diags.AddAttributeError(at, "Invalid customer_id in customer_ids", fmt.Sprintf("The value of %s, a customer_id, %v.", at, err))
			}
		}
	}
	return diags
}

// A routing id of null is one that is not set.
func (m customerAccountsModel) validateRoutingIDs() diag.Diagnostics {
	var diags diag.Diagnostics
	customers, complete := m.customers()
	elements := m.RoutingIDs.Elements()
	for _, customerID := range slices.Sorted(maps.Keys(elements)) {
		at := path.Root("routing_ids").AtMapKey(customerID)
		if complete && !customers[customerID] {
			diags.AddAttributeError(at, "Unknown customer_id in routing_ids", fmt.Sprintf("The key of %s is not a customer_id of this data source. Correct the key, or remove it.", at))
		}
		if value := elements[customerID]; isSet(value) {
			if err := juspay.ValidateHeaderValue(textOf(value)); err != nil {
				diags.AddAttributeError(at, "Invalid routing id in routing_ids", fmt.Sprintf("The value of %s, a routing id, %v.", at, err))
			}
		}
	}
	return diags
}

// customers are those whose accounts are read, as far as they are known.
func (m customerAccountsModel) customers() (customers map[string]bool, complete bool) {
	customers = map[string]bool{m.CustomerID.ValueString(): true}
	complete = !m.CustomerIDs.IsUnknown() && !m.CustomerID.IsUnknown()
	for _, customerID := range m.CustomerIDs.Elements() {
		customers[textOf(customerID)] = true
		complete = complete && !customerID.IsUnknown()
	}
	delete(customers, "") // what is null or unknown
	return customers, complete
}

// firstErrors are the errors that are reported in full, and the number of the
// others.
func firstErrors(diags diag.Diagnostics) diag.Diagnostics {
	if len(diags) <= mostTold {
		return diags
	}
	first := slices.Clone(diags[:mostTold])
	first.AddError("More invalid arguments", fmt.Sprintf("There are %d more errors like those before.", len(diags)-mostTold))
	return first
}

func elementPath(key string) path.Path {
	return path.Root("accounts").AtMapKey(key)
}
