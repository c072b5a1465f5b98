// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// providerConfig has the values of the provider block, keyed by attribute.
type providerConfig map[string]attr.Value

// newProviderConfig returns the values of a provider block. If the block as a whole is
// unknown, every value is. A block without one of the attributes is an error: the setting
// would otherwise be ignored.
func newProviderConfig(block types.Object) (providerConfig, diag.Diagnostics) {
	config := providerConfig(block.Attributes())
	for _, s := range settings {
		switch {
		case block.IsUnknown():
			config[s.attribute] = types.StringUnknown()
		case config[s.attribute] == nil:
			return nil, diag.Diagnostics{diag.NewErrorDiagnostic(summaryUnexpectedData,
				"The provider block has no attribute "+s.attribute+". This is a bug in the provider. Report it to the provider's developers.")}
		}
	}
	return config, nil
}

// isUnknown reports whether an attribute, or one of its elements, is unknown.
func (p providerConfig) isUnknown(attribute string) bool {
	headers, _ := p[attribute].(types.Map)
	fields, _ := p[attribute].(types.List)
	return p[attribute] != nil && p[attribute].IsUnknown() ||
		slices.ContainsFunc(slices.Collect(maps.Values(headers.Elements())), attr.Value.IsUnknown) ||
		slices.ContainsFunc(fields.Elements(), attr.Value.IsUnknown)
}

// unknown reports the settings that are known only after apply.
func (p providerConfig) unknown() diag.Diagnostics {
	var diags diag.Diagnostics
	for _, s := range settings {
		if !p.isUnknown(s.attribute) {
			continue
		}
		remedy := "set it to a literal"
		if s.variable != "" {
			remedy = "remove it from the provider block and set the environment variable " + s.variable
		}
		diags.AddError(summaryUnknown+s.attribute,
			fmt.Sprintf("This account is read during plan, but the provider's %s is known only after apply.\n\n"+
				"Either %s, or first apply the resource that its value comes from: terraform apply -target=ADDRESS.", s.attribute, remedy))
	}
	return withHelp("configuration", diags)
}

// configuration is the client's configuration while the settings are applied.
type configuration struct {
	juspay.Config

	sources map[string]string   // where each setting was found, keyed by attribute
	chain   []*x509.Certificate // of client_cert_pem, nil if not set or not valid
	key     crypto.Signer       // of client_key_pem, nil if not set or not valid
}

// clientConfig returns the client's configuration, and an error for each setting that
// cannot be used. It skips unknown settings and a missing key.
func (p providerConfig) clientConfig(getenv func(string) string) (juspay.Config, diag.Diagnostics) {
	c := configuration{sources: map[string]string{}, Config: juspay.Config{
		BaseURL:               juspay.Sandbox.BaseURL,
		RequestTimeout:        juspay.DefaultRequestTimeout,
		MaxRetries:            juspay.DefaultMaxRetries,
		MaxConcurrentRequests: juspay.DefaultMaxConcurrentRequests,
	}}
	var diags diag.Diagnostics
	isInvalid := map[string]bool{}
	for _, s := range settings {
		value, source := s.resolve(p, getenv)
		if source == "" || source == envEnvironment && isSet(p["base_url"]) {
			continue // base_url in the configuration takes precedence over the variable
		}
		c.sources[s.attribute] = source
		if source == s.variable && isQuoted(stringOf(value)) {
			diags.Append(s.invalid(fmt.Errorf("%s begins and ends with a quotation mark, which is part of its value. Remove the quotation marks", source)))
			isInvalid[s.attribute] = true
			continue
		}
		for _, err := range joined(s.apply(&c, source, value)) {
			diags.Append(s.invalid(err))
			isInvalid[s.attribute] = true
		}
	}
	c.APIKeySource = c.sources["api_key"]
	if !isInvalid["environment"] { // or this error would hide that one
		diags.Append(c.checkServer()...)
	}
	diags.Append(c.addClientCertificate(p)...)
	diags.Append(c.addProxy(getenv)...)
	return c.Config, withHelp("configuration", diags)
}

// withHelp ends the detail of each error with a link to a section of the troubleshooting guide.
func withHelp(section string, diags diag.Diagnostics) (helped diag.Diagnostics) {
	for _, d := range diags {
		e := diag.Diagnostic(diag.NewErrorDiagnostic(d.Summary(), d.Detail()+"\n\n  Help: "+troubleshooting+"#"+section))
		if on, ok := d.(diag.DiagnosticWithPath); ok {
			e = diag.WithPath(on.Path(), e)
		}
		helped = append(helped, e)
	}
	return helped
}

// isQuoted reports whether a text is in quotation marks. Shells remove them. Docker and some
// pipelines keep them when they read variables from a file.
func isQuoted(text string) bool {
	return len(text) >= 2 && strings.ContainsRune(`"'`, rune(text[0])) && text[0] == text[len(text)-1]
}

