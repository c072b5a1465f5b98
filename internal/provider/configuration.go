// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"fmt"
	"maps"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// The environment variables that stand in for attributes that are not set.
// Those that Juspay's own tools know have the same names there.
const (
	envKey             = "JUSPAY_API_KEY"
	envEnvironment     = "JUSPAY_ENV"
	envBaseURL         = "JUSPAY_BASE_URL"
	envMerchantID      = "JUSPAY_MERCHANT_ID"
	envAppendUserAgent = "TF_APPEND_USER_AGENT" // Terraform's own, for all providers
)

// What the settings may be at most.
const (
	mostRetries            = 10
	mostConcurrentRequests = 256
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

func providerSchema() schema.Schema {
	whole := schema.Schema{
		MarkdownDescription: "Reads the payout accounts (UPI addresses and bank accounts) that Juspay stores for customers. Configurations and policies can then assert that an account is `ACTIVE` before money moves. " +
			"The provider is read-only: it has no resources, and the only HTTP method that it sends is GET.",
		Attributes: map[string]schema.Attribute{
			"api_key": schema.StringAttribute{
				MarkdownDescription: "API key from the Juspay dashboard (Settings > Security). A key belongs to one environment. Whitespace around it is ignored. Required. " +
					"Environment variable: `" + envKey + "`. Prefer it, or an ephemeral value: Terraform stores a literal key, or one from an ordinary variable, in saved plan files.",
				Optional:  true,
				Sensitive: true,
			},
			"environment": schema.StringAttribute{
				MarkdownDescription: "Environment of Juspay to read from: " + describeEnvironments() + ". It conflicts with `base_url`. Environment variable: `" + envEnvironment + "`. Default: `" + juspay.Sandbox.Name + "`.",
				Optional:            true,
			},
			"base_url": schema.StringAttribute{
				MarkdownDescription: "URL of a server with Juspay's API, such as a bank's white-label host. It conflicts with `environment`. " +
					"It must begin with `https://`; `http://` is accepted for a server on the same machine only. A path is kept as a prefix. Environment variable: `" + envBaseURL + "`. Default: the URL of `environment`.",
				Optional: true,
			},
			"merchant_id": schema.StringAttribute{
				MarkdownDescription: "Merchant id, sent as the header `x-merchantid`. Set it only if Juspay or your bank requires it: reading an account does not. " +
					"Environment variable: `" + envMerchantID + "`. Default: the header is not sent.",
				Optional: true,
			},
			"request_timeout": schema.StringAttribute{
				MarkdownDescription: "Timeout of one attempt, from connecting to the last byte, as a Go duration such as `10s` or `1m30s`. An attempt that times out is retried up to `max_retries` times. Default: `30s`.",
				Optional:            true,
			},
			"max_retries": schema.NumberAttribute{
				MarkdownDescription: fmt.Sprintf("Maximum number of retries per read, from 0 to %d. `0` turns retries off. "+
					"Broken connections, timeouts and the HTTP statuses 429, 500, 502, 503 and 504 are retried, with exponential backoff. Default: `%d`.", mostRetries, juspay.DefaultMaxRetries),
				Optional: true,
			},
			"requests_per_second": schema.NumberAttribute{
				MarkdownDescription: "Maximum number of requests per second, retries included, such as `50` or `0.5`. It holds for all reads of this provider block together. Set it to the rate limit in your contract with Juspay. " +
					"Without it, the provider slows down only when Juspay throttles requests (HTTP status 429). Default: no limit.",
				Optional: true,
			},
			"max_concurrent_requests": schema.NumberAttribute{
				MarkdownDescription: fmt.Sprintf("Maximum number of requests in flight, and of connections, from 1 to %d. It holds for all reads of this provider block together. "+
					"Terraform itself reads 10 data sources concurrently, unless `-parallelism` changes that. Default: `%d`.", mostConcurrentRequests, juspay.DefaultMaxConcurrentRequests),
				Optional: true,
			},
		},
	}
	maps.Copy(whole.Attributes, gatewayAttributes())
	return whole
}

func describeEnvironments() string {
	var described []string
	for _, e := range juspay.Environments() {
		described = append(described, "`"+e.Name+"` ("+e.BaseURL+")")
	}
	return strings.Join(described, " or ")
}

func environmentNames() string {
	var names []string
	for _, e := range juspay.Environments() {
		names = append(names, strconv.Quote(e.Name))
	}
	return strings.Join(names, " or ")
}

// unknownSettings is what data sources get in place of a client where a setting is
// known only after apply: the errors for a read that needs it. A read that is
// itself deferred to apply gets a client then.
type unknownSettings diag.Diagnostics

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
		diags.AddError("Unknown "+setting.name,
			fmt.Sprintf("This account is read during plan, but the provider's %s is known only after apply.\n\n"+
				"Either %s, or first apply the resource that its value comes from: terraform apply -target=ADDRESS.", setting.name, instead))
	}
	return diags
}

