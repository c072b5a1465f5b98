// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// defaultReadTimeout is the default of timeouts.read.
const defaultReadTimeout = 5 * time.Minute

func customerAccountSchema() schema.Schema {
	attributes := customerAccountAttributes()
	maps.Copy(attributes, readAttributes("vpa"))
	attributes["vpa"] = schema.StringAttribute{
		MarkdownDescription: vpaDescription + " " + storedVPADescription,
		Computed:            true,
		Sensitive:           true,
	}
	return schema.Schema{
		MarkdownDescription: "Reads one customer account (a UPI address or a bank account) that Juspay stores for a customer, and the status of its validation. " +
			"Juspay validates an account with a penny drop: it sends a small amount, and the account is `ACTIVE` if that succeeds.",
		Attributes: attributes,
	}
}

// The descriptions of the attributes that contain VPAs. storedVPADescription applies to the
// data sources only.
const (
	vpaDescription = "UPI address (virtual payment address) of the account, such as `someone@bank`. " +
		"Null for a bank account, or if `include_vpa` is false. " + personalDataDescription
	personalDataDescription = "Personal data, often a phone number. Juspay's field: `account_details.vpa`."
	storedVPADescription    = "Terraform hides it in its output, and stores it in state and plan files in plaintext."
)

// customerAccountAttributes returns the attributes of an account without its VPA, for
// data sources and ephemeral resources.
func customerAccountAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"customer_id": schema.StringAttribute{
			MarkdownDescription: "Customer whose account to read: Juspay's id (`cst_...`), or your own reference if the customer was created with one. " +
				"The value stays as configured, even if Juspay returns its own id.",
			Required:   true,
			Validators: []validator.String{identifierValidator},
		},
		"customer_account_id": schema.StringAttribute{
			MarkdownDescription: "Id of the account to read, such as `banh_qn2zdmZ4VAEFaBny`. Juspay returned it when the account was created. " +
				"A response with any other account is an error.",
			Required:   true,
			Validators: []validator.String{customerAccountIDValidator},
		},
		"routing_id": schema.StringAttribute{
			MarkdownDescription: "Value of the header `x-routing-id`. Juspay requires the same value in all calls for a customer. " +
				"Set it if your other programs send another value than the customer id. Default: the value of `customer_id`.",
			Optional:   true,
			Computed:   true,
			Validators: []validator.String{headerValueValidator},
		},
		"validation_status": schema.StringAttribute{
			MarkdownDescription: validationStatusDescription(),
			Computed:            true,
		},
		"validation_amount": schema.NumberAttribute{
			MarkdownDescription: "Amount of the penny drop in units of `currency`, as an exact decimal: `1.5` is one rupee and fifty paise. " +
				"Null if Juspay sends none, as before a penny drop. Juspay's field: `validation_amount`.",
			Computed: true,
		},
		"currency": schema.StringAttribute{
			MarkdownDescription: "Currency of `validation_amount`, as an ISO 4217 code such as `INR`. Null if Juspay sends none, as before a penny drop. " +
				"Juspay's field: `currency`.",
			Computed: true,
		},
		"date_created": schema.StringAttribute{
			MarkdownDescription: "Timestamp of the account's creation at Juspay, in RFC 3339 and UTC, such as `2023-06-06T13:29:49Z`. Juspay's field: `date_created`.",
			Computed:            true,
		},
		"last_validated": schema.StringAttribute{
			MarkdownDescription: "Timestamp of the last validation, in RFC 3339 and UTC. Null before the first validation. " +
				"A change of the account may renew it too: Juspay's page also calls it the \"recent modified date\". " +
				"Test its age with the function `validated_within`, because `timecmp` fails on null. Juspay's field: `last_validated`.",
			Computed: true,
		},
	}
}

