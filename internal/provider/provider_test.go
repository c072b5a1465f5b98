// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	ephemeralschema "github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

func TestSchemas_Valid(t *testing.T) {
	t.Parallel()
	if diags := providerSchema().ValidateImplementation(t.Context()); diags.HasError() {
		t.Error(diags)
	}
	if diags := customerAccountSchema().ValidateImplementation(t.Context()); diags.HasError() {
		t.Error(diags)
	}
	if diags := customerAccountsSchema().ValidateImplementation(t.Context()); diags.HasError() {
		t.Error(diags)
	}
	for _, r := range []ephemeral.EphemeralResource{newCustomerAccountEphemeralResource(), newCustomerAccountsEphemeralResource()} {
		if diags := ephemeralSchema(t, r).ValidateImplementation(t.Context()); diags.HasError() {
			t.Error(diags)
		}
	}
}

func ephemeralSchema(t *testing.T, r ephemeral.EphemeralResource) ephemeralschema.Schema {
	t.Helper()
	var resp ephemeral.SchemaResponse
	r.Schema(t.Context(), ephemeral.SchemaRequest{}, &resp)
	return resp.Schema
}

// One definition serves the data source and the ephemeral resource: what is
// converted is all of it.
func TestEphemeralResources_HaveTheAttributesOfTheDataSources(t *testing.T) {
	t.Parallel()
	checkConverted(t, newCustomerAccountEphemeralResource(), customerAccountSchema().Attributes)
	checkConverted(t, newCustomerAccountsEphemeralResource(), customerAccountsSchema().Attributes)
}

func checkConverted(t *testing.T, r ephemeral.EphemeralResource, original map[string]schema.Attribute) {
	t.Helper()
	converted := ephemeralSchema(t, r).Attributes
	if got, want := slices.Sorted(maps.Keys(converted)), slices.Sorted(maps.Keys(original)); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for name, a := range original {
		b := converted[name]
		if b == nil {
			continue // reported above
		}
		if strings.HasPrefix(name, "vpa") { // only the data source stores it
			if got, want := b.GetMarkdownDescription(), strings.Replace(a.GetMarkdownDescription(), storedVPADescription, "Terraform does not store it.", 1); got != want {
				t.Errorf("%s is described as %q, want %q", name, got, want)
			}
		} else if b.GetMarkdownDescription() != a.GetMarkdownDescription() {
			t.Errorf("%s is described as %q, want %q", name, b.GetMarkdownDescription(), a.GetMarkdownDescription())
		}
		if !b.GetType().Equal(a.GetType()) ||
			b.IsRequired() != a.IsRequired() || b.IsOptional() != a.IsOptional() || b.IsComputed() != a.IsComputed() || b.IsSensitive() != a.IsSensitive() {
			t.Errorf("%s differs", name)
		}
	}
}

