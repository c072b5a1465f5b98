// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/big"
	"regexp"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// refOf names the account that the attributes of account ask for. Accounts are
// objects here, since the framework's way from and to structs takes more time than
// all else that a read takes of the provider.
func refOf(account types.Object) juspay.AccountRef {
	attributes := account.Attributes()
	customerID := textOf(attributes["customer_id"])
	return juspay.AccountRef{
		CustomerID:        customerID,
		CustomerAccountID: textOf(attributes["customer_account_id"]),
		RoutingID:         cmp.Or(textOf(attributes["routing_id"]), customerID),
	}
}

func textOf(value attr.Value) string {
	text, _ := value.(types.String)
	return text.ValueString()
}

// withValues is object with other values for some attributes.
func withValues(object types.Object, values map[string]attr.Value) types.Object {
	attributes := object.Attributes()
	maps.Copy(attributes, values)
	return types.ObjectValueMust(object.AttributeTypes(context.Background()), attributes)
}

func customerAccountSchema() schema.Schema {
	attributes := customerAccountAttributes()
	maps.Copy(attributes, readAttributes("vpa"))
	attributes["vpa"] = schema.StringAttribute{
		MarkdownDescription: "UPI address (virtual payment address) of the account, such as `someone@bank`; null for a bank account, or if `include_vpa` is false. " + describePersonal,
		Computed:            true,
		Sensitive:           true,
	}
	return schema.Schema{
		MarkdownDescription: "Reads one payout account (a UPI address or a bank account) that Juspay stores for a customer, and how far its validation has come. " +
			"Juspay validates an account with a penny drop: it sends a small amount and sees whether that succeeds. " +
			"The account is read at every plan, with one request. Applying a saved plan does not read it again. " +
			"Of a bank account, its own details (number, holder, IFSC) are never read or stored.",
		Attributes: attributes,
	}
}

// describePersonal is what there is to know of the attributes that hold VPAs.
const describePersonal = "Personal data, often a phone number: Terraform hides it in its output, but stores it in state and plan files in clear text. Juspay's field: `account_details.vpa`."

// customerAccountAttributes are those of an account but its VPA, for both data
// sources.
func customerAccountAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"customer_id": schema.StringAttribute{
			MarkdownDescription: "Whose account it is: Juspay's id of the customer (`cst_...`), or your own reference, if the customer was created with one. It stays as it is written here, even where Juspay answers with its own id.",
			Required:            true,
			Validators:          []validator.String{identifierValidator},
		},
		"customer_account_id": schema.StringAttribute{
			MarkdownDescription: "Which account to read: the id that Juspay answered with when the account was stored, such as `banh_qn2zdmZ4VAEFaBny`. An answer for any other account is an error.",
			Required:            true,
			Validators:          []validator.String{customerAccountIDValidator},
		},
		"routing_id": schema.StringAttribute{
			MarkdownDescription: "Sent as the header `x-routing-id`. Juspay wants the same value in all calls for a customer: set it if your other programs do not send the customer id. Default: the value of `customer_id`.",
			Optional:            true,
			Computed:            true,
			Validators:          []validator.String{headerValueValidator},
		},
		"validation_status": schema.StringAttribute{
			MarkdownDescription: describeStatuses(),
			Computed:            true,
		},
		"validation_amount": schema.NumberAttribute{
			MarkdownDescription: "Amount of the penny drop in units of `currency` (`1.5` is one rupee and fifty paise), as an exact decimal. Juspay's field: `validation_amount`.",
			Computed:            true,
		},
		"currency": schema.StringAttribute{
			MarkdownDescription: "Currency of `validation_amount`, as an ISO 4217 code such as `INR`. Juspay's field: `currency`.",
			Computed:            true,
		},
		"date_created": schema.StringAttribute{
			MarkdownDescription: "When the account was stored at Juspay, in RFC 3339 and UTC, such as `2023-06-06T13:29:49Z`. Juspay's field: `date_created`.",
			Computed:            true,
		},
		"last_validated": schema.StringAttribute{
			MarkdownDescription: "When the account was last validated, in RFC 3339 and UTC. May be null before the first validation, on which `timecmp` fails, even behind `&&`: write `x == null ? false : timecmp(x, ...) > 0`. Juspay's field: `last_validated`.",
			Computed:            true,
		},
	}
}

// readAttributes are the arguments that say how accounts are read, for both data
// sources.
func readAttributes(vpa string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"include_vpa": schema.BoolAttribute{
			MarkdownDescription: "Whether `" + vpa + "` is read. With `false` it is null, and the address is dropped as Juspay's answer is decoded, so that it reaches neither state nor plan. Default: `true`.",
			Optional:            true,
		},
		"wait_for_validation": schema.BoolAttribute{
			MarkdownDescription: "Whether to wait while the status is `CREATED` or `PENDING`. The account is read again after a second, and then after twice as long each time, up to 15 seconds, or when Juspay says so. " +
				"Any other status ends the wait, `FAILURE` too, and is no error: that is for conditions to decide. At the end of `timeouts.read`, it is an error. " +
				"The wait is part of every plan, also of one that destroys, so do not use it where a validation may take long: plan again later. Default: `false`.",
			Optional: true,
		},
		"timeouts": schema.SingleNestedAttribute{
			MarkdownDescription: "How long things may take.",
			Optional:            true,
			CustomType:          timeouts.Type{ObjectType: types.ObjectType{AttrTypes: map[string]attr.Type{"read": types.StringType}}},
			Attributes: map[string]schema.Attribute{
				"read": schema.StringAttribute{
					MarkdownDescription: fmt.Sprintf("Longest time for reading, with all repeats, and for waiting, as a Go duration such as `90s` or `10m`. Default: `%dm`.", int(readLimit.Minutes())),
					Optional:            true,
					Validators:          []validator.String{durationValidator},
				},
			},
		},
	}
}