// readAttributes returns the optional arguments of a data source and its ephemeral resource, whose
// attribute vpaAttribute contains the VPAs.
func readAttributes(vpaAttribute string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"include_vpa": schema.BoolAttribute{
			MarkdownDescription: "Whether to read `" + vpaAttribute + "`. With `false`, `" + vpaAttribute + "` is null: " +
				"the provider drops every UPI address when it decodes the response, so that neither state nor plan holds one. " +
				"The attribute stays sensitive. Default: `true`.",
			Optional: true,
		},
		"wait_for_validation": schema.BoolAttribute{
			MarkdownDescription: "Whether to poll while the status is `CREATED` or `PENDING`, first after 1 second, then at growing intervals of up to 15 seconds. " +
				"Any other status, `FAILURE` included, ends the wait without an error. A wait that exceeds `timeouts.read` is an error. " +
				"Every plan waits, and with an ephemeral resource every apply too. Default: `false`.",
			Optional: true,
		},
		"timeouts": schema.SingleNestedAttribute{
			MarkdownDescription: "Timeouts of reads, such as `timeouts = { read = \"10m\" }`.",
			Optional:            true,
			Attributes: map[string]schema.Attribute{
				"read": schema.StringAttribute{
					MarkdownDescription: fmt.Sprintf("Timeout of the read, including all retries and waits, as a Go duration such as `90s` or `10m`. "+
						"Default: `%dm`.", int(defaultReadTimeout.Minutes())),
					Optional:   true,
					Validators: []validator.String{durationValidator},
				},
			},
		},
	}
}

func validationStatusDescription() string {
	var statuses []string
	for _, status := range juspay.ValidationStatuses() {
		statuses = append(statuses, "`"+string(status)+"`")
	}
	return "Status of the penny drop: " + strings.Join(statuses, ", ") + ". " +
		"Test for `ACTIVE`, not for the absence of `FAILURE`: the provider returns an unknown status unchanged, and null if Juspay sends none. " +
		"Juspay's field: `validation_status`."
}

// accountRef returns a reference to an account. The default of the routing id is the
// customer id.
func accountRef(customerID, customerAccountID, routingID string) juspay.AccountRef {
	return juspay.AccountRef{CustomerID: customerID, CustomerAccountID: customerAccountID, RoutingID: cmp.Or(routingID, customerID)}
}

// customerAccountValues converts an account, whose attributes are below accountPath, to the values of
// customerAccountAttributes. Its diagnostics are warnings.
func customerAccountValues(accountPath path.Path, ref juspay.AccountRef, account juspay.CustomerAccount) (tfObject, diag.Diagnostics) {
	var diags diag.Diagnostics
	values := tfObject{
		"customer_id":         newString(ref.CustomerID),
		"customer_account_id": newString(ref.CustomerAccountID),
		"routing_id":          newString(ref.RoutingID),
		"validation_status":   stringOrNull(string(account.ValidationStatus)),
		"validation_amount":   numberOrNull(account.ValidationAmount.String()),
		"currency":            stringOrNull(account.Currency),
		"date_created":        timestampOrNull(accountPath, "date_created", account.DateCreated, &diags),
		"last_validated":      timestampOrNull(accountPath, "last_validated", account.LastValidated, &diags),
	}
	diags.Append(unreadableWarnings(accountPath, account.Unreadable)...)
	return values, diags
}

// unreadableWarnings reports the fields that Juspay sent in an unknown form. Their attributes, which are
// below accountPath, are null. No attribute shows account_details, so an unknown form of it is reported
// on validation_status: nothing in it could be compared with that.
func unreadableWarnings(accountPath path.Path, unreadable juspay.Unreadable) diag.Diagnostics {
	var diags diag.Diagnostics
	warn := func(attribute, field, effect string, isUnreadable bool) {
		if isUnreadable {
			diags.AddAttributeWarning(accountPath.AtName(attribute), summaryUnreadable+field,
				"Juspay sent the field "+field+" in a form that the provider does not know. "+effect+" Report the field to Juspay's support.")
		}
	}
	warnNull := func(name string, isUnreadable bool) {
		warn(name, name, name+" is null. The status is not affected.", isUnreadable)
	}
	warnNull("validation_amount", unreadable.ValidationAmount)
	warnNull("currency", unreadable.Currency)
	warnNull("date_created", unreadable.DateCreated)
	warnNull("last_validated", unreadable.LastValidated)
	warn("validation_status", "account_details", "Nothing in it could be compared with validation_status and the ids, "+
		"so a contradiction would not be found. With include_vpa = true, such a response is an error.", unreadable.AccountDetails)
	return diags
}
