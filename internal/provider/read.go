// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// accountReader reads for data sources and ephemeral resources, whose provider data it is. It
// has a client, or the errors of a read that needs one. A missing API key and settings that are
// unknown during plan fail reads only, since a run without reads needs neither.
type accountReader struct {
	client     *juspay.Client
	readErrors diag.Diagnostics
}

// newAccountReader returns the accountReader of providerData. Before the provider is
// configured, providerData is nil, and only a read fails.
func newAccountReader(providerData any) (accountReader, diag.Diagnostics) {
	if reader, ok := providerData.(accountReader); ok {
		return reader, nil
	}
	unexpected := diag.Diagnostics{diag.NewErrorDiagnostic(summaryUnexpectedData,
		fmt.Sprintf("The provider data is a %T, not an accountReader.", providerData)+remedyReportBug)}
	if providerData == nil {
		return accountReader{readErrors: unexpected}, nil
	}
	return accountReader{}, unexpected
}

// readConfig has the configuration of a read but for the accounts.
type readConfig struct {
	options juspay.ReadOptions
	timeout time.Duration
}

func newReadConfig(arguments tfObject) readConfig {
	config := readConfig{timeout: defaultReadTimeout, options: juspay.ReadOptions{
		OmitVPA:           !arguments["include_vpa"].IsNull() && !boolFromTF(arguments["include_vpa"]),
		WaitForValidation: boolFromTF(arguments["wait_for_validation"]),
	}}
	// The attribute's validator rejects everything else.
	if timeout, err := time.ParseDuration(stringFromTF(objectFromTF(arguments["timeouts"])["read"])); err == nil {
		config.timeout = timeout
	}
	return config
}

// readAccount reads the account that the arguments in raw name. It returns raw with the computed
// attributes set, or unchanged with an error.
func (r accountReader) readAccount(ctx context.Context, raw tftypes.Value) (tftypes.Value, diag.Diagnostics) {
	if r.client == nil {
		return raw, r.readErrors
	}
	arguments := objectFromTF(raw)
	config := newReadConfig(arguments)
	ref := accountRef(stringFromTF(arguments["customer_id"]), stringFromTF(arguments["customer_account_id"]), stringFromTF(arguments["routing_id"]))
	ctx, cancel := context.WithTimeout(withClientLogger(ctx, r.client), config.timeout)
	defer cancel()
	account, err := r.client.Get(ctx, ref, config.options)
	if err != nil {
		return raw, diag.Diagnostics{accountError(ref, config.timeout, err)}
	}
	computed, diags := customerAccountValues(path.Empty(), ref, account)
	computed["vpa"] = stringOrNull(account.VPA)
	return withComputed(raw, computed), append(diags, unknownFieldsWarning(account)...)
}

// readAccounts reads the accounts of customer_ids, or all accounts of customer_id. It returns
// raw with the computed attributes set, or unchanged with errors.
func (r accountReader) readAccounts(ctx context.Context, raw tftypes.Value) (tftypes.Value, diag.Diagnostics) {
	arguments := objectFromTF(raw)
	config := newReadConfig(arguments)
	results, diags := r.fetchAccounts(ctx, arguments, config)
	if diags.HasError() {
		return raw, diags
	}
	computed, diags := customerAccountsValues(results, config.options)
	return withComputed(raw, computed), diags
}

// withComputed returns a copy of raw in which the computed attributes are set.
func withComputed(raw tftypes.Value, computed tfObject) tftypes.Value {
	values := maps.Clone(objectFromTF(raw))
	maps.Copy(values, computed)
	return tftypes.NewValue(raw.Type(), values)
}

// fetchAccounts returns the accounts in the order of their ids, or errors. An empty
// map of customer_ids needs no client, and so no API key.
func (r accountReader) fetchAccounts(ctx context.Context, arguments tfObject, config readConfig) ([]accountResult, diag.Diagnostics) {
	refs := accountRefs(arguments)
	isList := arguments["customer_ids"].IsNull()
	switch {
	case len(refs) == 0 && !isList:
		return nil, nil
	case r.client == nil:
		return nil, r.readErrors
	}
	ctx, cancel := context.WithTimeout(withClientLogger(ctx, r.client), config.timeout)
	defer cancel()
	if isList {
		results, err := listAccounts(ctx, r.client, arguments, config.options)
		if err != nil {
			return nil, diag.Diagnostics{listError(stringFromTF(arguments["customer_id"]), config.timeout, err)}
		}
		return results, accountErrors(results, config.timeout)
	}
	results := make([]accountResult, 0, len(refs))
	for i, result := range r.client.GetAll(ctx, refs, config.options) {
		results = append(results, accountResult{ref: refs[i], result: result})
	}
	logFailed(ctx, results)
	return results, accountErrors(results, config.timeout)
}

// listAccounts returns all accounts of customer_id in the order of their ids.
func listAccounts(ctx context.Context, client *juspay.Client, arguments tfObject, options juspay.ReadOptions) ([]accountResult, error) {
	customerID := stringFromTF(arguments["customer_id"])
	ref := accountRef(customerID, "", stringFromTF(objectFromTF(arguments["routing_ids"])[customerID]))
	resultsByID, err := client.List(ctx, ref.CustomerID, ref.RoutingID, options)
	results := make([]accountResult, 0, len(resultsByID))
	for _, id := range slices.Sorted(maps.Keys(resultsByID)) {
		ref.CustomerAccountID = id
		results = append(results, accountResult{ref, resultsByID[id], true})
	}
	return results, err
}