// readLimit bounds a read where timeouts.read does not.
const readLimit = 5 * time.Minute

// reading is how accounts are read.
type reading struct {
	options juspay.ReadOptions
	limit   time.Duration
}

func newReading(ctx context.Context, includeVPA, wait types.Bool, limits timeouts.Value) (reading, diag.Diagnostics) {
	limit, diags := limits.Read(ctx, readLimit)
	return reading{juspay.ReadOptions{
		OmitVPA:           isSet(includeVPA) && !includeVPA.ValueBool(),
		WaitForValidation: wait.ValueBool(),
	}, limit}, diags
}

// readingOf is how the attributes of account want it to be read.
func readingOf(ctx context.Context, account types.Object) (reading, diag.Diagnostics) {
	attributes := account.Attributes()
	includeVPA, _ := attributes["include_vpa"].(types.Bool)
	wait, _ := attributes["wait_for_validation"].(types.Bool)
	limits, _ := attributes["timeouts"].(timeouts.Value)
	return newReading(ctx, includeVPA, wait, limits)
}

// readAccount reads the account that config asks for, and returns config with what
// Juspay answered.
func readAccount(ctx context.Context, client *juspay.Client, config types.Object) (types.Object, diag.Diagnostics) {
	ref := refOf(config)
	how, diags := readingOf(ctx, config)
	if diags.HasError() {
		return config, diags
	}
	ctx, cancel := context.WithTimeout(withClientLogger(ctx, client), how.limit)
	defer cancel()
	account, err := client.Get(ctx, ref, how.options)
	if err != nil {
		return config, diag.Diagnostics{errorDiagnostic(ref, how.limit, err)}
	}
	values, diags := customerAccountValues(path.Empty(), ref, account)
	values["vpa"] = stringOrNull(account.VPA)
	return withValues(config, values), diags
}

func describeStatuses() string {
	var described []string
	for _, status := range juspay.ValidationStatuses() {
		described = append(described, fmt.Sprintf("`%s` (%s)", status, status.Meaning()))
	}
	return "How far the penny drop has come: " + strings.Join(described, ", ") + ". " +
		"Only `ACTIVE` says that the account was found valid, so test for it, and never for the absence of a bad status: a status that Juspay adds later is passed through as it is, and null means that Juspay sent none. " +
		"Juspay's field: `validation_status`."
}

// customerAccountValues turns what was asked for and what Juspay answered into
// the values of customerAccountAttributes at a path. Its only diagnostics are
// warnings.
func customerAccountValues(at path.Path, ref juspay.AccountRef, account juspay.CustomerAccount) (map[string]attr.Value, diag.Diagnostics) {
	var diags diag.Diagnostics
	values := map[string]attr.Value{
		"customer_id":         types.StringValue(ref.CustomerID),
		"customer_account_id": types.StringValue(ref.CustomerAccountID),
		"routing_id":          types.StringValue(ref.RoutingID),
		"validation_status":   stringOrNull(string(account.ValidationStatus)),
		"validation_amount":   numberOrNull(account.ValidationAmount.String()),
		"currency":            stringOrNull(account.Currency),
		"date_created":        timestampOrNull(at, "date_created", account.DateCreated, &diags),
		"last_validated":      timestampOrNull(at, "last_validated", account.LastValidated, &diags),
	}
	return values, diags
}

func stringOrNull(s string) types.String {
	if s == "" {
		return types.StringNull()
	}
	return types.StringValue(s)
}

// terraformPrecision is that of Terraform's own numbers in bits, so that a
// literal read here equals the same literal written in a configuration.
const terraformPrecision = 512

func numberOrNull(literal string) types.Number {
	number, _, err := big.ParseFloat(literal, 10, terraformPrecision, big.ToNearestEven)
	if err != nil {
		return types.NumberNull() // "": the client lets no other non-number through
	}
	return types.NumberValue(number)
}

// rfc3339 is the form that Terraform's functions take. Package time also takes
// one-digit hours and decimal commas.
var rfc3339 = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$`)

// timestampOrNull gives t in UTC, or with a warning as it is if it is not
// RFC 3339: a date in another form is no reason to fail a read of the status.
func timestampOrNull(at path.Path, attribute, t string, diags *diag.Diagnostics) types.String {
	if t == "" {
		return types.StringNull()
	}
	if parsed, err := time.Parse(time.RFC3339, t); err == nil && rfc3339.MatchString(t) {
		if utc, err := parsed.UTC().MarshalText(); err == nil { // an error is a year past 9999
			return types.StringValue(string(utc))
		}
	}
	diags.AddAttributeWarning(at.AtName(attribute), "Unexpected form of "+attribute,
		"Juspay sent a value for "+attribute+" that is not a timestamp in the form of RFC 3339 that Terraform's functions take. It is passed through as it came, so timecmp and others may fail on it.")
	return types.StringValue(t)
}
