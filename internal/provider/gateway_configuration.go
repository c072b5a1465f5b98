// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// The environment variables of the settings for gateways.
const (
	envCACertPEM     = "JUSPAY_CA_CERT_PEM"
	envClientCertPEM = "JUSPAY_CLIENT_CERT_PEM"
	envClientKeyPEM  = "JUSPAY_CLIENT_KEY_PEM" //nolint:gosec // the name of a variable
)

// gatewayAttributes are the settings for gateways between the provider and Juspay.
func gatewayAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"ca_cert_pem": schema.StringAttribute{
			MarkdownDescription: "Certificates of additional authorities to trust, as PEM, such as those of a bank's gateway or of a proxy that inspects TLS. The operating system's authorities stay trusted. " +
				"Environment variable: `" + envCACertPEM + "`, in which a line break may be written as `\\n`. Default: the operating system's authorities only.",
			Optional: true,
		},
		"client_cert_pem": schema.StringAttribute{
			MarkdownDescription: "Client certificate for mutual TLS, as PEM, followed by any intermediate certificates. It requires `client_key_pem`. " +
				"Environment variable: `" + envClientCertPEM + "`. Default: none.",
			Optional: true,
		},
		"client_key_pem": schema.StringAttribute{
			MarkdownDescription: "Private key of `client_cert_pem`, as unencrypted PEM. " +
				"Environment variable: `" + envClientKeyPEM + "`. Prefer it, or an ephemeral value: Terraform stores a literal key, or one from an ordinary variable, in saved plan files. Default: none.",
			Optional:  true,
			Sensitive: true,
		},
		"request_headers": schema.MapAttribute{
			ElementType: types.StringType,
			MarkdownDescription: "Additional headers of every request, keyed by name, such as Juspay's `version` or the key of a gateway. " +
				"A header that the provider sends itself is an error. Values have at least four characters, because a shorter one could not be hidden; they are never shown or logged. Default: none.",
			Optional:  true,
			Sensitive: true,
		},
	}
}

// addCertificates adds the certificates and the key to config, and reports those
// that cannot be used.
func (m providerModel) addCertificates(config *juspay.Config, getenv func(string) string) diag.Diagnostics {
	var diags diag.Diagnostics
	ca := lookUp(m.CACertPEM, "ca_cert_pem", envCACertPEM, getenv)
	cert := lookUp(m.ClientCertPEM, "client_cert_pem", envClientCertPEM, getenv)
	key := lookUp(m.ClientKeyPEM, "client_key_pem", envClientKeyPEM, getenv)
	for _, s := range []*setting{&ca, &cert, &key} {
		s.value = normalizePEM(s.value)
	}
	// Terraform quotes the lines of an attribute with an error, so one that may hold
	// a key gets none.
	invalid := func(attribute string, s setting, err error) {
		summary, detail := summaryInvalid+attribute, fmt.Sprintf("%s %v.", s.from, err)
		if s.from == attribute && (attribute == "client_key_pem" || strings.Contains(s.value, "PRIVATE KEY")) {
			diags.AddError(summary, detail)
		} else {
			diags.AddAttributeError(path.Root(attribute), summary, detail)
		}
	}
	missing := func(attribute, variable, other string) {
		diags.AddAttributeError(path.Root(attribute), summaryMissing+attribute,
			fmt.Sprintf("%s is set without %s. Set %s or the environment variable %s too.", other, attribute, attribute, variable))
	}

	if ca.from != "" {
		if _, err := juspay.ParseCertificates(ca.value); err != nil {
			invalid("ca_cert_pem", ca, err)
		}
	}
	chain, certErr := juspay.ParseCertificates(cert.value)
	if cert.from != "" && certErr != nil {
		invalid("client_cert_pem", cert, certErr)
	}
	signer, keyErr := juspay.ParsePrivateKey(key.value)
	if key.from != "" && keyErr != nil {
		invalid("client_key_pem", key, keyErr)
	}
	if certErr == nil && keyErr == nil {
		if _, err := juspay.NewClientCertificate(chain, signer); err != nil {
			invalid("client_key_pem", key, err)
		}
	}
	if cert.from != "" && key.from == "" && !m.ClientKeyPEM.IsUnknown() {
		missing("client_key_pem", envClientKeyPEM, cert.from)
	}
	if key.from != "" && cert.from == "" && !m.ClientCertPEM.IsUnknown() {
		missing("client_cert_pem", envClientCertPEM, key.from)
	}
	config.CACertPEM, config.ClientCertPEM, config.ClientKeyPEM = ca.value, cert.value, key.value
	return diags
}

// normalizePEM undoes what happens to PEM in environment variables and editors: line
// breaks written as \n, since some platforms' variables hold none, a byte order mark, and
// indentation.
func normalizePEM(text string) string {
	lines := strings.Split(strings.ReplaceAll(strings.TrimPrefix(text, "\ufeff"), `\n`, "\n"), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return strings.Join(lines, "\n")
}

// proxyVariables are the environment variables that name the proxy for https, the first
// that is set.
var proxyVariables = []string{"HTTPS_PROXY", "https_proxy"}

// addProxy adds the proxy of the environment to config. An unusable one is an error: the
// requests, and the key with them, would be sent without it.
func addProxy(config *juspay.Config, getenv func(string) string) diag.Diagnostics {
	var diags diag.Diagnostics
	config.NoProxy = cmp.Or(getenv("NO_PROXY"), getenv("no_proxy"))
	for _, name := range proxyVariables {
		value := getenv(name)
		if value == "" {
			continue
		}
		if err := juspay.ValidateProxyURL(value); err != nil {
			diags.AddError(summaryInvalid+name, fmt.Sprintf("The environment variable %s %v. Correct the variable, or unset it.", name, err))
		}
		config.HTTPSProxy = value
		break
	}
	return diags
}

// expiredCertificate warns of a client certificate that has expired, which only the
// server can refuse for good: the clock of this machine may be wrong.
func expiredCertificate(config juspay.Config, now time.Time) diag.Diagnostics {
	chain, err := juspay.ParseCertificates(config.ClientCertPEM)
	if err != nil || !now.After(chain[0].NotAfter) {
		return nil
	}
	return diag.Diagnostics{diag.NewAttributeWarningDiagnostic(path.Root("client_cert_pem"), summaryExpiredCertificate,
		fmt.Sprintf("The client certificate expired at %s. A server that requires a client certificate will refuse it. Renew the certificate.", chain[0].NotAfter.UTC().Format(time.RFC3339)))}
}

// addRequestHeaders adds the headers to config, and reports those that cannot be
// sent. None is on its attribute, whose lines Terraform would quote with their values.
func (m providerModel) addRequestHeaders(config *juspay.Config) diag.Diagnostics {
	if m.knownRequestHeaders().IsUnknown() {
		return nil
	}
	headers := map[string]string{}
	for name, value := range m.RequestHeaders.Elements() {
		text, _ := value.(types.String)
		headers[name] = text.ValueString() // "" for null, which is refused
	}
	var diags diag.Diagnostics
	for _, err := range juspay.ValidateRequestHeaders(headers) {
		diags.AddError(summaryInvalid+"request_headers", fmt.Sprintf("In request_headers, %v.", err))
	}
	config.RequestHeaders = headers
	return diags
}

// knownRequestHeaders are unknown if any of them is.
func (m providerModel) knownRequestHeaders() attr.Value {
	for _, value := range m.RequestHeaders.Elements() {
		if value.IsUnknown() {
			return types.MapUnknown(types.StringType)
		}
	}
	return m.RequestHeaders
}
