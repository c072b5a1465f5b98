// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// maxAccounts is the maximum number of accounts that one data source reads.
const maxAccounts = 50_000

// customerAccountsSchema has a map of strings for what is configured, and what is
// computed beside it: Terraform takes ten times as long for a map of objects that
// is both, and shows null for the computed values in it while a read is deferred.
//
// The VPAs stand beside the accounts, in one sensitive attribute: an attribute in a
// map's objects cannot be sensitive by itself.
func customerAccountsSchema() schema.Schema {
	attributes := readAttributes("vpas")
	maps.Copy(attributes, customerAccountsAttributes())
	return schema.Schema{
		MarkdownDescription: "Reads many payout accounts concurrently: those of `customer_ids`, or all accounts of one `customer_id`. " +
			"It returns all of them or an error, which reports every account that could not be read.",
		Attributes: attributes,
	}
}

func customerAccountsAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"customer_ids": schema.MapAttribute{
			MarkdownDescription: fmt.Sprintf("Accounts to read, as a map from `customer_account_id` to `customer_id`. At most %s accounts, each with one request. An empty map reads nothing. Exactly one of `customer_ids` and `customer_id` is required.", thousands(maxAccounts)),
			ElementType:         types.StringType,
			Optional:            true,
		},
		"customer_id": schema.StringAttribute{
			MarkdownDescription: "Customer all of whose accounts to read, with one request: Juspay's id (`cst_...`), or your own reference. A response that may be incomplete is an error. Exactly one of `customer_ids` and `customer_id` is required.",
			Optional:            true,
			Validators:          []validator.String{identifierValidator},
		},
		"routing_ids": schema.MapAttribute{
			MarkdownDescription: "Values of the header `x-routing-id`, keyed by `customer_id`. Juspay requires the same value in all calls for a customer. Set it for customers for whom your other programs send another value. Default for each customer: the `customer_id`.",
			ElementType:         types.StringType,
			Optional:            true,
		},
		// Not a nested attribute: the framework takes half as long again for those,
		// and Terraform's mocks leave them empty.
		"accounts": schema.MapAttribute{
			MarkdownDescription: "Accounts that were read, keyed by `customer_account_id`. Each has `customer_id`, `customer_account_id`, `routing_id`, `validation_status`, `validation_amount`, `currency`, `date_created` and `last_validated`.",
			ElementType:         accountType,
			Computed:            true,
		},
		"vpas": schema.MapAttribute{
			MarkdownDescription: "UPI addresses (virtual payment addresses), keyed by `customer_account_id`, with null for a bank account. The map is null if `include_vpa` is false. " + describePersonal + " " + describeStoredVPA,
			ElementType:         types.StringType,
			Computed:            true,
			Sensitive:           true,
		},
		"all_active": schema.BoolAttribute{
			MarkdownDescription: "Whether there is at least one account and every account is `ACTIVE`. Use it as the condition of a postcondition. Known after apply if the read is deferred to apply.",
			Computed:            true,
		},
		"not_active": schema.MapAttribute{
			MarkdownDescription: "Statuses of the accounts that are not `ACTIVE`, keyed by `customer_account_id`, with null if Juspay sends no status. Use it in the error message of a postcondition.",
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

// The types of what is computed, in the protocol.
var (
	protocolAccount = accountType.TerraformType(context.Background())
	mapOfAccounts   = tftypes.Map{ElementType: protocolAccount}
	mapOfTexts      = tftypes.Map{ElementType: tftypes.String}
)

// accountRefs are the accounts of customer_ids, in the order of their ids.
func accountRefs(config attributes) []juspay.AccountRef {
	customerIDs, routingIDs := attributesOf(config["customer_ids"]), attributesOf(config["routing_ids"])
	refs := make([]juspay.AccountRef, 0, len(customerIDs))
	for _, id := range slices.Sorted(maps.Keys(customerIDs)) {
		customerID := textOf(customerIDs[id])
		refs = append(refs, accountRef(customerID, id, textOf(routingIDs[customerID])))
	}
	return refs
}

// customerAccountsValues turns what was read into the values that are computed.
// Its only diagnostics are warnings.
func customerAccountsValues(all []found, omitVPA bool) (attributes, diag.Diagnostics) {
	var warnings diag.Diagnostics
	accounts, vpas, notActive := make(attributes, len(all)), make(attributes, len(all)), attributes{}
	for _, f := range all {
		values, diags := customerAccountValues(elementPath(f.key), f.ref, f.result.Account)
		warnings = append(warnings, diags...)
		accounts[f.key] = tftypes.NewValue(protocolAccount, values)
		vpas[f.key] = textOrNull(f.result.Account.VPA)
		if f.result.Account.ValidationStatus != juspay.StatusActive {
			notActive[f.key] = values["validation_status"]
		}
	}
	values := attributes{
		"accounts":   tftypes.NewValue(mapOfAccounts, accounts),
		"vpas":       tftypes.NewValue(mapOfTexts, vpas),
		"not_active": tftypes.NewValue(mapOfTexts, notActive),
		"all_active": tftypes.NewValue(tftypes.Bool, len(all) > 0 && len(notActive) == 0),
	}
	if omitVPA {
		values["vpas"] = tftypes.NewValue(mapOfTexts, nil)
	}
	return values, firstWarnings(warnings)
}

// validateCustomerAccounts reports what the validators of single attributes cannot
// find. It skips what is unknown; Terraform validates again once that is known.
func validateCustomerAccounts(config attributes) diag.Diagnostics {
	var diags diag.Diagnostics
	const remedy = "Set customer_ids to read the accounts that it names, or customer_id to read all accounts of one customer."
	at, customerIDs, customerID := path.Root("customer_ids"), config["customer_ids"], config["customer_id"]
	switch n := len(attributesOf(customerIDs)); {
	case customerIDs.IsNull() && customerID.IsNull():
		diags.AddError("Missing customer_ids", "Neither customer_ids nor customer_id is set. "+remedy)
	case isKnown(customerIDs) && isKnown(customerID):
		diags.AddAttributeError(at, "Invalid customer_ids", "customer_ids and customer_id are both set. "+remedy)
	case n > maxAccounts:
		diags.AddAttributeError(at, "Too many accounts", fmt.Sprintf("customer_ids holds %d accounts. The maximum of one data source is %d. Split the accounts among several.", n, maxAccounts))
	default:
		diags = firstErrors(append(validateCustomerIDs(attributesOf(customerIDs)), validateRoutingIDs(config)...))
	}
	return diags
}

// isKnown is false for null too.
func isKnown(value tftypes.Value) bool { return value.IsKnown() && !value.IsNull() }

// Errors are appended without Append, which compares each with all others.
func validateCustomerIDs(customerIDs attributes) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, id := range slices.Sorted(maps.Keys(customerIDs)) {
		at := path.Root("customer_ids").AtMapKey(id)
		if err := juspay.ValidateCustomerAccountID(id); err != nil {
			diags = append(diags, diag.NewAttributeErrorDiagnostic(at, "Invalid key in customer_ids", fmt.Sprintf("The key of %s, a customer_account_id, %v.", at, err)))
		}
		switch value := customerIDs[id]; {
		case !value.IsKnown():
		case value.IsNull():
			diags = append(diags, diag.NewAttributeErrorDiagnostic(at, "Missing customer_id in customer_ids", fmt.Sprintf("The value of %s, a customer_id, is null. Set it, or remove the account from the map.", at)))
		default:
			if err := juspay.ValidateIdentifier(textOf(value)); err != nil {
				diags = append(diags, diag.NewAttributeErrorDiagnostic(at, "Invalid customer_id in customer_ids", fmt.Sprintf("The value of %s, a customer_id, %v.", at, err)))
			}
		}
	}
	return diags
}

