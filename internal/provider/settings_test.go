// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// A hostile value is one error on its attribute, and is shown only if it cannot be secret.
// The client's own tests have more keys, URLs and merchant ids.
func TestClientConfig_HostileValues(t *testing.T) {
	t.Parallel()
	for attribute, values := range map[string][]string{
		"api_key": {
			"fake:key-of-a-shop", "fake\u200bkey-of-a-shop", "fаke-key-with-a-cyrillic-letter", "fake\tkey", "fake\nkey", "fake\x1b[31mkey", "fake\u00a0key",
			"fake\u200bkey", "fake\u2028key", "\ufefffake-key", "🔑",
		},
		"environment": {
			"", " ", "prod", "Production", "production ", "PRODUCTION", "sandbox\n", "sandbox\x00", "https://api.juspay.in", "live", "sandbox,production",
		},
		"base_url": {
			" ", "https://", "//api.juspay.in", "javascript:alert(1)", "file:///etc/passwd", "http://169.254.169.254/latest", "http://127.1", "http://2130706433",
			"http://0x7f000001", "https://fake:fake@api.juspay.in", "https://api.juspay.in@example.com", "https://api.juspay.in/.",
			"https://api.juspay.in\r\nX-Evil: 1", "https://api.juspay.in\x00", "https://api juspay.in", "https://[::1",
			"https:///x", "https://api.juspay.in?x=y", "https://api.juspay.in/?", "https://api.juspay.in/#x", "https://api.juspay.in/%2e%2e/b",
			"https://api.juspay.in:x", "https://api.juspay.in ",
		},
		"merchant_id": {"", " ", " a", "a ", "a\r\nX-Evil: 1", "a\x7fb", "a\u200bb"},
		"request_timeout": {
			"", " ", "0", "0s", "-1s", "-0.000000001s", "30", "30 s", "soon", "1e9s", "NaN", "Inf", "9223372037s", "99999999999999999999h", "1s\n", "１s",
		},
		"max_retries":             {"-1", "11", "0.5", "1e300", "-1e300", "9223372036854775808", "1.0000000000000000000001"},
		"max_concurrent_requests": {"0", "-1", "257", "0.5", "1e300", "18446744073709551617"},
		"requests_per_second":     {"0", "-1", "-1e300", "-0.000001", "1e-400"},
	} {
		for _, value := range values {
			t.Run(fmt.Sprintf("%s %q", attribute, value), func(t *testing.T) {
				t.Parallel()
				encoded, path := text(value), attribute
				if strings.HasPrefix(attribute, "max_") || attribute == "requests_per_second" {
					encoded = number(value)
				}
				if attribute == "api_key" || attribute == "base_url" {
					path = "-" // or Terraform would quote the line with the secret
				}
				server, set := newServer(nil), tfObject{attribute: encoded}
				diags := configure(t, server, false, set)
				checkLocated(t, "configure", diags, path+": Invalid "+attribute)
				validated, err := server.ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: encode(t, "provider", set)})
				if err != nil || len(validated.Diagnostics) != 1 || validated.Diagnostics[0].Detail != diags[0].Detail {
					t.Errorf("validate: got %+v, %v; want one problem with the detail %q", validated, err, diags[0].Detail)
				}
				isSecret := attribute == "api_key" || attribute == "base_url"
				if isSecret && len(value) > len("https://") && strings.Contains(diags[0].Detail, strings.TrimSpace(value)) {
					t.Errorf("got the detail %q, want none with the value", diags[0].Detail)
				}
			})
		}
	}
}

func TestMissingKey(t *testing.T) {
	t.Parallel()
	const (
		help  = "\n\n  Help: https://github.com/juspay/terraform-provider-juspay/blob/main/docs/guides/troubleshooting.md#authentication"
		unset = "-: Missing api_key: The environment variable JUSPAY_API_KEY is not set or is empty. Set it to an API key of the environment " +
			"that you read from. Keys are created in the Juspay dashboard (Settings > Security)." + help
		empty = "-: Missing api_key: api_key is empty. Set it to an API key, or remove it and set the environment variable JUSPAY_API_KEY. " +
			"Keys are created in the Juspay dashboard (Settings > Security)." + help
	)
	for name, test := range map[string]struct {
		key  types.String
		env  string
		want []string
	}{
		"a key in the configuration":           {types.StringValue("fake"), "", nil},
		"a key in the environment":             {types.StringNull(), "fake", nil},
		"an unknown key":                       {types.StringUnknown(), "", nil},
		"a key nowhere":                        {types.StringNull(), "", []string{unset}},
		"only whitespace":                      {types.StringNull(), " \n", []string{unset}},
		"an empty key, one in the environment": {types.StringValue(" "), "fake", []string{empty}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			model := providerConfig{"api_key": test.key}
			env := environ(map[string]string{"JUSPAY_API_KEY": test.env})
			checkProblems(t, model.missingKey(env), test.want...)
			_, diags := model.clientConfig(env)
			checkProblems(t, diags)
		})
	}
}