// resolve returns the value of a setting and its source: the attribute, the environment
// variable, or "" if it is not set. An empty environment variable is not set. Whitespace
// around its value is from the file that it was read from.
func (s setting) resolve(p providerConfig, getenv func(string) string) (value attr.Value, source string) {
	switch {
	case p.isUnknown(s.attribute):
	case isSet(p[s.attribute]):
		return p[s.attribute], s.attribute
	case s.variable != "" && strings.TrimSpace(getenv(s.variable)) != "":
		return types.StringValue(strings.TrimSpace(getenv(s.variable))), s.variable
	}
	return nil, ""
}

// joined returns the errors that errors.Join joined.
func joined(err error) []error {
	var list interface{ Unwrap() []error }
	switch {
	case err == nil:
		return nil
	case errors.As(err, &list):
		return list.Unwrap()
	}
	return []error{err}
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

// checkServer reports two settings that select a server: "production" in a configuration
// must mean that production was read.
func (c *configuration) checkServer() diag.Diagnostics {
	if c.sources["environment"] == "" || c.sources["base_url"] == "" {
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("environment"), summaryConflict,
		fmt.Sprintf("%s and %s are both set, and each selects the server to read from. Remove or unset one of them.", c.sources["environment"], c.sources["base_url"]))}
}

func (c *configuration) addClientCertificate(p providerConfig) diag.Diagnostics {
	for attribute, other := range map[string]string{"client_cert_pem": "client_key_pem", "client_key_pem": "client_cert_pem"} {
		if c.sources[other] != "" && c.sources[attribute] == "" && !p.isUnknown(attribute) {
			return diag.Diagnostics{diag.NewErrorDiagnostic(summaryMissing+attribute,
				fmt.Sprintf("%s is set without %s. Set %s or the environment variable JUSPAY_%s too.", c.sources[other], attribute, attribute, strings.ToUpper(attribute)))}
		}
	}
	if c.chain == nil || c.key == nil {
		return nil
	}
	var err error
	if c.ClientCertificate, err = juspay.NewClientCertificate(c.chain, c.key); err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic(summaryInvalid+"client_key_pem", fmt.Sprintf("%s: %v.", c.sources["client_key_pem"], err))}
	}
	return nil
}

// expiredCertificate warns of an expired client certificate. Only the server can reject
// it, since the clock of this machine may be wrong.
func expiredCertificate(config juspay.Config, now time.Time) diag.Diagnostics {
	if config.ClientCertificate == nil || !now.After(config.ClientCertificate.Leaf.NotAfter) {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic(summaryExpiredCertificate,
		fmt.Sprintf("The client certificate expired at %s. A server that requires a client certificate will refuse it. Renew the certificate.", config.ClientCertificate.Leaf.NotAfter.UTC().Format(time.RFC3339)))}
}

// addProxy adds the proxy of the environment. An invalid proxy is an error, since the
// client would otherwise bypass it.
func (c *configuration) addProxy(getenv func(string) string) diag.Diagnostics {
	c.NoProxy = cmp.Or(getenv("NO_PROXY"), getenv("no_proxy"))
	for _, name := range []string{"HTTPS_PROXY", "https_proxy"} {
		value := getenv(name)
		if c.HTTPSProxy = cmp.Or(strings.TrimSpace(value), value); value == "" {
			continue
		}
		for _, quoted := range []string{name, "NO_PROXY", "no_proxy"} {
			if isQuoted(strings.TrimSpace(getenv(quoted))) {
				return diag.Diagnostics{diag.NewErrorDiagnostic(summaryInvalid+quoted, fmt.Sprintf("The environment variable %s is in quotation marks. Remove them.", quoted))}
			}
		}
		if err := juspay.ValidateProxyURL("The environment variable "+name, c.HTTPSProxy); err != nil {
			return diag.Diagnostics{diag.NewErrorDiagnostic(summaryInvalid+name, err.Error()+". Correct the variable, or unset it.")}
		}
		break
	}
	return nil
}

// missingKey reports that no key was given, or an empty one.
func (p providerConfig) missingKey(getenv func(string) string) diag.Diagnostics {
	key, source := settings[0].resolve(p, getenv)
	if p.isUnknown("api_key") || strings.TrimSpace(stringOf(key)) != "" {
		return nil
	}
	detail := "The environment variable " + envKey + " is not set or is empty. Set it to an API key of the environment that you read from."
	if source == "api_key" {
		detail = "api_key is empty. Set it to an API key, or remove it and set the environment variable " + envKey + "."
	}
	// Reads report this error, and their configuration has no attribute api_key.
	return withHelp("authentication", diag.Diagnostics{diag.NewErrorDiagnostic(summaryMissing+"api_key",
		detail+" Keys are created in the Juspay dashboard (Settings > Security).")})
}

// userAgent names the provider, Terraform and the user's addition.
func userAgent(version, terraformVersion string, getenv func(string) string) string {
	agent := "terraform-provider-juspay/" + version
	if terraformVersion != "" {
		agent += " Terraform/" + terraformVersion
	}
	return strings.TrimSpace(agent + " " + strings.TrimSpace(getenv(envAppendUserAgent)))
}
