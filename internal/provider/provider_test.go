// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// validatedSchemas returns the schemas as Terraform receives them, once the framework has validated them.
func validatedSchemas(t *testing.T) *tfprotov6.GetProviderSchemaResponse {
	t.Helper()
	resp, err := newPlugin(nil).GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	check.MustNoError(t, "GetProviderSchema", err)
	checkSummaries(t, "the schemas", resp.Diagnostics)
	return resp
}

// TestPublicInterface compares the names with CHANGELOG.md. They are users' configurations: adding one is a
// decision, and none is ever taken away. Computed values that can be configured too would be null, not unknown,
// while a read is deferred.
func TestPublicInterface(t *testing.T) {
	t.Parallel()
	resp, changelog := validatedSchemas(t), acctest.ReadFile(t, "../../CHANGELOG.md")
	arguments := namesInChangelog(changelog, "Arguments ")
	account := append(namesInChangelog(changelog, "Data source `"+typeAccount+"`: "), arguments...)
	accounts := append(namesInChangelog(changelog, "Data source `"+typeAccounts+"`: "), arguments...)
	reads := map[string][]string{
		typeAccount: withFlags(account, "computed", map[string]string{
			"customer_account_id": "required", "customer_id": "required", "routing_id": "optional computed", "vpa": "computed sensitive",
			"include_vpa": "optional", "timeouts": "optional", "wait_for_validation": "optional",
		}),
		typeAccounts: withFlags(accounts, "computed", map[string]string{
			"customer_id": "optional", "customer_ids": "optional", "routing_ids": "optional", "vpas": "computed sensitive",
			"include_vpa": "optional", "timeouts": "optional", "wait_for_validation": "optional",
		}),
	}
	checkInterface(t, "data sources", resp.DataSourceSchemas, reads)
	checkInterface(t, "ephemeral resources", resp.EphemeralResourceSchemas, reads)
	checkInterface(t, "resources", resp.ResourceSchemas, nil)
	checkInterface(t, "provider", map[string]*tfprotov6.Schema{"juspay": resp.Provider}, map[string][]string{
		"juspay": withFlags(namesInChangelog(changelog, "Settings "), "optional", map[string]string{
			"api_key": "optional sensitive", "client_key_pem": "optional sensitive", "request_headers": "optional sensitive",
		}),
	})
	functions := slices.Collect(maps.Keys(resp.Functions))
	check.Equal(t, "the functions, compared with CHANGELOG.md", functions, namesInChangelog(changelog, "Function "))
	var values []string
	for _, name := range account {
		if !slices.Contains(arguments, name) && name != "vpa" { // vpas has them
			values = append(values, name)
		}
	}
	slices.Sort(values)
	check.Equal(t, "an account of many, compared with the data source of one in CHANGELOG.md", slices.Sorted(maps.Keys(accountType.AttrTypes)), values)
	var metadata provider.MetadataResponse
	New("1.2.3")().Metadata(t.Context(), provider.MetadataRequest{}, &metadata)
	check.Equal(t, "the provider", metadata, provider.MetadataResponse{TypeName: "juspay", Version: "1.2.3"})
}

var changelogNameRE = regexp.MustCompile("`(?:provider::juspay::)?([a-z_]+)`")

// namesInChangelog returns the names in the items of CHANGELOG.md that begin with a text.
func namesInChangelog(changelog, beginning string) (names []string) {
	for line := range strings.Lines(changelog) {
		if item, found := strings.CutPrefix(line, "- "+beginning); found {
			for _, match := range changelogNameRE.FindAllStringSubmatch(item, -1) {
				names = append(names, match[1])
			}
		}
	}
	return names
}

// withFlags returns "name: flags" for each attribute. Its flags are others[name], or usual.
func withFlags(names []string, usual string, others map[string]string) (texts []string) {
	for _, name := range names {
		texts = append(texts, name+": "+cmp.Or(others[name], usual))
	}
	slices.Sort(texts)
	return texts
}

func checkInterface(t *testing.T, what string, schemas map[string]*tfprotov6.Schema, want map[string][]string) {
	t.Helper()
	got := map[string][]string{}
	for name, definition := range schemas {
		for _, a := range definition.Block.Attributes {
			text := a.Name + ":"
			for _, flag := range []struct {
				isSet bool
				name  string
			}{{a.Required, "required"}, {a.Optional, "optional"}, {a.Computed, "computed"}, {a.Sensitive, "sensitive"}, {a.WriteOnly, "write-only"}} {
				if flag.isSet {
					text += " " + flag.name
				}
			}
			got[name] = append(got[name], text)
		}
		slices.Sort(got[name])
	}
	check.Equal(t, what+", compared with the items of CHANGELOG.md that begin with Data source, Arguments and Settings", got, want)
}

