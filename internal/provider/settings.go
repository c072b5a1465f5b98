// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// The environment variables of the settings. Juspay's own tools use the same names.
const (
	envAPIKey          = "JUSPAY_API_KEY" //nolint:gosec // the name of a variable
	envEnvironment     = "JUSPAY_ENV"
	envBaseURL         = "JUSPAY_BASE_URL"
	envMerchantID      = "JUSPAY_MERCHANT_ID"
	envCACertPEM       = "JUSPAY_CA_CERT_PEM"
	envClientCertPEM   = "JUSPAY_CLIENT_CERT_PEM"
	envClientKeyPEM    = "JUSPAY_CLIENT_KEY_PEM" //nolint:gosec // the name of a variable
	envAppendUserAgent = "TF_APPEND_USER_AGENT"  // Terraform's own, for all providers
)

// setting is an attribute of the provider block.
type setting struct {
	attribute   string
	variable    string    // the environment variable, "" for none
	valueType   attr.Type // the type of the value, nil for types.StringType
	sensitive   bool
	quotable    bool // whether Terraform may quote the value in an error: it cannot contain a secret
	description string
	// apply sets fields of the client's configuration. Its error names the source.
	apply func(a *appliedSettings, source string, value attr.Value) error
}

// resolve returns the value of a setting and its source: the attribute, the environment
// variable, or "" if it is not set. An empty environment variable is not set. Whitespace
// around its value is from the file that it was read from.
func (s setting) resolve(b blockValues, getenv func(string) string) (value attr.Value, source string) {
	if b.isUnknown(s.attribute) {
		return nil, "" // the attribute may have a value after apply, which takes precedence
	}
	if hasAttrValue(b[s.attribute]) {
		return b[s.attribute], s.attribute
	}
	if s.variable != "" && strings.TrimSpace(getenv(s.variable)) != "" {
		return types.StringValue(strings.TrimSpace(getenv(s.variable))), s.variable
	}
	return nil, ""
}

// applyValue applies a value, unless it comes from a variable and is in quotation marks.
func (s setting) applyValue(applied *appliedSettings, source string, value attr.Value) error {
	if source == s.variable && isQuoted(stringFromAttr(value)) {
		return fmt.Errorf("%s begins and ends with a quotation mark, which is part of its value. Remove the quotation marks", source)
	}
	return s.apply(applied, source, value)
}

// invalid reports a value that cannot be used. On an attribute, Terraform would quote its
// lines of the configuration, even if the value came from the environment.
func (s setting) invalid(err error) diag.Diagnostic {
	e := diag.NewErrorDiagnostic(summaryInvalid+s.attribute, err.Error()+".")
	if !s.quotable {
		return e
	}
	return diag.WithPath(path.Root(s.attribute), e)
}

var apiKeySetting = setting{
	attribute: "api_key", variable: envAPIKey, sensitive: true, apply: applyAPIKey,
	description: "API key from the Juspay dashboard (Settings > Security). A key belongs to one environment. " +
		"Whitespace around it is ignored. Required. " +
		"Prefer the environment variable, or an ephemeral value: Terraform stores a literal key, or one from an ordinary variable, in saved plan files.",
}

