// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// configuration collects the client's configuration as each setting is applied.
type configuration struct {
	juspay.Config

	chain []*x509.Certificate // of client_cert_pem, nil if not set or not valid
	key   crypto.Signer       // of client_key_pem, nil if not set or not valid
}

// unknown reports the settings that are known only after apply.
func (m providerModel) unknown() diag.Diagnostics {
	var diags diag.Diagnostics
	report := func(attribute, remedy string) {
		diags.AddError(summaryUnknown+attribute,
			fmt.Sprintf("This account is read during plan, but the provider's %s is known only after apply.\n\n"+
				"Either %s, or first apply the resource that its value comes from: terraform apply -target=ADDRESS.", attribute, remedy))
	}
	for _, s := range settings {
		switch {
		case !s.value(m).IsUnknown():
		case s.variable != "":
			report(s.attribute, "remove it from the provider block and set the environment variable "+s.variable)
		default:
			report(s.attribute, "set it to a literal")
		}
	}
	if m.requestHeadersOrUnknown().IsUnknown() {
		report("request_headers", "set it to a literal")
	}
	return diags
}

// clientConfig returns the client's configuration, and an error for each setting that
// cannot be used. It skips unknown settings and a missing key.
func (m providerModel) clientConfig(getenv func(string) string) (juspay.Config, diag.Diagnostics) {
	c := configuration{Config: juspay.Config{
		BaseURL:               juspay.Sandbox.BaseURL,
		RequestTimeout:        juspay.DefaultRequestTimeout,
		MaxRetries:            juspay.DefaultMaxRetries,
		MaxConcurrentRequests: juspay.DefaultMaxConcurrentRequests,
	}}
	var diags diag.Diagnostics
	sources := map[string]string{}
	for _, s := range settings {
		text, source := s.resolve(m, getenv)
		if s.attribute == "environment" && source == envEnvironment && isSet(m.BaseURL) {
			continue // base_url in the configuration takes precedence
		}
		var err error
		if number, _ := s.value(m).(types.Number); s.applyNumber != nil && isSet(number) {
			source, err = s.attribute, s.applyNumber(&c, number.ValueBigFloat())
		} else if source != "" {
			err = s.applyText(&c, text)
		}
		sources[s.attribute] = source
		if err != nil {
			diags.Append(invalidSetting(s, source, text, err))
		}
	}
	c.APIKeySource = sources["api_key"]
	diags.Append(checkServer(sources)...)
	diags.Append(c.addClientCertificate(m, sources)...)
	diags.Append(c.addRequestHeaders(m)...)
	diags.Append(c.addProxy(getenv)...)
	return c.Config, diags
}

// resolve returns the text of a setting and its source: the attribute, the environment
// variable, or "" if it is not set. An empty environment variable is not set.
func (s setting) resolve(m providerModel, getenv func(string) string) (text, source string) {
	value, ok := s.value(m).(types.String)
	switch {
	case !ok || value.IsUnknown():
		return "", ""
	case !value.IsNull():
		return value.ValueString(), s.attribute
	case getenv(s.variable) != "":
		return getenv(s.variable), s.variable
	}
	return "", ""
}

// invalidSetting reports a setting that cannot be used. On an attribute, Terraform would
// quote the line of the configuration, which must not hold a secret.
func invalidSetting(s setting, source, text string, err error) diag.Diagnostic {
	e := diag.NewErrorDiagnostic(summaryInvalid+s.attribute, fmt.Sprintf("%s %v.", source, err))
	if source == s.attribute && (s.sensitive || s.attribute == "base_url" && strings.Contains(text, "@") || strings.Contains(text, "PRIVATE KEY")) {
		return e
	}
	return diag.WithPath(path.Root(s.attribute), e)
}

// checkServer reports two settings that select a server: "production" in a configuration
// must mean that production was read.
func checkServer(sources map[string]string) diag.Diagnostics {
	if sources["environment"] == "" || sources["base_url"] == "" {
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("environment"), summaryConflict,
		fmt.Sprintf("%s and %s are both set, and each selects the server to read from. Remove or unset one of them.", sources["environment"], sources["base_url"]))}
}

func (c *configuration) addClientCertificate(m providerModel, sources map[string]string) diag.Diagnostics {
	var diags diag.Diagnostics
	missing := func(attribute, variable, other string) {
		diags.AddAttributeError(path.Root(attribute), summaryMissing+attribute,
			fmt.Sprintf("%s is set without %s. Set %s or the environment variable %s too.", other, attribute, attribute, variable))
	}
	certSource, keySource := sources["client_cert_pem"], sources["client_key_pem"]
	switch {
	case certSource != "" && keySource == "" && !m.ClientKeyPEM.IsUnknown():
		missing("client_key_pem", envClientKeyPEM, certSource)
	case keySource != "" && certSource == "" && !m.ClientCertPEM.IsUnknown():
		missing("client_cert_pem", envClientCertPEM, keySource)
	case c.chain != nil && c.key != nil:
		certificate, err := juspay.NewClientCertificate(c.chain, c.key)
		if err != nil {
			diags.Append(invalidSetting(setting{attribute: "client_key_pem", sensitive: true}, keySource, "", err))
		}
		c.ClientCertificate = certificate
	}
	return diags
}

