// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// The environment variables for attributes that are not set. Those that Juspay's
// own tools know have the same names there.
const (
	envKey             = "JUSPAY_API_KEY"
	envEnvironment     = "JUSPAY_ENV"
	envBaseURL         = "JUSPAY_BASE_URL"
	envMerchantID      = "JUSPAY_MERCHANT_ID"
	envAppendUserAgent = "TF_APPEND_USER_AGENT" // Terraform's own, for all providers
)

// The maximums of the settings.
const (
	maxRetries            = 10
	maxConcurrentRequests = 256
)

type providerModel struct {
	APIKey         types.String `tfsdk:"api_key"`
	Environment    types.String `tfsdk:"environment"`
	BaseURL        types.String `tfsdk:"base_url"`
	MerchantID     types.String `tfsdk:"merchant_id"`
	RequestTimeout types.String `tfsdk:"request_timeout"`
	MaxRetries     types.Number `tfsdk:"max_retries"`

	RequestsPerSecond     types.Number `tfsdk:"requests_per_second"`
	MaxConcurrentRequests types.Number `tfsdk:"max_concurrent_requests"`

	CACertPEM      types.String `tfsdk:"ca_cert_pem"`
	ClientCertPEM  types.String `tfsdk:"client_cert_pem"`
	ClientKeyPEM   types.String `tfsdk:"client_key_pem"`
	RequestHeaders types.Map    `tfsdk:"request_headers"`
}

// unknown reports the settings that are known only after apply.
func (m providerModel) unknown() diag.Diagnostics {
	var diags diag.Diagnostics
	for _, setting := range []struct {
		name        string
		value       attr.Value
		environment string
	}{
		{"api_key", m.APIKey, envKey},
		{"environment", m.Environment, envEnvironment},
		{"base_url", m.BaseURL, envBaseURL},
		{"merchant_id", m.MerchantID, envMerchantID},
		{"request_timeout", m.RequestTimeout, ""},
		{"max_retries", m.MaxRetries, ""},
		{"requests_per_second", m.RequestsPerSecond, ""},
		{"max_concurrent_requests", m.MaxConcurrentRequests, ""},
		{"ca_cert_pem", m.CACertPEM, envCACertPEM},
		{"client_cert_pem", m.ClientCertPEM, envClientCertPEM},
		{"client_key_pem", m.ClientKeyPEM, envClientKeyPEM},
		{"request_headers", m.knownRequestHeaders(), ""},
	} {
		if !setting.value.IsUnknown() {
			continue
		}
		instead := "set it to a literal"
		if setting.environment != "" {
			instead = "remove it from the provider block and set the environment variable " + setting.environment
		}
		diags.AddError(summaryUnknown+setting.name,
			fmt.Sprintf("This account is read during plan, but the provider's %s is known only after apply.\n\n"+
				"Either %s, or first apply the resource that its value comes from: terraform apply -target=ADDRESS.", setting.name, instead))
	}
	return diags
}

// clientConfig turns the configuration into the client's, and reports every value
// that cannot be used. What is unknown is passed over. The key may be missing.
func (m providerModel) clientConfig(getenv func(string) string) (juspay.Config, diag.Diagnostics) {
	resolved := m.resolve(getenv)
	diags := resolved.validate()
	config := resolved.convert()
	diags.Append(m.addCertificates(&config, getenv)...)
	diags.Append(m.addRequestHeaders(&config)...)
	diags.Append(addProxy(&config, getenv)...)
	return config, diags
}

// setting is a value and the name of what it was set by: an attribute, an
// environment variable, or "" where it is not set.
type setting struct{ value, from string }

// settings are resolved: the configuration beats environment variables.
type settings struct {
	apiKey, environment, baseURL, merchantID, requestTimeout setting
	maxRetries, requestsPerSecond, maxConcurrentRequests     types.Number
}

