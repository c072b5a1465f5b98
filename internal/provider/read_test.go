// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/juspay/terraform-provider-juspay/internal/acctest"
	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// Where Terraform cannot defer a read, it fails during plan. A read that is deferred
// to apply is not made before the settings are known.
func TestAccountReader_FailsReads(t *testing.T) {
	t.Parallel()
	key := map[string]string{"JUSPAY_API_KEY": "fake"}
	unknown := tfObject{"merchant_id": tfString(tftypes.UnknownValue)}
	for name, test := range map[string]struct {
		env    map[string]string
		config tfObject
		want   []string
	}{
		"a setting is unknown":               {key, unknown, []string{"-: Unknown merchant_id"}},
		"the key is missing":                 {nil, nil, []string{"-: Missing api_key"}},
		"the key is empty":                   {key, tfObject{"api_key": tfString("")}, []string{"-: Missing api_key"}},
		"one is unknown, the key is missing": {nil, unknown, []string{"-: Missing api_key", "-: Unknown merchant_id"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plugin := newPlugin(test.env)
			checkSummaries(t, "configure", configure(t, plugin, false, test.config))
			for what, read := range readFuncs {
				_, diags := read(t, plugin, typeAccount, configAccountA)
				checkSummaries(t, what+" for one", diags, test.want...)
				_, diags = read(t, plugin, typeAccounts, tfObject{"customer_ids": tfStrings(numberedIDs(10_000, "cst_a"))})
				checkSummaries(t, what+" for many", diags, test.want...)
				_, diags = read(t, plugin, typeAccounts, tfObject{"customer_id": tfString("cst_a")})
				checkSummaries(t, what+" for a customer", diags, test.want...)
				got, diags := read(t, plugin, typeAccounts, tfObject{"customer_ids": tfStrings(nil)})
				checkSummaries(t, what+" for none", diags)
				check.Equal(t, "not_active", got["not_active"], tfStrings(nil))
			}
		})
	}
}

func TestNewAccountReader(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		data any
		want []string
	}{
		"before the provider is configured": {nil, nil},
		"after the provider is configured":  {accountReader{client: &juspay.Client{}}, nil},
		"with other data": {"a string", []string{"-: Unexpected provider data: The provider data is a string, not an accountReader. " +
			"This is a bug in the provider. Report it to the provider's developers."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var resp datasource.ConfigureResponse
			new(customerAccountDataSource).Configure(t.Context(), datasource.ConfigureRequest{ProviderData: test.data}, &resp)
			checkDiagnostics(t, resp.Diagnostics, test.want...)
		})
	}
}

