// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/fields"
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

// The maximum values of two settings, which are maximums themselves.
const (
	highestMaxRetries            = 10
	highestMaxConcurrentRequests = 256
)

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

func applyAPIKey(a *appliedSettings, source string, value attr.Value) error {
	a.APIKey = strings.TrimSpace(stringFromAttr(value))
	if a.APIKey == "" {
		return nil // missingKeyError reports it
	}
	if err := juspay.ValidateAPIKey(source, a.APIKey); err != nil {
		return fmt.Errorf("%w. Copy the key again from the Juspay dashboard", err)
	}
	return nil
}

func applyEnvironment(a *appliedSettings, source string, value attr.Value) error {
	var names []string
	for _, environment := range juspay.Environments() {
		if environment.Name == stringFromAttr(value) {
			a.BaseURL = environment.BaseURL
			return nil
		}
		names = append(names, environment.Name)
	}
	return fmt.Errorf("%w. For any other server, set base_url instead", newWordError(source, value, environmentList(juspay.Environments(), "%[1]q"), names...))
}

func applyBaseURL(a *appliedSettings, source string, value attr.Value) (err error) {
	a.BaseURL, err = juspay.NormalizeBaseURL(source, stringFromAttr(value))
	return err
}

func applyMerchantID(a *appliedSettings, source string, value attr.Value) error {
	a.MerchantID = stringFromAttr(value)
	return juspay.ValidateHeaderValue(source, a.MerchantID)
}

func applyRequestTimeout(a *appliedSettings, source string, value attr.Value) (err error) {
	a.RequestTimeout, err = time.ParseDuration(stringFromAttr(value))
	if err != nil || a.RequestTimeout <= 0 {
		return fmt.Errorf(`%s is %q. It must be a Go duration greater than zero, with a unit, such as "30s", "500ms" or "1m30s"`, source, stringFromAttr(value))
	}
	return nil
}

func applyMaxRetries(a *appliedSettings, source string, value attr.Value) (err error) {
	a.MaxRetries, err = wholeNumber(source, value, 0, highestMaxRetries)
	return err
}

func applyMaxConcurrentRequests(a *appliedSettings, source string, value attr.Value) (err error) {
	a.MaxConcurrentRequests, err = wholeNumber(source, value, 1, highestMaxConcurrentRequests)
	return err
}

func applyRequestsPerSecond(a *appliedSettings, source string, value attr.Value) error {
	number := numberFromAttr(value)
	if a.RequestsPerSecond, _ = number.Float64(); a.RequestsPerSecond <= 0 {
		return fmt.Errorf("%s is %s. It must be greater than 0. For no limit, remove it", source, shortNumber(number))
	}
	return nil
}

func applyCACert(a *appliedSettings, source string, value attr.Value) error {
	certificates, err := juspay.ParseCertificates(source, normalizePEM(stringFromAttr(value)))
	if err != nil {
		return pemError(err)
	}
	if a.RootCAs, err = juspay.NewCertPool(certificates); err != nil {
		return fmt.Errorf("%s: %w. Make the operating system's certificates readable, or remove ca_cert_pem", source, err)
	}
	return nil
}

func applyClientCert(a *appliedSettings, source string, value attr.Value) (err error) {
	a.chain, err = juspay.ParseCertificates(source, normalizePEM(stringFromAttr(value)))
	return pemError(err)
}

func applyClientKey(a *appliedSettings, source string, value attr.Value) (err error) {
	text := normalizePEM(stringFromAttr(value))
	for line := range strings.SplitSeq(text, "\n") {
		if line != "" && !strings.HasPrefix(line, "-----") {
			a.ExtraSecrets = append(a.ExtraSecrets, line)
		}
	}
	a.key, err = juspay.ParsePrivateKey(source, text)
	return pemError(err)
}

func applyUnknownFields(a *appliedSettings, source string, value attr.Value) error {
	a.UnknownFields = fields.UnknownMode(stringFromAttr(value))
	words := []string{string(fields.ReportUnknown), string(fields.RejectUnknown), string(fields.IgnoreUnknown)}
	if slices.Contains(words, stringFromAttr(value)) {
		return nil
	}
	return newWordError(source, value, fmt.Sprintf("%q, %q or %q", words[0], words[1], words[2]), words...)
}

func applyAcceptedFields(a *appliedSettings, source string, value attr.Value) error {
	list, _ := value.(types.List)
	var errs []error
	for _, element := range list.Elements() {
		entry := stringFromAttr(element) // "" for null, which the client rejects
		a.AcceptedFields = append(a.AcceptedFields, entry)
		errs = append(errs, fields.ValidateAccepted(source, entry))
	}
	return errors.Join(errs...)
}

// settingByHeader maps headers that the client sends itself to the setting of their value.
var settingByHeader = map[string]string{
	"Authorization":       "api_key",
	"Host":                "base_url",
	"X-Routing-Id":        "routing_id or routing_ids of the data source",
	"X-Merchantid":        "merchant_id",
	"User-Agent":          "the environment variable " + envAppendUserAgent,
	"Proxy-Authorization": "the environment variable HTTPS_PROXY",
}

func applyRequestHeaders(a *appliedSettings, source string, value attr.Value) error {
	headers, _ := value.(types.Map)
	a.RequestHeaders = map[string]string{}
	for name, value := range headers.Elements() {
		a.RequestHeaders[name] = stringFromAttr(value) // "" for null, which the client rejects
	}
	var errs []error
	for _, err := range juspay.ValidateRequestHeaders(a.RequestHeaders) {
		err = fmt.Errorf("%s: %w", source, err)
		var configErr *juspay.ConfigError
		if errors.As(err, &configErr) && settingByHeader[configErr.Header] != "" {
			err = fmt.Errorf("%w. Set %s instead", err, settingByHeader[configErr.Header])
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
