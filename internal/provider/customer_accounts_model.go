// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
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

const vpasDescription = "UPI addresses (virtual payment addresses), keyed by `customer_account_id`, with null for a bank account. " +
	"The map is null if `include_vpa` is false. " + personalDataDescription

func customerAccountsAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"customer_ids": schema.MapAttribute{
			MarkdownDescription: "Accounts to read, as a map from `customer_account_id` to `customer_id`. At most 50,000 accounts, each with one request. " +
				"An empty map reads nothing. Exactly one of `customer_ids` and `customer_id` is required.",
			ElementType: types.StringType,
			Optional:    true,
		},
		"customer_id": schema.StringAttribute{
			MarkdownDescription: "Customer whose accounts are all read, with one request: Juspay's id (`cst_...`), or your own reference. " +
				"A response that may be incomplete is an error. Exactly one of `customer_ids` and `customer_id` is required.",
			Optional:   true,
			Validators: []validator.String{identifierValidator},
		},
		"routing_ids": schema.MapAttribute{
			MarkdownDescription: "Values of the header `x-routing-id`, keyed by `customer_id`. Juspay requires the same value in all calls for a customer. " +
				"Set it for customers for whom your other programs send another value. Default for each customer: the `customer_id`.",
			ElementType: types.StringType,
			Optional:    true,
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
			MarkdownDescription: "Whether there is at least one account and every account is `ACTIVE`. Use it in a condition. " +
				"Known after apply if the read is deferred to apply.",
			Computed: true,
		},
		"not_active": schema.MapAttribute{
			MarkdownDescription: "Statuses of the accounts that are not `ACTIVE`, keyed by `customer_account_id`, with null if Juspay sends no status. " +
				"An error message can show it, unless the resource is ephemeral.",
			ElementType: types.StringType,
			Computed:    true,
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
	attributeTypes := map[string]attr.Type{}
	for name, attribute := range attributes {
		attributeTypes[name] = attribute.GetType()
	}
	return attributeTypes
}

// The types of computed attributes in Terraform's protocol.
var (
	accountObjectType = accountType.TerraformType(context.Background())
	accountsType      = tftypes.Map{ElementType: accountObjectType}
	stringMapType     = tftypes.Map{ElementType: tftypes.String}
)

// accountRefs returns the accounts of customer_ids in the order of their ids.
func accountRefs(arguments tfObject) []juspay.AccountRef {
	customerIDs, routingIDs := objectFromTF(arguments["customer_ids"]), objectFromTF(arguments["routing_ids"])
	refs := make([]juspay.AccountRef, 0, len(customerIDs))
	for _, id := range slices.Sorted(maps.Keys(customerIDs)) {
		customerID := stringFromTF(customerIDs[id])
		refs = append(refs, accountRef(customerID, id, stringFromTF(routingIDs[customerID])))
	}
	return refs
}

// accountResult is the result of reading one of many accounts.
type accountResult struct {
	ref      juspay.AccountRef
	result   juspay.Result
	isListed bool // whether customer_id selects it, and not customer_ids
}

// customerAccountsValues converts results to the computed attributes. Its diagnostics are
// warnings.
func customerAccountsValues(results []accountResult, options juspay.ReadOptions) (tfObject, diag.Diagnostics) {
	var warnings diag.Diagnostics
	allRead := make([]juspay.CustomerAccount, 0, len(results))
	accounts, vpas, notActive := make(tfObject, len(results)), make(tfObject, len(results)), tfObject{}
	for _, r := range results {
		id := r.ref.CustomerAccountID
		allRead = append(allRead, r.result.Account)
		account, diags := customerAccountValues(elementPath(id), r.ref, r.result.Account)
		for _, d := range diags { // Terraform prints no path of an element
			warnings = append(warnings, onPathOf(d, diag.NewWarningDiagnostic(d.Summary(), displayElement("accounts", id)+": "+d.Detail())))
		}
		accounts[id] = tftypes.NewValue(accountObjectType, account)
		vpas[id] = stringOrNull(r.result.Account.VPA)
		if r.result.Account.ValidationStatus != juspay.StatusActive {
			notActive[id] = account["validation_status"]
		}
	}
	values := tfObject{
		"accounts":   tftypes.NewValue(accountsType, accounts),
		"vpas":       tftypes.NewValue(stringMapType, vpas),
		"not_active": tftypes.NewValue(stringMapType, notActive),
		"all_active": tftypes.NewValue(tftypes.Bool, len(results) > 0 && len(notActive) == 0),
	}
	if options.OmitVPA {
		values["vpas"] = tftypes.NewValue(stringMapType, nil)
	}
	return values, append(capDiagnostics(warnings, summaryMoreWarnings, countMore("warning")), unknownFieldsWarning(allRead...)...)
}

// elementPath returns the path of an element of accounts.
func elementPath(customerAccountID string) path.Path {
	return path.Root("accounts").AtMapKey(customerAccountID)
}
