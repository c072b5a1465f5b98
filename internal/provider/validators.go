// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// The validators of arguments of reads, which the client validates too.
var (
	identifierValidator        = stringRule{juspay.ValidateIdentifier, "an identifier that can be one segment of a URL's path"}
	customerAccountIDValidator = stringRule{juspay.ValidateCustomerAccountID, "the id of one account"}
	headerValueValidator       = stringRule{juspay.ValidateHeaderValue, "a value that an HTTP header can hold"}
	durationValidator          = stringRule{validateDuration, "a Go duration greater than zero"}
)

// stringRule is a validator that calls check, such as a function of package juspay.
type stringRule struct {
	check       func(name, value string) error
	description string
}

func (r stringRule) Description(context.Context) string { return r.description }

func (r stringRule) MarkdownDescription(ctx context.Context) string { return r.Description(ctx) }

func (r stringRule) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if !hasAttrValue(req.ConfigValue) {
		return
	}
	if err := r.check(req.Path.String(), req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, summaryInvalid+req.Path.String(), err.Error()+".")
	}
}

func validateDuration(name, text string) error {
	// ParseDuration returns 0 with an error.
	if duration, _ := time.ParseDuration(text); duration <= 0 {
		return fmt.Errorf("%s must be a Go duration greater than zero, such as 90s or 10m", name)
	}
	return nil
}

// maxAccounts is the maximum number of accounts in customer_ids, of a data source or of an
// ephemeral resource.
const maxAccounts = 50_000

// validateCustomerAccounts validates arguments that depend on each other, and the elements
// of maps. It skips unknown values; Terraform validates again when they are known.
func validateCustomerAccounts(arguments tfObject) diag.Diagnostics {
	var diags diag.Diagnostics
	const remedy = "Set customer_ids to read the accounts that it names, or customer_id to read all accounts of one customer."
	at, customerIDs, customerID := path.Root("customer_ids"), arguments["customer_ids"], arguments["customer_id"]
	switch n := len(objectFromTF(customerIDs)); {
	case customerIDs.IsNull() && customerID.IsNull():
		diags.AddError(summaryMissing+"customer_ids", "Neither customer_ids nor customer_id is set. "+remedy)
	case hasTFValue(customerIDs) && hasTFValue(customerID):
		diags.AddAttributeError(at, summaryInvalid+"customer_ids", "customer_ids and customer_id are both set. "+remedy)
	case n > maxAccounts:
		diags.AddAttributeError(at, summaryTooManyAccounts, fmt.Sprintf("customer_ids holds %d accounts. The maximum is %d. "+
			"Split the accounts among several data sources.", n, maxAccounts))
	default:
		diags = append(validateCustomerIDs(objectFromTF(customerIDs)), validateRoutingIDs(arguments)...)
		diags = capDiagnostics(diags, summaryMoreInvalidArguments, countMore("error"))
	}
	return diags
}

// validateCustomerIDs reports invalid elements of customer_ids. It does not use Append,
// which compares each error with all others.
func validateCustomerIDs(customerIDs tfObject) (diags diag.Diagnostics) {
	for _, id := range slices.Sorted(maps.Keys(customerIDs)) {
		fail := func(summary, detail string) {
			diags = append(diags, diag.NewAttributeErrorDiagnostic(path.Root("customer_ids").AtMapKey(id), summary, detail))
		}
		element := displayElement("customer_ids", id)
		if err := juspay.ValidateCustomerAccountID("The key of "+element+", a customer_account_id,", id); err != nil {
			fail(summaryInvalidKey, err.Error()+".")
		}
		switch value := customerIDs[id]; {
		case !value.IsKnown(): // it is validated when it is known
		case value.IsNull():
			fail(summaryMissingCustomerID, "The value of "+element+", a customer_id, is null. Set it, or remove the account from the map.")
		default:
			if err := juspay.ValidateIdentifier("The value of "+element+", a customer_id,", stringFromTF(value)); err != nil {
				fail(summaryInvalidCustomerID, err.Error()+".")
			}
		}
	}
	return diags
}

// validateRoutingIDs reports invalid elements of routing_ids. A null is valid, and means
// that the routing id is not set.
func validateRoutingIDs(arguments tfObject) (diags diag.Diagnostics) {
	customers, areAllKnown := knownCustomers(arguments)
	routingIDs := objectFromTF(arguments["routing_ids"])
	for _, customerID := range slices.Sorted(maps.Keys(routingIDs)) {
		fail := func(summary, detail string) {
			diags = append(diags, diag.NewAttributeErrorDiagnostic(path.Root("routing_ids").AtMapKey(customerID), summary, detail))
		}
		element := displayElement("routing_ids", customerID)
		if areAllKnown && !customers[customerID] {
			fail(summaryUnknownCustomerID, "The key of "+element+" is not a customer_id whose accounts are read. Correct the key, or remove it.")
		}
		if value := routingIDs[customerID]; hasTFValue(value) {
			if err := juspay.ValidateHeaderValue("The value of "+element+", a routing id,", stringFromTF(value)); err != nil {
				fail(summaryInvalidRoutingID, err.Error()+".")
			}
		}
	}
	return diags
}

// knownCustomers returns the known customers whose accounts are read, and whether all are known.
func knownCustomers(arguments tfObject) (customers map[string]bool, areAllKnown bool) {
	customers = map[string]bool{stringFromTF(arguments["customer_id"]): true}
	for _, customerID := range objectFromTF(arguments["customer_ids"]) {
		customers[stringFromTF(customerID)] = true
	}
	delete(customers, "") // the customer of a null or unknown value
	return customers, arguments["customer_id"].IsKnown() && arguments["customer_ids"].IsFullyKnown()
}
