// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"crypto/x509"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// Terraform quotes the lines of an attribute that an error is on. A setting that may contain
// a secret, even by mistake or behind a condition, has no such error.
func TestAccSettings_NoSecretIsQuoted(t *testing.T) {
	t.Parallel()
	_, key := juspaytest.NewAuthority(t).Issue(t)
	const secret = "fake-secret-key"
	conditional := func(attribute string) string {
		return attribute + ` = length("x") == 2 ? "` + secret + `" : null`
	}
	for name, test := range map[string]struct{ settings, variable, want string }{
		"a key beside an invalid variable":    {conditional("api_key"), "JUSPAY_API_KEY=a:b", "Invalid api_key"},
		"a URL beside an invalid variable":    {conditional("base_url"), "JUSPAY_BASE_URL=x", "Invalid base_url"},
		"a client key that is null":           {conditional("client_key_pem"), "JUSPAY_CLIENT_CERT_PEM=x", "Missing client_key_pem"},
		"a token in a query":                  {`base_url = "https://bank.example/?token=` + secret + `"`, "", "Invalid base_url"},
		"a password with an encoded at sign":  {`base_url = "https://user:` + secret + `%40bank.example"`, "", "Invalid base_url"},
		"a key as the URL":                    {`base_url = "` + secret + `"`, "", "Invalid base_url"},
		"a private key as the certificate":    {`client_cert_pem = "` + secret + `"`, "", "Invalid client_cert_pem"},
		"a private key with a mistyped label": {"ca_cert_pem = <<EOT\n" + strings.ReplaceAll(key, "PRIVATE KEY", "PRIVATEKEY") + "EOT", "", "Invalid ca_cert_pem"},
		"a header's value as its name":        {`request_headers = { "` + secret + ` " = "X-Api-Key" }`, "", "Invalid request_headers"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t, acctest.StartAPI(t), accountA+providerBlock(test.settings), strings.Fields(test.variable)...)
			printed := w.Plan(1)
			check.Contains(t, "the output", printed, "Error: "+test.want)
			check.Lacks(t, "the output", printed, secret, strings.Split(key, "\n")[1])
		})
	}
}

func TestAccSettings_ExpiredClientCertificate(t *testing.T) {
	t.Parallel()
	cert, key := juspaytest.NewAuthority(t).Issue(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) })
	w := newWorkspace(t, acctest.StartAPI(t), accountA, "JUSPAY_CLIENT_CERT_PEM="+cert, "JUSPAY_CLIENT_KEY_PEM="+key)
	printed := w.Run(0, "plan", "-no-color")
	check.Equal(t, "the number of warnings of the certificate", strings.Count(printed, "Warning: Expired client certificate"), 1)
}

// TestSettings_SetEachFieldOfConfig names a field of juspay.Config that this package never sets.
func TestSettings_SetEachFieldOfConfig(t *testing.T) {
	t.Parallel()
	sources := acctest.ReadFile(t, "settings.go") + acctest.ReadFile(t, "client_config.go") + acctest.ReadFile(t, "provider.go")
	for field := range reflect.TypeFor[juspay.Config]().Fields() {
		isSet := regexp.MustCompile(`\b(a|applied|config)\.` + field.Name + `\b[^\n]* = |\b` + field.Name + `: `).MatchString(sources)
		if !isSet && field.Name != "Transport" { // which only tests set
			t.Errorf("juspay.Config.%s: got no assignment, want an element of settings in settings.go that sets it, and its name in CHANGELOG.md", field.Name)
		}
	}
}

// TestSettingByHeader_HasEachHeader names a header of a setting for which the error of request_headers says
// neither to leave it out nor what to set instead.
func TestSettingByHeader_HasEachHeader(t *testing.T) {
	t.Parallel()
	api := acctest.StartAPI(t)
	config := tfObject{}
	for _, s := range settings {
		isSent := !slices.Contains([]string{"api_key", "environment", "base_url", "request_timeout", "ca_cert_pem", "client_cert_pem", "client_key_pem",
			"unknown_fields"}, s.attribute)
		if s.valueType == nil && isSent {
			config[s.attribute] = tfString("fake")
		}
	}
	readData(t, newConfiguredPlugin(t, api, config), typeAccount, configAccountA)
	checkRequests(t, api, 1)
	for name := range api.Requests()[0].Header {
		err := applyRequestHeaders(&appliedSettings{}, "request_headers", headersOf(map[string]attr.Value{name: types.StringValue("fake")}))
		if text := check.TextOf(err); !strings.Contains(text, ": leave it out") && !strings.Contains(text, ". Set ") {
			t.Errorf("the error of the request header %s: got %q, want what to set instead: add it to settingByHeader in settings.go", name, text)
		}
	}
}