func TestUnknown_Settings(t *testing.T) {
	t.Parallel()
	unknown := types.StringUnknown()
	everything := providerConfig{}
	var want []string
	for _, setting := range settings {
		switch setting.valueType {
		case types.NumberType:
			everything[setting.attribute] = types.NumberUnknown()
		case headersType:
			everything[setting.attribute] = headersOf(map[string]attr.Value{"X-A": unknown})
		case acceptedFieldsType:
			everything[setting.attribute] = types.ListValueMust(types.StringType, []attr.Value{unknown})
		default:
			everything[setting.attribute] = unknown
		}
		instead := "set it to a literal"
		if setting.variable != "" {
			instead = "remove it from the provider block and set the environment variable " + setting.variable
		}
		want = append(want, "-: Unknown "+setting.attribute+": This account is read during plan, but the provider's "+setting.attribute+" is known only after "+
			"apply.\n\n"+
			"Either "+instead+", or first apply the resource that its value comes from: terraform apply -target=ADDRESS."+helpConfiguration)
	}
	checkProblems(t, everything.unknown(), want...)
	whole, diags := newProviderConfig(types.ObjectUnknown(nil))
	checkProblems(t, append(diags, whole.unknown()...), want...)
	_, diags = everything.clientConfig(environ(nil))
	checkProblems(t, diags)
}

func TestUserAgent(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ terraform, addition, want string }{
		"with Terraform's version":    {"1.11.4", "", "terraform-provider-juspay/1.2.3 Terraform/1.11.4"},
		"without Terraform's version": {"", "", "terraform-provider-juspay/1.2.3"},
		"with an addition":            {"1.11.4", " ci/7 (nightly) ", "terraform-provider-juspay/1.2.3 Terraform/1.11.4 ci/7 (nightly)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := userAgent("1.2.3", test.terraform, environ(map[string]string{"TF_APPEND_USER_AGENT": test.addition}))
			checkEqual(t, name, got, test.want)
		})
	}
}

func TestExpiredCertificate(t *testing.T) {
	t.Parallel()
	expires := time.Date(2026, 1, 5, 9, 30, 0, 0, time.UTC)
	config := juspay.Config{ClientCertificate: &tls.Certificate{Leaf: &x509.Certificate{NotAfter: expires}}}
	checkProblems(t, expiredCertificate(config, expires))
	checkProblems(t, expiredCertificate(juspay.Config{}, expires.Add(time.Second)))
	checkProblems(t, expiredCertificate(config, expires.Add(time.Second)), "-: Expired client certificate: The client certificate "+
		"expired at 2026-01-05T09:30:00Z. A server that requires a client certificate will refuse it. Renew the certificate.")
}

// Terraform quotes the lines of an attribute with an error. TestClientConfig_Invalid shows
// which errors are on none.
func TestAccProvider_ReportsAllProblems(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	w := newWorkspace(t, server, accountA+providerBlock(`
  api_key         = "fake:secret"
  environment     = "prod"
  base_url        = "http://example.com"
  request_timeout = "soon"
  max_retries     = 1.5`))
	for _, command := range []string{"plan", "validate"} {
		printed := w.Run(1, command, "-no-color")
		acctest.CheckContains(t, printed, "Error: Invalid api_key",
			"Error: Invalid environment", `environment = "prod"`,
			"Error: Invalid base_url", "base_url must begin with https://, because the API key is sent to it",
			"Error: Invalid request_timeout", `request_timeout = "soon"`,
			"Error: Invalid max_retries", `max_retries is 1.5. It must be a whole number from 0 to 10`)
		acctest.CheckLacks(t, "the output", printed, "fake:secret", "example.com", "Conflicting")
	}
	checkRequests(t, server, 0)
}

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
			acctest.CheckContains(t, printed, "Error: "+test.want)
			acctest.CheckLacks(t, "the output", printed, secret, strings.Split(key, "\n")[1])
		})
	}
}

func TestAccClientCertificate_Expired(t *testing.T) {
	t.Parallel()
	cert, key := juspaytest.NewAuthority(t).Issue(t, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Hour) })
	w := newWorkspace(t, acctest.StartAPI(t), accountA, "JUSPAY_CLIENT_CERT_PEM="+cert, "JUSPAY_CLIENT_KEY_PEM="+key)
	checkEqual(t, "the number of warnings", strings.Count(w.Plan(0), "Warning: Expired client certificate"), 1)
}
