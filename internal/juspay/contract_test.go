// SPDX-License-Identifier: MPL-2.0

package juspay

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/juspay/terraform-provider-juspay/internal/check"
	"github.com/juspay/terraform-provider-juspay/internal/juspay/juspaytest"
)

// The environment variables of TestContract: an account in Juspay's sandbox, and its key.
const (
	contractKey               = "JUSPAY_CONTRACT_API_KEY"
	contractCustomerID        = "JUSPAY_CONTRACT_CUSTOMER_ID"
	contractCustomerAccountID = "JUSPAY_CONTRACT_CUSTOMER_ACCOUNT_ID"
)

// contractAccess contains the settings of the four requests of the contract.
type contractAccess struct {
	baseURL, key string
	ref          AccountRef
}

// exchange describes a response without any value, and what the client made of it: the
// status, the reason of the error, the headers that the client reads, and each field's type.
type exchange map[string]string

// TestContract compares Juspay with the fake that all other tests trust. It prints
// names and types of fields, and no value.
func TestContract(t *testing.T) {
	t.Parallel()
	var missing []string
	for _, name := range []string{contractKey, contractCustomerID, contractCustomerAccountID} {
		if os.Getenv(name) == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) == 3 {
		t.Skipf("Nothing was compared: set %s to compare Juspay's sandbox with the fake.", strings.Join(missing, ", "))
	}
	if len(missing) > 0 {
		t.Fatalf("got no %s, want a value of each: set all three variables, or none.", strings.Join(missing, " and no "))
	}
	ref := AccountRef{CustomerID: os.Getenv(contractCustomerID), CustomerAccountID: os.Getenv(contractCustomerAccountID)}
	juspay := contractAccess{Sandbox.BaseURL, os.Getenv(contractKey), ref}
	differences, additional := compareContract(t, juspay, fakeOf(t, ref))
	for _, field := range additional {
		t.Logf("Juspay sends a field that the fake does not: %s", field)
	}
	for _, difference := range differences {
		t.Error(difference)
	}
}

// fakeOf returns a fake that knows the account.
func fakeOf(t *testing.T, ref AccountRef) contractAccess {
	t.Helper()
	server, _ := startServer(t)
	server.Put(juspaytest.NewAccount(ref.CustomerID, ref.CustomerAccountID))
	return contractAccess{server.URL, juspaytest.APIKey, ref}
}

// compareContract makes the same requests to both, and returns where actual
// differs from fake, and the fields that only actual sends.
func compareContract(t *testing.T, actual, fake contractAccess) (differences, additional []string) {
	t.Helper()
	for _, request := range []struct {
		name   string
		change func(*contractAccess)
	}{
		{"an account", func(*contractAccess) {}},
		{"a list", func(a *contractAccess) { a.ref.CustomerAccountID = "" }},
		{"an unknown account", func(a *contractAccess) { a.ref.CustomerAccountID = "banh_0000000000000000" }},
		{"a wrong key", func(a *contractAccess) { a.key = "not-a-key-of-any-merchant" }},
	} {
		actual, fake := actual, fake
		request.change(&actual)
		request.change(&fake)
		got, want := actual.exchange(t), fake.exchange(t)
		for _, difference := range want.differences(got) {
			differences = append(differences, request.name+": "+difference)
		}
		for _, part := range slices.Sorted(maps.Keys(got)) {
			if field, isField := strings.CutPrefix(part, "field "); isField && want[part] == "" {
				additional = append(additional, request.name+": "+field)
			}
		}
	}
	return differences, additional
}

// mayBeMissing are the fields that depend on the account, or that Juspay's pages do
// not promise.
var mayBeMissing = []string{
	"account_details.vpa", "validation_amount", "currency", "last_validated", // a bank account; before the first validation
	"total", "count", "offset",
}

func (want exchange) differences(got exchange) []string {
	var found []string
	for _, part := range slices.Sorted(maps.Keys(want)) {
		wanted, actual := want[part], got[part]
		field := strings.TrimPrefix(strings.TrimPrefix(part, "field "), "list[].")
		switch {
		case actual == wanted, slices.Contains(mayBeMissing, field) && (actual == "" || actual == "null"):
		case strings.HasSuffix(field, "validation_amount") && actual == "string": // as the page's table has it
		default:
			found = append(found, fmt.Sprintf("%s: %q, and %q in the fake", part, actual, wanted))
		}
	}
	return found
}