// TestSchemas_ValidateEveryString gives each string that can be configured a line break, in the arguments of
// data sources and ephemeral resources, in their objects, and in the keys and values of their maps. The only
// error must be there. TestClientConfig_HostileValues covers the provider block, and TestValidatedWithin the
// parameters of the function.
func TestSchemas_ValidateEveryString(t *testing.T) {
	t.Parallel()
	resp, plugin := validatedSchemas(t), newPlugin(nil)
	valid := map[string]tfObject{typeAccount: configAccountA, typeAccounts: {"customer_id": tfString("cst_a")}}
	for kind, of := range map[string]struct {
		schemas  map[string]*tfprotov6.Schema
		validate func(t testing.TB, plugin tfprotov6.ProviderServer, name string, config *tfprotov6.DynamicValue) []*tfprotov6.Diagnostic
	}{
		"data":      {resp.DataSourceSchemas, validateData},
		"ephemeral": {resp.EphemeralResourceSchemas, validateEphemeral},
	} {
		covered := map[string][]string{}
		for name, definition := range of.schemas {
			for _, attribute := range definition.Block.Attributes {
				if !attribute.Required && !attribute.Optional {
					continue
				}
				for at, value := range withLineBreaks(t, attribute.Name, attribute.ValueType()) {
					covered[name] = append(covered[name], at)
					t.Run(kind+" "+name+" "+at, func(t *testing.T) {
						t.Parallel()
						config := maps.Clone(valid[name])
						if attribute.Name == "customer_ids" {
							delete(config, "customer_id") // only one of both may be set
						}
						config[attribute.Name] = value
						var got []string
						for _, d := range of.validate(t, plugin, name, encode(t, name, config)) {
							got = append(got, pathText(d.Attribute))
						}
						check.Equal(t, "the places of the errors", got, []string{at})
					})
				}
			}
			slices.Sort(covered[name])
		}
		check.Equal(t, kind+": the strings", covered, map[string][]string{
			typeAccount: {"customer_account_id", "customer_id", "routing_id", "timeouts.read"},
			typeAccounts: {
				"customer_id", `customer_ids["a\nb"]`, `customer_ids["cst_a"]`, `routing_ids["a\nb"]`, `routing_ids["cst_a"]`, "timeouts.read",
			},
		})
	}
}

// withLineBreaks returns values of a type, each with a line break in one string, keyed by the place of that string.
func withLineBreaks(t *testing.T, at string, kind tftypes.Type) map[string]tftypes.Value {
	t.Helper()
	const broken = "a\nb"
	switch {
	case kind.Is(tftypes.Bool):
		return nil
	case kind.Is(tftypes.String):
		return map[string]tftypes.Value{at: tfString(broken)}
	case kind.Is(stringMapType):
		return map[string]tftypes.Value{
			fmt.Sprintf("%s[%q]", at, broken):  tfStrings(map[string]any{broken: "cst_a"}),
			fmt.Sprintf("%s[%q]", at, "cst_a"): tfStrings(map[string]any{"cst_a": broken}),
		}
	}
	object, isObject := kind.(tftypes.Object)
	if !isObject {
		t.Fatalf("%s: got the type %s, want one that this test gives a line break", at, kind)
	}
	values := map[string]tftypes.Value{}
	for name, element := range object.AttributeTypes {
		for place, value := range withLineBreaks(t, at+"."+name, element) {
			elements := tfObject{}
			for other, otherKind := range object.AttributeTypes {
				elements[other] = tftypes.NewValue(otherKind, nil)
			}
			elements[name] = value
			values[place] = tftypes.NewValue(object, elements)
		}
	}
	return values
}

func TestProvider_ReportsAllProblems(t *testing.T) {
	t.Parallel()
	prod := []string{"environment: Invalid environment"}
	unknown := tfString(tftypes.UnknownValue)
	for name, test := range map[string]struct {
		config tfObject
		env    map[string]string
		want   []string
	}{
		"everything is wrong": {
			tfObject{
				"environment": tfString("prod"), "base_url": tfString("http://example.com"), "merchant_id": tfString(""), "request_timeout": tfString("0s"),
				"max_retries": tfNumber("11"), "requests_per_second": tfNumber("0"), "max_concurrent_requests": tfNumber("257"),
				"ca_cert_pem": tfString("ca.pem"), "client_cert_pem": tfString("client.pem"), "client_key_pem": tfString("client.key"),
				"request_headers": tfStrings(map[string]any{"host": "x"}),
			}, nil, []string{
				"-: Invalid base_url", "-: Invalid ca_cert_pem", "-: Invalid client_cert_pem", "-: Invalid client_key_pem",
				"-: Invalid request_headers", "environment: Invalid environment",
				"max_concurrent_requests: Invalid max_concurrent_requests", "max_retries: Invalid max_retries", "merchant_id: Invalid merchant_id",
				"request_timeout: Invalid request_timeout", "requests_per_second: Invalid requests_per_second",
			},
		},
		"variables are wrong":              {nil, map[string]string{"JUSPAY_ENV": "prod", "JUSPAY_API_KEY": "a b"}, append([]string{"-: Invalid api_key"}, prod...)},
		"nothing is set":                   {nil, nil, nil},
		"all that is needed is set":        {nil, map[string]string{"JUSPAY_API_KEY": "fake"}, nil},
		"settings are unknown":             {tfObject{"api_key": unknown, "environment": unknown}, nil, nil},
		"one is unknown and one is wrong":  {tfObject{"api_key": unknown, "environment": tfString("prod")}, nil, prod},
		"the key is missing, one is wrong": {tfObject{"base_url": unknown, "environment": tfString("prod")}, nil, prod},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp, err := newPlugin(test.env).ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: encode(t, "provider", test.config)})
			check.MustNoError(t, "ValidateProviderConfig", err)
			checkSummaries(t, "validate", resp.Diagnostics, test.want...)
			checkSummaries(t, "configure", configure(t, newPlugin(test.env), false, test.config), test.want...)
		})
	}
}