// The names are users' configurations: adding one is a decision, and none is
// ever taken away. Computed values that can be configured too would be null, not
// unknown, while a read is deferred.
func TestPublicInterface(t *testing.T) {
	t.Parallel()
	resp, err := protocolServer(nil).GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil || len(resp.Diagnostics) != 0 {
		t.Fatal(resp.Diagnostics, err)
	}
	account := []string{
		"currency: computed", "customer_account_id: required", "customer_id: required", "date_created: computed", "include_vpa: optional", "last_validated: computed", "routing_id: optional computed",
		"timeouts: optional", "validation_amount: computed", "validation_status: computed", "vpa: computed sensitive", "wait_for_validation: optional",
	}
	accounts := []string{
		"accounts: computed", "all_active: computed", "customer_id: optional", "customer_ids: optional", "include_vpa: optional", "not_active: computed", "routing_ids: optional",
		"timeouts: optional", "vpas: computed sensitive", "wait_for_validation: optional",
	}
	configuration := []string{
		"api_key: optional sensitive", "base_url: optional", "ca_cert_pem: optional", "client_cert_pem: optional", "client_key_pem: optional sensitive", "environment: optional", "max_concurrent_requests: optional",
		"max_retries: optional", "merchant_id: optional", "request_headers: optional sensitive", "request_timeout: optional", "requests_per_second: optional",
	}
	checkInterface(t, "provider", map[string]*tfprotov6.Schema{"juspay": resp.Provider}, map[string][]string{"juspay": configuration})
	checkInterface(t, "data sources", resp.DataSourceSchemas, map[string][]string{"juspay_customer_account": account, "juspay_customer_accounts": accounts})
	checkInterface(t, "ephemeral resources", resp.EphemeralResourceSchemas, map[string][]string{"juspay_customer_account": account, "juspay_customer_accounts": accounts})
	checkInterface(t, "resources", resp.ResourceSchemas, map[string][]string{})
	want := []string{"currency", "customer_account_id", "customer_id", "date_created", "last_validated", "routing_id", "validation_amount", "validation_status"}
	if got := slices.Sorted(maps.Keys(accountType.AttrTypes)); !slices.Equal(got, want) {
		t.Errorf("an account of many has %q", got)
	}
	var provided provider.MetadataResponse
	New("1.2.3")().Metadata(t.Context(), provider.MetadataRequest{}, &provided)
	if provided.TypeName != "juspay" || provided.Version != "1.2.3" {
		t.Errorf("the provider is %+v", provided)
	}
}

func checkInterface(t *testing.T, what string, schemas map[string]*tfprotov6.Schema, want map[string][]string) {
	t.Helper()
	got := map[string][]string{}
	for name, schema := range schemas {
		for _, attribute := range schema.Block.Attributes {
			text := attribute.Name + ":"
			for _, flag := range []struct {
				set  bool
				name string
			}{{attribute.Required, "required"}, {attribute.Optional, "optional"}, {attribute.Computed, "computed"}, {attribute.Sensitive, "sensitive"}, {attribute.WriteOnly, "write-only"}} {
				if flag.set {
					text += " " + flag.name
				}
			}
			got[name] = append(got[name], text)
		}
		slices.Sort(got[name])
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got\n%v\nwant\n%v", what, got, want)
	}
}

// protocolServer is the provider as Terraform sees it.
func protocolServer(env map[string]string) tfprotov6.ProviderServer {
	return NewServer(context.Background(), newWithEnvironment("1.2.3", environ(env))())()
}

// providerConfig encodes a provider block with only these attributes.
func providerConfig(t testing.TB, set map[string]tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	return encode(t, providerSchema().Type().TerraformType(t.Context()), set)
}

func encode(t testing.TB, kind tftypes.Type, set map[string]tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	object, ok := kind.(tftypes.Object)
	if !ok {
		t.Fatalf("the schema is a %T", kind)
	}
	encoded, err := tfprotov6.NewDynamicValue(object, withNulls(object, set))
	if err != nil {
		t.Fatal(err)
	}
	return &encoded
}

// withNulls is an object with set, and null for what is not.
func withNulls(object tftypes.Object, set map[string]tftypes.Value) tftypes.Value {
	values := map[string]tftypes.Value{}
	for name, kind := range object.AttributeTypes {
		values[name] = tftypes.NewValue(kind, nil)
	}
	maps.Copy(values, set)
	return tftypes.NewValue(object, values)
}

func text(value any) tftypes.Value { return tftypes.NewValue(tftypes.String, value) }

var unusable = map[string]tftypes.Value{
	"environment":     text("prod"),
	"base_url":        text("http://example.com"),
	"merchant_id":     text(""),
	"request_timeout": text("0s"),
	"max_retries":     tftypes.NewValue(tftypes.Number, 11),

	"requests_per_second":     tftypes.NewValue(tftypes.Number, 0),
	"max_concurrent_requests": tftypes.NewValue(tftypes.Number, 257),

	"ca_cert_pem":     text("ca.pem"),
	"client_cert_pem": text("client.pem"),
	"client_key_pem":  text("client.key"),
	"request_headers": tftypes.NewValue(tftypes.Map{ElementType: tftypes.String}, map[string]tftypes.Value{"host": text("x")}),
}