// exchange reads the account, or the list of its customer where it has no id.
func (a contractAccess) exchange(t *testing.T) exchange {
	t.Helper()
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	last := &recorder{next: transport}
	client := scriptedClient(t, last, func(c *Config) {
		c.APIKey, c.BaseURL, c.UserAgent, c.MaxRetries = a.key, a.baseURL, "terraform-provider-juspay/contract", 2
	})
	var err error
	if a.ref.CustomerAccountID == "" {
		_, err = client.List(t.Context(), a.ref.CustomerID, "", ReadOptions{OmitVPA: true})
	} else {
		_, err = client.Get(t.Context(), a.ref, ReadOptions{OmitVPA: true})
	}
	e := exchange{"status": strconv.Itoa(last.status), "reason": readOutcome(err)}
	for _, name := range []string{"Content-Type", "X-Request-Id"} {
		if last.header.Get(name) != "" {
			e["header "+name] = "sent"
		}
	}
	var body any
	if json.Unmarshal(last.body, &body) == nil {
		e.addFields(body, "")
	}
	return e
}

// recorder keeps the last response that came.
type recorder struct {
	next   http.RoundTripper
	status int
	header http.Header
	body   []byte
}

// RoundTrip implements http.RoundTripper.
func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := r.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	_ = resp.Body.Close()
	r.status, r.header, r.body = resp.StatusCode, resp.Header, body
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, err
}

// addFields adds the path and the type of each field of value. All elements of a list
// have one path.
func (e exchange) addFields(value any, path string) {
	kind := "null"
	switch value := value.(type) {
	case map[string]any:
		kind = "object"
		for name, field := range value {
			e.addFields(field, strings.TrimPrefix(path+"."+name, "."))
		}
	case []any:
		kind = "list"
		for _, element := range value {
			e.addFields(element, path+"[]")
		}
	case nil:
		if e["field "+path] != "" {
			return // another element of the list has it
		}
	default:
		kind = map[string]string{"string": "string", "bool": "boolean", "float64": "number"}[fmt.Sprintf("%T", value)]
	}
	e["field "+path] = kind
}

// A new field without which an account is read is in mayBeMissing, unless Juspay's page promises it.
func TestContract_KnowsEachOptionalField(t *testing.T) {
	t.Parallel()
	server, client := startServer(t)
	sample := juspaytest.NewAccount("cst_a", "banh_a")
	var got []string
	for field := range sample.Without("customer_id", "customer_account_id") { // the fake finds accounts by their ids
		server.Put(sample.Without(field))
		if _, err := client.Get(t.Context(), accountA, ReadOptions{}); err == nil {
			got = append(got, field)
		}
	}
	slices.Sort(got)
	want := []string{"account_details", "date_created", "validation_status"} // of each account
	for _, field := range mayBeMissing {
		if _, isOfAccount := sample[field]; isOfAccount {
			want = append(want, field)
		}
	}
	slices.Sort(want)
	check.Equal(t, "the fields without which an account is read", got, want)
}

// The comparison finds what differs, or TestContract would prove nothing.
func TestContract_FindsDifferences(t *testing.T) {
	t.Parallel()
	sample := juspaytest.NewAccount("cst_a", "banh_a")
	notFound := juspaytest.Error("invalid_request_error", "object_not_found", "RESOURCE_NOT_FOUND", "None.", "None.")
	for name, test := range map[string]struct {
		account     juspaytest.Account
		fault       juspaytest.Fault
		differences []string
		additional  []string
	}{
		"the fake itself": {account: sample},
		"a bank account whose validation has not finished": {
			account: sample.WithBankDetails().Without("last_validated", "currency").With("validation_amount", nil),
			additional: []string{
				"an account: account_details.account_number", "an account: account_details.bank_name", "an account: account_details.beneficiary_name",
				"an account: account_details.ifsc",
				"a list: list[].account_details.account_number", "a list: list[].account_details.bank_name", "a list: list[].account_details.beneficiary_name",
				"a list: list[].account_details.ifsc",
			},
		},
		"an amount that is a string": {account: sample.With("validation_amount", "1.0")},
		"a field that is missing, and one of another type": {
			account: sample.Without("date_created").With("currency", 356),
			differences: []string{
				`an account: field currency: "number", and "string" in the fake`,
				`an account: field date_created: "", and "string" in the fake`,
				`a list: field list[].currency: "number", and "string" in the fake`,
				`a list: field list[].date_created: "", and "string" in the fake`,
			},
		},
		"another status for an unknown account": {
			account: sample,
			fault:   juspaytest.Fault{CustomerAccountID: "banh_0000000000000000", Status: 400, Body: notFound},
			differences: []string{
				`an unknown account: field error_message: "", and "string" in the fake`,
				`an unknown account: reason: "invalid input", and "not found" in the fake`,
				`an unknown account: status: "400", and "404" in the fake`,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, _ := startServer(t)
			server.Put(test.account)
			if test.fault.Status != 0 {
				server.Fail(test.fault)
			}
			differences, additional := compareContract(t, contractAccess{server.URL, juspaytest.APIKey, accountA}, fakeOf(t, accountA))
			check.Equal(t, "the differences and additional fields", [][]string{differences, additional}, [][]string{test.differences, test.additional})
			check.Equal(t, "the number of requests", len(server.Requests()), 4)
		})
	}
}
