// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"maps"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

var vendorRef = juspay.AccountRef{CustomerID: "cst_a", CustomerAccountID: "banh_a", RoutingID: "order-12"}

func TestCustomerAccountValues(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		account                                              juspay.CustomerAccount
		status, amount, currency, dateCreated, lastValidated any
	}{
		"the reference page's response": {
			juspay.CustomerAccount{VPA: "4225246777@yesg", ValidationStatus: juspay.StatusActive, ValidationAmount: "1.0", Currency: "INR", DateCreated: "2023-06-06T13:29:49Z", LastValidated: "2023-06-06T13:29:53Z"},
			"ACTIVE", 1, "INR", "2023-06-06T13:29:49Z", "2023-06-06T13:29:53Z",
		},
		"what is empty is null": {juspay.CustomerAccount{}, nil, nil, nil, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, diags := customerAccountValues(path.Empty(), vendorRef, test.account)
			want := tfObject{
				"customer_id":         text("cst_a"),
				"customer_account_id": text("banh_a"),
				"routing_id":          text("order-12"),
				"validation_status":   text(test.status),
				"validation_amount":   tftypes.NewValue(tftypes.Number, test.amount),
				"currency":            text(test.currency),
				"date_created":        text(test.dateCreated),
				"last_validated":      text(test.lastValidated),
			}
			if !maps.EqualFunc(got, want, tftypes.Value.Equal) {
				t.Errorf("got %v, want %v", got, want)
			}
			if len(diags) != 0 {
				t.Errorf("got %v", diags)
			}
		})
	}
}

// The data source and the ephemeral resource return the same through Terraform's
// protocol, values or an error.
func TestEphemeralResources_ReadLikeDataSources(t *testing.T) {
	t.Parallel()
	kind, ok := customerAccountSchema().Type().TerraformType(t.Context()).(tftypes.Object)
	if !ok {
		t.Fatal("the schema is no object")
	}
	set := tfObject{"customer_id": text("cst_a"), "customer_account_id": text("banh_a"), "routing_id": text("order-12")}
	read := tfObject{
		"validation_status": text("ACTIVE"), "validation_amount": number("1"), "currency": text("INR"), "vpa": text(juspaytest.VPA),
		"date_created": text("2023-06-06T13:29:49Z"), "last_validated": text("2023-06-06T13:29:53Z"),
	}
	maps.Copy(read, set)
	server := acctest.StartAPI(t)
	provider := protocolServer(map[string]string{"JUSPAY_API_KEY": juspaytest.APIKey, "JUSPAY_BASE_URL": server.URL})
	if diags := configure(t, provider, false, nil); len(diags) != 0 {
		t.Fatalf("got %q", summaries(diags))
	}
	ephemeral, ok := provider.(tfprotov6.EphemeralResourceServer)
	if !ok {
		t.Fatal("there are no ephemeral resources")
	}
	check := func(what string, value *tfprotov6.DynamicValue, diags []*tfprotov6.Diagnostic, err error, want tfObject, wantDiags ...string) {
		if err != nil {
			t.Fatal(err)
		}
		got, err := value.Unmarshal(kind)
		if err != nil || !got.Equal(withNulls(kind, want)) {
			t.Errorf("%s: got %v, %v", what, got, err)
		}
		if got := located(diags); !slices.Equal(got, wantDiags) {
			t.Errorf("%s: got %q", what, got)
		}
	}
	both := func(want tfObject, wantDiags ...string) {
		data, err := provider.ReadDataSource(t.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: "juspay_customer_account", Config: encode(t, kind, set)})
		check("data source", data.State, data.Diagnostics, err, want, wantDiags...)
		opened, err := ephemeral.OpenEphemeralResource(t.Context(), &tfprotov6.OpenEphemeralResourceRequest{TypeName: "juspay_customer_account", Config: encode(t, kind, set)})
		check("ephemeral resource", opened.Result, opened.Diagnostics, err, want, wantDiags...)
	}
	both(read)
	for _, request := range server.Requests() {
		if request.Header.Get("X-Routing-Id") != "order-12" {
			t.Errorf("requested with %q", request.Header.Get("X-Routing-Id"))
		}
	}
	server.Put(juspaytest.NewAccount("cst_a", "banh_a").With("date_created", "yesterday"))
	read["date_created"] = text("yesterday")
	both(read, "date_created: Unexpected format of date_created")
	server.Fail(juspaytest.Fault{Status: 401})
	both(set, "(none): API key rejected")
}