// expiredCertificate warns of an expired client certificate. Only the server can reject
// it, since the clock of this machine may be wrong.
func expiredCertificate(config juspay.Config, now time.Time) diag.Diagnostics {
	if config.ClientCertificate == nil || !now.After(config.ClientCertificate.Leaf.NotAfter) {
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeWarningDiagnostic(path.Root("client_cert_pem"), summaryExpiredCertificate,
		fmt.Sprintf("The client certificate expired at %s. A server that requires a client certificate will refuse it. Renew the certificate.", config.ClientCertificate.Leaf.NotAfter.UTC().Format(time.RFC3339)))}
}

// headerSettings maps headers that the client sends itself to the setting of their value.
var headerSettings = map[string]string{
	"Authorization":       "api_key",
	"Host":                "base_url",
	"X-Routing-Id":        "routing_id of the data source",
	"X-Merchantid":        "merchant_id",
	"User-Agent":          "the environment variable " + envAppendUserAgent,
	"Proxy-Authorization": "the environment variable HTTPS_PROXY",
}

// addRequestHeaders reports no error on the attribute, whose lines Terraform would quote
// with the values.
func (c *configuration) addRequestHeaders(m providerModel) diag.Diagnostics {
	if m.requestHeadersOrUnknown().IsUnknown() {
		return nil
	}
	c.RequestHeaders = map[string]string{}
	for name, value := range m.RequestHeaders.Elements() {
		s, _ := value.(types.String)
		c.RequestHeaders[name] = s.ValueString() // "" for null, which the client rejects
	}
	var diags diag.Diagnostics
	for _, err := range juspay.ValidateRequestHeaders(c.RequestHeaders) {
		detail := fmt.Sprintf("In request_headers, %v.", err)
		var configErr *juspay.ConfigError
		if errors.As(err, &configErr) && headerSettings[configErr.Header] != "" {
			detail += " Set " + headerSettings[configErr.Header] + " instead."
		}
		diags.AddError(summaryInvalid+"request_headers", detail)
	}
	return diags
}

// requestHeadersOrUnknown returns the headers, or unknown if any of them is.
func (m providerModel) requestHeadersOrUnknown() attr.Value {
	for value := range maps.Values(m.RequestHeaders.Elements()) {
		if value.IsUnknown() {
			return types.MapUnknown(types.StringType)
		}
	}
	return m.RequestHeaders
}

// addProxy adds the proxy of the environment. An invalid proxy is an error, since the
// client would otherwise bypass it.
func (c *configuration) addProxy(getenv func(string) string) diag.Diagnostics {
	c.NoProxy = cmp.Or(getenv("NO_PROXY"), getenv("no_proxy"))
	name := "HTTPS_PROXY"
	if getenv(name) == "" {
		name = "https_proxy"
	}
	c.HTTPSProxy = getenv(name)
	if c.HTTPSProxy == "" {
		return nil
	}
	if err := juspay.ValidateProxyURL(c.HTTPSProxy); err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic(summaryInvalid+name, fmt.Sprintf("The environment variable %s %v. Correct the variable, or unset it.", name, err))}
	}
	return nil
}

// missingKey reports that no key was given, or an empty one.
func (m providerModel) missingKey(getenv func(string) string) diag.Diagnostics {
	key, source := settings[0].resolve(m, getenv)
	if m.APIKey.IsUnknown() || strings.TrimSpace(key) != "" {
		return nil
	}
	detail := "The environment variable " + envKey + " is not set or is empty. Set it to an API key of the environment that you read from."
	if source == "api_key" {
		detail = "api_key is empty. Set it to an API key, or remove it and set the environment variable " + envKey + "."
	}
	// Reads report this error, and their configuration has no attribute api_key.
	return diag.Diagnostics{diag.NewErrorDiagnostic(summaryMissing+"api_key",
		detail+" Keys are created in the Juspay dashboard (Settings > Security).")}
}

// userAgent names the provider, Terraform and the user's addition.
func userAgent(version, terraformVersion string, getenv func(string) string) string {
	agent := "terraform-provider-juspay/" + version
	if terraformVersion != "" {
		agent += " Terraform/" + terraformVersion
	}
	return strings.TrimSpace(agent + " " + strings.TrimSpace(getenv(envAppendUserAgent)))
}