var unusableSummaries = []string{
	": Invalid client_key_pem",
	": Invalid request_headers",
	"base_url: Invalid base_url",
	"ca_cert_pem: Invalid ca_cert_pem",
	"client_cert_pem: Invalid client_cert_pem",
	"environment: Conflicting environment and base_url",
	"environment: Invalid environment",
	"max_concurrent_requests: Invalid max_concurrent_requests",
	"max_retries: Invalid max_retries",
	"merchant_id: Invalid merchant_id",
	"request_timeout: Invalid request_timeout",
	"requests_per_second: Invalid requests_per_second",
}

// summaries renders diagnostics as sorted lines of "attribute: summary".
func summaries(diags []*tfprotov6.Diagnostic) []string {
	var rendered []string
	for _, d := range diags {
		where := strings.TrimSuffix(strings.TrimPrefix(d.Attribute.String(), `AttributeName("`), `")`)
		rendered = append(rendered, fmt.Sprintf("%s: %s", where, d.Summary))
	}
	slices.Sort(rendered)
	return rendered
}

func TestProvider_ReportsAllProblems(t *testing.T) {
	t.Parallel()
	prod := []string{"environment: Invalid environment"}
	unknown := text(tftypes.UnknownValue)
	for name, test := range map[string]struct {
		set                   map[string]tftypes.Value
		env                   map[string]string
		validated, configured []string
	}{
		"everything wrong":     {unusable, nil, unusableSummaries, unusableSummaries},
		"in the environment":   {nil, map[string]string{"JUSPAY_ENV": "prod", "JUSPAY_API_KEY": "a b"}, []string{"api_key: Invalid api_key", prod[0]}, []string{"api_key: Invalid api_key", prod[0]}},
		"nothing set":          {nil, nil, nil, nil},
		"all that is needed":   {nil, map[string]string{"JUSPAY_API_KEY": "fake"}, nil, nil},
		"unknown":              {map[string]tftypes.Value{"api_key": unknown, "environment": unknown}, nil, nil, nil},
		"one unknown, one bad": {map[string]tftypes.Value{"api_key": unknown, "environment": text("prod")}, nil, prod, prod},
		"not a missing key":    {map[string]tftypes.Value{"base_url": unknown, "environment": text("prod")}, nil, prod, prod},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resp, err := protocolServer(test.env).ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{Config: providerConfig(t, test.set)})
			if err != nil {
				t.Fatal(err)
			}
			if got := summaries(resp.Diagnostics); !slices.Equal(got, test.validated) {
				t.Errorf("validated: got %q, want %q", got, test.validated)
			}
			if got := summaries(configure(t, protocolServer(test.env), false, test.set)); !slices.Equal(got, test.configured) {
				t.Errorf("configured: got %q, want %q", got, test.configured)
			}
		})
	}
}

func configure(t testing.TB, server tfprotov6.ProviderServer, deferralAllowed bool, set map[string]tftypes.Value) []*tfprotov6.Diagnostic {
	t.Helper()
	resp, err := server.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion:   "1.11.4",
		Config:             providerConfig(t, set),
		ClientCapabilities: &tfprotov6.ConfigureProviderClientCapabilities{DeferralAllowed: deferralAllowed},
	})
	if err != nil {
		t.Fatal(err)
	}
	return resp.Diagnostics
}