func (m providerModel) resolve(getenv func(string) string) settings {
	s := settings{
		apiKey:                lookUp(m.APIKey, "api_key", envKey, getenv),
		environment:           lookUp(m.Environment, "environment", envEnvironment, getenv),
		baseURL:               lookUp(m.BaseURL, "base_url", envBaseURL, getenv),
		merchantID:            lookUp(m.MerchantID, "merchant_id", envMerchantID, getenv),
		requestTimeout:        lookUp(m.RequestTimeout, "request_timeout", "", getenv),
		maxRetries:            m.MaxRetries,
		requestsPerSecond:     m.RequestsPerSecond,
		maxConcurrentRequests: m.MaxConcurrentRequests,
	}
	s.apiKey.value = strings.TrimSpace(s.apiKey.value)
	if s.baseURL.from == "base_url" && s.environment.from == envEnvironment {
		s.environment = setting{}
	}
	return s
}

// lookUp returns a setting. An environment variable that is empty is not set.
func lookUp(value types.String, attribute, environment string, getenv func(string) string) setting {
	switch {
	case value.IsUnknown():
		return setting{}
	case !value.IsNull():
		return setting{value.ValueString(), attribute}
	case getenv(environment) != "":
		return setting{getenv(environment), environment}
	}
	return setting{}
}

func (s settings) validate() diag.Diagnostics {
	var diags diag.Diagnostics
	invalid := func(attribute, detail string, values ...any) {
		diags.AddAttributeError(path.Root(attribute), summaryInvalid+attribute, fmt.Sprintf(detail, values...))
	}
	// On its attribute, Terraform would quote the line with the secret.
	invalidSecret := func(attribute string, s setting, detail string) {
		if s.from == attribute {
			diags.AddError(summaryInvalid+attribute, detail)
		} else {
			invalid(attribute, "%s", detail)
		}
	}
	if err := juspay.ValidateAPIKey(s.apiKey.value); err != nil && s.apiKey.value != "" {
		invalidSecret("api_key", s.apiKey, fmt.Sprintf("%s %v. Copy the key again from the Juspay dashboard.", s.apiKey.from, err))
	}
	if _, ok := findEnvironment(s.environment.value); !ok && s.environment.from != "" {
		invalid("environment", "%s is %q. It must be %s. For any other server, set base_url instead.", s.environment.from, s.environment.value, environmentNames())
	}
	if _, err := juspay.NormalizeBaseURL(s.baseURL.value); err != nil && s.baseURL.from != "" {
		if detail := fmt.Sprintf("%s %v.", s.baseURL.from, err); strings.Contains(s.baseURL.value, "@") { // a password
			invalidSecret("base_url", s.baseURL, detail)
		} else {
			invalid("base_url", "%s", detail)
		}
	}
	// "production" in a configuration must mean that production was read.
	if s.environment.from != "" && s.baseURL.from != "" {
		diags.AddAttributeError(path.Root("environment"), summaryConflict,
			fmt.Sprintf("%s and %s are both set, and each selects the server to read from. Remove or unset one of them.", s.environment.from, s.baseURL.from))
	}
	if err := juspay.ValidateHeaderValue(s.merchantID.value); err != nil && s.merchantID.from != "" {
		invalid("merchant_id", "%s %v.", s.merchantID.from, err)
	}
	// A text that is no duration parses as 0.
	if timeout, _ := time.ParseDuration(s.requestTimeout.value); s.requestTimeout.from != "" && timeout <= 0 {
		invalid("request_timeout", "request_timeout is %q. It must be a Go duration greater than zero, with a unit, such as \"30s\", \"500ms\" or \"1m30s\".", s.requestTimeout.value)
	}
	if isSet(s.maxRetries) && !isIntBetween(s.maxRetries, 0, maxRetries) {
		invalid("max_retries", "max_retries is %s. It must be a whole number from 0 to %d. 0 turns retries off.", shortNumber(s.maxRetries), maxRetries)
	}
	if isSet(s.requestsPerSecond) && perSecond(s.requestsPerSecond) <= 0 {
		invalid("requests_per_second", "requests_per_second is %s. It must be greater than 0. For no limit, remove it.", shortNumber(s.requestsPerSecond))
	}
	if isSet(s.maxConcurrentRequests) && !isIntBetween(s.maxConcurrentRequests, 1, maxConcurrentRequests) {
		invalid("max_concurrent_requests", "max_concurrent_requests is %s. It must be a whole number from 1 to %d.", shortNumber(s.maxConcurrentRequests), maxConcurrentRequests)
	}
	return diags
}

