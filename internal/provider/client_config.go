// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// clientConfig returns the client's configuration, and an error for each setting that
// cannot be used. It skips unknown settings and a missing key.
func (b blockValues) clientConfig(getenv func(string) string) (juspay.Config, diag.Diagnostics) {
	applied := appliedSettings{sources: map[string]string{}, Config: juspay.Config{
		BaseURL:               juspay.Sandbox.BaseURL,
		RequestTimeout:        juspay.DefaultRequestTimeout,
		MaxRetries:            juspay.DefaultMaxRetries,
		MaxConcurrentRequests: juspay.DefaultMaxConcurrentRequests,
	}}
	var diags diag.Diagnostics
	isInvalidEnvironment := false
	for _, s := range settings {
		value, source := s.resolve(b, getenv)
		if source == "" || source == envEnvironment && (hasAttrValue(b["base_url"]) || b.isUnknown("base_url")) {
			continue // base_url in the block outranks JUSPAY_ENV
		}
		applied.sources[s.attribute] = source
		errs := splitErrors(s.applyValue(&applied, source, value))
		for _, err := range errs {
			diags.Append(s.newInvalidError(err))
		}
		isInvalidEnvironment = isInvalidEnvironment || s.attribute == "environment" && len(errs) > 0
	}
	applied.APIKeySource = applied.sources["api_key"]
	if !isInvalidEnvironment { // an invalid environment selects no server, and so conflicts with none
		diags.Append(applied.checkServer()...)
	}
	diags.Append(applied.addClientCertificate(b)...)
	diags.Append(applied.addProxy(getenv)...)
	return applied.Config, withHelp(sectionConfiguration, diags)
}

// splitErrors returns the errors that errors.Join joined.
func splitErrors(err error) []error {
	var list interface{ Unwrap() []error }
	switch {
	case err == nil:
		return nil
	case errors.As(err, &list):
		return list.Unwrap()
	}
	return []error{err}
}

// checkServer reports two settings that select a server: "production" in a configuration
// must mean that production was read.
func (a *appliedSettings) checkServer() diag.Diagnostics {
	if a.sources["environment"] == "" || a.sources["base_url"] == "" {
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeErrorDiagnostic(path.Root("environment"), summaryConflict,
		fmt.Sprintf("%s and %s are both set, and each selects the server to read from. Remove or unset one of them.",
			a.sources["environment"], a.sources["base_url"]))}
}

// addClientCertificate adds the client certificate. Its halves, the chain and the key, need each other.
func (a *appliedSettings) addClientCertificate(b blockValues) diag.Diagnostics {
	for _, half := range []struct{ attribute, variable, neededBy string }{
		{"client_cert_pem", envClientCertPEM, "client_key_pem"}, {"client_key_pem", envClientKeyPEM, "client_cert_pem"},
	} {
		if source := a.sources[half.neededBy]; source != "" && a.sources[half.attribute] == "" && !b.isUnknown(half.attribute) {
			return diag.Diagnostics{diag.NewErrorDiagnostic(summaryMissing+half.attribute,
				fmt.Sprintf("%s is set without %[2]s. Set %[2]s or the environment variable %s too.", source, half.attribute, half.variable))}
		}
	}
	if a.chain == nil || a.key == nil {
		return nil
	}
	var err error
	if a.ClientCertificate, err = juspay.NewClientCertificate(a.chain, a.key); err != nil {
		return diag.Diagnostics{diag.NewErrorDiagnostic(summaryInvalid+"client_key_pem", fmt.Sprintf("%s: %v.", a.sources["client_key_pem"], err))}
	}
	return nil
}

// expiredCertificateWarning warns of an expired client certificate. Only the server can reject
// it, since the clock of this machine may be wrong.
func expiredCertificateWarning(config juspay.Config, now time.Time) diag.Diagnostics {
	if config.ClientCertificate == nil || !now.After(config.ClientCertificate.Leaf.NotAfter) {
		return nil
	}
	return diag.Diagnostics{diag.NewWarningDiagnostic(summaryExpiredCertificate,
		fmt.Sprintf("The client certificate expired at %s. A server that requires a client certificate will refuse it. Renew the certificate.",
			config.ClientCertificate.Leaf.NotAfter.UTC().Format(time.RFC3339)))}
}

// addProxy adds the proxy of the environment variables. An invalid proxy is an error, since the
// client would otherwise bypass it.
func (a *appliedSettings) addProxy(getenv func(string) string) diag.Diagnostics {
	a.NoProxy = cmp.Or(getenv("NO_PROXY"), getenv("no_proxy"))
	for _, name := range []string{"HTTPS_PROXY", "https_proxy"} {
		value := getenv(name)
		if value == "" {
			continue
		}
		a.HTTPSProxy = strings.TrimSpace(value) // "" is an error, and not a run without a proxy
		for _, variable := range []string{name, "NO_PROXY", "no_proxy"} {
			if isQuoted(strings.TrimSpace(getenv(variable))) {
				return diag.Diagnostics{diag.NewErrorDiagnostic(summaryInvalid+variable,
					fmt.Sprintf("The environment variable %s is in quotation marks. Remove them.", variable))}
			}
		}
		if err := juspay.ValidateProxyURL("The environment variable "+name, a.HTTPSProxy); err != nil {
			return diag.Diagnostics{diag.NewErrorDiagnostic(summaryInvalid+name, err.Error()+". Correct the variable, or unset it.")}
		}
		break
	}
	return nil
}
