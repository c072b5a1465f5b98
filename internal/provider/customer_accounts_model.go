// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

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

// customerAccountsSchema separates the configured map of strings from the computed
// attributes: Terraform takes ten times as long for a map of objects with both, and shows
// null for their computed values while a read is deferred.
//
// The VPAs are in an attribute of their own, since an attribute of a map's objects cannot
// be sensitive by itself.
func customerAccountsSchema() schema.Schema {
	attributes := readAttributes("vpas")
	maps.Copy(attributes, customerAccountsAttributes())
	return schema.Schema{
		MarkdownDescription: "Reads many customer accounts concurrently: those of `customer_ids`, or all accounts of one `customer_id`. " +
			"It returns all of them, or stops with an error.",
		Attributes: attributes,
	}
}

const vpasDescription = "UPI addresses (virtual payment addresses), keyed by `customer_account_id`, with null for a bank account. The map is null if `include_vpa` is false. " + personalDataDescription

func customerAccountsAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"customer_ids": schema.MapAttribute{
			MarkdownDescription: "Accounts to read, as a map from `customer_account_id` to `customer_id`. At most 50,000 accounts, each with one request. An empty map reads nothing. Exactly one of `customer_ids` and `customer_id` is required.",
			ElementType:         types.StringType,
			Optional:            true,
		},
		"customer_id": schema.StringAttribute{
			MarkdownDescription: "Customer whose accounts are all read, with one request: Juspay's id (`cst_...`), or your own reference. A response that may be incomplete is an error. Exactly one of `customer_ids` and `customer_id` is required.",
			Optional:            true,
			Validators:          []validator.String{identifierValidator},
		},
		"routing_ids": schema.MapAttribute{
			MarkdownDescription: "Values of the header `x-routing-id`, keyed by `customer_id`. Juspay requires the same value in all calls for a customer. Set it for customers for whom your other programs send another value. Default for each customer: the `customer_id`.",
			ElementType:         types.StringType,
			Optional:            true,
		},
		// This is not a nested attribute: the framework takes half as long again for it, and
		// Terraform's mocks leave it empty.
		"accounts": schema.MapAttribute{
			MarkdownDescription: "Accounts that were read, keyed by `customer_account_id`. Each has " + attributeList(customerAccountAttributes()) + ".",
			ElementType:         accountType,
			Computed:            true,
		},
		"vpas": schema.MapAttribute{
			MarkdownDescription: vpasDescription + " " + storedVPADescription,
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

// attributeList returns the names of attributes in the order of the alphabet, as a part of a sentence.
func attributeList(attributes map[string]schema.Attribute) string {
	names := slices.Sorted(maps.Keys(attributes))
	last := len(names) - 1
	return "`" + strings.Join(names[:last], "`, `") + "` and `" + names[last] + "`"
}

// accountType is the type of an element of accounts.
var accountType = types.ObjectType{AttrTypes: attrTypes(customerAccountAttributes())}

func attrTypes(attributes map[string]schema.Attribute) map[string]attr.Type {
	types := map[string]attr.Type{}
	for name, attribute := range attributes {
		types[name] = attribute.GetType()
	}
	return types
}

// The types of computed attributes in Terraform's protocol.
var (
	accountObjectType = accountType.TerraformType(context.Background())
	accountsType      = tftypes.Map{ElementType: accountObjectType}
	stringMapType     = tftypes.Map{ElementType: tftypes.String}
)

// accountRefs returns the accounts of customer_ids in the order of their ids.
func accountRefs(config tfObject) []juspay.AccountRef {
	customerIDs, routingIDs := objectValue(config["customer_ids"]), objectValue(config["routing_ids"])
	refs := make([]juspay.AccountRef, 0, len(customerIDs))
	for _, id := range slices.Sorted(maps.Keys(customerIDs)) {
		customerID := stringValue(customerIDs[id])
		refs = append(refs, accountRef(customerID, id, stringValue(routingIDs[customerID])))
	}
	return refs
}

// customerAccountsValues converts results to the computed attributes. Its diagnostics are
// warnings.
func customerAccountsValues(results []accountResult, omitVPA bool) (tfObject, diag.Diagnostics) {
	var warnings diag.Diagnostics
	read := make([]juspay.CustomerAccount, 0, len(results))
	accounts, vpas, notActive := make(tfObject, len(results)), make(tfObject, len(results)), tfObject{}
	for _, r := range results {
		id := r.ref.CustomerAccountID
		read = append(read, r.result.Account)
		values, diags := customerAccountValues(elementPath(id), r.ref, r.result.Account)
		warnings = append(warnings, diags...)
		accounts[id] = tftypes.NewValue(accountObjectType, values)
		vpas[id] = stringOrNull(r.result.Account.VPA)
		if r.result.Account.ValidationStatus != juspay.StatusActive {
			notActive[id] = values["validation_status"]
		}
	}
	values := tfObject{
		"accounts":   tftypes.NewValue(accountsType, accounts),
		"vpas":       tftypes.NewValue(stringMapType, vpas),
		"not_active": tftypes.NewValue(stringMapType, notActive),
		"all_active": tftypes.NewValue(tftypes.Bool, len(results) > 0 && len(notActive) == 0),
	}
	if omitVPA {
		values["vpas"] = tftypes.NewValue(stringMapType, nil)
	}
	return values, append(capDiagnostics(warnings, summaryMoreWarnings, "warnings"), unknownFieldsWarning(read...)...)
}

// validateCustomerAccounts validates arguments that depend on each other, and the elements
// of maps. It skips unknown values; Terraform validates again when they are known.
func validateCustomerAccounts(config tfObject) diag.Diagnostics {
	var diags diag.Diagnostics
	const remedy = "Set customer_ids to read the accounts that it names, or customer_id to read all accounts of one customer."
	at, customerIDs, customerID := path.Root("customer_ids"), config["customer_ids"], config["customer_id"]
	switch n := len(objectValue(customerIDs)); {
	case customerIDs.IsNull() && customerID.IsNull():
		diags.AddError(summaryMissing+"customer_ids", "Neither customer_ids nor customer_id is set. "+remedy)
	case isKnown(customerIDs) && isKnown(customerID):
		diags.AddAttributeError(at, summaryInvalid+"customer_ids", "customer_ids and customer_id are both set. "+remedy)
	case n > maxAccounts:
		diags.AddAttributeError(at, summaryTooManyAccounts, fmt.Sprintf("customer_ids holds %d accounts. The maximum is %d. Split the accounts among several data sources.", n, maxAccounts))
	default:
		diags = capDiagnostics(append(validateCustomerIDs(objectValue(customerIDs)), validateRoutingIDs(config)...), summaryMoreInvalidArguments, "errors")
	}
	return diags
}

// validateCustomerIDs reports invalid elements of customer_ids. It does not use Append,
// which compares each error with all others.
func validateCustomerIDs(customerIDs tfObject) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, id := range slices.Sorted(maps.Keys(customerIDs)) {
		at := path.Root("customer_ids").AtMapKey(id)
		if err := juspay.ValidateCustomerAccountID(fmt.Sprintf("The key of %s, a customer_account_id,", displayPath("customer_ids", id)), id); err != nil {
			diags = append(diags, diag.NewAttributeErrorDiagnostic(at, summaryInvalidKey, err.Error()+"."))
		}
		switch value := customerIDs[id]; {
		case !value.IsKnown():
		case value.IsNull():
			diags = append(diags, diag.NewAttributeErrorDiagnostic(at, summaryMissingCustomerID, fmt.Sprintf("The value of %s, a customer_id, is null. Set it, or remove the account from the map.", displayPath("customer_ids", id))))
		default:
			if err := juspay.ValidateIdentifier(fmt.Sprintf("The value of %s, a customer_id,", displayPath("customer_ids", id)), stringValue(value)); err != nil {
				diags = append(diags, diag.NewAttributeErrorDiagnostic(at, summaryInvalidCustomerID, err.Error()+"."))
			}
		}
	}
	return diags
}