// convert fills in the defaults. The settings must be valid.
func (s settings) convert() juspay.Config {
	config := juspay.Config{
		APIKey:                s.apiKey.value,
		APIKeySource:          s.apiKey.from,
		BaseURL:               juspay.Sandbox.BaseURL,
		MerchantID:            s.merchantID.value,
		RequestTimeout:        juspay.DefaultRequestTimeout,
		MaxRetries:            juspay.DefaultMaxRetries,
		MaxConcurrentRequests: juspay.DefaultMaxConcurrentRequests,
	}
	if environment, ok := findEnvironment(s.environment.value); ok {
		config.BaseURL = environment.BaseURL
	}
	if baseURL, err := juspay.NormalizeBaseURL(s.baseURL.value); err == nil {
		config.BaseURL = baseURL
	}
	if timeout, err := time.ParseDuration(s.requestTimeout.value); err == nil {
		config.RequestTimeout = timeout
	}
	if isSet(s.maxRetries) {
		config.MaxRetries = wholeNumber(s.maxRetries)
	}
	if isSet(s.requestsPerSecond) {
		config.RequestsPerSecond = perSecond(s.requestsPerSecond)
	}
	if isSet(s.maxConcurrentRequests) {
		config.MaxConcurrentRequests = wholeNumber(s.maxConcurrentRequests)
	}
	return config
}

// missingKey reports that no key was given, or an empty one.
func (m providerModel) missingKey(getenv func(string) string) diag.Diagnostics {
	key := m.resolve(getenv).apiKey
	if m.APIKey.IsUnknown() || key.value != "" {
		return nil
	}
	detail := "The environment variable " + envKey + " is not set or is empty. Set it to an API key of the environment that you read from."
	if key.from == "api_key" {
		detail = "api_key is empty. Set it to an API key, or remove it and set the environment variable " + envKey + "."
	}
	// Reads report it, and their configuration has no api_key to put it on.
	return diag.Diagnostics{diag.NewErrorDiagnostic(summaryMissing+"api_key",
		detail+" Keys are created in the Juspay dashboard (Settings > Security).")}
}

func isSet(value attr.Value) bool {
	return !value.IsNull() && !value.IsUnknown()
}

// isIntBetween reports whether value is a whole number from least to most.
func isIntBetween(value types.Number, least, most int64) bool {
	whole, accuracy := value.ValueBigFloat().Int64()
	return accuracy == big.Exact && whole >= least && whole <= most
}

func wholeNumber(value types.Number) int {
	whole, _ := value.ValueBigFloat().Int64()
	return int(whole)
}

func perSecond(value types.Number) float64 {
	rate, _ := value.ValueBigFloat().Float64()
	return rate
}

// shortNumber is how an error shows a number that may have a thousand digits.
func shortNumber(value types.Number) string {
	return value.ValueBigFloat().Text('g', 10)
}

func findEnvironment(name string) (juspay.Environment, bool) {
	for _, e := range juspay.Environments() {
		if e.Name == name {
			return e, true
		}
	}
	return juspay.Environment{}, false
}

// userAgent names the provider and Terraform, and what the user wants to add.
func userAgent(version, terraformVersion string, getenv func(string) string) string {
	agent := "terraform-provider-juspay/" + version
	if terraformVersion != "" {
		agent += " Terraform/" + terraformVersion
	}
	return strings.TrimSpace(agent + " " + strings.TrimSpace(getenv(envAppendUserAgent)))
}
