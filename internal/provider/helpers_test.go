// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

const accountA = `
data "juspay_customer_account" "a" {
  customer_id         = "cst_a"
  customer_account_id = "banh_a"
}
`

const (
	typeAccount  = "juspay_customer_account"
	typeAccounts = "juspay_customer_accounts"
)

var (
	vendorRef      = juspay.AccountRef{CustomerID: "cst_a", CustomerAccountID: "banh_a", RoutingID: "order-12"}
	configAccountA = tfObject{"customer_id": tfString("cst_a"), "customer_account_id": tfString("banh_a")}
)

// sampleAccount has every attribute of accountA as the fake sends it, but its VPA.
var sampleAccount = tfObject{
	"customer_id": tfString("cst_a"), "customer_account_id": tfString("banh_a"), "routing_id": tfString("cst_a"),
	"validation_status": tfString("ACTIVE"), "validation_amount": tfNumber("1"), "currency": tfString("INR"),
	"date_created": tfString("2023-06-06T13:29:49Z"), "last_validated": tfString("2023-06-06T13:29:53Z"),
}

// sampleAccountWith returns sampleAccount with changes.
func sampleAccountWith(changes tfObject) tfObject {
	values := maps.Clone(sampleAccount)
	maps.Copy(values, changes)
	return values
}

// newWorkspace is a directory with a configuration whose provider reads from server.
func newWorkspace(t *testing.T, server *juspaytest.Server, configuration string, env ...string) *acctest.Workspace {
	t.Helper()
	return acctest.NewWorkspace(t, server, acctest.MainFile(t, acctest.Requirement+configuration), env...)
}

func providerBlock(arguments string) string { return "provider \"juspay\" {\n" + arguments + "\n}\n" }

func juspayError(code, developerMessage string) map[string]any {
	return juspaytest.Error("error", "some_error", code, "For the user.", developerMessage)
}

// environ makes a getenv of pairs.
func environ(pairs map[string]string) func(string) string {
	return func(name string) string { return pairs[name] }
}

func envFor(server *juspaytest.Server) map[string]string {
	return map[string]string{"JUSPAY_API_KEY": juspaytest.APIKey, "JUSPAY_BASE_URL": server.URL}
}

func newClient(t testing.TB, config juspay.Config) *juspay.Client {
	t.Helper()
	return check.Must(juspay.New(config))
}

// newPlugin returns the provider as Terraform sees it.
func newPlugin(env map[string]string) tfprotov6.ProviderServer {
	return NewServer(context.Background(), newWithEnvironment("1.2.3", environ(env))())()
}

// newConfiguredPlugin returns a newPlugin that reads from server, with config in its provider block.
func newConfiguredPlugin(t testing.TB, server *juspaytest.Server, config tfObject) tfprotov6.ProviderServer {
	t.Helper()
	plugin := newPlugin(envFor(server))
	checkSummaries(t, "configure", configure(t, plugin, false, config))
	return plugin
}

func configure(t testing.TB, plugin tfprotov6.ProviderServer, deferralAllowed bool, config tfObject) []*tfprotov6.Diagnostic {
	t.Helper()
	resp, err := plugin.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
		TerraformVersion:   "1.11.4",
		Config:             encode(t, "provider", config),
		ClientCapabilities: &tfprotov6.ConfigureProviderClientCapabilities{DeferralAllowed: deferralAllowed},
	})
	check.MustNoError(t, "ConfigureProvider", err)
	return resp.Diagnostics
}

// readFunc reads as Terraform does, and returns the result and the diagnostics.
type readFunc func(t testing.TB, plugin tfprotov6.ProviderServer, name string, config tfObject) (tfObject, []*tfprotov6.Diagnostic)

var readFuncs = map[string]readFunc{"data source": readData, "ephemeral resource": openEphemeral}

func readData(t testing.TB, plugin tfprotov6.ProviderServer, name string, config tfObject) (tfObject, []*tfprotov6.Diagnostic) {
	t.Helper()
	resp, err := plugin.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: name, Config: encode(t, name, config)})
	check.MustNoError(t, "ReadDataSource", err)
	return decode(t, name, resp.State), resp.Diagnostics
}

func openEphemeral(t testing.TB, plugin tfprotov6.ProviderServer, name string, config tfObject) (tfObject, []*tfprotov6.Diagnostic) {
	t.Helper()
	resp, err := plugin.OpenEphemeralResource(t.Context(), &tfprotov6.OpenEphemeralResourceRequest{TypeName: name, Config: encode(t, name, config)})
	check.MustNoError(t, "OpenEphemeralResource", err)
	return decode(t, name, resp.Result), resp.Diagnostics
}

// checkValidation validates config for a data source and for the ephemeral
// resource of the same name, and compares diagnostics as "path: summary: detail".
func checkValidation(t *testing.T, name string, config tfObject, want ...string) {
	t.Helper()
	encoded, plugin := encode(t, name, config), newPlugin(nil)
	full := func(d *tfprotov6.Diagnostic) string { return d.Summary + ": " + d.Detail }
	check.Equal(t, "the diagnostics of the data source", linesOf(validateData(t, plugin, name, encoded), full), want)
	check.Equal(t, "the diagnostics of the ephemeral resource", linesOf(validateEphemeral(t, plugin, name, encoded), full), want)
}

func validateData(t testing.TB, plugin tfprotov6.ProviderServer, name string, config *tfprotov6.DynamicValue) []*tfprotov6.Diagnostic {
	t.Helper()
	resp, err := plugin.ValidateDataResourceConfig(t.Context(), &tfprotov6.ValidateDataResourceConfigRequest{TypeName: name, Config: config})
	check.MustNoError(t, "ValidateDataResourceConfig", err)
	return resp.Diagnostics
}