// settings has the attributes in the order of their errors.
var settings = []setting{
	apiKeySetting,
	{
		attribute: "environment", variable: envEnvironment, quotable: true, apply: applyEnvironment,
		description: "Environment of Juspay to read from: " + environmentList(juspay.Environments(), "`%s` (%s)") + ". " +
			"It conflicts with `base_url`. Default: `" + juspay.Sandbox.Name + "`.",
	},
	{
		attribute: "base_url", variable: envBaseURL, apply: applyBaseURL,
		description: "URL of a server with Juspay's API, such as a bank's white-label host. It conflicts with `environment`. A path is kept as a prefix. " +
			"Default: the URL of `environment`.",
	},
	{
		attribute: "merchant_id", variable: envMerchantID, quotable: true, apply: applyMerchantID,
		description: "Merchant id, sent as the header `x-merchantid`. Set it only if Juspay or your bank requires it: reading an account does not. " +
			"Default: the header is not sent.",
	},
	{
		attribute: "request_timeout", quotable: true, apply: applyRequestTimeout,
		description: fmt.Sprintf("Timeout of one attempt, from connecting to the last byte, as a Go duration such as `10s` or `1m30s`. "+
			"An attempt that times out is retried up to `max_retries` times. Default: `%s`.", juspay.DefaultRequestTimeout),
	},
	{
		attribute: "max_retries", valueType: types.NumberType, quotable: true, apply: applyMaxRetries,
		description: fmt.Sprintf("Maximum number of retries of a read whose attempts fail, from 0 to %d. "+
			"Once the server has served any read, requests that a rate limit refuses are sent again in addition. Default: `%d`.",
			highestMaxRetries, juspay.DefaultMaxRetries),
	},
	{
		attribute: "requests_per_second", valueType: types.NumberType, quotable: true, apply: applyRequestsPerSecond,
		description: "Maximum number of requests per second, retries included, such as `50` or `0.5`. " +
			"It holds for all reads of this provider block together. " +
			"Set it to your rate limit at Juspay, divided by the number of plans that run concurrently. " +
			"Without it, the provider slows down only when requests are throttled. Default: no limit.",
	},
	{
		attribute: "max_concurrent_requests", valueType: types.NumberType, quotable: true, apply: applyMaxConcurrentRequests,
		description: fmt.Sprintf("Maximum number of requests in flight, and of connections, from 1 to %d. "+
			"It holds for all reads of this provider block together. "+
			"Terraform itself reads 10 data sources concurrently, unless `-parallelism` changes that. Default: `%d`.",
			highestMaxConcurrentRequests, juspay.DefaultMaxConcurrentRequests),
	},
	{
		attribute: "ca_cert_pem", variable: envCACertPEM, apply: applyCACert,
		description: "Certificates of additional authorities to trust, as PEM, such as those of a bank's gateway or of a proxy that inspects TLS. " +
			"The operating system's authorities stay trusted. In the environment variable, a line break may be written as `\\n`. " +
			"Default: the operating system's authorities only.",
	},
	{
		attribute: "client_cert_pem", variable: envClientCertPEM, apply: applyClientCert,
		description: "Client certificate for mutual TLS, as PEM, followed by any intermediate certificates. It requires `client_key_pem`. Default: none.",
	},
	{
		attribute: "client_key_pem", variable: envClientKeyPEM, sensitive: true, apply: applyClientKey,
		description: "Private key of `client_cert_pem`, as unencrypted PEM. " +
			"Prefer the environment variable, or an ephemeral value: Terraform stores a literal key, or one from an ordinary variable, in saved plan files. " +
			"Default: none.",
	},
	{
		attribute: "unknown_fields", quotable: true, apply: applyUnknownFields,
		description: "What to do about a field of a response that the provider does not know, and that may limit an account: " +
			"`warn` names it in a warning, `error` refuses an `ACTIVE` account that has it, and `ignore` does nothing. " +
			"Default: `warn`.",
	},
	{
		attribute: "accepted_fields", valueType: acceptedFieldsType, quotable: true, apply: applyAcceptedFields,
		description: "Fields of responses that you have checked with Juspay: `name` for a field that the provider does not know, " +
			"or `name=value` for a value that would otherwise contradict the status `ACTIVE`, such as `is_active=false`. " +
			"Errors and warnings show the entry that accepts a field. Default: none.",
	},
	{
		attribute: "request_headers", valueType: headersType, sensitive: true, apply: applyRequestHeaders,
		description: "Additional headers of every request, keyed by name, such as Juspay's `version` or the key of a gateway. " +
			"A header that the provider sends itself is an error. " +
			"Values have at least four characters, because a shorter one could not be hidden; they are never shown or logged. Default: none.",
	},
}

var (
	headersType        = types.MapType{ElemType: types.StringType}
	acceptedFieldsType = types.ListType{ElemType: types.StringType}
)

func providerSchema() schema.Schema {
	attributes := map[string]schema.Attribute{}
	for _, s := range settings {
		description := s.description
		if s.variable != "" {
			description += " Environment variable: `" + s.variable + "`."
		}
		switch s.valueType {
		case nil:
			attributes[s.attribute] = schema.StringAttribute{MarkdownDescription: description, Optional: true, Sensitive: s.sensitive}
		case types.NumberType:
			attributes[s.attribute] = schema.NumberAttribute{MarkdownDescription: description, Optional: true, Sensitive: s.sensitive}
		case headersType:
			attributes[s.attribute] = schema.MapAttribute{MarkdownDescription: description, Optional: true, Sensitive: s.sensitive, ElementType: types.StringType}
		case acceptedFieldsType:
			attributes[s.attribute] = schema.ListAttribute{MarkdownDescription: description, Optional: true, Sensitive: s.sensitive, ElementType: types.StringType}
		default:
			panic(fmt.Sprintf("the setting %s is of the type %s, which providerSchema does not convert", s.attribute, s.valueType))
		}
	}
	return schema.Schema{
		MarkdownDescription: "Reads the customer accounts (UPI addresses and bank accounts) that Juspay stores for customers. " +
			"Configurations and policies can then assert that an account is `ACTIVE` before money moves. " +
			"The provider is read-only: it has no resources, and the only HTTP method that it sends is GET.",
		Attributes: attributes,
	}
}
