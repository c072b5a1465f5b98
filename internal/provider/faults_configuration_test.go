// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func number(text string) tftypes.Value {
	value, _, err := big.ParseFloat(text, 10, 512, big.ToNearestEven)
	if err != nil {
		panic(err)
	}
	return tftypes.NewValue(tftypes.Number, value)
}

// TestFaults_Configuration holds that a hostile setting is one error on its attribute, and
// that its value is shown only if it cannot be secret.
func TestFaults_Configuration(t *testing.T) {
	t.Parallel()
	hostile := map[string][]string{
		"api_key": {
			"fake:key", "fake key", "fake\tkey", "fake\nkey", "fake\r\nX-Evil: 1", "fake\x00key", "fake\x1b[31mkey", "fake\x7fkey",
			"fakékey", "fake\u00a0key", "fake\u200bkey", "fake\u2028key", "\ufefffake-key", "fаke-key-with-a-cyrillic-letter", "🔑",
		},
		"environment": {"", " ", "prod", "Production", "production ", "PRODUCTION", "sandbox\n", "sandbox\x00", "https://api.juspay.in", "live", "sandbox,production"},
		"base_url": {
			"", " ", "api.juspay.in", "//api.juspay.in", "/customers", "https://", "https:///x", "https://:443", "https:api.juspay.in", "javascript:alert(1)", "file:///etc/passwd", "ftp://api.juspay.in",
			"http://api.juspay.in", "http://10.0.0.1", "http://0.0.0.0", "http://[::]", "http://169.254.169.254/latest", "http://localhost.example.com", "http://127.0.0.1.example.com", "http://127.1", "http://2130706433", "http://0x7f000001",
			"https://fake-user@api.juspay.in", "https://fake:fake@api.juspay.in", "https://api.juspay.in@example.com", "https://api.juspay.in?x=y", "https://api.juspay.in/?", "https://api.juspay.in/#x", "https://api.juspay.in#",
			"https://api.juspay.in/a/../b", "https://api.juspay.in/%2e%2e/b", "https://api.juspay.in/.", "https://api.juspay.in:0", "https://api.juspay.in:65536", "https://api.juspay.in:x", "https://api.juspay.in/%zz",
			"https://api.juspay.in\r\nX-Evil: 1", "https://api.juspay.in\x00", "https://api juspay.in", " https://api.juspay.in", "https://api.juspay.in ", "https://[::1", "https://\u200bapi.juspay.in", "https://\u0430pi.juspay.in",
		},
		"merchant_id":     {"", " ", " a", "a ", "a\r\nX-Evil: 1", "a\nb", "a\x00b", "a\x7fb", "a\u200bb"},
		"request_timeout": {"", " ", "0", "0s", "-1s", "-0.000000001s", "30", "30 s", "soon", "1e9s", "NaN", "Inf", "9223372037s", "99999999999999999999h", "1s\n", "１s"},
	}
	numbers := map[string][]string{
		"max_retries": {"-1", "11", "0.5", "1e300", "-1e300", "9223372036854775808", "1.0000000000000000000001"},

		"max_concurrent_requests": {"0", "-1", "257", "0.5", "1e300", "18446744073709551617"},
		"requests_per_second":     {"0", "-1", "-1e300", "-0.000001", "1e-400"},
	}
	check := func(attribute, name string, value tftypes.Value) {
		t.Run(fmt.Sprintf("%s %q", attribute, name), func(t *testing.T) {
			t.Parallel()
			server := protocolServer(map[string]string{"JUSPAY_API_KEY": "fake"})
			diags := configure(t, server, false, map[string]tftypes.Value{attribute: value})
			path := attribute
			if attribute == "api_key" {
				path = "" // or Terraform would quote the line with the key
			}
			if attribute == "base_url" && strings.Contains(name, "@") {
				path = "" // or Terraform would quote the line with the password
			}
			if got := summaries(diags); !slices.Equal(got, []string{path + ": Invalid " + attribute}) {
				t.Fatalf("got %q", got)
			}
			if hidden := attribute == "api_key" || attribute == "base_url"; hidden && len(name) > len("https://") && strings.Contains(diags[0].Detail, strings.TrimSpace(name)) {
				t.Errorf("the value is shown in %q", diags[0].Detail)
			}
			validated, err := server.ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: providerConfig(t, map[string]tftypes.Value{attribute: value})})
			if err != nil || len(validated.Diagnostics) != 1 || validated.Diagnostics[0].Detail != diags[0].Detail {
				t.Errorf("validate reports %+v, %v", validated, err)
			}
		})
	}
	for attribute, values := range hostile {
		for _, value := range values {
			check(attribute, value, text(value))
		}
	}
	for attribute, values := range numbers {
		for _, value := range values {
			check(attribute, value, number(value))
		}
	}
}

// Hostile arguments end before any request, or reach the server as themselves.
func TestFaults_Arguments(t *testing.T) {
	t.Parallel()
	ids := []string{
		"", " ", ".", "..", "\t", "\n", " a", "a ", "a\n", "a\x00b", "a\r\nX-Evil: 1", "a\x1b[31m", "a\u200bb", "a\u202eb", "\ufeffa", "a\u2028b", "a\u00adb", "a\ufe0f", "a\u3164",
	}
	hostile := map[string][]string{
		"customer_id":         ids,
		"customer_account_id": append(slices.Clone(ids), "list"),
		"routing_id":          {"", " ", " a", "a ", "a\nb", "a\r\nX-Evil: 1", "a\x00b", "a\x7fb", "a\u200bb", "a\u202eb"},
	}
	for attribute, values := range hostile {
		for _, value := range values {
			t.Run(fmt.Sprintf("%s %q", attribute, value), func(t *testing.T) {
				t.Parallel()
				set := map[string]tftypes.Value{"customer_id": text("cst_a"), "customer_account_id": text("banh_a")}
				set[attribute] = text(value)
				resp, err := protocolServer(nil).ValidateDataResourceConfig(t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{
					TypeName: "juspay_customer_account",
					Config:   encode(t, customerAccountSchema().Type().TerraformType(t.Context()), set),
				})
				if err != nil {
					t.Fatal(err)
				}
				if got := summaries(resp.Diagnostics); !slices.Equal(got, []string{attribute + ": Invalid " + attribute}) {
					t.Errorf("got %q", got)
				}
			})
		}
	}
}

// Should a hostile argument ever get past Terraform's validation, the client
// refuses it too.
func TestReadAccount_InvalidArguments(t *testing.T) {
	t.Parallel()
	api := juspaytest.NewServer()
	t.Cleanup(api.Close)
	server := protocolServer(map[string]string{"JUSPAY_API_KEY": juspaytest.APIKey, "JUSPAY_BASE_URL": api.URL})
	if diags := configure(t, server, false, nil); len(diags) != 0 {
		t.Fatalf("got %q", summaries(diags))
	}
	resp, err := server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{
		TypeName: "juspay_customer_account",
		Config: encode(t, customerAccountSchema().Type().TerraformType(t.Context()), map[string]tftypes.Value{
			"customer_id": text("cst_a"), "customer_account_id": text(".."),
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := summaries(resp.Diagnostics); !slices.Equal(got, []string{": Customer account not read"}) || len(api.Requests()) != 0 {
		t.Errorf("got %q after %d requests", got, len(api.Requests()))
	}
}