// The data source and the ephemeral resource return the same through Terraform's
// protocol: values, nulls, warnings or an error. The customer_id stays as configured,
// though Juspay sends its own id.
func TestReadAccount(t *testing.T) {
	t.Parallel()
	account := juspaytest.NewAccount("cst_a", "banh_a")
	full := sampleAccountWith(tfObject{"customer_id": tfString("shop-12"), "routing_id": tfString("order-12"), "vpa": tfString(juspaytest.VPA)})
	with := func(name, value string) tfObject {
		values := maps.Clone(full)
		values[name] = tfString(value)
		return values
	}
	without := func(names ...string) tfObject {
		values := maps.Clone(full)
		for _, name := range names {
			delete(values, name)
		}
		return values
	}
	emptied := func(value any) juspaytest.Account {
		empty := account
		for name := range account {
			if name != "object" && !strings.HasSuffix(name, "_id") {
				empty = empty.With(name, value)
			}
		}
		return empty
	}
	onlyRouting := tfObject{"routing_id": tfString("order-12")}
	for name, test := range map[string]struct {
		fault     juspaytest.Fault
		want      tfObject
		wantDiags []string
	}{
		"an account": {juspaytest.Fault{Body: account}, full, nil},
		"only the id": {juspaytest.Fault{Body: `{"object":"customer_account","customer_account_id":"banh_a","customer_id":"cst_a"}`}, onlyRouting,
			nil},
		"fields that are empty strings": {juspaytest.Fault{Body: emptied("")}, onlyRouting, nil},
		"fields that are null":          {juspaytest.Fault{Body: emptied(nil)}, onlyRouting, nil},
		"a date in another form": {juspaytest.Fault{Body: account.With("date_created", "yesterday")}, with("date_created", "yesterday"),
			[]string{"date_created: Unexpected format of date_created"}},
		"fields in unknown forms": {juspaytest.Fault{Body: account.With("validation_amount", "1,000.00").With("date_created", 1686058189000).
			With("last_validated", 1)},
			without("validation_amount", "date_created", "last_validated"), []string{
				"date_created: Unreadable value of date_created", "last_validated: Unreadable value of last_validated",
				"validation_amount: Unreadable value of validation_amount",
			}},
		"a body that is not gzip": {juspaytest.Fault{Body: "zip", Header: http.Header{"Content-Encoding": {"gzip"}}}, onlyRouting,
			[]string{"-: Connection to Juspay failed"}},
		"an encoding nobody knows": {juspaytest.Fault{Body: "\x28\xb5\x2f\xfd", Header: http.Header{"Content-Encoding": {"zstd"}}}, onlyRouting,
			[]string{"-: Response is not JSON"}},
		"an account under 206": {juspaytest.Fault{Status: 206, Body: account}, onlyRouting, []string{"-: Response not from Juspay"}},
		"a rejected key":       {juspaytest.Fault{Status: 401}, onlyRouting, []string{"-: API key rejected"}},
	} {
		for what, read := range readFuncs {
			t.Run(name+", "+what, func(t *testing.T) {
				t.Parallel()
				server := acctest.StartAPI(t)
				server.Fail(test.fault)
				config := tfObject{"customer_id": tfString("shop-12"), "customer_account_id": tfString("banh_a"), "routing_id": tfString("order-12")}
				want := withNulls(t, typeAccount, config)
				maps.Copy(want, test.want)
				got, diags := read(t, newConfiguredPlugin(t, server, tfObject{"max_retries": tfNumber("0")}), typeAccount, config)
				check.Equal(t, "the values", got, want)
				checkSummaries(t, "the diagnostics", diags, test.wantDiags...)
				for _, request := range server.Requests() {
					check.Equal(t, "X-Routing-Id", request.Header.Get("X-Routing-Id"), "order-12")
				}
			})
		}
	}
}

// Without the VPA, account_details need not be an object. The warning is about the status, which nothing in
// the field could contradict then, and not about the VPA, which the user left out.
func TestReadAccount_DetailsThatCannotBeChecked(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		includeVPA bool
		wantDiag   string
	}{
		"a warning without the VPA": {false, "validation_status: Unreadable value of account_details"},
		"an error with the VPA":     {true, "-: Response is not the account"},
	} {
		for what, read := range readFuncs {
			t.Run(name+", "+what, func(t *testing.T) {
				t.Parallel()
				server := acctest.StartAPI(t)
				server.Fail(juspaytest.Fault{Body: juspaytest.NewAccount("cst_a", "banh_a").With("account_details", "x")})
				config := tfObject{"customer_id": tfString("cst_a"), "customer_account_id": tfString("banh_a"), "include_vpa": tfBool(test.includeVPA)}
				_, diags := read(t, newConfiguredPlugin(t, server, nil), typeAccount, config)
				checkSummaries(t, "the diagnostics", diags, test.wantDiag)
			})
		}
	}
}

