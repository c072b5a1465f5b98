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

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// attributes are the values of a configuration or of an account by name, in the
// types of Terraform's protocol: the framework's own types take as much time as
// everything else that a read of many accounts does.
type attributes = map[string]tftypes.Value

// attributesOf returns the attributes of an object or the elements of a map. Those
// of null and unknown values are none.
func attributesOf(value tftypes.Value) attributes {
	var elements attributes
	if value.IsKnown() {
		_ = value.As(&elements) // its only error is another type than the schema's
	}
	return elements
}

// textOf is empty for what is null or unknown.
func textOf(value tftypes.Value) string {
	var text string
	if value.IsKnown() {
		_ = value.As(&text)
	}
	return text
}

func isTrue(value tftypes.Value) bool {
	var b bool
	if value.IsKnown() {
		_ = value.As(&b)
	}
	return b
}

func textValue(text string) tftypes.Value { return tftypes.NewValue(tftypes.String, text) }

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
			MarkdownDescription: "Customer whose account to read: Juspay's id (`cst_...`), or your own reference, if the customer was created with one. It stays as it is configured, even where Juspay returns its own id.",
			Required:            true,
			Validators:          []validator.String{identifierValidator},
		},
		"customer_account_id": schema.StringAttribute{
			MarkdownDescription: "Id of the account to read, which Juspay returned when the account was stored, such as `banh_qn2zdmZ4VAEFaBny`. A response for any other account is an error.",
			Required:            true,
			Validators:          []validator.String{customerAccountIDValidator},
		},
		"routing_id": schema.StringAttribute{
			MarkdownDescription: "Value of the header `x-routing-id`. Juspay requires the same value in all calls for a customer: set it if your other programs do not send the customer id. Default: the value of `customer_id`.",
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
			MarkdownDescription: "Time at which the account was stored at Juspay, in RFC 3339 and UTC, such as `2023-06-06T13:29:49Z`. Juspay's field: `date_created`.",
			Computed:            true,
		},
		"last_validated": schema.StringAttribute{
			MarkdownDescription: "Time at which the account was last validated, in RFC 3339 and UTC. May be null before the first validation. Juspay's page also calls it the \"recent modified date\" of the account, so a change of the account may count. " +
				"Test its age with the function `validated_within`, since `timecmp` fails on null. Juspay's field: `last_validated`.",
			Computed: true,
		},
	}
}