func TestProviderConfigure_UnknownSettingDefersReads(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config   tfObject
		want     *tfprotov6.Deferred
		requests int
	}{
		"known settings defer nothing": {nil, nil, 1},
		"an unknown setting defers a " +
			"read": {tfObject{"api_key": tfString(tftypes.UnknownValue)}, &tfprotov6.Deferred{Reason: tfprotov6.DeferredReasonProviderConfigUnknown}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := acctest.StartAPI(t)
			plugin := newPlugin(envFor(server))
			checkSummaries(t, "configure", configure(t, plugin, true, test.config))
			resp, err := plugin.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{
				TypeName:           typeAccount,
				Config:             encode(t, typeAccount, configAccountA),
				ClientCapabilities: &tfprotov6.ReadDataSourceClientCapabilities{DeferralAllowed: true},
			})
			check.MustNoError(t, "plugin.ReadDataSource", err)
			checkSummaries(t, "read", resp.Diagnostics)
			check.Equal(t, "the deferral", resp.Deferred, test.want)
			checkRequests(t, server, test.requests)
		})
	}
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
			check.Equal(t, name, got, test.want)
		})
	}
}

func TestProviderConfigure_InvalidUserAgent(t *testing.T) {
	t.Parallel()
	diags := configure(t, newPlugin(map[string]string{"JUSPAY_API_KEY": "fake", "TF_APPEND_USER_AGENT": "a\r\nX-Evil: 1"}), false, nil)
	check.Equal(t, "configure", diags, []*tfprotov6.Diagnostic{{
		Severity: tfprotov6.DiagnosticSeverityError,
		Summary:  "Invalid TF_APPEND_USER_AGENT",
		Detail: "With the value of the environment variable TF_APPEND_USER_AGENT, the user agent must not contain control characters or invisible " +
			"formatting characters, such as a line break; it is sent as an HTTP header. Correct the variable, or unset it." + helpConfiguration,
	}})
}

// Terraform never sends a configuration of another schema; should the two ever
// differ, nothing is read.
func TestProvider_ConfigurationOfAnotherSchema(t *testing.T) {
	t.Parallel()
	var validated provider.ValidateConfigResponse
	var configured provider.ConfigureResponse
	var read datasource.ReadResponse
	ofAccount := tfsdk.Config{Schema: customerAccountSchema(), Raw: tftypes.NewValue(customerAccountSchema().Type().TerraformType(t.Context()), nil)}
	ofProvider := tfsdk.Config{Schema: providerSchema(), Raw: tftypes.NewValue(providerSchema().Type().TerraformType(t.Context()), nil)}
	p := &juspayProvider{version: "1.2.3", getenv: environ(nil)}
	p.ValidateConfig(t.Context(), provider.ValidateConfigRequest{Config: ofAccount}, &validated)
	p.Configure(t.Context(), provider.ConfigureRequest{Config: ofAccount}, &configured)
	server := acctest.StartAPI(t)
	client := newClient(t, juspay.Config{APIKey: juspaytest.APIKey, BaseURL: server.URL})
	(&customerAccountDataSource{accountReader{client: client}}).Read(t.Context(), datasource.ReadRequest{Config: ofProvider}, &read)
	checkRequests(t, server, 0)
	const lacks = "-: Unexpected provider data: The provider block has no attribute api_key. This is a bug in the provider. Report it to the provider's " +
		"developers."
	checkDiagnostics(t, validated.Diagnostics, lacks)
	checkDiagnostics(t, configured.Diagnostics, lacks)
	check.Equal(t, "the provider data", configured.DataSourceData, nil)
	if !read.Diagnostics.HasError() {
		t.Error("got no error of the read, want one")
	}
}