func TestNewReadConfig(t *testing.T) {
	t.Parallel()
	check.Rows(t, func(_ *testing.T, config tfObject) readConfig { return newReadConfig(config) }, map[string]check.Row[tfObject, readConfig]{
		"by default": {tfObject{"include_vpa": tfBool(nil), "wait_for_validation": tfBool(nil), "timeouts": timeouts(nil)},
			readConfig{timeout: 5 * time.Minute}},
		"with VPAs":    {tfObject{"include_vpa": tfBool(true)}, readConfig{timeout: 5 * time.Minute}},
		"without VPAs": {tfObject{"include_vpa": tfBool(false)}, readConfig{timeout: 5 * time.Minute, options: juspay.ReadOptions{OmitVPA: true}}},
		"with a wait": {tfObject{"wait_for_validation": tfBool(true)}, readConfig{timeout: 5 * time.Minute,
			options: juspay.ReadOptions{WaitForValidation: true}}},
		"without a wait":     {tfObject{"wait_for_validation": tfBool(false)}, readConfig{timeout: 5 * time.Minute}},
		"with a timeout set": {tfObject{"timeouts": timeouts("90s")}, readConfig{timeout: 90 * time.Second}},
	}, cmp.AllowUnexported(readConfig{}))
}

// The data source and the ephemeral resource return the same, and both ways to name
// accounts compute the same from the same accounts.
func TestReadAccounts(t *testing.T) {
	t.Parallel()
	element := func(changes tfObject) tftypes.Value {
		values := sampleAccountWith(tfObject{"routing_id": tfString("order-12")})
		maps.Copy(values, changes)
		return tftypes.NewValue(accountObjectType, values)
	}
	failed := element(tfObject{
		"customer_account_id": tfString("banh_b"), "validation_status": tfString("FAILURE"), "validation_amount": tfNumber("1.1"),
		"date_created": tfString("yesterday"), "last_validated": tfString(nil),
	})
	both := tfObject{
		"accounts":   tftypes.NewValue(accountsType, map[string]tftypes.Value{"banh_a": element(nil), "banh_b": failed}),
		"vpas":       tfStrings(map[string]any{"banh_a": juspaytest.VPA, "banh_b": nil}),
		"not_active": tfStrings(map[string]any{"banh_b": "FAILURE"}),
		"all_active": tfBool(false),
	}
	withoutVPAs := maps.Clone(both)
	withoutVPAs["vpas"] = tftypes.NewValue(stringMapType, nil)
	none := tfObject{"accounts": tftypes.NewValue(accountsType, tfObject{}), "vpas": tfStrings(nil), "not_active": tfStrings(nil), "all_active": tfBool(false)}
	named := tfStrings(map[string]any{"banh_a": "cst_a", "banh_b": "cst_a"})
	routing := tfStrings(map[string]any{"cst_a": "order-12", "cst_x": nil})
	warning := []string{`accounts["banh_b"].date_created: Unexpected format of date_created`}
	const path = "/customers/cst_a/customer-accounts/"
	forEach, forList := map[string]int{path + "banh_a order-12": 1, path + "banh_b order-12": 1}, map[string]int{path + "list order-12": 1}
	withoutVPA := func(argument string, value tftypes.Value) tfObject {
		return tfObject{argument: value, "routing_ids": routing, "include_vpa": tfBool(false)}
	}
	for name, test := range map[string]struct {
		config, want tfObject
		wantDiags    []string
		requests     map[string]int
	}{
		"named accounts":                      {tfObject{"customer_ids": named, "routing_ids": routing}, both, warning, forEach},
		"accounts of a customer":              {tfObject{"customer_id": tfString("cst_a"), "routing_ids": routing}, both, warning, forList},
		"named accounts without VPAs":         {withoutVPA("customer_ids", named), withoutVPAs, warning, forEach},
		"accounts of a customer without VPAs": {withoutVPA("customer_id", tfString("cst_a")), withoutVPAs, warning, forList},
		"an unknown account": {tfObject{"customer_ids": tfStrings(map[string]any{"banh_x": "cst_a"})}, nil,
			[]string{`customer_ids["banh_x"]: Customer account not found`}, map[string]int{path + "banh_x cst_a": 1}},
		"no accounts named":      {tfObject{"customer_ids": tfStrings(nil)}, none, nil, nil},
		"a customer without any": {tfObject{"customer_id": tfString("cst_x")}, none, nil, map[string]int{"/customers/cst_x/customer-accounts/list cst_x": 1}},
	} {
		for what, read := range readFuncs {
			t.Run(name+", "+what, func(t *testing.T) {
				t.Parallel()
				server := acctest.StartAPI(t)
				server.Put(juspaytest.NewAccount("cst_a", "banh_b").WithBankDetails().With("validation_status", "FAILURE").
					With("validation_amount", json.RawMessage("1.10")).With("date_created", "yesterday").With("last_validated", nil))
				got, diags := read(t, newConfiguredPlugin(t, server, nil), typeAccounts, test.config)
				want := withNulls(t, typeAccounts, test.config)
				maps.Copy(want, test.want)
				check.Equal(t, "the values", got, want)
				checkSummaries(t, "the diagnostics", diags, test.wantDiags...)
				requests := map[string]int{}
				for _, r := range server.Requests() {
					requests[r.Target+" "+r.Header.Get("X-Routing-Id")]++
				}
				check.Equal(t, "the requests", requests, test.requests)
			})
		}
	}
}