func validateEphemeral(t testing.TB, plugin tfprotov6.ProviderServer, name string, config *tfprotov6.DynamicValue) []*tfprotov6.Diagnostic {
	t.Helper()
	resp, err := plugin.ValidateEphemeralResourceConfig(t.Context(), &tfprotov6.ValidateEphemeralResourceConfigRequest{TypeName: name, Config: config})
	check.MustNoError(t, "ValidateEphemeralResourceConfig", err)
	return resp.Diagnostics
}

// schemaType returns the type of a provider block, or of a data source and its ephemeral
// resource.
func schemaType(t testing.TB, name string) tftypes.Object {
	t.Helper()
	kinds := map[string]attr.Type{"provider": providerSchema().Type(), typeAccount: customerAccountSchema().Type(), typeAccounts: customerAccountsSchema().Type()}
	object, ok := kinds[name].TerraformType(t.Context()).(tftypes.Object)
	if !ok {
		t.Fatalf("the schema of %s: got a %T, want an object", name, kinds[name].TerraformType(t.Context()))
	}
	return object
}

func encode(t testing.TB, name string, config tfObject) *tfprotov6.DynamicValue {
	t.Helper()
	encoded := check.Must(tfprotov6.NewDynamicValue(schemaType(t, name), tftypes.NewValue(schemaType(t, name), withNulls(t, name, config))))
	return &encoded
}

func decode(t testing.TB, name string, value *tfprotov6.DynamicValue) tfObject {
	t.Helper()
	decoded, err := value.Unmarshal(schemaType(t, name))
	check.MustNoError(t, "DynamicValue.Unmarshal", err)
	return objectFromTF(decoded)
}

// withNulls returns config, and null for every other attribute.
func withNulls(t testing.TB, name string, config tfObject) tfObject {
	t.Helper()
	values := tfObject{}
	for attribute, kind := range schemaType(t, name).AttributeTypes {
		values[attribute] = tftypes.NewValue(kind, nil)
	}
	maps.Copy(values, config)
	return values
}

func tfString(value any) tftypes.Value { return tftypes.NewValue(tftypes.String, value) }

func tfBool(value any) tftypes.Value { return tftypes.NewValue(tftypes.Bool, value) }

func tfNumber(literal string) tftypes.Value {
	return tftypes.NewValue(tftypes.Number, parseFloat(literal))
}

// attrNumber returns a literal as the framework passes it to the provider.
func attrNumber(literal string) types.Number { return types.NumberValue(parseFloat(literal)) }

// parseFloat returns the number of a literal as Terraform reads it.
func parseFloat(literal string) *big.Float {
	number, _, err := big.ParseFloat(literal, 10, terraformPrecision, big.ToNearestEven)
	if err != nil {
		panic(err)
	}
	return number
}

// tfStrings is a map of strings, which is empty for nil. An element that is nil is null, and tftypes.UnknownValue unknown.
func tfStrings(values map[string]any) tftypes.Value {
	elements := map[string]tftypes.Value{}
	for key, value := range values {
		elements[key] = tfString(value)
	}
	return tftypes.NewValue(stringMapType, elements)
}

func timeouts(read any) tftypes.Value {
	return tftypes.NewValue(tftypes.Object{AttributeTypes: map[string]tftypes.Type{"read": tftypes.String}}, map[string]tftypes.Value{"read": tfString(read)})
}

// numberedIDs are n accounts with one customer_id.
func numberedIDs(n int, customerID string) map[string]any {
	values := map[string]any{}
	for i := range n {
		values[fmt.Sprintf("banh_%05d", i)] = customerID
	}
	return values
}

// checkRequests fails unless n requests reached the server.
func checkRequests(t testing.TB, server *juspaytest.Server, n int) {
	t.Helper()
	check.Equal(t, "the number of requests", len(server.Requests()), n)
}

// checkOneError fails unless a command printed one error.
func checkOneError(t testing.TB, printed string) {
	t.Helper()
	if n := strings.Count(printed, "Error: "); n != 1 {
		t.Errorf("got %d errors, want 1:\n%s", n, printed)
	}
}

// checkDiagnostics compares diagnostics as "path: summary: detail".
func checkDiagnostics(t testing.TB, diags diag.Diagnostics, want ...string) {
	t.Helper()
	var got []string
	for _, d := range diags {
		where := "-"
		if withPath, ok := d.(diag.DiagnosticWithPath); ok {
			where = withPath.Path().String()
		}
		got = append(got, fmt.Sprintf("%s: %s: %s", where, d.Summary(), d.Detail()))
	}
	check.Equal(t, "the diagnostics", got, want)
}

// checkSummaries compares diagnostics as sorted lines of "path: summary".
func checkSummaries(t testing.TB, what string, diags []*tfprotov6.Diagnostic, want ...string) {
	t.Helper()
	check.Equal(t, what, linesOf(diags, func(d *tfprotov6.Diagnostic) string { return d.Summary }), want)
}

// linesOf returns sorted lines of the paths of diagnostics and their texts.
func linesOf(diags []*tfprotov6.Diagnostic, text func(*tfprotov6.Diagnostic) string) []string {
	var all []string
	for _, d := range diags {
		all = append(all, pathText(d.Attribute)+": "+text(d))
	}
	slices.Sort(all)
	return all
}

func pathText(path *tftypes.AttributePath) string {
	var text strings.Builder
	for _, step := range path.Steps() {
		switch step := step.(type) {
		case tftypes.AttributeName:
			text.WriteString("." + string(step))
		case tftypes.ElementKeyString:
			fmt.Fprintf(&text, "[%q]", string(step))
		}
	}
	if text.Len() == 0 {
		return "-"
	}
	return strings.TrimPrefix(text.String(), ".")
}
