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

// defaultReadTimeout is the default of timeouts.read.
const defaultReadTimeout = 5 * time.Minute

// readConfig has the optional arguments of a read.
type readConfig struct {
	options juspay.ReadOptions
	timeout time.Duration
}

func newReadConfig(config tfObject) readConfig {
	cfg := readConfig{timeout: defaultReadTimeout, options: juspay.ReadOptions{
		OmitVPA:           !config["include_vpa"].IsNull() && !boolValue(config["include_vpa"]),
		WaitForValidation: boolValue(config["wait_for_validation"]),
	}}
	// The attribute's validator rejects everything else.
	if timeout, err := time.ParseDuration(stringValue(objectValue(config["timeouts"])["read"])); err == nil {
		cfg.timeout = timeout
	}
	return cfg
}

// readAccount reads the account that config names. It returns config with the computed
// attributes set, or unchanged with an error.
func (s clientSource) readAccount(ctx context.Context, config tftypes.Value) (tftypes.Value, diag.Diagnostics) {
	if s.client == nil {
		return config, s.errors
	}
	values := maps.Clone(objectValue(config))
	ref := accountRef(stringValue(values["customer_id"]), stringValue(values["customer_account_id"]), stringValue(values["routing_id"]))
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

// accountResult is the result of reading one of many accounts.
type accountResult struct {
	ref    juspay.AccountRef
	result juspay.Result
}

// readAccounts reads the accounts of config's customer_ids, or all accounts of its
// customer_id. It returns config with the computed attributes set, or unchanged with errors.
func (s clientSource) readAccounts(ctx context.Context, config tftypes.Value) (tftypes.Value, diag.Diagnostics) {
	values := maps.Clone(objectValue(config))
	cfg := newReadConfig(values)
	results, diags := s.fetchAccounts(ctx, values, cfg)
	if diags.HasError() {
		return config, diags
	}
	computed, diags := customerAccountsValues(results, cfg.options.OmitVPA)
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
		return nil, s.errors
	}
	ctx, cancel := context.WithTimeout(withClientLogger(ctx, s.client), cfg.timeout)
	defer cancel()
	if isList {
		results, err := listAccounts(ctx, s.client, config, cfg.options)
		if err != nil {
			return nil, diag.Diagnostics{listError(stringValue(config["customer_id"]), cfg.timeout, err)}
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

func listAccounts(ctx context.Context, client *juspay.Client, config tfObject, options juspay.ReadOptions) ([]accountResult, error) {
	customerID := stringValue(config["customer_id"])
	ref := accountRef(customerID, "", stringValue(objectValue(config["routing_ids"])[customerID]))
	listed, err := client.List(ctx, ref.CustomerID, ref.RoutingID, options)
	results := make([]accountResult, 0, len(listed))
	for _, id := range slices.Sorted(maps.Keys(listed)) {
		ref.CustomerAccountID = id
		results = append(results, accountResult{ref, listed[id]})
	}
	return results, err
}