// Should a hostile argument ever get past Terraform's validation, the client rejects it too.
func TestReadAccount_InvalidArguments(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	_, diags := readData(t, newConfiguredPlugin(t, server, nil), typeAccount, tfObject{"customer_id": tfString("cst_a"), "customer_account_id": tfString("..")})
	checkSummaries(t, "read", diags, "-: Customer account not read")
	checkRequests(t, server, 0)
}

// pending is an account of cst_a that is PENDING for that many reads.
func pending(id string, reads int) juspaytest.Fault {
	return juspaytest.Fault{CustomerAccountID: id, Times: reads, Body: juspaytest.NewAccount("cst_a", id).With("validation_status", "PENDING")}
}

// waitingConfiguration waits up to a timeout.
func waitingConfiguration(timeout string) string {
	const more = "\n  wait_for_validation = true\n  timeouts = { read = %s }\n}\noutput \"status\" {\n  value = " +
		"data.juspay_customer_account.a.validation_status\n}"
	return strings.Replace(accountA, "\n}", fmt.Sprintf(more, timeout), 1)
}

func TestAccRead_WaitsForValidation(t *testing.T) {
	t.Parallel()
	server := acctest.StartAPI(t)
	server.Fail(pending("banh_a", 2))
	w := newWorkspace(t, server, waitingConfiguration(`"1m"`), "TF_LOG=INFO", "TF_LOG_PATH=trace.log")
	check.Contains(t, "the output of plan", w.Run(0, "plan", "-no-color"), `+ status = "ACTIVE"`)
	checkRequests(t, server, 3)
	log := w.Read("trace.log")
	check.Contains(t, "the log", log, "Waiting for a validation to end", "customer_account_id=banh_a", "status=PENDING", "reads=1", "next_read_ms=1000", "reads=2")
	check.Lacks(t, "the log", log, juspaytest.VPA)

	server.Fail(juspaytest.Fault{Times: 1, Body: juspaytest.NewAccount("cst_a", "banh_a").With("validation_status", "FAILURE")})
	check.Contains(t, "the output of plan", w.Plan(0), `+ status = "FAILURE"`)
}

// anyReads hides how many reads the time was enough for, on this machine.
func anyReads(text string) string {
	text = regexp.MustCompile(`after [2-9]s \(reads`).ReplaceAllString(text, "after 2s (reads") // on a busy machine
	return regexp.MustCompile(`reads: [1-9]`).ReplaceAllString(text, "reads: n")
}