// readA reads the account banh_a of cst_a through the protocol.
func readA(t *testing.T, server tfprotov6.ProviderServer) *tfprotov6.ReadDataSourceResponse {
	t.Helper()
	config := encode(t, customerAccountSchema().Type().TerraformType(t.Context()),
		map[string]tftypes.Value{"customer_id": text("cst_a"), "customer_account_id": text("banh_a")})
	resp, err := server.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{
		TypeName:           "juspay_customer_account",
		Config:             config,
		ClientCapabilities: &tfprotov6.ReadDataSourceClientCapabilities{DeferralAllowed: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

func TestProviderConfigure_UnknownSettingDefersReads(t *testing.T) {
	t.Parallel()
	server := protocolServer(nil)
	if diags := configure(t, server, true, map[string]tftypes.Value{"api_key": text(tftypes.UnknownValue)}); len(diags) != 0 {
		t.Fatalf("got %q", summaries(diags))
	}
	resp := readA(t, server)
	if len(resp.Diagnostics) != 0 || resp.Deferred == nil || resp.Deferred.Reason != tfprotov6.DeferredReasonProviderConfigUnknown {
		t.Errorf("got %q, deferred %+v", summaries(resp.Diagnostics), resp.Deferred)
	}
}

// Where Terraform cannot defer a read, it fails during plan. A read that is deferred
// to apply is not made before the settings are known.
func TestClientSource_FailsReads(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		env  map[string]string
		set  tfObject
		want []string
	}{
		"a setting is unknown":               {map[string]string{"JUSPAY_API_KEY": "fake"}, tfObject{"merchant_id": text(tftypes.UnknownValue)}, []string{": Unknown merchant_id"}},
		"the key is missing":                 {nil, nil, []string{": Missing api_key"}},
		"the key is empty":                   {map[string]string{"JUSPAY_API_KEY": "fake"}, tfObject{"api_key": text("")}, []string{": Missing api_key"}},
		"one is unknown, the key is missing": {nil, tfObject{"merchant_id": text(tftypes.UnknownValue)}, []string{": Missing api_key", ": Unknown merchant_id"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := protocolServer(test.env)
			if diags := configure(t, server, false, test.set); len(diags) != 0 {
				t.Fatalf("got %q", summaries(diags))
			}
			for what, diags := range everyRead(t, server) {
				if got := summaries(diags); !slices.Equal(got, test.want) {
					t.Errorf("%s: got %q, want %q", what, got, test.want)
				}
			}
			for what, read := range map[string]func(testing.TB, tfprotov6.ProviderServer, tfObject) (tfObject, []*tfprotov6.Diagnostic){"data source": readMany, "ephemeral resource": openMany} {
				got, diags := read(t, server, tfObject{"customer_ids": texts(nil)})
				if len(diags) != 0 || !got["not_active"].Equal(texts(nil)) {
					t.Errorf("%s for no accounts: got %v, %q", what, got, summaries(diags))
				}
			}
		})
	}
}

// everyRead reads with each data source and ephemeral resource.
func everyRead(t *testing.T, server tfprotov6.ProviderServer) map[string][]*tfprotov6.Diagnostic {
	t.Helper()
	config := encode(t, customerAccountSchema().Type().TerraformType(t.Context()), tfObject{"customer_id": text("cst_a"), "customer_account_id": text("banh_a")})
	opened, err := server.OpenEphemeralResource(t.Context(), &tfprotov6.OpenEphemeralResourceRequest{TypeName: "juspay_customer_account", Config: config})
	if err != nil {
		t.Fatal(err)
	}
	named := tfObject{"customer_ids": texts(many(10_000, "cst_a"))}
	_, many := readMany(t, server, named)
	_, openedMany := openMany(t, server, named)
	_, listed := readMany(t, server, tfObject{"customer_id": text("cst_a")})
	return map[string][]*tfprotov6.Diagnostic{
		"data source": readA(t, server).Diagnostics, "ephemeral resource": opened.Diagnostics,
		"data source for many": many, "ephemeral resource for many": openedMany, "data source for a customer": listed,
	}
}

func TestProviderConfigure_KnownSettingsDeferNothing(t *testing.T) {
	t.Parallel()
	api := juspaytest.NewServer()
	t.Cleanup(api.Close)
	api.Put(juspaytest.NewAccount("cst_a", "banh_a"))
	server := protocolServer(map[string]string{"JUSPAY_API_KEY": juspaytest.APIKey, "JUSPAY_BASE_URL": api.URL})
	if diags := configure(t, server, true, nil); len(diags) != 0 {
		t.Fatalf("got %q", summaries(diags))
	}
	if resp := readA(t, server); len(resp.Diagnostics) != 0 || resp.Deferred != nil {
		t.Errorf("got %q, deferred %+v", summaries(resp.Diagnostics), resp.Deferred)
	}
	if n := len(api.Requests()); n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestProviderConfigure_InvalidUserAgent(t *testing.T) {
	t.Parallel()
	diags := configure(t, protocolServer(map[string]string{"JUSPAY_API_KEY": "fake", "TF_APPEND_USER_AGENT": "a\r\nX-Evil: 1"}), false, nil)
	const want = "With the value of the environment variable TF_APPEND_USER_AGENT, the user agent must not contain control characters or invisible formatting characters, such as a line break; it is sent as an HTTP header. Correct the variable, or unset it."
	if len(diags) != 1 || diags[0].Summary != "Invalid TF_APPEND_USER_AGENT" || diags[0].Detail != want {
		t.Errorf("got %+v", diags)
	}
}

// Terraform never sends a configuration of another schema; should the two ever
// differ, nothing is read.
func TestProvider_ConfigurationOfAnotherSchema(t *testing.T) {
	t.Parallel()
	p := New("1.2.3")()
	var validated provider.ValidateConfigResponse
	var configured provider.ConfigureResponse
	var read datasource.ReadResponse
	ofAccount := tfsdk.Config{Schema: customerAccountSchema(), Raw: tftypes.NewValue(customerAccountSchema().Type().TerraformType(t.Context()), nil)}
	ofProvider := tfsdk.Config{Schema: providerSchema(), Raw: tftypes.NewValue(providerSchema().Type().TerraformType(t.Context()), nil)}
	validating, ok := p.(provider.ProviderWithValidateConfig)
	if !ok {
		t.Fatal("the provider does not validate")
	}
	validating.ValidateConfig(t.Context(), provider.ValidateConfigRequest{Config: ofAccount}, &validated)
	p.Configure(t.Context(), provider.ConfigureRequest{Config: ofAccount}, &configured)
	server := juspaytest.NewServer()
	t.Cleanup(server.Close)
	client, err := juspay.New(juspay.Config{APIKey: juspaytest.APIKey, BaseURL: server.URL})
	if err != nil {
		t.Fatal(err)
	}
	(&customerAccountDataSource{clientSource{client: client}}).Read(t.Context(), datasource.ReadRequest{Config: ofProvider}, &read)
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
	if !validated.Diagnostics.HasError() || !configured.Diagnostics.HasError() || !read.Diagnostics.HasError() {
		t.Errorf("got %v, %v, %v", validated.Diagnostics, configured.Diagnostics, read.Diagnostics)
	}
}

func TestSchemas_ValidateEveryString(t *testing.T) {
	t.Parallel()
	for name, attribute := range customerAccountSchema().Attributes {
		text, isString := attribute.(schema.StringAttribute)
		if !isString || !attribute.IsRequired() && !attribute.IsOptional() {
			continue
		}
		if len(text.Validators) != 1 || text.Validators[0].MarkdownDescription(t.Context()) == "" {
			t.Errorf("%s has the validators %v", name, text.Validators)
		}
	}
}

func TestDataSourceConfigure(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		data any
		want []string
	}{
		"before the provider is configured": {nil, nil},
		"after":                             {clientSource{client: &juspay.Client{}}, nil},
		"with something else":               {"a string", []string{"-: Unexpected provider data: The provider data is a string, not a clientSource. This is a bug in the provider. Report it to the provider's developers."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			source := &customerAccountDataSource{}
			var resp datasource.ConfigureResponse
			source.Configure(t.Context(), datasource.ConfigureRequest{ProviderData: test.data}, &resp)
			checkProblems(t, resp.Diagnostics, test.want...)
		})
	}
}

func TestEphemeralAttributes_UnknownTypePanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if got := recover(); got != "the attribute x is a schema.ListAttribute, which ephemeralAttributes does not convert" {
			t.Errorf("got %v", got)
		}
	}()
	ephemeralAttributes(map[string]schema.Attribute{"x": schema.ListAttribute{}})
}