// readAttributes are the arguments that say how accounts are read, for both data
// sources.
func readAttributes(vpa string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"include_vpa": schema.BoolAttribute{
			MarkdownDescription: "Whether to read `" + vpa + "`. With `false` it is null, and the provider drops the address while it decodes the response, so that the address reaches neither state nor plan. Default: `true`.",
			Optional:            true,
		},
		"wait_for_validation": schema.BoolAttribute{
			MarkdownDescription: "Whether to wait while the status is `CREATED` or `PENDING`. The provider polls after a second, and then after twice as long each time, up to 15 seconds, or when Juspay says so. " +
				"Any other status ends the wait, `FAILURE` too, and is no error. The end of `timeouts.read` is one. " +
				"The wait is part of every plan, so do not use it where a validation may take long: plan again later. Default: `false`.",
			Optional: true,
		},
		"timeouts": schema.SingleNestedAttribute{
			MarkdownDescription: "Timeouts.",
			Optional:            true,
			Attributes: map[string]schema.Attribute{
				"read": schema.StringAttribute{
					MarkdownDescription: fmt.Sprintf("Maximum time for the read, with all retries and waiting, as a Go duration such as `90s` or `10m`. Default: `%dm`.", int(readLimit.Minutes())),
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

// readingOf is how config wants accounts to be read.
func readingOf(config attributes) (reading, diag.Diagnostics) {
	how := reading{limit: readLimit, options: juspay.ReadOptions{
		OmitVPA:           !config["include_vpa"].IsNull() && !isTrue(config["include_vpa"]),
		WaitForValidation: isTrue(config["wait_for_validation"]),
	}}
	text := textOf(attributesOf(config["timeouts"])["read"])
	if text == "" {
		return how, nil
	}
	limit, err := time.ParseDuration(text)
	if err != nil { // the validator accepts none of these
		return how, diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("timeouts").AtName("read"), "Invalid timeouts.read", "timeouts.read is no Go duration. Set one, such as 90s or 10m.")}
	}
	how.limit = limit
	return how, nil
}

// readAccount reads the account that config names, and returns config with what
// Juspay returned.
func readAccount(ctx context.Context, client *juspay.Client, config tftypes.Value) (tftypes.Value, diag.Diagnostics) {
	values := maps.Clone(attributesOf(config))
	ref := accountRef(textOf(values["customer_id"]), textOf(values["customer_account_id"]), textOf(values["routing_id"]))
	how, diags := readingOf(values)
	if diags.HasError() {
		return config, diags
	}
	ctx, cancel := context.WithTimeout(withClientLogger(ctx, client), how.limit)
	defer cancel()
	account, err := client.Get(ctx, ref, how.options)
	if err != nil {
		return config, diag.Diagnostics{errorDiagnostic(ref, how.limit, err)}
	}
	read, diags := customerAccountValues(path.Empty(), ref, account)
	maps.Copy(values, read)
	values["vpa"] = textOrNull(account.VPA)
	return tftypes.NewValue(config.Type(), values), diags
}

// accountRef names an account. Without a routing id, that is the customer id.
func accountRef(customerID, customerAccountID, routingID string) juspay.AccountRef {
	return juspay.AccountRef{CustomerID: customerID, CustomerAccountID: customerAccountID, RoutingID: cmp.Or(routingID, customerID)}
}

func describeStatuses() string {
	var described []string
	for _, status := range juspay.ValidationStatuses() {
		described = append(described, fmt.Sprintf("`%s` (%s)", status, status.Meaning()))
	}
	return "Progress of the penny drop: " + strings.Join(described, ", ") + ". " +
		"Test for `ACTIVE`, and never for the absence of another status: a status that Juspay adds later is passed through as it is, and null means that Juspay sent none. " +
		"Juspay's field: `validation_status`."
}

// customerAccountValues turns an account and what named it into the values of
// customerAccountAttributes at a path. Its only diagnostics are warnings.
func customerAccountValues(at path.Path, ref juspay.AccountRef, account juspay.CustomerAccount) (attributes, diag.Diagnostics) {
	var diags diag.Diagnostics
	values := attributes{
		"customer_id":         textValue(ref.CustomerID),
		"customer_account_id": textValue(ref.CustomerAccountID),
		"routing_id":          textValue(ref.RoutingID),
		"validation_status":   textOrNull(string(account.ValidationStatus)),
		"validation_amount":   numberOrNull(account.ValidationAmount.String()),
		"currency":            textOrNull(account.Currency),
		"date_created":        timestampOrNull(at, "date_created", account.DateCreated, &diags),
		"last_validated":      timestampOrNull(at, "last_validated", account.LastValidated, &diags),
	}
	return values, diags
}

func textOrNull(text string) tftypes.Value {
	if text == "" {
		return tftypes.NewValue(tftypes.String, nil)
	}
	return textValue(text)
}

// terraformPrecision is that of Terraform's own numbers in bits, so that a
// literal read here equals the same literal in a configuration.
const terraformPrecision = 512

func numberOrNull(literal string) tftypes.Value {
	number, _, err := big.ParseFloat(literal, 10, terraformPrecision, big.ToNearestEven)
	if err != nil {
		return tftypes.NewValue(tftypes.Number, nil) // "": the client lets no other non-number through
	}
	return tftypes.NewValue(tftypes.Number, number)
}

// rfc3339 is the form that Terraform's functions take. Package time also takes
// one-digit hours and decimal commas.
var rfc3339 = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$`)

// parseTimestamp is false for what is not RFC 3339.
func parseTimestamp(t string) (time.Time, bool) {
	parsed, err := time.Parse(time.RFC3339, t)
	return parsed, err == nil && rfc3339.MatchString(t)
}

// timestampOrNull gives t in UTC, or with a warning as it is if it is not
// RFC 3339: a date in another form is no reason to fail a read of the status.
func timestampOrNull(at path.Path, attribute, t string, diags *diag.Diagnostics) tftypes.Value {
	if t == "" {
		return textOrNull("")
	}
	if parsed, ok := parseTimestamp(t); ok {
		if utc, err := parsed.UTC().MarshalText(); err == nil { // an error is a year past 9999
			return textValue(string(utc))
		}
	}
	diags.AddAttributeWarning(at.AtName(attribute), "Unexpected form of "+attribute,
		"Juspay sent a value for "+attribute+" that is not a timestamp in the form of RFC 3339 that Terraform's functions take. It is passed through unchanged, so timecmp and others may fail on it.")
	return textValue(t)
}