// clientConfig turns the configuration into the client's, with environment
// variables and defaults for what is not set, and reports every value that
// cannot be used. What is unknown is passed over. The key may be missing.
func (m providerModel) clientConfig(getenv func(string) string) (juspay.Config, diag.Diagnostics) {
	var diags diag.Diagnostics
	config := juspay.Config{
		RequestTimeout: juspay.DefaultRequestTimeout,
		MaxRetries:     juspay.DefaultMaxRetries,

		MaxConcurrentRequests: juspay.DefaultMaxConcurrentRequests,
	}
	invalid := func(attribute, detail string) {
		diags.AddAttributeError(path.Root(attribute), "Invalid "+attribute, detail)
	}

	if key, from := lookUp(m.APIKey, "api_key", envKey, getenv); from != "" {
		config.APIKey, config.APIKeySource = strings.TrimSpace(key), from
		if err := juspay.ValidateAPIKey(config.APIKey); err != nil && config.APIKey != "" {
			detail := fmt.Sprintf("%s %v. Copy the key again from the Juspay dashboard.", from, err)
			if from == "api_key" {
				// On its attribute, Terraform would quote the line with the key.
				diags.AddError("Invalid api_key", detail)
			} else {
				invalid("api_key", detail)
			}
		}
	}

	baseURL, diagsOfURL := m.resolveBaseURL(getenv)
	diags.Append(diagsOfURL...)
	config.BaseURL = baseURL

	if id, from := lookUp(m.MerchantID, "merchant_id", envMerchantID, getenv); from != "" {
		config.MerchantID = id
		if err := juspay.ValidateHeaderValue(id); err != nil {
			invalid("merchant_id", fmt.Sprintf("%s %v.", from, err))
		}
	}

	if isSet(m.RequestTimeout) {
		timeout, err := time.ParseDuration(m.RequestTimeout.ValueString())
		if err != nil || timeout <= 0 {
			invalid("request_timeout", fmt.Sprintf("request_timeout is %q. It must be a Go duration greater than zero, with a unit, such as \"30s\", \"500ms\" or \"1m30s\".", m.RequestTimeout.ValueString()))
		}
		config.RequestTimeout = timeout
	}

	if isSet(m.MaxRetries) {
		retries, ok := wholeNumber(m.MaxRetries, 0, mostRetries)
		if !ok {
			invalid("max_retries", fmt.Sprintf("max_retries is %s. It must be a whole number from 0 to %d. 0 turns retries off.", shortNumber(m.MaxRetries), mostRetries))
		}
		config.MaxRetries = retries
	}

	if isSet(m.RequestsPerSecond) {
		perSecond, _ := m.RequestsPerSecond.ValueBigFloat().Float64()
		if perSecond <= 0 {
			invalid("requests_per_second", fmt.Sprintf("requests_per_second is %s. It must be greater than 0. For no limit, remove it.", shortNumber(m.RequestsPerSecond)))
		}
		config.RequestsPerSecond = min(perSecond, 1e9) // a nanosecond apart is no limit
	}

	if isSet(m.MaxConcurrentRequests) {
		concurrent, ok := wholeNumber(m.MaxConcurrentRequests, 1, mostConcurrentRequests)
		if !ok {
			invalid("max_concurrent_requests", fmt.Sprintf("max_concurrent_requests is %s. It must be a whole number from 1 to %d.", shortNumber(m.MaxConcurrentRequests), mostConcurrentRequests))
		}
		config.MaxConcurrentRequests = concurrent
	}
	diags.Append(m.addCertificates(&config, getenv)...)
	diags.Append(m.addRequestHeaders(&config)...)
	return config, diags
}