// validateRoutingIDs reports invalid elements of routing_ids. A null is valid, and means
// that the routing id is not set.
func validateRoutingIDs(config tfObject) diag.Diagnostics {
	var diags diag.Diagnostics
	customers, complete := knownCustomers(config)
	routingIDs := objectValue(config["routing_ids"])
	for _, customerID := range slices.Sorted(maps.Keys(routingIDs)) {
		at := path.Root("routing_ids").AtMapKey(customerID)
		if complete && !customers[customerID] {
			diags = append(diags, diag.NewAttributeErrorDiagnostic(at, summaryUnknownCustomerID, fmt.Sprintf("The key of %s is not a customer_id whose accounts are read. Correct the key, or remove it.", displayPath("routing_ids", customerID))))
		}
		if value := routingIDs[customerID]; isKnown(value) {
			if err := juspay.ValidateHeaderValue(fmt.Sprintf("The value of %s, a routing id,", displayPath("routing_ids", customerID)), stringValue(value)); err != nil {
				diags = append(diags, diag.NewAttributeErrorDiagnostic(at, summaryInvalidRoutingID, err.Error()+"."))
			}
		}
	}
	return diags
}

// knownCustomers returns the customers whose accounts are read, and whether they are all
// known.
func knownCustomers(config tfObject) (customers map[string]bool, complete bool) {
	customers = map[string]bool{stringValue(config["customer_id"]): true}
	for _, customerID := range objectValue(config["customer_ids"]) {
		customers[stringValue(customerID)] = true
	}
	delete(customers, "") // from a null or unknown value
	return customers, config["customer_id"].IsKnown() && config["customer_ids"].IsFullyKnown()
}

// displayPath returns the path of an element of a map, with its key as DisplayID shows it.
func displayPath(attribute, id string) string {
	return path.Root(attribute).AtMapKey(juspay.DisplayID(id)).String()
}

func elementPath(key string) path.Path {
	return path.Root("accounts").AtMapKey(key)
}