// The timeout of a read applies where nothing is waited for, too.
func TestRead_EndsAtItsTimeout(t *testing.T) {
	t.Parallel()
	hang := []juspaytest.Fault{{Delay: time.Hour}}
	three := map[string]any{"banh_a": "cst_a", "banh_b": "cst_a", "banh_c": "cst_a"}
	one := tfObject{"customer_id": tfString("cst_a"), "customer_account_id": tfString("banh_a"), "wait_for_validation": tfBool(true)}
	for name, test := range map[string]struct {
		kind         string
		config       tfObject
		faults       []juspaytest.Fault
		want, detail string
	}{
		"a validation that does not finish": {typeAccount, one, []juspaytest.Fault{pending("banh_a", 0)}, "-: Validation not finished in time",
			`Customer account "banh_a" of customer "cst_a" is still PENDING after 2s (reads: n).`},
		"validations of many that do not finish": {typeAccounts, tfObject{"customer_ids": tfStrings(three), "wait_for_validation": tfBool(true)},
			[]juspaytest.Fault{pending("banh_a", 0), pending("banh_b", 0)}, `customer_ids["banh_a"]: Validation not finished in time`,
			`Of 3 accounts, 2 were still in validation after 2s: accounts["banh_a"] (PENDING, reads: n), accounts["banh_b"] (PENDING, reads: n).`},
		"a validation in a list that does not finish": {typeAccounts, tfObject{"customer_id": tfString("cst_a"), "wait_for_validation": tfBool(true)},
			[]juspaytest.Fault{{Body: map[string]any{"list": []any{pending("banh_a", 0).Body}}}}, "customer_id: Validation not finished in time",
			`Of 1 account, 1 was still in validation after 2s: accounts["banh_a"] (PENDING, reads: n).`},
		"one account and a server that hangs": {typeAccount, one, hang, "-: Account not read in time",
			`Customer account "banh_a" of customer "cst_a" could not be read within 2s, the timeout of a read with all its retries.`},
		"all of a customer and a server that hangs": {typeAccounts, tfObject{"customer_id": tfString("cst_a")}, hang, "customer_id: Account not read in time",
			`The accounts of customer "cst_a" could not be read within 2s`},
		"many and a server that always throttles": {typeAccounts, tfObject{"customer_ids": tfStrings(numberedIDs(100, "cst_a"))},
			[]juspaytest.Fault{{Status: 429, Header: http.Header{"Retry-After": {"20"}}}}, "-: Requests throttled",
			"Run Terraform again after 20s, the Retry-After of the response, which is longer than timeouts.read allows."},
	} {
		for what, read := range readFuncs {
			t.Run(name+", "+what, func(t *testing.T) {
				t.Parallel()
				server := acctest.StartAPI(t)
				server.Put(juspaytest.NewAccount("cst_a", "banh_c").With("validation_status", "FAILURE"))
				server.Fail(test.faults...)
				config := tfObject{"timeouts": timeouts("2s")}
				maps.Copy(config, test.config)
				_, diags := read(t, newConfiguredPlugin(t, server, nil), test.kind, config)
				checkSummaries(t, "the read", diags, test.want)
				check.Contains(t, "the detail of the error", anyReads(diags[0].Detail), test.detail)
			})
		}
	}
}

// A timeout may be known only after apply.
func TestAccRead_UnknownTimeout(t *testing.T) {
	t.Parallel()
	const limit = "resource \"terraform_data\" \"limit\" {\n  input = \"10s\"\n}\n"
	w := newWorkspace(t, acctest.StartAPI(t), waitingConfiguration("terraform_data.limit.output")+limit)
	check.Contains(t, "the output of apply", w.Run(0, "apply", "-auto-approve", "-no-color"), "(config refers to values not yet known)", `status = "ACTIVE"`)
}

// untilRequest waits for the first request to reach the server.
func untilRequest(t *testing.T, server *juspaytest.Server) {
	t.Helper()
	check.NoError(t, "waiting for a request", server.WaitForRequests(t.Context(), 1))
}