// missingKey reports that no key was given, or an empty one.
func (m providerModel) missingKey(getenv func(string) string) diag.Diagnostics {
	key, from := lookUp(m.APIKey, "api_key", envKey, getenv)
	if m.APIKey.IsUnknown() || strings.TrimSpace(key) != "" {
		return nil
	}
	detail := "The environment variable " + envKey + " is not set or is empty. Set it to an API key of the environment that you read from."
	if from == "api_key" {
		detail = "api_key is empty. Set it to an API key, or remove it and set the environment variable " + envKey + "."
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("api_key"), "Missing api_key",
		detail+" Keys are created in the Juspay dashboard (Settings > Security).")}
}

// resolveBaseURL returns the URL of the server to read from. environment and
// base_url exclude each other: "production" in a configuration must mean that
// production was read.
func (m providerModel) resolveBaseURL(getenv func(string) string) (string, diag.Diagnostics) {
	var diags diag.Diagnostics
	name, environmentFrom := lookUp(m.Environment, "environment", envEnvironment, getenv)
	raw, urlFrom := lookUp(m.BaseURL, "base_url", envBaseURL, getenv)
	if urlFrom == "base_url" && environmentFrom == envEnvironment {
		name, environmentFrom = "", "" // the configuration beats the environment
	}
	baseURL, err := juspay.NormalizeBaseURL(raw)
	switch {
	case urlFrom == "" || err == nil:
	case urlFrom == "base_url" && strings.Contains(raw, "@"):
		// On its attribute, Terraform would quote the line with the password.
		diags.AddError("Invalid base_url", fmt.Sprintf("%s %v.", urlFrom, err))
	default:
		diags.AddAttributeError(path.Root("base_url"), "Invalid base_url", fmt.Sprintf("%s %v.", urlFrom, err))
	}
	environment, ok := findEnvironment(cmp.Or(name, juspay.Sandbox.Name))
	if environmentFrom != "" && (name == "" || !ok) {
		diags.AddAttributeError(path.Root("environment"), "Invalid environment",
			fmt.Sprintf("%s is %q. It must be %s. For any other server, set base_url instead.", environmentFrom, name, environmentNames()))
	}
	switch {
	case urlFrom == "":
		return environment.BaseURL, diags
	case environmentFrom != "":
		diags.AddAttributeError(path.Root("environment"), "Conflicting environment and base_url",
			fmt.Sprintf("%s and %s are both set, and each selects the server to read from. Remove or unset one of them.", environmentFrom, urlFrom))
	}
	return baseURL, diags
}

// lookUp returns a setting and the name of where it was found, which is empty
// when it is not set. Configuration beats environment; an environment variable
// that is empty is not set.
func lookUp(value types.String, attribute, environment string, getenv func(string) string) (found, from string) {
	switch {
	case value.IsUnknown():
		return "", ""
	case !value.IsNull():
		return value.ValueString(), attribute
	case getenv(environment) != "":
		return getenv(environment), environment
	}
	return "", ""
}

func isSet(value attr.Value) bool {
	return !value.IsNull() && !value.IsUnknown()
}

// wholeNumber is false for what is not a whole number from least to most.
func wholeNumber(value types.Number, least, most int64) (int, bool) {
	whole, accuracy := value.ValueBigFloat().Int64()
	return int(whole), accuracy == big.Exact && whole >= least && whole <= most
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