func TestReadConfig(t *testing.T) {
	t.Parallel()
	boolean := func(value any) tftypes.Value { return tftypes.NewValue(tftypes.Bool, value) }
	limits := func(value any) tftypes.Value {
		return tftypes.NewValue(tftypes.Object{AttributeTypes: map[string]tftypes.Type{"read": tftypes.String}}, map[string]tftypes.Value{"read": text(value)})
	}
	for name, test := range map[string]struct {
		config tfObject
		want   readConfig
	}{
		"by default":         {tfObject{"include_vpa": boolean(nil), "wait_for_validation": boolean(nil), "timeouts": limits(nil)}, readConfig{timeout: 5 * time.Minute}},
		"with VPAs":          {tfObject{"include_vpa": boolean(true)}, readConfig{timeout: 5 * time.Minute}},
		"without VPAs":       {tfObject{"include_vpa": boolean(false)}, readConfig{timeout: 5 * time.Minute, options: juspay.ReadOptions{OmitVPA: true}}},
		"waiting":            {tfObject{"wait_for_validation": boolean(true)}, readConfig{timeout: 5 * time.Minute, options: juspay.ReadOptions{WaitForValidation: true}}},
		"not waiting":        {tfObject{"wait_for_validation": boolean(false)}, readConfig{timeout: 5 * time.Minute}},
		"with a timeout set": {tfObject{"timeouts": limits("90s")}, readConfig{timeout: 90 * time.Second}},
	} {
		if got := newReadConfig(test.config); got != test.want {
			t.Errorf("%s: got %+v, want %+v", name, got, test.want)
		}
	}
}

// Terraform parses numbers from their decimal digits, so the digits must be exact.
func TestCustomerAccountValues_ExactAmounts(t *testing.T) {
	t.Parallel()
	for literal, want := range map[string]string{
		"1.10":                           "1.1",
		"0.1":                            "0.1",
		"1.1E+1":                         "11",
		"-0.30":                          "-0.3",
		"12345678901234567890.123456789": "12345678901234567890.123456789",
		"1e99":                           "1" + strings.Repeat("0", 99),
	} {
		var number big.Float
		if err := numberOrNull(literal).As(&number); err != nil {
			t.Fatal(err)
		}
		if got := number.Text('f', -1); got != want {
			t.Errorf("%s became %s, want %s", literal, got, want)
		}
	}
}

func TestTimestamps(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		"2023-06-06T13:29:49Z":            "2023-06-06T13:29:49Z",
		"2023-06-06T18:59:49+05:30":       "2023-06-06T13:29:49Z",
		"2023-01-01T00:15:00.120+05:30":   "2022-12-31T18:45:00.12Z",
		"2024-02-29T23:59:59.999999999Z":  "2024-02-29T23:59:59.999999999Z",
		"0001-01-01T00:00:00Z":            "0001-01-01T00:00:00Z",
		"9999-12-31T23:59:59-00:30":       "", // the year 10000 in UTC
		"2023-02-29T00:00:00Z":            "",
		"2023-06-06T13:29:49":             "",
		"2023-06-06 13:29:49Z":            "",
		"2023-06-06T3:29:49Z":             "",
		"2023-06-06T13:29:49,5Z":          "",
		"2023-06-06T13:29:49+25:00":       "",
		"1686058189":                      "",
		"yesterday":                       "",
		" 2023-06-06T13:29:49Z":           "",
		"2023-06-06T13:29:49Z\n":          "",
		"Tue, 06 Jun 2023 13:29:49 +0000": "",
	} {
		t.Run(sent, func(t *testing.T) {
			t.Parallel()
			values, diags := customerAccountValues(path.Empty(), vendorRef, juspay.CustomerAccount{LastValidated: sent})
			wantValue, wantDiags := want, diag.Diagnostics(nil)
			if want == "" {
				wantValue = sent
				wantDiags = diag.Diagnostics{diag.NewAttributeWarningDiagnostic(path.Root("last_validated"), "Unexpected format of last_validated",
					"Juspay sent a value for last_validated that is not a timestamp in RFC 3339, the format that Terraform's functions take. It is passed through unchanged, so that timecmp and validated_within fail on it. Report it to Juspay's support.")}
			}
			if got := stringValue(values["last_validated"]); got != wantValue {
				t.Errorf("became %q, want %q", got, wantValue)
			}
			if !reflect.DeepEqual(diags, wantDiags) {
				t.Errorf("got %v, want %v", diags, wantDiags)
			}
		})
	}
}

func TestCustomerAccountValues_EachTimestampWarns(t *testing.T) {
	t.Parallel()
	values, diags := customerAccountValues(path.Empty(), vendorRef, juspay.CustomerAccount{DateCreated: "a", LastValidated: "b"})
	if stringValue(values["date_created"]) != "a" || stringValue(values["last_validated"]) != "b" || diags.WarningsCount() != 2 || diags.HasError() {
		t.Errorf("got %v, %v", values, diags)
	}
}
