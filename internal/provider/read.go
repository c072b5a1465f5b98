// SPDX-License-Identifier: MPL-2.0

package provider

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/juspay/terraform-provider-juspay/internal/juspay"
)

// readConfig has the configuration of a read but for the accounts.
type readConfig struct {
	options juspay.ReadOptions
	timeout time.Duration
}

func newReadConfig(config tfObject) readConfig {
	cfg := readConfig{timeout: defaultReadTimeout, options: juspay.ReadOptions{
		OmitVPA:           !config["include_vpa"].IsNull() && !boolFromTF(config["include_vpa"]),
		WaitForValidation: boolFromTF(config["wait_for_validation"]),
	}}
	// The attribute's validator rejects everything else.
	if timeout, err := time.ParseDuration(stringFromTF(objectFromTF(config["timeouts"])["read"])); err == nil {
		cfg.timeout = timeout
	}
	return cfg
}

// readAccount reads the account that config names. It returns config with the computed attributes set,
// or unchanged with an error.
func (s clientSource) readAccount(ctx context.Context, config tftypes.Value) (tftypes.Value, diag.Diagnostics) {
	if s.client == nil {
		return config, s.readErrors
	}
	values := maps.Clone(objectFromTF(config))
	ref := accountRef(stringFromTF(values["customer_id"]), stringFromTF(values["customer_account_id"]), stringFromTF(values["routing_id"]))
	cfg := newReadConfig(values)
	ctx, cancel := context.WithTimeout(withClientLogger(ctx, s.client), cfg.timeout)
	defer cancel()
	account, err := s.client.Get(ctx, ref, cfg.options)
	if err != nil {
		return config, diag.Diagnostics{accountError(ref, cfg.timeout, err)}
	}
	computed, diags := customerAccountValues(path.Empty(), ref, account)
	maps.Copy(values, computed)
	values["vpa"] = stringOrNull(account.VPA)
	return tftypes.NewValue(config.Type(), values), append(diags, unknownFieldsWarning(account)...)
}

// readAccounts reads the accounts of customer_ids, or all accounts of customer_id. It returns
// config with the computed attributes set, or unchanged with errors.
func (s clientSource) readAccounts(ctx context.Context, config tftypes.Value) (tftypes.Value, diag.Diagnostics) {
	values := maps.Clone(objectFromTF(config))
	cfg := newReadConfig(values)
	results, diags := s.fetchAccounts(ctx, values, cfg)
	if diags.HasError() {
		return config, diags
	}
	computed, diags := customerAccountsValues(results, cfg.options)
	maps.Copy(values, computed)
	return tftypes.NewValue(config.Type(), values), diags
}

// fetchAccounts returns the accounts in the order of their ids, or errors. An empty
// map of customer_ids needs no client, and so no API key.
func (s clientSource) fetchAccounts(ctx context.Context, config tfObject, cfg readConfig) ([]accountResult, diag.Diagnostics) {
	refs := accountRefs(config)
	isList := config["customer_ids"].IsNull()
	switch {
	case len(refs) == 0 && !isList:
		return nil, nil
	case s.client == nil:
		return nil, s.readErrors
	}
	ctx, cancel := context.WithTimeout(withClientLogger(ctx, s.client), cfg.timeout)
	defer cancel()
	if isList {
		results, err := listAccounts(ctx, s.client, config, cfg.options)
		if err != nil {
			return nil, diag.Diagnostics{listError(stringFromTF(config["customer_id"]), cfg.timeout, err)}
		}
		return results, accountErrors(results, cfg.timeout)
	}
	results := make([]accountResult, 0, len(refs))
	for i, result := range s.client.GetAll(ctx, refs, cfg.options) {
		results = append(results, accountResult{refs[i], result})
	}
	logFailed(ctx, results)
	return results, accountErrors(results, cfg.timeout)
}

// listAccounts returns all accounts of customer_id in the order of their ids.
func listAccounts(ctx context.Context, client *juspay.Client, config tfObject, options juspay.ReadOptions) ([]accountResult, error) {
	customerID := stringFromTF(config["customer_id"])
	ref := accountRef(customerID, "", stringFromTF(objectFromTF(config["routing_ids"])[customerID]))
	resultsByID, err := client.List(ctx, ref.CustomerID, ref.RoutingID, options)
	results := make([]accountResult, 0, len(resultsByID))
	for _, id := range slices.Sorted(maps.Keys(resultsByID)) {
		ref.CustomerAccountID = id
		results = append(results, accountResult{ref, resultsByID[id]})
	}
	return results, err
}