// A routing id of null is one that is not set.
func validateRoutingIDs(config attributes) diag.Diagnostics {
	var diags diag.Diagnostics
	customers, complete := customersOf(config)
	routingIDs := attributesOf(config["routing_ids"])
	for _, customerID := range slices.Sorted(maps.Keys(routingIDs)) {
		at := path.Root("routing_ids").AtMapKey(customerID)
		if complete && !customers[customerID] {
			diags = append(diags, diag.NewAttributeErrorDiagnostic(at, "Unknown customer_id in routing_ids", fmt.Sprintf("The key of %s is not a customer_id of this data source. Correct the key, or remove it.", at)))
		}
		if value := routingIDs[customerID]; isKnown(value) {
			if err := juspay.ValidateHeaderValue(textOf(value)); err != nil {
				diags = append(diags, diag.NewAttributeErrorDiagnostic(at, "Invalid routing id in routing_ids", fmt.Sprintf("The value of %s, a routing id, %v.", at, err)))
			}
		}
	}
	return diags
}

// customersOf are those whose accounts are read, as far as they are known.
func customersOf(config attributes) (customers map[string]bool, complete bool) {
	customers = map[string]bool{textOf(config["customer_id"]): true}
	for _, customerID := range attributesOf(config["customer_ids"]) {
		customers[textOf(customerID)] = true
	}
	delete(customers, "") // what is null or unknown
	return customers, config["customer_id"].IsKnown() && config["customer_ids"].IsFullyKnown()
}

// firstErrors are the errors that are reported in full, and the number of the
// others.
func firstErrors(diags diag.Diagnostics) diag.Diagnostics {
	if len(diags) <= maxReported {
		return diags
	}
	first := slices.Clone(diags[:maxReported])
	first.AddError("More invalid arguments", fmt.Sprintf("There are %d more such errors.", len(diags)-maxReported))
	return first
}

func elementPath(key string) path.Path {
	return path.Root("accounts").AtMapKey(key)
}
